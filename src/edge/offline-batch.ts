import { checkAnalystSql, createTableSql, tablesWith } from '../insight/warehouse/index.ts'
import { bindWindow, contractSql, findHits, rowSelects, subjectKey, type Warehouse } from '../judgement/batch/index.ts'
import { parseSpan } from '../kernel/schedule.ts'
import { day, parseTime } from '../kernel/time.ts'
import { coreEventTypes, eventColumns } from '../vocabulary/events/index.ts'
import type { BatchDefinition, Pack } from '../vocabulary/packs/index.ts'
import { factColumns } from './batch.ts'
import { type Duck, openDuck, undone } from './duckdb.ts'

export interface BatchCaseFailure {
  readonly case: string
  readonly trap: boolean
  readonly diff: readonly string[]
}

/** The end of the window of a case, unless its rows say otherwise. */
const caseTime = '2026-06-08T00:00:00Z'

/**
 * Runs the cases of the batch strategies of a pack over facts that hold their rows and nothing else: the same query,
 * checker and canaries as a real run.
 */
export async function runBatchCases(pack: Pack): Promise<{ passed: number; failures: BatchCaseFailure[] }> {
  if (pack.batch.length === 0) return { passed: 0, failures: [] }
  const duck = await openDuck()
  try {
    for (const table of tablesWith(eventColumns(coreEventTypes, new Map()))) await duck.run(createTableSql(table))
    const failures: BatchCaseFailure[] = []
    let passed = 0
    for (const batch of pack.batch)
      for (const found of batch.cases) {
        const diff = await runCase(batch, found, duck).catch((error: unknown) => [
          error instanceof Error ? error.message : String(error),
        ])
        if (diff.length === 0) passed++
        else failures.push({ case: `${batch.id}: ${found.name}`, trap: found.trap ?? false, diff })
      }
    return { passed, failures }
  } finally {
    duck.close()
  }
}

async function runCase(batch: BatchDefinition, found: BatchDefinition['cases'][number], duck: Duck): Promise<string[]> {
  const to = parseTime(caseTime) ?? 0
  const window = { from: to - (parseSpan(batch.window) ?? day), to }
  const warehouse = offlineWarehouse(duck)
  return undone(duck, async () => {
    for (const row of found.rows) {
      const { table, selects } = rowSelects(row, window, warehouse.columnsOf)
      for (const select of selects) await duck.run(`INSERT INTO "${table}" BY NAME ${select}`)
    }
    // The contract is asked as well, so that a column or a condition that is not there fails here and not at night.
    for (const input of batch.contract) await duck.rows(contractSql(input, window, warehouse.columnsOf))
    for (const { table, population } of batch.contract)
      if (population !== undefined) await duck.rows(`SELECT ${bindWindow(population, window)} FROM "${table}" LIMIT 1`)
    const { hits, missed } = await findHits(batch, window, warehouse)
    const got = new Set(hits.map(subjectKey))
    return [
      ...missed.map((key) => `- canary ${key}`),
      ...found.expect.filter((key) => !got.has(key)).map((key) => `- ${key}`),
      ...[...got].filter((key) => !found.expect.includes(key)).map((key) => `+ ${key} (not expected)`),
    ]
  })
}

/** A database in memory as the facts of a run. */
export function offlineWarehouse(duck: Duck): Warehouse {
  return {
    columnsOf: factColumns(),
    async query(sql, { limit }) {
      checkAnalystSql(await duck.parse(sql))
      const found = await duck.rows(sql)
      const names = Object.keys(found[0] ?? { subject_type: '', subject_id: '', score: 0 })
      return {
        columns: names.map((name) => ({ name, type: '' })),
        rows: found.slice(0, limit).map((row) => names.map((name) => row[name])),
        truncated: found.length > limit,
      }
    },
  }
}
