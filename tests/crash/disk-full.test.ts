import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { openFiles } from '../../src/edge/files.ts'
import { openJournal } from '../../src/perception/journal/index.ts'

const folder = mkdtempSync(join(tmpdir(), 'aedile-full-'))
const writer = join(import.meta.dirname, 'disk-full-writer.ts')
const limit = 512 * 1024
afterAll(() => rmSync(folder, { recursive: true, force: true }))

interface Outcome {
  accepted: number
  refused: number
  codes: string[]
  message: string
  whileFull: number
  after: string[]
  entries: string[]
}

/** Runs the writer in a shell where no file may grow beyond `limit` bytes (ulimit counts 512-byte blocks). */
function runLimited(path: string, segmentBytes: number): Outcome {
  const command = `trap '' XFSZ; ulimit -f ${limit / 512}; exec "$0" "$@"`
  const run = spawnSync('sh', ['-c', command, process.execPath, writer, path, String(segmentBytes)], {
    encoding: 'utf8',
  })
  if (run.status !== 0) throw new Error(run.stderr)
  return JSON.parse(run.stdout) as Outcome
}

test('a full disk refuses writes and says why, reading goes on, and what fits or comes later is written', async () => {
  const path = join(folder, 'limited')
  const outcome = runLimited(path, 64 << 20)
  expect(outcome.refused).toBeGreaterThan(0)
  expect(outcome.accepted).toBeGreaterThan(0)
  expect(outcome.codes).toEqual(['disk_full'])
  expect(outcome.message).toMatch(/no space left for .*EFBIG.*reading goes on/)
  expect(outcome.whileFull).toBe(outcome.accepted)
  expect(outcome.after).toEqual(['accepted', 'accepted'])
  expect(outcome.entries).toHaveLength(outcome.accepted + 2)
  expect(outcome.entries.slice(-2)).toEqual(['small', 'e39-9'])
  const journal = await openJournal({ files: openFiles(), folder: path })
  expect(journal.stats().entries).toBe(outcome.accepted + 2)
  const size = readdirSync(path)
    .filter((name) => name.endsWith('.log'))
    .reduce((sum, name) => sum + statSync(join(path, name)).size, 0)
  expect(size).toBe(journal.durable())
  const [later] = await journal.append([{ source: 's', id: 'e39-8', fingerprint: 'e39-8', event: 'x'.repeat(90_000) }])
  expect(later?.status).toBe('accepted')
  await journal.close()
})

/** A file system of its own, 1 MiB in memory, where the machine allows mounting one. */
function mountSmall(path: string): boolean {
  return spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'none', path]).status === 0
}

test('a really full file system (where one can be mounted): writes resume as soon as there is space', async (context) => {
  const path = mkdtempSync(join(folder, 'mount-'))
  if (!mountSmall(path)) return context.skip('mounting a small file system is not allowed here')
  try {
    writeFileSync(join(path, 'ballast'), Buffer.alloc(900 * 1024))
    const journal = await openJournal({ files: openFiles(), folder: join(path, 'journal'), segmentBytes: 20_000 })
    const entry = (id: number) => ({ source: 's', id: String(id), fingerprint: 'f', event: 'x'.repeat(2000) })
    const results = []
    for (let id = 0; id < 100; id++) results.push(...(await journal.append([entry(id)])))
    const refused = results.filter((result) => result.status === 'refused')
    expect(new Set(refused.map((result) => result.error.code))).toEqual(new Set(['disk_full']))
    expect((await journal.read(0)).length).toBe(100 - refused.length)
    rmSync(join(path, 'ballast'))
    const again = await journal.append(Array.from({ length: 100 }, (_, id) => entry(id)))
    expect(again.filter((result) => result.status === 'accepted')).toHaveLength(refused.length)
    expect(again.filter((result) => result.status === 'duplicate')).toHaveLength(100 - refused.length)
    await journal.close()
    const reopened = await openJournal({ files: openFiles(), folder: join(path, 'journal') })
    expect(reopened.stats().entries).toBe(100)
    await reopened.close()
  } finally {
    execFileSync('umount', ['-l', path])
  }
})
