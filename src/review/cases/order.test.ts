import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { migrate, openSqlite } from '../../edge/sqlite.ts'
import { newsSchema } from '../../kernel/database.ts'
import { hour } from '../../kernel/time.ts'
import { type Severity, severities } from '../../vocabulary/verdicts.ts'
import { plainRouting } from '../queues/index.ts'
import { credibilityAfter } from './credibility.ts'
import { inOrder, mostUrgent, rank } from './order.ts'
import { impactOf, priorityOf } from './priority.ts'
import { type CaseDb, type CaseTables, caseSchema } from './store.ts'
import { waitingAll } from './store-waiting.ts'

const now = 1_800_000_000_000_000
const severity = fc.constantFrom(...severities)

describe('priority', () => {
  const input = fc.record({
    severity,
    reach: fc.double({ min: 1, max: 1e6, noNaN: true }),
    credibility: fc.double({ min: 0.01, max: 1, noNaN: true }),
    dueAt: fc.integer({ min: -200, max: 200 }).map((hours) => now + hours * hour),
    window: fc.integer({ min: 1, max: 100 }).map((hours) => hours * hour),
    now: fc.constant(now),
  })
  test('is the product of its factors, finite and above zero', () => {
    fc.assert(
      fc.property(input, (of) => {
        const found = priorityOf(of)
        expect(found.score).toBeCloseTo(found.harm * found.reach * found.credibility * found.urgency, 6)
        expect(found.score).toBeGreaterThan(0)
        expect(Number.isFinite(found.score)).toBe(true)
        expect(impactOf(of.severity, of.reach)).toBe(found.harm * found.reach)
      }),
    )
  })
  test('never falls with more harm, more people, more credibility or less time', () => {
    fc.assert(
      fc.property(
        input,
        fc.integer({ min: 0, max: 3 }),
        fc.double({ min: 1, max: 10, noNaN: true }),
        (of, step, factor) => {
          const { score } = priorityOf(of)
          const worse = severities[Math.max(0, severities.indexOf(of.severity) - step)] as Severity
          expect(priorityOf({ ...of, severity: worse }).score).toBeGreaterThanOrEqual(score)
          expect(priorityOf({ ...of, reach: of.reach * factor }).score).toBeGreaterThanOrEqual(score)
          expect(priorityOf({ ...of, credibility: Math.min(1, of.credibility * factor) }).score).toBeGreaterThanOrEqual(
            score,
          )
          expect(priorityOf({ ...of, now: of.now + factor * hour }).score).toBeGreaterThanOrEqual(score)
        },
      ),
    )
  })
  test('nothing waits for ever: what is overdue long enough comes before anything that is not due', () => {
    fc.assert(
      fc.property(input, input, (a, b) => {
        const late = priorityOf({ ...a, dueAt: now - 1e10 * a.window })
        expect(late.score).toBeGreaterThan(
          priorityOf({ ...b, reach: Math.min(b.reach, 1e4), dueAt: now + b.window }).score,
        )
      }),
    )
  })
})

test('credibility starts at the prior, lies between it and what was measured, and follows the outcomes', () => {
  const count = fc.integer({ min: 0, max: 500 })
  fc.assert(
    fc.property(fc.double({ min: 0.01, max: 0.99, noNaN: true }), count, count, (prior, right, wrong) => {
      const found = credibilityAfter(prior, { right, wrong })
      const rate = right + wrong === 0 ? prior : right / (right + wrong)
      expect(found).toBeGreaterThanOrEqual(Math.min(prior, rate) - 1e-12)
      expect(found).toBeLessThanOrEqual(Math.max(prior, rate) + 1e-12)
      expect(credibilityAfter(prior, { right: right + 1, wrong })).toBeGreaterThan(found)
      expect(credibilityAfter(prior, { right, wrong: wrong + 1 })).toBeLessThan(found)
    }),
  )
})

describe('the most urgent cases', () => {
  const folder = mkdtempSync(join(tmpdir(), 'aedile-order-'))
  const opened = openSqlite<CaseTables>(join(folder, 'state.sqlite'))
  const db = opened.db as unknown as CaseDb
  const order = { routing: plainRouting, credibilityOf: (source: string) => (source === 'a' ? 0.9 : 0.3), now }
  const total = 6000

  beforeAll(() => {
    migrate(opened.raw, [newsSchema, caseSchema])
    const insert = opened.raw.prepare(
      `INSERT INTO cases (case_id, at, queue, severity, subject_type, subject_id, title, markets, verdict, policies, strategies, due_at, position, decision_id, cause) VALUES (?, ?, 'q', ?, 'listing', 's', 't', '[]', 'review', '[]', '[]', 0, 0, ?, '')`,
    )
    const state = opened.raw.prepare(
      `INSERT INTO case_state (case_id, status, queue, due_at, impact, reach, language, source) VALUES (?, 'open', ?, ?, ?, ?, NULL, ?)`,
    )
    let seed = 7
    const random = () => {
      seed = (seed * 48_271) % 2_147_483_647
      return seed / 2_147_483_647
    }
    opened.raw.exec('BEGIN')
    for (let index = 0; index < total; index++) {
      const one = severities[Math.floor(random() ** 0.5 * 4)] ?? 'S4'
      const reach = random() < 0.7 ? 1 : Math.round(random() ** -1.2)
      const id = `c${String(index).padStart(5, '0')}`
      insert.run(id, now - hour, one, id)
      const due = now + Math.round((random() * 100 - 20) * hour)
      state.run(id, index % 3 === 0 ? 'left' : 'right', due, impactOf(one, reach), reach, random() < 0.2 ? 'a' : 'b')
    }
    opened.raw.exec('COMMIT')
  })
  afterAll(() => {
    opened.close()
    rmSync(folder, { recursive: true })
  })

  test('are exactly those that sorting the whole queue gives, whatever is left out', async () => {
    const all = (await waitingAll(db, { now, queue: 'right' })).map((row) => ({ ...row, priority: rank(row, order) }))
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 120 }), fc.integer({ min: 1, max: 9 }), async (take, modulus) => {
        const free = (row: { case_id: string }) => Number(row.case_id.slice(1)) % modulus !== 0 || modulus === 1
        const wanted = all.filter(free).sort(inOrder).slice(0, take)
        const found = await mostUrgent(db, {
          ...order,
          queue: plainRouting.queue('right'),
          take,
          mostCredible: 0.9,
          accept: (rows) => rows.filter(free),
        })
        expect(found.map((row) => row.case_id)).toEqual(wanted.map((row) => row.case_id))
      }),
      { numRuns: 25 },
    )
  })

  test('are found without reading the queue', async () => {
    let read = 0
    await mostUrgent(db, {
      ...order,
      queue: plainRouting.queue('right'),
      take: 16,
      mostCredible: 0.9,
      accept: (rows) => {
        read += rows.length
        return rows
      },
    })
    expect(read).toBeLessThan(total / 4)
  })
})
