import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { lockFolder, openFiles } from '../../src/edge/files.ts'
import { createReader, type Entry, openJournal } from '../../src/perception/journal/index.ts'

const rounds = 20
const folder = mkdtempSync(join(tmpdir(), 'aedile-crash-'))
const writer = join(import.meta.dirname, 'journal-writer.ts')
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** Runs the writer, kills it `delay` ms after its first acknowledgement and returns the ids it acknowledged. */
async function runAndKill(run: number, delay: number): Promise<string[]> {
  const child = spawn(process.execPath, [writer, folder, String(run), String(1 + (run % 3) * 30)])
  let printed = ''
  let trouble = ''
  child.stderr.on('data', (piece: Buffer) => {
    trouble += piece
  })
  child.stdout.on('data', (piece: Buffer) => {
    if (printed === '') setTimeout(() => child.kill('SIGKILL'), delay)
    printed += piece
  })
  const [, signal] = await once(child, 'close')
  if (signal !== 'SIGKILL') throw new Error(`the writer ended by itself: ${trouble}`)
  // The last line may be cut by the kill: only whole lines were acknowledged for sure.
  return printed.split('\n').slice(0, -1)
}

function check(entry: Entry): void {
  const [event, decision] = entry.records.map(
    (record) => JSON.parse(record.bytes.toString()) as Record<string, unknown>,
  )
  expect(event?.id).toBe(entry.id)
  expect(decision).toEqual({ of: entry.id })
}

test(`kill -9 under load, ${rounds} times: every acknowledged event is there once with its decision, times increase`, async () => {
  const acknowledged = new Set<string>()
  const seen = new Set<string>()
  let from = 0
  let lastLoggedAt = 0
  for (let round = 0; round < rounds; round++) {
    for (const id of await runAndKill(round, Math.random() * 300)) acknowledged.add(id)
    const lock = lockFolder(folder)
    const journal = await openJournal({ files: openFiles(), folder: join(folder, 'journal'), segmentBytes: 300_000 })
    for await (const batch of journal.batches(from))
      for (const entry of batch) {
        check(entry)
        if (seen.has(entry.id)) throw new Error(`${entry.id} is there twice`)
        if (entry.loggedAt <= lastLoggedAt) throw new Error(`logged_at of ${entry.id} does not increase`)
        seen.add(entry.id)
        lastLoggedAt = entry.loggedAt
      }
    from = journal.durable()
    const [first = ''] = acknowledged
    const [again] = await journal.append([{ source: 'crash', id: first, fingerprint: `f${first}`, event: 'again' }])
    expect(again?.status).toBe('duplicate')
    await journal.close()
    lock.release()
    for (const id of acknowledged) if (!seen.has(id)) throw new Error(`${id} was acknowledged and is lost`)
  }
  expect(acknowledged.size).toBeGreaterThan(rounds)
  const journal = await openJournal({ files: openFiles(), folder: join(folder, 'journal') })
  expect(journal.stats().entries).toBe(seen.size)
  await journal.close()
}, 60_000)

test('what was written just before a kill, behind the mark, is seen by readers in other processes as soon as it is opened', async () => {
  const path = join(mkdtempSync(join(folder, 'mark-')), 'journal')
  const first = await openJournal({ files: openFiles(), folder: path })
  await first.append([{ source: 's', id: '1', fingerprint: 'f', event: 'one' }])
  const early = readFileSync(join(path, 'durable'))
  await first.append([{ source: 's', id: '2', fingerprint: 'f', event: 'two' }])
  await first.close()
  writeFileSync(join(path, 'durable'), early)
  const again = await openJournal({ files: openFiles(), folder: path })
  const reader = createReader(openFiles(), path)
  expect(reader.durable()).toBe(again.durable())
  expect((await reader.read(0)).map((entry) => entry.id)).toEqual(['1', '2'])
  reader.close()
  await again.close()
})
