import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { openHouse } from '../../tests/server/harness.ts'
import { readHeads } from './audit-heads.ts'
import { runAuditVerify } from './cli/audit.ts'
import { openSqlite } from './sqlite.ts'

const folder = mkdtempSync(join(tmpdir(), 'aedile-heads-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

async function verify(): Promise<{ code: number; said: string }> {
  const said: string[] = []
  const io = { write: (line: string) => void said.push(line), error: (line: string) => void said.push(line) }
  return { code: await runAuditVerify({ folder }, io), said: said.join('\n') }
}

test('a server notes the head of its audit log outside of the store, and a chain that was cut and patched is found by it', async () => {
  const house = await openHouse({ folder })
  const token = await house.token('administrator')
  for (const name of ['one', 'two', 'three'])
    await house.call('POST', '/v1/users', { token, body: { login: name, name, roles: ['viewer'] } })
  await house.close()
  expect(readHeads(folder).at(-1)?.seq).toBe(3)
  expect((await verify()).said).toContain('1 heads noted outside of the store agree')
  const { raw, close } = openSqlite(join(folder, 'state.sqlite'))
  raw.exec('DROP TRIGGER audit_no_delete')
  raw.exec("DELETE FROM audit WHERE seq = 3; UPDATE sqlite_sequence SET seq = 2 WHERE name = 'audit'")
  close()
  const { code, said } = await verify()
  expect(code).toBe(1)
  expect(said).toContain('rows 3 to 3 are missing at the end')
})
