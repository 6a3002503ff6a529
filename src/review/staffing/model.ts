/** What a queue has to do and how fast it does it. Rates are cases an hour, lists are by hour from now. */
export interface Workload {
  readonly overdue: number
  /** Open cases that become due within the first hour, the second, … */
  readonly dueIn: readonly number[]
  /** New cases an hour, and after how many hours they are due, by severity. */
  readonly arrivals: readonly { readonly perHour: number; readonly dueAfter: number }[]
  /** Cases decided an hour. */
  readonly throughput: number
}

export interface ForecastHour {
  /** Hours from now. */
  readonly hour: number
  /** Cases that have to be decided until then. */
  readonly demand: number
  /** Cases that will be decided until then. */
  readonly supply: number
  /** Cases that will not have been decided when they were due, until then. */
  readonly breaches: number
}

/**
 * Which service levels will be broken at the present throughput. The test is the processor demand criterion of scheduling by
 * deadline (Baruah, Mok, Rosier 1990, RTSS): until any moment, what is due must not be more than what is done. Overdue cases are
 * done first. Because scheduling by deadline is optimal, no other order breaks fewer: the figure is the least that will happen.
 */
export function forecastBreaches({ overdue, dueIn, arrivals, throughput }: Workload): ForecastHour[] {
  let open = 0
  let breaches = 0
  return dueIn.map((count, index) => {
    const hour = index + 1
    open += count
    const fresh = arrivals.reduce((sum, kind) => sum + kind.perHour * Math.max(0, hour - kind.dueAfter), 0)
    const demand = overdue + open + fresh
    const supply = throughput * hour
    breaches = Math.max(breaches, Math.min(open + fresh, Math.max(0, demand - supply)))
    return { hour, demand, supply, breaches }
  })
}

/** Why a case will be late: what is due until its due time, itself included, against what will be done. */
export interface Lateness {
  readonly demand: number
  readonly supply: number
}

/**
 * Which of the cases that are due soon will miss their due time at the present throughput, in order of due time and overdue ones first. The
 * same test as {@link forecastBreaches}, at the due time of each case: what is due until then is more than what is done. It holds for
 * work in order of due time; whoever takes another order is late with others.
 * @param due hours from now in which open cases are due, ascending; overdue ones are counted in the workload
 */
export function lateCases(
  { overdue, arrivals, throughput }: Omit<Workload, 'dueIn'>,
  due: readonly number[],
): (Lateness | null)[] {
  return due.map((hours, index) => {
    const fresh = arrivals.reduce((sum, kind) => sum + kind.perHour * Math.max(0, hours - kind.dueAfter), 0)
    const demand = overdue + index + 1 + fresh
    const supply = throughput * hours
    return demand > supply ? { demand, supply } : null
  })
}

/**
 * Chance that a case has to wait: Erlang's C (Erlang 1917, Elektroteknikeren 13:5).
 * @param load arrivals × handling time, in people at work (Erlang).
 * @returns 1 when the people cannot keep up.
 */
export function erlangC(load: number, people: number): number {
  if (load <= 0) return 0
  if (people <= load) return 1
  let blocked = 1
  for (let count = 1; count <= people; count++) blocked = (load * blocked) / (count + load * blocked)
  return (people * blocked) / (people - load * (1 - blocked))
}

/** Share of cases that are begun within `within` hours. */
export function begunWithin(
  load: number,
  people: number,
  { within, handling }: { within: number; handling: number },
): number {
  if (people <= load) return load <= 0 ? 1 : 0
  return 1 - erlangC(load, people) * Math.exp((-(people - load) * within) / handling)
}

export interface Demand {
  readonly perHour: number
  /** Mean handling time in hours. */
  readonly handling: number
  /** The shortest service level of the queue in hours. */
  readonly within: number
}

export interface Staffing {
  /** Work that arrives, in people. */
  readonly load: number
  readonly people: number
  /** Share of their time that they would work on cases. */
  readonly occupancy: number
  /** Share of cases that would be decided within the shortest service level. */
  readonly inTime: number
}

/** Share of cases that should be decided in time, and how busy people may be at most: platform defaults. */
const target = 0.95
const mostBusy = 0.85

/**
 * The fewest people with whom 95 % of cases are decided within the shortest service level and nobody is busy for more than 85 % of the time.
 * Erlang C takes arrivals at random moments and an exponential handling time; bursts need more, a backlog needs extra.
 */
export function staffNeeded({ perHour, handling, within }: Demand): Staffing {
  const load = perHour * handling
  const slack = Math.max(0, within - handling)
  let people = Math.max(load > 0 ? 1 : 0, Math.ceil(load / mostBusy))
  while (load > 0 && begunWithin(load, people, { within: slack, handling }) < target && people < load + 1000) people++
  return {
    load,
    people,
    occupancy: people === 0 ? 0 : load / people,
    inTime: begunWithin(load, people, { within: slack, handling }),
  }
}
