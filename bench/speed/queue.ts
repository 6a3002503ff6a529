import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { migrate, openSqlite } from '../../src/edge/sqlite.ts'
import { actionSchema } from '../../src/enforcement/actions/index.ts'
import { newsSchema } from '../../src/kernel/database.ts'
import { hour, nowMicros } from '../../src/kernel/time.ts'
import { type CaseDb, type CaseTables, caseSchema, createCases, impactOf } from '../../src/review/cases/index.ts'
import { severities } from '../../src/vocabulary/verdicts.ts'
import { cpuSeconds, type Measure, measure, type Options, shown } from './measure.ts'

const queues = 6
const sources = 80

/** A store with open cases in several queues: severities, reach with a long tail, due times from a day ago to four days ahead. */
function fill(path: string, count: number, now: number): { db: CaseDb; close(): void } {
  const { db, raw, close } = openSqlite<CaseTables>(path)
  migrate(raw, [newsSchema, actionSchema, caseSchema])
  const insert = raw.prepare(
    `INSERT INTO cases (case_id, at, queue, severity, subject_type, subject_id, title, markets, verdict, policies, strategies, due_at, position, decision_id, cause)
     VALUES (?, ?, ?, ?, 'listing', ?, 'a title', '["DE"]', 'review', '["P"]', '["x/y@1"]', 0, 0, ?, '')`,
  )
  const place = raw.prepare(
    `INSERT INTO case_state (case_id, status, queue, due_at, impact, reach, language, source, opened_at) VALUES (?, 'open', ?, ?, ?, ?, 'en', ?, ?)`,
  )
  let seed = 11
  const random = () => {
    seed = (seed * 48_271) % 2_147_483_647
    return seed / 2_147_483_647
  }
  raw.exec('BEGIN')
  for (let index = 0; index < count; index++) {
    const id = `c${String(index).padStart(7, '0')}`
    const severity = severities[Math.floor(Math.sqrt(random()) * 4)] ?? 'S4'
    const reach = random() < 0.7 ? 1 : Math.round(random() ** -1.2)
    const opened = now - Math.round(random() * 72 * hour)
    const queue = `q${index % queues}`
    insert.run(id, opened, queue, severity, `s${index}`, `d${index}`)
    const due = now + Math.round((random() * 120 - 24) * hour)
    place.run(id, queue, due, impactOf(severity, reach), reach, `strategy:p/s${index % sources}`, opened)
  }
  raw.exec('COMMIT')
  return { db: db as unknown as CaseDb, close }
}

async function cost(times: number, work: (round: number) => Promise<unknown>): Promise<number> {
  await work(-1)
  const before = cpuSeconds()
  for (let round = 0; round < times; round++) await work(round)
  return ((cpuSeconds() - before) / times) * 1000
}

/** Taking the most urgent case and showing the list, against reading the queue and sorting it by the same function. */
export async function queueMeasures({ quick, say }: Options): Promise<Measure[]> {
  const count = quick ? 10_000 : 100_000
  const folder = mkdtempSync(join(tmpdir(), 'aedile-queue-'))
  const now = nowMicros()
  const { db, close } = fill(join(folder, 'state.sqlite'), count, now)
  say(`${count} open cases in ${queues} queues`)
  const never = () => Promise.reject(new Error('no journal here'))
  const rules = { policy: () => undefined, actionsOf: () => undefined, ladderOf: () => null }
  const cases = createCases({ db, enforcement: {} as never, rules: () => rules, entryAt: never })
  const person = (id: number) => ({
    id: `r${id}`,
    name: `r${id}`,
    kind: 'user' as const,
    roles: [],
    permissions: new Set<string>(),
  })
  try {
    const next = await cost(40, (round) => cases.next({ skip: [] }, person(round), now))
    const page = await cost(20, () => cases.listByPriority({ holder: '', now, limit: 50 }, 0))
    // A search that fits every case makes the list read and sort all of it.
    const whole = await cost(5, () => cases.listByPriority({ holder: '', now, limit: 50, q: 'title' }, 0))
    const row = (name: string, value: number) =>
      measure({
        name,
        value,
        unit: 'ms CPU',
        peer: 'read all and sort',
        peer_value: whole,
        ratio: whole / value,
        target: '≤ 150 ms',
        pass: value <= 150,
        notes: [
          `${count} open cases, ${queues} queues, ${sources} sources; reading all and sorting costs ${shown(whole)} ms`,
        ],
      })
    return [row('most urgent case, leased', next), row('first page by priority', page)]
  } finally {
    close()
    rmSync(folder, { recursive: true })
  }
}
