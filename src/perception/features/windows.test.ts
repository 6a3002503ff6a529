import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Duck, openDuck } from '../../edge/duckdb.ts'
import { createFeatureStore, type FeaturePlan, type FeatureStore } from './index.ts'
import { allPlans, type Event, eventStream, observeAll, rowOf, sqlOf, valuesSql } from './test-streams.ts'

const seed = Number(process.env['AEDILE_SEED'] ?? 20261122)
const runs = Number(process.env['AEDILE_RUNS'] ?? 40)

let duck: Duck
beforeAll(async () => {
  duck = await openDuck()
})
afterAll(() => duck.close())

/** What DuckDB computes for every plan over many streams at once: by stream, by event, by plan. */
async function reference(streams: readonly (readonly Event[])[], plans = allPlans): Promise<unknown[][][]> {
  await duck.run(
    'CREATE OR REPLACE TABLE events (stream INTEGER, logged_at TIMESTAMP, k VARCHAR, n DOUBLE, b BOOLEAN, x DOUBLE, s VARCHAR, f BOOLEAN)',
  )
  const values = streams.flatMap((events, stream) => events.map((event) => valuesSql(stream, event)))
  for (let from = 0; from < values.length; from += 10_000)
    await duck.run(`INSERT INTO events VALUES ${values.slice(from, from + 10_000).join(',')}`)
  const columns = plans.map((plan, index) => `${sqlOf(plan, 'stream')} AS c${index}`)
  const rows = await duck.rows(`SELECT stream, ${columns.join(', ')} FROM events ORDER BY stream, logged_at`)
  const found: unknown[][][] = streams.map(() => [])
  for (const row of rows) found[Number(row['stream'])]?.push(plans.map((_, index) => row[`c${index}`]))
  return found
}

const normal = (value: unknown): unknown => (Object.is(value, -0) ? 0 : value)

function difference(streams: readonly (readonly Event[])[], found: unknown[][][], plans = allPlans): string | null {
  for (const [stream, events] of streams.entries()) {
    const store = createFeatureStore(plans)
    const values = observeAll(store, events)
    for (const [event, row] of values.entries())
      for (const [index, value] of row.entries()) {
        const expected = found[stream]?.[event]?.[index]
        if (!Object.is(normal(value), normal(expected)))
          return `${plans[index]?.id} at event ${event} of ${JSON.stringify(events.slice(-100))}: stream ${value}, DuckDB ${expected}`
      }
  }
  return null
}

describe('windows equal DuckDB exactly', () => {
  it('over random streams, for every aggregate, range, filter, key', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(eventStream, { minLength: 50, maxLength: 50 }), async (streams) => {
        expect(difference(streams, await reference(streams))).toBeNull()
      }),
      { seed, numRuns: runs, endOnFailure: true },
    )
  }, 120_000)

  it('over a hot key with 100 000 events and many values, among idle keys', async () => {
    let random = 7
    const next = (below: number): number => {
      random = (Math.imul(random, 1103515245) + 12345) >>> 0
      return Math.floor((random / 2 ** 32) * below)
    }
    let time = 1_760_000_000_000_000
    const events: Event[] = Array.from({ length: 111_000 }, () => {
      time += 1 + next(3_000_000)
      return {
        t: time,
        k: next(10) ? 'hot' : `k${next(5000)}`,
        n: next(3),
        b: null,
        x: next(100_000) / 100,
        s: `s${next(900)}`,
        f: next(2) === 1,
      }
    })
    expect(events.filter(({ k }) => k === 'hot').length).toBeGreaterThan(99_000)
    // Of the partition with the hot key: min, max, sum, DISTINCT, and the time since the last event, seconds to 90 days.
    const plans = allPlans.filter((_, index) => [4, 16, 24, 32, 40, 52, 56].includes(index))
    expect(difference([events], await reference([events], plans), plans)).toBeNull()
  }, 120_000)
})

function fill(events: readonly Event[], plans: readonly FeaturePlan[] = allPlans): FeatureStore {
  const store = createFeatureStore(plans)
  observeAll(store, events)
  return store
}

describe('a snapshot', () => {
  it('restored at any cut goes on as if nothing had happened, also when events arrive while it is written', () => {
    fc.assert(
      fc.property(eventStream, fc.nat(), fc.nat(4), (events, cutSeed, during) => {
        const cut = cutSeed % (events.length + 1)
        const store = fill(events.slice(0, cut))
        const pieces: Uint8Array[] = []
        const writing = store.snapshot()
        const start = writing.next()
        if (!start.done) pieces.push(start.value)
        const concurrent = events.slice(cut, cut + during)
        const values = observeAll(store, concurrent)
        store.expire(Number.MAX_SAFE_INTEGER)
        pieces.push(...writing)
        values.push(...observeAll(store, events.slice(cut + during)))
        const restored = createFeatureStore(allPlans)
        const bytes = Buffer.concat(pieces)
        const found = restored.restore([bytes.subarray(0, bytes.length >> 1), bytes.subarray(bytes.length >> 1)])
        expect(found.rebuild).toEqual([])
        expect(found.loggedAt).toBe(events[cut - 1]?.t ?? Number.NEGATIVE_INFINITY)
        expect(observeAll(restored, events.slice(cut))).toEqual(values)
      }),
      { seed, numRuns: runs * 3 },
    )
  })

  it('names the plans that it lacks, which stay NULL until they are back-filled and adopted', () => {
    fc.assert(
      fc.property(eventStream, fc.nat(), fc.nat(), (events, cutSeed, splitSeed) => {
        const cut = cutSeed % (events.length + 1)
        const old = allPlans.filter((_, index) => (splitSeed >> (index % 16)) & 1)
        const store = createFeatureStore(allPlans)
        const found = store.restore(fill(events.slice(0, cut), old).snapshot())
        const added = allPlans.filter((plan) => !old.includes(plan))
        expect(found.rebuild).toEqual(added.map((plan) => plan.id))
        const whole = observeAll(createFeatureStore(allPlans), events)
        const half = cut + ((events.length - cut) >> 1)
        for (const [index, row] of observeAll(store, events.slice(cut, half)).entries())
          expect(row).toEqual(allPlans.map((plan, at) => (old.includes(plan) ? whole[cut + index]?.[at] : null)))
        if (half > 0 && added.length > 0) store.adopt(fill(events.slice(0, half), added))
        for (const id of found.rebuild) store.markReady(id)
        const order = store.plans.map(({ id }) => allPlans.findIndex((plan) => plan.id === id))
        for (const [index, row] of observeAll(store, events.slice(half)).entries())
          expect(row).toEqual(order.map((at) => whole[half + index]?.[at]))
      }),
      { seed, numRuns: runs * 3 },
    )
  })

  it('that is cut short or foreign is refused and leaves the store empty and usable', () => {
    const event: Event = { t: 5, k: 'a', n: 1, b: true, x: 1, s: 'x', f: true }
    const bytes = Buffer.concat([...fill([event]).snapshot()])
    const store = createFeatureStore(allPlans)
    for (const length of [0, 3, 200, bytes.length - 9, bytes.length - 1])
      expect(() => store.restore([bytes.subarray(0, length)])).toThrow('the snapshot cannot be restored')
    expect(() => store.restore([Buffer.from([2, 0, 0, 0, 123, 125])])).toThrow('does not start like one')
    expect(observeAll(store, [event])).toEqual(observeAll(createFeatureStore(allPlans), [event]))
  })
})

describe('the store', () => {
  it('keeps the memory of a hot key and of many idle ones within bounds, and gives it back', () => {
    const windows = allPlans.filter((plan) => plan.rangeMicros !== null)
    const store = createFeatureStore(windows)
    let time = 1_760_000_000_000_000
    for (let index = 0; index < 20_000; index++) {
      time += 7_000_000
      const [k, n] = index % 6 ? ['hot', 1] : [`idle ${index}`, index]
      observeAll(store, [{ ...{ t: time, k, n, b: true, f: true }, x: (index % 1000) / 100, s: `s${index % 300}` }])
    }
    const full = store.stats()
    // An entry is a time and at most three arguments; a ring is less than eight times as long as what is in it.
    expect(full.bytes).toBeLessThan(full.entries * 4 * 8 * 8 + full.keys * 2000)
    expect(full.bytesPerKey).toBe(full.bytes / full.keys)
    const later: Event = { t: time + 4e13, k: 'later', n: null, b: null, x: null, s: null, f: null }
    observeAll(store, [later])
    store.expire(later.t)
    const fresh = createFeatureStore(windows)
    observeAll(fresh, [later])
    expect(store.stats().keys).toBe(fresh.stats().keys)
    expect(store.stats().entries).toBe(fresh.stats().entries)
  }, 60_000)

  it('forgets idle keys, changes no value by it, and gives all its storage back', () => {
    fc.assert(
      fc.property(eventStream, fc.nat(5), (events, every) => {
        const bounded = allPlans.filter((plan) => plan.rangeMicros !== null)
        const store = createFeatureStore(bounded)
        const plain = createFeatureStore(bounded)
        for (const [index, event] of events.entries()) {
          expect(observeAll(store, [event])).toEqual(observeAll(plain, [event]))
          if (index % (every + 1) === 0) store.expire(Number.MAX_SAFE_INTEGER)
        }
        const last = events.at(-1)?.t ?? 0
        const lonely: Event = { t: last + 100 * 86_400_000_000, k: 'lonely', n: 8, b: null, x: null, s: null, f: null }
        store.observe(rowOf(lonely), resolveNothing, lonely.t)
        store.expire(lonely.t)
        const fresh = createFeatureStore(bounded)
        fresh.observe(rowOf(lonely), resolveNothing, lonely.t)
        expect(store.stats().keys).toBe(fresh.stats().keys)
        expect(store.stats().entries).toBe(fresh.stats().entries)
      }),
      { seed, numRuns: runs * 4 },
    )
  })

  it('refuses a logged_at that does not increase and names both', () => {
    const store = createFeatureStore(allPlans)
    const event: Event = { t: 1000, k: 'a', n: 1, b: true, x: 1, s: 'x', f: true }
    observeAll(store, [event])
    expect(() => observeAll(store, [event])).toThrow('logged_at 1000 must be above that of the event before, 1000')
    expect(() => observeAll(store, [{ ...event, t: 1000.5 }])).toThrow('whole number of microseconds')
  })

  it('changes nothing when a key, filter or argument throws', () => {
    const plans = allPlans.map((plan) => ({
      ...plan,
      key: (row: unknown[]) => {
        if (row[0] === 'boom') throw new Error('boom')
        return String(row[0])
      },
    }))
    const store = createFeatureStore(plans)
    const event: Event = { t: 1000, k: 'a', n: 1, b: true, x: 1, s: 'x', f: true }
    observeAll(store, [event])
    const before = store.stats()
    expect(() => observeAll(store, [{ ...event, k: 'boom', t: 2000 }])).toThrow('boom')
    expect(store.loggedAt()).toBe(1000)
    expect(store.stats()).toEqual(before)
  })
})

const resolveNothing = (): null => null
