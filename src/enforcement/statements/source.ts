import type { Decision } from '../../judgement/decisions/index.ts'
import type { CloudEvent } from '../../vocabulary/events/index.ts'
import type { Policy } from '../../vocabulary/packs/index.ts'
import type { ActionRow } from '../actions/index.ts'

/** One action with everything that a statement says about it. */
export interface StatementSource {
  readonly action: ActionRow
  readonly decision: Decision
  readonly event: CloudEvent
  readonly policy: Policy | undefined
  /** Points that the same cause gave. */
  readonly points: number
  /** Who took the decision: `strategy` when nobody looked at it. */
  readonly decidedBy: 'strategy' | 'person'
  /** Who brought it to notice when it was not found by ourselves: the reporter kind of a report or notice. */
  readonly noticeFrom?: string | null
}
