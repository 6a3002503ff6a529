import { actionTitle, type Rules } from '../../enforcement/actions/index.ts'
import { formatTime } from '../../kernel/time.ts'
import type { Text } from '../../kernel/values.ts'
import type { Policy } from '../../vocabulary/packs/index.ts'
import type { Queue } from '../queues/index.ts'
import { actionOf, outcomes, outcomeTitles } from './model.ts'
import type { Priority } from './priority.ts'
import type { CaseEventRow, ListedCase } from './store.ts'

/** A case as lists show it. `hidden`: a blind queue, so neither what was proposed nor by which policy is told. */
export function caseView(row: ListedCase, rules: Rules, now: number, { hidden = false }: { hidden?: boolean } = {}) {
  const policies = hidden ? [] : (JSON.parse(row.policies) as string[])
  return {
    case_id: row.case_id,
    queue: row.queue,
    status: row.status === 'open' && row.holder !== null ? 'leased' : row.status === 'closed' ? 'decided' : row.status,
    severity: row.severity,
    subject: { type: row.subject_type, id: row.subject_id, title: row.title },
    party: row.party_id === null ? null : { type: row.party_type, id: row.party_id, name: row.party_id },
    markets: JSON.parse(row.markets) as string[],
    verdict: hidden ? null : row.verdict,
    policies: policies.map((id) => ({ id, title: rules.policy(id)?.title ?? { zh: id, en: id } })),
    blind: hidden,
    opened_at: formatTime(row.at),
    due_at: formatTime(row.due_at),
    overdue: row.status === 'open' && row.due_at < now,
    site: row.site,
    language: row.language,
    leased_by: row.holder === null ? null : { id: row.holder, name: row.holder_name },
    leased_until: row.until === null ? null : formatTime(row.until),
    outcome: row.outcome,
    decided_at: row.decided_at === null ? null : formatTime(row.decided_at),
    decided_by: row.decided_by,
  }
}

/** Why a case stands where it stands: the factors of its priority and what they were made from. */
export function priorityView(row: ListedCase, priority: Priority, { now, hidden }: { now: number; hidden: boolean }) {
  const round = (value: number) => Math.round(value * 1000) / 1000
  return {
    score: round(priority.score),
    harm: round(priority.harm),
    reach: round(priority.reach),
    credibility: round(priority.credibility),
    urgency: round(priority.urgency),
    people: row.reach ?? 1,
    source: hidden ? null : row.source,
    lane: row.lane ?? null,
    slack_s: Math.round((row.due_at - now) / 1e6),
  }
}

/** Why a case will miss its service level, in whole cases; null when it will not. */
export const lateView = (mark: { demand: number; supply: number; perHour: number } | undefined) =>
  mark === undefined
    ? null
    : { due_until_then: Math.ceil(mark.demand), done_until_then: Math.floor(mark.supply), per_hour: mark.perHour }

/** The outcomes that a reviewer of this case has; the keys belong to the outcomes, not to their places. */
export function choicesOf(
  row: ListedCase,
  { policy, rules, queue }: { policy: Policy | undefined; rules: Rules; queue: Queue },
) {
  return outcomes
    .map((outcome, index) => ({ outcome, key: String(index + 1) }))
    .filter(({ outcome }) => !queue.hidden.includes(outcome))
    .filter(
      ({ outcome }) =>
        outcome !== 'remove_and_points' || (policy?.points && row.party_type && rules.ladderOf(row.party_type)),
    )
    .map(({ outcome, key }) => {
      const kind = actionOf(outcome, row.subject_type)
      return {
        key,
        outcome,
        title: outcomeTitles[outcome],
        actions: kind === null ? [] : [{ kind, title: actionTitle(kind) }],
        points: outcome === 'remove_and_points' ? (policy?.points?.points ?? null) : null,
      }
    })
}

export const policyView = (policy: Policy) => ({
  id: policy.id,
  title: policy.title,
  text: policy.text,
  severity: policy.severity,
  legal_basis: policy.legal_basis ?? null,
  fix: policy.notice.fix,
  points: policy.points ?? null,
})

export function outcomeView(events: readonly CaseEventRow[]) {
  const decided = events.filter((event) => event.type === 'decided').at(-1)
  if (!decided) return null
  const title: Text = outcomeTitles[decided.outcome as keyof typeof outcomeTitles] ?? { zh: '', en: '' }
  return {
    outcome: decided.outcome,
    title,
    policy: decided.policy,
    at: formatTime(decided.at),
    by: decided.actor,
    effective: events.some((event) => event.type === 'effective' && event.cause === decided.case_event_id),
    note: (JSON.parse(decided.data) as { note?: string }).note ?? null,
  }
}

/** The bodies of a notice in both languages; says so when there is nothing to give notice of. */
export function noticeText(json: string | undefined): Text {
  if (json === undefined) return { zh: '没有要告知的处置。', en: 'There is nothing to give notice of.' }
  const { zh, en } = JSON.parse(json) as { zh: { body: string }; en: { body: string } }
  return { zh: zh.body, en: en.body }
}
