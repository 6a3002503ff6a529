import { formatDay, nextReset, type Zone } from './calendar.ts'
import { boundScore, bySeverity, DAY_MS, isCrossed, type Ledger, type Milestone } from './model.ts'

/** One amount that counts on a ledger for a while; positive = worse for the subject, negative = better. */
export interface Entry {
  readonly id: string
  readonly time: number
  readonly amount: number
  readonly expiresAt: number
  readonly content: string | null
  /** A quiz lives and lapses with its violation and is not reported on its own. */
  readonly quizOf: string | null
  /** Points carried over a reset; they do not carry themselves over again. */
  readonly carried: boolean
  /** What the entry adds beside the others of its content. */
  counted: number
}

/** One ledger of one subject while events are replayed. */
export interface Account {
  readonly ledger: Ledger
  readonly milestones: readonly Milestone[]
  score: number
  entries: Entry[]
  held: Set<number>
  cycleStart: number | null
  resetAt: number | null
  nextLapse: number
  regainedTo: number | null
  /** Sum of what counts in ten-thousandths of a point, and how many entries give points back. */
  total: number
  gifts: number
  /** True while the entries lapse in the order in which they stand. */
  inOrder: boolean
}

export function openAccount(ledger: Ledger): Account {
  return {
    ledger,
    milestones: bySeverity(ledger),
    score: ledger.start,
    entries: [],
    held: new Set(),
    cycleStart: null,
    resetAt: null,
    nextLapse: Number.POSITIVE_INFINITY,
    regainedTo: null,
    total: 0,
    gifts: 0,
    inOrder: true,
  }
}

type NewEntry = Pick<Entry, 'id' | 'time' | 'amount' | 'content'> & { issuedAt: number }

/** Books an entry at the end of the account and moves the score. */
export function book(account: Account, zone: Zone, entry: NewEntry): void {
  const { expiry } = account.ledger
  if (expiry.kind === 'after-first' && account.cycleStart === null && entry.amount > 0) account.cycleStart = entry.time
  if (expiry.kind === 'calendar' && account.resetAt === null) account.resetAt = nextReset(expiry, zone, entry.time)
  append(account, zone, {
    id: entry.id,
    time: entry.time,
    amount: entry.amount,
    content: entry.content,
    expiresAt: lapseOf(account, entry),
    quizOf: null,
    carried: false,
    counted: 0,
  })
}

function lapseOf(account: Account, entry: NewEntry): number {
  const { expiry } = account.ledger
  if (expiry.kind === 'rolling')
    return (expiry.from === 'enforcement' ? entry.time : entry.issuedAt) + (expiry.days ?? 0) * DAY_MS
  if (expiry.kind === 'after-first' && account.cycleStart !== null)
    return account.cycleStart + (expiry.days ?? 0) * DAY_MS
  return Number.POSITIVE_INFINITY
}

/** Gives points of a violation back; never more than it still counts. Does nothing when the violation has lapsed. */
export function giveBack(
  account: Account,
  zone: Zone,
  quiz: { id: string; time: number; of: string; points: number },
): void {
  const violation = account.entries.find((entry) => entry.id === quiz.of && entry.amount > 0)
  if (violation === undefined) return
  const amount = -Math.min(quiz.points, violation.counted)
  const { expiresAt } = violation
  append(account, zone, {
    id: quiz.id,
    time: quiz.time,
    amount,
    content: null,
    expiresAt,
    quizOf: quiz.of,
    carried: false,
    counted: 0,
  })
}

function append(account: Account, zone: Zone, entry: Entry): void {
  if (entry.expiresAt <= entry.time) return
  account.inOrder &&= entry.expiresAt >= (account.entries.at(-1)?.expiresAt ?? 0)
  account.entries.push(entry)
  account.nextLapse = Math.min(account.nextLapse, entry.expiresAt)
  // While the score is at its start no day passes for it; the days of regain begin with this entry.
  if (account.ledger.regain !== undefined) account.regainedTo = zone.dayOf(entry.time)
  const rivals = entry.content === null || !account.ledger.worstOnlyPerContent ? [] : account.entries
  const worst = rivals.reduce(
    (most, each) => (each !== entry && each.content === entry.content ? Math.max(most, each.amount) : most),
    0,
  )
  entry.counted = entry.amount > 0 ? Math.max(0, entry.amount - worst) : entry.amount
  account.score = moved(account.ledger, account.score, entry.counted)
  account.total += asUnits(entry.counted)
  if (entry.amount < 0) account.gifts += 1
}

function asUnits(points: number): number {
  return Math.round(points * 10_000)
}

function moved(ledger: Ledger, score: number, amount: number): number {
  return boundScore(ledger, ledger.scale === 'up' ? score + amount : score - amount)
}

/** The score after `days` natural days of regain: towards the start, never past it. */
function regained(ledger: Ledger, score: number, days: number): number {
  const gain = (ledger.regain?.pointsPerDay ?? 0) * Math.max(0, days)
  const better = ledger.scale === 'up' ? Math.max(ledger.start, score - gain) : Math.min(ledger.start, score + gain)
  const worseThanStart = ledger.scale === 'up' ? score > ledger.start : score < ledger.start
  return worseThanStart ? boundScore(ledger, better) : score
}

/** Computes the score anew from what still counts, as if nothing else had ever been booked. */
function recount(account: Account, zone: Zone, now: number): void {
  const { ledger } = account
  if (account.gifts === 0 && ledger.regain === undefined && !ledger.worstOnlyPerContent) {
    // Penalties alone only ever move the score one way, so their sum is the course; long histories need this.
    account.score = moved(ledger, ledger.start, account.total / 10_000)
    return
  }
  const worst = new Map<string, number>()
  let score = ledger.start
  let day: number | null = null
  for (const entry of account.entries) {
    const today = ledger.regain === undefined ? null : zone.dayOf(entry.time)
    if (today !== null && day !== null) score = regained(ledger, score, today - day)
    day = today
    const past = entry.content === null || !ledger.worstOnlyPerContent ? 0 : (worst.get(entry.content) ?? 0)
    if (entry.content !== null) worst.set(entry.content, Math.max(past, entry.amount))
    entry.counted = entry.amount > 0 ? Math.max(0, entry.amount - past) : entry.amount
    score = moved(ledger, score, entry.counted)
  }
  account.score = day === null ? score : regained(ledger, score, zone.dayOf(now) - day)
}

/** The next moment at which the account changes by itself. */
export function nextTick(account: Account, zone: Zone): number {
  const { ledger } = account
  let next = Math.min(account.nextLapse, account.resetAt ?? Number.POSITIVE_INFINITY)
  const below = ledger.scale === 'up' ? account.score > ledger.start : account.score < ledger.start
  if (ledger.regain !== undefined && below && account.regainedTo !== null)
    next = Math.min(next, zone.startOf(account.regainedTo + 1))
  return next
}

/** Lets lapse, resets and regains everything that is due at `now` at once; returns the causes, e.g. `expiry:v1`, `regain:2026-01-02`. */
export function tick(account: Account, zone: Zone, now: number): string[] {
  const causes: string[] = []
  const lapsed = account.nextLapse <= now ? removeLapsed(account, now) : []
  if (lapsed.length > 0) {
    if (account.entries.length === account.gifts) account.cycleStart = null
    causes.push(...reported(lapsed))
    recount(account, zone, now)
  }
  if (account.resetAt !== null && account.resetAt <= now) causes.push(...reset(account, zone, now))
  const day = zone.dayOf(now)
  if (account.regainedTo !== null && account.regainedTo < day) {
    const before = account.score
    account.score = lapsed.length > 0 ? account.score : regained(account.ledger, before, day - account.regainedTo)
    if (account.score !== before) causes.push(`regain:${formatDay(day)}`)
  }
  if (account.regainedTo !== null) account.regainedTo = day
  return causes
}

function removeLapsed(account: Account, now: number): Entry[] {
  const { entries } = account
  const kept = account.inOrder ? entries.findIndex((entry) => entry.expiresAt > now) : -1
  const lapsed = account.inOrder
    ? entries.splice(0, kept < 0 ? entries.length : kept)
    : entries.filter((entry) => entry.expiresAt <= now)
  if (!account.inOrder) account.entries = entries.filter((entry) => entry.expiresAt > now)
  for (const entry of lapsed) {
    account.total -= asUnits(entry.counted)
    if (entry.amount < 0) account.gifts -= 1
  }
  account.nextLapse = account.inOrder
    ? (account.entries[0]?.expiresAt ?? Number.POSITIVE_INFINITY)
    : account.entries.reduce((first, entry) => Math.min(first, entry.expiresAt), Number.POSITIVE_INFINITY)
  account.inOrder ||= account.entries.length === 0
  return lapsed
}

function reported(entries: readonly Entry[]): string[] {
  return entries.filter((entry) => entry.quizOf === null && entry.amount !== 0).map((entry) => `expiry:${entry.id}`)
}

function reset(account: Account, zone: Zone, now: number): string[] {
  const { ledger } = account
  const bad = ledger.scale === 'up' ? account.score - ledger.start : ledger.start - account.score
  const carry = ledger.expiry.carryOver
  const carries = carry !== undefined && bad >= carry.atLeast && account.entries.some((entry) => !entry.carried)
  const causes = reported(account.entries)
  account.entries = []
  account.total = 0
  account.gifts = 0
  account.resetAt = null
  account.score = ledger.start
  account.regainedTo = null
  if (carries) {
    book(account, zone, {
      id: `carry:${formatDay(zone.dayOf(now))}`,
      time: now,
      amount: carry.points,
      content: null,
      issuedAt: now,
    })
    const last = account.entries.at(-1)
    if (last !== undefined) account.entries = [{ ...last, carried: true }]
  }
  return causes
}

/** Compares the milestones with the score: which were crossed just now (mildest first), which are no longer crossed. */
export function settleMilestones(account: Account): { crossed: Milestone[]; released: number[] } {
  const crossed: Milestone[] = []
  const released: number[] = []
  for (const milestone of account.milestones) {
    const is = isCrossed(account.ledger, milestone.threshold, account.score)
    const was = account.held.has(milestone.threshold)
    if (is && !was) crossed.push(milestone)
    if (!is && was) released.push(milestone.threshold)
  }
  for (const milestone of crossed) account.held.add(milestone.threshold)
  for (const threshold of released) account.held.delete(threshold)
  return { crossed, released }
}
