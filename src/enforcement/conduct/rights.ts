import type { ActionDb, ActionTx, Rules } from '../actions/index.ts'
import { actionStore } from '../actions/index.ts'
import { standingOf } from '../standing/index.ts'
import { historyOf, type Party } from './model.ts'

/** The right of a tier to be reviewed first. */
export const fastLane = 'fast-lane'

/** Rights of the tiers of a party on its own ladder; none while a sanction is in force, and for kinds of party without a ladder. */
export async function tierRights(
  db: ActionDb | ActionTx,
  { rules, party, now }: { rules: Rules; party: Party; now: number },
): Promise<ReadonlySet<string>> {
  const id = rules.ladderOf(party.type)
  const ladder = id === null ? undefined : rules.ladder?.(id)
  if (!ladder?.ledgers.some((ledger) => ledger.bands?.some((band) => band.benefits))) return new Set()
  const rows = await actionStore.pointsOfParty(db as never, party)
  const standing = standingOf(ladder, historyOf(ladder, rows), { subject: party.id, at: Math.floor(now / 1000) })
  return standing.sanctions.length > 0 ? new Set() : new Set(standing.ledgers.flatMap((ledger) => ledger.benefits))
}
