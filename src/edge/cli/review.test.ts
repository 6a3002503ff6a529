import { afterAll, beforeAll, expect, test } from 'vitest'
import { type House, listing, openHouse } from '../../../tests/server/harness.ts'
import { runSimulate } from './review.ts'

let house: House
const before = process.env['AEDILE_DATA']

beforeAll(async () => {
  house = await openHouse()
  const token = await house.token('strategist')
  for (let index = 0; index < 24; index++) {
    const time = new Date(Date.parse('2026-06-01T08:00:00Z') + index * 3_600_000).toISOString()
    await house.call('POST', '/v1/decide', {
      token,
      body: listing({ title: 'doubtful', price: 10 + index * 90, quantity: index }, { time }),
    })
  }
  await house.app.settled()
  process.env['AEDILE_DATA'] = house.folder
})
afterAll(async () => {
  if (before === undefined) delete process.env['AEDILE_DATA']
  else process.env['AEDILE_DATA'] = before
  await house.close()
})

async function run(options: Partial<Parameters<typeof runSimulate>[0]> = {}): Promise<string[]> {
  const written: string[] = []
  const given = {
    seed: '3',
    seeds: '2',
    reviewers: '3',
    days: undefined,
    handling: undefined,
    sample: false,
    json: false,
  }
  await runSimulate({ ...given, ...options }, { write: (line) => void written.push(line), error: () => undefined })
  return written
}

test('the cases of the data folder are replayed: the same seed gives the same report, another seed another one', async () => {
  const first = await run({ json: true })
  expect(await run({ json: true })).toEqual(first)
  expect(await run({ json: true, seed: '4' })).not.toEqual(first)
  const report = JSON.parse(first[0] ?? '')
  expect(report).toMatchObject({ arrivals: 24, seeds: [3, 4] })
  expect(report.origin).toContain('24 cases of')
  expect(report.cases).toBe(24 * report.copies)
  for (const policy of ['priority', 'fifo', 'severity']) {
    const { prevented, kept } = report.policies[policy]
    for (const share of [prevented.mean, kept.mean]) {
      expect(share).toBeGreaterThan(0)
      expect(share).toBeLessThanOrEqual(1)
    }
  }
})

test('the report names the policies, the differences with their intervals, and where it is worse', async () => {
  const text = (await run()).join('\n')
  expect(text).toMatch(/priority − fifo: harm prevented [+−][\d.]+ points \[[+−][\d.]+, [+−][\d.]+\]/)
  expect(text).toMatch(/worse than first in, first out/)
})

test('a number that is none is refused with its name', async () => {
  await expect(run({ reviewers: 'many' })).rejects.toThrow(/--reviewers is "many"/)
})
