import { record } from '../../kernel/database.ts'
import { derivedId, newId } from '../../kernel/ids.ts'
import type { Principal } from '../../kernel/operation.ts'
import { problem } from '../../kernel/problems.ts'
import { nowMicros } from '../../kernel/time.ts'
import { markEvidence, marksOn } from '../marks/index.ts'
import { type By, type CaseDecision, mustBeChoice, planOutcome, type Room } from './effects.ts'
import { labelOf, leaseMicros, type Outcome, undoMicros } from './model.ts'
import { automaticEffects, noticeOfLeft, replacedBy } from './replace.ts'
import * as store from './store.ts'
import { dropLease, leaseOf, takeLease } from './store-leases.ts'

/** Outcomes that are at least as strong as what a strategy does by itself. */
const removes: ReadonlySet<Outcome> = new Set(['remove', 'remove_and_points'])

const alreadyDecided = (id: string) =>
  problem({
    code: 'already_decided',
    field: 'case_id',
    value: id,
    detail: { zh: '案件已经判定', en: 'The case is decided already' },
  })

/** Writes one decision in the caller's transaction. @throws already_decided when somebody was quicker. */
export async function writeDecision(
  tx: store.CaseTx,
  found: store.ListedCase,
  {
    decided,
    eventId,
    policy,
    by,
    now,
  }: { decided: CaseDecision; eventId: string; policy: string | null; by: Principal; now: number },
): Promise<void> {
  const id = found.case_id
  const state = await store.findCase(tx, id, now)
  if (state?.status !== 'open') throw alreadyDecided(id)
  const escalates = decided.outcome === 'escalate'
  const lease = await leaseOf(tx, id, now)
  const since = lease && lease.holder === by.id ? (lease.shown_at ?? lease.since) : null
  await record(tx, 'case_events', {
    case_event_id: eventId,
    at: now,
    case_id: id,
    type: escalates ? 'escalated' : 'decided',
    outcome: decided.outcome,
    policy,
    // How long the case was on the screen: what staffing is computed from.
    data: JSON.stringify(since === null ? decided : { ...decided, handling_ms: Math.round((now - since) / 1000) }),
    cause: found.decision_id,
    actor: by.id,
  })
  if (!escalates)
    await store.setState(tx, {
      case_id: id,
      status: 'decided',
      outcome: decided.outcome,
      decided_by: by.id,
      decided_at: now,
    })
  await dropLease(tx, id, by.id)
}

export function decidingVerbs(room: Room) {
  const { db, enforcement, mustFind, mustBeFree } = room

  async function takeEffect(decided: store.CaseEventRow): Promise<void> {
    const now = nowMicros()
    const found = await mustFind(decided.case_id, now)
    const choice = JSON.parse(decided.data) as CaseDecision
    const by = { cause: decided.case_event_id, actor: decided.actor, at: now }
    const planned = await planOutcome(room, found, { decided: choice, by })
    await db.transaction().execute(async (tx) => {
      const state = await store.findCase(tx, found.case_id, now)
      if (state?.status !== 'decided') return
      await record(tx, 'case_events', {
        case_event_id: derivedId('cev', decided.case_event_id, 'effective'),
        at: now,
        case_id: found.case_id,
        type: 'effective',
        outcome: decided.outcome,
        policy: decided.policy,
        data: '{}',
        cause: decided.case_event_id,
        actor: 'system',
      })
      if (found.purpose === undefined || found.purpose === 'work') await act(tx, found, { choice, planned, by })
      if (found.purpose !== 'golden' && found.purpose !== 'second')
        await writeLabel(tx, { found, planned, decided, outcome: choice.outcome, now })
      await store.setState(tx, {
        case_id: found.case_id,
        status: 'closed',
        outcome: found.outcome,
        decided_by: found.decided_by,
        decided_at: found.decided_at,
      })
      await room.quality?.closed(tx, found, decided)
    })
  }

  /** What the decision does to the subject and who answers for it. */
  async function act(
    tx: store.CaseTx,
    found: store.ListedCase,
    { choice, planned, by }: { choice: CaseDecision; planned: Awaited<ReturnType<typeof planOutcome>>; by: By },
  ): Promise<void> {
    // The provisional hold ends here, whatever was decided; points are the person's to give now: what the automatic decision
    // gave for the same policy would count twice. Only what rests on the judged policy is replaced.
    const known = room.rules()
    const replaced = replacedBy(
      planned.entry,
      { policy: planned.policy?.id ?? null, removes: removes.has(choice.outcome) },
      { inForce: await automaticEffects(tx, found.decision_id), rules: known, by },
    )
    await enforcement.reverse(tx, { actions: replaced.reverse, points: replaced.points }, by)
    await enforcement.write(tx, planned, planned.notice)
    const { left } = replaced
    await enforcement.write(
      tx,
      { actions: left, points: [] },
      noticeOfLeft(left, { ...planned.entry, rules: known, by }),
    )
  }

  const pointedAt = async (caseId: string) => (await marksOn(db, 'case', [caseId])).map(markEvidence)

  return {
    async preview(id: string, decided: CaseDecision, now: number) {
      const found = await mustFind(id, now)
      mustBeChoice(found, decided, room)
      const marked = { ...decided, marks: await pointedAt(id) }
      return planOutcome(room, found, { decided: marked, by: { cause: 'preview', actor: 'preview', at: now } })
    },

    /** @throws already_decided, not_leased, same_reviewer, not_allowed, invalid_input. */
    async decide(id: string, choice: CaseDecision, by: Principal, now: number) {
      const found = await mustFind(id, now)
      if (found.status !== 'open') throw alreadyDecided(id)
      if (found.holder !== by.id)
        throw problem({
          code: 'not_leased',
          field: 'case_id',
          value: id,
          detail: { zh: '请先领取案件', en: 'Take the case first' },
        })
      await mustBeFree(found, by)
      mustBeChoice(found, choice, room)
      // As they stand now: the decision keeps what it rested on.
      const marks = await pointedAt(id)
      const decided = marks.length === 0 ? choice : { ...choice, marks }
      const eventId = newId('cev')
      const { notice, policy } = await planOutcome(room, found, {
        decided,
        by: { cause: eventId, actor: by.id, at: now },
      })
      await db
        .transaction()
        .execute((tx) => writeDecision(tx, found, { decided, eventId, policy: policy?.id ?? null, by, now }))
      return { case_event_id: eventId, effectiveAt: now + undoMicros, notice, found }
    },

    /** Takes a decision back before it has taken effect. @throws too_late. */
    async undo(id: string, by: Principal, now: number): Promise<void> {
      const found = await mustFind(id, now)
      if (found.status !== 'decided' || found.decided_by !== by.id || (found.decided_at ?? 0) + undoMicros < now)
        throw tooLate(id, { zh: '已超过可撤回的时间', en: 'It is too late to undo, or it is not your decision' })
      await db.transaction().execute(async (tx) => {
        const state = await store.findCase(tx, id, now)
        if (state?.status !== 'decided') throw tooLate(id, { zh: '已经生效', en: 'It has taken effect' })
        await record(tx, 'case_events', {
          case_event_id: newId('cev'),
          at: now,
          case_id: id,
          type: 'undone',
          outcome: null,
          policy: null,
          data: '{}',
          cause: found.decision_id,
          actor: by.id,
        })
        await store.setState(tx, { case_id: id, status: 'open', outcome: null, decided_by: null, decided_at: null })
        const lease = { case_id: id, holder: by.id, holder_name: by.name, until: now + leaseMicros, shown: true }
        await takeLease(tx, lease, now)
      })
    },

    /** Makes decisions effective whose undo time is over. Runs every second and at start; each takes effect once. */
    async settle(now: number): Promise<number> {
      const waiting = await store.waitingDecisions(db, now - undoMicros)
      const failures: unknown[] = []
      // One that fails does not keep the others waiting; it is tried again the next time.
      for (const decided of waiting) await takeEffect(decided).catch((error: unknown) => void failures.push(error))
      if (failures.length > 0)
        throw new AggregateError(failures, `${failures.length} decisions could not take effect: ${failures[0]}`)
      return waiting.length
    },
  }
}

/** The truth that the outcome states about the strategies that proposed the case. */
async function writeLabel(
  tx: store.CaseTx,
  {
    found,
    planned,
    decided,
    outcome,
    now,
  }: {
    found: store.ListedCase
    planned: Awaited<ReturnType<typeof planOutcome>>
    decided: store.CaseEventRow
    outcome: Outcome
    now: number
  },
): Promise<void> {
  const label = labelOf(outcome)
  if (!label) return
  const strategies = planned.decision.findings
    .filter((finding) => finding.mode === 'live')
    .map((finding) => `${finding.strategy}@${finding.version}`)
  await record(tx, 'labels', {
    label_id: derivedId('lbl', decided.case_event_id),
    at: now,
    event_id: planned.event.id,
    source: planned.event.source,
    subject_type: found.subject_type,
    subject_id: found.subject_id,
    policy: planned.policy?.id ?? null,
    label,
    origin: found.purpose === 'sample' ? 'sample' : 'review',
    strategies: JSON.stringify(strategies),
    cause: decided.case_event_id,
    actor: decided.actor,
  })
}

const tooLate = (id: string, detail: { zh: string; en: string }) =>
  problem({ code: 'too_late', field: 'case_id', value: id, detail })
