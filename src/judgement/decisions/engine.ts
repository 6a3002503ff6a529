import { formatTime } from '../../kernel/time.ts'
import type { Resolve, Row, Value } from '../../kernel/values.ts'
import { createFeatureStore, type FeaturePlan, type FeatureStore } from '../../perception/features/index.ts'
import { type CloudEvent, createRowReader, type EventType } from '../../vocabulary/events/index.ts'
import { overallVerdict, strongerVerdict, type Verdict } from '../../vocabulary/verdicts.ts'
import type { CompiledStrategy, Programs } from '../strategies/index.ts'
import { inCanary } from './canary.ts'
import type { Decision, Evidence, Finding, Tripped } from './model.ts'
import { givenOf, listKinds, revive, stored } from './stored.ts'
import { createDecisionWriter, type Draft } from './text.ts'

/** An event that passed validation. `time` and `loggedAt` are microseconds since 1970 UTC. */
export interface Admitted {
  readonly event: CloudEvent
  readonly type: EventType
  readonly time: number
  readonly loggedAt: number
}

/** What can keep a live strategy from acting. The engine asks once for every live finding, in order of time. */
export interface Gate {
  /** An event of this type is being decided. */
  arrived(type: string, loggedAt: number): void
  /** Null = it acts, and that counts; else why it only watches. */
  hold(strategy: CompiledStrategy, loggedAt: number): Held | null
}

export interface Held {
  readonly by: 'brake' | 'recall'
  /** Set on the finding that pulled the brake. */
  readonly tripped?: Tripped
}

const openGate: Gate = { arrived: () => undefined, hold: () => null }

/** A decision that was made. */
export interface Judged {
  readonly decision_id: string
  readonly verdict: Verdict
  readonly findings: readonly Finding[]
  /** The decision as JSON. */
  readonly text: string
  decision(): Decision
}

export interface Engine {
  readonly programs: Programs
  readonly features: FeatureStore
  /** Adds the event to every window and decides it. Synchronous; `loggedAt` must be above that of every earlier event. */
  decide(admitted: Admitted): Decision
  /** As `decide`, with the decision as the text that is journaled; the object is made when it is asked for. */
  judge(admitted: Admitted): Judged
  /** Adds the event to every window without deciding it: history that was decided before. */
  learn(admitted: Admitted): void
  /**
   * Decides an event again from what its decision stored: features, list hits and brakes are taken from it, everything
   * else is computed from the event. The same programs give the same decision. Windows and counters are not touched.
   */
  again(admitted: Admitted, decision: Decision): Decision
}

/** Makes the decision function of a set of programs. Everything that it needs is in memory. */
export function createEngine(programs: Programs, plans: readonly FeaturePlan[], gate: Gate = openGate): Engine {
  const { layout } = programs
  const readRow = createRowReader(layout, [...programs.types.values()])
  const features = createFeatureStore(plans)
  const featureSlots = plans.map((plan) => layout.slot(plan.id) ?? -1)
  const signals = new Map(programs.signals.map((signal) => [signal.slot, signal]))
  const marks = new Map([...programs.byType].map(([type, program]) => [type, marksOf(program.strategies.length)]))
  const lazySlots = layout.columns.flatMap((column, slot) => (column.cost > 0 ? [slot] : []))

  const names = layout.columns.map((column) => column.name)
  const textOf = createDecisionWriter(layout, { slots: lazySlots, engine: programs.fingerprint })

  let evidence = new Map<number, readonly Evidence[]>()
  let loggedAt = 0
  let rowAtHand: Row = []
  let given: ReturnType<typeof givenOf> | null = null

  /** Reads a column of the row at hand, for signals. */
  const read = (column: string): Value => valueAt(rowAtHand, layout.slot(column))

  const resolve: Resolve = (row, slot) => {
    rowAtHand = row
    const signal = signals.get(slot)
    if (!signal) {
      row[slot] = null
      return null
    }
    const fromList = listKinds.has(signal.kind)
    const computed = fromList && given ? given(signal.id) : signal.evaluate(read, loggedAt)
    if (computed.evidence.length === 0) {
      row[slot] = computed.value
      return computed.value
    }
    const found = fromList
      ? { ...computed, evidence: computed.evidence.map((item) => ({ ...item, signal: signal.id })) }
      : computed
    evidence.set(slot, found.evidence)
    row[slot] = found.value
    return found.value
  }

  function valueAt(row: Row, slot: number | undefined): Value {
    if (slot === undefined) return null
    const value = row[slot]
    return value === undefined ? resolve(row, slot) : value
  }

  function observe(admitted: Admitted): Row {
    loggedAt = admitted.loggedAt
    if (evidence.size > 0) evidence = new Map()
    const row = readRow(admitted.event, admitted.time, admitted.loggedAt)
    const values = features.observe(row, resolve, admitted.loggedAt)
    for (let i = 0; i < featureSlots.length; i++) row[featureSlots[i] as number] = values[i] ?? null
    return row
  }

  /** The row as `observe` left it, with the values of windows taken from the decision. */
  function recall(admitted: Admitted, decision: Decision): Row {
    loggedAt = admitted.loggedAt
    evidence = new Map()
    const row = readRow(admitted.event, admitted.time, admitted.loggedAt)
    for (const plan of plans) {
      plan.key(row, resolve)
      if (!plan.filter || plan.filter(row, resolve) === true) plan.value?.(row, resolve)
    }
    for (const [index, slot] of featureSlots.entries())
      row[slot] = revive(decision.saw[plans[index]?.id ?? ''] ?? null, layout.columns[slot]?.type)
    return row
  }

  function evidenceOf(strategy: CompiledStrategy, row: Row): Evidence[] {
    const found: Evidence[] = []
    const plain: Evidence[] = []
    for (const column of strategy.columns) {
      const slot = layout.slot(column) ?? -1
      const spans = evidence.get(slot)
      const value = row[slot]
      if (spans) found.push(...spans.map((span) => ({ ...span })))
      else if (value !== undefined && layout.columns[slot]?.cost === 0)
        plain.push({ field: column, value: shortened(value) })
      // A signal that saw nothing is no reason why a strategy fired, unless nothing else is.
      else if (value === 0 || value === false || value === null) plain.push({ field: column, value })
      else if (value !== undefined) found.push({ field: column, value })
    }
    for (const column of strategy.evidence ?? [])
      if (!found.some((item) => item.field === column && item.start === undefined))
        found.push({ field: column, value: shortened(valueAt(row, layout.slot(column))) })
    return (found.length > 0 ? found : plain).slice(0, mostEvidence)
  }

  /** The finding of a strategy that fired; live only inside its canary share and while nothing holds it. */
  function findingOf(
    strategy: CompiledStrategy,
    row: Row,
    found: { where: readonly string[]; about: Decision['event']; gate: Gate },
  ): Finding {
    const finding = {
      strategy: strategy.name,
      version: strategy.version,
      policy: strategy.policy,
      policy_version: strategy.policyVersion,
      severity: strategy.severity,
      verdict: strategy.verdict,
      markets: found.where,
      evidence: evidenceOf(strategy, row),
    }
    if (strategy.mode === 'shadow') return { ...finding, mode: 'shadow' }
    const share = strategy.successor ?? (strategy.mode === 'canary' ? (strategy.canary ?? 0) : null)
    if (share !== null) {
      // On the subjects of a canary the new version acts, on all others the one before it.
      const chosen = inCanary(
        { name: strategy.name, canary: share },
        `${found.about.subject_type}:${found.about.subject}`,
      )
      if (chosen !== (strategy.successor === null)) return { ...finding, mode: 'shadow', held: 'canary' }
    }
    const held = found.gate.hold(strategy, loggedAt)
    if (!held) return { ...finding, mode: 'live' }
    return { ...finding, mode: 'shadow', held: held.by, ...(held.tripped ? { tripped: held.tripped } : {}) }
  }

  function judge(admitted: Admitted, row: Row, asked: Gate): Draft {
    const { event, type } = admitted
    const about = head(admitted)
    const program = programs.byType.get(event.type)
    const { out, quads } = marks.get(event.type) ?? noMarks
    const findings: Finding[] = []
    const unknown: string[] = []
    const eventMarkets = marketsOf(event, type)
    const markets: Record<string, Verdict> = {}
    for (const market of eventMarkets) markets[market] = 'pass'
    asked.arrived(event.type, loggedAt)
    if (program) {
      program.run(row, resolve, out)
      for (let i = 0; i < out.length; i++) {
        if (out[i] === 0) {
          if ((i & 3) === 0 && quads[i >> 2] === 0) i += 3
          continue
        }
        const strategy = program.strategies[i] as CompiledStrategy
        const where =
          eventMarkets.length === 0 ? strategy.markets : eventMarkets.filter((market) => strategy.appliesIn(market))
        if (where.length === 0) continue
        if (out[i] === -1) {
          if (!strategy.challenger) unknown.push(strategy.name)
          continue
        }
        const finding = findingOf(strategy, row, { where, about: about.event, gate: asked })
        findings.push(finding)
        if (finding.mode === 'live')
          for (const market of where) markets[market] = strongerVerdict(markets[market] ?? 'pass', finding.verdict)
      }
    }
    if (Object.keys(markets).length === 0) markets['*'] = 'pass'
    const verdict =
      eventMarkets.length === 0 ? Object.values(markets).reduce(strongerVerdict, 'pass') : overallVerdict(markets)
    return { ...about, verdict, markets, findings, unknown }
  }

  const whole = (draft: Draft, row: Row): Decision => ({ ...draft, saw: sawOf(row), engine: programs.fingerprint })

  return {
    programs,
    features,
    learn: (admitted) => void observe(admitted),
    decide(admitted) {
      const row = observe(admitted)
      return whole(judge(admitted, row, gate), row)
    },
    judge(admitted) {
      const row = observe(admitted)
      const draft = judge(admitted, row, gate)
      const { decision_id, verdict, findings } = draft
      return { decision_id, verdict, findings, text: textOf(draft, row), decision: () => whole(draft, row) }
    },
    again(admitted, decision) {
      given = givenOf(decision)
      try {
        const row = recall(admitted, decision)
        return whole(judge(admitted, row, heldAs(decision)), row)
      } finally {
        given = null
      }
    },
  }

  function sawOf(row: Row): Record<string, Value> {
    const saw: Record<string, Value> = {}
    for (const slot of lazySlots) {
      const value = row[slot]
      if (value !== undefined && value !== null) saw[names[slot] as string] = stored(value)
    }
    return saw
  }
}

const mostEvidence = 24

/** Verdicts of the strategies of one type, and the same bytes four at a time: nearly all of thousands are 0. */
function marksOf(strategies: number): { out: Int8Array; quads: Int32Array } {
  const quads = new Int32Array((strategies + 3) >> 2)
  return { out: new Int8Array(quads.buffer, 0, strategies), quads }
}

const noMarks = marksOf(0)

/** Brakes are an input of a decision like its windows: what was held then is held again. */
function heldAs(decision: Decision): Gate {
  const findings = new Map(decision.findings.map((finding) => [`${finding.strategy}@${finding.version}`, finding]))
  return {
    arrived: () => undefined,
    hold(strategy) {
      const { held, tripped } = findings.get(`${strategy.name}@${strategy.version}`) ?? {}
      return held === 'brake' || held === 'recall' ? { by: held, ...(tripped ? { tripped } : {}) } : null
    },
  }
}

function head({ event, type, time, loggedAt }: Admitted): Pick<Decision, 'decision_id' | 'event'> {
  const timeText = formatTime(time)
  const subject = event.data[type.idField] ?? event.subject
  const party = type.party ? event.data[type.party.field] : null
  return {
    decision_id: `dec_${loggedAt.toString(36).padStart(11, '0')}`,
    event: {
      id: event.id,
      source: event.source,
      type: event.type,
      subject_type: type.subject,
      subject: String(subject),
      party_type: typeof party === 'string' ? (type.party?.kind ?? null) : null,
      party: typeof party === 'string' ? party : null,
      site: event.site ?? null,
      time: timeText,
      logged_at: loggedAt === time ? timeText : formatTime(loggedAt),
    },
  }
}

/** The markets that an event is meant for; empty when it names none, and then every strategy applies. */
function marketsOf(event: CloudEvent, type: EventType): string[] {
  for (const field of type.marketFields) {
    const value = event.data[field]
    if (typeof value === 'string' && value !== '') return [value]
    if (Array.isArray(value) && value.length > 0) return [...new Set(value.map(String))]
  }
  return typeof event.market === 'string' && event.market !== '' ? [event.market] : []
}

function shortened(value: Value): Value {
  return typeof value === 'string' && value.length > 400 ? `${value.slice(0, 400)}…` : value
}
