import { day, hour } from '../../kernel/time.ts'

/** One notice of a channel as its heartbeat sees it; times in microseconds. */
export interface Beat {
  readonly at: number
  readonly dueAt: number
  readonly open: boolean
  readonly decidedAt: number | null
}

/** `silent` = nothing arrives; `stuck` = things arrive but nothing is decided; `late` = something waits past its deadline. */
export type ChannelTrouble = 'silent' | 'stuck' | 'late'

export interface Heartbeat {
  /** Longest silence that is still ordinary; null = too little is known. */
  readonly silentAfter: number | null
  readonly declared: boolean
  readonly lastAt: number | null
  readonly lastDecidedAt: number | null
  readonly open: number
  readonly late: number
  readonly oldestOpenAt: number | null
  readonly troubles: readonly ChannelTrouble[]
}

/** Arrivals before which a channel's own past says nothing. */
export const leastArrivals = 8
/** Chance of a false alarm of silence at any moment, if arrivals were a Poisson process. */
const falseAlarm = 1e-4
/** A channel of which nothing is decided for this long while something waits is stuck, unless its own pace is slower. */
const stuckAtLeast = day

/**
 * The longest silence that is ordinary for arrivals at these times (ascending). For a Poisson process of rate λ = (n − 1) / span a
 * gap longer than t has the chance e^(−λt); t = ln(1/ε) / λ makes that ε. Real channels sleep at night and on weekends, so it
 * is never less than 1.5 times the longest gap that the channel has had.
 * @returns null for fewer than {@link leastArrivals} arrivals.
 */
export function ordinarySilence(arrivals: readonly number[]): number | null {
  const first = arrivals[0]
  const last = arrivals.at(-1)
  if (arrivals.length < leastArrivals || first === undefined || last === undefined || last <= first) return null
  const mean = (last - first) / (arrivals.length - 1)
  let longest = 0
  for (let i = 1; i < arrivals.length; i++) longest = Math.max(longest, (arrivals[i] ?? 0) - (arrivals[i - 1] ?? 0))
  return Math.round(Math.max(hour, mean * Math.log(1 / falseAlarm), 1.5 * longest))
}

/**
 * How a channel does at `now`. `declaredEvery` is the time within which something must come, where somebody has said so;
 * `since` is when it was declared, which starts the clock of a channel through which nothing ever came.
 */
export function heartbeatOf(
  beats: readonly Beat[],
  { now, declared }: { now: number; declared: { every: number; since: number } | null },
): Heartbeat {
  const arrivals = beats.map((beat) => beat.at).toSorted((a, b) => a - b)
  const lastAt = arrivals.at(-1) ?? null
  const silentAfter = declared?.every ?? ordinarySilence(arrivals)
  const waiting = beats.filter((beat) => beat.open)
  const decisions = beats.flatMap((beat) => (beat.decidedAt === null ? [] : [beat.decidedAt])).toSorted((a, b) => a - b)
  const lastDecidedAt = decisions.at(-1) ?? null
  const oldestOpenAt = waiting.length === 0 ? null : Math.min(...waiting.map((beat) => beat.at))
  const late = waiting.filter((beat) => beat.dueAt < now).length
  const pace = Math.max(stuckAtLeast, ordinarySilence(decisions) ?? 0)
  const troubles: ChannelTrouble[] = []
  const clock = lastAt ?? declared?.since ?? null
  if (silentAfter !== null && clock !== null && now - clock > silentAfter) troubles.push('silent')
  if (oldestOpenAt !== null && now - Math.max(oldestOpenAt, lastDecidedAt ?? 0) > pace) troubles.push('stuck')
  if (late > 0) troubles.push('late')
  return {
    silentAfter,
    declared: declared !== null,
    lastAt,
    lastDecidedAt,
    open: waiting.length,
    late,
    oldestOpenAt,
    troubles,
  }
}
