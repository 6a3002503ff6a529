import type { Enforcement, Rules } from '../enforcement/actions/index.ts'
import { createRecalls, type RecallCases, type Recalls, type RecallTables } from '../enforcement/recall/index.ts'
import { type Decided, decode } from '../judgement/decisions/index.ts'
import {
  type Brakes,
  createBrakes,
  createLifecycle,
  type Lifecycle,
  type LifecycleTables,
} from '../judgement/lifecycle/index.ts'
import type { Db } from '../kernel/database.ts'
import type { Journal } from '../perception/journal/index.ts'
import type { Facts } from './facts/client.ts'

/** The brakes as the journal and the ledger leave them: pulled ones stay pulled, recalled versions stay out. */
export async function openLifecycle(db: Db<LifecycleTables & RecallTables>, journal: Journal): Promise<Lifecycle> {
  const brakes: Brakes = createBrakes()
  const lifecycle = createLifecycle({ db: db as unknown as Db<LifecycleTables>, brakes })
  await lifecycle.restore({ batches: (from) => journal.batches(from), lastLoggedAt: journal.stats().lastLoggedAt })
  for (const row of await db.selectFrom('recalls').selectAll().where('since', 'is', null).execute())
    brakes.recall(row.strategy, row.version)
  return lifecycle
}

export interface RecallParts {
  readonly db: Db<RecallTables>
  readonly journal: Journal
  readonly facts: Facts
  readonly enforcement: Enforcement
  readonly rules: () => Rules
  readonly cases: RecallCases
  readonly brakes: Brakes
  /** Resolves when everything journaled is carried out and in the facts. */
  readonly settled: () => Promise<void>
}

export function openRecalls({ db, journal, facts, enforcement, rules, cases, brakes, settled }: RecallParts): Recalls {
  return createRecalls({
    db,
    enforcement,
    rules,
    cases,
    hold: (strategy, version) => brakes.recall(strategy, version),
    async decisionsOf({ strategy, version }, since) {
      await settled()
      const rows = await facts.query(
        `SELECT DISTINCT d.position FROM findings f JOIN decisions d ON d.decision_id = f.decision_id WHERE f.strategy = $1 AND f.version = $2 AND f.mode = 'live' AND f.logged_at >= make_timestamp($3::BIGINT) ORDER BY 1`,
        { trusted: true, limit: 5_000_000, timeoutMs: 120_000, params: [strategy, version, since ?? 0] },
      )
      const found: Decided[] = []
      for (const [position] of rows.rows) {
        const [entry] = await journal.read(Number(position), { limit: 1 })
        if (entry) found.push(decode(entry))
      }
      return found
    },
  })
}
