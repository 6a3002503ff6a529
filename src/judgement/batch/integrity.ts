import type { Turn } from '../../kernel/schedule.ts'
import { median, poissonLowerTail } from '../../kernel/statistics.ts'
import { day, formatTime, parseTime } from '../../kernel/time.ts'
import type { Text } from '../../kernel/values.ts'
import type { BatchStrategy } from '../strategies/index.ts'
import { answered, type Fault, type InputMeasure, type RunKind, type RunReport, type RunStatus } from './model.ts'

/** What integrity looks at: the newest run first. */
export interface RunLook {
  readonly run_id: string
  readonly version: number
  readonly kind: RunKind
  readonly status: RunStatus
  readonly report: RunReport | null
}

export interface StrategyLook {
  readonly strategy: Pick<BatchStrategy, 'expires' | 'enabled'>
  readonly runs: readonly RunLook[]
  /** Turns that were due, with their time of grace, and have no run that was answered. */
  readonly missed: readonly Turn[]
  /** Why nobody active stands behind it; null = somebody does. */
  readonly unowned: Text | null
  readonly now: number
}

/** Limits of the checks; a strategy is never told off for a few hits more or less. */
export const limits = {
  /** Earlier runs that a comparison with the past needs. */
  past: 5,
  decayShare: 0.5,
  decayChance: 1e-3,
  psi: 0.25,
  slowFactor: 5,
  slowSeconds: 30,
} as const

/** Everything that is wrong with the deployment of one strategy now. */
export function faultsOf(look: StrategyLook): Fault[] {
  const { strategy, runs, now } = look
  const today = formatTime(now).slice(0, 10)
  const expired = (parseTime(strategy.expires) ?? 0) + day <= now
  const faults: Fault[] = []
  if (expired)
    faults.push({
      kind: 'expired',
      key: today,
      detail: {
        zh: `已于 ${strategy.expires} 到期，不再运行`,
        en: `it expired on ${strategy.expires} and does not run any more`,
      },
    })
  if (look.unowned) faults.push({ kind: 'no_owner', key: today, detail: look.unowned })
  if (expired) return faults
  if (strategy.enabled === false)
    return [
      ...faults,
      {
        kind: 'off',
        key: today,
        detail: {
          zh: '已被停用（enabled: false），计划内的运行不会发生',
          en: 'it is switched off (enabled: false); the runs of its schedule do not happen',
        },
      },
    ]
  const oldest = look.missed[0]
  const newest = look.missed.at(-1)
  if (oldest && newest)
    faults.push({
      kind: 'missed',
      key: String(newest.boundary),
      detail: {
        zh: `${look.missed.length} 次计划运行没有完成，最早一次应在 ${formatTime(oldest.due)}`,
        en: `${look.missed.length} planned runs did not take place, the oldest was due at ${formatTime(oldest.due)}`,
      },
    })
  // Whatever waits for a person is told, also what somebody started by hand; for the rest the schedule counts.
  for (const run of runs.filter((found) => found.kind === 'manual' && found.status === 'held'))
    faults.push(...(run.report?.faults ?? []).map((fault) => ({ ...fault, key: run.run_id })))
  const planned = runs.filter((run) => run.kind !== 'manual')
  const [last] = planned
  return last ? [...faults, ...runFaults(last, planned)] : faults
}

function runFaults(last: RunLook, runs: readonly RunLook[]): Fault[] {
  if (!last.report) return []
  const { report, run_id: key } = last
  const faults: Fault[] = report.faults.map((fault) => ({ ...fault, key }))
  // What a person has let through or turned down needs no alarm any more.
  const open = last.status === 'held' ? faults : faults.filter((fault) => !heldKinds.has(fault.kind))
  if (!answered.has(last.status)) return open
  const past = runs.slice(1).filter((run) => answered.has(run.status) && run.version === last.version)
  return [...open, ...fallenAway(last, report, past), ...driftOf(report.inputs, key), ...slowOf(report, past, key)]
}

const heldKinds: ReadonlySet<string> = new Set(['over_cap', 'output_range'])

/** Runs over history that was there before the strategy say what it held, not what is usual in operation: they do not count. */
function fallenAway({ kind, run_id: key }: RunLook, report: RunReport, past: readonly RunLook[]): Fault[] {
  const operated = past.filter((run) => run.kind !== 'first')
  if (kind === 'first' || operated.length < limits.past) return []
  const usual = median(operated.slice(0, 14).map((run) => run.report?.hits ?? 0)) ?? 0
  const { hits } = report
  if (hits >= limits.decayShare * usual || poissonLowerTail(hits, usual) >= limits.decayChance) return []
  return [
    {
      kind: 'hit_decay',
      key,
      detail: { zh: `命中 ${hits} 个，以往通常 ${usual} 个`, en: `${hits} hits where ${usual} are usual` },
    },
  ]
}

/** A shift of a population: above the limit, and above what chance alone gives for so many rows. */
export function driftOf(inputs: readonly InputMeasure[], key: string): Fault[] {
  return inputs.flatMap(({ table, psi, psi_noise }): Fault[] =>
    psi !== null && psi > limits.psi && psi > (psi_noise ?? 0)
      ? [
          {
            kind: 'drift',
            key,
            detail: {
              zh: `${table} 的总体分布变化，PSI ${psi.toFixed(2)}，上限 ${limits.psi}`,
              en: `the population of ${table} has shifted: PSI ${psi.toFixed(2)}, at most ${limits.psi} is usual`,
            },
          },
        ]
      : [],
  )
}

function slowOf(report: RunReport, past: readonly RunLook[], key: string): Fault[] {
  const usual = past.length < limits.past ? null : median(past.map((run) => run.report?.seconds ?? 0))
  if (usual === null || report.seconds < Math.max(limits.slowSeconds, limits.slowFactor * usual)) return []
  return [
    {
      kind: 'slow',
      key,
      detail: {
        zh: `用时 ${report.seconds.toFixed(0)} 秒，以往通常 ${usual.toFixed(1)} 秒`,
        en: `it took ${report.seconds.toFixed(0)} s where ${usual.toFixed(1)} s are usual`,
      },
    },
  ]
}
