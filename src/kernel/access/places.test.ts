import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { migrate, openSqlite } from '../../edge/sqlite.ts'
import { inScopes } from './index.ts'
import { type Placed, type PlaceTables, placeSchemas } from './places.ts'

const folder = mkdtempSync(join(tmpdir(), 'aedile-places-'))
afterAll(() => rmSync(folder, { recursive: true }))

test('a table that is placed late gives the rows it has the place of what they follow from, and new ones too', async () => {
  const opened = openSqlite<PlaceTables & { golden_items: { golden_id: string } }>(join(folder, 'late.sqlite'))
  const before: Placed[] = [{ table: 'cases', id: 'case_id', from: [], own: 'site and markets', alias: 'decision_id' }]
  opened.raw.exec('CREATE TABLE cases (case_id TEXT, decision_id TEXT, site TEXT, markets TEXT)')
  opened.raw.exec('CREATE TABLE golden_items (golden_id TEXT, decision_id TEXT)')
  migrate(opened.raw, placeSchemas(before))
  opened.raw.exec(`INSERT INTO cases VALUES ('c1', 'd1', 'alpha', '["DE"]'), ('c2', 'd2', 'beta', '["US"]')`)
  opened.raw.exec(`INSERT INTO golden_items VALUES ('g1', 'd1'), ('g2', 'd2')`)
  const late: Placed = { table: 'golden_items', id: 'golden_id', from: ['decision_id'], late: true }
  migrate(opened.raw, placeSchemas([...before, late]))
  opened.raw.exec(`INSERT INTO golden_items VALUES ('g3', 'd1')`)
  const seen = await inScopes([{ sites: ['alpha'], markets: [] }], () =>
    opened.db.selectFrom('golden_items').select('golden_id').execute(),
  )
  expect(seen.map((row) => row.golden_id)).toEqual(['g1', 'g3'])
  opened.close()
})
