import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { openApp } from '../../src/edge/app.ts'
import { testPacks } from '../server/harness.ts'
import { type Running, startServer } from './server-process.ts'

const rounds = 20
const folder = mkdtempSync(join(tmpdir(), 'aedile-kill-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const titles = ['fine', 'forbidden', 'doubtful', 'fine', 'fine']
/** Few enough findings that no brake of a strategy is touched. */
const event = (id: string, number: number) => ({
  id,
  source: 'crash',
  type: 'listing.submitted',
  time: '2026-06-01T08:00:00Z',
  data: { listing_id: `l-${id}`, seller_id: `s-${number % 7}`, title: titles[number % titles.length] },
})

/** Sends single events and small batches from several clients until the server is killed; returns what was acknowledged. */
async function runAndKill(server: Running, round: number, acknowledged: Map<string, string>): Promise<void> {
  let number = 0
  let alive = true
  const client = async (own: number) => {
    while (alive) {
      const events = Array.from({ length: own === 0 ? 1 : 4 }, () => event(`${round}-${number}`, number++))
      try {
        const answer =
          own === 0
            ? await server.call('POST', '/v1/decide', { token: server.token, body: events[0] })
            : await server.call('POST', '/v1/events', { token: server.token, body: events })
        if (own === 0) acknowledged.set(events[0]?.id ?? '', answer.body.decision_id)
        else
          for (const item of answer.body.items)
            if (item.status === 'accepted') acknowledged.set(item.id, item.decision_id)
      } catch {
        return
      }
      await new Promise((resolve) => setTimeout(resolve, Math.random() * 12))
    }
  }
  const clients = Promise.all([0, 1, 2].map(client))
  await new Promise((resolve) => setTimeout(resolve, 30 + Math.random() * 250))
  expect((await server.end('SIGKILL')).signal).toBe('SIGKILL')
  alive = false
  await clients
}

test(`the whole server killed with kill -9 under load, ${rounds} times: nothing acknowledged is lost, nothing is there twice`, async () => {
  const acknowledged = new Map<string, string>()
  for (let round = 0; round < rounds; round++) {
    const server = await startServer(folder)
    await runAndKill(server, round, acknowledged)
  }
  expect(acknowledged.size).toBeGreaterThan(rounds)

  const app = await openApp({ folder, packs: testPacks, log: () => undefined })
  try {
    await app.settled()
    // The journal: every acknowledged event with the decision that was answered, once.
    const journaled = new Map<string, { decision: string; verdict: string; held: boolean }>()
    for await (const batch of app.journal.batches(0))
      for (const entry of batch) {
        const decision = JSON.parse(entry.records[1]?.bytes.toString() ?? 'null')
        expect(journaled.has(entry.id)).toBe(false)
        const acting = decision.findings.filter(
          (finding: { mode: string; held?: string }) => finding.mode === 'live' && finding.held === undefined,
        )
        journaled.set(entry.id, {
          decision: decision.decision_id,
          verdict: decision.verdict,
          held: acting.length === 0,
        })
      }
    expect([...acknowledged].filter(([id, decision]) => journaled.get(id)?.decision !== decision)).toEqual([])

    // The facts: the same events and decisions, once.
    const facts = await app.facts.rows(
      'SELECT e.id, d.decision_id, d.verdict FROM events e JOIN decisions d USING (position)',
    )
    expect(facts.length).toBe(journaled.size)
    for (const row of facts)
      expect(journaled.get(String(row['id']))).toMatchObject({ decision: row['decision_id'], verdict: row['verdict'] })
    const [findings] = await app.facts.rows('SELECT count(*) AS n, count(DISTINCT finding_id) AS ids FROM findings')
    expect(findings?.['n']).toBe(findings?.['ids'])

    // Ledger and cases: exactly once for each decision, none for any other.
    const blocked = [...journaled.values()]
      .filter((row) => row.verdict === 'block' && !row.held)
      .map((row) => row.decision)
    const reviewed = [...journaled.values()]
      .filter((row) => row.verdict === 'review' && !row.held)
      .map((row) => row.decision)
    const actions = await app.db.selectFrom('actions').select(['cause', 'kind']).execute()
    expect(
      actions
        .filter((row) => row.kind === 'block_publish')
        .map((row) => row.cause)
        .sort(),
    ).toEqual([...blocked].sort())
    expect(
      actions
        .filter((row) => row.kind === 'hold')
        .map((row) => row.cause)
        .sort(),
    ).toEqual([...reviewed].sort())
    expect((await app.db.selectFrom('points').select('cause').execute()).map((row) => row.cause).sort()).toEqual(
      [...blocked].sort(),
    )
    expect(
      (await app.db.selectFrom('cases').select('decision_id').execute()).map((row) => row.decision_id).sort(),
    ).toEqual([...reviewed].sort())
    expect(blocked.length).toBeGreaterThan(5)
    expect(reviewed.length).toBeGreaterThan(5)

    // The news: every ledger row arrived in the facts once.
    for (const [table, key] of [
      ['actions', 'action_id'],
      ['points', 'entry_id'],
      ['notices', 'notice_id'],
      ['cases', 'case_id'],
      ['case_events', 'case_event_id'],
    ] as const) {
      const stored = await app.db
        .selectFrom(table)
        .select(key as 'cause')
        .execute()
      const there = await app.facts.rows(`SELECT "${key}" AS id FROM "${table}"`)
      expect([table, there.map((row) => row['id']).sort()]).toEqual([
        table,
        stored.map((row) => (row as Record<string, unknown>)[key]).sort(),
      ])
    }

    // Windows are what a rebuild from the journal says: the next event of a seller counts all of the last hour.
    const [seller] = await app.facts.rows(
      "SELECT count(*) AS n FROM events WHERE party_id = 's-1' AND logged_at > now()::TIMESTAMP - INTERVAL 1 HOUR",
    )
    const next = app.pipeline.submit(event('after', 1))
    if (next.status !== 'accepted') throw new Error(next.status)
    await next.durable
    expect(next.decision.saw['loop_seller_1h']).toBe(Number(seller?.['n']) + 1)
  } finally {
    await app.close()
  }
}, 400_000)
