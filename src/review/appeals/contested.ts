import type { Party } from './file.ts'
import { inForce, rootOf } from './roots.ts'
import * as store from './store.ts'

/** Violations of a party against which an appeal of its own waits. */
export async function contestedPoints(db: store.AppealDb, party: Party): Promise<ReadonlySet<string>> {
  const contested = new Set<string>()
  for (const { root } of await store.openAppealsOf(db, party)) {
    const { points } = await inForce(db, await rootOf(db, root))
    for (const entry of points) if (isOf(entry, party)) contested.add(entry.entry_id)
  }
  return contested
}

/** Whose appeals some news of the ledger is about. */
export async function appellantsOf(
  db: store.AppealDb,
  news: readonly { readonly kind: string; readonly row: string }[],
): Promise<Party[]> {
  const ids = news.flatMap(({ kind, row }) =>
    kind === 'appeals' || kind === 'appeal_events'
      ? [String((JSON.parse(row) as { appeal_id: string }).appeal_id)]
      : [],
  )
  const found = await Promise.all([...new Set(ids)].map((id) => store.findAppeal(db, id)))
  return found.flatMap((row) =>
    row?.side === 'subject' && row.party_type !== null && row.party_id !== null
      ? [{ type: row.party_type, id: row.party_id }]
      : [],
  )
}

const isOf = (entry: { party_type: string; party_id: string }, party: Party): boolean =>
  entry.party_type === party.type && entry.party_id === party.id
