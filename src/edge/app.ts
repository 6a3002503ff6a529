import { existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import {
  type ActionTables,
  actionSchema,
  createEnforcement,
  type Enforcement,
  type Rules,
} from '../enforcement/actions/index.ts'
import { conductSchema, jointPoints } from '../enforcement/conduct/index.ts'
import { outboundSchema } from '../enforcement/outbound/index.ts'
import { type Recalls, type RecallTables, recallSchema } from '../enforcement/recall/index.ts'
import type { Ladder } from '../enforcement/standing/index.ts'
import { type Statements, type StatementTables, statementSchema } from '../enforcement/statements/index.ts'
import { forgottenPositions } from '../insight/personal/index.ts'
import {
  type Backtest,
  createBacktest,
  type ReplayRange,
  type ReplayReport,
  replay,
} from '../judgement/backtest/index.ts'
import { type Batch, type BatchTables, batchSchema } from '../judgement/batch/index.ts'
import {
  createEngine,
  createPipeline,
  createQuarantine,
  type Decided,
  decode,
  type Engine,
  journalFingerprint,
  learnJournal,
  type Pipeline,
  type Quarantine,
  type QuarantineTables,
  quarantineSchema,
} from '../judgement/decisions/index.ts'
import { type Lifecycle, type LifecycleTables, lifecycleSchema } from '../judgement/lifecycle/index.ts'
import { type Rollout, type RolloutTables, rolloutSchema } from '../judgement/rollout/index.ts'
import { createPackManager, type PackManager } from '../judgement/strategies/index.ts'
import { type Access, type AccessTables, accessSchema, createAccess } from '../kernel/access/index.ts'
import { type Db, newsSchema, part } from '../kernel/database.ts'
import { nowMicros } from '../kernel/time.ts'
import { type Journal, openJournal } from '../perception/journal/index.ts'
import { type Lists, type ListTables, listSchema, openLists } from '../perception/lists/index.ts'
import { type Appeals, type AppealTables, appealSchema, appealStore, createAppeals } from '../review/appeals/index.ts'
import { type Cases, caseSchema, createCases } from '../review/cases/index.ts'
import { type ComplaintTables, complaintSchema } from '../review/complaints/index.ts'
import { fileSchema } from '../review/files/index.ts'
import { type Inbound, inboundSchema } from '../review/inbound/index.ts'
import { markSchema } from '../review/marks/index.ts'
import { createQuality, type Quality, type QualityTables, qualitySchema } from '../review/quality/index.ts'
import { type QueueTables, reviewerSchema } from '../review/queues/index.ts'
import { createBrandRegister, type Rights, type RightsTables, rightsSchema } from '../review/rights/index.ts'
import { coreEventTypes } from '../vocabulary/events/index.ts'
import { keepHeads } from './audit-heads.ts'
import { startAuditWriter } from './audit-writer.ts'
import { type BatchClock, openBatch } from './batch.ts'
import { openDuck } from './duckdb.ts'
import { type EnforcementTables, laneIn, type OpenEnforcement, openEnforcement, readQuizzes } from './enforcement.ts'
import { type Facts, startFacts } from './facts/client.ts'
import { scopeFacts } from './facts/scope.ts'
import { readFeatureSnapshot, writeFeatureSnapshot } from './feature-snapshots.ts'
import { lockFolder, openFiles } from './files.ts'
import { type Floor, openFloor } from './floor.ts'
import { openCredibilities, openInbound, openRights, positionsIn, trustedBy } from './inbound.ts'
import { createKeptOrders } from './kept-orders.ts'
import { type LedgerWriter, startLedger } from './ledger/client.ts'
import { type Media, openMedia } from './media/open.ts'
import { describePackProblem } from './offline.ts'
import { shippedPacks } from './pack-files.ts'
import { createKeptEngines, keepInCharge, keepPacks, packsInCharge } from './pack-store.ts'
import { openRollout } from './rollout.ts'
import { readLadders, rulesOf } from './rules.ts'
import { openLifecycle, openRecalls } from './safeguards.ts'
import { migrate, openSqlite } from './sqlite.ts'
import { openStatements } from './statements.ts'
import { openTrust, type Trust, type TrustTables, trustSchemas } from './trust.ts'

export interface AppOptions {
  readonly folder: string
  readonly packs?: string
  readonly log: (message: string) => void
  /** False = nothing happens in the ledger by itself as time passes: for tests, which are the clock. */
  readonly clock?: boolean
  /** Settings; those of the process unless given. */
  readonly env?: Readonly<Record<string, string | undefined>>
}

export type Tables = TrustTables &
  ComplaintTables &
  EnforcementTables &
  LifecycleTables &
  QueueTables &
  BatchTables &
  RolloutTables &
  StatementTables &
  RecallTables &
  AccessTables &
  ActionTables &
  AppealTables &
  RightsTables &
  QuarantineTables &
  ListTables &
  QualityTables

/** The running parts. `close` drains and closes them in order. */
export interface App {
  readonly folder: string
  readonly packsFolder: string
  readonly db: Db<Tables>
  readonly journal: Journal
  readonly facts: Facts
  readonly access: Access
  readonly lists: Lists
  readonly packs: PackManager
  readonly pipeline: Pipeline
  readonly quarantine: Quarantine
  readonly lifecycle: Lifecycle
  readonly rollout: Rollout
  readonly recalls: Recalls
  readonly batch: Batch
  /** Runs and watches batch strategies; a server starts it. */
  readonly batchClock: BatchClock
  readonly backtest: Backtest
  readonly enforcement: Enforcement
  readonly enforcing: OpenEnforcement
  readonly statements: Statements
  readonly cases: Cases
  readonly floor: Floor
  readonly appeals: Appeals
  readonly quality: Quality
  readonly inbound: Inbound
  readonly rights: Rights
  readonly trust: Trust
  /** Files sent as evidence. */
  readonly media: Media
  readonly rules: () => Rules
  readonly ladders: ReadonlyMap<string, Ladder>
  readonly startedAt: number
  /** Decides stored decisions again from what they stored. */
  replay(range: ReplayRange): Promise<ReplayReport>
  /** Reads the packs again and puts them in charge without dropping a request. */
  reloadPacks(): Promise<boolean>
  /** Resolves when consequences, cases and facts have caught up with the journal. */
  settled(): Promise<void>
  close(): Promise<void>
}

const types = new Map(coreEventTypes.map((type) => [type.type, type]))

/**
 * Opens the data folder and starts every part of the program.
 * @throws Error when another process holds the folder or a store file is damaged; it says which and what to do.
 */
export async function openApp({
  folder,
  packs: packsFolder = shippedPacks,
  log,
  clock = true,
  env = process.env,
}: AppOptions): Promise<App> {
  mkdirSync(folder, { recursive: true })
  const lock = lockFolder(folder)
  const closers: (() => unknown)[] = [() => lock.release()]
  try {
    return await openParts({ folder, packsFolder, log, clock, env, closers })
  } catch (error) {
    for (const close of closers.reverse()) await close()
    throw error
  }
}

/** An engine whose windows know the past: restored from the snapshot and the journal after it, or from the journal alone. */
async function openEngine(
  create: () => Engine,
  { folder, journal }: { folder: string; journal: Journal },
): Promise<Engine> {
  const engine = create()
  const position = readFeatureSnapshot(folder, engine.features)
  if (position !== null && position <= journal.durable()) {
    await learnJournal(engine, { journal, types, from: position })
    return engine
  }
  const fresh = create()
  await learnJournal(fresh, { journal, types })
  return fresh
}

interface Opening {
  readonly folder: string
  readonly packsFolder: string
  readonly log: (message: string) => void
  readonly clock: boolean
  readonly env: Readonly<Record<string, string | undefined>>
  readonly closers: (() => unknown)[]
}

const statePath = (folder: string): string => join(folder, 'state.sqlite')

function openState({ folder, closers }: Opening) {
  const path = statePath(folder)
  try {
    const sqlite = openSqlite<Tables>(path)
    closers.push(() => sqlite.close())
    if (existsSync(path)) {
      const [check] = sqlite.raw.prepare('PRAGMA quick_check(1)').all()
      if (check?.['quick_check'] !== 'ok') throw new Error(String(check?.['quick_check']))
    }
    migrate(sqlite.raw, [
      newsSchema,
      accessSchema,
      actionSchema,
      caseSchema,
      appealSchema,
      quarantineSchema,
      listSchema,
      lifecycleSchema,
      recallSchema,
      statementSchema,
      qualitySchema,
      reviewerSchema,
      inboundSchema,
      rightsSchema,
      outboundSchema,
      conductSchema,
      complaintSchema,
      batchSchema,
      rolloutSchema,
      fileSchema,
      markSchema,
      ...trustSchemas,
    ])
    return sqlite.db as unknown as Db<Tables>
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new Error(
      `the state store ${path} cannot be used: ${reason}. It holds people, cases and the ledger: restore the file from a backup. The journal and the facts are not affected.`,
      { cause: error },
    )
  }
}

async function openParts(opening: Opening): Promise<App> {
  const { folder, packsFolder, log, clock, env, closers } = opening
  const db = openState(opening)
  const heads = keepHeads({ folder, db: part(db), log })
  closers.push(() => heads.stop())
  const journal = await openJournal({
    files: openFiles(),
    folder: join(folder, 'journal'),
    fingerprintOf: journalFingerprint,
    log: (message, details) => log(`journal: ${message} ${JSON.stringify(details)}`),
  })
  closers.push(() => journal.close())
  const duck = await openDuck()
  closers.push(() => duck.close())
  const lists = await openLists(part(db))
  const lifecycle = await openLifecycle(part(db), journal)
  const audit = startAuditWriter(statePath(folder), log)
  closers.push(() => audit.close())
  const access = createAccess(part(db), audit.write)
  const { rollout, ...overlay } = openRollout({
    db: part(db),
    fourEyes: access.fourEyes,
    packsFolder,
    inCharge: packsInCharge(folder),
    parse: duck.parse,
    journal,
    brakes: lifecycle.brakes,
    later: () => ({ pipeline, backtest, reload: reloadPacks }),
  })
  const brands = createBrandRegister(part(db))
  await brands.load()
  const packs = createPackManager({
    read: overlay.readPacks,
    fallback: overlay.lastValid,
    parse: duck.parse,
    declareLists: (declared) => lists.declare(declared),
    authorised: brands.authorised,
    now: nowMicros,
  })
  const built = await packs.load()
  tellProblems(packs, log)
  if (!built) throw new Error('no packs were read')
  keepPacks(folder, built.programs.packs)
  keepInCharge(folder, packs.statuses())
  await overlay.keepSteps(packs)
  const engine = await openEngine(() => createEngine(built.programs, built.plans, lifecycle.brakes), {
    folder,
    journal,
  })
  const pipeline = createPipeline({ journal, engine, types, log })
  const ledger = startLedger({
    folder,
    log,
    clock,
    positionsOf: (subjects, before) => positionsOf(subjects, before),
  })
  closers.push(() => ledger.close())
  void ledger.putPacks(built.programs.packs)
  const facts = scopeFacts(await startFacts({ folder, log }))
  const positionsOf = positionsIn(facts, journal)
  const snapshots = keepSnapshots({ folder, journal, pipeline, log })
  closers.push(() => facts.close())
  closers.push(() => snapshots.stop())

  const ladders = readLadders(log)
  const rules = rulesOf(() => pipeline.engine().programs.packs, ladders)
  const enforcement = createEnforcement({ db: part(db), rules, joint: jointPoints(rules) })
  const enforcing = openEnforcement({
    db: part(db),
    enforcement,
    rules,
    log,
    quizzes: readQuizzes([packsFolder, shippedPacks], log),
    wake: () => ledger.wake(),
  })
  const entryAt = async (position: number): Promise<Decided> => {
    const [entry] = await journal.read(position, { limit: 1 })
    if (!entry) throw new Error(`no entry at position ${position}`)
    return decode(entry)
  }
  const floor = await openFloor({ db: part(db), packsFolder, parse: duck.parse, log })
  const credibilities = openCredibilities()
  const quality = createQuality({ db: part(db), rules, cases: () => cases, reviewerOf: floor.reviewerOf })
  const lane = laneIn(rules)
  const cases: Cases = createCases({
    db: part(db),
    enforcement,
    rules,
    entryAt,
    routing: floor.routing,
    credibilityOf: credibilities.of,
    reviewerOf: floor.reviewerOf,
    quality: quality.port,
    laneOf: (tx, party, now) => lane(part(tx), party, now),
    involvedIn: (decisions, person) => appealStore.involvedIn(part(db), decisions, person),
  })
  const appeals = createAppeals({ db: part(db), enforcement, rules, entryAt })
  void ledger.putQueues(floor.rules())
  // In the background: what was routed before is right unless the files changed while nobody was running.
  let closing = false
  const rerouted = cases.reroute(() => closing).catch((error) => log(`queues: ${error}`))
  closers.push(() => {
    closing = true
    return rerouted
  })
  const statements = openStatements({ db: part(db), rules, entryAt })
  const rights = openRights({
    db: part(db),
    enforcement,
    calendars: () => floor.rules().calendars,
    changed: brands.load,
  })
  const inbound = openInbound({
    isTrusted: trustedBy(rights),
    db: part(db),
    rules,
    policies: () => pipeline.engine().programs.packs.flatMap((pack) => pack.policies),
    entryAt,
    positionsOf,
    routing: floor.routing,
    calendars: () => floor.rules().calendars,
    pipeline,
    appeals,
  })
  closers.push(keepFresh(() => credibilities.refresh(inbound), { log }))
  const keptOrders = createKeptOrders({
    db: part(db),
    facts,
    conduct: enforcing.conduct,
    rules,
    durable: () => journal.durable(),
  })
  if (clock) closers.push(keepFresh(async () => void (await keptOrders.tick(nowMicros())), { log }))
  closers.push(startFollowers({ journal, facts, ledger, cases, log }))

  // One reload after the other: each starts from what the one before put in charge.
  let reloading: Promise<boolean> = Promise.resolve(false)
  async function reload(): Promise<boolean> {
    if (await floor.reload()) {
      // The writer of new cases first: what it opens from now on is where the cases that move will be.
      await ledger.putQueues(floor.rules())
      log(`queues reloaded; ${await cases.reroute()} open cases moved`)
    }
    const next = await packs.load()
    tellProblems(packs, log)
    if (!next) return false
    keepPacks(folder, next.programs.packs)
    keepInCharge(folder, packs.statuses())
    await overlay.keepSteps(packs)
    await ledger.putPacks(next.programs.packs)
    await pipeline.replace(createEngine(next.programs, next.plans, lifecycle.brakes))
    log(`packs reloaded: ${next.programs.packs.map((pack) => `${pack.header.id}@${pack.header.version}`).join(', ')}`)
    return true
  }
  function reloadPacks(): Promise<boolean> {
    reloading = reloading.catch(() => false).then(reload)
    return reloading
  }

  /** Waits until the facts have every event and every row of the ledger, labels among them; false when time is up. */
  async function factsCaughtUp(timeoutMs: number): Promise<boolean> {
    const last = await db
      .selectFrom('news')
      .select((max) => max.fn.max('seq').as('seq'))
      .executeTakeFirst()
    return facts.caughtUp({ position: journal.durable(), seq: Number(last?.seq ?? 0) }, timeoutMs)
  }
  async function settled(): Promise<void> {
    await ledger.caughtUp()
    await factsCaughtUp(120_000)
  }
  const recalls = openRecalls({
    db: part(db),
    journal,
    facts,
    enforcement,
    rules,
    brakes: lifecycle.brakes,
    settled,
    cases: {
      open: (decisions) => cases.openOf(decisions),
      withdraw: (tx, decisions, by) => cases.withdraw(tx as never, decisions, by),
    },
  })
  const backtest = createBacktest({
    warehouse: {
      query: async (sql, params) =>
        (await facts.query(sql, { trusted: true, limit: 100_000, timeoutMs: 300_000, params })).rows,
    },
    sweep: (request) => facts.sweep(request, 300_000),
    programs: () => pipeline.engine().programs,
    parse: duck.parse,
    batches: () => journal.batches(0),
    settled: () => factsCaughtUp(10_000),
  })
  const keptEngines = createKeptEngines(folder, duck.parse)
  const trust = openTrust({ folder, db: part(db), cases, entryAt })
  const media = openMedia({ folder, db: part(db), personal: trust.personal, log, clock, env })
  closers.push(() => media.close())
  const { batch, clock: batchClock } = openBatch({
    ...{ db: part(db), facts, journal, pipeline, lifecycle, access, packsFolder, log },
  })
  closers.push(() => batchClock.stop())

  return {
    folder,
    packsFolder,
    db,
    journal,
    facts,
    lists,
    packs,
    pipeline,
    enforcement,
    enforcing,
    statements,
    cases,
    floor,
    appeals,
    quality,
    inbound,
    rights,
    trust,
    media,
    rules,
    ladders,
    startedAt: nowMicros(),
    access,
    quarantine: createQuarantine(part(db)),
    reloadPacks,
    rollout,
    settled,
    lifecycle,
    recalls,
    batch,
    batchClock,
    backtest,
    replay: async (range) =>
      replay({
        ...range,
        batches: journal.batches(0),
        types,
        engineFor: keptEngines,
        forgotten: await forgottenPositions(part(db)),
        running: pipeline.engine().programs.fingerprint,
      }),
    async close() {
      for (const close of closers.splice(0).reverse()) await close()
    },
  }
}

/** Does something now and once a minute; returns how to stop. */
function keepFresh(refresh: () => Promise<void>, { log }: { log: (message: string) => void }): () => void {
  const run = () => void refresh().catch((error) => log(`refresh: ${error instanceof Error ? error.message : error}`))
  run()
  const timer = setInterval(run, 60_000)
  return () => clearInterval(timer)
}

const snapshotEveryMs = 5 * 60_000

/** Keeps a snapshot of the windows, so that a start does not read the whole journal: every few minutes and at the end. */
function keepSnapshots({
  folder,
  journal,
  pipeline,
  log,
}: Pick<App, 'folder' | 'journal' | 'pipeline'> & { log: (message: string) => void }) {
  let written = -1
  let writing: Promise<void> = Promise.resolve()
  const write = () => {
    const position = journal.durable()
    if (position === written) return writing
    writing = writing
      .then(() => writeFeatureSnapshot(folder, pipeline.engine().features, { position, landed: journal.landed }))
      .then(
        () => {
          written = position
        },
        (error) => log(`snapshot of the windows: ${error instanceof Error ? error.message : error}`),
      )
    return writing
  }
  const timer = setInterval(() => void write(), snapshotEveryMs).unref()
  return {
    async stop() {
      clearInterval(timer)
      await write()
    },
  }
}

/** Says of every pack that is not valid where, why and what to do. */
function tellProblems(packs: PackManager, log: (message: string) => void): void {
  for (const { pack, problems, running } of packs.statuses()) {
    if (problems.length === 0) continue
    const goesOn = running === null ? 'no version of it is running' : 'the last valid version keeps running'
    log(`pack ${pack} is not valid; ${goesOn}:`)
    for (const problem of problems) log(`  packs/${pack}/${describePackProblem(problem)}`)
  }
}

/** What follows the journal and the ledger in processes of their own; and the clock that lets decisions take effect. */
function startFollowers({
  journal,
  facts,
  ledger,
  cases,
  log,
}: Pick<App, 'journal' | 'facts' | 'cases'> & { log: (message: string) => void; ledger: LedgerWriter }) {
  const grown = ledger.onGrown(facts.wake)
  const unsubscribe = journal.onDurable(ledger.wake)
  const clock = setInterval(() => {
    cases.settle(nowMicros()).then(
      (count) => count > 0 && ledger.wake(),
      (error) => log(`settle: ${error instanceof Error ? (error.stack ?? error.message) : error}`),
    )
    facts.wake()
  }, 1000)
  ledger.wake()
  return () => {
    grown()
    unsubscribe()
    clearInterval(clock)
  }
}
