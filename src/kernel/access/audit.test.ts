import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, expect, test } from 'vitest'
import { migrate, openSqlite } from '../../edge/sqlite.ts'
import { type AccessTables, accessSchema, createAccess, verifyAudit } from './index.ts'

const folder = mkdtempSync(join(tmpdir(), 'aedile-audit-'))
afterAll(() => rmSync(folder, { recursive: true }))

let files = 0
async function filled(count: number) {
  const opened = openSqlite<AccessTables>(join(folder, `${files++}.sqlite`))
  migrate(opened.raw, [accessSchema])
  const access = createAccess(opened.db as never)
  for (let i = 1; i <= count; i++)
    await access.audit({
      at: i * 1000,
      actor: `usr_${i}`,
      operation: 'cases.decide',
      target: `case_${i}`,
      outcome: 'done',
      request_id: `req_${i}`,
      detail: '{}',
    })
  return {
    ...opened,
    access,
    verify: (expected?: { seq: number; hash: string }) => verifyAudit(opened.db as never, expected),
  }
}

/** What somebody with the file in hand does: take the triggers away, then write. */
function tamper(raw: { exec(sql: string): void }, change: string): void {
  raw.exec('DROP TRIGGER audit_no_update; DROP TRIGGER audit_no_delete')
  raw.exec(change)
}

test('an untouched chain verifies and its head is the hash of the last row', async () => {
  const { verify, raw } = await filled(7)
  const verdict = await verify()
  expect(verdict).toMatchObject({ rows: 7, broken: null })
  expect(verdict.head).toBe(raw.prepare('SELECT hash FROM audit WHERE seq = 7').get()?.['hash'])
})

test('an empty chain verifies', async () => {
  expect(await (await filled(0)).verify()).toMatchObject({ rows: 0, broken: null })
})

test('the table refuses changes and deletions', async () => {
  const { raw } = await filled(1)
  expect(() => raw.exec("UPDATE audit SET actor = 'other'")).toThrow('insert-only')
  expect(() => raw.exec('DELETE FROM audit')).toThrow('insert-only')
})

test.each(['at', 'actor', 'operation', 'target', 'outcome', 'request_id', 'detail', 'previous', 'hash'])(
  'a change of %s is found at its row',
  async (field) => {
    const { raw, verify } = await filled(6)
    tamper(raw, `UPDATE audit SET ${field} = ${field === 'at' ? '5' : "'changed'"} WHERE seq = 4`)
    expect((await verify()).broken?.seq).toBe(4)
  },
)

test.each([1, 3, 6])('a deleted row %i is found, the last one too', async (seq) => {
  const { raw, verify } = await filled(6)
  tamper(raw, `DELETE FROM audit WHERE seq = ${seq}`)
  expect((await verify()).broken).toMatchObject({ seq, reason: expect.stringContaining('missing') })
})

test('a deleted end stays visible after more rows were written', async () => {
  const { raw, verify, access } = await filled(6)
  tamper(raw, 'DELETE FROM audit WHERE seq >= 5')
  await access.audit({ at: 9, actor: 'a', operation: 'o', target: 't', outcome: 'done', request_id: 'r', detail: '' })
  expect((await verify()).broken?.seq).toBe(5)
})

test('two rows that changed places are found', async () => {
  const { raw, verify } = await filled(6)
  tamper(
    raw,
    'UPDATE audit SET seq = -1 WHERE seq = 2; UPDATE audit SET seq = 2 WHERE seq = 3; UPDATE audit SET seq = 3 WHERE seq = -1',
  )
  expect((await verify()).broken?.seq).toBe(2)
})

test('a row that was put in is found', async () => {
  const { raw, verify } = await filled(3)
  tamper(
    raw,
    "INSERT INTO audit SELECT 4, at, actor, operation, target, outcome, request_id, detail, (SELECT hash FROM audit WHERE seq = 3), 'made up' FROM audit WHERE seq = 1",
  )
  expect((await verify()).broken?.seq).toBe(4)
})

test('a chain that was rewritten as a whole is found against a head that was noted', async () => {
  const first = await filled(4)
  const noted = { seq: 4, hash: (await first.verify()).head }
  expect((await first.verify(noted)).broken).toBeNull()
  const forged = await filled(0)
  for (let i = 1; i <= 4; i++)
    await forged.access.audit({
      at: i * 1000,
      actor: 'innocent',
      operation: 'o',
      target: 't',
      outcome: 'done',
      request_id: 'r',
      detail: '',
    })
  expect((await forged.verify()).broken).toBeNull()
  expect((await forged.verify(noted)).broken?.seq).toBe(4)
})

test('a cut end is found against noted heads also when the counter of the store was set back', async () => {
  const { raw, verify } = await filled(6)
  const noted = { seq: 6, hash: (await verify()).head }
  tamper(raw, "DELETE FROM audit WHERE seq > 4; UPDATE sqlite_sequence SET seq = 4 WHERE name = 'audit'")
  expect((await verify()).broken).toBeNull()
  expect((await verify(noted)).broken).toMatchObject({ seq: 5, reason: expect.stringContaining('missing at the end') })
})

test('writers at the same time, also in another process, keep one chain', async () => {
  const { access, verify, raw } = await filled(0)
  const at = (path: string) => JSON.stringify(new URL(path, import.meta.url).href)
  const script = `
    const { openSqlite } = await import(${at('../../edge/sqlite.ts')})
    const { createAccess } = await import(${at('./index.ts')})
    const access = createAccess(openSqlite(${JSON.stringify(join(folder, `${files - 1}.sqlite`))}).db)
    for (let i = 0; i < 20; i++) await access.audit({ at: i, actor: 'b' + i, operation: 'o', target: 't', outcome: 'done', request_id: 'r', detail: '' })`
  const other = promisify(execFile)(process.execPath, ['--input-type=module', '-e', script])
  await Promise.all(
    Array.from({ length: 20 }, async (_, i) => {
      await new Promise((resolve) => setTimeout(resolve, i * 40))
      await access.audit({
        at: i,
        actor: `a${i}`,
        operation: 'o',
        target: 't',
        outcome: 'done',
        request_id: 'r',
        detail: '',
      })
    }),
  )
  await other
  expect(await verify()).toMatchObject({ rows: 40, broken: null })
  expect(raw.prepare('SELECT count(DISTINCT actor) AS n FROM audit').get()?.['n']).toBe(40)
})
