import { admitEvents, compareEvents, subjectsOf } from './events.ts'
import type { Problem } from './ladder.ts'
import type { Change, Ladder, Standing, StandingEvent } from './model.ts'
import { createSimulation, type Simulation } from './simulation.ts'

/**
 * Replays a history: every change, events and expiries, in time order (of several at one moment: by subject, then in the order
 * in which they took effect), up to and including `until` (default: the last event). Pure: the same events give the same changes
 * in whatever order they are passed. An overturn changes nothing before it; from then on the course is the one without its violation.
 * @param events accepted by `admitEvents`
 */
export function replay(ladder: Ladder, events: readonly StandingEvent[], until?: number): Change[] {
  const end = until ?? events.reduce((last, event) => Math.max(last, event.time), Number.NEGATIVE_INFINITY)
  const changes = [...bySubject(ladder, events)].flatMap(([subject, own]) =>
    replaySubject(ladder, { subject, events: own }, end),
  )
  return changes.sort((a, b) => a.time - b.time || (a.subject < b.subject ? -1 : a.subject > b.subject ? 1 : 0))
}

/**
 * The standing of a subject at a moment: scores, crossed thresholds, tiers, sanctions in force, pending violations and when
 * something next changes by itself. Events after `at` do not count, and what is overturned by then never was.
 * @param events the subject's events (accepted by `admitEvents`); events of others that name it in `linked` belong to them
 */
export function standingOf(
  ladder: Ladder,
  events: readonly StandingEvent[],
  who: { subject: string; at: number },
): Standing {
  const own = bySubject(ladder, events).get(who.subject) ?? []
  const known = own.filter((event) => event.time <= who.at)
  const simulation = createSimulation(ladder, who.subject, standing(known, known.filter(isOverturn)))
  simulation.advance(who.at)
  return simulation.standing(who.at)
}

/**
 * Adds one event to a history that is only appended to. Returns the new history, what the event changed (everything since the
 * event before it, for every subject concerned) and nothing else; a refused event leaves the history as it was.
 * An event that arrives late takes its place by time: the changes are then those from its time on.
 */
export function applyEvent(
  ladder: Ladder,
  history: readonly StandingEvent[],
  event: StandingEvent,
): { history: readonly StandingEvent[]; changes: Change[]; problem: Problem | null } {
  const { refused } = admitEvents(
    ladder,
    [...history, event].map((each) => ({ event: each })),
  )
  const own = refused.find(({ item }) => item.event === event)
  if (own !== undefined) return { history, changes: [], problem: own.problem }
  const target = history.find((each) => event.type === 'overturn' && each.id === event.ref)
  const concerned = new Set(subjectsOf(target ?? event))
  const last = history
    .filter((each) => subjectsOf(each).some((subject) => concerned.has(subject)))
    .reduce((latest, each) => Math.max(latest, each.time), Number.NEGATIVE_INFINITY)
  const grown = [...history, event]
  const relevant = grown.filter(
    (each) => subjectsOf(each).some((subject) => concerned.has(subject)) || each.type === 'overturn',
  )
  const changes = replay(ladder, relevant, Math.max(event.time, last)).filter(
    (change) => concerned.has(change.subject) && (event.time > last ? change.time > last : change.time >= event.time),
  )
  return { history: grown, changes, problem: null }
}

function isOverturn(event: StandingEvent): boolean {
  return event.type === 'overturn'
}

/** The events that stand once `overturns` are known: without the overturned ones, their quizzes and the overturns. */
function standing(events: readonly StandingEvent[], overturns: readonly StandingEvent[]): StandingEvent[] {
  const gone = new Set(overturns.map((event) => event.ref))
  return events.filter(
    (event) => event.type !== 'overturn' && !gone.has(event.id) && !(event.type === 'quiz' && gone.has(event.ref)),
  )
}

/** Deals the events out to everybody concerned, each with their own points, in the order in which events count. */
function bySubject(ladder: Ladder, events: readonly StandingEvent[]): Map<string, StandingEvent[]> {
  const byId = new Map(events.map((event) => [event.id, event]))
  const dealt = new Map<string, StandingEvent[]>()
  const deal = (subject: string, event: StandingEvent) => {
    const own = dealt.get(subject)
    if (own === undefined) dealt.set(subject, [event])
    else own.push(event)
  }
  for (const event of events.toSorted(compareEvents)) {
    const target = event.type === 'overturn' ? byId.get(event.ref ?? '') : undefined
    deal(event.subject, event)
    for (const linked of (target ?? event).linked) {
      if (linked.subject !== event.subject) deal(linked.subject, joint(ladder, event, linked))
    }
    if (target !== undefined && target.subject !== event.subject) deal(target.subject, event)
  }
  return dealt
}

/** A penalty as a linked subject bears it: the points named for it, else the class's share of the main subject's picked points. */
function joint(ladder: Ladder, event: StandingEvent, linked: StandingEvent['linked'][number]): StandingEvent {
  if (event.type === 'overturn') return event
  const each = ladder.classes.find((known) => known.id === event.class)
  const share = each?.jointShare ?? 1
  const whole = event.points ?? each?.points.default ?? 0
  const points = linked.points ?? (share === 1 ? event.points : Math.round(whole * share))
  return { ...event, subject: linked.subject, points }
}

function replaySubject(
  ladder: Ladder,
  own: { subject: string; events: readonly StandingEvent[] },
  end: number,
): Change[] {
  const overturns = own.events.filter((event) => isOverturn(event) && event.time <= end)
  const course = (known: number): Simulation =>
    createSimulation(ladder, own.subject, standing(own.events, overturns.slice(0, known)))
  let simulation = course(0)
  const stretches: Change[][] = []
  for (const [index, overturn] of overturns.entries()) {
    stretches.push(simulation.advance(overturn.time))
    const before = simulation.standing(overturn.time)
    simulation = course(index + 1)
    simulation.advance(overturn.time)
    const after = simulation.standing(overturn.time)
    stretches.push(overturned(ladder, own, { overturn, before, after }))
  }
  stretches.push(simulation.advance(end))
  return stretches.flat()
}

interface Overturned {
  readonly overturn: StandingEvent
  readonly before: Standing
  readonly after: Standing
}

/**
 * The lines of an overturn: the state as if the violation never was. One for the ledger of the violation, and one for every other
 * that it changes (a streak that was never broken); a threshold counts as crossed only where it was not before.
 */
function overturned(
  ladder: Ladder,
  own: { subject: string; events: readonly StandingEvent[] },
  { overturn, before, after }: Overturned,
): Change[] {
  const target = own.events.find((event) => event.id === overturn.ref)
  const name = ladder.classes.find((each) => each.id === target?.class)?.ledger
  return after.ledgers.flatMap((ledger): Change[] => {
    const was = before.ledgers.find((each) => each.id === ledger.id)
    if (ledger.id !== name && was?.score === ledger.score) return []
    return [
      {
        time: overturn.time,
        subject: own.subject,
        ledger: ledger.id,
        cause: overturn.id,
        score: ledger.score,
        crossed: ledger.crossed.filter((threshold) => !was?.crossed.includes(threshold)),
        sanctions: after.sanctions,
      },
    ]
  })
}
