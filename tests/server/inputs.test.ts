import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type House, listing, openHouse } from './harness.ts'

let house: House
let token: string

beforeAll(async () => {
  house = await openHouse()
  token = await house.token('administrator')
})
afterAll(() => house.close())

const send = (body: unknown) => house.call('POST', '/v1/events', { token, body })
const decide = (body: unknown) => house.call('POST', '/v1/decide', { token, body })
const quarantined = async (origin = 'administrator') =>
  (
    await house.app.db
      .selectFrom('quarantine')
      .selectAll()
      .where('origin', '=', origin)
      .orderBy('quarantine_id', 'desc')
      .execute()
  )[0]
const nested = (levels: number): unknown => (levels === 0 ? 'x' : { a: nested(levels - 1) })
const day = 86_400_000
const iso = (at: number) => new Date(at).toISOString()

/** One bad event, what it is refused for, and where. */
const bad: readonly (readonly [string, () => unknown, string, RegExp])[] = [
  ['a field of 5 MB', () => listing({ description: 'x'.repeat(5 << 20) }), 'data.description', /longer than/],
  ['an id of 5 MB', () => listing({}, { id: 'x'.repeat(5 << 20) }), 'id', /1 to 1024/],
  ['50 levels of nesting', () => listing({ attributes: nested(50) }), 'data.attributes.a.a', /levels deep/],
  [
    '50 levels of lists',
    () => listing({ attributes: { list: JSON.parse(`${'['.repeat(50)}1${']'.repeat(50)}`) } }),
    'data.attributes.list.0',
    /levels deep/,
  ],
  ['an unknown event type', () => listing({}, { type: 'listing.submited' }), 'type', /unknown event type/],
  ['a text where a number belongs', () => listing({ price: '12 euro' }), 'data.price', /must be a number/],
  ['a number where a text belongs', () => listing({ title: 12 }), 'data.title', /must be a text/],
  ['an object where a text belongs', () => listing({ title: { en: 'x' } }), 'data.title', /must be a text/],
  ['a list with a number among texts', () => listing({ ship_to: ['DE', 1] }), 'data.ship_to', /list of texts/],
  ['a missing subject', () => listing({ listing_id: undefined }), 'data.listing_id', /needs data.listing_id/],
  ['an empty subject', () => listing({ listing_id: '' }), 'data.listing_id', /needs data.listing_id/],
  ['a missing id', () => listing({}, { id: undefined }), 'id', /1 to 1024/],
  ['a missing source', () => listing({}, { source: undefined }), 'source', /1 to 1024/],
  ['a missing type', () => listing({}, { type: undefined }), 'type', /1 to 1024/],
  ['missing data', () => listing({}, { data: undefined }), 'data', /must be an object/],
  ['data that is a list', () => listing({}, { data: [] }), 'data', /must be an object/],
  ['data that is a text', () => listing({}, { data: '{}' }), 'data', /must be an object/],
  ['a time in the future', () => listing({}, { time: iso(Date.now() + 2 * day) }), 'time', /in the future/],
  ['a time in 1970', () => listing({}, { time: '1970-01-01T00:00:01Z' }), 'time', /before the year 2000/],
  ['a time that is a number', () => listing({}, { time: 1_700_000_000 }), 'time', /ISO 8601/],
  ['a time that is none', () => listing({}, { time: '2026-13-45T99:00:00Z' }), 'time', /ISO 8601/],
  ['a NUL in a field', () => listing({ title: 'a\u0000b' }), 'data.title', /NUL/],
  ['a NUL in an id', () => listing({}, { id: 'a\u0000b' }), 'id', /NUL/],
  ['a NUL in a field name', () => listing({ 'a\u0000b': 1 }), 'data', /NUL/],
  ['a NUL deep inside', () => listing({ attributes: { a: { b: ['\u0000'] } } }), 'data.attributes.a.b.0', /NUL/],
  ['half a character in an id', () => listing({}, { id: 'a\ud800' }), 'id', /well-formed/],
  ['a number', () => 7, 'event', /JSON object/],
  ['null', () => null, 'event', /JSON object/],
  ['a list', () => [], 'event', /JSON object/],
  ['a site that is a number', () => listing({}, { site: 1 }), 'site', /must be a text/],
]

describe.each(bad)('%s', (_name, make, field, reason) => {
  test('is refused with field, value and fix, lies in quarantine and the facts, and the rest of the batch goes on', async () => {
    const before = listing()
    const after = listing()
    const answer = await send([before, make(), after])
    expect(answer.status).toBe(200)
    expect(answer.body).toMatchObject({ accepted: 2, refused: 1 })
    expect(answer.body.items.map((item: { status: string }) => item.status)).toEqual([
      'accepted',
      'refused',
      'accepted',
    ])
    const { error } = answer.body.items[1]
    expect(error.detail.en).toMatch(reason)
    expect([error.code, error.field?.replace(/^field /, '')]).toEqual([
      'invalid_input',
      error.field === undefined ? undefined : field,
    ])
    expect(error.detail.zh.length).toBeGreaterThan(4)
    expect(answer.text.length).toBeLessThan(8000)
    const kept = await quarantined()
    expect(kept?.reason).toBe(JSON.stringify(error.detail))
    await house.app.settled()
    const [row] = await house.app.facts.rows('SELECT field, reason, raw FROM quarantine WHERE quarantine_id = $1', [
      kept?.quarantine_id ?? '',
    ])
    expect(row).toMatchObject({ field: kept?.field, reason: kept?.reason, raw: kept?.raw })
  })

  test('is refused by the synchronous way as well, with the same reason', async () => {
    const event = make()
    if (typeof event !== 'object' || event === null || Array.isArray(event)) return
    const answer = await decide(event)
    expect([answer.status, answer.body.code]).toEqual([400, 'invalid_input'])
    expect(answer.body.detail.en).toMatch(reason)
    expect((await quarantined())?.reason).toBe(JSON.stringify(answer.body.detail))
  })
})

test('100,000 levels of nesting neither stop the server nor the batch', async () => {
  const deep = `${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`
  for (const where of [`"attributes":${deep}`, `"listing_id":${deep}`]) {
    const raw = `[${JSON.stringify(listing())},{"id":"deep","source":"s","type":"listing.submitted","data":{${where}}},{"id":"deep","source":"s","type":"listing.submitted","data":[${deep}]},${JSON.stringify(listing())}]`
    const answer = await house.call('POST', '/v1/events', { token, raw })
    expect([answer.status, answer.body.accepted, answer.body.refused]).toEqual([200, 2, 2])
  }
  expect((await house.call('POST', '/v1/decide', { token, raw: deep })).status).toBe(400)
  expect((await house.call('POST', '/v1/users', { token, raw: deep })).status).toBe(400)
  expect((await quarantined())?.raw).toMatch(/nested|not kept|\{"a"/)
})

test('a malformed line in the middle of NDJSON is one refused item with its line number; all other lines go on', async () => {
  const lines = [
    JSON.stringify(listing()),
    '{"id": "broken", ',
    JSON.stringify(listing()),
    '',
    'not json at all',
    `${JSON.stringify(listing())}\r`,
  ]
  const answer = await house.call('POST', '/v1/events', { token, raw: lines.join('\n'), type: 'application/x-ndjson' })
  expect(answer.body).toMatchObject({ accepted: 3, refused: 2 })
  expect(
    answer.body.items.map(
      (item: { error?: { code: string; field: string } }) => item.error && [item.error.code, item.error.field],
    ),
  ).toEqual([undefined, ['malformed_json', 'line 2'], undefined, ['malformed_json', 'line 5'], undefined])
  expect(
    (await house.app.db.selectFrom('quarantine').select('raw').where('field', 'like', 'line %').execute()).map(
      (row) => row.raw,
    ),
  ).toEqual(['{"id": "broken", ', 'not json at all'])
})

test('a whole body that is malformed is refused with its place and lies in quarantine', async () => {
  for (const path of ['/v1/events', '/v1/decide']) {
    const raw = `[${JSON.stringify(listing())}, {"id": oops}, ${JSON.stringify(listing())}]`
    const answer = await house.call('POST', path, { token, raw })
    expect([answer.status, answer.body.code]).toEqual([400, 'malformed_json'])
    expect(answer.body.detail.en).toMatch(/position|line|oops/)
    expect(await quarantined()).toMatchObject({ raw, reason: JSON.stringify(answer.body.detail) })
  }
})

test('bytes that are no text, a NUL outside a text and a byte order mark are answered, not crashed on', async () => {
  expect((await house.call('POST', '/v1/events', { token, raw: '\u0000' })).body.code).toBe('malformed_json')
  const sent = await fetch(`${house.url}/v1/events`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: new Uint8Array([0x7b, 0xff, 0xfe, 0x7d]),
  })
  expect(sent.status).toBe(400)
  const marked = await house.call('POST', '/v1/events', { token, raw: `\uFEFF${JSON.stringify(listing())}` })
  expect(marked.body).toMatchObject({ accepted: 1 })
  const lines = await house.call('POST', '/v1/events', {
    token,
    raw: `\uFEFF${JSON.stringify(listing())}\n`,
    type: 'application/x-ndjson',
  })
  expect(lines.body).toMatchObject({ accepted: 1 })
})

test('an empty body is refused; an empty list is a batch of nothing', async () => {
  for (const [raw, type] of [
    ['', 'application/json'],
    ['  \n', 'application/json'],
    ['{}', 'application/json'],
    ['', 'application/x-ndjson'],
    ['\n\n', 'application/x-ndjson'],
  ] as const) {
    const answer = await house.call('POST', '/v1/events', { token, raw, type })
    expect([raw, answer.status, answer.body.code]).toEqual([raw, 400, 'invalid_input'])
  }
  expect((await decide({})).body.field).toBe('body')
  expect((await send([])).body).toMatchObject({ accepted: 0, refused: 0, items: [] })
  expect((await send({ events: [] })).body).toMatchObject({ accepted: 0, items: [] })
})

test('more than 10,000 items are refused whole, in every form, and 10,000 are taken', async () => {
  const events = Array.from({ length: 10_001 }, (_, number) => ({
    id: `many-${number}`,
    source: 'many',
    type: 'listing.submitted',
    data: { listing_id: `m${number}` },
  }))
  for (const ask of [
    { body: events },
    { body: { events } },
    { raw: events.map((event) => JSON.stringify(event)).join('\n'), type: 'application/x-ndjson' },
  ]) {
    const answer = await house.call('POST', '/v1/events', { token, ...ask })
    expect([answer.status, answer.body.code, answer.body.value]).toEqual([413, 'too_large', 10_001])
  }
  const taken = await send(events.slice(1))
  expect(taken.body).toMatchObject({ accepted: 10_000, duplicates: 0, refused: 0 })
}, 60_000)

test('the same id with other content is a conflict: the first stands, the second lies in quarantine', async () => {
  const first = listing({ title: 'first' })
  const other = { ...first, data: { ...first.data, title: 'second' } }
  expect((await send([first])).body.accepted).toBe(1)
  const answer = await send([other, first])
  expect(answer.body.items).toMatchObject([
    { status: 'conflict', error: { code: 'conflict', field: 'id' } },
    { status: 'duplicate' },
  ])
  const direct = await decide(other)
  expect([direct.status, direct.body.code]).toEqual([409, 'conflict'])
  await house.app.settled()
  expect(await house.app.facts.rows('SELECT title FROM events WHERE id = $1', [first.id])).toEqual([{ title: 'first' }])
  expect(
    await house.app.facts.rows("SELECT count(*) AS n FROM quarantine WHERE raw LIKE '%second%' AND value = $1", [
      first.id,
    ]),
  ).toEqual([{ n: 2 }])
  const shown = (await house.call('GET', `/v1/events/${first.source}/${first.id}`, { token })).body
  if (shown.event) expect(shown.event.data.title).toBe('first')
})

test('the same content in another order of fields is a duplicate; two of one batch count once', async () => {
  const event = listing()
  const turned = Object.fromEntries(
    Object.entries({ ...event, data: Object.fromEntries(Object.entries(event.data).reverse()) }).reverse(),
  )
  expect((await send([event, turned, event])).body).toMatchObject({ accepted: 1, duplicates: 2 })
  const clash = listing()
  const answer = await send([clash, { ...clash, site: 'elsewhere' }])
  expect(answer.body.items.map((item: { status: string }) => item.status)).toEqual(['accepted', 'conflict'])
})

test('one event, a list, a wrapped list and NDJSON all work; an event may have a field "body" or "events" of its own', async () => {
  expect((await send(listing())).body.accepted).toBe(1)
  expect((await send([listing()])).body.accepted).toBe(1)
  expect((await send({ events: [listing(), listing()] })).body.accepted).toBe(2)
  const own = listing({}, { body: 'of its own' })
  expect((await send(own)).body).toMatchObject({ accepted: 1, items: [{ id: own.id }] })
  expect((await send([listing({}, { body: [1] })])).body.accepted).toBe(1)
  expect((await house.call('POST', '/v1/events?note=1', { token, body: [listing()] })).body.accepted).toBe(1)
})

test('odd but valid text comes back as it was: emoji, Chinese, right-to-left, combining marks, long numbers, __proto__', async () => {
  const title = '🧸 玩具 لعبة e\u0301 \u202e‮ “quotes” \\ \t \u2028 ’; DROP TABLE events; --'
  const event = listing({ title, attributes: { __proto__x: 1, deep: { list: [1, 'zwei', null, true] } } })
  const raw = JSON.stringify(event).replace('"__proto__x"', '"__proto__"')
  const answer = await house.call('POST', '/v1/decide', { token, raw })
  expect([answer.status, answer.body.detail?.en]).toEqual([200, undefined])
  await house.app.settled()
  expect(await house.app.facts.rows('SELECT title FROM events WHERE id = $1', [event.id])).toEqual([{ title }])
  expect(({} as Record<string, unknown>)['x']).toBeUndefined()
  expect((await send([listing({ title: 'half \ud83d character' })])).status).toBe(200)
})

test('paths that cannot be read get a problem, not a page', async () => {
  for (const path of [
    '/v1/cases/%E0%A4%A',
    '/v1/cases/%00',
    `/v1/cases/${'x'.repeat(3000)}`,
    '/v1/lists/..%2f..%2fetc',
    "/v1/subjects/listing/'%20OR%201=1--",
  ]) {
    const answer = await house.call('GET', path, { token })
    expect([path.slice(0, 30), answer.headers.get('content-type')]).toEqual([
      path.slice(0, 30),
      'application/problem+json; charset=utf-8',
    ])
    expect([400, 404, 414]).toContain(answer.status)
  }
})

test('everything that was accepted is in journal and facts once, everything refused in quarantine once', async () => {
  await house.app.settled()
  const [counts] = await house.app.facts.rows('SELECT count(*) AS n, count(DISTINCT source || id) AS ids FROM events')
  expect(counts).toEqual({ n: house.app.journal.stats().entries, ids: house.app.journal.stats().entries })
  const stored = await house.app.db
    .selectFrom('quarantine')
    .select((count) => count.fn.countAll().as('n'))
    .executeTakeFirst()
  expect(await house.app.facts.rows('SELECT count(*) AS n FROM quarantine')).toEqual([{ n: Number(stored?.n) }])
})
