import { hash } from 'node:crypto'
import { mkdtempSync, readdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, describe, expect, test } from 'vitest'
import type { Blobs } from '../../perception/media/index.ts'
import { blobPath, openBlobs } from './blobs.ts'

const folder = mkdtempSync(join(tmpdir(), 'aedile-blobs-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** What every store of blobs does; another one is a line more in this list. */
const stores: readonly [name: string, open: () => Blobs][] = [['files', () => openBlobs(join(folder, 'conformance'))]]

describe.each(stores)('a store of blobs: %s', (_name, open) => {
  test('gives back what was put, under its SHA-256, also after it is opened again', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 5000 }), async (bytes) => {
        const sha256 = await open().put(bytes)
        expect(sha256).toBe(hash('sha256', bytes, 'hex'))
        expect(Buffer.from((await open().read(sha256)) ?? []).equals(bytes)).toBe(true)
        expect(await open().list()).toContain(sha256)
      }),
      { numRuns: 30 },
    )
  })

  test('keeps the same bytes once, however often and however many at once they are put', async () => {
    const store = open()
    const before = (await store.list()).length
    const bytes = new Uint8Array(70_000).fill(7)
    const put = await Promise.all(Array.from({ length: 8 }, () => store.put(bytes)))
    expect(new Set(put).size).toBe(1)
    expect((await store.list()).length).toBe(before + 1)
  })

  test('forgets what is removed, and answers null to what is not there or is no hash', async () => {
    const store = open()
    const sha256 = await store.put(new Uint8Array([1, 2, 3]))
    await store.remove(sha256)
    await store.remove(sha256)
    expect(await store.read(sha256)).toBeNull()
    for (const name of ['../../etc/passwd', '', 'ab', '/']) {
      expect(await store.read(name)).toBeNull()
      await store.remove(name)
    }
  })
})

test('a file that was changed or cut short on disk is not handed out, and one that was cut short is mended by a new put', async () => {
  const home = join(folder, 'damaged')
  const store = openBlobs(home)
  const bytes = new TextEncoder().encode('evidence of something')
  const sha256 = await store.put(bytes)
  writeFileSync(blobPath(home, sha256), 'evidence of something!')
  await expect(store.read(sha256)).rejects.toMatchObject({ problem: { code: 'store_unavailable', field: 'sha256' } })
  truncateSync(blobPath(home, sha256), 3)
  await expect(store.read(sha256)).rejects.toMatchObject({ problem: { code: 'store_unavailable' } })
  await store.put(bytes)
  expect(Buffer.from((await store.read(sha256)) ?? []).toString()).toBe('evidence of something')
  expect(readdirSync(home, { recursive: true }).filter((name) => String(name).includes('.'))).toEqual([])
})
