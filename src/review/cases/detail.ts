import type { Rules } from '../../enforcement/actions/index.ts'
import type { Principal } from '../../kernel/operation.ts'
import { formatTime } from '../../kernel/time.ts'
import type { Policy } from '../../vocabulary/packs/index.ts'
import { fileView } from '../files/index.ts'
import { markView } from '../marks/index.ts'
import { undoMicros } from './model.ts'
import type { Cases } from './service.ts'
import type { ListedCase } from './store.ts'
import { choicesOf, outcomeView, policyView } from './view.ts'

/** Why a case will be late: cases due until it is, those done until then, and done an hour. */
export interface LateMark {
  readonly demand: number
  readonly supply: number
  readonly perHour: number
}

export interface CaseOperationsInput {
  /** Open cases that will miss their service level at the present staffing. */
  readonly late?: (now: number) => Promise<ReadonlyMap<string, LateMark>>
  readonly cases: Cases
  readonly rules: () => Rules
  /** Every policy of the running packs. */
  readonly policies: () => readonly Policy[]
  /** The newest event of a subject, from the facts; null when there is none. */
  readonly newestEvent: (subject: { type: string; id: string }) => Promise<unknown>
  readonly timeline: (subject: { type: string; id: string }) => Promise<unknown[]>
}

/**
 * Everything that the workspace shows of a case. In a blind queue that is the thing itself and the policies of the queue:
 * nothing from which the proposal could be read leaves the server before the decision has taken effect.
 */
export async function caseDetail(row: ListedCase, reader: Principal, input: CaseOperationsInput) {
  const { cases, rules, newestEvent, timeline } = input
  const subject = { type: row.subject_type, id: row.subject_id }
  const hidden = cases.hides(row, reader)
  const known = rules()
  const [{ event, decision }, events, newest, files, marks] = await Promise.all([
    cases.entryAt(row.position),
    cases.events(row.case_id),
    newestEvent(subject),
    cases.files(row.case_id),
    cases.marks(row.case_id),
  ])
  const proposed = (JSON.parse(row.policies) as string[]).flatMap((id) => known.policy(id) ?? [])
  const [first] = proposed
  const policies = hidden ? input.policies().filter((policy) => policy.queue === first?.queue) : proposed
  const choices = choicesOf(row, {
    policy: hidden ? undefined : first,
    rules: known,
    queue: cases.routing().queue(row.queue),
  })
  const common = {
    event,
    now: newest,
    // In a blind queue nobody is led by what another reviewer adds or points at.
    files: files.filter((file) => !hidden || file.actor === reader.id).map(fileView),
    marks: marks.filter((mark) => !hidden || mark.actor === reader.id).map(markView),
    policies: policies.map(policyView),
    choices,
    outcome: outcomeView(events),
    undo_until: row.status === 'decided' && row.decided_at !== null ? formatTime(row.decided_at + undoMicros) : null,
  }
  if (hidden)
    return { ...common, decision: { findings: [], unknown: [] }, spans: [], boxes: [], similar: [], timeline: [] }
  // What became of it the first time would be the answer.
  const repeats = row.purpose !== undefined && row.purpose !== 'work' && row.status !== 'closed'
  const [similar, items] = await Promise.all([cases.similar(row), repeats ? [] : timeline(subject)])
  return {
    ...common,
    // The id of a case is that of its decision; a case that repeats one may not tell which.
    decision: { ...decision, decision_id: row.case_id.replace(/^case_/, '') },
    spans: decision.findings
      .filter((finding) => finding.mode === 'live')
      .flatMap((finding) =>
        finding.evidence.flatMap((item) =>
          item.start === undefined
            ? []
            : [
                {
                  field: item.field,
                  start: item.start,
                  end: item.end,
                  strategy: finding.strategy,
                  term: item.term ?? null,
                  tag: item.tag ?? null,
                },
              ],
        ),
      ),
    boxes: decision.findings
      .filter((finding) => finding.mode === 'live')
      .flatMap((finding) =>
        finding.evidence.flatMap(({ field, image, box, tag, value }) =>
          image === undefined || box === undefined
            ? []
            : [{ field, image, box, strategy: finding.strategy, label: tag ?? null, score: value ?? null }],
        ),
      ),
    similar: similar.map((found) => ({
      case_id: found.case_id,
      title: found.title,
      outcome: found.outcome,
      decided_at: found.decided_at === null ? null : formatTime(found.decided_at),
      policy: first?.id ?? null,
    })),
    timeline: items,
  }
}
