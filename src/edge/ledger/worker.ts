// The process that writes the ledger: it follows the journal and turns decisions into actions, points, notices, cases, alerts
// and statements. A process of its own, so that its commits never make a caller wait for a verdict.
import { join } from 'node:path'
import { type ActionTables, createEnforcement } from '../../enforcement/actions/index.ts'
import { jointPoints } from '../../enforcement/conduct/index.ts'
import { type Decided, decode, followJournal } from '../../judgement/decisions/index.ts'
import { createBrakes, createLifecycle, type LifecycleTables } from '../../judgement/lifecycle/index.ts'
import { type Db, part } from '../../kernel/database.ts'
import { createReader } from '../../perception/journal/index.ts'
import { createCases } from '../../review/cases/index.ts'
import { createQuality, type QualityTables } from '../../review/quality/index.ts'
import { plainRouting } from '../../review/queues/index.ts'
import type { RightsTables } from '../../review/rights/index.ts'
import { type EnforcementTables, followEnforcement, laneIn } from '../enforcement.ts'
import { openFiles } from '../files.ts'
import { type FloorRules, routingFrom } from '../floor-rules.ts'
import { giveWay } from '../give-way.ts'
import { followInbound, openRights, type PositionsOf, trustedBy } from '../inbound.ts'
import { type PackRules, readLadders, rulesOf } from '../rules.ts'
import { openSqlite } from '../sqlite.ts'
import { followStatements, type StatementTables, transparencyDatabase } from '../statements.ts'
import type { FromLedger, ToLedger } from './protocol.ts'

type LedgerTables = EnforcementTables & ActionTables & LifecycleTables & StatementTables & QualityTables & RightsTables

const [folder = '', clock = 'clock'] = process.argv.slice(2)
const send = (message: FromLedger) => void process.send?.(message)
const log = (line: string) => send({ kind: 'log', line })

/** Entries in one transaction: small, so that a person's decision waits for the write lock some tens of milliseconds at most. */
const batchEntries = 1000

giveWay()
const sqlite = openSqlite<LedgerTables>(join(folder, 'state.sqlite'))
const db = sqlite.db as unknown as Db<LedgerTables>
const journal = createReader(openFiles(), join(folder, 'journal'))

let packs: readonly PackRules[] = []
const rules = rulesOf(() => packs, readLadders(log))
const entryAt = async (position: number): Promise<Decided> => {
  journal.durable()
  const [entry] = await journal.read(position, { limit: 1 })
  if (!entry) throw new Error(`no entry at position ${position}`)
  return decode(entry)
}
const enforcement = createEnforcement({ db: part(db), rules, joint: jointPoints(rules) })
let routing = plainRouting
let calendars: FloorRules['calendars'] = []
let routed: Promise<void> = Promise.resolve()
const lane = laneIn(rules)
const cases = createCases({
  db: part(db),
  enforcement,
  rules,
  entryAt,
  routing: () => routing,
  laneOf: (tx, party, now) => lane(part(tx), party, now),
})
const quality = createQuality({ db: part(db), rules, cases: () => cases })
// Alerts come from what decisions stored; the brakes themselves are pulled where it is decided.
const lifecycle = createLifecycle({ db: part(db), brakes: createBrakes() })

const read = (from: number) => {
  journal.durable()
  return journal.read(from, { limit: batchEntries, maxBytes: 2 << 20 })
}
const failed = (name: string) => (error: unknown) =>
  log(`${name}: ${error instanceof Error ? (error.stack ?? error.message) : error}`)
const followers = [
  followJournal({
    read,
    start: enforcement.applied,
    apply: enforcement.applyDecisions,
    failed: failed('enforcement'),
  }),
  followJournal({ read, start: cases.applied, apply: cases.openCases, failed: failed('cases') }),
  followJournal({ read, start: quality.applied, apply: quality.applyDecisions, failed: failed('quality') }),
  followJournal({ read, start: lifecycle.applied, apply: lifecycle.applyDecisions, failed: failed('alerts') }),
]
const stating = followStatements({
  db: part(db),
  read,
  enforcement,
  rules,
  entryAt,
  log,
  database: transparencyDatabase(),
})

const questions = new Map<number, (found: readonly [string, number][] | null) => void>()
let lastQuestion = 0
const positionsOf: PositionsOf = (subjects, before) =>
  new Promise((resolve, reject) => {
    const id = ++lastQuestion
    questions.set(id, (found) => (found ? resolve(found) : reject(new Error('the facts do not answer'))))
    send({ kind: 'positions', id, subjects, before })
  })
const ipRights = openRights({ db: part(db), enforcement, calendars: () => calendars })
const outside = followInbound({
  rights: ipRights,
  isTrusted: trustedBy(ipRights),
  db: part(db),
  read(from) {
    journal.durable()
    return journal.read(from, { limit: 4000, maxBytes: 8 << 20 })
  },
  rules,
  policies: () => packs.flatMap((pack) => pack.policies),
  entryAt,
  positionsOf,
  routing: () => routing,
  calendars: () => calendars,
  log,
})
const enforcing =
  clock === 'clock' ? followEnforcement({ db: part(db), enforcement, rules, log, ready: () => packs.length > 0 }) : null

const asked: number[] = []
let passing = false

/** One pass after the other while somebody asks; each answers those who had asked when it began. */
async function pass(): Promise<void> {
  if (passing) return
  passing = true
  while (asked.length > 0) {
    await routed
    const answering = asked.splice(0)
    // Some consumers are far behind during an import: what is in is shown as it comes.
    const telling = setInterval(() => send({ kind: 'grown' }), 500)
    await Promise.all(followers.map((follower) => follower.wake()))
    // After the cases, which notices may join, and before the statements, which name them.
    await outside.wake()
    await enforcing?.settle()
    await stating.wake()
    clearInterval(telling)
    for (const id of answering) send({ kind: 'done', id })
    send({ kind: 'grown' })
  }
  passing = false
}

/** Queues whose conditions are parsed already: there is no DuckDB in this process. */
async function putQueues(queues: FloorRules): Promise<void> {
  routing = (await routingFrom(queues)).routing ?? routing
  calendars = queues.calendars
}

/** Policies that a reload dropped still explain the decisions that named them. */
function merge(next: readonly PackRules[]): void {
  const ids = new Set(next.map((pack) => pack.header.id))
  packs = [...packs.filter((pack) => !ids.has(pack.header.id)), ...next]
}

async function stop(): Promise<void> {
  await Promise.all(followers.map((follower) => follower.stop()))
  for (const answer of questions.values()) answer(null)
  await outside.stop()
  await stating.stop()
  await enforcing?.stop()
  sqlite.close()
  process.exit(0)
}

process.on('message', (message: ToLedger) => {
  if (message.kind === 'stop') void stop()
  else if (message.kind === 'positions') {
    questions.get(message.id)?.(message.found)
    questions.delete(message.id)
  } else if (message.kind === 'packs') {
    merge(message.packs)
    send({ kind: 'done', id: message.id })
  } else if (message.kind === 'queues') {
    routed = routed.then(() => putQueues(message.queues))
    void routed.then(() => send({ kind: 'done', id: message.id }))
  } else {
    asked.push(message.id)
    void pass()
  }
})
process.on('disconnect', () => process.exit(0))
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => undefined)
