import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ladderIds, loadLadder } from '../../src/edge/cli/standing.ts'
import { contestingIn, readQuizzes } from '../../src/edge/enforcement.ts'
import { shippedPacks } from '../../src/edge/pack-files.ts'
import { actionKind, type PointsRow } from '../../src/enforcement/actions/index.ts'
import { createSanctions, mark, quizFor } from '../../src/enforcement/conduct/index.ts'
import { bodyOf } from '../../src/enforcement/outbound/index.ts'
import { part } from '../../src/kernel/database.ts'
import { nowMicros } from '../../src/kernel/time.ts'
import { type House, listing, openHouse } from './harness.ts'

let house: House
let reviewer: string
let viewer: string
beforeAll(async () => {
  house = await openHouse({ clock: false })
  reviewer = await house.token('reviewer')
  viewer = await house.token('viewer')
})
afterAll(() => house.close())

const day = 86_400_000_000
let numbers = 0
/** Gives points by hand, as a decision would: through the ledger with everything that follows. */
async function violate(
  party: { type: string; id: string },
  { points = 4, at = nowMicros(), more = {} }: { points?: number; at?: number; more?: Partial<PointsRow> } = {},
): Promise<string> {
  const number = ++numbers
  const row: PointsRow = {
    entry_id: `pts_test_${number}`,
    at,
    ladder: house.app.rules().ladderOf(party.type) ?? '',
    party_type: party.type,
    party_id: party.id,
    type: 'violation',
    class: 'other',
    points,
    ref: null,
    policy: 'LOOP.BANNED',
    policy_version: 2,
    cause: `dec_test_${number}`,
    actor: 'strategy',
    ...more,
  }
  await house.app.db
    .transaction()
    .execute((tx) => house.app.enforcement.write(tx as never, { actions: [], points: [row] }, null))
  await house.app.enforcing.sanctions.followNews(nowMicros())
  return row.entry_id
}
/** Notices that a restriction of the party ran out. */
const endsTold = (party: string) =>
  house.app.db
    .selectFrom('notices')
    .innerJoin('actions', 'actions.action_id', 'notices.cause')
    .selectAll('notices')
    .where('notices.party_id', '=', party)
    .orderBy('notices.at')
    .execute()
const overturn = async (id: string) => {
  const rows = await house.app.db.selectFrom('points').selectAll().where('entry_id', '=', id).execute()
  await house.app.db
    .transaction()
    .execute((tx) =>
      house.app.enforcement.reverse(
        tx as never,
        { actions: [], points: rows },
        { cause: `by-${id}`, actor: 'somebody', at: nowMicros() },
      ),
    )
  await house.app.enforcing.sanctions.followNews(nowMicros())
}
const ledgersOf = async (type: string, id: string) =>
  (await house.call('GET', `/v1/standing/${type}/${id}`, { token: viewer })).body.ledgers
const scoreOf = async (type: string, id: string) => (await ledgersOf(type, id))[0]?.score
const held = async (id: string) => {
  const rows = await house.app.db.selectFrom('actions').selectAll().where('target_id', '=', id).execute()
  return rows.filter((row) => row.inverse_of === null && !rows.some((other) => other.inverse_of === row.action_id))
}
const seller = (id: string) => ({ type: 'seller', id })
const post = (path: string, body: object) => house.call('POST', path, { token: reviewer, body })

test('crossing a milestone becomes an action with its time, a notice and a statement; an overturn takes exactly that back', async () => {
  await violate(seller('m1'), { points: 8 })
  expect(await held('m1')).toEqual([])
  const second = await violate(seller('m1'), { points: 5 })
  const [action] = await held('m1')
  expect(action).toMatchObject({
    kind: 'restrict_features',
    cause: second,
    policy: 'LOOP.BANNED',
    target_type: 'seller',
  })
  expect(JSON.parse(action?.detail ?? '')).toMatchObject({
    ladder: 'house-shop',
    sanction: 'listing-limit',
    threshold: 12,
  })
  expect((action?.until ?? 0) - (action?.at ?? 0)).toBeGreaterThan(6.9 * day)
  const notices = await house.app.db.selectFrom('notices').selectAll().where('party_id', '=', 'm1').execute()
  expect(notices.filter((row) => row.action_ids.includes(action?.action_id ?? '?'))).toHaveLength(1)
  expect(notices.at(-1)?.text).toMatch(/First restriction/)
  expect(notices.at(-1)?.text).toMatch(/第一级限制/)
  await house.app.settled()
  expect((await house.app.statements.find(action?.action_id ?? '')).problems).toBe('[]')
  await house.app.enforcing.sanctions.settle(seller('m1'), nowMicros())
  expect(await held('m1')).toHaveLength(1)

  await overturn(second)
  expect(await held('m1')).toEqual([])
  const rows = await house.app.db.selectFrom('actions').selectAll().where('target_id', '=', 'm1').execute()
  expect(rows.map((row) => row.kind)).toEqual(['restrict_features', 'allow_features'])
  // Crossed again by another violation: another action.
  await violate(seller('m1'), { points: 6 })
  expect(await held('m1')).toHaveLength(1)
})

test('a sanction ends by itself when its time is over, once, and its end is told outside like any other', async () => {
  await violate(seller('e1'), { points: 13 })
  const [action] = await held('e1')
  const after = (action?.until ?? 0) + 1
  expect(await house.app.enforcement.expire(after)).toBeGreaterThan(0)
  await house.app.enforcement.expire(after)
  await house.app.enforcing.sanctions.tick(after)
  const inverses = await house.app.db
    .selectFrom('actions')
    .selectAll()
    .where('inverse_of', '=', action?.action_id ?? '')
    .execute()
  expect(inverses).toMatchObject([{ kind: 'allow_features', cause: action?.action_id, actor: 'system' }])
  const told = await endsTold('e1')
  expect(told).toHaveLength(1)
  expect(told[0]?.at).toBe(action?.until)
  expect(told[0]?.text).toMatch(/自 .* 起恢复.*已到期.*is restored since .* ran out and ended by itself/s)
  // What it cost can still be appealed against.
  const filed = await post('/v1/appeals', { action_id: action?.action_id, text: 'no', by: 'x' })
  expect(filed.status).toBe(200)
})

test('the party is told once that a restriction ran out, and what still holds; what is taken back early ran not out', async () => {
  const target = { type: 'listing', id: 'w1' }
  const impose = async (kind: string, days: number | null) => {
    const body = { kind, target, party: seller('sw1'), days, reason: 'checked by hand' }
    const { action_id } = (await post('/v1/actions', body)).body
    return (await house.app.db.selectFrom('actions').selectAll().where('action_id', '=', action_id).execute())[0]
  }
  const [demoted, labelled, delisted] = [await impose('demote', 3), await impose('label', 9), await impose('delist', 2)]
  await post(`/v1/actions/${delisted?.action_id}/lift`, { reason: 'documents came' })
  for (const action of [demoted, demoted, labelled]) await house.app.enforcement.expire((action?.until ?? 0) + 1)
  const told = await endsTold('sw1')
  expect(told.map((row) => row.action_ids)).toEqual([demoted, labelled].map((row) => JSON.stringify([row?.action_id])))
  expect(told[0]?.text).toMatch(/ran out on .* Still in force: /)
  expect(told[1]?.text).toMatch(/is restored since/)
  const [inverse] = await house.app.db
    .selectFrom('actions')
    .selectAll()
    .where('inverse_of', '=', demoted?.action_id ?? '')
    .execute()
  if (!inverse) throw new Error('nothing was taken back')
  const call = JSON.parse(bodyOf(inverse)) as { ran_out?: boolean; notice_id?: string }
  expect(call).toMatchObject({ type: 'action.reversed', ran_out: true, notice_id: told[0]?.notice_id })
  const read = await house.call('GET', `/v1/notices/${call.notice_id}`, { token: reviewer })
  expect(read.body.subject).toEqual(target)
})

describe('while an appeal waits', () => {
  /** The real ladders, with another answer to whether sanctions rest. */
  const settling = (whileAppealed: 'rest' | 'run') =>
    createSanctions({
      db: part(house.app.db),
      enforcement: house.app.enforcement,
      appeals: contestingIn(part(house.app.db)),
      rules: () => {
        const known = house.app.rules()
        const found = (id: string) => known.ladder?.(id)
        return {
          ...known,
          ladder: (id) => {
            const ladder = found(id)
            return ladder && { ...ladder, whileAppealed }
          },
        }
      },
    })
  const settle = (mode: 'rest' | 'run', id: string) => settling(mode).settle(seller(id), nowMicros())
  const appeal = async (id: string) => {
    const [action] = await held(id)
    const [entry] = await house.app.db.selectFrom('points').selectAll().where('party_id', '=', id).execute()
    const filed = await house.app.appeals.file({
      side: 'subject',
      actionId: entry?.entry_id ?? '',
      text: 'not so',
      by: { id: `for:${id}` },
      now: nowMicros(),
    })
    return { action, filed }
  }
  const decide = async (id: string, outcome: 'upheld' | 'overturned') => {
    const rules = { outcome, note: 'looked at again' }
    await house.app.appeals.decide(id, rules, { id: 'another' }, nowMicros())
  }

  test('sanctions of a ladder run, as long as it does not say that they rest', async () => {
    await violate(seller('r1'), { points: 13 })
    await appeal('r1')
    await settle('run', 'r1')
    await house.app.enforcing.sanctions.settle(seller('r1'), nowMicros())
    expect(await held('r1')).toHaveLength(1)
  })

  test('they rest where it does, and hold again with their own end when the appeal fails; each change once', async () => {
    await violate(seller('r2'), { points: 13 })
    const { action, filed } = await appeal('r2')
    const news = await house.app.db.selectFrom('news').select(['kind', 'row']).where('kind', '=', 'appeals').execute()
    expect(await contestingIn(part(house.app.db)).partiesIn(news)).toContainEqual(seller('r2'))
    for (let time = 0; time < 2; time++) await settle('rest', 'r2')
    expect(await held('r2')).toEqual([])
    await decide(filed.appeal_id, 'upheld')
    for (let time = 0; time < 2; time++) await settle('rest', 'r2')
    const again = await held('r2')
    expect(again.map((row) => row.until)).toEqual([action?.until])
    expect(again[0]?.action_id).not.toBe(action?.action_id)
  })

  test('an appeal that succeeds leaves the state as if the violation had never been', async () => {
    await violate(seller('r3'), { points: 13 })
    const { filed } = await appeal('r3')
    await settle('rest', 'r3')
    await decide(filed.appeal_id, 'overturned')
    await settle('rest', 'r3')
    expect(await held('r3')).toEqual([])
    const [ledger] = (await house.call('GET', '/v1/standing/seller/r3', { token: viewer })).body.ledgers
    expect(ledger).toMatchObject({ score: 0, crossed: [], sanctions: [] })
  })
})

test('a quiz gives points back once: perfect, in time, without its answers in what is asked', async () => {
  const entry = await violate(seller('q1'), { points: 8 })
  const asked = await house.call('GET', `/v1/violations/${entry}/quiz`, { token: viewer })
  expect(asked.body).toMatchObject({ points: 2, taken: null, title: { en: 'Fair play' } })
  expect(asked.text).not.toContain('"right"')
  const bank =
    quizFor(
      readQuizzes([shippedPacks], () => undefined),
      'other',
    ) ?? expect.unreachable()
  const perfect: Record<string, string> = {}
  for (const question of asked.body.questions)
    for (const option of question.options)
      if (mark(bank, entry, { [question.id]: option.id }).right === 1) perfect[question.id] = option.id
  const [first] = asked.body.questions
  const missing = await post(`/v1/violations/${entry}/quiz`, { answers: {} })
  expect([missing.status, missing.body.field]).toEqual([400, `answers.${first.id}`])
  const done = await post(`/v1/violations/${entry}/quiz`, { answers: perfect })
  expect(done.body).toMatchObject({ perfect: true, points_returned: 2 })
  expect(await scoreOf('seller', 'q1')).toBe(6)
  expect((await post(`/v1/violations/${entry}/quiz`, { answers: perfect })).body.code).toBe('conflict')
  // With the violation its quiz goes as well.
  await overturn(entry)
  expect(await scoreOf('seller', 'q1')).toBe(0)

  const wrong = await violate(seller('q2'), { points: 8 })
  const other = (await house.call('GET', `/v1/violations/${wrong}/quiz`, { token: viewer })).body.questions
  const guesses = Object.fromEntries(
    other.map((question: { id: string; options: { id: string }[] }) => [
      question.id,
      question.options.find((option) => mark(bank, wrong, { [question.id]: option.id }).right === 0)?.id,
    ]),
  )
  const failed = await post(`/v1/violations/${wrong}/quiz`, { answers: guesses })
  expect(failed.body).toMatchObject({ perfect: false, right: 0, points_returned: 0 })
  expect(failed.body.questions[0].why.en.length).toBeGreaterThan(10)
  expect(await scoreOf('seller', 'q2')).toBe(8)
  expect((await ledgersOf('seller', 'q2'))[0].entries[0].quiz).toMatchObject({ state: 'failed' })

  const late = await violate(seller('q3'), { at: nowMicros() - 31 * day })
  expect((await post(`/v1/violations/${late}/quiz`, { answers: perfect })).body.code).toBe('too_late')
  const { conduct } = house.app.enforcing
  const theirs = { type: 'seller', id: 'somebody' }
  await expect(conduct.quiz(late, theirs)).rejects.toMatchObject({ problem: { code: 'not_found' } })
})

test('a fault inside its cure window is pending; mended it never counts, else it counts when the window closes', async () => {
  const mended = await violate(seller('c1'), { points: 13, more: { cure_days: 7 } })
  expect((await ledgersOf('seller', 'c1'))[0]).toMatchObject({
    score: 0,
    entries: [{ pending_until: expect.any(String) }],
  })
  expect(await held('c1')).toEqual([])
  expect((await post(`/v1/violations/${mended}/cure`, { proof: 'new label, photo 4' })).status).toBe(200)
  expect((await post(`/v1/violations/${mended}/cure`, { proof: 'again' })).body.code).toBe('conflict')
  const after = nowMicros() + 8 * day
  await house.app.enforcing.sanctions.tick(after)
  expect(await held('c1')).toEqual([])
  expect((await ledgersOf('seller', 'c1'))[0].entries[0]).toMatchObject({ cured: true })

  const left = await violate(seller('c2'), { points: 13, more: { cure_days: 7 } })
  await house.app.enforcing.sanctions.tick(after)
  expect(await held('c2')).toMatchObject([{ kind: 'restrict_features', cause: left }])
  const plain = await violate(seller('c3'))
  expect((await post(`/v1/violations/${plain}/cure`, { proof: 'x' })).body.code).toBe('too_late')
})

test('linked parties bear joint points as their ladder says; they are freed with the root, and by a link that never was', async () => {
  const link = async (kind: string, a: object, b: object) =>
    (await post('/v1/links', { kind, a, b, evidence: 'contract 12' })).body.link_id as string
  const creator = { type: 'creator', id: 'lc' }
  const sells = await link('sells-for', creator, seller('ls'))
  await link('same-owner', seller('ls'), seller('lt'))
  await link('operates', seller('ls'), seller('lu'))

  // The creator breaks a rule: the shop bears half of its own points of that class; the owner's other shop is not linked to the creator.
  const root = await violate(creator, { points: 20, more: { class: 'ip-infringement' } })
  expect((await ledgersOf('seller', 'ls'))[0]).toMatchObject({ score: 3, entries: [{ joint_of: root, points: 3 }] })
  expect(await scoreOf('seller', 'lt')).toBeUndefined()
  const told = await house.app.db.selectFrom('notices').selectAll().where('party_id', '=', 'ls').execute()
  expect(told[0]?.text).toMatch(/borne jointly/)

  // The shop breaks one: the other shop of its owner bears the same; who only operates it does not by this ladder.
  const own = await violate(seller('ls'), { points: 6 })
  expect(await scoreOf('seller', 'lt')).toBe(6)
  expect(await scoreOf('seller', 'lu')).toBeUndefined()
  expect(await scoreOf('creator', 'lc')).toBe(200 - 20 - 5)
  await overturn(own)
  expect([await scoreOf('seller', 'ls'), await scoreOf('seller', 'lt'), await scoreOf('creator', 'lc')]).toEqual([
    3, 0, 180,
  ])
  await overturn(root)
  expect([await scoreOf('seller', 'ls'), await scoreOf('creator', 'lc')]).toEqual([0, 200])

  const third = await violate(creator, { points: 20, more: { class: 'ip-infringement' } })
  expect(await scoreOf('seller', 'ls')).toBe(3)
  const end = await post(`/v1/links/${sells}/end`, { reason: 'another creator of that name', mistaken: true })
  expect(end.body).toEqual({ points_returned: 3 })
  expect([await scoreOf('seller', 'ls'), await scoreOf('creator', 'lc')]).toEqual([0, 180])
  expect((await post(`/v1/links/${sells}/end`, { reason: 'again' })).body.code).toBe('conflict')
  await violate(creator, { points: 20, more: { class: 'ip-infringement' } })
  expect(await scoreOf('seller', 'ls')).toBe(0)
  await overturn(third)
  const seen = (await house.call('GET', '/v1/links?type=seller&id=ls', { token: viewer })).body.items
  expect(seen.map((row: { kind: string; mistaken: boolean }) => [row.kind, row.mistaken])).toContainEqual([
    'sells-for',
    true,
  ])
})

test('a linked party appeals against the points that it bears jointly; the root stays', async () => {
  const link = { kind: 'same-owner', a: seller('ja'), b: seller('jb'), evidence: 'licence' }
  await post('/v1/links', link)
  const root = await violate(seller('ja'), { points: 13 })
  const [entry] = (await ledgersOf('seller', 'jb'))[0].entries
  expect(entry).toMatchObject({ joint_of: root, points: 13 })
  expect(await held('jb')).toHaveLength(1)
  const theirs = {
    side: 'subject' as const,
    actionId: entry.id,
    text: 'sold in May',
    by: { id: 'for:jb' },
    now: nowMicros(),
  }
  await expect(house.app.appeals.file({ ...theirs, acting: seller('ja') })).rejects.toMatchObject({
    problem: { code: 'not_found' },
  })
  const filed = await house.app.appeals.file({ ...theirs, acting: seller('jb') })
  const done = await post(`/v1/appeals/${filed.appeal_id}/decide`, {
    outcome: 'overturned',
    note: 'not the owner any more',
  })
  expect(done.body).toMatchObject({ points_returned: 13 })
  await house.app.enforcing.sanctions.followNews(nowMicros())
  expect([await scoreOf('seller', 'jb'), await scoreOf('seller', 'ja')]).toEqual([0, 13])
  expect([await held('jb'), (await held('ja')).length]).toEqual([[], 1])
})

test('a sanction of a ladder is not lifted by hand: it follows the points', async () => {
  await violate(seller('nl'), { points: 13 })
  const [action] = await held('nl')
  const answer = await post(`/v1/actions/${action?.action_id}/lift`, { reason: 'please' })
  expect([answer.status, answer.body.fix.en]).toEqual([409, 'Overturn or appeal the violation that brought it'])
})

test('good conduct counts: orders kept and time without violations reach a tier with rights, which rest while a sanction is in force', async () => {
  const credit = (quantity: number, key: string) =>
    post('/v1/standing/credits', { party: seller('g1'), class: 'orders-kept', quantity, reason: 'May', key })
  await credit(3150, 'may')
  await credit(3150, 'may')
  const merit = async () =>
    (await ledgersOf('seller', 'g1')).find((each: { ledger: string }) => each.ledger === 'house-shop/merit')
  expect(await merit()).toMatchObject({ score: 31, tier: { id: 'silver' }, next_tier: { id: 'gold', from: 100 } })
  expect((await merit()).tier.rights.every((right: { active: boolean }) => right.active)).toBe(true)
  await credit(7500, 'june')
  expect((await merit()).tier.rights).toContainEqual(expect.objectContaining({ id: 'fast-lane', active: true }))
  // The right is used: a case of the shop is due in half the time of one of any other, and says why.
  const due = async (name: string) => {
    const body = listing({ listing_id: `of-${name}`, seller_id: name, title: 'doubtful thing' })
    const strategist = await house.token('strategist')
    expect((await house.call('POST', '/v1/decide', { token: strategist, body })).body.verdict).toBe('review')
    await house.app.settled()
    const { items } = (await house.call('GET', `/v1/cases?q=of-${name}`, { token: reviewer })).body
    return items.map((row: { due_at: string; opened_at: string; priority: { lane: string | null } }) => [
      (Date.parse(row.due_at) - Date.parse(row.opened_at)) / 3_600_000,
      row.priority.lane,
    ])[0]
  }
  const [usual, none] = await due('g-plain')
  expect(none).toBeNull()
  expect(await due('g1')).toEqual([usual / 2, 'fast-lane'])
  await violate(seller('g1'), { points: 13 })
  // A sanction rests the right; what was opened before keeps its time.
  expect(await house.app.cases.reroute()).toBe(0)
  expect((await merit()).tier.rights.some((right: { active: boolean }) => right.active)).toBe(false)
  const wrong = await post('/v1/standing/credits', { party: seller('g1'), class: 'smiles', reason: 'x', key: 'k' })
  expect([wrong.status, wrong.body.field, wrong.body.fix.en]).toEqual([
    400,
    'class',
    'Use one of: orders-kept, clean-streak',
  ])
  // A month without violations.
  const at = nowMicros() + 31 * day
  const later = await house.app.enforcing.conduct.view(seller('g1'), at)
  expect(later.find((each) => each.ledger === 'house-shop/merit')?.score).toBe(116)
})

test('every shipped ladder carries its sanctions out by actions of the catalogue; its appeals suspend only such', () => {
  for (const id of ladderIds()) {
    const ladder = loadLadder(id, { error: (line) => expect.unreachable(line) }) ?? expect.unreachable()
    for (const rule of ladder.appeals ?? [])
      for (const kind of rule.suspends ?? [])
        expect([id, kind, actionKind(kind)?.restrictive]).toEqual([id, kind, true])
  }
})

test('every shipped quiz is valid, and every class of the ladders of this platform has one', () => {
  const complaints: string[] = []
  const bank = readQuizzes([shippedPacks], (line) => complaints.push(line))
  expect(complaints).toEqual([])
  expect(bank).toHaveLength(readdirSync(join(shippedPacks, 'quizzes')).length)
  const classes = new Set(
    ladderIds().flatMap((id) => loadLadder(id, { error: () => undefined })?.classes.map((each) => each.id) ?? []),
  )
  for (const quiz of bank)
    for (const name of quiz.classes)
      expect([quiz.id, name, name === '*' || classes.has(name)]).toEqual([quiz.id, name, true])
  for (const id of ['house-shop', 'house-creator'])
    for (const each of loadLadder(id, { error: () => undefined })?.classes ?? [])
      if (each.type === 'violation') expect(quizFor(bank, each.id)).toBeDefined()
})
