import { hash, randomUUID } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import { mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { problem } from '../../kernel/problems.ts'
import type { Blobs } from '../../perception/media/index.ts'

const isHash = (text: string): boolean => /^[0-9a-f]{64}$/.test(text)

/** Where the blobs of a data folder lie. */
export const blobFolder = (folder: string): string => join(folder, 'blobs')

/** Where one blob lies: two letters of its hash make a folder, so that no folder gets too large. */
export const blobPath = (folder: string, sha256: string): string => join(folder, sha256.slice(0, 2), sha256.slice(2))

/**
 * Blobs as files in a folder. A file is written beside its place, flushed, and renamed; then the folder is flushed: it is there whole
 * or not at all, also after a power cut.
 */
export function openBlobs(folder: string): Blobs {
  mkdirSync(folder, { recursive: true })
  return {
    async put(bytes) {
      const sha256 = hash('sha256', bytes, 'hex')
      const path = blobPath(folder, sha256)
      const known = await stat(path).catch(() => null)
      // Of another size it was cut short by something that is not us: it is written again.
      if (known?.size === bytes.length) return sha256
      await writeDurably(path, bytes)
      await syncFolder(folder)
      return sha256
    },
    async read(sha256) {
      if (!isHash(sha256)) return null
      const bytes = await readFile(blobPath(folder, sha256)).catch((error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOENT') return null
        throw error
      })
      if (bytes !== null && hash('sha256', bytes, 'hex') !== sha256) throw damaged(sha256)
      return bytes
    },
    async remove(sha256) {
      if (!isHash(sha256)) return
      const path = blobPath(folder, sha256)
      await rm(path, { force: true })
      await syncFolder(dirname(path)).catch(() => undefined)
    },
    async list() {
      const found = await readdir(folder, { withFileTypes: true })
      const parts = await Promise.all(
        found
          .filter((entry) => entry.isDirectory())
          .map(async ({ name }) => (await readdir(join(folder, name))).map((rest) => name + rest)),
      )
      return parts.flat().filter(isHash)
    },
  }
}

async function writeDurably(path: string, bytes: Uint8Array): Promise<void> {
  const folder = dirname(path)
  await mkdir(folder, { recursive: true })
  const staged = `${path}.${randomUUID()}`
  try {
    const handle = await open(staged, 'wx', 0o640)
    try {
      await handle.writeFile(bytes)
      await handle.sync()
    } finally {
      await handle.close()
    }
    await rename(staged, path)
  } catch (error) {
    await rm(staged, { force: true })
    throw error
  }
  await syncFolder(folder)
}

async function syncFolder(path: string): Promise<void> {
  // Windows cannot open a folder; its file systems journal names by themselves.
  if (process.platform === 'win32') return
  const handle = await open(path, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

const damaged = (sha256: string): Error =>
  problem({
    code: 'store_unavailable',
    field: 'sha256',
    value: sha256,
    detail: {
      zh: '文件内容与其指纹不符，未交付',
      en: 'What is kept of this file is not what was sent; it is not handed out',
    },
    fix: { zh: '从备份恢复数据目录中的 blobs', en: 'Restore blobs in the data folder from a backup' },
  })
