import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openFiles } from '../../edge/files.ts'
import { createHeldTable, type Held } from './held.ts'
import { type Files, openJournal } from './index.ts'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'aedile-durability-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

/** The real files, with something done before each sync of a segment. */
function filesWith(beforeSync: () => Promise<void>): Files {
  const files = openFiles()
  return {
    ...files,
    open(path, mode) {
      const file = files.open(path, mode)
      return { ...file, datasync: () => beforeSync().then(file.datasync) }
    },
  }
}

function entry(id: number) {
  return { source: 's', id: String(id), fingerprint: 'f', event: `event ${id}`, decision: 'd' }
}

test('nothing is acknowledged, readable or news before the sync has ended; one sync serves all who wait', async () => {
  let syncs = 0
  let gate = Promise.withResolvers<void>()
  const hold = (): Promise<void> => {
    syncs++
    return gate.promise
  }
  const journal = await openJournal({ folder, files: filesWith(hold) })
  let acknowledged = 0
  let news = 0
  journal.onDurable(() => {
    news++
  })
  const writes = Array.from({ length: 50 }, (_, id) => journal.append([entry(id)]).then(() => acknowledged++))
  await new Promise((wake) => setTimeout(wake, 20))
  expect({ syncs, acknowledged, news, durable: journal.durable(), seen: await journal.read(0) }).toEqual({
    syncs: 1,
    acknowledged: 0,
    news: 0,
    durable: 0,
    seen: [],
  })
  const late = Array.from({ length: 50 }, (_, id) => journal.append([entry(50 + id)]))
  const duplicate = journal.append([entry(3)])
  const first = gate
  gate = Promise.withResolvers<void>()
  first.resolve()
  await Promise.all(writes)
  expect((await duplicate)[0]?.status).toBe('duplicate')
  expect({ acknowledged, news, entries: (await journal.read(0)).length }).toEqual({
    acknowledged: 50,
    news: 1,
    entries: 50,
  })
  gate.resolve()
  await Promise.all(late)
  expect(syncs).toBe(2)
  await journal.close()
})

test.each([
  ['ENOSPC', 'disk_full', 'accepted'],
  ['EDQUOT', 'disk_full', 'accepted'],
  ['EIO', 'write_failed', 'refused'],
])('a sync that fails with %s refuses all who wait with %s; the next write is %s', async (code, refusal, next) => {
  let failing = false
  const files = filesWith(async () => {
    if (failing) throw Object.assign(new Error(`${code} from the disk`), { code })
  })
  const journal = await openJournal({ folder, files })
  await journal.append([entry(0)])
  failing = true
  const [first, twice] = await Promise.all([journal.append([entry(1)]), journal.append([entry(1)])])
  expect([first[0], twice[0]]).toMatchObject([{ error: { code: refusal } }, { error: { code: refusal } }])
  failing = false
  expect((await journal.append([entry(1)]))[0]?.status).toBe(next)
  expect((await journal.read(0))[0]?.id).toBe('0')
  await journal.close()
  const again = await openJournal({ folder, files })
  expect((await again.append([entry(1)]))[0]?.status).toBe(next === 'accepted' ? 'duplicate' : 'accepted')
  expect(again.stats().entries).toBe(2)
  await again.close()
})

test('a refused write that nobody waits for does not bring the process down', async () => {
  const files = filesWith(() => Promise.reject(Object.assign(new Error('full'), { code: 'ENOSPC' })))
  const journal = await openJournal({ folder, files })
  const admission = journal.admit(entry(1))
  if (admission.status !== 'new') throw new Error('unexpected admission')
  void journal.write(admission.ticket, { loggedAt: journal.nextLoggedAt(), event: 'e' })
  await journal.close()
  expect(journal.stats().entries).toBe(0)
})

test('a listener that throws harms neither the commit nor the other listeners', async () => {
  const journal = await openJournal({ folder, files: openFiles() })
  let told = 0
  journal.onDurable(() => {
    throw new Error('bad listener')
  })
  journal.onDurable(() => {
    told++
  })
  expect((await journal.append([entry(1)]))[0]?.status).toBe('accepted')
  expect((await journal.append([entry(2)]))[0]?.status).toBe('accepted')
  expect(told).toBe(2)
  await journal.close()
})

test('entries in flight with equal hash words are kept apart, whichever of them leaves first', () => {
  const held = (id: string): Held => {
    const fingerprint = Buffer.from('f')
    return {
      source: 's',
      id,
      lo: 5,
      hi: 9,
      fingerprint,
      state: 'admitted',
      loggedAt: 0,
      position: 0,
      waiting: null,
      landed: null,
      refused: null,
      chained: null,
    }
  }
  for (const order of ['abc', 'acb', 'bac', 'bca', 'cab', 'cba']) {
    const table = createHeldTable()
    const all = new Map(['a', 'b', 'c'].map((id) => [id, held(id)]))
    for (const one of all.values()) table.add(one)
    for (const leaving of order) {
      const one = all.get(leaving)
      if (one) table.remove(one)
      all.delete(leaving)
      for (const id of 'abc') expect(table.find({ lo: 5, hi: 9 }, 's', id)).toBe(all.get(id) ?? null)
    }
  }
})
