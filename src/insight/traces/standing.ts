import { actionStore, type PointsRow } from '../../enforcement/actions/index.ts'
import { type StandingEvent, standingOf } from '../../enforcement/standing/index.ts'
import { day, formatTime } from '../../kernel/time.ts'
import type { Subject, TraceInput } from './model.ts'
import { sanctionTitle } from './sanctions.ts'

/** Points and sanctions of a party, folded from the ledger. */
export async function standingsOf(subject: Subject, { db, ladders }: Pick<TraceInput, 'db' | 'ladders'>) {
  const entries = await actionStore.pointsOfParty(db, subject)
  const overturned = new Set(entries.flatMap((row) => (row.type === 'overturn' && row.ref ? [row.ref] : [])))
  return [...new Set(entries.map((row) => row.ladder))].flatMap((id) => {
    const ladder = ladders.get(id)
    if (!ladder) return []
    const mine = entries.filter((row) => row.ladder === id)
    const now = standingOf(ladder, mine.map(standingEvent), { subject: subject.id, at: Date.now() })
    return now.ledgers.map((ledger) => {
      const declared = ladder.ledgers.find((found) => found.id === ledger.id)
      const expiry = declared?.expiry
      return {
        ledger: `${id}/${ledger.id}`,
        title: declared?.title ?? ladder.title,
        score: ledger.score,
        scale: declared?.scale ?? 'up',
        crossed: ledger.crossed,
        thresholds: (declared?.milestones ?? []).map((milestone) => ({
          at: milestone.threshold,
          title: milestone.title,
        })),
        sanctions: now.sanctions.map((sanction) => ({
          kind: sanction.kind,
          title: sanctionTitle(sanction.kind),
          from: formatTime(sanction.from * 1000),
          until: sanction.until === null ? null : formatTime(sanction.until * 1000),
        })),
        entries: mine
          .filter((row) => row.type === 'violation')
          .map((row) => ({
            id: row.entry_id,
            at: formatTime(row.at),
            class: row.class,
            title: ladder.classes.find((found) => found.id === row.class)?.title ?? { zh: row.class, en: row.class },
            points: row.points,
            cause: row.cause,
            expires_at: expiry?.kind === 'rolling' && expiry.days ? formatTime(row.at + expiry.days * day) : null,
            reversed: overturned.has(row.entry_id),
          })),
      }
    })
  })
}

function standingEvent(row: PointsRow): StandingEvent {
  const overturn = row.type === 'overturn'
  return {
    id: row.entry_id,
    time: Math.floor(row.at / 1000),
    subject: row.party_id,
    type: overturn ? 'overturn' : 'violation',
    class: overturn ? null : row.class,
    points: overturn ? null : row.points,
    ref: row.ref,
    content: null,
    severity: null,
    quantity: null,
    cureDays: null,
    linked: [],
  }
}
