import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { beforeAll, describe, expect, it } from 'vitest'
import { coreEventTypes, validateEvent } from '../events/index.ts'
import { generateSample, SAMPLE_RECALLS, type SampleItem, sampleGroups, sampleSummary } from './index.ts'
import { KINDS } from './kinds.ts'

const REQUIRED: Readonly<Record<string, readonly string[]>> = {
  'listing.submitted':
    'listing_id seller_id title description category brand price currency list_price quantity attributes documents images ship_to seller_country language'.split(
      ' ',
    ),
  'ad.submitted':
    'ad_id advertiser_id headline body landing_url category target_market audience_min_age images video creator_id'.split(
      ' ',
    ),
  'review.posted': 'content_id author_id target_id target_type text rating images language'.split(' '),
  'question.posted': 'content_id author_id target_id target_type text images language'.split(' '),
  'video.published': 'content_id creator_id title caption transcript media_url start_s end_s products viewers'.split(
    ' ',
  ),
  'live.segment': 'content_id creator_id title transcript media_url start_s end_s products viewers'.split(' '),
  'shop.opened': 'shop_id name country documents level category'.split(' '),
  'creator.updated': 'creator_id name country documents level category'.split(' '),
  'account.registered': 'account_id device_id ip phone email address channel'.split(' '),
  'account.signed_in': 'account_id device_id ip channel'.split(' '),
  'account.updated': 'account_id device_id ip phone email address channel'.split(' '),
  'order.placed':
    'order_id buyer_id seller_id listing_id amount currency quantity device_id ip address payment_instrument'.split(
      ' ',
    ),
  'order.shipped': 'order_id buyer_id seller_id listing_id tracking weight_g'.split(' '),
  'order.refunded': 'order_id buyer_id seller_id listing_id amount reason'.split(' '),
  'payment.attempted': 'order_id buyer_id amount currency device_id ip payment_instrument outcome'.split(' '),
  'report.filed': 'reporter_id reporter_kind target_id target_type reason text evidence'.split(' '),
}
const SAME: Readonly<Record<string, string>> = {
  'listing.updated': 'listing.submitted',
  'message.sent': 'question.posted',
  'comment.posted': 'question.posted',
  'shop.updated': 'shop.opened',
}

const text = (value: unknown): string => (typeof value === 'string' ? value : '')

function fingerprint(seed: number, count: number): string {
  const hash = createHash('sha256')
  let left = count
  for (const item of generateSample({ seed })) {
    if (left-- === 0) break
    hash.update(JSON.stringify(item))
  }
  return hash.digest('hex')
}

describe('sample marketplace, seed 42', () => {
  let items: SampleItem[] = []
  beforeAll(() => {
    items = [...generateSample({ seed: 42 })]
  })

  it('gives the same first 5,000 events for the same seed and others for another seed', () => {
    expect(fingerprint(42, 5000)).toBe(fingerprint(42, 5000))
    expect(fingerprint(42, 5000)).not.toBe(fingerprint(43, 5000))
  })

  it('has at least 100,000 events in time order, with unique ids, inside its 60 days', () => {
    expect(items.length).toBeGreaterThanOrEqual(100_000)
    expect(new Set(items.map((item) => item.event.id)).size).toBe(items.length)
    expect(items.findIndex((item, index) => index > 0 && item.event.time < (items[index - 1]?.event.time ?? ''))).toBe(
      -1,
    )
    expect(items[0]?.event.time.slice(0, 10)).toBe('2026-09-02')
    expect(items.at(-1)?.event.time.slice(0, 10)).toBe('2026-10-31')
  })

  it('writes a valid envelope and every field of the type', () => {
    const seen = new Set<string>()
    for (const { event } of items) {
      seen.add(event.type)
      const fields = REQUIRED[SAME[event.type] ?? event.type] ?? ['a type without a schema']
      const missing = fields.filter((field) => event.data[field] === undefined)
      if (missing.length > 0) expect.fail(`${event.id} (${event.type}) lacks ${missing.join(', ')}`)
      if (event.specversion !== '1.0' || event.source !== `sample/${event.site}` || event.subject === '')
        expect.fail(`${event.id} has a bad envelope`)
    }
    expect([...seen].sort()).toEqual([...Object.keys(REQUIRED), ...Object.keys(SAME)].sort())
  })

  it('is accepted whole by the validation that every event passes', () => {
    const check = {
      types: new Map(coreEventTypes.map((type) => [type.type, type])),
      now: Date.parse('2026-11-02T00:00:00Z') * 1000,
    }
    const refused = items.flatMap(({ event }) => {
      const result = validateEvent(event, check)
      return 'problem' in result ? [JSON.stringify(result.problem)] : []
    })
    expect(refused.slice(0, 3)).toEqual([])
  })

  it('lets orders refer only to accounts and listings that came before, and ship where the listing ships', () => {
    const accounts = new Set<unknown>()
    const shipTo = new Map<unknown, unknown>()
    const wrong: string[] = []
    for (const { event } of items) {
      if (event.type === 'account.registered') accounts.add(event.data['account_id'])
      if (event.type === 'listing.submitted') shipTo.set(event.data['listing_id'], event.data['ship_to'])
      if (event.type !== 'order.placed') continue
      const markets = shipTo.get(event.data['listing_id'])
      if (!accounts.has(event.data['buyer_id'])) wrong.push(`${event.id}: unknown buyer`)
      if (!Array.isArray(markets) || !markets.includes(event.data['market']))
        wrong.push(`${event.id}: cannot be bought there`)
    }
    expect(wrong).toEqual([])
  })

  it('gives unrelated people no device, address or phone in common', () => {
    const owners = new Map<string, unknown>()
    const shared: string[] = []
    for (const { event, truth } of items) {
      if (event.type !== 'account.registered' || truth !== undefined) continue
      for (const field of ['device_id', 'ip', 'phone', 'email']) {
        const key = `${field} ${text(event.data[field])}`
        if (owners.has(key)) shared.push(key)
        owners.set(key, event.data['account_id'])
      }
    }
    expect(shared).toEqual([])
  })

  it('lets comments on videos follow the video', () => {
    const videos = new Set<unknown>()
    const lost: string[] = []
    for (const { event } of items) {
      if (event.type === 'video.published') videos.add(event.data['content_id'])
      if (event.data['target_type'] === 'video' && !videos.has(event.data['target_id'])) lost.push(event.id)
    }
    expect(lost).toEqual([])
  })

  it('plants every kind of the table, and tells no kind outside it', () => {
    const counts = new Map<string, number>()
    for (const { truth } of items) if (truth !== undefined) counts.set(truth.kind, (counts.get(truth.kind) ?? 0) + 1)
    const single = Object.entries(KINDS).filter(([, kind]) => kind.expected === 'violation' || kind.expected === 'trap')
    expect(single.filter(([kind]) => (counts.get(kind) ?? 0) < 15).map(([kind]) => kind)).toEqual([])
    expect([...counts.keys()].filter((kind) => KINDS[kind] === undefined)).toEqual([])
    expect(items.every(({ event, truth }) => truth === undefined || truth.event_id === event.id)).toBe(true)
  })

  it('tells sixteen rings with members that occur in the events, one incident and one campaign', () => {
    const groups = sampleGroups({ seed: 42 })
    const rings = groups.filter((group) => group.expected === 'ring')
    expect(rings).toHaveLength(16)
    expect(groups.filter((group) => group.expected === 'incident')).toHaveLength(1)
    expect(groups.filter((group) => group.expected === 'campaign')).toHaveLength(1)
    const known = new Set<string>()
    const active = new Set<string>()
    for (const { event, truth } of items) {
      for (const field of ['account_id', 'shop_id', 'device_id', 'seller_id']) known.add(text(event.data[field]))
      if (truth?.ring !== undefined) active.add(truth.ring)
    }
    expect(rings.flatMap((ring) => (ring.members ?? []).filter((member) => !known.has(member)))).toEqual([])
    expect(rings.map((ring) => ring.ring).filter((ring) => !active.has(ring ?? ''))).toEqual([])
  })

  it('shows the incident in its refund rate and the campaign in its volume, and nowhere else', () => {
    const groups = sampleGroups({ seed: 42 })
    const incident = groups.find((group) => group.expected === 'incident')
    const campaign = groups.find((group) => group.expected === 'campaign')
    const inside = (group: typeof incident, time: string): boolean =>
      time >= (group?.from ?? '') && time < (group?.to ?? '')
    const refunds = { inside: 0, outside: 0 }
    const orders = { inside: 0, outside: 0 }
    for (const { event } of items) {
      if (event.type === 'order.placed') orders[inside(campaign, event.time) ? 'inside' : 'outside']++
      const cell = `${text(event.data['category'])}|${text(event.data['market'])}|${text(event.data['logistics_partner'])}`
      if (event.type === 'order.refunded' && cell === incident?.subject)
        refunds[inside(incident, event.time) ? 'inside' : 'outside']++
    }
    expect(refunds.inside / 3).toBeGreaterThan(8 * (refunds.outside / 57))
    expect(orders.inside / 2).toBeGreaterThan(2.2 * (orders.outside / 58))
  })

  it('leaks no truth into the data', () => {
    const marks = /"(?:fake|fraud|violation|trap|ring|planted|truth|kind_of_truth|expected)"\s*:/
    expect(items.find(({ event }) => marks.test(JSON.stringify(event.data)))?.event).toBeUndefined()
  })

  it('offers each recalled product again under its brand, model and batch', () => {
    const offered = new Set(
      items.filter(({ truth }) => truth?.kind === 'goods.recalled').map(({ event }) => text(event.data['brand'])),
    )
    expect([...offered].sort()).toEqual(SAMPLE_RECALLS.map((recall) => recall.brand).sort())
  })

  it('counts itself and says that it is generated', () => {
    const summary = sampleSummary({ seed: 42 })
    expect(summary.events).toBe(items.length)
    expect(summary.ordinary / summary.events).toBeGreaterThan(0.9)
    expect(summary.text.en).toContain('generated sample, seed 42')
    expect(summary.text.zh).toContain('种子 42')
    for (const page of ['sample.md', 'sample.zh.md']) {
      const reference = readFileSync(new URL(`../../../docs/reference/${page}`, import.meta.url), 'utf8')
      const rows = summary.by_kind.filter(({ expected }) => expected === 'violation' || expected === 'trap')
      const stale = rows.filter(
        ({ kind, events }) => !reference.includes(`| \`${kind}\` | ${events.toLocaleString('en-US')} |`),
      )
      expect(stale.map(({ kind, events }) => `${page} should say ${events} for ${kind}`)).toEqual([])
      expect(reference).toContain(summary.events.toLocaleString('en-US'))
    }
  })
})

describe('sample options', () => {
  it('ends at the time asked for and takes a shorter history', () => {
    const items = [...generateSample({ seed: 7, days: 20, endAt: '2025-06-01T00:00:00Z' })]
    expect(items[0]?.event.time.slice(0, 10)).toBe('2025-05-12')
    expect(items.at(-1)?.event.time.slice(0, 10)).toBe('2025-05-31')
  })

  it('refuses an unusable seed, length or end with the value and the fix', () => {
    expect(() => generateSample({ seed: -1 }).next()).toThrow('seed is -1; give a whole number from 0')
    expect(() => generateSample({ seed: 1, days: 3 }).next()).toThrow('days is 3')
    expect(() => generateSample({ seed: 1, endAt: 'soon' }).next()).toThrow('endAt is "soon"')
  })
})
