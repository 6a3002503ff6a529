import { recallOperations } from '../../enforcement/recall/index.ts'
import { statementOperations } from '../../enforcement/statements/index.ts'
import { createIndicators, type Indicator, indicatorOperations } from '../../insight/indicators/index.ts'
import { overviewOperations, vocabularyOperations } from '../../insight/overview/index.ts'
import { strategyOperations } from '../../insight/strategies/index.ts'
import { createTraces, traceOperations } from '../../insight/traces/index.ts'
import { tablesWith } from '../../insight/warehouse/index.ts'
import { workbenchOperations } from '../../insight/workbench/index.ts'
import { backtestOperations, replayOperations } from '../../judgement/backtest/index.ts'
import { batchOperations } from '../../judgement/batch/index.ts'
import { decisionOperations, featureOperations } from '../../judgement/decisions/index.ts'
import { lifecycleOperations } from '../../judgement/lifecycle/index.ts'
import { rolloutOperations } from '../../judgement/rollout/index.ts'
import { accessOperations, type PlaceTables } from '../../kernel/access/index.ts'
import { part } from '../../kernel/database.ts'
import type { Operation } from '../../kernel/operation.ts'
import type { Text } from '../../kernel/values.ts'
import { listOperations } from '../../perception/lists/index.ts'
import { appealOperations } from '../../review/appeals/index.ts'
import { caseOperations } from '../../review/cases/index.ts'
import { complaintOperations, createComplaints } from '../../review/complaints/index.ts'
import { markOperations } from '../../review/marks/index.ts'
import { coreEventTypes, eventColumns } from '../../vocabulary/events/index.ts'
import type { App, Tables } from '../app.ts'
import { withBlindness } from '../blind.ts'
import { floorOperations, openStaffing } from '../floor.ts'
import { inboundParts } from '../inbound.ts'
import { markable } from '../media/markable.ts'
import { openMining } from '../mining.ts'
import { runCases } from '../offline.ts'
import { openQualityOperations } from '../quality.ts'
import { guard, openTrustOperations } from '../trust.ts'

export interface OperationsInput {
  readonly app: App
  readonly parse: Parameters<typeof strategyOperations>[0]['parse']
  readonly indicators: () => readonly Indicator[]
  readonly ingest: () => { streaming: boolean; done: number; total: number; source: Text } | null
  /** Hosts whose images the console may load. */
  readonly imageHosts?: readonly string[]
  readonly sample: () => { generated: true; seed: number; note: Text } | null
}

/** Everything that the program offers, in one list: routes, OpenAPI and tests are made from it. */
export function allOperations({
  app,
  parse,
  indicators,
  ingest,
  sample,
  imageHosts = [],
}: OperationsInput): Operation[] {
  const { facts, cases, appeals, rules, pipeline, packs, journal } = app
  const traces = createTraces({
    facts,
    db: part(app.db),
    cases,
    appeals,
    rules,
    standing: (party, now) => app.enforcing.conduct.view(party, now),
    strategyTitle: (name) =>
      (pipeline.engine().programs.strategies.get(name) ?? pipeline.engine().programs.batch.get(name))?.title,
  })
  // Reads see what was acknowledged before them: wait shortly for the facts to have it.
  const settled = async () => void (await facts.caughtUp({ position: journal.durable() }, 1500))
  const newest = async (subject: { type: string; id: string }) => (await traces.newestEvent(subject)) ?? null
  const staffing = openStaffing({ db: part(app.db), cases })
  const operations: Operation[] = [
    ...decisionOperations({ pipeline, quarantine: app.quarantine, entryAt: cases.entryAt }),
    ...featureOperations({ pipeline, journal }),
    ...listOperations(app.lists),
    ...caseOperations({
      cases,
      rules,
      policies: () => pipeline.engine().programs.packs.flatMap((pack) => pack.policies),
      newestEvent: newest,
      timeline: traces.timeline,
      late: staffing.late,
    }),
    ...floorOperations({ db: part(app.db), cases, floor: app.floor, access: app.access, staffing }),
    ...openQualityOperations({ db: part(app.db), quality: app.quality, cases, rules, facts }),
    ...appealOperations({ appeals, cases, db: part(app.db), rules }),
    ...app.media.operations(),
    ...markOperations({ db: part(app.db), ...markable(app) }),
    ...inboundParts(app),
    ...complaintOperations(createComplaints(part(app.db))),
    ...traceOperations(traces, settled),
    ...indicatorOperations(createIndicators({ facts, indicators })),
    ...workbenchOperations({ facts, tables: tablesWith(eventColumns(coreEventTypes, new Map())) }),
    ...strategyOperations({
      facts,
      packs,
      pipeline,
      parse,
      brakes: app.lifecycle.brakes,
      runCases: (pack) => runCases(pack, { parse }),
    }),
    ...overviewOperations({
      facts,
      pipeline,
      packs,
      cases,
      appeals,
      rules,
      lifecycle: app.lifecycle,
      deadLetters: () => app.enforcing.outbound.deadLetters(),
      ingest,
      sample,
    }),
    ...backtestOperations(app.backtest),
    ...openMining(app),
    ...rolloutOperations({
      rollout: app.rollout,
      programs: () => pipeline.engine().programs,
      parse,
      rows: (sql, params) => facts.rows(sql, [...params]),
      settled,
    }),
    ...replayOperations((range) => app.replay(range)),
    ...lifecycleOperations({ lifecycle: app.lifecycle, position: () => journal.durable() }),
    ...recallOperations(app.recalls),
    ...app.enforcing.operations(),
    ...batchOperations(app.batch),
    ...statementOperations(app.statements),
    ...vocabularyOperations({ pipeline, routing: cases.routing, imageHosts, facts }),
    ...accessOperations(app.access),
    ...openTrustOperations({
      trust: app.trust,
      access: app.access,
      db: part(app.db),
      appeals,
      rules,
      standing: (party, now) => app.enforcing.conduct.view(party, now),
      conduct: app.enforcing.conduct,
      find: (name) => guarded.find((operation) => operation.name === name),
    }),
  ]
  const guarding = { access: app.access, db: part<PlaceTables, Tables>(app.db), salt: app.trust.salt }
  const guarded = operations.map((operation) => guard(withBlindness(operation, { cases, traces }), guarding))
  return guarded
}
