import { DuckDBInstance } from '@duckdb/node-api'
import { beforeAll, expect, test } from 'vitest'
import { createFactMapper, createTableSql } from '../insight/warehouse/index.ts'
import { findHits, type Warehouse } from '../judgement/batch/index.ts'
import type { Decided } from '../judgement/decisions/index.ts'
import type { Programs } from '../judgement/strategies/index.ts'
import { parseTime } from '../kernel/time.ts'
import { coreEventTypes } from '../vocabulary/events/index.ts'
import { generateSample, sampleGroups } from '../vocabulary/sample/index.ts'
import { factColumns } from './batch.ts'
import { appendRows } from './facts/writer.ts'
import { createOfflineDecider, loadOffline } from './offline.ts'

let programs: Programs
let warehouse: Warehouse
/** Ring by member: its people, shops and the things that its events are about. */
const ringOf = new Map<string, string>()

/** The sample up to mid October, decided by the shipped packs, as facts. */
beforeAll(async () => {
  const { built } = await loadOffline({})
  programs = built.programs
  const decider = createOfflineDecider(built)
  const mapper = createFactMapper(coreEventTypes)
  const instance = await DuckDBInstance.create(':memory:')
  const connection = await instance.connect()
  await connection.run("SET TimeZone = 'UTC'")
  for (const table of mapper.tables) await connection.run(createTableSql(table))
  const last = parseTime('2026-10-15T00:00:00Z') ?? 0
  let batch: Decided[] = []
  const flush = async () => {
    const rows = mapper.fromJournal(batch)
    for (const name of ['events', 'decisions', 'findings'] as const) {
      const table = mapper.tables.find((found) => found.name === name)
      if (table) await appendRows(connection, table, rows[name])
    }
    batch = []
  }
  let position = 0
  for (const { event, truth } of generateSample({ seed: 42 })) {
    if (truth?.ring) ringOf.set(truth.subject, truth.ring)
    const answer = decider.decide(event)
    if ('problem' in answer) throw new Error(answer.problem.detail.en)
    const { decision } = answer
    const loggedAt = parseTime(decision.event.logged_at) ?? 0
    if (loggedAt > last) break
    batch.push({ position, next: ++position, loggedAt, event, decision })
    if (batch.length === 4000) await flush()
  }
  await flush()
  for (const group of sampleGroups({ seed: 42 }))
    for (const member of group.members ?? []) ringOf.set(member, group.subject)
  warehouse = {
    columnsOf: factColumns(),
    async query(sql) {
      const reader = await connection.runAndReadAll(sql)
      return {
        columns: reader.columnNames().map((name) => ({ name, type: '' })),
        rows: reader.getRowsJson(),
        truncated: false,
      }
    },
  }
}, 180_000)

test.each([
  ['accounts/refund-abuse-30d', '2026-09-08', '2026-10-08', { 'ring-08': 9, none: 1 }],
  ['accounts/review-ring-devices', '2026-09-10', '2026-09-24', { 'ring-01': 1, 'ring-03': 1 }],
  ['accounts/review-ring-devices', '2026-09-25', '2026-10-09', { 'ring-02': 1, 'ring-03': 1, 'ring-04': 1 }],
  ['accounts/brushing-devices', '2026-09-03', '2026-10-03', { 'ring-03': 1 }],
  ['accounts/closed-shop-returns', '2026-09-03', '2026-10-03', { 'ring-12': 2, 'ring-13': 1 }],
  ['products-eu/shared-certificate', '2026-09-10', '2026-10-10', { 'ring-15': 21 }],
  ['ugc/repeat-offenders', '2026-09-30', '2026-10-14', { 'ring-07': 26, none: 1 }],
])('%s from %s to %s finds who was planted, and says whom else', async (name, from, to, expected) => {
  const strategy = programs.batch.get(name)
  if (!strategy) throw new Error(`no strategy ${name}`)
  const window = { from: parseTime(`${from}T00:00:00Z`) ?? 0, to: parseTime(`${to}T00:00:00Z`) ?? 0 }
  const { hits, missed } = await findHits(strategy, window, warehouse)
  const found: Record<string, number> = {}
  for (const hit of hits) {
    const ring = ringOf.get(hit.subject_id) ?? 'none'
    found[ring] = (found[ring] ?? 0) + 1
  }
  expect(missed).toEqual([])
  expect(found).toEqual(expected)
})
