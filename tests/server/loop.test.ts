import { afterAll, beforeAll, expect, test } from 'vitest'
import { actionKinds } from '../../src/enforcement/actions/index.ts'
import { factTables, ledgerNames } from '../../src/insight/warehouse/index.ts'
import { nowMicros } from '../../src/kernel/time.ts'
import { statusAfter, transitions, undoMicros } from '../../src/review/cases/index.ts'
import { type House, listing, openHouse } from './harness.ts'

let house: House
let sender: string
let first: string
let second: string
let third: string

beforeAll(async () => {
  house = await openHouse()
  sender = await house.token('strategist')
  first = await house.token('reviewer')
  second = await house.token('reviewer')
  third = await house.token('qa')
})
afterAll(() => house.close())

async function decideEvent(data: Readonly<Record<string, unknown>>) {
  const answer = await house.call('POST', '/v1/decide', { token: sender, body: listing(data) })
  expect(answer.status).toBe(200)
  await house.app.settled()
  return answer.body
}

const ledger = (cause: string) => house.app.db.selectFrom('actions').selectAll().where('cause', '=', cause).execute()
const points = (party: string) =>
  house.app.db.selectFrom('points').selectAll().where('party_id', '=', party).orderBy('at').execute()
const caseOf = async (listingId: string) =>
  (await house.call('GET', `/v1/cases?q=${listingId}`, { token: first })).body.items[0]
const closedCaseOf = async (listingId: string) =>
  (await house.call('GET', `/v1/cases?status=decided&q=${listingId}`, { token: first })).body.items[0]
/** Lets every decision take effect whose undo time would be over by then: nobody waits ten seconds in a test. */
const later = () => house.app.cases.settle(nowMicros() + undoMicros + 1)
const subject = async (id: string) => (await house.call('GET', `/v1/subjects/listing/${id}`, { token: first })).body

test('a banned listing is blocked at once: action, points, notice in two languages; its trace tells why', async () => {
  const decision = await decideEvent({ listing_id: 'b1', seller_id: 'bs1', title: 'a forbidden knife' })
  expect(decision).toMatchObject({
    verdict: 'block',
    findings: [{ strategy: 'loop/banned', version: 3, severity: 'S1' }],
  })
  expect(await ledger(decision.decision_id)).toMatchObject([
    {
      kind: 'block_publish',
      target_id: 'b1',
      party_id: 'bs1',
      policy: 'LOOP.BANNED',
      policy_version: 2,
      strategy: 'loop/banned',
      strategy_version: 3,
      inverse_of: null,
    },
  ])
  expect(await points('bs1')).toMatchObject([
    { type: 'violation', points: 4, class: 'counterfeit', cause: decision.decision_id },
  ])
  const found = await subject('b1')
  expect(found.notices).toHaveLength(1)
  expect(found.notices[0].text.en.body).toMatch(/a forbidden knife.*Block publishing.*4 points/s)
  expect(found.notices[0].text.en.law).toBe('Test act art. 1')
  expect(found.notices[0].text.zh.body).toMatch(/禁止发布/)
  const seller = (await house.call('GET', '/v1/subjects/seller/bs1', { token: first })).body
  expect(seller.standing[0]).toMatchObject({ score: 4, entries: [{ points: 4, reversed: false }] })
})

test('shadow findings have no consequences', async () => {
  const decision = await decideEvent({ listing_id: 'sh1', price: 5000 })
  expect(decision).toMatchObject({ verdict: 'pass', findings: [{ strategy: 'loop/dear', mode: 'shadow' }] })
  expect(await ledger(decision.decision_id)).toEqual([])
})

test('the whole way: review case, lease, decision, undo, effect, appeal, other reviewer, everything restored, label, notice, trace', async () => {
  const decision = await decideEvent({ listing_id: 'w1', seller_id: 'ws1', title: 'a doubtful thing' })
  expect(decision.verdict).toBe('review')
  expect((await ledger(decision.decision_id)).map((row) => row.kind)).toEqual(['hold'])
  const { case_id: id } = await caseOf('w1')

  // Only who holds the case decides it.
  const outcome = { outcome: 'remove_and_points', policy: 'LOOP.DOUBTFUL' }
  const notMine = await house.call('POST', `/v1/cases/${id}/decide`, { token: second, body: outcome })
  expect([notMine.status, notMine.body.code]).toEqual([409, 'not_leased'])
  expect((await house.call('POST', `/v1/cases/${id}/lease`, { token: first })).status).toBe(200)
  expect((await house.call('POST', `/v1/cases/${id}/lease`, { token: second })).body.code).toBe('not_leased')
  const preview = await house.call('POST', `/v1/cases/${id}/preview`, { token: first, body: outcome })
  expect(preview.body).toMatchObject({ points: 2, actions: [{ kind: 'delist' }] })
  const detail = await house.call('GET', `/v1/cases/${id}`, { token: first })
  expect(detail.body).toMatchObject({
    status: 'leased',
    event: { data: { listing_id: 'w1' } },
    decision: { decision_id: decision.decision_id },
    policies: [{ id: 'LOOP.DOUBTFUL' }],
  })

  // Decide and undo: nothing has happened.
  expect((await house.call('POST', `/v1/cases/${id}/decide`, { token: first, body: outcome })).status).toBe(200)
  expect((await house.call('POST', `/v1/cases/${id}/decide`, { token: first, body: outcome })).body.code).toBe(
    'already_decided',
  )
  expect((await house.call('POST', `/v1/cases/${id}/undo`, { token: second })).body.code).toBe('too_late')
  expect((await house.call('POST', `/v1/cases/${id}/undo`, { token: first })).status).toBe(200)
  await later()
  expect(await points('ws1')).toEqual([])
  expect((await house.call('GET', `/v1/cases/${id}`, { token: first })).body.status).toBe('leased')

  // Decide again; it takes effect once, however often the clock ticks.
  const decided = (
    await house.call('POST', `/v1/cases/${id}/decide`, { token: first, body: { ...outcome, note: 'looks wrong' } })
  ).body
  await Promise.all([later(), later(), later()])
  await later()
  expect((await house.call('POST', `/v1/cases/${id}/undo`, { token: first })).body.code).toBe('too_late')
  const effects = await ledger(decided.decision_id)
  expect(effects.map((row) => row.kind).sort()).toEqual(['delist', 'release_hold'])
  expect(await points('ws1')).toMatchObject([{ points: 2, type: 'violation', cause: decided.decision_id }])
  const delist = effects.find((row) => row.kind === 'delist')

  // The seller appeals; who decided may not decide the appeal.
  const viewer = await house.token('viewer')
  expect(
    (await house.call('POST', '/v1/appeals', { token: viewer, body: { action_id: delist?.action_id, text: 'no' } }))
      .status,
  ).toBe(403)
  const filed = await house.call('POST', '/v1/appeals', {
    token: second,
    body: { action_id: delist?.action_id, text: 'It is a toy.', by: 'ws1' },
  })
  expect(filed.status).toBe(200)
  const { appeal_id: appeal } = filed.body
  expect(
    (
      await house.call('POST', '/v1/appeals', {
        token: second,
        body: { action_id: delist?.action_id, text: 'again', by: 'ws1' },
      })
    ).body.code,
  ).toBe('appeal_exists')
  expect((await house.call('GET', `/v1/appeals/${appeal}`, { token: first })).body).toMatchObject({
    not_you: true,
    status: 'open',
    event: { data: { listing_id: 'w1' } },
    what_would_be_restored: [{}, {}],
  })
  const verdict = { outcome: 'overturned', note: 'It is a toy indeed.' }
  const same = await house.call('POST', `/v1/appeals/${appeal}/decide`, { token: first, body: verdict })
  expect([same.status, same.body.code]).toEqual([403, 'same_reviewer'])
  expect((await house.app.access.auditRows({ limit: 20, q: 'appeals.decide' }))[0]?.outcome).toBe('same_reviewer')

  // Another reviewer overturns: every effect has its inverse, exactly once, also when two try at the same moment.
  const both = await Promise.all(
    [second, third].map((token) => house.call('POST', `/v1/appeals/${appeal}/decide`, { token, body: verdict })),
  )
  expect(both.map((answer) => answer.status).sort()).toEqual([200, 409])
  const won = both.find((answer) => answer.status === 200)
  expect(won?.body).toMatchObject({ points_returned: 2, restored: [{ kind: 'relist', inverse_of: delist?.action_id }] })
  const rows = await house.app.db.selectFrom('actions').selectAll().where('target_id', '=', 'w1').execute()
  const forward = rows.filter((row) => row.inverse_of === null)
  for (const action of forward) {
    const back = rows.filter((row) => row.inverse_of === action.action_id)
    expect([action.kind, back.map((row) => row.kind)]).toEqual([
      action.kind,
      [actionKinds.find((kind) => kind.id === action.kind)?.inverse],
    ])
  }
  expect((await points('ws1')).map((row) => [row.type, row.points])).toEqual([
    ['violation', 2],
    ['overturn', 2],
  ])
  expect((await house.call('GET', '/v1/subjects/seller/ws1', { token: first })).body.standing[0].score).toBe(0)
  const labels = await house.app.db
    .selectFrom('labels')
    .selectAll()
    .where('subject_id', '=', 'w1')
    .orderBy('at')
    .execute()
  expect(labels.map((row) => [row.origin, row.label, row.event_id, row.strategies])).toEqual([
    ['review', 'violation', decision.event.id, '["loop/doubtful@1"]'],
    ['appeal', 'ok', decision.event.id, '["loop/doubtful@1"]'],
  ])
  const found = await subject('w1')
  expect(found.notices[0].text.en.body).toMatch(/you were right.*Relist.*2 points returned.*It is a toy indeed/s)
  expect(found.notices[0].text.zh.body).toMatch(/申诉成立.*重新上架.*退回 2 分/s)
  expect(found.actions.filter((row: { in_force: boolean }) => row.in_force)).toEqual([])
  expect(
    (await house.call('POST', '/v1/appeals', { token: second, body: { action_id: delist?.action_id, text: 'more' } }))
      .body.code,
  ).toBe('appeal_closed')

  // The trace by any id shows all of it, and every cause is there.
  await house.app.settled()
  for (const path of [
    'listing/w1',
    `event/${decision.event.id}`,
    `decision/${decision.decision_id}`,
    `case/${id}`,
    `action/${delist?.action_id}`,
    `appeal/${appeal}`,
  ]) {
    const trace = (await house.call('GET', `/v1/trace/${path}`, { token: first })).body
    const kinds = (layer: string) => trace.layers[layer].map((item: { kind: string }) => item.kind)
    expect(kinds('perceived')).toEqual(['listing.submitted'])
    expect(kinds('identified')).toEqual(['finding'])
    expect(kinds('decided')).toEqual(['decision'])
    expect(kinds('enforced').sort()).toEqual([
      'action',
      'action',
      'action',
      'action',
      'notice',
      'notice',
      'notice',
      'points',
      'points',
    ])
    expect(kinds('reviewed').sort()).toEqual([
      'case',
      'case.decided',
      'case.decided',
      'case.effective',
      'case.undone',
      'label',
    ])
    expect(kinds('appealed').sort()).toEqual(['appeal', 'appeal.overturned', 'label'])
    const ids = new Set(
      Object.values(trace.layers as Record<string, { id: string }[]>)
        .flat()
        .map((item) => item.id),
    )
    const causes = Object.values(trace.layers as Record<string, { id: string; cause: string | null; kind: string }[]>)
      .flat()
      .filter((item) => item.kind !== 'listing.submitted')
    expect(
      causes.filter((item) => item.cause === null || !ids.has(item.cause)).map((item) => `${item.kind} ${item.cause}`),
    ).toEqual([])
    // Every item has its cause; a finding leads to its decision besides.
    expect(trace.links.length).toBe(causes.length + kinds('identified').length)
  }
})

test('an automatic block without a case is appealed like any other; its label names the event', async () => {
  const decision = await decideEvent({ listing_id: 'a1', seller_id: 'as1', brand: 'Evilcorp' })
  const [action] = await ledger(decision.decision_id)
  const { appeal_id: appeal } = (
    await house.call('POST', '/v1/appeals', {
      token: second,
      body: { action_id: action?.action_id, text: 'not ours', by: 'as1' },
    })
  ).body
  expect((await house.call('GET', `/v1/appeals/${appeal}`, { token: first })).body).toMatchObject({
    not_you: false,
    event: { id: decision.event.id },
    decision: { decision_id: decision.decision_id },
  })
  const upheld = await house.call('POST', `/v1/appeals/${appeal}/decide`, {
    token: first,
    body: { outcome: 'upheld', note: 'It is on the list.' },
  })
  expect(upheld.body).toMatchObject({ restored: [], points_returned: 0 })
  expect(await house.app.db.selectFrom('labels').selectAll().where('subject_id', '=', 'a1').execute()).toMatchObject([
    { event_id: decision.event.id, label: 'violation', origin: 'appeal' },
  ])
  const found = await subject('a1')
  expect(found.actions).toMatchObject([{ in_force: true }])
  expect(found.notices[0].text.en.body).toMatch(/the decision stands.*It is on the list/s)
})

test('a reduced appeal keeps what it names and takes the rest back', async () => {
  const decision = await decideEvent({ listing_id: 'r1', seller_id: 'rs1', title: 'forbidden' })
  const [action] = await ledger(decision.decision_id)
  const { appeal_id: appeal } = (
    await house.call('POST', '/v1/appeals', {
      token: second,
      body: { action_id: action?.action_id, text: 'too much', by: 'rs1' },
    })
  ).body
  const reduced = await house.call('POST', `/v1/appeals/${appeal}/decide`, {
    token: first,
    body: { outcome: 'reduced', note: 'No points.', keep_action_ids: [action?.action_id] },
  })
  expect(reduced.body).toMatchObject({ restored: [], points_returned: 4 })
  expect((await subject('r1')).actions).toMatchObject([{ in_force: true }])
})

test('an appeal that overturns a hold while the case still waits closes the case: nobody imposes anew what was overturned', async () => {
  for (const decidedBefore of [false, true]) {
    const id = `o${decidedBefore}`
    const decision = await decideEvent({ listing_id: id, seller_id: 'os1', title: 'doubtful' })
    const [hold] = await ledger(decision.decision_id)
    const waiting = await caseOf(id)
    await house.call('POST', `/v1/cases/${waiting.case_id}/lease`, { token: first })
    const { appeal_id: appeal } = (
      await house.call('POST', '/v1/appeals', {
        token: third,
        body: { action_id: hold?.action_id, text: 'fine', by: 'os1' },
      })
    ).body
    if (decidedBefore)
      await house.call('POST', `/v1/cases/${waiting.case_id}/decide`, { token: first, body: { outcome: 'remove' } })
    expect(
      (
        await house.call('POST', `/v1/appeals/${appeal}/decide`, {
          token: second,
          body: { outcome: 'overturned', note: 'fine' },
        })
      ).status,
    ).toBe(200)
    await later()
    const again = await house.call('POST', `/v1/cases/${waiting.case_id}/decide`, {
      token: first,
      body: { outcome: 'remove' },
    })
    expect(again.body.code).toBe('already_decided')
    expect((await subject(id)).actions.filter((row: { in_force: boolean }) => row.in_force)).toEqual([])
    expect((await closedCaseOf(id))?.case_id).toBe(waiting.case_id)
  }
})

test('allow takes back everything that the automatic decision did and labels it ok', async () => {
  const decision = await decideEvent({ listing_id: 'al1', seller_id: 'als', title: 'doubtful' })
  const { case_id: id } = await caseOf('al1')
  await house.call('POST', `/v1/cases/${id}/lease`, { token: first })
  await house.call('POST', `/v1/cases/${id}/decide`, { token: first, body: { outcome: 'allow' } })
  await later()
  const rows = await house.app.db.selectFrom('actions').selectAll().where('target_id', '=', 'al1').execute()
  expect(rows.map((row) => row.kind).sort()).toEqual(['hold', 'release_hold'])
  expect(await house.app.db.selectFrom('labels').selectAll().where('subject_id', '=', 'al1').execute()).toMatchObject([
    { label: 'ok', event_id: decision.event.id },
  ])
})

test('an escalated case goes back to the queue and loses its holder', async () => {
  await decideEvent({ listing_id: 'e1', title: 'doubtful' })
  const { case_id: id } = await caseOf('e1')
  await house.call('POST', `/v1/cases/${id}/lease`, { token: first })
  await house.call('POST', `/v1/cases/${id}/decide`, { token: first, body: { outcome: 'escalate' } })
  expect((await caseOf('e1')).status).toBe('open')
  expect((await house.call('POST', `/v1/cases/${id}/lease`, { token: second })).status).toBe(200)
})

test('two reviewers who ask for the next case at once get two different ones', async () => {
  for (let number = 0; number < 6; number++)
    await house.call('POST', '/v1/decide', { token: sender, body: listing({ title: 'doubtful' }) })
  await house.app.settled()
  const reviewers = await Promise.all(Array.from({ length: 6 }, () => house.token('reviewer')))
  const taken = await Promise.all(
    reviewers.map((token) => house.call('POST', '/v1/cases/next', { token, body: { queue: 'loop' } })),
  )
  const ids = taken.map((answer) => answer.body.case_id)
  expect(ids.every((id) => typeof id === 'string')).toBe(true)
  expect(new Set(ids).size).toBe(6)
})

test('an event that is sent again is a duplicate with the first decision; nothing happens a second time', async () => {
  const event = listing({ listing_id: 'd1', seller_id: 'ds1', title: 'forbidden' })
  const answers = await Promise.all(
    Array.from({ length: 8 }, () => house.call('POST', '/v1/decide', { token: sender, body: event })),
  )
  expect(new Set(answers.map((answer) => answer.body.decision_id)).size).toBe(1)
  expect(answers.filter((answer) => answer.body.duplicate)).toHaveLength(7)
  const batch = await house.call('POST', '/v1/events', { token: sender, body: [event, event] })
  expect(batch.body).toMatchObject({ accepted: 0, duplicates: 2, refused: 0 })
  await house.app.settled()
  expect(await points('ds1')).toHaveLength(1)
  expect(await house.app.facts.rows("SELECT count(*) AS n FROM events WHERE subject_id = 'd1'")).toEqual([{ n: 1 }])
})

test('windows count every event once, duplicates and refused ones not at all', async () => {
  const send = (data: Record<string, unknown>) =>
    house.call('POST', '/v1/decide', { token: sender, body: listing({ seller_id: 'win', ...data }) })
  for (let number = 0; number < 3; number++) expect((await send({})).body.verdict).toBe('pass')
  await send({ price: 'no number' })
  const fourth = listing({ seller_id: 'win' })
  expect((await house.call('POST', '/v1/decide', { token: sender, body: fourth })).body).toMatchObject({
    verdict: 'label',
    saw: { loop_seller_1h: 4 },
  })
  expect((await house.call('POST', '/v1/decide', { token: sender, body: fourth })).body).toMatchObject({
    duplicate: true,
    saw: { loop_seller_1h: 4 },
  })
})

test('the facts equal journal and ledger, row for row and field for field', async () => {
  await later()
  await house.app.settled()
  for (const table of factTables.filter((found) => found.ledger !== undefined)) {
    const key = table.columns[0]?.name ?? ''
    const stored = await house.app.db
      .selectFrom(table.ledger as 'actions')
      .selectAll()
      .orderBy(key as 'action_id')
      .execute()
    const times = table.columns.filter((column) => column.type === 'TIMESTAMP').map((column) => column.name)
    const list = table.columns.map((column) =>
      times.includes(column.name) ? `epoch_us("${column.name}") AS "${column.name}"` : `"${column.name}"`,
    )
    const facts = await house.app.facts.rows(
      `SELECT ${list.join(', ')} FROM "${table.name}" ORDER BY "${key}" COLLATE C`.replace(' COLLATE C', ''),
    )
    const expected = (stored as unknown as Record<string, unknown>[]).map((row) =>
      Object.fromEntries(table.columns.map(({ name }) => [name, row[ledgerNames[name] ?? name] ?? null])),
    )
    expect([table.name, facts]).toEqual([table.name, expected])
  }
  const entries = []
  for await (const batch of house.app.journal.batches(0)) entries.push(...batch)
  const decisions = await house.app.facts.rows(
    'SELECT d.decision_id, e.position, e.id, e.source, e.data, d.verdict, d.live_findings FROM decisions d JOIN events e USING (position) ORDER BY position',
  )
  expect(decisions).toEqual(
    entries.map((entry) => {
      const [event, decision] = entry.records.map((record) => JSON.parse(record.bytes.toString()))
      const live = decision.findings.filter((finding: { mode: string }) => finding.mode === 'live').length
      return {
        decision_id: decision.decision_id,
        position: entry.position,
        id: entry.id,
        source: entry.source,
        data: JSON.stringify(event.data),
        verdict: decision.verdict,
        live_findings: live,
      }
    }),
  )
})

test('the ledger cannot be changed or deleted', async () => {
  for (const table of [
    'actions',
    'points',
    'notices',
    'cases',
    'case_events',
    'appeals',
    'appeal_events',
    'labels',
    'quarantine',
    'news',
  ] as const) {
    await expect(
      house.app.db
        .deleteFrom(table)
        .execute()
        .then((done) =>
          Number(done[0]?.numDeletedRows) === 0 ? Promise.reject(new Error('empty: is insert-only')) : done,
        ),
    ).rejects.toThrow(/insert-only/)
  }
})

test('the status of every case is the one that its events lead to, by the table of transitions', async () => {
  const states = await house.app.db.selectFrom('case_state').selectAll().execute()
  const seen = new Set<string>()
  for (const state of states) {
    const events = await house.app.db
      .selectFrom('case_events')
      .selectAll()
      .where('case_id', '=', state.case_id)
      .orderBy('at')
      .orderBy('case_event_id')
      .execute()
    const typed = events.map((event) => ({ type: event.type as Parameters<typeof statusAfter>[0][number]['type'] }))
    for (const { type } of typed) seen.add(type)
    expect([state.case_id, typed.map(({ type }) => type).join(), statusAfter(typed)]).toEqual([
      state.case_id,
      expect.any(String),
      state.status,
    ])
  }
  expect([...seen].sort()).toEqual(
    expect.arrayContaining(['appealed', 'decided', 'effective', 'escalated', 'opened', 'undone']),
  )
  for (const [status, events] of Object.entries(transitions))
    for (const [event, next] of Object.entries(events))
      expect([status, event, next === null || next in transitions]).toEqual([status, event, true])
})
