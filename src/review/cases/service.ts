import {
  type ActionRow,
  actionStore,
  type Enforcement,
  noticeRow,
  type Origin,
  originOf,
  pointsRow,
  type Rules,
  titleOf,
} from '../../enforcement/actions/index.ts'
import type { Decided, Evidence } from '../../judgement/decisions/index.ts'
import { record } from '../../kernel/database.ts'
import { derivedId, newId } from '../../kernel/ids.ts'
import type { Principal } from '../../kernel/operation.ts'
import { problem } from '../../kernel/problems.ts'
import { nowMicros } from '../../kernel/time.ts'
import type { Policy } from '../../vocabulary/packs/index.ts'
import { type Severity, verdictRank } from '../../vocabulary/verdicts.ts'
import { actionOf, dueMicros, labelOf, leaseMicros, type Outcome, undoMicros } from './model.ts'
import * as store from './store.ts'

export type Cases = ReturnType<typeof createCases>

export interface CaseDecision {
  readonly outcome: Outcome
  readonly policy?: string | undefined
  readonly markets?: readonly string[] | undefined
  readonly note?: string | undefined
  readonly points?: number | undefined
}

/** Outcomes that are at least as strong as what a strategy does by itself. */
const removes: ReadonlySet<Outcome> = new Set(['remove', 'remove_and_points'])

export interface CasesInput {
  readonly db: store.CaseDb
  readonly enforcement: Enforcement
  readonly rules: () => Rules
  /** Reads the entry that a case is about back from the journal. */
  readonly entryAt: (position: number) => Promise<Decided>
}

/** Opens, leases, decides and undoes review cases. A decision takes effect when its undo time is over. */
export function createCases({ db, enforcement, rules, entryAt }: CasesInput) {
  const consumer = 'cases'

  async function mustFind(id: string, now: number): Promise<store.ListedCase> {
    const found = await store.findCase(db, id, now)
    if (!found)
      throw problem({
        code: 'not_found',
        field: 'case_id',
        value: id,
        detail: { zh: '没有这个案件', en: 'No such case' },
      })
    return found
  }

  function caseRow({ decision, event, loggedAt, position }: Decided): store.CaseRow {
    const known = rules()
    const reviewed = decision.findings
      .filter((finding) => finding.mode === 'live' && finding.verdict === 'review')
      .sort((a, b) => a.severity.localeCompare(b.severity))
    const severity = (reviewed[0]?.severity ?? 'S3') as Severity
    const { subject, party } = originOf(decision, loggedAt)
    const title = titleOf(event) || subject.id
    // The clock of a case starts when it is opened, not when imported history says that it happened.
    const opened = Math.max(loggedAt, nowMicros())
    return {
      case_id: derivedId('case', decision.decision_id),
      at: opened,
      queue: known.policy(reviewed[0]?.policy ?? '')?.queue ?? subject.type,
      severity,
      subject_type: subject.type,
      subject_id: subject.id,
      title,
      party_type: party?.type ?? null,
      party_id: party?.id ?? null,
      site: decision.event.site,
      markets: JSON.stringify(Object.keys(decision.markets)),
      verdict: decision.verdict,
      policies: JSON.stringify([
        ...new Set(decision.findings.filter((finding) => finding.mode === 'live').map((finding) => finding.policy)),
      ]),
      strategies: JSON.stringify([
        ...new Set(
          decision.findings
            .filter((finding) => finding.mode === 'live')
            .map((finding) => `${finding.strategy}@${finding.version}`),
        ),
      ]),
      due_at: opened + dueMicros[severity],
      position,
      decision_id: decision.decision_id,
      cause: decision.decision_id,
    }
  }

  /** Effects of a decision, without writing anything: also serves the preview that the reviewer sees. */
  async function plan(
    found: store.ListedCase,
    decided: CaseDecision,
    by: { cause: string; actor: string; at: number },
  ) {
    const { decision, event } = await entryAt(found.position)
    const known = rules()
    const policy = policyOf(found, decided, known)
    const origin: Origin = { ...originOf(decision, by.at), ...by }
    const kind = actionOf(decided.outcome, found.subject_type)
    const markets = decided.markets ?? (JSON.parse(found.markets) as string[])
    const actions: ActionRow[] =
      kind === null
        ? []
        : [
            {
              action_id: derivedId('act', by.cause, 0),
              at: by.at,
              kind,
              target_type: found.subject_type,
              target_id: found.subject_id,
              party_type: found.party_type,
              party_id: found.party_id,
              markets: JSON.stringify(markets),
              until: null,
              policy: policy?.id ?? null,
              policy_version: policy?.version ?? null,
              strategy: null,
              strategy_version: null,
              severity: found.severity,
              inverse_of: null,
              position: found.position,
              cause: by.cause,
              actor: by.actor,
            },
          ]
    const ladder = origin.party && known.ladderOf(origin.party.type)
    const wantsPoints = decided.outcome === 'remove_and_points' && policy?.points && ladder
    const points = wantsPoints
      ? [
          pointsRow(
            { policy, ladder, index: 0, ...(decided.points === undefined ? {} : { points: decided.points }) },
            origin,
          ),
        ]
      : []
    const evidence: Evidence[] = decision.findings
      .filter((finding) => finding.mode === 'live' && (!policy || finding.policy === policy.id))
      .flatMap((finding) => finding.evidence)
    const notice = noticeRow({
      effects: { actions, points },
      origin,
      policies: policy ? [policy] : [],
      evidence,
      title: found.title,
      automated: false,
    })
    return { actions, points, notice, policy, decision, event }
  }

  async function takeEffect(decided: store.CaseEventRow): Promise<void> {
    const now = nowMicros()
    const found = await mustFind(decided.case_id, now)
    const choice = JSON.parse(decided.data) as CaseDecision
    const by = { cause: decided.case_event_id, actor: decided.actor, at: now }
    const planned = await plan(found, choice, by)
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
      // The provisional hold of the automatic decision ends here, whatever was decided.
      // Points are the person's to give now: what the automatic decision gave for the same thing would count twice.
      // Its restrictions stay only where the person removed the subject as well; a milder decision replaces them.
      const held = (await actionStore.actionsByCause(tx, [found.decision_id])).filter(
        (action) => action.kind === 'hold' || (!removes.has(choice.outcome) && action.inverse_of === null),
      )
      const heldPoints = await actionStore.pointsByCause(tx, [found.decision_id])
      await enforcement.reverse(tx, { actions: held, points: heldPoints }, by)
      await enforcement.write(tx, planned, planned.notice)
      const label = labelOf(choice.outcome)
      if (label) {
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
          origin: 'review',
          strategies: JSON.stringify(strategies),
          cause: decided.case_event_id,
          actor: decided.actor,
        })
      }
      await store.setState(tx, {
        case_id: found.case_id,
        status: 'closed',
        outcome: found.outcome,
        decided_by: found.decided_by,
        decided_at: found.decided_at,
      })
    })
  }

  return {
    /** Journal consumer: a case for every decision with a live `review` finding. */
    async openCases(batch: readonly Decided[], next: number): Promise<void> {
      const wanted = batch.filter(
        ({ decision }) =>
          decision.findings.some((finding) => finding.mode === 'live' && finding.verdict === 'review') &&
          verdictRank(decision.verdict) >= verdictRank('review'),
      )
      await db.transaction().execute(async (tx) => {
        for (const decided of wanted) {
          const row = caseRow(decided)
          await record(tx, 'cases', row)
          await record(tx, 'case_events', {
            case_event_id: derivedId('cev', row.case_id, 'opened'),
            at: row.at,
            case_id: row.case_id,
            type: 'opened',
            outcome: null,
            policy: null,
            data: '{}',
            cause: row.cause,
            actor: 'strategy',
          })
          await store.setState(tx, {
            case_id: row.case_id,
            status: 'open',
            outcome: null,
            decided_by: null,
            decided_at: null,
          })
        }
        await actionStore.setApplied(tx, consumer, next)
      })
    },
    applied: () => actionStore.appliedPosition(db, consumer),

    /** Ids of the cases of these decisions that nobody has decided. */
    openOf: async (decisions: readonly string[]) => (await store.undecidedOf(db, decisions)).map((row) => row.case_id),
    /** Closes undecided cases whose reason is gone, without an outcome; what a person has decided stays. Returns how many. */
    async withdraw(
      tx: store.CaseTx,
      decisions: readonly string[],
      by: { cause: string; actor: string; at: number },
    ): Promise<number> {
      const rows = await store.undecidedOf(tx, decisions)
      for (const row of rows) {
        await record(tx, 'case_events', {
          case_event_id: derivedId('cev', row.case_id, 'withdrawn'),
          at: by.at,
          case_id: row.case_id,
          type: 'withdrawn',
          outcome: null,
          policy: null,
          data: '{}',
          cause: by.cause,
          actor: by.actor,
        })
        await store.setState(tx, {
          case_id: row.case_id,
          status: 'closed',
          outcome: null,
          decided_by: null,
          decided_at: null,
        })
      }
      return rows.length
    },

    list: (filter: store.CaseFilter) => store.listCases(db, filter),
    find: mustFind,
    events: (id: string) => store.eventsOfCase(db, id),
    entryAt,
    on: (subject: { type: string; id: string }) => store.casesOn(db, subject, nowMicros()),
    queues: () => store.queueCounts(db, nowMicros()),
    similar: (found: store.ListedCase) =>
      store.similarCases(db, { caseId: found.case_id, policy: (JSON.parse(found.policies) as string[])[0] ?? '' }),

    async lease(id: string, by: Principal, now: number): Promise<number> {
      await mustFind(id, now)
      const until = now + leaseMicros
      if (!(await store.takeLease(db, { case_id: id, holder: by.id, holder_name: by.name, until }, now)))
        throw problem({
          code: 'not_leased',
          field: 'case_id',
          value: id,
          detail: { zh: '另一位审核员正在处理', en: 'Another reviewer holds this case' },
        })
      return until
    },
    release: (id: string, by: Principal) => store.dropLease(db, id, by.id),

    /** Leases the most urgent case; null when the queue is empty. `skip` are cases that this reviewer passed over. */
    async next(
      filter: { queue?: string | undefined; skip: readonly string[] },
      by: Principal,
      now: number,
    ): Promise<string | null> {
      for (let tries = 0; tries < 5; tries++) {
        const found = await store.nextCase(db, { ...filter, holder: by.id, now })
        if (!found) return null
        if (
          await store.takeLease(
            db,
            { case_id: found.case_id, holder: by.id, holder_name: by.name, until: now + leaseMicros },
            now,
          )
        )
          return found.case_id
      }
      return null
    },

    async preview(id: string, decided: CaseDecision, now: number) {
      mustKnowPolicy(decided, rules())
      return plan(await mustFind(id, now), decided, { cause: 'preview', actor: 'preview', at: now })
    },

    /** @throws already_decided, not_leased. */
    async decide(id: string, decided: CaseDecision, by: Principal, now: number) {
      const found = await mustFind(id, now)
      if (found.status !== 'open')
        throw problem({
          code: 'already_decided',
          field: 'case_id',
          value: id,
          detail: { zh: '案件已经判定', en: 'The case is decided already' },
        })
      if (found.holder !== by.id)
        throw problem({
          code: 'not_leased',
          field: 'case_id',
          value: id,
          detail: { zh: '请先领取案件', en: 'Take the case first' },
        })
      mustKnowPolicy(decided, rules())
      const eventId = newId('cev')
      const preview = await plan(found, decided, { cause: eventId, actor: by.id, at: now })
      const escalates = decided.outcome === 'escalate'
      await db.transaction().execute(async (tx) => {
        const state = await store.findCase(tx, id, now)
        if (state?.status !== 'open')
          throw problem({
            code: 'already_decided',
            field: 'case_id',
            value: id,
            detail: { zh: '案件已经判定', en: 'The case is decided already' },
          })
        await record(tx, 'case_events', {
          case_event_id: eventId,
          at: now,
          case_id: id,
          type: escalates ? 'escalated' : 'decided',
          outcome: decided.outcome,
          policy: preview.policy?.id ?? null,
          data: JSON.stringify(decided),
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
        await store.dropLease(tx, id, by.id)
      })
      return { case_event_id: eventId, effectiveAt: now + undoMicros, notice: preview.notice }
    },

    /** Takes a decision back before it has taken effect. @throws too_late. */
    async undo(id: string, by: Principal, now: number): Promise<void> {
      const found = await mustFind(id, now)
      if (found.status !== 'decided' || found.decided_by !== by.id || (found.decided_at ?? 0) + undoMicros < now)
        throw problem({
          code: 'too_late',
          field: 'case_id',
          value: id,
          detail: { zh: '已超过可撤回的时间', en: 'It is too late to undo, or it is not your decision' },
        })
      await db.transaction().execute(async (tx) => {
        const state = await store.findCase(tx, id, now)
        if (state?.status !== 'decided')
          throw problem({
            code: 'too_late',
            field: 'case_id',
            value: id,
            detail: { zh: '已经生效', en: 'It has taken effect' },
          })
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
        await store.takeLease(tx, { case_id: id, holder: by.id, holder_name: by.name, until: now + leaseMicros }, now)
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

/** The policy that a decision names, else the first of the case; undefined when no pack has it any more. */
function policyOf(found: store.ListedCase, decided: CaseDecision, rules: Rules): Policy | undefined {
  const id = decided.policy ?? (JSON.parse(found.policies) as string[])[0]
  return id === undefined ? undefined : rules.policy(id)
}

/** @throws invalid_input when a decision names a policy that there is not. */
function mustKnowPolicy({ policy }: CaseDecision, rules: Rules): void {
  if (policy === undefined || rules.policy(policy)) return
  throw problem({
    code: 'invalid_input',
    field: 'policy',
    value: policy,
    detail: { zh: '没有这条规范', en: 'No such policy' },
  })
}
