import { describe, expect, test } from 'vitest'
import { checkLadder } from '../../enforcement/standing/index.ts'
import { ladderIds, loadLadder, standingCommand } from './standing.ts'

interface Line {
  time: string
  subject: string
  cause: string
  ledger?: string
  score: number
  crossed: number[]
  sanctions: { kind: string; from: string; until: string | null }[]
}

type Event = Readonly<Record<string, unknown>>

const DAY_MS = 86_400_000
const START = Date.UTC(2026, 0, 1, 8)

/** The moment `days` after the start of every example, as a history would write it. */
function at(days: number): string {
  return new Date(START + days * DAY_MS).toISOString().replace('.000Z', 'Z')
}

function violation(id: string, days: number, name: string, points?: number): Event {
  return {
    id,
    time: at(days),
    subject: 's',
    type: 'violation',
    class: name,
    ...(points === undefined ? {} : { points }),
  }
}

async function run(ladder: string, lines: readonly (Event | string)[], until?: string) {
  const out: string[] = []
  const errors: string[] = []
  const code = await standingCommand.run(
    { ladder, events: 'events.ndjson', until, json: true },
    {
      write: (line) => out.push(line),
      error: (line) => errors.push(line),
      readLines: () => lines.map((line) => (typeof line === 'string' ? line : JSON.stringify(line))),
    },
  )
  return { code, errors, raw: out, lines: out.map((line): Line => JSON.parse(line)) }
}

async function replayed(ladder: string, events: readonly Event[], until?: number) {
  const { errors, lines } = await run(ladder, events, until === undefined ? undefined : at(until))
  expect(errors).toEqual([])
  return {
    lines,
    byCause: (cause: string) => lines.findLast((line) => line.cause === cause),
    last: lines.at(-1),
    scores: lines.filter((line) => !line.cause.startsWith('end:')).map((line) => [line.cause, line.score]),
    crossed: lines.filter((line) => line.crossed.length > 0).map((line) => [line.cause, ...line.crossed]),
  }
}

test('every shipped ladder fits the schema, in both languages, and says how sure its facts are', () => {
  expect(ladderIds()).toEqual(
    expect.arrayContaining([
      'aliexpress-ip',
      'amazon-health',
      'credit-100',
      'lazada',
      'tiktok-creator',
      'tiktok-shop-sea',
      'tiktok-shop-us',
    ]),
  )
  for (const id of ladderIds()) {
    const ladder = loadLadder(id, { error: (line) => expect.unreachable(line) })
    expect(ladder?.id).toBe(id)
    expect(checkLadder(ladder).problems).toEqual([])
    expect(ladder?.source.length).toBeGreaterThan(0)
  }
})

describe('lazada', () => {
  test('12, 24, 36 and 48 points bring the published sanctions for the published time', async () => {
    const events = [0, 10, 30, 60].map((days, index) => violation(`v${index}`, days, 'other', 12))
    const { byCause, crossed } = await replayed('lazada', events, 100)
    expect(crossed).toEqual([
      ['v0', 12],
      ['v1', 24],
      ['v2', 36],
      ['v3', 48],
    ])
    expect(byCause('v0')?.sanctions).toEqual([{ kind: 'no-new-listings', from: at(0), until: at(7) }])
    expect(byCause('v1')?.sanctions).toEqual([
      { kind: 'no-new-listings', from: at(10), until: at(24) },
      { kind: 'search-hidden', from: at(10), until: at(24) },
    ])
    expect(byCause('v2')?.sanctions).toEqual([
      { kind: 'no-new-listings', from: at(30), until: at(51) },
      { kind: 'products-offline', from: at(30), until: at(51) },
    ])
    expect(byCause('v3')?.sanctions).toEqual([{ kind: 'shop-closed', from: at(60), until: null }])
  })

  test('points are cleared 365 days after the first', async () => {
    const { byCause } = await replayed(
      'lazada',
      [violation('v0', 0, 'other', 10), violation('v1', 300, 'other', 1)],
      400,
    )
    expect(byCause('expiry:v0')).toMatchObject({ time: at(365), score: 0 })
    expect(byCause('expiry:v1')).toMatchObject({ time: at(365), score: 0 })
  })

  test('a severe violation closes the shop at once; clearing the points does not open it, an overturn does', async () => {
    const { byCause } = await replayed('lazada', [violation('v0', 0, 'severe')], 400)
    expect(byCause('v0')).toMatchObject({ score: 48, crossed: [12, 24, 36, 48] })
    expect(byCause('expiry:v0')).toMatchObject({
      score: 0,
      sanctions: [{ kind: 'shop-closed', from: at(0), until: null }],
    })
    const overturn = { id: 'o', time: at(9), subject: 's', type: 'overturn', ref: 'v0' }
    const { last } = await replayed('lazada', [violation('v0', 0, 'severe'), overturn], 400)
    expect(last).toEqual({ time: at(9), subject: 's', cause: 'o', score: 0, crossed: [], sanctions: [] })
  })

  test('brushing costs 16 points at most', async () => {
    const { errors, lines } = await run('lazada', [
      violation('v0', 0, 'brushing', 17),
      violation('v1', 0, 'brushing', 16),
    ])
    expect(errors).toEqual([
      'line 1: points = 17: for class "brushing" write a number from 1 to 16, or leave points out',
    ])
    expect(lines.map((line) => line.score)).toEqual([16])
  })
})

describe('aliexpress-ip', () => {
  test('serious strikes freeze for 1 day, for 7 days, then close; those within 3 days count once', async () => {
    const events = [0, 1, 10, 20].map((days, index) => violation(`v${index}`, days, 'ip-serious'))
    const { byCause, scores } = await replayed('aliexpress-ip', events)
    expect(scores).toEqual([
      ['v0', 1],
      ['v1', 1],
      ['v2', 2],
      ['v3', 3],
    ])
    expect(byCause('v0')?.sanctions).toEqual([{ kind: 'shop-frozen', from: at(0), until: at(1) }])
    expect(byCause('v2')?.sanctions).toEqual([{ kind: 'shop-frozen', from: at(10), until: at(17) }])
    expect(byCause('v3')?.sanctions).toEqual([{ kind: 'shop-closed', from: at(20), until: null }])
    expect(byCause('v3')?.ledger).toBe('ip-serious')
  })

  test('the first general violation costs 0, each later one 6, at most 6 a day, and 48 closes', async () => {
    const days = [0, 5, 5.1, 10, 15, 20, 25, 30, 35, 40]
    const { scores, crossed, last } = await replayed(
      'aliexpress-ip',
      days.map((day, index) => violation(`v${index}`, day, 'ip-general')),
    )
    expect(scores.map(([, score]) => score)).toEqual([0, 6, 6, 12, 18, 24, 30, 36, 42, 48])
    expect(crossed).toEqual([['v9', 48]])
    expect(last?.sanctions).toEqual([{ kind: 'shop-closed', from: at(40), until: null }])
  })

  test('both ledgers are apart and each record lapses after 365 days', async () => {
    const events = [
      violation('g0', 0, 'ip-general'),
      violation('g1', 1, 'ip-general'),
      violation('s0', 2, 'ip-serious'),
    ]
    const { byCause } = await replayed('aliexpress-ip', events, 400)
    expect(byCause('s0')).toMatchObject({ ledger: 'ip-serious', score: 1 })
    expect(byCause('expiry:g1')).toMatchObject({ time: at(366), ledger: 'ip-general', score: 0 })
    expect(byCause('expiry:s0')).toMatchObject({ time: at(367), ledger: 'ip-serious', score: 0 })
  })
})

describe('tiktok-shop-sea', () => {
  test('12, 24, 36, 48 are crossed once each and 48 revokes the permission', async () => {
    const events = [6, 6, 12, 12, 11, 1].map((points, index) =>
      violation(`v${index}`, index, 'ip-infringement', points),
    )
    const { crossed, last } = await replayed('tiktok-shop-sea', events)
    expect(crossed).toEqual([
      ['v1', 12],
      ['v2', 24],
      ['v3', 36],
      ['v5', 48],
    ])
    expect(last?.sanctions.find((sanction) => sanction.kind === 'permission-revoked')?.until).toBeNull()
  })

  test('points lapse 90 days after their own issue, and milestones re-arm', async () => {
    const events = [
      violation('v0', 0, 'counterfeit', 12),
      violation('v1', 50, 'counterfeit', 4),
      violation('v2', 95, 'counterfeit', 8),
    ]
    const { byCause, crossed, scores } = await replayed('tiktok-shop-sea', events, 200)
    expect(byCause('expiry:v0')).toMatchObject({ time: at(90), score: 4 })
    expect(crossed).toEqual([
      ['v0', 12],
      ['v2', 12],
    ])
    expect(scores.at(-1)).toEqual(['expiry:v2', 0])
  })

  test('the published ranges are kept', async () => {
    const bad = [
      ['missing-qualification', 5],
      ['counterfeit', 49],
      ['knock-off', 5],
      ['late-dispatch', 1],
      ['reproduced-content', 47],
    ] as const
    const { errors, lines } = await run(
      'tiktok-shop-sea',
      bad.map(([name, points], index) => violation(`v${index}`, 0, name, points)),
    )
    expect([errors.length, lines.length]).toEqual([5, 0])
  })
})

describe('health ratings of TikTok Shop', () => {
  test('a shop starts at 200 and meets 150, 100, 50 and 0; points come back after 180 days', async () => {
    const events = [50, 50, 50, 50].map((points, index) => violation(`v${index}`, index, 'counterfeit', points))
    const { scores, crossed, byCause } = await replayed('tiktok-shop-us', events, 200)
    expect(crossed).toEqual([
      ['v0', 150],
      ['v1', 100],
      ['v2', 50],
      ['v3', 0],
    ])
    expect(scores.slice(4).map(([, score]) => score)).toEqual([50, 100, 150, 200])
    expect(byCause('expiry:v0')?.time).toBe(at(180))
  })

  test('a milestone quiz shortens the sanction, but not at 0', async () => {
    const quiz = { id: 'q', time: at(1), subject: 's', type: 'quiz', ref: 'v0', points: 10 }
    const { last } = await replayed('tiktok-shop-us', [violation('v0', 0, 'other', 50), quiz])
    expect(last).toMatchObject({ score: 160, sanctions: [{ kind: 'listing-limit', until: at(3.5) }] })
    const { last: closed } = await replayed('tiktok-shop-us', [violation('v0', 0, 'other', 200), quiz])
    expect(closed?.sanctions.find((sanction) => sanction.kind === 'shop-deactivated')?.until).toBeNull()
  })

  test('a creator meets 150, 100, 50 and 0, and regains points by quizzes and good content', async () => {
    const events = [
      violation('v0', 0, 'misleading-promotion', 60),
      { id: 'q', time: at(1), subject: 's', type: 'quiz', ref: 'v0', points: 15 },
      { id: 'c', time: at(2), subject: 's', type: 'credit', class: 'content', points: 5 },
      violation('v1', 3, 'medical-claims', 200),
    ]
    const { scores, crossed } = await replayed('tiktok-creator', events)
    expect(scores).toEqual([
      ['v0', 140],
      ['q', 155],
      ['c', 160],
      ['v1', 0],
    ])
    expect(crossed).toEqual([
      ['v0', 150],
      ['v1', 150, 100, 50, 0],
    ])
  })

  test('the same violation 6 times in 90 days removes a creator whatever the score; different ones do not', async () => {
    const same = [0, 10, 20, 30, 40, 50].map((days, index) => violation(`v${index}`, days, 'medical-claims', 1))
    const { last, lines } = await replayed('tiktok-creator', same)
    expect(last).toMatchObject({ score: 194, crossed: [] })
    expect(last?.sanctions).toContainEqual({ kind: 'permission-removed', from: at(50), until: null })
    expect(lines[4]?.sanctions).toEqual([])
    const mixed = same.map((event, index) => (index === 3 ? { ...event, class: 'low-quality-content' } : event))
    expect((await replayed('tiktok-creator', mixed)).last?.sanctions).toEqual([])
    const slow = same.map((event, index) => ({ ...event, time: at(index * 18) }))
    expect((await replayed('tiktok-creator', slow)).last?.sanctions).toEqual([])
  })

  test('an overturn of one of the 6 restores the creator', async () => {
    const same = [0, 1, 2, 3, 4, 5].map((days, index) => violation(`v${index}`, days, 'medical-claims', 1))
    const overturn = { id: 'o', time: at(8), subject: 's', type: 'overturn', ref: 'v2' }
    expect((await replayed('tiktok-creator', [...same, overturn])).last).toMatchObject({ score: 195, sanctions: [] })
  })
})

describe('amazon-health', () => {
  test('199 and below is at risk, 99 and below deactivation, and 180 days heal', async () => {
    const events = [
      violation('v0', 0, 'listing-policy', 1),
      violation('v1', 1, 'product-safety', 99),
      violation('v2', 2, 'product-safety', 1),
    ]
    const { scores, crossed, last, byCause } = await replayed('amazon-health', events, 200)
    expect(crossed).toEqual([
      ['v0', 199],
      ['v2', 99],
    ])
    expect(byCause('v2')?.sanctions.map((sanction) => sanction.kind)).toEqual(['at-risk', 'account-deactivated'])
    expect(scores.slice(3)).toEqual([
      ['expiry:v0', 100],
      ['expiry:v1', 199],
      ['expiry:v2', 200],
    ])
    expect(last?.sanctions).toEqual([])
  })

  test('4 points for every 200 orders, left-over orders kept, never above 1000', async () => {
    const credit = (id: string, days: number, more: Event) => ({
      id,
      time: at(days),
      subject: 's',
      type: 'credit',
      class: 'orders',
      ...more,
    })
    const events = [
      credit('c0', 0, {}),
      credit('c1', 1, { quantity: 300 }),
      credit('c2', 2, { quantity: 100 }),
      credit('c3', 3, { points: 1000 }),
    ]
    expect((await replayed('amazon-health', events)).scores.map(([, score]) => score)).toEqual([204, 208, 212, 1000])
  })

  test('5 IP or 2 restricted-product violations in 180 days deactivate whatever the score', async () => {
    const ip = [0, 1, 2, 3, 4].map((days, index) => violation(`v${index}`, days, 'ip-complaint', 0))
    expect((await replayed('amazon-health', ip)).last?.sanctions).toEqual([
      { kind: 'account-deactivated', from: at(4), until: null },
    ])
    expect((await replayed('amazon-health', ip.slice(1))).last?.sanctions).toEqual([])
    const restricted = [violation('v0', 0, 'restricted-product', 0), violation('v1', 1, 'restricted-product', 0)]
    expect((await replayed('amazon-health', restricted)).last?.sanctions).toHaveLength(1)
  })
})

describe('credit-100', () => {
  test('starts at 100, loses points, regains one every natural day up to 100', async () => {
    const { scores, lines } = await replayed('credit-100', [violation('v0', 0, 'false-advertising', 3)], 10)
    expect(scores.map(([, score]) => score)).toEqual([97, 98, 99, 100])
    expect(lines.map((line) => line.time).slice(1)).toEqual([
      '2026-01-02T00:00:00Z',
      '2026-01-03T00:00:00Z',
      '2026-01-04T00:00:00Z',
    ])
  })

  test('20 and below bars group-buy until the score is back; tasks add points but never above 100', async () => {
    const task = { id: 'c', time: at(0.2), subject: 's', type: 'credit', class: 'task', points: 90 }
    const { lines } = await replayed('credit-100', [violation('v0', 0, 'other', 80), task])
    expect(lines[0]).toMatchObject({ score: 20, crossed: [60, 40, 20] })
    expect(lines[0]?.sanctions.map((sanction) => sanction.kind)).toEqual([
      'demoted',
      'no-live-with-group-buy',
      'no-video-with-group-buy',
    ])
    expect(lines[1]).toMatchObject({ score: 100, sanctions: [] })
  })

  test('of several faults in one content only the worst counts', async () => {
    const events = [
      { ...violation('v0', 0, 'other', 5), ref: 'video-1' },
      { ...violation('v1', 0.1, 'low-quality', 8), ref: 'video-1' },
    ]
    expect((await replayed('credit-100', events)).scores.map(([, score]) => score)).toEqual([95, 92])
  })
})

describe('the command', () => {
  test('names line, field, value and fix of what it refuses, and the rest goes on', async () => {
    const good = violation('v0', 0, 'other', 12)
    const { code, errors, lines } = await run('lazada', [
      '{"id": "broken"',
      { ...good, id: 'a', class: 'nonsense' },
      { ...good, id: 'b', points: 49 },
      { ...good, id: 'c', time: 'yesterday' },
      { ...good, id: 'd', type: 'bribe' },
      good,
      good,
      { id: 'o', time: at(1), subject: 's', type: 'overturn', ref: 'missing' },
      { id: 'p', time: at(1), subject: 'other', type: 'overturn', ref: 'v0' },
      { id: 'q', time: at(-1), subject: 's', type: 'overturn', ref: 'v0' },
      { id: 'r', time: at(1), subject: 's', type: 'quiz', ref: 'v0' },
      '',
      '[1]',
      violation('v1', 1, 'other', 12),
    ])
    expect(errors.map((line) => line.split(': ')[0])).toEqual(
      [1, 2, 3, 4, 5, 7, 8, 9, 10, 11, 13].map((number) => `line ${number}`),
    )
    expect(errors[1]).toBe(
      'line 2: class = "nonsense": use one of: brushing, severe, listing, prohibited-product, counterfeit, ip-infringement, fulfilment, other',
    )
    expect(errors.find((line) => line.startsWith('line 7'))).toBe(
      'line 7: id = "v0": an earlier event has this id; the earlier one stays',
    )
    expect(errors.find((line) => line.startsWith('line 8'))).toBe(
      'line 8: ref = "missing": no violation has this id; write the id of an accepted violation',
    )
    expect(lines.map((line) => line.score)).toEqual([12, 24])
    expect(code).toBe(2)
  })

  test('an unknown ladder, an unreadable file or a wrong --until ends it with the fix', async () => {
    const unknown = await run('shopify', [])
    expect([unknown.code, unknown.errors[0]]).toEqual([
      1,
      `--ladder = "shopify": use one of: ${ladderIds().join(', ')}`,
    ])
    const until = await run('lazada', [], 'soon')
    expect([until.code, until.errors[0]?.startsWith('--until = "soon"')]).toEqual([1, true])
    const errors: string[] = []
    const io = { write: () => {}, error: (line: string) => errors.push(line) }
    expect(await standingCommand.run({ ladder: 'lazada', events: 'no-such-file.ndjson' }, io)).toBe(1)
    expect(errors[0]).toMatch(/^--events = "no-such-file.ndjson": ENOENT.*give a file that can be read$/)
  })

  test('--until looks further than the last event, or less far; the output stays in time order', async () => {
    const events = [violation('v1', 5, 'other', 12), { ...violation('v0', 0, 'other', 12), subject: 'a' }]
    expect((await run('lazada', events)).lines.map((line) => line.cause)).toEqual(['v0', 'v1'])
    expect((await run('lazada', events, at(1))).lines.map((line) => line.cause)).toEqual(['v0'])
    expect((await run('lazada', events, at(400))).lines.map((line) => line.cause)).toEqual([
      'v0',
      'v1',
      'end:v0',
      'end:v1',
      'expiry:v0',
      'expiry:v1',
    ])
  })

  test('a line holds exactly the published fields, and times keep the precision of the file', async () => {
    const { raw } = await run('lazada', [violation('v0', 0, 'other', 12)])
    expect(raw).toEqual([
      '{"time":"2026-01-01T08:00:00Z","subject":"s","cause":"v0","score":12,"crossed":[12],"sanctions":[{"kind":"no-new-listings","from":"2026-01-01T08:00:00Z","until":"2026-01-08T08:00:00Z"}]}',
    ])
    const precise = await run('lazada', [{ ...violation('v0', 0, 'other', 12), time: '2026-01-01T09:00:00.000+01:00' }])
    expect(precise.lines[0]?.time).toBe('2026-01-01T08:00:00.000Z')
  })
})
