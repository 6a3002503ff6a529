import { minute } from '../../kernel/time.ts'
import type { Text } from '../../kernel/values.ts'

/** What a reviewer can decide, in the order of the keys 1…7. */
export const outcomes = [
  'allow',
  'label',
  'request_evidence',
  'restrict_market',
  'remove',
  'remove_and_points',
  'escalate',
] as const
export type Outcome = (typeof outcomes)[number]

export const outcomeTitles: Record<Outcome, Text> = {
  allow: { zh: '允许', en: 'Allow' },
  label: { zh: '加标识后允许', en: 'Allow with a label' },
  request_evidence: { zh: '要求补充证明', en: 'Ask for evidence' },
  restrict_market: { zh: '限制部分市场', en: 'Restrict in markets' },
  remove: { zh: '移除', en: 'Remove' },
  remove_and_points: { zh: '移除并扣分', en: 'Remove and give points' },
  escalate: { zh: '升级处理', en: 'Escalate' },
}

/** Effects of a manual decision wait this long, so that it can be undone. */
export const undoMicros = 10_000_000
/** A lease lasts this long unless the screen that shows the case says every half minute that somebody is there. */
export const leaseMicros = 3 * minute

/**
 * Why a case is judged. `work`: something may happen to somebody. The others judge judgements and have no effects: `golden` has a known
 * answer, `second` repeats a person's decision, `sample` repeats what strategies decided. Who judges cannot tell them apart.
 */
export type Purpose = 'work' | 'golden' | 'second' | 'sample'

export type CaseStatus = 'open' | 'decided' | 'closed'
/** `appealed`: an appeal overturned what the case is about, so there is nothing left to decide. */
export type CaseEventType = 'opened' | 'decided' | 'undone' | 'effective' | 'escalated' | 'appealed' | 'withdrawn'

/** The state machine: the next status by status and event; null = refused. */
export const transitions: Record<CaseStatus, Record<CaseEventType, CaseStatus | null>> = {
  open: {
    opened: null,
    decided: 'decided',
    undone: null,
    effective: null,
    escalated: 'open',
    appealed: 'closed',
    withdrawn: 'closed',
  },
  decided: {
    opened: null,
    decided: null,
    undone: 'open',
    effective: 'closed',
    escalated: null,
    appealed: 'closed',
    withdrawn: null,
  },
  closed: {
    opened: null,
    decided: null,
    undone: null,
    effective: null,
    escalated: null,
    appealed: null,
    withdrawn: null,
  },
}

/** The status that a list of events leads to. @throws Error for an event that the status does not allow. */
export function statusAfter(events: readonly { type: CaseEventType }[]): CaseStatus {
  let status: CaseStatus = 'open'
  for (const { type } of events) {
    if (type === 'opened') continue
    const next: CaseStatus | null = transitions[status][type]
    if (next === null) throw new Error(`a case that is ${status} cannot be ${type}`)
    status = next
  }
  return status
}

/** The action that carries an outcome out on a kind of subject; null = none. */
export function actionOf(outcome: Outcome, subjectType: string): string | null {
  switch (outcome) {
    case 'allow':
    case 'escalate':
      return null
    case 'label':
      return 'label'
    case 'request_evidence':
      return 'request_documents'
    case 'restrict_market':
      return 'geo_block'
    case 'remove':
    case 'remove_and_points':
      return removal[subjectType] ?? 'delist'
  }
}

const removal: Record<string, string> = {
  content: 'remove_content',
  video: 'remove_content',
  live: 'stop_live',
  account: 'suspend_account',
  order: 'hold_order',
  ad: 'block_publish',
}

/** Truth that an outcome states about the strategies that proposed the case; null = none. */
export function labelOf(outcome: Outcome): 'violation' | 'ok' | null {
  if (outcome === 'allow') return 'ok'
  return outcome === 'escalate' || outcome === 'request_evidence' ? null : 'violation'
}

/** True for a case that a notice from outside opened: its cause is the notice. No strategy proposed it. */
export const isFromNotice = ({ cause }: { cause: string }): boolean => cause.startsWith('ntf_')
