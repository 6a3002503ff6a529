import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { type Running, startServer } from '../crash/server-process.ts'
import { listing, testPacks } from './harness.ts'

const root = mkdtempSync(join(tmpdir(), 'aedile-reload-'))
const packs = join(root, 'packs')
const strategies = join(packs, 'loop', 'strategies.yaml')
let server: Running
const restore: (() => void)[] = []
afterEach(() => {
  for (const back of restore.splice(0)) back()
})

beforeAll(async () => {
  cpSync(testPacks, packs, { recursive: true })
  server = await startServer(join(root, 'data'), { packs })
})
afterAll(async () => {
  await server.end()
  rmSync(root, { recursive: true, force: true })
})

const call = (method: string, path: string, body?: unknown) =>
  server.call(method, path, { token: server.token, ...(body === undefined ? {} : { body }) })
const decide = async (data: Readonly<Record<string, unknown>>) => (await call('POST', '/v1/decide', listing(data))).body
const pack = async () => (await call('GET', '/v1/packs/loop')).body
/** Changes the strategies, and their versions with them: a version never changes its text. */
const edit = (from: string | RegExp, to: string) =>
  writeFileSync(
    strategies,
    readFileSync(strategies, 'utf8')
      .replaceAll(/version: (\d+)/g, (_, version) => `version: ${Number(version) + 1}`)
      .replace(from, to),
  )

async function until<Answer>(ask: () => Promise<Answer>, wanted: (answer: Answer) => boolean): Promise<Answer> {
  for (let tries = 0; tries < 200; tries++) {
    const answer = await ask()
    if (wanted(answer)) return answer
    await new Promise((resolve) => setTimeout(resolve, 25))
  }
  throw new Error(`it did not become so: ${server.output()}`)
}

test('a strategy changed on disk is live within seconds, under load, without a failed request and without losing its windows', async () => {
  for (let number = 0; number < 3; number++) await decide({ seller_id: 'window' })
  let running = true
  const statuses = new Map<number, number>()
  const load = Promise.all(
    Array.from({ length: 3 }, async () => {
      while (running) {
        const answer = await call('POST', '/v1/decide', listing({ title: 'something new' }))
        statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1)
      }
    }),
  )
  expect((await decide({ title: 'a novelty' })).verdict).toBe('pass')
  edit("'%forbidden%'", "'%novelty%'")
  await until(
    () => decide({ title: 'a novelty' }),
    (decision) => decision.verdict === 'block',
  )
  expect((await decide({ title: 'forbidden' })).verdict).toBe('pass')
  for (const word of ['one', 'two', 'three']) {
    edit(/'%(novelty|one|two)%'/, `'%${word}%'`)
    await until(
      () => decide({ title: `number ${word}` }),
      (decision) => decision.verdict === 'block',
    )
  }
  expect(await decide({ seller_id: 'window' })).toMatchObject({ verdict: 'label', saw: { loop_seller_1h: 4 } })
  running = false
  await load
  expect([...statuses.keys()]).toEqual([200])
  expect(statuses.get(200)).toBeGreaterThan(50)
}, 60_000)

test.each([
  ['YAML that does not parse', 'verdict: block', 'verdict: [block', /not valid YAML/, 'strategies.yaml'],
  ['a field that does not fit', 'verdict: block', 'verdict: blok', /verdict/, 'strategies.yaml'],
  ['an unknown column', "title LIKE '%three%'", "titel LIKE '%three%'", /Unknown column "titel"/, 'strategies.yaml'],
  ['a type error', "title LIKE '%three%'", "price LIKE '%three%'", /price/, 'strategies.yaml'],
  ['an unknown policy', 'policy: LOOP.BANNED', 'policy: LOOP.BANED', /policy "LOOP.BANED"/, 'strategies.yaml'],
] as const)(
  '%s: the last valid version keeps running, and file, line, reason and fix are shown',
  async (_name, from, to, reason, file) => {
    const valid = readFileSync(strategies, 'utf8')
    expect(valid).toContain(from)
    restore.push(() => writeFileSync(strategies, valid))
    edit(from, to)
    const broken = await until(pack, (found) => found.status === 'invalid')
    expect(broken).toMatchObject({ running: true, version: '1.0.0', problems: expect.any(Array) })
    const problem = broken.problems.find((found: { message: { en: string } }) => reason.test(found.message.en))
    expect(problem).toMatchObject({
      file,
      line: expect.any(Number),
      fix: { zh: expect.any(String), en: expect.any(String) },
    })
    expect(problem.line).toBeLessThan(14)
    expect((await decide({ title: 'number three' })).verdict).toBe('block')
    const home = (await call('GET', '/v1/overview')).body
    expect(home.packs.invalid).toMatchObject([{ pack: 'loop' }])
    expect(home.alarms.map((alarm: { id: string }) => alarm.id)).toContain('pack:loop')
    await until(
      async () => server.output(),
      (printed) => /loop.*strategies\.yaml:\d+/.test(printed),
    )
    writeFileSync(strategies, valid)
    await until(pack, (found) => found.status === 'live')
    expect((await decide({ title: 'number three' })).verdict).toBe('block')
  },
  60_000,
)

test('a list entry added by a person counts for the next event and survives a reload and a restart', async () => {
  expect((await decide({ brand: 'Newcorp' })).verdict).toBe('pass')
  expect((await call('POST', '/v1/lists/loop-brands/entries', { value: 'Newcorp', reason: 'test' })).body).toEqual({
    added: 1,
  })
  expect((await decide({ brand: 'newcorp' })).verdict).toBe('block')
  edit('%three%', '%four%')
  await until(
    () => decide({ title: 'number four' }),
    (decision) => decision.verdict === 'block',
  )
  expect((await decide({ brand: 'Newcorp' })).verdict).toBe('block')
  expect(await server.end()).toEqual({ code: 0, signal: null })
  server = await startServer(join(root, 'data'), { packs })
  expect((await decide({ brand: 'Newcorp' })).verdict).toBe('block')
  expect(await decide({ seller_id: 'window' })).toMatchObject({ saw: { loop_seller_1h: 5 } })
})

test('a start with nothing but an invalid pack works, decides nothing, and says why', async () => {
  await server.end()
  const valid = readFileSync(strategies, 'utf8')
  edit('verdict: block', 'verdict: blok')
  server = await startServer(join(root, 'other'), { packs })
  expect(await pack()).toMatchObject({ status: 'invalid', running: false })
  expect(server.output()).toMatch(/loop.*strategies\.yaml:\d+/)
  expect((await decide({ title: 'number four' })).verdict).toBe('pass')
  writeFileSync(strategies, valid)
  await until(
    () => decide({ title: 'number four' }),
    (decision) => decision.verdict === 'block',
  )
})
