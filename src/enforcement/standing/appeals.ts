import { marketTest } from '../../vocabulary/markets.ts'
import type { AppealRule, Ladder } from './model.ts'

/** DSA art. 20(1): complaints are open for at least six months, in the EU. */
export const statutoryDays = 183

/** Where a ladder says nothing: two levels, the first as long as the law asks for, an answer within 72 hours. */
export const defaultAppealRule: AppealRule = {
  levels: [
    { days: statutoryDays, chances: 1, dueHours: 72 },
    { days: 30, chances: 1, dueHours: 168 },
  ],
}

export interface AppealMatter {
  /** Class of the points that the decision carries; null when it carries none. */
  readonly class: string | null
  /** Markets of the restriction; `*` = all. */
  readonly markets: readonly string[]
}

const european = marketTest(['EEA'])

/** True when a restriction reaches an EU or EEA market. */
export function reachesEurope(markets: readonly string[]): boolean {
  return markets.some((market) => market === '*' || european(market))
}

/** The rule for a matter: the first of the ladder that fits, else the default; in the EU never shorter than the law allows. */
export function appealRule(ladder: Ladder | undefined, matter: AppealMatter): AppealRule {
  const found = (ladder?.appeals ?? []).find(
    (rule) =>
      (rule.classes === undefined || (matter.class !== null && rule.classes.includes(matter.class))) &&
      (rule.markets === undefined || reaches(rule.markets, matter.markets)),
  )
  const rule = found ?? defaultAppealRule
  if (!reachesEurope(matter.markets)) return rule
  return { ...rule, levels: lengthened(rule.levels) }
}

const lengthened = (levels: AppealRule['levels']): AppealRule['levels'] =>
  levels.map((level, index) => (index === 0 ? { ...level, days: Math.max(level.days, statutoryDays) } : level))

/** Levels for whoever reported. Everywhere as long as the law of the EU asks for: every notifier is told of six months. */
export const reporterLevelsOf = (rule: AppealRule): AppealRule['levels'] =>
  lengthened(rule.reporterLevels ?? rule.levels)

function reaches(markets: readonly string[], found: readonly string[]): boolean {
  const applies = marketTest(markets)
  return found.some((market) => market === '*' || applies(market))
}

/** One appeal that was filed before, as far as the next step depends on it. */
export interface EarlierAppeal {
  readonly level: number
  readonly outcome: string | null
  readonly decidedAt: number | null
}

export type NextStep =
  | {
      readonly open: true
      readonly level: number
      readonly chance: number
      readonly until: number
      readonly dueHours: number
      /** Appeals that can still be filed if every one of them fails, this one included. */
      readonly left: number
    }
  | {
      readonly open: false
      readonly why: 'pending' | 'overturned' | 'window' | 'chances' | 'evidence'
      /** Appeals that are left for later: when the pending one has failed, or with new evidence. */
      readonly left: number
    }

/** Appeals that can still be filed at this level and above. */
function chancesLeft(levels: AppealRule['levels'], earlier: readonly EarlierAppeal[]): number {
  const from = earlier.at(-1)?.level ?? 1
  const used = earlier.filter((each) => each.level === from).length
  const rest = levels.slice(from - 1).reduce((sum, level) => sum + level.chances, 0)
  return Math.max(0, rest - Math.min(used, levels[from - 1]?.chances ?? 0))
}

/**
 * What an appeal would be now: its level and chance, or why there is none. A further chance at the same level needs new evidence;
 * without it, and when the chances are used up, the next level is open.
 * @param at when the restriction was imposed (the case closed, for a reporter); all times in milliseconds since 1970 UTC
 */
export function nextAppeal(
  levels: AppealRule['levels'],
  earlier: readonly EarlierAppeal[],
  { at, now, evidence }: { at: number; now: number; evidence: boolean },
): NextStep {
  const last = earlier.at(-1)
  const left = chancesLeft(levels, earlier)
  if (last !== undefined && last.outcome === null) return { open: false, why: 'pending', left }
  if (last?.outcome === 'overturned') return { open: false, why: 'overturned', left: 0 }
  const used = earlier.filter((each) => each.level === (last?.level ?? 1)).length
  const current = levels[(last?.level ?? 1) - 1]
  const again = last !== undefined && current !== undefined && used < current.chances
  if (again && !evidence && levels[last.level] === undefined) return { open: false, why: 'evidence', left }
  const level = last === undefined ? 1 : again && evidence ? last.level : last.level + 1
  const found = levels[level - 1]
  if (found === undefined) return { open: false, why: 'chances', left: 0 }
  const until = (last?.decidedAt ?? at) + found.days * 86_400_000
  if (now > until) return { open: false, why: 'window', left: 0 }
  const chance = earlier.filter((each) => each.level === level).length + 1
  return { open: true, level, chance, until, dueHours: found.dueHours, left }
}
