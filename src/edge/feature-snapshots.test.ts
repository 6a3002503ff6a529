import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { createFeatureStore, type FeaturePlan, type FeatureStore } from '../perception/features/index.ts'
import { readFeatureSnapshot, writeFeatureSnapshot } from './feature-snapshots.ts'

const plan: FeaturePlan = {
  ...{ id: 'seen', aggregate: 'count', distinct: false, rangeMicros: 3_600_000_000, type: 'BIGINT' },
  key: (row) => String(row[0]),
}
const see = (store: FeatureStore, at: number) => store.observe(['k'], () => null, at)[0]

test('a snapshot of windows counts only when every event in it is durable; until then the one before stands', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'aedile-snapshot-'))
  try {
    const store = createFeatureStore([plan])
    see(store, 1000)
    await writeFeatureSnapshot(folder, store, { position: 10, landed: () => Promise.resolve() })
    see(store, 2000)
    const landing = Promise.withResolvers<void>()
    const writing = writeFeatureSnapshot(folder, store, { position: 20, landed: () => landing.promise })
    await new Promise((resolve) => setTimeout(resolve, 20))
    const before = createFeatureStore([plan])
    expect(readFeatureSnapshot(folder, before)).toBe(10)
    expect(see(before, 3000)).toBe(2)
    landing.resolve()
    await writing
    const after = createFeatureStore([plan])
    expect(readFeatureSnapshot(folder, after)).toBe(20)
    expect(see(after, 3000)).toBe(3)
    const other = createFeatureStore([{ ...plan, fingerprint: 'another meaning' }])
    expect(readFeatureSnapshot(folder, other)).toBeNull()
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})
