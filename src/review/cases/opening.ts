import { actionStore, originOf, titleOf } from '../../enforcement/actions/index.ts'
import type { Decided } from '../../judgement/decisions/index.ts'
import { record } from '../../kernel/database.ts'
import { derivedId } from '../../kernel/ids.ts'
import { stableHash } from '../../kernel/stable-hash.ts'
import { nowMicros } from '../../kernel/time.ts'
import { type Severity, verdictRank } from '../../vocabulary/verdicts.ts'
import { type CaseFacts, defaultSla } from '../queues/index.ts'
import type { By, Room } from './effects.ts'
import { type EventFacts, eventFacts } from './facts.ts'
import { isFromNotice, type Purpose } from './model.ts'
import { impactOf } from './priority.ts'
import * as store from './store.ts'
import { openPage, type Place, setPlace } from './store-waiting.ts'

const consumer = 'cases'

/** True when a person has to look: a live finding asks for it and nothing stronger was not decided. */
export const needsPerson = ({ decision }: Pick<Decided, 'decision'>): boolean =>
  decision.findings.some((finding) => finding.mode === 'live' && finding.verdict === 'review') &&
  verdictRank(decision.verdict) >= verdictRank('review')

/** The case that a decision opens. `opened` is when its clock starts. */
export function caseRow(
  { decision, event, loggedAt, position }: Decided,
  { opened, rules }: { opened: number; rules: Room['rules'] },
): store.CaseRow {
  const live = decision.findings.filter((finding) => finding.mode === 'live')
  const asking = live.filter((finding) => finding.verdict === 'review')
  const [gravest] = (asking.length > 0 ? asking : live).toSorted((a, b) => a.severity.localeCompare(b.severity))
  const severity = (gravest?.severity ?? 'S3') as Severity
  const { subject, party } = originOf(decision, loggedAt)
  return {
    case_id: derivedId('case', decision.decision_id),
    at: opened,
    queue: rules().policy(gravest?.policy ?? '')?.queue ?? subject.type,
    severity,
    subject_type: subject.type,
    subject_id: subject.id,
    title: titleOf(event) || subject.id,
    party_type: party?.type ?? null,
    party_id: party?.id ?? null,
    site: decision.event.site,
    markets: JSON.stringify(Object.keys(decision.markets)),
    verdict: decision.verdict,
    policies: JSON.stringify([...new Set(live.map((finding) => finding.policy))]),
    strategies: JSON.stringify([...new Set(live.map((finding) => `${finding.strategy}@${finding.version}`))]),
    due_at: opened + defaultSla[severity],
    position,
    decision_id: decision.decision_id,
    cause: decision.decision_id,
    purpose: 'work',
  }
}

/** Share of the service level that is left to cases in the fast lane: the platform's own measure. */
export const fastShare = 0.5

/** Where a case waits by the queues in force, until when, and its impact. */
export function placeOf(row: store.CaseRow, facts: EventFacts, { routing }: Pick<Room, 'routing'>): Place {
  const severity = row.severity as Severity
  const queue = routing().route(caseFacts(row, facts))
  return {
    case_id: row.case_id,
    queue: queue.id,
    // A case that stems from a notice has a deadline of its own, by law.
    due_at: Math.min(
      queue.calendar.add(row.at, queue.sla[severity] * (row.lane ? fastShare : 1)),
      isFromNotice(row) ? row.due_at : Number.POSITIVE_INFINITY,
    ),
    impact: impactOf(severity, facts.reach),
    reach: facts.reach,
    language: facts.language,
    source: facts.source,
    opened_at: row.at,
  }
}

const caseFacts = (row: store.CaseRow, facts: EventFacts): CaseFacts => ({
  ...facts,
  severity: row.severity,
  subject_type: row.subject_type,
  site: row.site,
  verdict: row.verdict,
  policies: JSON.parse(row.policies) as string[],
  strategies: (JSON.parse(row.strategies) as string[]).map((name) => name.replace(/@\d+$/, '')),
  markets: JSON.parse(row.markets) as string[],
  party_type: row.party_type,
  title: row.title,
  policy_queue: row.queue,
})

/** What is to be judged again, and by whom. */
export interface Assessment {
  readonly purpose: Purpose
  readonly cause: string
  readonly onlyBy?: string | null
  readonly notBy?: string | null
}

/** An id like that of any case of about the same time, so that nobody knows an assessment by its name. */
function assessmentId({ loggedAt }: Decided, { purpose, cause, onlyBy }: Assessment): string {
  const near = loggedAt + 1 + (stableHash(`${purpose}\0${cause}\0${onlyBy ?? ''}`) % 50_000_000)
  return derivedId('case', `dec_${near.toString(36).padStart(11, '0')}`)
}

const pageRows = 500

export function openingVerbs(room: Room) {
  const { db, entryAt } = room

  // The clock of a case starts when it is opened, not when imported history says that it happened.
  const rowOf = (decided: Decided) =>
    caseRow(decided, { opened: Math.max(decided.loggedAt, nowMicros()), rules: room.rules })

  /** The lane that the tier of the party gives at this moment; it stays with the case. */
  async function laned(tx: store.CaseTx, row: store.CaseRow): Promise<store.CaseRow> {
    const { party_type: type, party_id: id } = row
    const lane = type === null || id === null ? null : ((await room.laneOf?.(tx, { type, id }, row.at)) ?? null)
    return lane === null ? row : { ...row, lane }
  }

  async function open(tx: store.CaseTx, decided: Decided, plain = rowOf(decided)): Promise<void> {
    const row = await laned(tx, plain)
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
    await setPlace(tx, placeOf(row, eventFacts(decided), room))
  }

  return {
    /** Journal consumer: a case for every decision with a live `review` finding. */
    async openCases(batch: readonly Decided[], next: number): Promise<void> {
      await db.transaction().execute(async (tx) => {
        for (const decided of batch.filter(needsPerson)) await open(tx, decided)
        await actionStore.setApplied(tx, consumer, next)
      })
    },
    applied: () => actionStore.appliedPosition(db, consumer),

    /**
     * Opens a case that looks like any other and judges a judgement; its decision has no effects. `cause` is what it repeats, or the
     * golden item. The same purpose, cause and person give the same case; false when it is there already.
     */
    async assess(tx: store.CaseTx, decided: Decided, about: Assessment): Promise<string | null> {
      const id = assessmentId(decided, about)
      const there = await tx.selectFrom('cases').select('case_id').where('case_id', '=', id).executeTakeFirst()
      if (there) return null
      const { purpose, cause, onlyBy = null, notBy = null } = about
      await open(tx, decided, { ...rowOf(decided), case_id: id, purpose, cause, only_by: onlyBy, not_by: notBy })
      return id
    },

    /** Where a case about this decision would wait. */
    placeFor: (decided: Decided) => placeOf(rowOf(decided), eventFacts(decided), room),

    /**
     * Puts every open case where the queues in force want it; the same queues give the same places. Returns how many moved.
     * `stopped` ends it early; the rest is done the next time.
     */
    async reroute(stopped: () => boolean = () => false): Promise<number> {
      let moved = 0
      for (let after = ''; ; ) {
        const rows = await openPage(db, after, pageRows)
        const last = rows.at(-1)
        if (!last || stopped()) return moved
        after = last.case_id
        const places: Place[] = []
        for (const row of rows) {
          const { language, source, reach } = row
          const facts =
            source === null || reach === null ? eventFacts(await entryAt(row.position)) : { language, source, reach }
          const place = placeOf(row, facts, room)
          if (row.placed !== place.queue || row.placed_due !== place.due_at || row.impact !== place.impact)
            places.push(place)
        }
        if (places.length > 0)
          await db.transaction().execute(async (tx) => {
            for (const place of places) await setPlace(tx, place)
          })
        moved += places.length
        // Requests go on between the pages.
        await new Promise((resolve) => setImmediate(resolve))
      }
    },

    /** Ids of the cases of these decisions that nobody has decided. */
    openOf: async (decisions: readonly string[]) => (await store.undecidedOf(db, decisions)).map((row) => row.case_id),
    /** Closes undecided cases whose reason is gone, without an outcome; what a person has decided stays. Returns how many. */
    async withdraw(tx: store.CaseTx, decisions: readonly string[], by: By): Promise<number> {
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
  }
}
