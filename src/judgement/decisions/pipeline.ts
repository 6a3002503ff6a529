import { fingerprint } from '../../kernel/canonical.ts'
import { type Problem, problemOf } from '../../kernel/problems.ts'
import { nowMicros, parseTime } from '../../kernel/time.ts'
import type { EntryBody, Journal, JournalRefused, Queued, Receipt, Ticket } from '../../perception/journal/index.ts'
import { type CloudEvent, type EventType, isCleanText, validateEvent } from '../../vocabulary/events/index.ts'
import type { Admitted, Engine, Judged } from './engine.ts'
import { decideHit, type Hit, hitEvent } from './hit.ts'
import type { Decision, Finding } from './model.ts'

/** What became of one offered event. `durable` resolves when it may be acknowledged and rejects with a problem when it may not. */
export type Submitted =
  | {
      readonly status: 'accepted'
      readonly event: CloudEvent
      readonly decision: Decision
      /** The decision as JSON, as it is journaled. */
      readonly text: string
      readonly durable: Promise<Receipt>
    }
  | { readonly status: 'duplicate'; readonly event: CloudEvent; readonly durable: Promise<Receipt> }
  | { readonly status: 'conflict'; readonly event: CloudEvent; readonly durable: Promise<Receipt> }
  | { readonly status: 'refused'; readonly problem: Problem }

/** An event to be decided: parsed, or the JSON text that it is still to be parsed from. */
export type Offer = { readonly raw: unknown } | { readonly json: string }

/** What a caller of many is told of a decision. */
export type Verdicts = Pick<Judged, 'decision_id' | 'verdict' | 'findings'>

/** What became of one event of many, once that is known for good. `raw` is what came in, for the quarantine. */
export type Landed =
  | (Known & { readonly status: 'accepted'; readonly judged: Verdicts; readonly position: number })
  | (Known & { readonly status: 'duplicate'; readonly position: number })
  | (Known & { readonly status: 'conflict'; readonly position: number; readonly raw: unknown })
  /** A valid event that could not be recorded. */
  | (Known & { readonly status: 'unrecorded'; readonly problem: Problem })
  | { readonly status: 'refused'; readonly problem: Problem; readonly raw: unknown }

interface Known {
  readonly id: string
  readonly source: string
}
/** What became of a hit; `duplicate` = it was decided before, by an earlier try of the same window. */
export type SubmittedHit =
  | { readonly status: 'accepted'; readonly decision: Decision }
  | { readonly status: 'duplicate'; readonly position: number }

export interface Pipeline {
  /** Validates, admits, decides and journals one event in one synchronous turn. `history` keeps `logged_at` close to `time`. */
  submit(raw: unknown, options?: { history?: boolean }): Submitted
  /** The same for the JSON text of an event, which is parsed once and journaled as it came. */
  submitText(json: string): Submitted
  /**
   * The door for many: the same as `submit` for each, in order, in turns that leave room for others; offers are taken as
   * they are needed. Resolves when all of them are durable or refused; one result an item, in order.
   */
  submitMany(offers: Iterable<Offer>, options?: { history?: boolean }): Promise<Landed[]>
  /**
   * Decides and journals a subject that a batch strategy found, once for each strategy version, window and subject.
   * `at` is when the run was due, so that catching up keeps `logged_at` close to it; null when the version is not in charge.
   */
  submitHit(hit: Hit, options: { at: number; held: Finding['held'] }): Promise<SubmittedHit | null>
  engine(): Engine
  /** The engine that is being fed the past by `replace`, and how far it is; null = none. */
  learning(): Learning | null
  /** Feeds `next` the history that its windows need while the present engine goes on, then puts it in charge. */
  replace(next: Engine): Promise<void>
  /** While history is streamed in, events that arrive live take their place on its time line, so that its windows stay right. */
  historyBegins(): () => void
  streamsHistory(): boolean
  counts(): { accepted: number; refused: number; duplicates: number; perSecond: number }
}

/** An engine that does not decide yet: events learned, and the `logged_at` it has come to. */
export interface Learning {
  readonly engine: Engine
  readonly events: number
  readonly upto: number
}

export interface PipelineInput {
  readonly journal: Journal
  readonly engine: Engine
  readonly types: ReadonlyMap<string, EventType>
  readonly log: (message: string) => void
}

/** Events of `submitMany` that are decided in one turn of the event loop. */
const turn = 250

/** An event that was decided and is to be journaled, or why there is none. */
type Taken =
  | {
      readonly status: 'new'
      readonly event: CloudEvent
      readonly ticket: Ticket
      readonly judged: Judged
      readonly body: EntryBody
    }
  | {
      readonly status: 'duplicate' | 'conflict'
      readonly event: CloudEvent
      readonly first: Receipt | Promise<Receipt>
    }
  | { readonly status: 'refused'; readonly problem: Problem; readonly raw: unknown }

/** A fingerprint of an event as the journal holds it: the one that `admit` is given for the event as it came in. */
export const journalFingerprint = (event: Uint8Array): Uint8Array =>
  fingerprint(JSON.parse(Buffer.from(event).toString('utf8')))

export function createPipeline({ journal, engine: first, types, log }: PipelineInput): Pipeline {
  let engine = first
  let histories = 0
  let lastLoggedAt = journal.stats().lastLoggedAt
  let learning: Learning | null = null
  let recording: Admitted[] | null = null
  const totals = { accepted: 0, refused: 0, duplicates: 0 }
  const rate = createRate()

  /** Parses, validates, admits and decides. What is `new` must be written in the same turn. */
  function take(offer: Offer, history: boolean): Taken {
    const read = readOffer(offer)
    const found = 'problem' in read ? read : validateEvent(read.raw, { types, now: nowMicros(), clean: read.clean })
    if ('problem' in found) {
      totals.refused++
      return { status: 'refused', problem: found.problem, raw: read.raw }
    }
    const { event } = found
    let admission: ReturnType<Journal['admit']>
    try {
      admission = journal.admit({ source: event.source, id: event.id, fingerprint: fingerprintOf(offer, event) })
    } catch (error) {
      return { status: 'refused', problem: refusal(error), raw: event }
    }
    if (admission.status !== 'new') {
      totals.duplicates++
      return { status: admission.status, event, first: admission.first }
    }
    const loggedAt = journal.nextLoggedAt(history ? found.time : histories > 0 ? 0 : undefined)
    const { ticket } = admission
    const admitted: Admitted = { event, type: found.type, time: found.time, loggedAt }
    try {
      const judged = engine.judge(admitted)
      const body = { loggedAt, event: textOf(offer, event), decision: judged.text }
      lastLoggedAt = loggedAt
      recording?.push(admitted)
      totals.accepted++
      rate.add()
      return { status: 'new', event, ticket, judged, body }
    } catch (error) {
      journal.release(ticket)
      log(`deciding event ${event.source}/${event.id} failed: ${error instanceof Error ? error.stack : error}`)
      return { status: 'refused', problem: notDecided, raw: event }
    }
  }

  function submit(offer: Offer, history: boolean): Submitted {
    const taken = take(offer, history)
    if (taken.status === 'refused') return { status: 'refused', problem: taken.problem }
    const { event } = taken
    if (taken.status !== 'new')
      return { status: taken.status, event, durable: Promise.resolve(taken.first).catch(rethrow) }
    const durable = journal.write(taken.ticket, taken.body).catch(rethrow)
    const { judged } = taken
    let decision: Decision | null = null
    return {
      status: 'accepted',
      event,
      text: judged.text,
      durable,
      get decision() {
        decision ??= judged.decision()
        return decision
      },
    }
  }

  async function submitMany(
    offers: Iterable<Offer>,
    { history = false }: { history?: boolean } = {},
  ): Promise<Landed[]> {
    const landing: Landing[] = []
    for (const offer of offers) {
      if (landing.length % turn === 0) {
        if (landing.length > 0) await new Promise((resolve) => setImmediate(resolve))
        await journal.drained()
      }
      const taken = take(offer, history)
      landing.push(taken.status === 'new' ? onItsWay(taken, journal) : taken)
    }
    await Promise.all(new Set(landing.map((each) => ('queued' in each ? each.queued.landed : null))))
    const landed: Landed[] = []
    for (const each of landing) landed.push('queued' in each ? landedOf(each) : await settled(each))
    return landed
  }

  async function submitHit(
    hit: Hit,
    { at, held }: { at: number; held: Finding['held'] },
  ): Promise<SubmittedHit | null> {
    const event = hitEvent(hit, at)
    const { programs } = engine
    const admission = journal.admit({ source: event.source, id: event.id, fingerprint: fingerprint(event) })
    if (admission.status !== 'new') return { status: 'duplicate', position: (await admission.first).position }
    const loggedAt = journal.nextLoggedAt(at)
    const decision = decideHit(programs, { event, loggedAt, held })
    if (!decision) {
      journal.release(admission.ticket)
      return null
    }
    lastLoggedAt = loggedAt
    await journal
      .write(admission.ticket, { loggedAt, event: JSON.stringify(event), decision: JSON.stringify(decision) })
      .catch(rethrow)
    return { status: 'accepted', decision }
  }

  async function replace(next: Engine): Promise<void> {
    recording = []
    const upto = lastLoggedAt
    const progress = { engine: next, events: 0, upto: Number.NEGATIVE_INFINITY }
    learning = progress
    try {
      // What was decided just before is on its way to the journal, and from then on it is recorded.
      await journal.landed()
      const learned = (events: number, loggedAt: number) => Object.assign(progress, { events, upto: loggedAt })
      await learnJournal(next, { journal, types, upto, learned })
    } catch (error) {
      recording = null
      throw error
    } finally {
      learning = null
    }
    while (recording.length > 0) {
      for (const admitted of recording.splice(0, 500))
        if (admitted.loggedAt > next.features.loggedAt()) next.learn(admitted)
      if (recording.length > 500) await new Promise((resolve) => setImmediate(resolve))
    }
    engine = next
    recording = null
  }

  return {
    submit: (raw, { history = false } = {}) => submit({ raw }, history),
    submitText: (json) => submit({ json }, false),
    submitMany,
    submitHit,
    replace,
    engine: () => engine,
    learning: () => learning,
    historyBegins() {
      histories++
      let over = false
      return () => {
        if (!over) histories--
        over = true
      }
    },
    streamsHistory: () => histories > 0,
    counts: () => ({ ...totals, perSecond: rate.perSecond() }),
  }
}

/**
 * Feeds an engine the journaled events that its longest window can still see; returns how many. An engine whose windows were
 * restored starts at `from` and skips what it has seen.
 */
export async function learnJournal(
  engine: Engine,
  {
    journal,
    types,
    upto = Number.POSITIVE_INFINITY,
    from = 0,
    learned: tell,
  }: {
    journal: Journal
    types: ReadonlyMap<string, EventType>
    upto?: number
    from?: number
    /** Told now and then how many events were learned and which `logged_at` was reached. */
    learned?: (events: number, loggedAt: number) => void
  },
): Promise<number> {
  const { features } = engine.programs
  if (features.length === 0) return 0
  const ranges = features.map((feature) => feature.rangeMicros ?? Number.POSITIVE_INFINITY)
  const since = Math.min(upto, journal.stats().lastLoggedAt) - Math.max(...ranges)
  const known = engine.features.loggedAt()
  let learned = 0
  for await (const entries of journal.batches(from)) {
    for (const entry of entries) {
      if (entry.loggedAt < since || entry.loggedAt > upto || entry.loggedAt <= known) continue
      const event = JSON.parse(entry.records[0]?.bytes.toString('utf8') ?? 'null') as CloudEvent
      const type = types.get(event.type)
      if (!type) continue
      engine.learn({ event, type, time: parseTime(event.time ?? '') ?? entry.loggedAt, loggedAt: entry.loggedAt })
      learned++
    }
    tell?.(learned, entries.at(-1)?.loggedAt ?? upto)
    await new Promise((resolve) => setImmediate(resolve))
  }
  return learned
}

const notDecided: Problem = {
  code: 'internal',
  detail: { zh: '判定时出错，未记录', en: 'deciding it failed; nothing was recorded' },
}

/** The event of an offer; `clean` = `validateEvent` need not search it. */
function readOffer(offer: Offer): { raw: unknown; clean: boolean } | { raw: string; problem: Problem } {
  if ('raw' in offer) return { raw: offer.raw, clean: false }
  try {
    return { raw: JSON.parse(offer.json) as unknown, clean: isCleanText(offer.json) }
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    const problem: Problem = {
      code: 'malformed_json',
      value: offer.json.slice(0, 80),
      detail: { zh: `不是 JSON：${reason}`, en: `is not JSON: ${reason}` },
      fix: { zh: '每行一个 JSON 对象', en: 'One JSON object a line' },
    }
    return { raw: offer.json, problem }
  }
}

/**
 * Asked for only when the key is there already. What was parsed is not held on to where it can be parsed again: these
 * are functions of their own so that none of them keeps what only the other needs.
 */
const fingerprintOf = (offer: Offer, event: CloudEvent): (() => Uint8Array) =>
  'json' in offer ? fingerprintLater(offer.json) : fingerprintOfEvent(event)
const fingerprintLater = (json: string) => () => fingerprint(JSON.parse(json))
const fingerprintOfEvent = (event: CloudEvent) => () => fingerprint(event)

/** The event as it is journaled: the text that came in, where it holds no escapes, so that it can be searched as it is. */
function textOf(offer: Offer, event: CloudEvent): string {
  return 'json' in offer && !offer.json.includes('\\') ? offer.json : JSON.stringify(event)
}

/** Between being taken and being durable. */
type Landing = Exclude<Taken, { status: 'new' }> | OnItsWay

interface OnItsWay {
  readonly judged: Verdicts
  readonly queued: Queued
}

function onItsWay({ judged, ticket, body }: Extract<Taken, { status: 'new' }>, journal: Journal): OnItsWay {
  const { decision_id, verdict, findings } = judged
  return { judged: { decision_id, verdict, findings }, queued: journal.enqueue(ticket, body) }
}

function landedOf({ judged, queued }: OnItsWay): Landed {
  const { id, source, position, refused } = queued
  if (refused) return { status: 'unrecorded', id, source, problem: refusal(refused) }
  return { status: 'accepted', id, source, judged, position }
}

/** What came before is awaited: a duplicate is acknowledged when the first is durable. */
async function settled(taken: Exclude<Taken, { status: 'new' }>): Promise<Landed> {
  if (taken.status === 'refused') return taken
  const { id, source } = taken.event
  try {
    const { position } = await taken.first
    const known = { id, source, position }
    return taken.status === 'duplicate'
      ? { status: 'duplicate', ...known }
      : { status: 'conflict', ...known, raw: taken.event }
  } catch (error) {
    return { status: 'unrecorded', id, source, problem: refusal(error) }
  }
}

function rethrow(error: unknown): never {
  throw Object.assign(new Error(error instanceof Error ? error.message : String(error), { cause: error }), {
    problem: refusal(error),
  })
}

/** A refusal of the journal as a problem for the caller. */
export function refusal(error: unknown): Problem {
  const found = problemOf(error)
  if (found) return found
  const refused = error as Partial<JournalRefused>
  if (refused.code === 'disk_full' && refused.text) return { code: 'disk_full', detail: refused.text }
  if (refused.text)
    return {
      code: refused.code === 'bad_key' || refused.code === 'too_large' ? 'invalid_input' : 'store_unavailable',
      detail: refused.text,
    }
  const message = error instanceof Error ? error.message : String(error)
  return { code: 'store_unavailable', detail: { zh: message, en: message } }
}

/** Events a second over the last ten seconds. */
function createRate() {
  const buckets = new Float64Array(10)
  let second = 0
  const advance = () => {
    const now = Math.floor(Date.now() / 1000)
    for (let i = Math.max(second + 1, now - 9); i <= now; i++) buckets[i % 10] = 0
    second = now
  }
  return {
    add() {
      advance()
      buckets[second % 10] = (buckets[second % 10] ?? 0) + 1
    },
    perSecond() {
      advance()
      return Math.round(buckets.reduce((sum, count) => sum + count, 0) / 10)
    },
  }
}
