import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { openFiles } from '../../edge/files.ts'
import { createReader, type Entry, type Journal, type JournalOptions, openJournal, repairJournal } from './index.ts'

const files = openFiles()
let folder = ''
let notes: string[] = []

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'aedile-journal-'))
  notes = []
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

function open(options: Partial<JournalOptions> = {}): Promise<Journal> {
  const log = (message: string, details: object) => void notes.push(`${message} ${JSON.stringify(details)}`)
  return openJournal({ files, folder, log, ...options })
}

function event(id: string, text = id) {
  return {
    source: 'shop',
    id,
    fingerprint: `hash of ${text}`,
    event: `{"text":"${text}"}`,
    decision: `verdict of ${text}`,
  }
}

function events(from: number, to: number) {
  return Array.from({ length: to - from }, (_, at) => event(`e${from + at}`))
}

async function readAll(journal: Journal): Promise<Entry[]> {
  const all: Entry[] = []
  for await (const batch of journal.batches(0)) all.push(...batch)
  return all
}

function logFiles(): string[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.log'))
    .sort()
    .map((name) => join(folder, name))
}

function flipByte(path: string, offset: number): void {
  const bytes = readFileSync(path)
  bytes[offset] = (bytes[offset] ?? 0) ^ 0x55
  writeFileSync(path, bytes)
}

describe('appending', () => {
  test('the same key with the same content is a duplicate that names the first, other content is a conflict', async () => {
    const journal = await open()
    const [first] = await journal.append([event('a')])
    const again = await journal.append([
      event('a'),
      event('a', 'changed'),
      event('b'),
      event('b'),
      event('b', 'changed'),
    ])
    expect(first).toMatchObject({ status: 'accepted', position: 0 })
    expect(again.map((result) => result.status)).toEqual(['duplicate', 'conflict', 'accepted', 'duplicate', 'conflict'])
    expect(again[0]).toMatchObject({ position: 0 })
    expect(again[3]).toEqual({ ...again[2], status: 'duplicate' })
    expect((await readAll(journal)).map((entry) => entry.records.map((record) => record.bytes.toString()))).toEqual([
      ['{"text":"a"}', 'verdict of a'],
      ['{"text":"b"}', 'verdict of b'],
    ])
    await journal.close()
  })

  test('duplicates are recognised after a restart, in sealed segments and in the active one', async () => {
    const small = { segmentBytes: 2000 }
    const journal = await open(small)
    for (let at = 0; at < 100; at += 5) await journal.append(events(at, at + 5))
    expect(journal.stats().segments).toBeGreaterThan(3)
    await journal.close()
    const again = await open(small)
    const results = await again.append([...events(0, 100), event('e3', 'changed'), event('e99', 'changed')])
    expect(results.filter((result) => result.status === 'duplicate')).toHaveLength(100)
    expect(results.slice(100).map((result) => result.status)).toEqual(['conflict', 'conflict'])
    await again.close()
  })

  test('a restart rebuilds sidecar indexes that are missing or damaged, and says so', async () => {
    const journal = await open({ segmentBytes: 1000 })
    for (let at = 0; at < 30; at++) await journal.append([event(`e${at}`)])
    await journal.close()
    const sidecars = readdirSync(folder).filter((name) => name.endsWith('.idx'))
    rmSync(join(folder, sidecars[0] ?? ''))
    flipByte(join(folder, sidecars[1] ?? ''), 60)
    const again = await open({ segmentBytes: 1000 })
    expect(notes.filter((note) => note.includes('made again'))).toHaveLength(2)
    const results = await again.append(events(0, 30))
    expect(results.every((result) => result.status === 'duplicate')).toBe(true)
    await again.close()
  })

  test('logged_at increases strictly, also when the clock stands still, goes back or the process restarts', async () => {
    let clock = 5_000_000
    const journal = await open({ now: () => clock })
    await journal.append(events(0, 3))
    clock = 1000
    await journal.append(events(3, 5))
    await journal.close()
    const again = await open({ now: () => clock })
    await again.append(events(5, 7))
    expect((await readAll(again)).map((entry) => entry.loggedAt)).toEqual(
      [0, 1, 2, 3, 4, 5, 6].map((n) => 5_000_000 + n),
    )
    await again.close()
  })

  test('imported history keeps its own time, and a time in the future does not push the clock ahead', async () => {
    const journal = await open({ now: () => 9_000_000 })
    await journal.append([
      { ...event('a'), at: 1000 },
      { ...event('b'), at: 1000 },
      { ...event('c'), at: 2000.7 },
      { ...event('d'), at: 99_000_000 },
      event('e'),
    ])
    expect((await readAll(journal)).map((entry) => entry.loggedAt)).toEqual([1000, 1001, 2000, 9_000_000, 9_000_001])
    await journal.close()
  })

  test('an admitted key that is released is free again, and whoever waited for it is refused', async () => {
    const journal = await open()
    const key = { source: 's', id: '1', fingerprint: 'f' }
    const first = journal.admit(key)
    const second = journal.admit(key)
    if (first.status !== 'new' || second.status !== 'duplicate') throw new Error('unexpected admission')
    journal.release(first.ticket)
    await expect(second.first).rejects.toMatchObject({ code: 'released' })
    expect(journal.admit(key).status).toBe('new')
    await journal.close()
  })

  test('a time that is not reserved in order is refused and leaves no trace', async () => {
    const journal = await open()
    const early = journal.nextLoggedAt()
    await journal.append([event('a')])
    const admission = journal.admit({ source: 's', id: 'late', fingerprint: 'f' })
    if (admission.status !== 'new') throw new Error('unexpected admission')
    await expect(journal.write(admission.ticket, { loggedAt: early, event: 'x' })).rejects.toMatchObject({
      code: 'out_of_order',
    })
    expect(await readAll(journal)).toHaveLength(1)
    await journal.close()
  })

  test('bad keys and events that are too large are refused one by one, the rest of the batch goes on', async () => {
    const journal = await open()
    const results = await journal.append([
      { ...event(''), id: '' },
      { ...event('x'), source: 'lone \ud800 surrogate' },
      { ...event('x'), id: 'x'.repeat(5000) },
      { ...event('x'), fingerprint: '' },
      { ...event('huge'), event: 'x'.repeat(17_000_000) },
      event('good'),
      event('nul \u0000 and 👍'),
    ])
    expect(results.map((result) => (result.status === 'refused' ? result.error.code : result.status))).toEqual([
      'bad_key',
      'bad_key',
      'bad_key',
      'bad_key',
      'too_large',
      'accepted',
      'accepted',
    ])
    expect((await readAll(journal)).map((entry) => entry.id)).toEqual(['good', 'nul \u0000 and 👍'])
    expect((await journal.append([event('huge')]))[0]?.status).toBe('accepted')
    await journal.close()
  })

  test('memory in flight stays bounded: append waits above the high-water mark', async () => {
    const journal = await open({ highWaterBytes: 100_000 })
    let most = 0
    const watch = journal.onDurable(() => (most = Math.max(most, journal.pendingBytes())))
    const big = Array.from({ length: 500 }, (_, at) => ({ ...event(`e${at}`), event: 'x'.repeat(5000) }))
    await journal.append(big)
    watch()
    expect(most).toBeLessThan(110_000)
    expect(journal.pendingBytes()).toBe(0)
    await journal.drained()
    await journal.close()
  })

  test('after close a write is refused and says so', async () => {
    const journal = await open()
    await journal.append([event('a')])
    await journal.close()
    expect(await journal.append([event('b')])).toMatchObject([{ status: 'refused', error: { code: 'closed' } }])
  })
})

describe('reading', () => {
  test('reading resumes from any entry, over segments, in any step', async () => {
    const journal = await open({ segmentBytes: 1500 })
    for (let at = 0; at < 60; at += 3) await journal.append(events(at, at + 3))
    const all = await readAll(journal)
    expect(all.map((entry) => entry.id)).toEqual(events(0, 60).map((entry) => entry.id))
    for (const start of [0, 1, 17, 59]) {
      const rest: string[] = []
      for (let from = all[start]?.position ?? 0; from < journal.durable(); ) {
        const batch = await journal.read(from, { limit: 7 })
        rest.push(...batch.map((entry) => entry.id))
        from = batch.at(-1)?.next ?? journal.durable()
      }
      expect(rest).toEqual(all.slice(start).map((entry) => entry.id))
    }
    await expect(journal.read(journal.durable() + 1)).rejects.toThrow('not the start of an entry')
    await expect(journal.read(3)).rejects.toThrow('position 3')
    await journal.close()
  })

  test('an event of 5 MB is read back whole', async () => {
    const journal = await open()
    await journal.append([event('a'), { ...event('big'), event: '好'.repeat(1_700_000) }, event('c')])
    const all = await readAll(journal)
    expect(all.map((entry) => entry.records[0]?.bytes.length)).toEqual([12, 5_100_000, 12])
    await journal.close()
  })

  test('following yields every entry once, in order, while they are written', async () => {
    const journal = await open({ segmentBytes: 5000 })
    const stop = new AbortController()
    const seen: string[] = []
    const following = (async () => {
      for await (const batch of journal.batches(0, { follow: true, signal: stop.signal })) {
        seen.push(...batch.map((entry) => entry.id))
        if (seen.length === 200) stop.abort()
      }
    })()
    for (let at = 0; at < 200; at += 10) await journal.append(events(at, at + 10))
    await following
    expect(seen).toEqual(events(0, 200).map((entry) => entry.id))
    await journal.close()
  })

  test('a reader elsewhere sees what is acknowledged and nothing that may be taken back', async () => {
    const journal = await open({ segmentBytes: 1000 })
    const reader = createReader(files, folder)
    expect(await reader.read(0)).toEqual([])
    await journal.append(events(0, 20))
    appendFileSync(logFiles().at(-1) ?? '', Buffer.from('half an entry that is just being written'))
    const seen = await reader.read(0)
    expect(seen.map((entry) => entry.id)).toEqual(events(0, 20).map((entry) => entry.id))
    expect(reader.durable()).toBe(journal.durable())
    expect(await reader.read(seen.at(-1)?.next ?? 0)).toEqual([])
    reader.close()
    await journal.close()
  })
})

describe('opening', () => {
  test('a torn end is cut at the last whole entry, with a log line that counts the bytes', async () => {
    const journal = await open()
    await journal.append(events(0, 5))
    await journal.close()
    appendFileSync(logFiles()[0] ?? '', Buffer.alloc(123, 7))
    const again = await open()
    expect(notes).toHaveLength(1)
    expect(notes[0]).toContain('"bytes":123')
    expect(await readAll(again)).toHaveLength(5)
    await again.append([event('next')])
    await again.close()
    expect(await readAll(await open())).toHaveLength(6)
  })

  test('an event whose decision is torn goes with it: an entry is there whole or not at all', async () => {
    const journal = await open()
    await journal.append([event('a')])
    const whole = journal.durable()
    await journal.append([event('b')])
    await journal.close()
    rmSync(join(folder, 'durable'))
    truncateSync(logFiles()[0] ?? '', journal.durable() - 1)
    const again = await open()
    expect(again.durable()).toBe(whole)
    expect((await again.append([event('b')]))[0]?.status).toBe('accepted')
    await again.close()
  })

  test.each([
    ['with the durable mark', true],
    ['without it, by the commits that follow', false],
  ])('damage in acknowledged bytes refuses to open and names file, offset and repair: %s', async (_, marked) => {
    const journal = await open()
    for (let at = 0; at < 10; at++) await journal.append([event(`e${at}`)])
    const all = await readAll(journal)
    await journal.close()
    if (!marked) rmSync(join(folder, 'durable'))
    const file = logFiles()[0] ?? ''
    flipByte(file, (all[4]?.position ?? 0) + 40)
    const before = readFileSync(file)
    await expect(open()).rejects.toMatchObject({
      code: 'journal_corrupt',
      file,
      offset: all[4]?.position,
      fix: { en: expect.stringContaining('journal repair'), zh: expect.stringContaining('journal repair') },
    })
    expect(readFileSync(file).equals(before)).toBe(true)
  })

  test('damage in a sealed segment, a shortened one and a missing one refuse to open', async () => {
    const journal = await open({ segmentBytes: 1000 })
    for (let at = 0; at < 40; at++) await journal.append([event(`e${at}`)])
    await journal.close()
    const [first = '', second = '', third = ''] = logFiles()
    const whole = readFileSync(second)
    flipByte(second, 300)
    await expect(open()).rejects.toMatchObject({ code: 'journal_corrupt', file: second })
    writeFileSync(second, whole.subarray(0, 400))
    await expect(open()).rejects.toMatchObject({ code: 'journal_corrupt', file: second, offset: 400 })
    rmSync(second)
    await expect(open()).rejects.toMatchObject({ code: 'journal_corrupt', file: first })
    writeFileSync(second, whole)
    truncateSync(logFiles().at(-1) ?? '', 0)
    await expect(open()).rejects.toThrow('was acknowledged')
    expect(third).not.toBe('')
  })

  test('repair keeps every other entry at its position, tells what is lost, and the lost event may come again', async () => {
    const journal = await open({ segmentBytes: 1000 })
    for (let at = 0; at < 40; at++) await journal.append([event(`e${at}`)])
    const all = await readAll(journal)
    await journal.close()
    const [first = '', second = ''] = logFiles()
    const inFirst = all[2]?.position ?? 0
    flipByte(first, inFirst + 30)
    flipByte(first, (all[3]?.position ?? 0) + 2)
    truncateSync(second, 500)
    flipByte(logFiles().at(-1) ?? '', 20)
    const damages = await repairJournal(files, folder)
    expect(damages[0]).toEqual({
      file: first,
      offset: inFirst,
      bytes: (all[4]?.position ?? 0) - inFirst,
      position: inFirst,
    })
    const lost = (entry: Entry) =>
      damages.some((damage) => entry.position >= damage.position && entry.position < damage.position + damage.bytes)
    const again = await open({ segmentBytes: 1000 })
    const kept = all.filter((entry) => !lost(entry))
    expect(kept.length).toBeGreaterThan(25)
    expect((await readAll(again)).map(({ id, position }) => ({ id, position }))).toEqual(
      kept.map(({ id, position }) => ({ id, position })),
    )
    const results = await again.append([event('e2'), event('e5')])
    expect(results.map((result) => result.status)).toEqual(['accepted', 'duplicate'])
    expect(await repairJournal(files, folder)).toEqual([])
    await again.close()
  })
})
