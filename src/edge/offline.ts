import { createEngine, type Decision, type Engine } from '../judgement/decisions/index.ts'
import type { ParseSql } from '../judgement/language/index.ts'
import { type Built, buildPrograms } from '../judgement/strategies/index.ts'
import { type Problem, problem } from '../kernel/problems.ts'
import { nowMicros } from '../kernel/time.ts'
import { compileList, type NamedList } from '../perception/signals/index.ts'
import { coreEventTypes, validateEvent } from '../vocabulary/events/index.ts'
import type { Pack, PackCase, PackProblem } from '../vocabulary/packs/index.ts'
import { openDuck } from './duckdb.ts'
import { runBatchCases } from './offline-batch.ts'
import { readPacks, shippedPacks } from './pack-files.ts'

const types = new Map(coreEventTypes.map((type) => [type.type, type]))

export interface OfflinePacks {
  readonly packs: readonly Pack[]
  readonly built: Built
  readonly problems: ReadonlyMap<string, readonly PackProblem[]>
}

/** Reads and builds packs (all, or the named ones) without a server. @throws Error when a named pack does not exist. */
export async function loadOffline({
  root = shippedPacks,
  only,
  lists = {},
}: {
  root?: string | undefined
  only?: readonly string[] | undefined
  lists?: Readonly<Record<string, readonly string[]>>
}): Promise<OfflinePacks> {
  const loaded = readPacks(root)
  const missing = only?.find((name) => !loaded.has(name))
  if (missing !== undefined) throw new Error(`there is no pack "${missing}"; packs: ${[...loaded.keys()].join(', ')}`)
  const chosen = [...loaded].filter(([name]) => !only || only.includes(name))
  const problems = new Map(
    chosen.filter(([, { pack }]) => pack === null).map(([name, { problems: found }]) => [name, found]),
  )
  const packs = chosen.flatMap(([, { pack }]) => (pack ? [pack] : []))
  const duck = await openDuck()
  try {
    const built = await buildPrograms({ packs, parse: duck.parse, lists: packLists(packs, lists) })
    for (const [name, found] of built.problems) problems.set(name, found)
    return { packs, built, problems }
  } finally {
    duck.close()
  }
}

/** The lists of packs with their shipped entries, and more entries by list id. */
export function packLists(
  packs: readonly Pack[],
  more: Readonly<Record<string, readonly string[]>> = {},
): Map<string, NamedList> {
  return new Map(
    packs.flatMap((pack) =>
      pack.lists.map(
        (definition) =>
          [
            definition.id,
            compileList({ ...definition, entries: [...(definition.entries ?? []), ...(more[definition.id] ?? [])] }),
          ] as const,
      ),
    ),
  )
}

export type Offered = { readonly decision: Decision } | { readonly problem: Problem }

/** Decides events one after the other in memory; each sees the ones before it. */
export function createOfflineDecider(built: Built): { decide(raw: unknown): Offered; engine: Engine } {
  const engine = createEngine(built.programs, built.plans)
  let last = 0
  return {
    engine,
    decide(raw) {
      const found = validateEvent(raw, { types, now: nowMicros() })
      if ('problem' in found) return found
      last = Math.max(last + 1, found.time)
      return { decision: engine.decide({ ...found, loggedAt: last }) }
    },
  }
}

export interface CaseFailure {
  readonly pack: string
  readonly case: string
  readonly trap: boolean
  readonly diff: readonly string[]
}

/** How many cases a pack has, those of its batch strategies included. */
export const caseCount = (pack: Pack): number =>
  pack.cases.length + pack.batch.reduce((count, batch) => count + batch.cases.length, 0)

/** Runs every case of a pack against that pack alone; the other packs have no say in its cases. */
export async function runCases(
  pack: Pack,
  { parse }: { parse?: ParseSql | undefined } = {},
): Promise<{ passed: number; failures: CaseFailure[] }> {
  const duck = parse ? null : await openDuck()
  const parser = parse ?? (duck as NonNullable<typeof duck>).parse
  const build = (lists: Readonly<Record<string, readonly string[]>>) =>
    buildPrograms({ packs: [pack], parse: parser, lists: packLists([pack], lists) })
  try {
    const built = await build({})
    const wrong = built.problems.get(pack.header.id)
    if (wrong) throw invalidPack(pack.header.id, wrong)
    const failures: CaseFailure[] = []
    const withLists = new Map<string, Built>([['', built]])
    for (const found of pack.cases) {
      const key = found.lists ? JSON.stringify(found.lists) : ''
      const mine = withLists.get(key) ?? (await build(found.lists ?? {}))
      withLists.set(key, mine)
      const diff = runCase(found, mine)
      // The same process decides events: it gets its turn after every case.
      await new Promise((resolve) => setImmediate(resolve))
      if (diff.length > 0) failures.push({ pack: pack.header.id, case: found.name, trap: found.trap ?? false, diff })
    }
    const batch = await runBatchCases(pack)
    return {
      passed: pack.cases.length - failures.length + batch.passed,
      failures: [...failures, ...batch.failures.map((failure) => ({ ...failure, pack: pack.header.id }))],
    }
  } finally {
    duck?.close()
  }
}

function invalidPack(id: string, problems: readonly PackProblem[]): Error {
  const text = (language: 'zh' | 'en') =>
    problems.map((found) => `${found.file}:${found.line} ${found.message[language]}`).join('\n')
  return problem({
    code: 'pack_invalid',
    field: 'pack',
    value: id,
    detail: { zh: `规则包 ${id} 不合格：\n${text('zh')}`, en: `Pack ${id} is not valid:\n${text('en')}` },
    ...(problems[0] ? { fix: problems[0].fix } : {}),
  })
}

function runCase(found: PackCase, built: Built): string[] {
  const decider = createOfflineDecider(built)
  for (const [index, before] of (found.before ?? []).entries()) {
    const answer = decider.decide(completed(before, `${found.name}-before-${index}`))
    if ('problem' in answer) return [`before[${index}] is refused: ${answer.problem.detail.en}`]
  }
  const answer = decider.decide(completed(found.event, found.name))
  if ('problem' in answer) return [`the event is refused: ${answer.problem.detail.en}`]
  return diffCase(found, answer.decision)
}

/** A case may leave out what every event has: id, source and time. */
function completed(event: Readonly<Record<string, unknown>>, id: string): Record<string, unknown> {
  return { id, source: 'case', time: '2026-06-01T12:00:00Z', ...event }
}

/** What differs between what a case expects and what was decided; `-` expected, `+` decided. */
export function diffCase(found: PackCase, decision: Decision): string[] {
  const { expect } = found
  const diff: string[] = []
  const live = decision.findings.map((finding) => finding.strategy.slice(finding.strategy.indexOf('/') + 1))
  if (expect.verdict !== undefined && expect.verdict !== decision.verdict)
    diff.push(`- verdict ${expect.verdict}`, `+ verdict ${decision.verdict}`)
  for (const [market, verdict] of Object.entries(expect.markets ?? {})) {
    const got = decision.markets[market] ?? 'pass'
    if (got !== verdict) diff.push(`- ${market}: ${verdict}`, `+ ${market}: ${got}`)
  }
  for (const strategy of expect.strategies ?? []) if (!live.includes(strategy)) diff.push(`- finding ${strategy}`)
  for (const strategy of expect.not_strategies ?? [])
    if (live.includes(strategy)) diff.push(`+ finding ${strategy} (not expected)`)
  if (diff.length > 0) {
    for (const finding of decision.findings)
      diff.push(
        `  fired ${finding.strategy} → ${finding.verdict}: ${finding.evidence.map((item) => `${item.field}${item.text === undefined ? `=${JSON.stringify(item.value)}` : ` “${item.text}”`}`).join(', ')}`,
      )
    if (decision.unknown.length > 0) diff.push(`  unknown (data missing): ${decision.unknown.join(', ')}`)
  }
  return diff
}

export function describePackProblem(problem: PackProblem): string {
  return `${problem.file}:${problem.line} ${problem.message.en}\n    fix: ${problem.fix.en}`
}
