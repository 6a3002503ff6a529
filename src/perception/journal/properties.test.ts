import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { openFiles } from '../../edge/files.ts'
import { createAdmission } from './admission.ts'
import { createHeldTable } from './held.ts'
import { type Journal, openJournal } from './index.ts'
import { createKeyIndex } from './key-index.ts'
import { listSegments } from './segments.ts'

const files = openFiles()

interface Sent {
  id: string
  content: string
  at?: number
}

type Step =
  | { do: 'append'; batch: Sent[] }
  | { do: 'race'; batches: Sent[][] }
  | { do: 'reopen' }
  | { do: 'tear'; tail: Uint8Array; reuse: number }

const sent: fc.Arbitrary<Sent> = fc.record(
  {
    id: fc.oneof(
      fc.integer({ min: 0, max: 30 }).map(String),
      fc.string({ unit: 'binary', minLength: 1, maxLength: 8 }),
    ),
    content: fc.oneof(
      { weight: 5, arbitrary: fc.constantFrom('a', 'b') },
      fc.string({ unit: 'binary', maxLength: 700 }),
    ),
    at: fc.integer({ min: 0, max: 3_000_000 }),
  },
  { requiredKeys: ['id', 'content'] },
)
const batch = fc.array(sent, { maxLength: 12 })
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: batch.map((batch): Step => ({ do: 'append', batch })) },
  { weight: 2, arbitrary: fc.array(batch, { maxLength: 4 }).map((batches): Step => ({ do: 'race', batches })) },
  { weight: 1, arbitrary: fc.constant<Step>({ do: 'reopen' }) },
  {
    weight: 2,
    arbitrary: fc
      .record({ tail: fc.uint8Array({ maxLength: 60 }), reuse: fc.nat(400) })
      .map((torn): Step => ({ do: 'tear', ...torn })),
  },
)

function toEntry({ id, content, at }: Sent) {
  const entry = { source: 'p', id, fingerprint: `#${content}`, event: content, decision: `decided ${content}` }
  return at === undefined ? entry : { ...entry, at }
}

/** Garbage and a piece of earlier, valid entries behind the end, as an interrupted write may leave them. */
function tearTail(folder: string, tail: Uint8Array, reuse: number): void {
  const name = readdirSync(folder)
    .filter((one) => one.endsWith('.log'))
    .sort()
    .at(-1)
  if (name === undefined) return
  const path = join(folder, name)
  appendFileSync(path, Buffer.concat([tail, readFileSync(path).subarray(0, reuse)]))
}

async function contentOf(journal: Journal): Promise<[string, string, number][]> {
  const all: [string, string, number][] = []
  for await (const entries of journal.batches(0, { limit: 7 }))
    for (const { id, records, loggedAt } of entries) {
      const [event, decision] = records.map((record) => record.bytes.toString())
      expect(decision).toBe(`decided ${event}`)
      all.push([id, event ?? '', loggedAt])
    }
  return all
}

test('whatever is appended, raced, torn and reopened: first content wins, once, in order, at increasing times', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { maxLength: 14 }),
      fc.integer({ min: 200, max: 3000 }),
      async (steps, segmentBytes) => {
        const folder = mkdtempSync(join(tmpdir(), 'aedile-property-'))
        // Waiting for room lets racing batches overtake each other; the model knows one order only.
        const highWaterBytes = steps.some((one) => one.do === 'race') ? 1 << 20 : 2000
        const open = () => openJournal({ files, folder, segmentBytes, highWaterBytes, now: () => 1_000_000 })
        let journal = await open()
        const model = new Map<string, string>()
        const apply = async (wanted: Sent[]): Promise<void> => {
          const expected = wanted.map(({ id, content }) => {
            const stands = model.get(id)
            if (stands === undefined) model.set(id, content)
            return stands === undefined ? 'accepted' : stands === content ? 'duplicate' : 'conflict'
          })
          const results = await journal.append(wanted.map(toEntry))
          expect(results.map((result) => result.status)).toEqual(expected)
        }
        for (const one of steps) {
          if (one.do === 'append') await apply(one.batch)
          else if (one.do === 'race') await Promise.all(one.batches.map(apply))
          else {
            await journal.close()
            if (one.do === 'tear') tearTail(folder, one.tail, one.reuse)
            journal = await open()
          }
        }
        const stored = await contentOf(journal)
        expect(stored.length).toBe(model.size)
        expect(new Map(stored.map(([id, content]) => [id, content]))).toEqual(model)
        for (let at = 1; at < stored.length; at++) expect(stored[at]?.[2]).toBeGreaterThan(stored[at - 1]?.[2] ?? 0)
        expect(journal.stats().entries).toBe(model.size)
        await journal.close()
        rmSync(folder, { recursive: true })
      },
    ),
    { numRuns: 150 },
  )
}, 60_000)

test('the key index finds exactly the positions added, however it grew, equal hashes included', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(700), fc.nat(5)), { maxLength: 3000 }), fc.nat(5000), (hashes, reserve) => {
      const index = createKeyIndex()
      index.reserve(reserve)
      for (const [position, [lo, hi]] of hashes.entries()) index.add(lo, hi * 858_993_459, position)
      expect(index.size).toBe(hashes.length)
      for (const [position, [lo, hi]] of hashes.entries())
        expect(index.find(lo, hi * 858_993_459, (found) => found === position)).toBe(position)
      expect(index.find(701, 0, () => true)).toBe(-1)
    }),
    { numRuns: 30 },
  )
})

test('keys with the same hash are told apart by their bytes, in flight and on disk: a collision loses no event', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'aedile-collision-'))
  const journal = await openJournal({ files, folder })
  await journal.append(['a', 'b', 'c'].map((id) => toEntry({ id, content: id })))
  const index = createKeyIndex()
  for (const entry of await journal.read(0)) index.add(7, 7, entry.position)
  const hash = () => ({ lo: 7, hi: 7 })
  const admission = createAdmission({
    files,
    index,
    hash,
    held: createHeldTable(),
    fingerprintOf: (event) => event,
    segments: () => listSegments(files, folder),
  })
  const admit = (id: string, content: string) => admission.admit({ source: 'p', id, fingerprint: `#${content}` }).status
  expect([
    admit('c', 'c'),
    admit('a', 'a'),
    admit('b', 'x'),
    admit('d', 'd'),
    admit('e', 'e'),
    admit('d', 'd'),
  ]).toEqual(['duplicate', 'duplicate', 'conflict', 'new', 'new', 'duplicate'])
  admission.close()
  await journal.close()
  rmSync(folder, { recursive: true })
})
