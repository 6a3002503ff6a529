import type { Backtest, BacktestReport } from '../../judgement/backtest/index.ts'
import type { Programs } from '../../judgement/strategies/index.ts'
import { problem, problemOf } from '../../kernel/problems.ts'
import { binomialTail, wilson } from '../../kernel/statistics.ts'
import { formatTime, parseTime } from '../../kernel/time.ts'
import type { Text } from '../../kernel/values.ts'
import type { FactsReader } from '../facts.ts'
import { bitsWhere, countBoth, withoutBits } from './bits.ts'
import { draftYaml } from './draft.ts'
import { makeLiterals } from './literals.ts'
import { type Estimate, isMinable, type Rule, ruleSql } from './model.ts'
import { searchRules } from './rules.ts'
import { nothing, tooFew, unknownType } from './says.ts'
import { attributeNames, knownPositions, type LabelledRow, labelledPositions, labelledRows } from './store.ts'
import { type Split, splitRows, tableOf } from './table.ts'

export interface MiningRequest {
  /** Event type. */
  readonly type: string
  /** `violation` or `ok`, or what a violation is labelled with (a policy or kind). */
  readonly label: string
  readonly from?: string | undefined
  readonly to?: string | undefined
  /** Least precision on the newer part. */
  readonly min_precision?: number | undefined
  /** Also look for what running strategies find already: to replace them, or to explain them. */
  readonly include_known?: boolean | undefined
}

/** A condition that holds what it promises on labels that it has not seen. */
export interface Proposal {
  readonly when: string
  readonly on: string
  /** On the newer part: right hits among the labelled ones, and their share with the Wilson interval at 95 %. */
  readonly support: number
  readonly precision: Estimate
  /** On the older part, where it was found; always too good to believe. */
  readonly trained: { readonly support: number; readonly precision: Estimate }
  /** Share of all positives of the newer part. */
  readonly recall: number
  /** Right hits of the newer part that no running strategy found. */
  readonly increment: number
  /** What it would have done over all history. */
  readonly card: BacktestReport
  /** The policy that the labels name most, or the nearest that there is. */
  readonly policy: string
  readonly draft: string
}

export interface MiningReport {
  readonly type: string
  readonly label: string
  readonly rows: number
  readonly positives: number
  /** The newer part begins after this. */
  readonly split_at: string | null
  readonly older: { readonly rows: number; readonly positives: number }
  readonly newer: { readonly rows: number; readonly positives: number }
  readonly columns: readonly string[]
  readonly tried: { readonly conditions: number; readonly rules: number; readonly proved: number }
  /** Rules that failed the proof. */
  readonly unproven: number
  /** Positives of the older part that running strategies find: rules are about the others. */
  readonly known: number
  readonly proposals: readonly Proposal[]
  /** Why nothing is proposed. */
  readonly why: Text | null
}

/** Newest labelled events that are looked at. */
const mostRows = 100_000
const mostProposals = 12
/** Share of a rule's positives that the rules before it must not have found: less is the same rule in other words. */
const leastNew = 0.2
/** Chance of an accident over all rules that are put to the proof. */
const accident = 0.01

export interface MiningInput {
  readonly facts: FactsReader
  readonly backtest: Pick<Backtest, 'find' | 'values' | 'run' | 'settled'>
  readonly programs: () => Programs
}

export type Mining = ReturnType<typeof createMining>

/** Proposes conditions from labelled history: found on its older part, proved as backtests on its newer part. */
export function createMining({ facts, backtest, programs }: MiningInput) {
  async function columnsOf(type: string, which: string): Promise<string[]> {
    const { types, features, signals } = programs()
    const lists = new Set(signals.map(({ id }) => id))
    const fields = Object.entries(types.get(type)?.fields ?? {}).flatMap(([name, kind]) =>
      kind === 'OBJECT'
        ? []
        : kind === 'DOCUMENTS'
          ? ['documents.kinds', 'documents.valid_kinds']
          : kind === 'DETECTIONS'
            ? ['detections.labels']
            : [name],
    )
    const windows = features.filter((feature) => feature.on.has(type) || feature.on.has('*')).map(({ id }) => id)
    const names = ['site', 'market', ...fields, ...(await attributeNames(facts, which)), ...windows]
    return [...new Set(names)].filter((name) => isMinable(name) && !lists.has(name))
  }

  return {
    /** @throws invalid_input for an unknown type, label or time. */
    async mine(request: MiningRequest): Promise<MiningReport> {
      const { type, label } = request
      const minPrecision = request.min_precision ?? 0.9
      const running = programs()
      if (!running.types.has(type)) throw unknownType(type, [...running.types.keys()])
      // Right after an import the labels are still on their way to the facts.
      await backtest.settled()
      const which = labelledPositions({ type, ...periodOf(request), limit: mostRows })
      const rows = await labelledRows(facts, which, label)
      const split = splitRows(rows)
      const blank = reportOf(request, rows, split)
      if (split === null) return { ...blank, why: tooFew(blank.positives, blank.rows) }
      const known = await knownPositions(facts, type)
      // What runs already is taken out of the rows that are learned from: rules are about what it misses.
      const older = rows
        .slice(0, split.at)
        .filter(({ position }) => request.include_known === true || !known.has(position))
      const missed = older.filter(({ positive }) => positive).length
      const found = await backtest.values(await columnsOf(type, which), [type], which)
      const table = tableOf(found, older)
      const support = Math.max(5, Math.ceil(missed * 0.01))
      const literals = await makeLiterals(table, support)
      const positives = bitsWhere(older.length, (row) => older[row]?.positive === true)
      const rules = await searchRules(literals, { rows: older.length, positives, support, depth: 3 })
      const chosen = chooseRules(rules, { positives, support, minPrecision })
      const judged = await prove(chosen, { request, rows, split, known, minPrecision })
      return {
        ...blank,
        columns: found.names,
        tried: { conditions: literals.length, rules: rules.length, proved: chosen.length },
        unproven: chosen.length - judged.length,
        known: split.olderPositives - missed,
        proposals: judged,
        why: judged.length > 0 ? null : nothing({ missed, chosen: chosen.length, minPrecision }),
      }
    },
  }

  /** Runs each rule over history as a backtest and keeps those that are as precise as asked, and not by accident. */
  async function prove(
    rules: readonly Rule[],
    { request, rows, split, known, minPrecision }: Proving,
  ): Promise<Proposal[]> {
    const newer = rows.slice(split.at)
    const base = newer.filter(({ positive }) => positive).length / newer.length
    const kept: Proposal[] = []
    for (const rule of rules) {
      const when = ruleSql(rule)
      const on = request.type
      const hits = await backtest.find({ when, on: [on] }).then(
        ({ positions }) => new Set(positions),
        (error: unknown) => {
          // A text that the checker refuses is no proposal; anything else is a fault.
          if (problemOf(error)?.code === 'expression_refused') return new Set<number>()
          throw error
        },
      )
      const hit = newer.filter(({ position }) => hits.has(position))
      const right = hit.filter(({ positive }) => positive)
      const precision = estimate(right.length, hit.length)
      if (!precision || precision.value < minPrecision || right.length < 3) continue
      if (binomialTail(right.length, hit.length, base) * rules.length > accident) continue
      const trained = estimate(rule.positives, rule.hits)
      if (!trained) continue
      const support = right.length
      const card = await backtest.run({ when, on: [on] })
      const policy = policyOf(rows, programs(), { request, card })
      kept.push({
        ...{ when, on, support, precision, trained: { support: rule.positives, precision: trained } },
        recall: support / Math.max(1, split.newerPositives),
        increment: right.filter(({ position }) => !known.has(position)).length,
        card,
        policy,
        draft: draftYaml({ ...{ when, on, policy, precision, support }, since: formatTime(split.time) }),
      })
    }
    return kept.sort((a, b) => b.precision.low - a.precision.low || b.increment - a.increment)
  }
}

interface Proving {
  readonly request: MiningRequest
  readonly rows: readonly LabelledRow[]
  readonly split: Split
  readonly known: ReadonlySet<number>
  readonly minPrecision: number
}

/** Surest first, each with enough positives that the ones before it have not found. */
function chooseRules(
  rules: readonly Rule[],
  { positives, support, minPrecision }: { positives: Uint32Array; support: number; minPrecision: number },
): Rule[] {
  let left = positives
  const chosen: Rule[] = []
  for (const rule of rules) {
    if (chosen.length >= mostProposals) break
    if (rule.positives / rule.hits < minPrecision) continue
    if (countBoth(rule.bits, left) < Math.max(support, leastNew * rule.positives)) continue
    chosen.push(rule)
    left = withoutBits(left, rule.bits)
  }
  return chosen
}

function estimate(right: number, n: number): Estimate | null {
  const bounds = wilson(right, n)
  return bounds ? { value: right / n, ...bounds, n } : null
}

function reportOf({ type, label }: MiningRequest, rows: readonly LabelledRow[], split: Split | null): MiningReport {
  const positives = rows.filter(({ positive }) => positive).length
  const none = { rows: 0, positives: 0 }
  return {
    ...{ type, label, positives, rows: rows.length, columns: [], proposals: [], why: null },
    split_at: split ? formatTime(split.time) : null,
    older: split ? { rows: split.at, positives: split.olderPositives } : none,
    newer: split ? { rows: rows.length - split.at, positives: split.newerPositives } : none,
    tried: { conditions: 0, rules: 0, proved: 0 },
    unproven: 0,
    known: 0,
  }
}

/** The policy that the labels name most, when a pack has it; else that of the strategies that find the same, or the same type. */
function policyOf(
  rows: readonly LabelledRow[],
  { packs, strategies, byType }: Programs,
  { request, card }: { request: MiningRequest; card: BacktestReport },
): string {
  const ids = packs.flatMap((pack) => pack.policies.map((policy) => policy.id))
  const counts = new Map<string, number>()
  for (const { positive, policy } of rows)
    if (positive && policy !== null && ids.includes(policy)) counts.set(policy, (counts.get(policy) ?? 0) + 1)
  const [most] = [...counts].sort((a, b) => b[1] - a[1])
  const similar = strategies.get(card.overlap[0]?.strategy ?? '') ?? byType.get(request.type)?.strategies[0]
  return most?.[0] ?? similar?.policy ?? ids[0] ?? 'CHOOSE.A.POLICY'
}

function periodOf({ from, to }: MiningRequest): { from: number | null; to: number | null } {
  return { from: from ? timeOf('from', from) : null, to: to ? timeOf('to', to) : null }
}

function timeOf(field: string, text: string): number {
  const time = parseTime(/^\d{4}-\d\d-\d\d$/.test(text) ? `${text}T00:00:00Z` : text)
  if (time !== null && time !== undefined) return time
  throw problem({
    code: 'invalid_input',
    field,
    value: text,
    detail: { zh: `"${text}" 不是时间`, en: `"${text}" is not a time` },
    fix: { zh: '写成 2026-10-01 或 2026-10-01T08:00:00Z', en: 'Write 2026-10-01 or 2026-10-01T08:00:00Z' },
  })
}
