import { median, wilson } from '../../kernel/statistics.ts'
import { bootstrapped, cohenKappa, krippendorffAlpha, type Measured } from './agreement.ts'
import { finds, type StratumName, sameOutcome, strata } from './model.ts'
import { stratifiedShare } from './sampling.ts'
import type { Judged } from './store.ts'

/** A share with its Wilson interval at 95 %. */
export function shareOf(right: number, n: number): Measured {
  const interval = wilson(right, n)
  return { value: n === 0 ? null : right / n, low: interval?.low ?? null, high: interval?.high ?? null, n }
}

const policiesOf = (row: Judged): string[] => JSON.parse(row.policies) as string[]
const handlingOf = (row: Judged): number | null => {
  const { handling_ms: handling } = JSON.parse(row.data ?? '{}') as { handling_ms?: number }
  return typeof handling === 'number' ? handling / 1000 : null
}

/** Right answers among cases with a known answer. */
function goldenOf(rows: readonly Judged[]): Measured {
  const golden = rows.filter((row) => row.purpose === 'golden' && row.expected !== null)
  return shareOf(golden.filter((row) => sameOutcome(row.outcome, row.expected ?? '')).length, golden.length)
}

/** Pairs of outcomes of cases that two people decided: first the earlier one. */
const pairsOf = (rows: readonly Judged[]): (readonly [string, string])[] =>
  rows.flatMap((row) =>
    row.purpose === 'second' && row.expected !== null ? [[row.expected, row.outcome] as const] : [],
  )

/** How far people agree who decided the same thing without seeing each other's answer. */
export interface Agreement {
  readonly same: Measured
  readonly kappa: Measured
  readonly alpha: Measured
}

export function agreementOf(pairs: readonly (readonly [string, string])[]): Agreement {
  return {
    same: shareOf(pairs.filter(([a, b]) => a === b).length, pairs.length),
    kappa: bootstrapped(pairs, cohenKappa),
    alpha: bootstrapped(pairs, krippendorffAlpha),
  }
}

export interface AppealOutcome {
  readonly actor: string
  readonly policy: string | null
  readonly outcome: string
}

const overturned = (appeals: readonly AppealOutcome[]): Measured =>
  shareOf(appeals.filter((appeal) => appeal.outcome === 'overturned').length, appeals.length)

/** Figures of one person or one policy. */
function rowOf(rows: readonly Judged[], appeals: readonly AppealOutcome[]) {
  const work = rows.filter((row) => row.purpose === 'work')
  return {
    decided: work.length,
    handling_s: median(rows.flatMap((row) => handlingOf(row) ?? [])),
    golden: goldenOf(rows),
    agreement: agreementOf(pairsOf(rows)),
    overturned: overturned(appeals),
  }
}

/** A row a reviewer; seconds count for both who decided. */
export function reviewersOf(rows: readonly Judged[], appeals: readonly AppealOutcome[]) {
  const people = new Set(rows.map((row) => row.decided_by))
  return [...people].map((person) => ({
    reviewer: person,
    ...rowOf(
      rows.filter((row) => row.decided_by === person || (row.purpose === 'second' && row.first_by === person)),
      appeals.filter((appeal) => appeal.actor === person),
    ),
    // What this person decided, not what somebody repeated.
    decided: rows.filter((row) => row.decided_by === person && row.purpose === 'work').length,
    golden: goldenOf(rows.filter((row) => row.decided_by === person)),
  }))
}

export function policiesReport(rows: readonly Judged[], appeals: readonly AppealOutcome[]) {
  const policies = new Set(rows.flatMap(policiesOf))
  return [...policies].map((policy) => {
    const about = rows.filter((row) => policiesOf(row).includes(policy))
    const sampled = about.filter(
      (row) => row.purpose === 'sample' && row.verdict !== 'pass' && finds(row.outcome) !== null,
    )
    return {
      policy,
      ...rowOf(
        about,
        appeals.filter((appeal) => appeal.policy === policy),
      ),
      automatic: shareOf(sampled.filter((row) => finds(row.outcome)).length, sampled.length),
    }
  })
}

/** When the earliest decision was made that a sample of these rows looked at; ids of decisions tell their time. The sample stands for all decisions since. */
export function firstSampled(rows: readonly Judged[]): number | null {
  const times = rows
    .filter((row) => row.purpose === 'sample')
    .map((row) => Number.parseInt(row.decision_id.slice(4), 36))
  return times.length === 0 ? null : Math.min(...times)
}

/** How many decisions each stratum had. */
export type Populations = Readonly<Partial<Record<StratumName, number>>>

/**
 * How right the automatic decisions are, by what people saw in the sample of them, weighted back to all of them: the precision of restrictions, and
 * the share of passed things in which nothing is wrong.
 */
export function automaticReport(rows: readonly Judged[], populations: Populations) {
  const sampled = rows.filter((row) => row.purpose === 'sample' && finds(row.outcome) !== null)
  const stratumOfRow = (row: Judged): StratumName => (row.verdict === 'pass' ? 'pass' : (row.severity as StratumName))
  const found = strata.map((name) => {
    const seen = sampled.filter((row) => stratumOfRow(row) === name)
    const right = seen.filter((row) => finds(row.outcome) === (name !== 'pass')).length
    return { stratum: name, population: Math.max(populations[name] ?? 0, seen.length), sampled: seen.length, right }
  })
  return {
    strata: found.map((stratum) => ({ ...stratum, share: shareOf(stratum.right, stratum.sampled) })),
    restrictions: stratifiedShare(found.filter((stratum) => stratum.stratum !== 'pass')),
    passed: stratifiedShare(found.filter((stratum) => stratum.stratum === 'pass')),
  }
}

/** Whether a judgement of a judgement came out differently; null for work and for answers that leave it open. */
export function differs(row: Judged): boolean | null {
  if (row.purpose === 'golden' || row.purpose === 'second')
    return row.expected === null ? null : !sameOutcome(row.expected, row.outcome)
  if (row.purpose !== 'sample') return null
  const wrong = finds(row.outcome)
  return wrong === null ? null : wrong === (row.verdict === 'pass')
}

export function overviewOf(rows: readonly Judged[], appeals: readonly AppealOutcome[], populations: Populations) {
  return {
    ...rowOf(rows, appeals),
    golden_s1: goldenOf(rows.filter((row) => row.severity === 'S1')),
    automatic: automaticReport(rows, populations),
    repeated: {
      golden: rows.filter((row) => row.purpose === 'golden').length,
      second: rows.filter((row) => row.purpose === 'second').length,
      sample: rows.filter((row) => row.purpose === 'sample').length,
      different: rows.filter((row) => differs(row)).length,
    },
  }
}
