import { day, formatTime } from '../../kernel/time.ts'
import { actionStore, type PointsRow, type Rules } from '../actions/index.ts'
import { findClass, type Ladder, type LedgerStanding, type Standing, standingOf } from '../standing/index.ts'
import { historyOf, type Party } from './model.ts'
import { type Quiz, quizFor } from './quiz.ts'
import type * as store from './store.ts'
import { benefitTitle, sanctionTitle } from './titles.ts'

interface Viewing {
  readonly db: store.ConductDb
  readonly rules: Rules
  readonly party: Party
  readonly now: number
  readonly quizzes: readonly Quiz[]
}

/** Standing of a party by ledger: score, tier with its rights, thresholds, sanctions, entries and what is open to the party. */
export async function standingView({ db, rules, party, now, quizzes }: Viewing) {
  const rows = await actionStore.pointsOfParty(db as never, party)
  const measures = await actionStore.measuresOn(db as never, party)
  const taken = new Map(measures.filter((row) => row.type === 'quiz').map((row) => [row.cause, row]))
  return [...new Set(rows.map((row) => row.ladder))].flatMap((id) => {
    const ladder = rules.ladder?.(id)
    if (!ladder) return []
    const mine = rows.filter((row) => row.ladder === id)
    const standing = standingOf(ladder, historyOf(ladder, mine), { subject: party.id, at: Math.floor(now / 1000) })
    return standing.ledgers.map((ledger) => ledgerView(ledger, { ladder, rows: mine, standing, now, quizzes, taken }))
  })
}

interface Viewed {
  readonly ladder: Ladder
  readonly rows: readonly PointsRow[]
  readonly standing: Standing
  readonly now: number
  readonly quizzes: readonly Quiz[]
  readonly taken: ReadonlyMap<string, unknown>
}

function ledgerView(ledger: LedgerStanding, viewed: Viewed) {
  const { ladder, rows, standing } = viewed
  const declared = ladder.ledgers.find((found) => found.id === ledger.id)
  const bands = declared?.bands ?? []
  const band = bands.find((found) => found.id === ledger.band)
  const next = bands.find((found) => band !== undefined && found.from > band.to)
  return {
    ledger: `${ladder.id}/${ledger.id}`,
    title: declared?.title ?? ladder.title,
    score: ledger.score,
    scale: declared?.scale ?? 'up',
    crossed: ledger.crossed,
    caution: ledger.caution,
    thresholds: (declared?.milestones ?? []).map((milestone) => ({ at: milestone.threshold, title: milestone.title })),
    tier: band === undefined ? null : { id: band.id, title: band.title, rights: rightsOf(ledger, standing) },
    next_tier: next === undefined ? null : { id: next.id, title: next.title, from: next.from },
    sanctions: standing.sanctions
      .filter((sanction) => sanction.ledger === ledger.id)
      .map((sanction) => ({
        kind: sanction.kind,
        title: sanctionTitle(sanction.kind),
        from: formatTime(sanction.from * 1000),
        until: sanction.until === null ? null : formatTime(sanction.until * 1000),
      })),
    entries: rows
      .filter((row) => row.type === 'violation' || row.type === 'credit')
      .filter((row) => ledgerOf(ladder, row) === ledger.id)
      .map((row) => entryView(row, { ...viewed, expiry: declared?.expiry })),
  }
}

/** The rights of a tier rest while any sanction is in force. */
function rightsOf(ledger: LedgerStanding, { sanctions }: Standing) {
  return ledger.benefits.map((id) => ({ id, title: benefitTitle(id), active: sanctions.length === 0 }))
}

const ledgerOf = (ladder: Ladder, row: PointsRow): string | undefined =>
  (findClass(ladder, row.class) ?? findClass(ladder, 'other'))?.ledger

function entryView(row: PointsRow, how: Viewed & { expiry: Ladder['ledgers'][number]['expiry'] | undefined }) {
  const { ladder, rows, standing, expiry, now } = how
  const ended = rows.find((other) => other.ref === row.entry_id)
  const quizzed = rows.find((other) => other.about === row.entry_id)
  const pending = standing.pending.find((each) => each.id === row.entry_id)
  return {
    id: row.entry_id,
    at: formatTime(row.at),
    type: row.type,
    class: row.class,
    title: findClass(ladder, row.class)?.title ?? { zh: row.class, en: row.class },
    points: row.points,
    quantity: row.quantity ?? null,
    cause: row.cause,
    expires_at: expiry?.kind === 'rolling' && expiry.days ? formatTime(row.at + expiry.days * day) : null,
    reversed: ended !== undefined,
    cured: ended?.type === 'cured',
    joint_of: row.joint_of ?? null,
    pending_until: pending === undefined ? null : formatTime(pending.countsFrom * 1000),
    quiz: row.type === 'credit' || ended ? null : quizState(row, { ladder, how, quizzed, now }),
  }
}

function quizState(
  row: PointsRow,
  { ladder, how, quizzed, now }: { ladder: Ladder; how: Viewed; quizzed: PointsRow | undefined; now: number },
) {
  if (!ladder.quiz || !quizFor(how.quizzes, row.class)) return null
  const { deadlineDays, points } = ladder.quiz
  const deadline = deadlineDays === undefined ? null : row.at + deadlineDays * day
  const state = quizzed
    ? 'passed'
    : how.taken.has(row.entry_id)
      ? 'failed'
      : deadline !== null && now >= deadline
        ? 'closed'
        : 'open'
  return { state, points: points.default, deadline: deadline === null ? null : formatTime(deadline) }
}
