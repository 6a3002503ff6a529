import type { Text } from '../../kernel/values.ts'

/** The four things without which a negative complaint does not close, in their order. */
export const complaintSteps = ['root_cause', 'fix', 'verified_effect', 'reply'] as const
export type ComplaintStep = (typeof complaintSteps)[number]

export const stepTitles: Readonly<Record<ComplaintStep, Text>> = {
  root_cause: { zh: '根因', en: 'Root cause' },
  fix: { zh: '整改', en: 'Fix' },
  verified_effect: { zh: '验证效果', en: 'Verified effect' },
  reply: { zh: '回复', en: 'Reply' },
}

/** What can happen to a complaint. `not_effective`: the effect was looked for and is not there, so the fix is open again. */
export type ComplaintEvent = ComplaintStep | 'not_effective' | 'closed'
export type ComplaintStatus = 'open' | 'explained' | 'fixed' | 'verified' | 'answered' | 'closed'

/** The state machine: the next status by status and event; what is not named is refused. */
export const complaintTransitions: Readonly<Record<ComplaintStatus, Partial<Record<ComplaintEvent, ComplaintStatus>>>> =
  {
    open: { root_cause: 'explained' },
    explained: { root_cause: 'explained', fix: 'fixed' },
    fixed: { root_cause: 'explained', verified_effect: 'verified', not_effective: 'explained' },
    verified: { reply: 'answered', not_effective: 'explained' },
    answered: { not_effective: 'explained', closed: 'closed' },
    closed: {},
  }

/** The status that a list of events leads to. @throws Error for an event that the status does not allow. */
export function complaintStatus(events: readonly ComplaintEvent[]): ComplaintStatus {
  let status: ComplaintStatus = 'open'
  for (const event of events) {
    const next: ComplaintStatus | undefined = complaintTransitions[status][event]
    if (next === undefined) throw new Error(`a complaint that is ${status} cannot be ${event}`)
    status = next
  }
  return status
}

/** The steps that are missing before it can close, in their order. */
export function missingSteps(status: ComplaintStatus): ComplaintStep[] {
  const done = { open: 0, explained: 1, fixed: 2, verified: 3, answered: 4, closed: 4 }[status]
  return complaintSteps.slice(done)
}
