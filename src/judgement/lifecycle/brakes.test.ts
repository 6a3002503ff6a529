import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { listing, type TestPack, testLists, testPack } from '../../../tests/fixtures/trial-pack.ts'
import { type Duck, openDuck } from '../../edge/duckdb.ts'
import { hour, second } from '../../kernel/time.ts'
import { type Admitted, createEngine, type Decision, type Engine } from '../decisions/index.ts'
import { type Built, buildPrograms } from '../strategies/index.ts'
import { type Brakes, createBrakes } from './brakes.ts'

let duck: Duck
beforeAll(async () => {
  duck = await openDuck()
})
afterAll(() => duck.close())

const start = Date.UTC(2026, 0, 1) * 1000

async function build(pack: TestPack): Promise<Built> {
  const loaded = testPack(pack)
  const built = await buildPrograms({ packs: [loaded], parse: duck.parse, lists: testLists(loaded) })
  if (built.problems.size > 0) throw new Error(JSON.stringify([...built.problems.values()][0]))
  return built
}

const engineOf = (built: Built, brakes: Brakes): Engine => createEngine(built.programs, built.plans, brakes)
const acted = (decisions: readonly Decision[]): number =>
  decisions.flatMap((decision) => decision.findings).filter((finding) => finding.mode === 'live').length

test('2 × quota events within the hour cause exactly quota actions, whatever the gaps between them', async () => {
  const quotas = [1, 3, 10, 40]
  const built = new Map<number, Built>()
  for (const quota of quotas)
    built.set(quota, await build({ strategies: [{ id: 's', when: 'price > 0', limits: { per_hour: quota } }] }))
  fc.assert(
    fc.property(
      fc.constantFrom(...quotas),
      fc.array(fc.integer({ min: 1, max: 1000 }), { minLength: 80, maxLength: 80 }),
      (quota, gaps) => {
        const engine = engineOf(built.get(quota) as Built, createBrakes())
        let at = start
        const decisions = gaps.slice(0, 2 * quota).map((gap, index) => {
          at += gap * 10_000
          return engine.decide(listing(`l${index}`, at))
        })
        expect(acted(decisions)).toBe(quota)
        const held = decisions.flatMap((decision) => decision.findings).filter((finding) => finding.mode === 'shadow')
        expect(held.map((finding) => finding.held)).toEqual(Array(quota).fill('brake'))
        expect(held.filter((finding) => finding.tripped)).toHaveLength(1)
        expect(held[0]?.tripped).toMatchObject({ limit: 'per_hour', allowed: quota, observed: quota + 1 })
        expect(decisions.at(-1)?.verdict).toBe('pass')
      },
    ),
    { numRuns: 60 },
  )
})

test('the hour slides: a quota is used again only when its first action is an hour old, and no hour ever holds more', async () => {
  const built = await build({ strategies: [{ id: 's', when: 'price > 0', limits: { per_hour: 5, per_day: 1000 } }] })
  const engine = engineOf(built, createBrakes())
  const decisions = Array.from({ length: 40 }, (_, index) =>
    engine.decide(listing(`l${index}`, start + index * (hour / 5))),
  )
  expect(acted(decisions)).toBe(40)
  const tight = engineOf(built, createBrakes())
  const more = Array.from({ length: 40 }, (_, index) => tight.decide(listing(`l${index}`, start + index * (hour / 6))))
  expect(acted(more)).toBe(5)
})

test('a quota a day holds across hours', async () => {
  const built = await build({ strategies: [{ id: 's', when: 'price > 0', limits: { per_day: 7 } }] })
  const engine = engineOf(built, createBrakes())
  const decisions = Array.from({ length: 14 }, (_, index) => engine.decide(listing(`l${index}`, start + index * hour)))
  expect(acted(decisions)).toBe(7)
  expect(decisions[7]?.findings[0]?.tripped?.limit).toBe('per_day')
})

test('a share of traffic over the limit pulls the brake, the same hits in more traffic do not', async () => {
  const built = await build({ strategies: [{ id: 's', when: 'price > 5', limits: { share: 0.2 } }] })
  const run = (every: number): Decision[] => {
    const engine = engineOf(built, createBrakes())
    return Array.from({ length: 2000 }, (_, index) =>
      engine.decide(listing(`l${index}`, start + index * second, { price: index % every === 0 ? 10 : 1 })),
    )
  }
  expect(
    run(10)
      .flatMap((decision) => decision.findings)
      .filter((finding) => finding.held),
  ).toHaveLength(0)
  expect(
    run(3)
      .flatMap((decision) => decision.findings)
      .find((finding) => finding.tripped)?.tripped?.limit,
  ).toBe('share')
})

test('a jump over its own past pulls the brake; a steady rate and a rate that grows with the traffic do not', async () => {
  const built = await build({ strategies: [{ id: 's', when: 'price > 5', limits: { jump: 5, share: 1 } }] })
  const past = (engine: Engine) => {
    for (let index = 0; index < 48 * 60; index++)
      engine.decide(listing(`p${index}`, start + index * 60 * second, { price: index % 10 === 0 ? 10 : 1 }))
  }
  const burst = (hitEvery: number): Decision[] => {
    const engine = engineOf(built, createBrakes())
    past(engine)
    return Array.from({ length: 1200 }, (_, index) =>
      engine.decide(
        listing(`b${index}`, start + 48 * hour + index * second, { price: index % hitEvery === 0 ? 10 : 1 }),
      ),
    )
  }
  const found = burst(1)
    .flatMap((decision) => decision.findings)
    .find((finding) => finding.tripped)
  expect(found?.tripped?.limit).toBe('jump')
  expect(Date.parse(found?.tripped?.since ?? '')).toBeGreaterThan((start + 46 * hour) / 1000)
  expect(
    burst(10)
      .flatMap((decision) => decision.findings)
      .filter((finding) => finding.held),
  ).toHaveLength(0)
})

test('brakes that are told the journal go on exactly where they were: a restart at any event changes no decision', async () => {
  const built = await build({
    strategies: [
      { id: 'a', when: 'price > 5', limits: { per_hour: 6 } },
      { id: 'b', when: 'price > 2', limits: { per_day: 30, jump: 3 } },
    ],
  })
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.integer({ min: 1, max: 3000 }), fc.integer({ min: 1, max: 9 })), {
        minLength: 20,
        maxLength: 120,
      }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (steps, where) => {
        let at = start
        const events: Admitted[] = steps.map(([gap, price], index) => {
          at += gap * second
          return listing(`l${index}`, at, { price })
        })
        const whole = engineOf(built, createBrakes())
        const all = events.map((event) => whole.decide(event))
        const cut = Math.floor(where * events.length)
        const brakes = createBrakes()
        for (const [index, decision] of all.slice(0, cut).entries())
          brakes.remember(decision, events[index]?.loggedAt ?? 0)
        const restarted = engineOf(built, brakes)
        expect(events.slice(cut).map((event) => restarted.decide(event))).toEqual(all.slice(cut))
      },
    ),
    { numRuns: 80 },
  )
})

test('a released version acts again with a full quota; a recalled one never does; a new version starts clean', async () => {
  const pack = (version: number): TestPack => ({
    strategies: [{ id: 's', version, when: 'price > 0', limits: { per_hour: 2 } }],
  })
  const brakes = createBrakes()
  const engine = engineOf(await build(pack(1)), brakes)
  let at = start
  const next = (from: Engine) => {
    at += second
    return from.decide(listing(`l${at}`, at))
  }
  expect(acted([1, 2, 3, 4].map(() => next(engine)))).toBe(2)
  brakes.release('trial/s', 1)
  expect(acted([1, 2, 3, 4].map(() => next(engine)))).toBe(2)
  const newer = engineOf(await build(pack(2)), brakes)
  expect(acted([1, 2].map(() => next(newer)))).toBe(2)
  brakes.recall('trial/s', 1)
  brakes.release('trial/s', 1)
  expect(next(engine).findings[0]).toMatchObject({ mode: 'shadow', held: 'recall' })
})

test('a canary acts on its share of subjects, always the same ones, and a larger share keeps them', async () => {
  const chosen = async (canary: number): Promise<Set<string>> => {
    const engine = engineOf(
      await build({ strategies: [{ id: 's', when: 'price > 0', mode: 'canary', canary }] }),
      createBrakes(),
    )
    const live = new Set<string>()
    for (let index = 0; index < 4000; index++) {
      const finding = engine.decide(listing(`l${index}`, start + index * second)).findings[0]
      if (finding?.mode === 'live') live.add(`l${index}`)
      else expect(finding?.held).toBe('canary')
    }
    return live
  }
  const ten = await chosen(10)
  const thirty = await chosen(30)
  expect(ten.size).toBeGreaterThan(330)
  expect(ten.size).toBeLessThan(470)
  expect(thirty.size).toBeGreaterThan(1080)
  expect(thirty.size).toBeLessThan(1320)
  expect([...ten].every((id) => thirty.has(id))).toBe(true)
  expect(await chosen(10)).toEqual(ten)
})
