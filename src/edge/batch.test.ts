import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { stringify } from 'yaml'
import { testPackFiles } from '../../tests/fixtures/trial-pack.ts'
import { createBatch } from '../judgement/batch/index.ts'
import { part, record } from '../kernel/database.ts'
import { day, hour, parseTime } from '../kernel/time.ts'
import { type App, openApp } from './app.ts'
import { factColumns } from './batch.ts'
import { runBatchCases } from './offline-batch.ts'
import { operator } from './serve.ts'

// Real stores, real facts, real journal; the clock is the `now` that is passed in.
const midnight = (date: string) => parseTime(`${date}T00:00:00Z`) ?? 0
const minute = hour / 60
/** A little after the runs of the night are due. */
const morning = 6 * hour + 5 * minute
let root: string
let app: App
let packs: string

const both = (text: string) => ({ zh: text, en: text })
const canaryRows = [
  {
    at: '-1h',
    type: 'listing.submitted',
    listing_id: 'canary-l{n}',
    seller_id: 'canary-seller',
    price: 0.5,
    repeat: 3,
  },
]
const sellers = {
  id: 'give-away',
  version: 1,
  title: both('give away'),
  policy: 'P1',
  owner: 'tests',
  schedule: { after: '6h' },
  window: '1d',
  contract: [
    {
      table: 'events',
      where: "type = 'listing.submitted'",
      min_rows: 2,
      max_age: '1d',
      not_null: ['seller_id'],
      population: 'price',
    },
  ],
  output: { max: 50, score: [1, 1000] },
  cap: 3,
  verdict: 'block',
  tell: ['cheapest'],
  mode: 'live',
  expires: '2030-01-01',
  canaries: [{ subject_type: 'shop', subject_id: 'canary-seller', rows: canaryRows }],
  query: `SELECT 'shop' AS subject_type, seller_id AS subject_id, count(*) AS score, min(price) AS cheapest, ['X', 'Y'] AS together_with
    FROM events WHERE type = 'listing.submitted' AND price < 1 AND logged_at > :window_from AND logged_at <= :window_to
    GROUP BY seller_id HAVING count(*) >= 3 -- :window_to stays in a comment;`,
  cases: [
    {
      name: 'three are many',
      rows: [{ type: 'listing.submitted', listing_id: 'L{n}', seller_id: 'A', price: 0.2, repeat: 3 }],
      expect: ['shop:A'],
    },
    {
      name: 'two are few',
      trap: true,
      rows: [{ type: 'listing.submitted', listing_id: 'L{n}', seller_id: 'A', price: 0.2, repeat: 2 }],
      expect: [],
    },
  ],
}
const name = 'trial/give-away'

/** Puts batch strategies in charge. */
async function put(...strategies: readonly Record<string, unknown>[]): Promise<void> {
  rmSync(join(packs, 'trial'), { recursive: true, force: true })
  mkdirSync(packs, { recursive: true })
  staff('tests: [kim]\ntest: [role:strategist]')
  mkdirSync(join(packs, 'trial', 'batch'), { recursive: true })
  for (const [file, text] of testPackFiles({ strategies: [{ id: 'nothing', when: "title = 'never'" }] }))
    writeFileSync(join(packs, 'trial', file), text)
  for (const strategy of strategies)
    writeFileSync(join(packs, 'trial', 'batch', `${strategy['id']}.yaml`), stringify(strategy))
  if (app) await app.reloadPacks()
}

async function open(): Promise<void> {
  app = await openApp({ folder: join(root, 'data'), packs, log: () => undefined })
  if ((await app.access.users()).length > 0) return
  const kim = { login: 'kim', name: 'Kim', roles: ['strategist'], password: 'a long password of kim' }
  await app.access.createUser({ ...kim, by: operator, now: midnight('2026-04-01') })
}

/** The people behind the owners that the test packs name. */
const staff = (teams: string) => writeFileSync(join(packs, 'teams.yaml'), teams)

let numbers = 0
/** Listings of one day: `cheap` names the sellers with three goods for next to nothing. */
async function sell(date: string, cheap: readonly string[], ordinary = 20, price = 10): Promise<void> {
  const rows = [
    ...cheap.flatMap((seller) => [0.2, 0.3, 0.4].map((low) => ({ seller, low }))),
    ...Array.from({ length: ordinary }, (_, index) => ({ seller: `S${index}`, low: price + (index % 10) })),
  ]
  for (const [index, { seller, low }] of rows.entries()) {
    const id = `e${++numbers}`
    const done = app.pipeline.submit(
      {
        id,
        source: 'test',
        type: 'listing.submitted',
        time: new Date((midnight(date) + 10 * hour + index * minute) / 1000).toISOString(),
        data: { listing_id: `L-${id}`, seller_id: seller, title: 'thing', price: low },
      },
      { history: true },
    )
    if (done.status !== 'accepted') throw new Error(JSON.stringify(done))
    await done.durable
  }
  await app.settled()
}

/** One cycle of the clock: what is due runs, then integrity looks. */
async function cycle(now: number): Promise<void> {
  for (const job of await app.batch.due(now)) await job.run()
  await app.batch.check(now)
  await app.settled()
}

const openFaults = async () => (await app.batch.openAlerts()).map((alert) => `${alert.strategy} ${alert.fault}`)
const statuses = async () => (await app.batch.runs(name, 50)).map((run) => `${run.kind} ${run.status}`)
const actions = () => app.db.selectFrom('actions').selectAll().execute()

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'aedile-batch-'))
})
beforeEach(async () => {
  if (app) await app.close()
  rmSync(join(root, 'data'), { recursive: true, force: true })
  packs = join(root, 'packs')
  rmSync(packs, { recursive: true, force: true })
  app = undefined as unknown as App
  await put(sellers)
  await open()
})
afterAll(async () => {
  await app.close()
  rmSync(root, { recursive: true, force: true })
})

describe('a run', () => {
  test('becomes decisions, actions and notices of the ledger, once for each window and subject', async () => {
    await sell('2026-05-01', ['A', 'B'])
    await sell('2026-05-02', [], 1)
    const now = midnight('2026-05-02') + morning
    await cycle(now)
    await cycle(now + minute)
    expect(await statuses()).toEqual(['first applied'])
    const acted = await actions()
    expect(
      acted.map(({ kind, target_type, target_id, strategy }) => ({ kind, target_type, target_id, strategy })),
    ).toEqual(
      ['A', 'B'].map((seller) => ({ kind: 'block_publish', target_type: 'shop', target_id: seller, strategy: name })),
    )
    expect(await app.db.selectFrom('notices').select('party_id').execute()).toEqual([
      { party_id: 'A' },
      { party_id: 'B' },
    ])
    const findings = await app.facts.rows(
      "SELECT subject_id, mode, CAST(evidence AS VARCHAR) AS evidence FROM findings WHERE event_type = 'batch.hit' ORDER BY subject_id",
    )
    expect(findings.map((row) => [row['subject_id'], row['mode']])).toEqual([
      ['A', 'live'],
      ['B', 'live'],
    ])
    expect(JSON.parse(String(findings[0]?.['evidence']))).toEqual([
      { field: 'period', value: '2026-05-01 – 2026-05-02' },
      { field: 'score', value: 3, internal: true },
      { field: 'cheapest', value: 0.2 },
      { field: 'together_with', value: ['X', 'Y'], internal: true },
    ])

    // The party reads the period and what the strategy tells, not whom else it saw.
    const [notice] = await app.db.selectFrom('notices').select('text').execute()
    const { en } = JSON.parse(String(notice?.text)) as { en: { evidence: string } }
    expect(en.evidence).toBe('period = 2026-05-01 – 2026-05-02; cheapest = 0.2')

    // The same window by hand: every subject is there, none is decided twice.
    const again = await app.batch.run(name, {
      actor: 'me',
      now: now + 2 * minute,
      window: { from: midnight('2026-05-01'), to: midnight('2026-05-02') },
    })
    expect(again.report).toMatchObject({ hits: 2, fresh: 0, repeats: 2 })
    expect(await actions()).toHaveLength(2)

    const report = await app.replay({})
    expect(report.differences).toBe(0)
    expect(report.compared).toBe(report.decisions)
  })

  test('of an overlapping window decides only whom no window before decided', async () => {
    await put({ ...sellers, window: '3d' })
    await sell('2026-05-01', ['A'])
    await sell('2026-05-02', ['B'])
    await sell('2026-05-03', [], 2)
    await cycle(midnight('2026-05-02') + morning)
    await cycle(midnight('2026-05-03') + morning)
    const [second, first] = await app.batch.runs(name, 5)
    expect([first?.report?.hits, second?.report?.hits, second?.report?.fresh]).toEqual([1, 2, 1])
    expect((await actions()).map((action) => action.target_id)).toEqual(['A', 'B'])
    const { entered, left, stayed } = await app.batch.diff(String(second?.run_id))
    expect([entered, left, stayed].map((hits) => hits.map((hit) => hit.subject_id))).toEqual([['B'], [], ['A']])
  })

  test('over its cap acts on nobody until a second person approves', async () => {
    await put({ ...sellers, owner: 'user:olga' })
    await sell('2026-05-01', ['A', 'B', 'C', 'D'])
    const now = midnight('2026-05-02') + morning
    const olga = { ...operator, id: 'olga', name: 'olga' }
    const run = await app.batch.run(name, {
      actor: 'petra',
      now,
      window: { from: midnight('2026-05-01'), to: midnight('2026-05-02') },
    })
    await app.settled()
    expect([run.status, run.report?.fresh, (await actions()).length]).toEqual(['held', 4, 0])
    const approve = (id: string, subjects?: number) =>
      app.batch.approve(run.run_id, {
        principal: { ...olga, id, name: id },
        now: now + minute,
        reason: 'looked',
        subjects,
      })
    await expect(approve('petra')).rejects.toThrow(/cannot approve/)
    await expect(approve('olga')).rejects.toThrow(/cannot approve/)
    await expect(approve('quentin', 5)).rejects.toThrow(/would decide 4/)
    expect((await approve('quentin', 4)).status).toBe('applied')
    await app.settled()
    expect(await actions()).toHaveLength(4)
    await expect(approve('quentin')).rejects.toThrow(/is applied/)
  })

  test('that broke off between its hits is completed after a restart, each hit once', async () => {
    await sell('2026-05-01', ['A', 'B', 'C'])
    const now = midnight('2026-05-02') + morning
    const dying = createBatch({
      db: part(app.db),
      strategies: () => app.pipeline.engine().programs.batch,
      warehouse: { query: (sql, options) => app.facts.query(sql, options), columnsOf: factColumns() },
      submitHit: async (hit, options) => {
        if (hit.subject_id === 'B') throw new Error('power cut')
        return app.pipeline.submitHit(hit, options)
      },
      lifecycle: app.lifecycle,
      position: () => app.journal.durable(),
      settled: async () => undefined,
      busy: () => false,
      realtime: () => [],
      owners: async () => ({ people: [], teams: new Map() }),
    })
    const window = { from: midnight('2026-05-01'), to: midnight('2026-05-02') }
    await expect(dying.run(name, { actor: 'me', now, window })).rejects.toThrow('power cut')
    await app.close()
    await open()
    await app.batch.resume(now + minute)
    await app.settled()
    expect(await statuses()).toEqual(['manual applied'])
    expect((await actions()).map((action) => action.target_id).sort()).toEqual(['A', 'B', 'C'])
  })

  test('in shadow is journaled and acts on nobody; a dry run writes nothing at all', async () => {
    await put({ ...sellers, mode: 'shadow' })
    await sell('2026-05-01', ['A'])
    const window = { from: midnight('2026-05-01'), to: midnight('2026-05-02') }
    const dry = await app.batch.dryRun(name, { window, now: window.to + morning })
    expect(dry.hits.map((hit) => hit.subject_id)).toEqual(['A'])
    expect(await statuses()).toEqual([])
    await app.batch.run(name, { actor: 'me', now: window.to + morning, window })
    await app.settled()
    expect(await actions()).toEqual([])
    const [row] = await app.facts.rows('SELECT mode, verdict FROM findings')
    expect(row).toEqual({ mode: 'shadow', verdict: 'block' })
    expect((await app.facts.rows("SELECT verdict FROM decisions WHERE event_type = 'batch.hit'"))[0]).toEqual({
      verdict: 'pass',
    })
  })

  test('can be recalled as a whole, and a recalled version never acts again', async () => {
    await sell('2026-05-01', ['A', 'B'])
    const window = { from: midnight('2026-05-01'), to: midnight('2026-05-02') }
    await app.batch.run(name, { actor: 'me', now: window.to + morning, window })
    await app.settled()
    const back = await app.recalls.run(
      { strategy: name, version: 1, since: null, apply: true, reason: 'wrong' },
      operator,
      window.to + 8 * hour,
    )
    expect(back.actions.reversed).toBe(2)
    await sell('2026-05-02', ['C'])
    const next = await app.batch.run(name, {
      actor: 'me',
      now: midnight('2026-05-03') + morning,
      window: { from: midnight('2026-05-02'), to: midnight('2026-05-03') },
    })
    await app.settled()
    expect(next.report?.fresh).toBe(1)
    expect((await actions()).filter((action) => action.target_id === 'C')).toEqual([])
    expect((await app.replay({})).differences).toBe(0)
  })
})

describe('integrity', () => {
  test('breaking the SQL raises an alert within the cycle; mending it closes the alert', async () => {
    await sell('2026-05-01', ['A'])
    await sell('2026-05-02', [])
    await cycle(midnight('2026-05-02') + morning)
    expect(await openFaults()).toEqual([])
    await put({ ...sellers, version: 2, query: sellers.query.replace('min(price)', 'min(prise)') })
    await sell('2026-05-03', [], 1)
    await cycle(midnight('2026-05-03') + morning)
    expect(await openFaults()).toEqual([`${name} failed`])
    const [alert] = await app.batch.openAlerts()
    expect(String(alert?.detail)).toContain('prise')
    await put({ ...sellers, version: 3 })
    await cycle(midnight('2026-05-03') + 8 * hour)
    expect(await statuses()).toEqual(['scheduled applied', 'scheduled failed', 'first applied'])
    expect(await openFaults()).toEqual([])
  })

  test('a first run that failed is tried again, as any other is', async () => {
    await sell('2026-05-01', ['A'])
    await put({ ...sellers, query: sellers.query.replace('min(price)', 'min(prise)') })
    await cycle(midnight('2026-05-02') + morning)
    expect(await statuses()).toEqual(['first failed'])
    await put(sellers)
    await cycle(midnight('2026-05-02') + morning + 2 * minute)
    expect(await statuses()).toEqual(['first failed'])
    await cycle(midnight('2026-05-02') + morning + 6 * minute)
    expect(await statuses()).toEqual(['first applied', 'first failed'])
    expect((await actions()).map((action) => action.target_id)).toEqual(['A'])
  })

  test('emptying the input raises an alert within the cycle, and the run does not act', async () => {
    await sell('2026-05-01', ['A'])
    await cycle(midnight('2026-05-02') + morning)
    await cycle(midnight('2026-05-03') + morning)
    expect(await openFaults()).toEqual([`${name} empty_input`, `${name} stale_input`])
    expect((await statuses())[0]).toBe('scheduled failed')
  })

  test('switching it off, losing it from the packs, and nobody owning it raise alerts within the cycle', async () => {
    await sell('2026-05-01', ['A'])
    const now = midnight('2026-05-02') + morning
    await cycle(now)
    await put({ ...sellers, enabled: false })
    await cycle(now + minute)
    expect(await openFaults()).toEqual([`${name} off`])
    await put({ ...sellers, owner: 'user:nobody' })
    await cycle(now + 2 * minute)
    expect(await openFaults()).toEqual([`${name} no_owner`])
    await put({ ...sellers, expires: '2026-05-01' })
    await cycle(now + 3 * minute)
    expect(await openFaults()).toEqual([`${name} expired`])
    await put({ ...sellers, id: 'other', expires: '2030-01-01' })
    await cycle(now + 4 * minute)
    expect(await openFaults()).toEqual([])
    await put(sellers)
    await cycle(now + 5 * minute)
    await put()
    await cycle(now + 6 * minute)
    expect(await openFaults()).toEqual(['trial/other gone', `${name} gone`])
  })

  test('a strategy of either kind whose team has no active member is told, one alert an owner, and closed when somebody joins', async () => {
    await sell('2026-05-01', ['A'])
    const now = midnight('2026-05-02') + morning
    await cycle(now)
    expect(await openFaults()).toEqual([])
    staff('test: [role:strategist]')
    await cycle(now + minute)
    expect(await openFaults()).toEqual([`${name} no_owner`])
    staff('tests: [kim]\ntest: [role:reviewer]')
    await cycle(now + 2 * minute)
    expect(await openFaults()).toEqual(['trial/nothing no_owner'])
    staff('tests: [kim]\ntest: [nobody, kim]')
    await cycle(now + 3 * minute)
    expect(await openFaults()).toEqual([])
    staff('tests: 5')
    await cycle(now + 4 * minute)
    expect(await openFaults()).toEqual([])
    const [kim] = await app.access.users()
    await app.access.changeUser(kim?.user_id ?? '', { disabled: true }, operator)
    await cycle(now + 5 * minute)
    expect(await openFaults()).toEqual(['trial/nothing no_owner', `${name} no_owner`])
  })

  test('a runner that stands still is missed; after a restart each missed window runs once', async () => {
    await sell('2026-05-01', ['A'])
    await cycle(midnight('2026-05-02') + morning)
    for (const date of ['2026-05-02', '2026-05-03', '2026-05-04']) await sell(date, ['A'])
    const later = midnight('2026-05-05') + morning
    await app.batch.check(later)
    expect(await openFaults()).toEqual([`${name} missed`])
    await app.close()
    await open()
    await cycle(later)
    await cycle(later + minute)
    expect(await statuses()).toEqual(['scheduled applied', 'catch_up applied', 'catch_up applied', 'first applied'])
    expect((await app.batch.runs(name, 4)).map((run) => run.late)).toEqual([false, true, true, false])
    expect(await openFaults()).toEqual([])
    expect(await actions()).toHaveLength(4)
  })

  test('a planted subject that is not found holds the run and raises an alert; planted subjects never act', async () => {
    await sell('2026-05-01', ['A'])
    await put({ ...sellers, query: sellers.query.replace('price < 1', "price < 1 AND seller_id NOT LIKE '%-%'") })
    await cycle(midnight('2026-05-02') + morning)
    expect(await statuses()).toEqual(['first held'])
    expect(await openFaults()).toEqual([`${name} canary_missed`])
    expect(await actions()).toEqual([])
    expect(await app.facts.rows("SELECT count(*) AS n FROM events WHERE seller_id LIKE 'canary%'")).toEqual([{ n: 0 }])
  })

  test('hits that fall away and a population that shifts raise alerts', async () => {
    await put({ ...sellers, cap: 30 })
    const cheap = Array.from({ length: 20 }, (_, index) => `C${index}`)
    for (let date = 1; date <= 6; date++) {
      await sell(`2026-05-0${date}`, cheap, 60)
      await cycle(midnight(`2026-05-0${date}`) + day + morning)
    }
    expect(await openFaults()).toEqual([])
    await sell('2026-05-07', ['C1'], 60, 500)
    await cycle(midnight('2026-05-08') + morning)
    expect(await openFaults()).toEqual([`${name} hit_decay`, `${name} drift`])
    expect((await app.batch.runs(name, 1))[0]?.report?.psi).toBeGreaterThan(1)
  })

  test('a run that takes far longer than its past raises an alert, and the next one of the usual length closes it', async () => {
    await sell('2026-05-06', ['A'])
    await app.batch.check(midnight('2026-05-01'))
    const runs = [1, 1.2, 0.9, 1, 1.1, 60].map((seconds, index) => ({ seconds, at: midnight(`2026-05-0${index + 1}`) }))
    await app.db.transaction().execute(async (tx) => {
      for (const { seconds, at } of runs) {
        const run_id = `run_${at}`
        const by = { run_id, at, cause: name, actor: 'schedule' }
        await record(tx, 'batch_runs', {
          ...{ ...by, strategy: name, version: 1, mode: 'live', kind: 'scheduled', attempt: 1, due: at + 6 * hour },
          ...{ window_from: at - day, window_to: at },
        })
        const canaries = { expected: 1, missed: [] }
        const report = {
          seconds,
          rows_in: 23,
          inputs: [],
          hits: 0,
          fresh: 0,
          repeats: 0,
          canaries,
          psi: null,
          faults: [],
        }
        for (const [turn, type] of (['started', 'finished', 'applied'] as const).entries())
          await record(tx, 'batch_run_events', {
            ...{ ...by, at: at + turn, run_event_id: `${run_id}.${turn}`, type },
            data: JSON.stringify(type === 'finished' ? report : {}),
          })
      }
    })
    await app.batch.check(midnight('2026-05-06') + morning)
    expect(await openFaults()).toEqual([`${name} slow`])
    expect(String((await app.batch.openAlerts())[0]?.detail)).toContain('it took 60 s where 1.0 s are usual')
    await cycle(midnight('2026-05-07') + morning)
    expect(await openFaults()).toEqual([])
  })

  test('a person who takes note of an alert is not told again of the same run', async () => {
    await sell('2026-05-01', ['A'])
    await cycle(midnight('2026-05-02') + morning)
    const now = midnight('2026-05-03') + morning
    await cycle(now)
    for (const alert of await app.batch.openAlerts())
      await app.lifecycle.release(alert.alert_id, {
        principal: operator,
        reason: 'known',
        position: app.journal.durable(),
        now,
      })
    await app.batch.check(now + minute)
    expect(await openFaults()).toEqual([])
  })
})

test('what reviewers say of a hit is a label: precision of the strategy, and the next backtest', async () => {
  await put({ ...sellers, verdict: 'review' })
  await sell('2026-05-01', ['A', 'B'])
  const shop = app.pipeline.submit(
    {
      id: 'open-A',
      source: 'test',
      type: 'shop.opened',
      time: '2026-05-01T09:00:00Z',
      data: { shop_id: 'A', name: 'A' },
    },
    { history: true },
  )
  if (shop.status !== 'accepted') throw new Error('refused')
  await shop.durable
  const window = { from: midnight('2026-05-01'), to: midnight('2026-05-02') }
  await app.batch.run(name, { actor: 'me', now: window.to + morning, window })
  await app.settled()
  const { items } = await app.cases.list({ holder: 'r', now: 0, limit: 10 })
  expect(items.map((item) => [item.subject_type, item.subject_id])).toEqual([
    ['shop', 'A'],
    ['shop', 'B'],
  ])
  const at = Date.now() * 1000
  for (const item of items) {
    await app.cases.lease(item.case_id, operator, at)
    await app.cases.decide(item.case_id, { outcome: item.subject_id === 'A' ? 'remove' : 'allow' }, operator, at)
  }
  await app.cases.settle(at + 60_000_000)
  await app.settled()
  const strategy = app.batch.mustFind(name)
  expect((await app.batch.precision(strategy)).precision).toMatchObject({ value: 0.5, n: 2 })
  const dry = await app.batch.dryRun(name, { window, now: at })
  expect([...dry.labels.bySubject]).toEqual(
    expect.arrayContaining([
      ['shop:A', 'violation'],
      ['shop:B', 'ok'],
    ]),
  )
  const trial = await app.backtest.run({ when: "name = 'A'", on: ['shop.opened'] })
  expect(trial.labels).toEqual({ violation: 1, ok: 0, overturned: 0, unlabelled: 0 })
})

test('a case that does not hold, a query that does not run and a planted row that does not fit are named by pack test', async () => {
  const found = async (change: Record<string, unknown>) => {
    await put({ ...sellers, ...change })
    const [pack] = app.pipeline.engine().programs.packs
    if (!pack) throw new Error('no pack')
    return runBatchCases(pack)
  }
  expect(await found({})).toEqual({ passed: 2, failures: [] })
  const wrong = await found({ query: sellers.query.replace('>= 3', '>= 2') })
  expect(wrong.failures).toEqual([{ case: 'give-away: two are few', trap: true, diff: ['+ shop:A (not expected)'] }])
  const broken = await found({ query: 'SELECT nothing FROM nowhere' })
  expect(broken.failures[0]?.diff.join()).toContain('nowhere')
  const outside = await found({
    query: "SELECT 'shop' AS subject_type, content AS subject_id, 1 AS score FROM read_text('/etc/passwd')",
  })
  expect(outside.failures[0]?.diff.join()).toContain('read_text')
  const misfit = await found({
    canaries: [{ ...sellers.canaries[0], rows: [{ type: 'listing.submitted', prise: 1 }] }],
  })
  expect(misfit.failures[0]?.diff.join()).toContain('no column "prise"')
})

test('a pack whose batch strategy has no such policy, schedule or day, or a name that is taken, is refused with the place', async () => {
  for (const [change, reason] of [
    [{ policy: 'P9' }, /names policy "P9"/],
    [{ schedule: { cron: '0 25 * * *' } }, /schedule of "give-away" cannot be used/],
    [{ schedule: { timezone: 'Mars/Olympus' } }, /schedule of "give-away" cannot be used/],
    [{ cap: 51 }, /cap of "give-away" is above output.max/],
    [{ canaries: [{ ...sellers.canaries[0], subject_id: 'real-shop' }] }, /canaries/],
    [{ contract: [] }, /contract/],
    [{ cases: sellers.cases.slice(0, 1) }, /cases/],
    [{ id: 'nothing' }, /is a strategy of this pack already/],
  ] as const) {
    await put({ ...sellers, ...change })
    const [status] = app.packs.statuses()
    expect(status?.problems.map((problem) => problem.message.en).join(), JSON.stringify(change)).toMatch(reason)
    expect(status?.problems[0]?.file).toMatch(/^batch\//)
  }
})

test('an event that pretends to be a hit is refused', () => {
  const sent = (raw: Record<string, unknown>) =>
    app.pipeline.submit({ id: 'x', source: 'me', type: 'batch.hit', data: {}, ...raw })
  expect(sent({}).status).toBe('refused')
  expect(sent({ source: `batch/${name}@1`, type: 'listing.submitted', data: { listing_id: 'L' } }).status).toBe(
    'refused',
  )
})
