import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { runDecide } from './decide.ts'

interface Line {
  readonly event: string | null
  readonly verdict: string
  readonly findings: { strategy: string; evidence: { field: string; start?: number; end?: number; text?: string }[] }[]
}

async function decide(lines: readonly unknown[]): Promise<Line[]> {
  const folder = mkdtempSync(join(tmpdir(), 'aedile-decide-'))
  const out: string[] = []
  try {
    const events = join(folder, 'events.ndjson')
    writeFileSync(events, lines.map((line) => (typeof line === 'string' ? line : JSON.stringify(line))).join('\r\n'))
    await runDecide({ events, json: true }, { write: (line) => out.push(line), error: () => {} })
  } finally {
    rmSync(folder, { recursive: true })
  }
  return out.map((line) => JSON.parse(line) as Line)
}

const event = (id: string, type: string, data: object) => ({
  id,
  source: 'shop',
  type,
  time: '2026-11-01T08:00:00Z',
  data,
})
const ad = (id: string, headline: string) =>
  event(id, 'ad.submitted', { ad_id: id, advertiser_id: 'a', headline, target_market: 'CN' })

it('answers every line in order; evidence says where in the original text, once and readably', async () => {
  const texts = ['👍國家級工藝', '全网最低价', '最大功率 65W', '三天根治颈椎病']
  const registrations = Array.from({ length: 6 }, (_, index) =>
    event(`r${index}`, 'account.registered', { account_id: `x${index}`, device_id: 'phone', ip: '198.51.100.7' }),
  )
  const lines = await decide([...texts.map((text, index) => ad(`a${index}`, text)), '{broken', ...registrations])
  expect(lines.map((line) => line.event)).toEqual(['a0', 'a1', 'a2', 'a3', null, ...registrations.map(({ id }) => id)])
  expect(lines.slice(0, 4).map((line) => line.verdict)).toEqual(['block', 'block', 'pass', 'block'])
  expect(lines.at(-1)?.findings.length).toBeGreaterThan(0)
  for (const [index, line] of lines.entries())
    for (const { evidence } of line.findings ?? []) {
      expect(evidence.length).toBeGreaterThan(0)
      expect(new Set(evidence.map((item) => JSON.stringify(item))).size).toBe(evidence.length)
      expect(JSON.stringify(evidence).length).toBeLessThan(2000)
      for (const { start, end, text } of evidence)
        if (start !== undefined) expect(texts[index]?.slice(start, end)).toBe(text)
    }
}, 30_000)

it('names the option when the file cannot be read', async () => {
  const errors: string[] = []
  const code = await runDecide({ events: 'nowhere.ndjson' }, { write: () => {}, error: (line) => errors.push(line) })
  expect(code).toBe(1)
  expect(errors.join()).toMatch(/--events.*nowhere\.ndjson/)
  expect(await runDecide({ events: tmpdir() }, { write: () => {}, error: (line) => errors.push(line) })).toBe(1)
  expect(errors.at(-1)).toMatch(/--events.*folder/)
}, 30_000)
