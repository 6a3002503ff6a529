import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { stringify } from 'yaml'
import { type App, openApp } from '../../src/edge/app.ts'
import { day, hour, parseTime } from '../../src/kernel/time.ts'
import { testPackFiles } from '../fixtures/trial-pack.ts'

const rounds = 10
const sellersADay = 30
const root = mkdtempSync(join(tmpdir(), 'aedile-kill-batch-'))
const [folder, packs] = [join(root, 'data'), join(root, 'packs')]
afterAll(() => rmSync(root, { recursive: true, force: true }))

const name = 'trial/give-away'
const start = parseTime('2026-05-01T00:00:00Z') ?? 0
const windowOf = (round: number) => ({ from: start + round * day, to: start + (round + 1) * day })
const sellersOf = (round: number) => Array.from({ length: sellersADay }, (_, index) => `S${round}-${index}`)
const both = (text: string) => ({ zh: text, en: text })
const row = { at: '-1h', type: 'listing.submitted', listing_id: 'canary-1', seller_id: 'canary-s', price: 0.5 }

function writePack(): void {
  mkdirSync(join(packs, 'trial', 'batch'), { recursive: true })
  for (const [file, text] of testPackFiles({ strategies: [{ id: 'nothing', when: "title = 'never'" }] }))
    writeFileSync(join(packs, 'trial', file), text)
  const strategy = {
    ...{ id: 'give-away', version: 1, title: both('give away'), policy: 'P1', owner: 'user:kim', verdict: 'block' },
    ...{ schedule: { after: '6h' }, window: '1d', mode: 'live', expires: '2030-01-01', cap: 1000 },
    contract: [{ table: 'events', where: "type = 'listing.submitted'", min_rows: 1, max_age: '1d' }],
    output: { max: 1000, score: [0, 1000] },
    canaries: [{ subject_type: 'shop', subject_id: 'canary-s', rows: [row] }],
    query: `SELECT 'shop' AS subject_type, seller_id AS subject_id, min(price) AS score FROM events
      WHERE type = 'listing.submitted' AND price < 1 AND logged_at > :window_from AND logged_at <= :window_to
      GROUP BY seller_id`,
    cases: [
      { name: 'cheap', rows: [{ ...row, listing_id: 'L', seller_id: 'A' }], expect: ['shop:A'] },
      { name: 'dear', trap: true, rows: [{ ...row, listing_id: 'L', seller_id: 'A', price: 5 }], expect: [] },
    ],
  }
  writeFileSync(join(packs, 'trial', 'batch', 'give-away.yaml'), stringify(strategy))
}

const open = () => openApp({ folder, packs, log: () => undefined })

async function sell(app: App, round: number): Promise<void> {
  const done = sellersOf(round).map((seller, index) =>
    app.pipeline.submit(
      {
        ...{ id: `e-${seller}`, source: 'crash', type: 'listing.submitted' },
        time: new Date((windowOf(round).from + hour + index * 1e6) / 1000).toISOString(),
        data: { listing_id: `L-${seller}`, seller_id: seller, title: 'thing', price: 0.5 },
      },
      { history: true },
    ),
  )
  for (const one of done) {
    if (one.status !== 'accepted') throw new Error(JSON.stringify(one))
    await one.durable
  }
}

/** Runs the strategy over the window of a round in a process of its own, which is killed `delay` ms after the run began. */
async function runAndKill(round: number, delay: number): Promise<'ended' | 'broken off'> {
  const { from, to } = windowOf(round)
  const args = [join(import.meta.dirname, 'batch-runner.ts'), folder, packs, name, from, to, to + 7 * hour].map(String)
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', ...args])
  let [printed, trouble] = ['', '']
  child.stderr.on('data', (piece: Buffer) => {
    trouble += piece
  })
  child.stdout.on('data', (piece: Buffer) => {
    if (printed === '') setTimeout(() => child.kill('SIGKILL'), delay)
    printed += piece
  })
  const [, signal] = await once(child, 'close')
  if (signal !== 'SIGKILL') throw new Error(`the run ended by itself: ${trouble}`)
  return printed.includes('ended') ? 'ended' : 'broken off'
}

test(`batch runs killed with kill -9 at random points, ${rounds} times: each is completed or marked and repeated, everybody is acted on once`, async () => {
  writePack()
  let app = await open()
  // After the turn of that morning, whose window is empty.
  await app.batch.check(start + 7 * hour)
  for (let round = 0; round <= rounds; round++) await sell(app, round)
  await app.settled()
  const began = performance.now()
  await app.batch.run(name, { window: windowOf(0), now: windowOf(0).to + 7 * hour, actor: 'crash' })
  const usual = performance.now() - began
  await app.close()

  const ends = new Set<string>()
  for (let round = 1; round <= rounds; round++)
    ends.add(await runAndKill(round, ((round - 1 + Math.random()) / rounds) * usual))
  expect(ends).toContain('broken off')

  app = await open()
  try {
    const now = windowOf(rounds).to + 8 * hour
    await app.batch.resume(now)
    const broken = (await app.batch.runs(name, 100)).filter((run) => run.status === 'failed')
    for (const run of broken) expect(run.report?.faults[0]?.detail.en).toBe('the program ended while it ran')
    // A broken run is tried again some minutes after it was found.
    for (const job of await app.batch.due(now + hour)) await job.run()
    await app.settled()

    const runs = await app.batch.runs(name, 100)
    expect(new Set(runs.map((run) => run.status))).toEqual(
      new Set(broken.length > 0 ? ['applied', 'failed'] : ['applied']),
    )
    const applied = runs.filter((run) => run.status === 'applied').map((run) => run.window_to)
    const windows = Array.from({ length: rounds + 1 }, (_, round) => windowOf(round).to)
    expect(applied.sort((a, b) => a - b)).toEqual(windows)

    const everybody = windows.flatMap((_, round) => sellersOf(round)).sort()
    const acted = await app.db.selectFrom('actions').select('target_id').execute()
    expect(acted.map((action) => action.target_id).sort()).toEqual(everybody)
    const decided = await app.facts.rows("SELECT subject_id FROM decisions WHERE event_type = 'batch.hit'")
    expect(decided.map((decision) => decision['subject_id']).sort()).toEqual(everybody)
    const points = await app.db.selectFrom('points').select('cause').execute()
    expect(points).toHaveLength(everybody.length)
  } finally {
    await app.close()
  }
}, 300_000)
