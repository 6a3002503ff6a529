import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, statSync, watch } from 'node:fs'
import { join, relative, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type LoadedPack, loadPack } from '../vocabulary/packs/index.ts'

/** The folder of packs that ships with Aedile. */
export const shippedPacks = fileURLToPath(new URL('../../packs', import.meta.url))

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name)
    if (entry.name.startsWith('.')) return []
    return entry.isDirectory() ? filesBelow(path) : [path]
  })
}

function filesOf(folder: string): Map<string, string> {
  return new Map(
    filesBelow(folder).map((path) => [relative(folder, path).split(sep).join('/'), readFileSync(path, 'utf8')]),
  )
}

/** Reads a set of files (`relative path → text`) as a pack; its fingerprint is a hash of all of them. */
export function loadFiles(files: ReadonlyMap<string, string>): LoadedPack {
  const hash = createHash('sha256')
  for (const [name, text] of [...files].sort(([a], [b]) => (a < b ? -1 : 1))) hash.update(`${name}\0${text}\0`)
  return loadPack(files, hash.digest('hex').slice(0, 12))
}

/** Reads the pack in `folder`. */
export const readPack = (folder: string): LoadedPack => loadFiles(filesOf(folder))

/** The files of every folder below `root` that is a pack, by its folder name; other folders (ladders, recipes) are not packs. */
export function packFolders(root: string = shippedPacks): Map<string, ReadonlyMap<string, string>> {
  if (!existsSync(root)) return new Map()
  const folders = readdirSync(root).filter(
    (name) =>
      statSync(join(root, name)).isDirectory() &&
      ['pack.yaml', 'strategies.yaml', 'policies.yaml'].some((file) => existsSync(join(root, name, file))),
  )
  return new Map(folders.sort().map((name) => [name, filesOf(join(root, name))]))
}

/** Reads every pack below `root`, by its folder name. */
export const readPacks = (root: string = shippedPacks): Map<string, LoadedPack> =>
  new Map([...packFolders(root)].map(([name, files]) => [name, loadFiles(files)]))

/** Calls `changed` when something below `root` has changed and been quiet for a moment; returns how to stop. */
export function watchPacks(root: string, changed: () => void): () => void {
  let timer: NodeJS.Timeout | null = null
  const watcher = watch(root, { recursive: true }, () => {
    if (timer) clearTimeout(timer)
    timer = setTimeout(changed, 200)
  })
  watcher.on('error', () => undefined)
  return () => {
    if (timer) clearTimeout(timer)
    watcher.close()
  }
}
