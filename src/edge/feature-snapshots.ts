import { closeSync, existsSync, fdatasyncSync, openSync, readFileSync, renameSync, rmSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import type { FeatureStore } from '../perception/features/index.ts'

const fileOf = (folder: string) => join(folder, 'features.snapshot')

/**
 * Writes the state of the windows beside the journal position from which events are to be replayed after it.
 * The file replaces the one before only when it is whole and on the medium, and when `landed` has resolved: by then every
 * event in it is in the journal, so that a crash cannot leave windows that hold an event which does not exist.
 */
export async function writeFeatureSnapshot(
  folder: string,
  store: FeatureStore,
  { position, landed }: { position: number; landed: () => Promise<void> },
): Promise<void> {
  const staging = `${fileOf(folder)}.new`
  const file = openSync(staging, 'w', 0o600)
  try {
    writeSync(file, `${JSON.stringify({ position })}\n`)
    for (const piece of store.snapshot()) {
      writeSync(file, piece)
      await new Promise((resolve) => setImmediate(resolve))
    }
    await landed()
    fdatasyncSync(file)
  } finally {
    closeSync(file)
  }
  renameSync(staging, fileOf(folder))
}

/**
 * Restores the windows into an empty store; returns the journal position to go on from.
 * A snapshot that is missing, damaged, or lacks one of the plans gives null: the windows are then built from the journal.
 */
export function readFeatureSnapshot(folder: string, store: FeatureStore): number | null {
  const path = fileOf(folder)
  if (!existsSync(path)) return null
  try {
    const bytes = readFileSync(path)
    const end = bytes.indexOf(10)
    const { position } = JSON.parse(bytes.subarray(0, end).toString('utf8')) as { position: number }
    return store.restore([bytes.subarray(end + 1)]).rebuild.length === 0 ? position : null
  } catch {
    rmSync(path, { force: true })
    return null
  }
}
