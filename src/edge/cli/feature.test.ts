import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openDuck } from '../duckdb.ts'
import { featureCommand } from './feature.ts'

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'aedile-test-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

let random = 3
const next = (below: number): number => {
  random = (Math.imul(random, 1664525) + 1013904223) >>> 0
  return Math.floor((random / 2 ** 32) * below)
}

/** Late events, ties, NULLs, nested fields, decimals. */
function sampleLines(count: number): string[] {
  let time = Date.UTC(2026, 0, 1)
  return Array.from({ length: count }, (_, index) => {
    time += next(5) === 0 ? -next(1000) : next(3) * 700_000
    const data = {
      account_id: next(8) === 0 ? null : `acc-${next(5)}`,
      device_id: `dev-${next(3)}`,
      amount: next(9) === 0 ? null : next(100_000) / 100,
      title: ['👍 toy', '｡', 'Zebra', '', 'ä'][next(5)],
      attributes: { ce_mark: next(2) === 0 },
    }
    return JSON.stringify({
      id: String(index),
      source: 'test',
      type: 'order.placed',
      time: new Date(time).toISOString(),
      subject: 's',
      data,
    })
  })
}

async function run(
  definition: string,
  events: string,
  engine: string,
): Promise<{ code: number; out: string[]; err: string[] }> {
  const out: string[] = []
  const err: string[] = []
  const io = { write: (line: string) => void out.push(line), error: (line: string) => void err.push(line) }
  return { code: await featureCommand.run({ definition, events, engine, json: true }, io), out, err }
}

const frame = (range: string): string => `ORDER BY logged_at RANGE BETWEEN INTERVAL ${range} PRECEDING AND CURRENT ROW)`

const definitions = [
  `count(*) OVER (PARTITION BY device_id ${frame('1 HOUR')}`,
  `count(DISTINCT account_id) OVER (PARTITION BY device_id ${frame('1 DAY')}`,
  `count(DISTINCT title) FILTER (WHERE attributes.ce_mark) OVER (PARTITION BY account_id, device_id ${frame('90 DAYS')}`,
  `sum(amount) OVER (PARTITION BY account_id ${frame('6 HOURS')}`,
  `avg(amount) FILTER (WHERE amount > 100) OVER (PARTITION BY account_id ${frame('30 MINUTES')}`,
  `min(title) OVER (PARTITION BY lower(device_id) ${frame('10 MINUTES')}`,
  `max(amount) OVER (PARTITION BY account_id ORDER BY logged_at RANGE BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)`,
  `max(time) OVER (PARTITION BY account_id ${frame('1 HOUR')}`,
  `first(amount) OVER (PARTITION BY account_id ${frame('2 HOURS')}`,
  `last(title) OVER (PARTITION BY device_id ${frame('1 HOUR')}`,
  'epoch(logged_at - lag(logged_at) OVER (PARTITION BY account_id ORDER BY logged_at))',
]

describe('feature', () => {
  it('prints the same lines from both engines', async () => {
    const file = join(folder, 'events.ndjson')
    writeFileSync(file, sampleLines(1500).join('\n'))
    for (const definition of definitions) {
      const stream = await run(definition, file, 'stream')
      const duck = await run(definition, file, 'duckdb')
      expect(stream.err).toEqual([])
      expect(stream.out.length).toBe(1500)
      expect(duck).toEqual(stream)
    }
  }, 60_000)

  it('equals the standard text in DuckDB over flat rows with logged_at', async () => {
    const file = join(folder, 'flat.ndjson')
    const rows = Array.from({ length: 400 }, (_, index) => ({
      logged_at: 1_767_225_600_000_000 + index * 400_000_000 + next(1000),
      k: next(4),
      v: next(1000) / 4,
    }))
    writeFileSync(file, rows.map((row) => JSON.stringify(row)).join('\r\n'))
    const definition = `sum(v) OVER (PARTITION BY k ${frame('1 HOUR')}`
    const duck = await openDuck()
    const values = rows.map((row) => `(make_timestamp(${row.logged_at}), ${row.k}, ${row.v}::DOUBLE)`)
    await duck.run(`CREATE TABLE t AS SELECT * FROM (VALUES ${values.join(',')}) v(logged_at, k, v)`)
    const expected = await duck.rows(`SELECT ${definition} AS value FROM t ORDER BY logged_at`)
    duck.close()
    expect((await run(definition, file, 'stream')).out).toEqual(expected.map((row) => JSON.stringify(row['value'])))
  })

  it('leaves unusable lines out and says which and why', async () => {
    const file = join(folder, 'broken.ndjson')
    writeFileSync(
      file,
      '{"time":"2026-01-01T00:00:00Z","k":"a"}\nnope\n[1]\n{"k":"a"}\n{"time":"soon","k":"a"}\n{"time":"2026-01-01T00:00:00Z","k":"a"}\n',
    )
    const { code, out, err } = await run(`count(*) OVER (PARTITION BY k ${frame('1 HOUR')}`, file, 'stream')
    expect([code, out]).toEqual([0, ['1', '2']])
    expect(err.map((line) => line.slice(0, 24))).toEqual([
      'line 2: it is not JSON (',
      'line 3: it is [1]; write',
      'line 4: time is missing;',
      'line 5: time is "soon"; ',
    ])
  })

  it('explains a wrong definition, engine or file', async () => {
    const file = join(folder, 'one.ndjson')
    writeFileSync(file, '{"time":"2026-01-01T00:00:00Z","k":"a"}')
    expect((await run(`count(*) OVER (PARTITION BY kk ${frame('1 HOUR')}`, file, 'stream')).err.join('\n')).toContain(
      'kk',
    )
    expect((await run('count(*)', file, 'stream')).code).toBe(1)
    expect((await run('count(*)', file, 'spark')).err[0]).toContain('write stream or duckdb')
    expect((await run('count(*)', join(folder, 'none'), 'stream')).err[0]).toContain('no such file')
  })
})
