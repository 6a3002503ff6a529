import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { openSqlite } from '../sqlite.ts'
import { runStatementsExport } from './statements.ts'

it('an export to a place that cannot be written says so and names the option', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'aedile-statements-'))
  try {
    openSqlite(join(folder, 'state.sqlite')).close()
    const out = join(folder, 'missing', 'out.ndjson')
    const period = { folder, from: '2026-01-01', to: '2027-01-01', out }
    await expect(runStatementsExport(period, { write: () => {}, error: () => {} })).rejects.toThrow(/--out = .*ENOENT/)
  } finally {
    rmSync(folder, { recursive: true })
  }
})
