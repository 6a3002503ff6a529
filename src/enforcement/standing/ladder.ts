import { Value } from '@sinclair/typebox/value'
import { createZone } from './calendar.ts'
import { isCrossed, type Ladder, type Ledger, ladderSchema, type SanctionRule } from './model.ts'

/** One thing wrong in a configuration or an event: where, what was found, what to write instead. */
export interface Problem {
  readonly field: string
  readonly value: unknown
  readonly fix: string
}

/** `field = value: fix`, the way every refusal of this room reads. */
export function describeProblem(problem: Problem): string {
  const value = problem.value === undefined ? 'missing' : JSON.stringify(problem.value)
  return `${problem.field} = ${value}: ${problem.fix}`
}

/**
 * Checks a parsed ladder file against the schema and against itself.
 * Returns the ladder, or every problem with field, value and fix.
 */
export function checkLadder(input: unknown): { ladder: Ladder; problems: [] } | { ladder: null; problems: Problem[] } {
  if (Value.Check(ladderSchema, input)) {
    const problems = [...contradictions(input)]
    return problems.length === 0 ? { ladder: input, problems: [] } : { ladder: null, problems }
  }
  const seen = new Map<string, Problem>()
  for (const error of Value.Errors(ladderSchema, input)) {
    const field = error.path.slice(1).replaceAll('/', '.') || '(file)'
    const hint = error.schema['description']
    const fix = error.message === 'Unexpected property' ? 'remove it or correct its name' : hint
    if (!seen.has(field)) seen.set(field, { field, value: error.value, fix: String(fix ?? error.message) })
  }
  return { ladder: null, problems: [...seen.values()] }
}

function* contradictions(ladder: Ladder): Generator<Problem> {
  try {
    createZone(ladder.timeZone)
  } catch {
    yield { field: 'timeZone', value: ladder.timeZone, fix: 'use an IANA time zone such as UTC or Asia/Shanghai' }
  }
  yield* duplicates(
    'ledgers',
    ladder.ledgers.map((ledger) => ledger.id),
  )
  yield* duplicates(
    'classes',
    ladder.classes.flatMap((each) => [each.id, ...(each.aliases ?? [])]),
  )
  yield* duplicates(
    'repeats',
    (ladder.repeats ?? []).map((rule) => rule.id),
  )
  for (const [index, ledger] of ladder.ledgers.entries())
    yield* ledgerContradictions(ladder, ledger, `ledgers.${index}`)
  yield* classContradictions(ladder)
  for (const [index, rule] of (ladder.repeats ?? []).entries()) {
    yield* unknownClasses(ladder, rule.classes, `repeats.${index}.classes`)
    yield* durations(rule.sanctions, `repeats.${index}.sanctions`, false)
  }
  if (ladder.quiz !== undefined) yield* range(ladder.quiz.points, 'quiz.points')
  for (const [index, rule] of (ladder.appeals ?? []).entries())
    yield* unknownClasses(ladder, rule.classes, `appeals.${index}.classes`)
  for (const [index, rule] of (ladder.joint ?? []).entries())
    yield* unknownClasses(ladder, [rule.class], `joint.${index}.class`)
  const credits = ladder.classes.filter((each) => each.type === 'credit').map((each) => each.id)
  const earning = [
    ...(ladder.streaks ?? []).map((each, index) => [`streaks.${index}.class`, each.class] as const),
    ...(ladder.keptOrders ? [['keptOrders.class', ladder.keptOrders.class] as const] : []),
  ]
  for (const [field, value] of earning)
    if (!credits.includes(value))
      yield {
        field,
        value,
        fix: credits.length === 0 ? 'add a class of type credit' : `use one of: ${credits.join(', ')}`,
      }
}

function* duplicates(field: string, ids: string[]): Generator<Problem> {
  const seen = new Set<string>()
  for (const id of ids) {
    if (seen.has(id)) yield { field, value: id, fix: 'this name occurs twice; give one of them another name' }
    seen.add(id)
  }
}

function* ledgerContradictions(ladder: Ladder, ledger: Ledger, at: string): Generator<Problem> {
  if (ledger.start < ledger.min || ledger.start > (ledger.max ?? Number.POSITIVE_INFINITY))
    yield { field: `${at}.start`, value: ledger.start, fix: 'use a start between min and max' }
  if (ledger.scale === 'down' && ledger.max === undefined)
    yield { field: `${at}.max`, value: undefined, fix: 'a scale that goes down needs its max' }
  yield* expiryContradictions(ledger.expiry, `${at}.expiry`)
  yield* duplicates(
    `${at}.milestones`,
    ledger.milestones.map((each) => String(each.threshold)),
  )
  for (const [index, milestone] of ledger.milestones.entries()) {
    if (isCrossed(ledger, milestone.threshold, ledger.start))
      yield {
        field: `${at}.milestones.${index}.threshold`,
        value: milestone.threshold,
        fix: `a new subject (${ledger.start}) would already have crossed it; move it ${ledger.scale === 'up' ? 'above' : 'below'} the start`,
      }
    yield* durations(milestone.sanctions, `${at}.milestones.${index}.sanctions`, true)
  }
  for (const [index, cap] of (ledger.caps ?? []).entries()) {
    if ((cap.per === undefined) === (cap.days === undefined))
      yield { field: `${at}.caps.${index}`, value: cap, fix: 'write one of per: day or days: N' }
    yield* unknownClasses(ladder, cap.classes, `${at}.caps.${index}.classes`)
  }
  const bands = (ledger.bands ?? []).toSorted((a, b) => a.from - b.from)
  for (const [index, band] of bands.entries()) {
    const next = bands[index + 1]
    if (band.from > band.to || (next !== undefined && next.from <= band.to))
      yield { field: `${at}.bands`, value: band.id, fix: 'let from be at most to, and let no two bands overlap' }
  }
}

function* expiryContradictions(expiry: Ledger['expiry'], at: string): Generator<Problem> {
  const counted = expiry.kind === 'rolling' || expiry.kind === 'after-first'
  if (counted !== (expiry.days !== undefined))
    yield { field: `${at}.days`, value: expiry.days, fix: 'rolling and after-first need days; no other kind has them' }
  if ((expiry.kind === 'calendar') !== (expiry.every !== undefined))
    yield {
      field: `${at}.every`,
      value: expiry.every,
      fix: 'calendar needs every: month, quarter or year; no other kind has it',
    }
  if (expiry.kind !== 'calendar' && (expiry.carryOver !== undefined || expiry.lastWeekday !== undefined))
    yield { field: at, value: expiry.kind, fix: 'carryOver and lastWeekday belong to kind calendar' }
}

function* classContradictions(ladder: Ladder): Generator<Problem> {
  const ledgers = new Set(ladder.ledgers.map((ledger) => ledger.id))
  for (const [index, each] of ladder.classes.entries()) {
    const at = `classes.${index}`
    if (!ledgers.has(each.ledger))
      yield { field: `${at}.ledger`, value: each.ledger, fix: `use one of: ${[...ledgers].join(', ')}` }
    yield* range(each.points, `${at}.points`)
    const repetition = each.repetition
    if (repetition !== undefined && (repetition.factors === undefined) === (repetition.points === undefined))
      yield { field: `${at}.repetition`, value: repetition, fix: 'write one of factors or points' }
    if (each.type === 'credit' && (each.cureDays !== undefined || repetition !== undefined))
      yield { field: at, value: each.id, fix: 'cureDays and repetition belong to violations' }
    if (each.type === 'violation' && each.earn !== undefined)
      yield { field: `${at}.earn`, value: each.earn, fix: 'earn belongs to credits' }
  }
}

function* range(points: { min: number; max: number; default: number }, field: string): Generator<Problem> {
  if (points.min > points.default || points.default > points.max)
    yield { field, value: points, fix: 'let min ≤ default ≤ max' }
}

function* unknownClasses(ladder: Ladder, classes: string[] | undefined, field: string): Generator<Problem> {
  const known = new Set(ladder.classes.map((each) => each.id))
  for (const id of classes ?? []) {
    if (!known.has(id)) yield { field, value: id, fix: `use one of: ${[...known].join(', ')}` }
  }
}

function* durations(sanctions: SanctionRule[], field: string, crossing: boolean): Generator<Problem> {
  for (const [index, sanction] of sanctions.entries()) {
    const ways = [sanction.durationDays, sanction.permanent, sanction.whileCrossed].filter((way) => way !== undefined)
    if (ways.length !== 1 || (sanction.whileCrossed && !crossing))
      yield {
        field: `${field}.${index}`,
        value: sanction.kind,
        fix: crossing ? 'write one of durationDays, permanent, whileCrossed' : 'write one of durationDays, permanent',
      }
  }
}
