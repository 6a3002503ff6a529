import { afterAll, beforeAll, expect, test } from 'vitest'
import { type ActionRow, actionKind, type PointsRow } from '../../src/enforcement/actions/index.ts'
import { historyOf, mark } from '../../src/enforcement/conduct/index.ts'
import { standingOf } from '../../src/enforcement/standing/index.ts'
import { needsStatement } from '../../src/enforcement/statements/index.ts'
import { problemOf } from '../../src/kernel/problems.ts'
import { nowMicros } from '../../src/kernel/time.ts'
import { undoMicros } from '../../src/review/cases/index.ts'
import { type House, listing, openHouse } from './harness.ts'

let house: House
beforeAll(async () => {
  house = await openHouse({ clock: false })
})
afterAll(() => house.close())

const day = 86_400_000_000
/** How far the clock of the walks is ahead; time only goes forward. */
let skew = 0
const parties = ['s1', 's2', 's3'].map((id) => ({ type: 'seller', id })).concat({ type: 'creator', id: 'c1' })

/** Mulberry32: the same walk for the same seed. */
function seeded(seed: number) {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}

const insertOnlyTables = [
  ['actions', 'action_id'],
  ['points', 'entry_id'],
  ['notices', 'notice_id'],
  ['labels', 'label_id'],
  ['measures', 'measure_id'],
  ['cases', 'case_id'],
  ['case_events', 'case_event_id'],
  ['appeals', 'appeal_id'],
  ['appeal_events', 'appeal_event_id'],
  ['links', 'link_id'],
  ['link_ends', 'link_end_id'],
  ['statements', 'puid'],
  ['news', 'seq'],
] as const

/** What every row said when it was first seen. */
const seen = new Map<string, string>()

async function checkNothingWasRewritten() {
  for (const [table, key] of insertOnlyTables) {
    const rows: Record<string, unknown>[] = await house.app.db.selectFrom(table).selectAll().execute()
    const now = new Map(rows.map((row) => [`${table}/${row[key]}`, JSON.stringify(row)]))
    for (const [id, text] of seen) if (id.startsWith(`${table}/`)) expect([id, now.get(id)]).toEqual([id, text])
    for (const [id, text] of now) seen.set(id, text)
  }
}

/** Restrictions in force by the news alone, the way an outside follower knows them. */
async function foldNews(): Promise<string[]> {
  const inForce = new Set<string>()
  for (const { kind, row } of await house.app.db.selectFrom('news').select(['kind', 'row']).orderBy('seq').execute()) {
    if (kind !== 'actions') continue
    const action = JSON.parse(row) as ActionRow
    if (action.inverse_of === null) inForce.add(action.action_id)
    else expect([action.action_id, inForce.delete(action.inverse_of)]).toEqual([action.action_id, true])
  }
  return [...inForce].sort()
}

async function checkInvariants(now: number) {
  const { db, rules } = house.app
  const actions = await db.selectFrom('actions').selectAll().execute()
  const points = await db.selectFrom('points').selectAll().orderBy('at').execute()
  const inverses = Map.groupBy(
    actions.filter((row) => row.inverse_of !== null),
    (row) => row.inverse_of,
  )
  for (const [of, found] of inverses) {
    const forward = actions.find((row) => row.action_id === of)
    expect(found.map((row) => row.kind)).toEqual([actionKind(forward?.kind ?? '')?.inverse])
  }
  const inForce = actions.filter((row) => row.inverse_of === null && !inverses.has(row.action_id))
  expect(await foldNews()).toEqual(inForce.map((row) => row.action_id).sort())

  // An overturn is once. Joint points stand as long as their root and their link, unless the linked party's own appeal ends them.
  const ended = new Set(points.flatMap((row) => (row.ref === null ? [] : [row.ref])))
  expect(ended.size).toBe(points.filter((row) => row.ref !== null).length)
  const mistaken = new Set(
    (await db.selectFrom('link_ends').selectAll().execute())
      .filter((row) => row.mistaken === 1)
      .map((row) => row.link_id),
  )
  const appealed = new Set(
    (
      await db
        .selectFrom('appeals')
        .innerJoin('appeal_events', 'appeal_events.appeal_id', 'appeals.appeal_id')
        .where('appeal_events.outcome', 'in', ['reduced', 'overturned'])
        .select('appeals.root')
        .execute()
    ).map((row) => row.root),
  )
  for (const row of points.filter((each) => each.joint_of != null && each.type === 'violation')) {
    const fallen = ended.has(row.joint_of ?? '') || mistaken.has(row.link_id ?? '')
    if (fallen || !appealed.has(row.entry_id))
      expect([row.entry_id, ended.has(row.entry_id)]).toEqual([row.entry_id, fallen])
  }

  for (const party of parties) {
    const mine = points.filter((row) => row.party_type === party.type && row.party_id === party.id)
    const ladder = rules().ladder?.(rules().ladderOf(party.type) ?? '') ?? expect.unreachable()
    const at = Math.floor(now / 1000)
    const whole = standingOf(ladder, historyOf(ladder, mine), { subject: party.id, at })
    // What was overturned never was: neither it, nor its overturn, nor its quiz.
    const clean = mine.filter(
      (row: PointsRow) => row.ref === null && !ended.has(row.entry_id) && !ended.has(row.about ?? ''),
    )
    expect(whole).toEqual(standingOf(ladder, historyOf(ladder, clean), { subject: party.id, at }))
    const sanctions = inForce
      .filter((row) => row.target_type === party.type && row.target_id === party.id && row.detail?.includes('"ladder"'))
      .map((row) => [JSON.parse(row.detail ?? '{}').sanction, row.until])
    const wanted = whole.sanctions.map((each) => [each.kind, each.until === null ? null : each.until * 1000])
    expect(sanctions.map(String).sort()).toEqual(wanted.map(String).sort())
  }

  const named = new Set(
    (await db.selectFrom('notices').selectAll().execute()).flatMap((row) => JSON.parse(row.action_ids) as string[]),
  )
  const restrictions = actions.filter(
    (row) => row.inverse_of === null && actionKind(row.kind)?.restrictive && row.party_id !== null,
  )
  expect(restrictions.filter((row) => !named.has(row.action_id)).map((row) => [row.kind, row.action_id])).toEqual([])
  const stated = new Map(
    (await db.selectFrom('statements').selectAll().execute()).map((row) => [row.action_id, row.problems]),
  )
  for (const row of actions.filter(needsStatement))
    expect([row.action_id, stated.get(row.action_id)]).toEqual([row.action_id, '[]'])
}

test.each([1, 2026])(
  '200 random steps keep every invariant of the ledger (seed %i)',
  async (seed) => {
    const random = seeded(seed)
    const pick = <T>(items: readonly T[]): T | undefined => items[Math.floor(random() * items.length)]
    const { app } = house
    const by = () => ({ id: `person-${Math.floor(random() * 6)}` })
    const principal = () => ({ ...by(), name: 'p', kind: 'user' as const, roles: [], permissions: new Set<string>() })
    const now = () => nowMicros() + skew
    const actions = () =>
      app.db.selectFrom('actions').selectAll().where('inverse_of', 'is', null).orderBy('at').execute()
    const violations = () =>
      app.db.selectFrom('points').selectAll().where('type', '=', 'violation').orderBy('at').execute()
    let count = 0
    const done = new Map<string, number>()

    const steps: Record<string, () => Promise<unknown>> = {
      async decide() {
        const title = pick(['forbidden', 'doubtful', 'doubtful and forbidden', 'forbidden', 'fine']) ?? ''
        const seller_id = pick(['s1', 's2', 's3'])
        const sent = app.pipeline.submit(
          listing({ listing_id: `w${seed}-${++count}`, seller_id, title }, { id: `walk-${seed}-${count}` }),
        )
        if ('durable' in sent) await sent.durable
        await app.settled()
      },
      async review() {
        const open = (await app.cases.list({ status: 'open', holder: '', now: now(), limit: 200 })).items
        const found = pick(open)
        if (!found) return
        const who = principal()
        await app.cases.lease(found.case_id, who, now())
        const outcome = pick(['allow', 'label', 'remove', 'remove_and_points', 'restrict_market'] as const) ?? 'allow'
        const policy = pick(JSON.parse(found.policies) as string[])
        await app.cases.decide(
          found.case_id,
          { outcome, policy, ...(outcome === 'restrict_market' ? { markets: ['DE'] } : {}) },
          who,
          nowMicros(),
        )
        if (random() < 0.2) await app.cases.undo(found.case_id, who, nowMicros())
        await app.cases.settle(nowMicros() + undoMicros + 1)
      },
      async impose() {
        const party = pick(parties) ?? expect.unreachable()
        const [kind, target] =
          pick([
            ['delist', { type: 'listing', id: `w${seed}-${1 + Math.floor(random() * (count + 1))}` }],
            ['demote', party],
            ['restrict_features', party],
            ['freeze_funds', party],
          ] as const) ?? expect.unreachable()
        await app.enforcing.measures.impose({ kind, target, party, markets: ['*'], reason: 'walk' }, by(), now())
      },
      async lift() {
        const found = pick(await actions())
        if (found) await app.enforcing.measures.lift(found.action_id, 'walk', by(), now())
      },
      async appeal() {
        const found = pick(await actions())
        const evidence = random() < 0.5 ? [{ kind: 'text' as const, value: 'new' }] : []
        if (found)
          await app.appeals.file({
            side: 'subject',
            actionId: found.action_id,
            text: 'walk',
            evidence,
            by: by(),
            now: now(),
          })
      },
      async report() {
        const closed = (await app.cases.list({ status: 'decided', holder: '', now: now(), limit: 200 })).items
        const found = pick(closed)
        const acting = { type: 'reporter', id: `r${Math.floor(random() * 3)}` }
        if (found)
          await app.appeals.file({
            side: 'reporter',
            caseId: found.case_id,
            acting,
            text: 'walk',
            by: by(),
            now: now(),
          })
      },
      async answer() {
        const found = pick(await app.appeals.list({ status: 'open', now: now(), limit: 200 }))
        if (!found) return
        const outcome = pick(['upheld', 'reduced', 'overturned'] as const) ?? 'upheld'
        const keep = random() < 0.5 ? (JSON.parse(found.action_ids) as string[]).slice(0, 1) : []
        const impose =
          found.side === 'reporter' && outcome !== 'upheld' ? [{ kind: 'delist', markets: ['*'] }] : undefined
        await app.appeals.decide(
          found.appeal_id,
          { outcome, note: 'walk', keep, keepPoints: random() < 0.5, impose },
          by(),
          now(),
        )
      },
      async expire() {
        skew += Math.floor(random() * 9 * day)
        await app.enforcement.expire(now())
      },
      async recall() {
        const strategy = pick(['loop/banned', 'loop/doubtful']) ?? ''
        const version = strategy === 'loop/banned' ? 3 : 1
        await app.recalls.run(
          { strategy, version, since: nowMicros() - 200_000, apply: true, reason: 'walk' },
          principal(),
          now(),
        )
      },
      async quiz() {
        const found = pick(await violations())
        if (!found) return
        const { questions, quiz } = await app.enforcing.conduct.quiz(found.entry_id, null)
        const knows = random() < 0.7
        const answers = Object.fromEntries(
          questions.map(({ id, options }) => {
            const right = options.find((option) => mark(quiz, found.entry_id, { [id]: option.id }).right === 1)
            return [id, (knows ? right : pick(options))?.id ?? '']
          }),
        )
        // On the day of the violation: the walk's clock is soon past every deadline.
        const how = { acting: null, by: by(), now: nowMicros() }
        await app.enforcing.conduct.answer(found.entry_id, answers, how)
      },
      async link() {
        const [a, b] = [pick(parties), pick(parties)]
        const kind = pick(['sells-for', 'same-owner', 'promotes'] as const) ?? 'promotes'
        if (a && b)
          await app.enforcing.links.link(
            { kind, a, b, evidence: 'walk', since: nowMicros() - 1000, until: null },
            by(),
            now(),
          )
      },
      async unlink() {
        const found = pick(await app.db.selectFrom('links').selectAll().execute())
        if (found)
          await app.enforcing.links.end(
            found.link_id,
            { reason: 'walk', mistaken: random() < 0.6 },
            { by: by(), now: now() },
          )
      },
      async credit() {
        const key = `walk-${seed}-${Math.floor(random() * 20)}`
        const party = { type: 'seller', id: pick(['s1', 's2']) ?? 's1' }
        await app.enforcing.conduct.credit(
          { party, class: 'orders-kept', quantity: 120, reason: 'walk', key },
          by(),
          now(),
        )
      },
    }
    const weighted = [
      'decide',
      'decide',
      'decide',
      'decide',
      'review',
      'review',
      'appeal',
      'appeal',
      'answer',
      'answer',
      ...Object.keys(steps),
    ]
    for (let step = 1; step <= 200; step++) {
      const name = pick(weighted) ?? 'decide'
      try {
        await steps[name]?.()
        done.set(name, (done.get(name) ?? 0) + 1)
      } catch (error) {
        // A refusal is an answer; anything else is a defect.
        if (!problemOf(error)) throw new Error(`step ${step} ${name}`, { cause: error })
      }
      await app.enforcement.expire(now())
      await app.enforcing.sanctions.followNews(now())
      await app.enforcing.sanctions.tick(now())
      if (step % 20 > 0) continue
      await app.settled()
      await checkInvariants(now())
      await checkNothingWasRewritten()
    }
    // The walk went everywhere, and points came back by quizzes.
    expect((await app.db.selectFrom('points').selectAll().where('type', '=', 'quiz').execute()).length).toBeGreaterThan(
      0,
    )
    expect(Object.keys(steps).filter((name) => !done.has(name))).toEqual([])
  },
  120_000,
)
