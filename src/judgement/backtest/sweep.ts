import { createPause } from '../../kernel/pause.ts'
import type { ColumnStore, Rows, Visit } from './sweep-columns.ts'
import { createPass } from './sweep-pass.ts'
import type { SweepInput } from './sweep-plan.ts'
import { type Plan, planSweep } from './sweep-scan.ts'

/** Rows of one slice: memory is some 100 bytes a row, for two slices and for those that a frame still reaches. */
const mostSliced = 1 << 20
const fewestSliced = 1 << 16
/** Slices of a short history, so that DuckDB and the windows work at the same time there too. */
const slicesWanted = 8

/** Rows that are swept at a time: their columns stay in the cache, and others have the loop between two. */
const passRows = 1 << 16

let runs = 0

/**
 * One pass over history in time order. DuckDB reads only the needed columns, evaluates the parts of the conditions
 * that need no window, and turns keys into small numbers, on all cores; the windows and what depends on them are
 * computed here meanwhile, without a sort and with a few bytes a key.
 */
export async function sweep(input: SweepInput, store: ColumnStore, visit: Visit): Promise<void> {
  const plan = planSweep(input, `sweep_${process.pid}_${runs++}`)
  try {
    const sizes = await makeDictionaries(plan, store)
    const pass = createPass(plan, sizes, visit)
    const ends = await sliceEnds(plan, store)
    const pause = createPause()
    const read = (index: number) =>
      store.columns(plan.select(ends[index - 1] ?? null, ends[index] ?? 0), plan.kinds).then(
        (slice) => slice,
        (error: unknown) => error as Error,
      )
    let next = read(0)
    for (let index = 0; index < ends.length; index++) {
      const slice = await next
      if (slice instanceof Error) throw slice
      // DuckDB prepares the next slice while this one is swept.
      if (index + 1 < ends.length) next = read(index + 1)
      for (let from = 0; from < slice.rows; from += passRows) {
        pass(part(slice, from))
        await pause()
      }
    }
  } finally {
    for (const { table } of plan.dictionaries) await store.run(`DROP TABLE IF EXISTS ${table}`)
  }
}

/** Some rows of a slice, without a copy of its numbers. */
function part({ rows, columns }: Rows, from: number): Rows {
  const to = Math.min(rows, from + passRows)
  return {
    rows: to - from,
    columns: columns.map((values) => ('subarray' in values ? values.subarray(from, to) : values.slice(from, to))),
  }
}

async function makeDictionaries({ dictionaries, from }: Plan, store: ColumnStore): Promise<number[]> {
  const sizes: number[] = []
  for (const { table, keys } of dictionaries) {
    const names = keys.map((key, part) => `${key} AS sweep_key_${part}`)
    await store.run(
      `CREATE TEMP TABLE ${table} AS SELECT *, (row_number() OVER () - 1)::INTEGER AS sweep_code FROM (SELECT ${names.length > 0 ? `DISTINCT ${names.join(', ')} FROM ${from}` : '0 AS sweep_key_0'})`,
    )
    const { columns } = await store.columns(`SELECT count(*)::DOUBLE FROM ${table}`, ['number'])
    sizes.push(Number(columns[0]?.[0] ?? 0))
  }
  return sizes
}

/** The times at which slices end, in order. */
async function sliceEnds({ from }: Plan, store: ColumnStore): Promise<number[]> {
  const numbers = async (sql: string) => [...((await store.columns(sql, ['number'])).columns[0] as Float64Array)]
  const [rows = 0] = await numbers(`SELECT count(*)::DOUBLE FROM ${from}`)
  const size = Math.min(mostSliced, Math.max(fewestSliced, Math.ceil(rows / slicesWanted)))
  return numbers(
    `SELECT epoch_us(max(logged_at))::DOUBLE FROM (SELECT logged_at, rowid FROM ${from}) GROUP BY rowid // ${size} ORDER BY 1`,
  )
}
