import type { Problem } from './ladder.ts'
import { DAY_MS, type Ladder, type LinkedSubject, type PointsClass, type StandingEvent } from './model.ts'

const TYPES = ['violation', 'credit', 'quiz', 'overturn'] as const

/** The one order in which events count: by time; at the same moment penalties, credits, quizzes, overturns; then by id. */
export function compareEvents(a: StandingEvent, b: StandingEvent): number {
  if (a.time !== b.time) return a.time - b.time
  if (a.type !== b.type) return TYPES.indexOf(a.type) - TYPES.indexOf(b.type)
  return a.id < b.id ? -1 : a.id > b.id ? 1 : 0
}

/** Finds a class by id or alias; case, spaces and underscores do not matter. */
export function findClass(ladder: Ladder, name: string): PointsClass | undefined {
  const key = name.trim().toLowerCase().replaceAll('_', '-').replaceAll(' ', '-')
  return ladder.classes.find((each) => each.id === key || each.aliases?.includes(key))
}

type Fields = Readonly<Record<string, unknown>>

/** What a reader of one event works with: the ladder, the fields, and where it says what is wrong. */
interface Reading {
  readonly ladder: Ladder
  readonly input: Fields
  report(field: string, value: unknown, fix: string): null
}

/**
 * Reads one event `{id, time, subject, type, class, points, ref}` against a ladder.
 * Optional: `content`, `severity`, `quantity`, `cureDays`, `linked: [subject | {subject, points}]`.
 * Returns the event, or every problem with field, value and fix.
 */
export function readEvent(
  ladder: Ladder,
  input: unknown,
): { event: StandingEvent; problems: [] } | { event: null; problems: Problem[] } {
  if (!isFields(input))
    return { event: null, problems: [{ field: '(line)', value: input, fix: 'write one JSON object per line' }] }
  const problems: Problem[] = []
  const report = (field: string, value: unknown, fix: string) => {
    problems.push({ field, value, fix })
    return null
  }
  const event = parse({ ladder, input, report })
  return event === null || problems.length > 0 ? { event: null, problems } : { event, problems: [] }
}

function parse(reading: Reading): StandingEvent | null {
  const { input, report } = reading
  const type = TYPES.find((known) => known === input['type'])
  const id = needText(reading, 'id')
  const time = needTime(reading)
  const subject = needText(reading, 'subject')
  if (type === undefined) report('type', input['type'], `use one of: ${TYPES.join(', ')}`)
  const ref = optionalText(reading, 'ref')
  if (id === null || time === null || subject === null || type === undefined) return null
  const base = { id, time, subject, ref }
  if (type === 'overturn' || type === 'quiz') return parseRemedy(reading, { ...base, type })
  const found = needClass(reading, type)
  if (found === null) return null
  return {
    ...base,
    type,
    class: found.id,
    points: optionalPoints(reading, found.points, `class "${found.id}"`),
    content: optionalText(reading, 'content') ?? (type === 'violation' ? ref : null),
    severity: optionalSeverity(reading, found),
    quantity: optionalNumber(reading, 'quantity'),
    cureDays: optionalNumber(reading, 'cureDays'),
    linked: optionalLinked(reading, found),
  }
}

type Remedy = Pick<StandingEvent, 'id' | 'time' | 'subject' | 'ref'> & { type: 'overturn' | 'quiz' }

function parseRemedy(reading: Reading, base: Remedy): StandingEvent {
  const { quiz, id } = reading.ladder
  if (base.ref === null)
    reading.report('ref', reading.input['ref'], `write the id of the violation that this ${base.type} concerns`)
  if (base.type === 'quiz' && quiz === undefined)
    reading.report('type', 'quiz', `ladder "${id}" has no quiz; use an overturn or another ladder`)
  const points = base.type === 'quiz' && quiz !== undefined ? optionalPoints(reading, quiz.points, 'a quiz') : null
  return { ...base, class: null, points, content: null, severity: null, quantity: null, cureDays: null, linked: [] }
}

function isFields(input: unknown): input is Fields {
  return typeof input === 'object' && input !== null && !Array.isArray(input)
}

function needText({ input, report }: Reading, field: string): string | null {
  const value = input[field]
  return typeof value === 'string' && value !== '' ? value : report(field, value, 'write a text that is not empty')
}

function optionalText(reading: Reading, field: string): string | null {
  const value = reading.input[field]
  return value === undefined || value === null || value === '' ? null : needText(reading, field)
}

const TIME = /^(\d{4}-\d{2}-\d{2})(T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:\d{2}))?$/

/** Milliseconds of an ISO 8601 time with its offset (`2026-01-31T08:00:00Z`) or of a day (midnight UTC); null when it is neither. */
export function parseTime(text: unknown): number | null {
  if (typeof text !== 'string') return null
  const day = TIME.exec(text)?.[1]
  const time = Date.parse(text)
  if (day === undefined || Number.isNaN(time)) return null
  // Date.parse rolls 30 February over to March; a day that does not come back unchanged does not exist.
  return new Date(`${day}T00:00:00Z`).toISOString().slice(0, 10) === day ? time : null
}

function needTime({ input, report }: Reading): number | null {
  const fix = 'write ISO 8601 with an offset, such as 2026-01-31T08:00:00Z'
  return parseTime(input['time']) ?? report('time', input['time'], fix)
}

function needClass(reading: Reading, type: 'violation' | 'credit'): PointsClass | null {
  const { ladder, input, report } = reading
  const known = ladder.classes.filter((each) => each.type === type)
  const names = known.map((each) => each.id).join(', ')
  const fix = known.length === 0 ? `ladder "${ladder.id}" knows no ${type}` : `use one of: ${names}`
  const given = input['class']
  // Where a ladder knows only one kind of credit there is nothing to name.
  if ((given === undefined || given === null) && type === 'credit' && known.length === 1) return known[0] ?? null
  const found = typeof given === 'string' ? findClass(ladder, given) : undefined
  return found?.type === type ? found : report('class', given, fix)
}

function optionalNumber({ input, report }: Reading, field: string): number | null {
  const value = input[field]
  if (value === undefined || value === null) return null
  const fits = typeof value === 'number' && Number.isFinite(value) && value >= 0
  return fits ? value : report(field, value, 'write a number from 0 or leave it out')
}

function optionalPoints({ input, report }: Reading, range: Range, whose: string): number | null {
  const value = input['points']
  if (value === undefined || value === null) return null
  if (typeof value === 'number' && value >= range.min && value <= range.max) return value
  const span = range.min === range.max ? `${range.min}` : `a number from ${range.min} to ${range.max}`
  return report('points', value, `for ${whose} write ${span}, or leave points out`)
}

interface Range {
  readonly min: number
  readonly max: number
}

function optionalSeverity(reading: Reading, found: PointsClass): string | null {
  const severity = optionalText(reading, 'severity')
  const known = Object.keys(found.severity ?? {})
  if (severity === null || known.length === 0 || known.includes(severity)) return severity
  return reading.report('severity', severity, `for class "${found.id}" use one of: ${known.join(', ')}`)
}

function optionalLinked(reading: Reading, found: PointsClass): LinkedSubject[] {
  const { input, report } = reading
  const value = input['linked']
  if (value === undefined || value === null) return []
  if (!Array.isArray(value)) {
    report('linked', value, 'write a list of subjects, such as ["creator:7"]')
    return []
  }
  const linked = value.flatMap((each: unknown): LinkedSubject[] => {
    const fields = isFields(each) ? each : { subject: each }
    const inner: Reading = {
      ...reading,
      input: fields,
      report: (field, bad, fix) => report(`linked.${field}`, bad, fix),
    }
    const subject = needText(inner, 'subject')
    const points = optionalPoints(inner, found.points, `a subject linked by class "${found.id}"`)
    return subject === null ? [] : [{ subject, points }]
  })
  const names = [input['subject'], ...linked.map((each) => each.subject)]
  if (new Set(names).size !== names.length)
    report('linked', value, 'name every subject once, and the main subject not at all')
  return linked
}

/** A line that was refused and why. */
export interface Refused<T> {
  readonly item: T
  readonly problem: Problem
}

/**
 * Admits events to a history: refuses a second event with the same id (the first one stays), a `ref` to nothing or to another
 * subject's violation, a remedy before its violation, a second quiz or overturn, a quiz after its deadline.
 * The order of the input decides only which of two equal ids stays.
 */
export function admitEvents<T extends { readonly event: StandingEvent }>(
  ladder: Ladder,
  items: readonly T[],
): { admitted: T[]; refused: Refused<T>[] } {
  const refused: Refused<T>[] = []
  const byId = new Map<string, T>()
  for (const item of items) {
    if (byId.has(item.event.id))
      refused.push(refuse(item, 'id', item.event.id, 'an earlier event has this id; the earlier one stays'))
    else byId.set(item.event.id, item)
  }
  const overturned = new Map<string, number>()
  const quizzed = new Set<string>()
  const admitted = new Set<T>()
  for (const item of [...byId.values()].sort((a, b) => compareEvents(a.event, b.event))) {
    const { event } = item
    const remedy = event.type === 'overturn' || event.type === 'quiz'
    const problem = remedy
      ? remedyProblem(ladder, event, { target: byId.get(event.ref ?? '')?.event, overturned, quizzed })
      : null
    if (problem !== null) {
      refused.push({ item, problem })
      continue
    }
    if (event.type === 'overturn') overturned.set(event.ref ?? '', event.time)
    if (event.type === 'quiz') quizzed.add(quizKey(event))
    admitted.add(item)
  }
  return { admitted: items.filter((item) => admitted.has(item)), refused }
}

function refuse<T>(item: T, field: string, value: unknown, fix: string): Refused<T> {
  return { item, problem: { field, value, fix } }
}

function quizKey(event: StandingEvent): string {
  return JSON.stringify([event.ref, event.subject])
}

interface Known {
  readonly target: StandingEvent | undefined
  readonly overturned: ReadonlyMap<string, number>
  readonly quizzed: ReadonlySet<string>
}

function remedyProblem(ladder: Ladder, event: StandingEvent, known: Known): Problem | null {
  const { target } = known
  const wrong = (field: string, value: unknown, fix: string): Problem => ({ field, value, fix })
  const fits = target?.type === 'violation' || (target?.type === 'credit' && event.type === 'overturn')
  if (target === undefined || !fits)
    return wrong('ref', event.ref, 'no violation has this id; write the id of an accepted violation')
  if (!subjectsOf(target).includes(event.subject))
    return wrong(
      'subject',
      event.subject,
      `"${event.ref}" concerns ${subjectsOf(target).join(', ')}; write that subject`,
    )
  if (target.time > event.time)
    return wrong(
      'time',
      new Date(event.time).toISOString(),
      `"${event.ref}" happened later; write a time from ${new Date(target.time).toISOString()}`,
    )
  if (known.overturned.has(target.id))
    return wrong('ref', event.ref, 'this violation is overturned already; nothing is left to give back')
  if (event.type === 'overturn') return null
  if (known.quizzed.has(quizKey(event)))
    return wrong('ref', event.ref, 'this violation has had its quiz; there is one per violation')
  const deadline = ladder.quiz?.deadlineDays
  if (deadline !== undefined && event.time >= target.time + deadline * DAY_MS)
    return wrong(
      'time',
      new Date(event.time).toISOString(),
      `the quiz had to be passed within ${deadline} days of the violation`,
    )
  return null
}

/** Everybody whom an event concerns: its subject, then the linked ones. */
export function subjectsOf(event: StandingEvent): string[] {
  return [event.subject, ...event.linked.map((each) => each.subject)]
}
