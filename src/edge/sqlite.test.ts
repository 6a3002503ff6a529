import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { openSqlite, storeProblem } from './sqlite.ts'

const folder = mkdtempSync(join(tmpdir(), 'aedile-sqlite-'))
afterAll(() => rmSync(folder, { recursive: true }))

/** A store that has room for a few pages more, as on a full disk; SQLite then ends the transaction by itself. */
function almostFull(name: string) {
  const opened = openSqlite<{ papers: { text: string } }>(join(folder, name))
  opened.raw.exec('CREATE TABLE papers (text TEXT NOT NULL)')
  const pages = Number(opened.raw.prepare('PRAGMA page_count').get()?.['page_count'])
  opened.raw.exec(`PRAGMA max_page_count = ${pages + 6}`)
  return opened
}

test('a transaction that fills the disk fails as a full disk, leaves nothing, and the next one is carried out', async () => {
  const { db, close } = almostFull('transaction.sqlite')
  const failed = await db
    .transaction()
    .execute(async (tx) => {
      for (let index = 0; index < 100; index++)
        await tx
          .insertInto('papers')
          .values({ text: 'x'.repeat(4000) })
          .execute()
    })
    .catch((error: unknown) => error)
  expect(storeProblem(failed)).toMatchObject({ code: 'disk_full' })
  expect(await db.selectFrom('papers').selectAll().execute()).toEqual([])
  await db.transaction().execute((tx) => tx.insertInto('papers').values({ text: 'short' }).execute())
  expect(await db.selectFrom('papers').selectAll().execute()).toEqual([{ text: 'short' }])
  close()
})
