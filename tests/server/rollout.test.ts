import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { record } from '../../src/kernel/database.ts'
import { nowMicros } from '../../src/kernel/time.ts'
import { type House, listing, openHouse, testPacks } from './harness.ts'

const root = mkdtempSync(join(tmpdir(), 'aedile-rollout-'))
const packs = join(root, 'packs')
const folder = join(root, 'data')
const console_ = { 'x-aedile': 'console' }
let house: House
type Someone = (method: string, path: string, body?: unknown) => ReturnType<House['call']>
let anna: Someone
let ben: Someone
let reader: Someone
let cookies: Record<string, string>

const as =
  (cookie: () => string): Someone =>
  (method, path, body) =>
    house.call(method, path, { cookie: cookie(), headers: console_, ...(body === undefined ? {} : { body }) })
const ok = async (answer: ReturnType<House['call']>) => {
  const found = await answer
  if (found.status !== 200) throw new Error(`${found.status} ${found.text}`)
  return found.body
}

async function open(): Promise<void> {
  house = await openHouse({ packs, folder })
}

beforeAll(async () => {
  cpSync(testPacks, packs, { recursive: true })
  await open()
  cookies = {}
  for (const [login, role] of [
    ['anna', 'strategist'],
    ['ben', 'strategist'],
    ['vera', 'viewer'],
  ] as const)
    cookies[login] = (await house.person(login, role)).cookie
  anna = as(() => cookies['anna'] ?? '')
  ben = as(() => cookies['ben'] ?? '')
  reader = as(() => cookies['vera'] ?? '')
})
afterAll(async () => {
  await house.close()
  rmSync(root, { recursive: true, force: true })
})

const words = {
  id: 'knives',
  version: 1,
  title: { zh: '刀具', en: 'Knives' },
  policy: 'LOOP.BANNED',
  on: ['listing.submitted'],
  markets: ['*'],
  when: "title LIKE '%knife%'",
  verdict: 'block',
  mode: 'live',
  owner: 'tests',
}
const casesOf = (id: string, word: string) =>
  JSON.stringify([
    {
      name: `${id} fires`,
      event: { type: 'listing.submitted', data: { listing_id: 'a', seller_id: 's', title: `a ${word}` } },
      expect: { verdict: 'block', strategies: [id] },
    },
    {
      name: `${id} leaves alone`,
      trap: true,
      event: { type: 'listing.submitted', data: { listing_id: 'b', seller_id: 's', title: 'a spoon' } },
      expect: { verdict: 'pass', not_strategies: [id] },
    },
  ])
const draft = async (change: Readonly<Record<string, unknown>> = {}, cases = casesOf('knives', 'knife')) =>
  (await ok(anna('POST', '/v1/drafts', { pack: 'loop', strategy: { ...words, ...change }, cases }))).draft_id as string
const decide = async (title: string, more: Readonly<Record<string, unknown>> = {}) => {
  const token = await house.token('strategist')
  return (await house.call('POST', '/v1/decide', { token, body: listing({ title, ...more }) })).body
}
const step = (who: Someone, body: Readonly<Record<string, unknown>>, id = 'knives') =>
  who('POST', `/v1/strategies/loop/${id}/steps`, { reason: 'test', ...body })
const versions = async (id = 'knives') => (await ok(reader('GET', `/v1/strategies/loop/${id}/versions`))).versions
const codes = (answer: { body: { obstacles?: { code: string }[] } }) =>
  answer.body.obstacles?.map((obstacle) => obstacle.code)

describe('a draft', () => {
  test('may be wrong; its check names place, reason and fix, and it cannot be published', async () => {
    const id = await draft({ when: "titel LIKE '%knife%'" })
    const found = await ok(anna('GET', `/v1/drafts/${id}`))
    expect(found.check.problems[0]).toMatchObject({ file: 'draft', message: { en: expect.stringContaining('titel') } })
    expect(found.obstacles.map((obstacle: { code: string }) => obstacle.code)).toEqual(['invalid'])
    const refused = await anna('POST', `/v1/drafts/${id}/publish`, { reason: 'x' })
    expect([refused.status, refused.body.code]).toEqual([422, 'pack_invalid'])
    expect((await ok(anna('GET', '/v1/packs/loop'))).status).toBe('live')
  })

  test('keeps every revision, and two people who write at once do not overwrite each other', async () => {
    const id = await draft()
    const next = { revision: 1, strategy: { ...words, when: "title LIKE '%knives%'" } }
    expect((await ok(ben('PUT', `/v1/drafts/${id}`, next))).revision).toBe(2)
    const late = await anna('PUT', `/v1/drafts/${id}`, next)
    expect([late.status, late.body.code]).toEqual([409, 'conflict'])
    const found = await ok(reader('GET', `/v1/drafts/${id}`))
    expect(found.revisions.map((one: { revision: number }) => one.revision)).toEqual([2, 1])
    expect(found.strategy.when).toBe("title LIKE '%knives%'")
    await ok(anna('DELETE', `/v1/drafts/${id}`))
    expect((await reader('GET', `/v1/drafts/${id}`)).status).toBe(404)
  })

  test('is not published without a firing case, a trap, passing cases and an impact card', async () => {
    const id = await draft({}, '[]')
    const publish = (of: string) => anna('POST', `/v1/drafts/${of}/publish`, { reason: 'knives are banned' })
    expect(codes(await publish(id))).toEqual(['no-firing-case', 'no-trap', 'no-backtest'])
    const failing = await draft({}, casesOf('knives', 'fork'))
    expect(codes(await publish(failing))).toContain('cases-failed')
    expect(codes(await publish(await draft()))).toEqual(['no-backtest'])
    expect(codes(await publish(await draft({ id: 'banned', version: 3 }, casesOf('banned', 'knife'))))).toContain(
      'version-taken',
    )
  })

  test('that was only computed a card is not published: whoever asks names it, and a changed condition makes it stale', async () => {
    const id = await draft()
    const ask = (card_id?: string) => anna('POST', `/v1/drafts/${id}/publish`, { reason: 'knives', card_id })
    const { card_id } = await ok(anna('POST', `/v1/drafts/${id}/backtest`, {}))
    expect((await ok(anna('GET', `/v1/drafts/${id}`))).card).toMatchObject({ card_id, revision: 1 })
    expect(codes(await ask())).toEqual(['card-unconfirmed'])
    expect(codes(await ask('trial_of_another'))).toEqual(['card-stale'])
    // The same card, had the facts been behind when it was computed.
    const trials = house.app.db.selectFrom('draft_trials').selectAll().where('trial_id', '=', card_id)
    const seen = await trials.executeTakeFirstOrThrow()
    const summary = JSON.stringify({ ...JSON.parse(seen.summary), caught_up: false })
    await house.app.db
      .insertInto('draft_trials')
      .values({ ...seen, trial_id: 'behind', summary })
      .execute()
    expect(codes(await ask('behind'))).toEqual(['card-behind'])
    const strategy = { ...words, when: "title LIKE '%a knife%'" }
    await ok(anna('PUT', `/v1/drafts/${id}`, { revision: 1, strategy }))
    expect((await ok(anna('GET', `/v1/drafts/${id}`))).card).toBeNull()
    expect(codes(await ask(card_id))).toEqual(['no-backtest'])
    await ok(anna('POST', `/v1/drafts/${id}/backtest`, {}))
    expect(codes(await ask(card_id))).toEqual(['card-stale'])
    await ok(anna('DELETE', `/v1/drafts/${id}`))
  })

  test('whose condition is checked as one types gets the place of the error, or what it reads', async () => {
    const wrong = await ok(anna('POST', '/v1/strategies/check', { when: 'price > 5 AND titel IS NULL' }))
    expect(wrong).toMatchObject({ ok: false, error: { position: 14, caret: expect.stringContaining('^') } })
    const right = await ok(anna('POST', '/v1/strategies/check', { when: 'loop_brand AND loop_seller_1h > 2' }))
    expect(right).toMatchObject({ ok: true, always: null })
    expect(right.columns.map((column: { kind: string }) => column.kind).sort()).toEqual(['feature', 'signal'])
    expect(await ok(anna('POST', '/v1/strategies/check', { when: 'price > 5 AND price < 3' }))).toMatchObject({
      always: false,
    })
  })
})

describe('publication', () => {
  let request = ''

  test('of what can hurt waits for a second person; the same person cannot approve, also not by a token of theirs', async () => {
    const id = await draft()
    const seen = await ok(anna('POST', `/v1/drafts/${id}/backtest`, {}))
    const given = { reason: 'knives are banned', card_id: seen.card_id }
    const asked = await ok(anna('POST', `/v1/drafts/${id}/publish`, given))
    expect(asked).toMatchObject({ status: 'waiting', running: null })
    request = asked.approval_id
    const [shown] = (await ok(ben('GET', `/v1/drafts/${id}`))).requests
    expect(shown.card).toMatchObject({
      ...{ card_id: seen.card_id, revision: 1, hash: expect.stringMatching(/^[0-9a-f]{16}$/) },
      figures: { hits: seen.hits, events: seen.events, by_market: seen.by_market, sample: [] },
    })
    const approve = (who: Someone) =>
      who('POST', `/v1/approvals/${request}/decide`, { outcome: 'approved', note: 'looks right' })
    const self = await approve(anna)
    expect([self.status, self.body.code]).toEqual([403, 'same_person'])
    // A token that anna made, and one that was made by that token, are anna.
    await house.app.access.changeUser(
      (await house.app.access.users()).find((user) => user.login === 'anna')?.user_id ?? '',
      { roles: ['administrator'] },
      (await import('../../src/edge/serve.ts')).operator,
    )
    const again = await house.call('POST', '/v1/session', { body: { login: 'anna', password: 'password of anna' } })
    cookies['anna'] = again.headers.get('set-cookie')?.split(';')[0] ?? ''
    const first = await ok(anna('POST', '/v1/tokens', { name: 'mine', roles: ['administrator'] }))
    const second = await ok(
      house.call('POST', '/v1/tokens', { token: first.token, body: { name: 'child', roles: ['strategist'] } }),
    )
    for (const { token } of [first, second]) {
      const refused = await house.call('POST', `/v1/approvals/${request}/decide`, {
        token,
        body: { outcome: 'approved', note: 'me again' },
      })
      expect([refused.status, refused.body.code]).toEqual([403, 'same_person'])
    }
    const nobody = await reader('POST', `/v1/approvals/${request}/decide`, { outcome: 'approved', note: 'x' })
    expect([nobody.status, nobody.body.code]).toEqual([403, 'not_allowed'])
    expect((await decide('a knife')).verdict).toBe('pass')
    expect((await ok(ben('GET', '/v1/approvals'))).items).toMatchObject([
      { approval_id: request, status: 'open', about: 'loop/knives@1', mine: false, may_decide: true },
    ])
    const pending = (await ok(reader('GET', `/v1/drafts/${id}`))).requests
    expect(pending).toMatchObject([{ approval_id: request, status: 'open', mine: false, may_decide: false }])
  })

  test('by another person puts the version into shadow: it watches and does not act', async () => {
    expect(
      await ok(ben('POST', `/v1/approvals/${request}/decide`, { outcome: 'approved', note: 'looks right' })),
    ).toMatchObject({
      outcome: 'approved',
      result: { status: 'done', running: 'shadow' },
    })
    const again = await ben('POST', `/v1/approvals/${request}/decide`, { outcome: 'approved', note: 'twice' })
    expect([again.status, again.body.code]).toEqual([409, 'conflict'])
    const decision = await decide('a knife')
    expect(decision.verdict).toBe('pass')
    expect(decision.findings).toMatchObject([{ strategy: 'loop/knives', version: 1, mode: 'shadow' }])
    expect((await versions())[0]).toMatchObject({ version: 1, standing: 'shadow', origin: 'console', approved: true })
  })

  test('goes on by the table only: shadow, canary of n %, live, retired; what was approved once needs no second approval', async () => {
    const skip = await step(anna, { version: 1, to: 'live' })
    expect([skip.status, skip.body.code, skip.body.fix.en]).toEqual([409, 'conflict', 'One of: canary, retired'])
    expect((await step(anna, { version: 1, to: 'canary' })).status).toBe(400)
    expect((await step(reader, { version: 1, to: 'canary', canary: 30 })).status).toBe(403)
    expect(await ok(step(anna, { version: 1, to: 'canary', canary: 30 }))).toMatchObject({ running: 'canary' })
    const modes = await Promise.all(
      Array.from({ length: 60 }, async (_, index) => {
        const decision = await decide('a knife', { listing_id: `canary-${index}` })
        return decision.findings[0].mode as string
      }),
    )
    const acting = modes.filter((mode) => mode === 'live').length
    expect(acting).toBeGreaterThan(5)
    expect(acting).toBeLessThan(35)
    expect(await ok(step(anna, { version: 1, to: 'live' }))).toMatchObject({ running: 'live', status: 'done' })
    expect((await decide('a knife')).verdict).toBe('block')
    const [version] = await versions()
    expect(version.steps.map((one: { to: string }) => one.to)).toEqual(['shadow', 'canary', 'live'])
  })

  test('a challenger runs in shadow beside the champion; the difference is listed event by event', async () => {
    const id = await draft({ version: 2, when: "title LIKE '%knife%' AND title NOT LIKE '%butter%'" })
    const { card_id } = await ok(anna('POST', `/v1/drafts/${id}/backtest`, { days: 1 }))
    const asked = await ok(anna('POST', `/v1/drafts/${id}/publish`, { reason: 'butter knives are fine', card_id }))
    await ok(ben('POST', `/v1/approvals/${asked.approval_id}/decide`, { outcome: 'approved', note: 'agreed' }))
    const both = await decide('a knife of steel')
    expect(both.verdict).toBe('block')
    expect(both.findings).toMatchObject([
      { strategy: 'loop/knives', version: 1, mode: 'live' },
      { strategy: 'loop/knives', version: 2, mode: 'shadow' },
    ])
    const butter = await decide('a butter knife')
    const compared = await ok(reader('GET', '/v1/strategies/loop/knives/compare'))
    expect(compared).toMatchObject({
      champion: 1,
      challenger: 2,
      events: 2,
      sides: { champion: { hits: 1 }, challenger: { hits: 0 }, both: { hits: 1 } },
    })
    const listed = await ok(reader('GET', '/v1/strategies/loop/knives/compare/events?side=champion'))
    expect(listed.items.map((item: { decision_id: string }) => item.decision_id)).toEqual([butter.decision_id])
    // What people say of the two events: the knife was one, the butter knife was not.
    await house.app.db.transaction().execute(async (tx) => {
      for (const [index, { event }] of [both, butter].entries())
        await record(tx, 'labels', {
          label_id: `lbl_compare_${index}`,
          ...{ at: nowMicros(), event_id: event.id, source: event.source, policy: null, strategies: '[]' },
          ...{ subject_type: event.subject_type, subject_id: event.subject, origin: 'import' },
          ...{ label: index === 0 ? 'violation' : 'ok', cause: 'test', actor: 'test' },
        })
    })
    await house.app.settled()
    expect(await ok(reader('GET', '/v1/strategies/loop/knives/compare'))).toMatchObject({
      sides: { champion: { ok: 1, unlabelled: 0 }, both: { violation: 1 } },
      precision: {
        champion: { value: 0.5, n: 2, low: expect.closeTo(0.0945, 3), high: expect.closeTo(0.9055, 3) },
        challenger: { value: 1, n: 1, low: expect.closeTo(0.2065, 3) },
      },
    })
  })

  test('in its canary the challenger acts on its share and the champion on all others', async () => {
    await ok(step(anna, { version: 2, to: 'canary', canary: 50 }))
    const seen = new Set<string>()
    for (let index = 0; index < 40; index++) {
      const decision = await decide('a knife', { listing_id: `beside-${index}` })
      const live = decision.findings.filter((finding: { mode: string }) => finding.mode === 'live')
      expect(live).toHaveLength(1)
      seen.add(live[0].version)
    }
    expect([...seen].sort()).toEqual([1, 2])
    await ok(step(anna, { version: 2, to: 'live' }))
    const after = await versions()
    expect(after.map((one: { version: number; standing: string }) => [one.version, one.standing])).toEqual([
      [2, 'live'],
      [1, 'retired'],
    ])
    expect((await decide('a butter knife')).verdict).toBe('pass')
  })

  test('survives a restart, and replay of all decisions finds no difference', async () => {
    await house.close()
    await open()
    expect((await decide('a knife')).verdict).toBe('block')
    expect((await decide('a butter knife')).findings).toEqual([])
    const token = await house.token('strategist')
    const replayed = await house.call('POST', '/v1/replay', { token, body: {} })
    expect(replayed.body).toMatchObject({ differences: 0 })
    expect(replayed.body.decisions).toBeGreaterThan(100)
  })

  test('exports the files that put it into Git; once they are there nothing changes and nothing is doubled', async () => {
    const exported = await ok(reader('GET', '/v1/packs/loop/export'))
    expect(exported.files.map((one: { file: string }) => one.file)).toEqual([
      'strategies/knives@2.yaml',
      'cases/knives@2.yaml',
    ])
    for (const { file, text } of exported.files) {
      const path = join(packs, 'loop', file.replace('@2', '-2'))
      mkdirSync(dirname(path), { recursive: true })
      writeFileSync(path, text)
    }
    await house.app.reloadPacks()
    expect((await ok(reader('GET', '/v1/packs/loop'))).status).toBe('live')
    expect((await decide('a knife')).findings).toMatchObject([{ version: 2, mode: 'live' }])
    expect((await ok(anna('POST', '/v1/packs/loop/test', {}))).failed).toBe(0)
  })

  test('the same version never changes its text: the files are refused with the fix named and the last version goes on', async () => {
    const file = join(packs, 'loop', 'strategies', 'knives-2.yaml')
    const text = readFileSync(file, 'utf8')
    writeFileSync(file, text.replace('%butter%', '%bread%'))
    await house.app.reloadPacks()
    const pack = await ok(reader('GET', '/v1/packs/loop'))
    expect(pack.problems).toMatchObject([
      { file: 'strategies/knives-2.yaml', fix: { en: 'set "version: 3", or put the text back' } },
    ])
    expect((await decide('a butter knife')).verdict).toBe('pass')
    writeFileSync(file, text.replace('%butter%', '%bread%').replace('version: 2', 'version: 3'))
    await house.app.reloadPacks()
    expect((await ok(reader('GET', '/v1/packs/loop'))).status).toBe('live')
    expect((await versions()).map((one: { standing: string }) => one.standing)).toEqual(['live', 'retired', 'retired'])
  })

  test('steps take effect while the files are not valid, also over a restart', async () => {
    const file = join(packs, 'loop', 'strategies.yaml')
    const text = readFileSync(file, 'utf8')
    const id = await draft(
      { id: 'ladles', policy: 'LOOP.BUSY', verdict: 'label', when: "title LIKE '%ladle%'" },
      casesOf('ladles', 'ladle').replace('"verdict":"block"', '"verdict":"label"'),
    )
    await ok(anna('POST', `/v1/drafts/${id}/publish`, { reason: 'count ladles' }))
    await ok(step(anna, { version: 1, to: 'canary', canary: 99 }, 'ladles'))
    await ok(step(anna, { version: 1, to: 'live' }, 'ladles'))
    expect((await decide('a ladle')).verdict).toBe('label')
    for (const broken of [
      text.replace('verdict: block', 'verdict: blok'),
      text.replace('price > 1000', 'prize > 1000'),
    ]) {
      writeFileSync(file, broken)
      await house.app.reloadPacks()
      expect((await ok(reader('GET', '/v1/packs/loop'))).status).toBe('invalid')
      await house.close()
      await open()
      expect(await ok(reader('GET', '/v1/packs/loop'))).toMatchObject({ status: 'invalid', running: true })
      expect((await decide('a ladle')).verdict).toBe('label')
      expect((await decide('a forbidden thing')).verdict).toBe('block')
      expect(await ok(step(anna, { version: 1, to: 'shadow' }, 'ladles'))).toMatchObject({ running: 'shadow' })
      expect((await decide('a ladle')).verdict).toBe('pass')
      await ok(step(anna, { version: 1, to: 'canary', canary: 99 }, 'ladles'))
      await ok(step(anna, { version: 1, to: 'live' }, 'ladles'))
    }
    writeFileSync(file, text)
    await house.app.reloadPacks()
    expect((await ok(reader('GET', '/v1/packs/loop'))).status).toBe('live')
    expect((await decide('a ladle')).verdict).toBe('label')
  })

  test('ends: a retired version does nothing, and can come back only by way of shadow', async () => {
    await ok(step(anna, { version: 3, to: 'retired' }))
    expect((await decide('a knife')).findings).toEqual([])
    const straight = await step(anna, { version: 3, to: 'live' })
    expect([straight.status, straight.body.fix.en]).toEqual([409, 'One of: shadow'])
    expect(await ok(step(anna, { version: 3, to: 'shadow' }))).toMatchObject({ running: 'shadow' })
    // From the files, never approved here: towards live it needs a second person.
    const asked = await ok(step(anna, { version: 3, to: 'canary', canary: 10 }))
    expect(asked).toMatchObject({ status: 'waiting', running: 'shadow' })
    const withdrawn = await ben('POST', `/v1/approvals/${asked.approval_id}/decide`, {
      outcome: 'withdrawn',
      note: 'not mine',
    })
    expect([withdrawn.status, withdrawn.body.code]).toEqual([403, 'not_allowed'])
    await ok(ben('POST', `/v1/approvals/${asked.approval_id}/decide`, { outcome: 'refused', note: 'no' }))
    expect((await versions())[0]).toMatchObject({ version: 3, standing: 'shadow' })
  })
})

test('what is not possible any more is refused at approval and goes on waiting; who asked can withdraw it', async () => {
  const id = await draft({ id: 'axes', when: "title LIKE '%axe%'" }, casesOf('axes', 'axe'))
  const { card_id } = await ok(anna('POST', `/v1/drafts/${id}/backtest`, { days: 1 }))
  const publish = (revision?: number) =>
    anna('POST', `/v1/drafts/${id}/publish`, { reason: 'axes', card_id, ...(revision ? { revision } : {}) })
  const stale = await publish(7)
  expect([stale.status, stale.body.field]).toEqual([409, 'revision'])
  const asked = await ok(publish(1))
  const twice = await publish()
  expect([twice.status, twice.body.value]).toEqual([409, asked.approval_id])
  const decideOn = (who: Someone, outcome: string) =>
    who('POST', `/v1/approvals/${asked.approval_id}/decide`, { outcome, note: 'seen' })
  // Another way took the version's name meanwhile.
  const file = join(packs, 'loop', 'strategies.yaml')
  const text = readFileSync(file, 'utf8')
  writeFileSync(
    file,
    `${text}\n- id: axes\n  version: 1\n  title: { zh: 斧, en: Axes }\n  policy: LOOP.BUSY\n  on: [listing.submitted]\n  markets: ['*']\n  when: "title = 'an axe'"\n  verdict: label\n  mode: shadow\n  owner: loop\n`,
  )
  await house.app.reloadPacks()
  const late = await decideOn(ben, 'approved')
  expect([late.status, late.body.code]).toEqual([422, 'pack_invalid'])
  const waiting = (await ok(ben('GET', '/v1/approvals'))).items as { approval_id: string }[]
  expect(waiting.map((row) => row.approval_id)).toEqual([asked.approval_id])
  expect(await ok(decideOn(anna, 'withdrawn'))).toEqual({ outcome: 'withdrawn' })
  expect((await ok(ben('GET', '/v1/approvals'))).items).toEqual([])
  writeFileSync(file, text)
  await house.app.reloadPacks()
})

test('what cannot hurt is published by one person', async () => {
  const id = await draft(
    { id: 'forks', policy: 'LOOP.BUSY', verdict: 'label', when: "title LIKE '%fork%'" },
    casesOf('forks', 'fork').replace('"verdict":"block"', '"verdict":"label"'),
  )
  expect(await ok(anna('POST', `/v1/drafts/${id}/publish`, { reason: 'look at forks' }))).toMatchObject({
    status: 'done',
    running: 'shadow',
  })
})

test('nothing of the ledger of rollouts can be changed or deleted, not even by SQL', async () => {
  for (const table of ['drafts', 'strategy_versions', 'rollouts', 'approvals', 'approval_events'] as const) {
    await expect(house.app.db.updateTable(table).set({ at: 0 }).execute()).rejects.toThrow(/insert-only/)
    await expect(house.app.db.deleteFrom(table).execute()).rejects.toThrow(/insert-only/)
  }
})
