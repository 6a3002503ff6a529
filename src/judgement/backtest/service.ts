import { problem } from '../../kernel/problems.ts'
import { day, formatTime } from '../../kernel/time.ts'
import type { Entry } from '../../perception/journal/index.ts'
import type { ParseSql } from '../language/index.ts'
import type { Programs } from '../strategies/index.ts'
import { type ImpactCard, impactCard } from './card.ts'
import { type PreparedTrial, prepareTrial, type Trial } from './condition.ts'
import type { Found, Scope } from './model.ts'
import { findBySql, signalsAreStored, sqlObstacle, valuesSql, type Warehouse } from './sql.ts'
import { findByStream } from './stream.ts'
import { type SweepRequest, sweepRequest, trialSweepObstacle } from './sweep-trial.ts'

export interface BacktestInput {
  readonly warehouse: Warehouse
  /** Runs a sweep where the facts are. */
  readonly sweep: (request: SweepRequest) => Promise<Found>
  readonly programs: () => Programs
  readonly parse: ParseSql
  readonly batches: () => AsyncIterable<readonly Entry[]>
  /** Waits a while for the facts; whether they then had everything that was journaled and every label. */
  readonly settled: () => Promise<boolean>
}

export interface BacktestRequest extends Trial {
  /** Days back from the newest event; absent = all history. */
  readonly days?: number | undefined
  /** Absent = the facts where they can answer with certainty (windows by sweep, else by SQL), else the stream. */
  readonly engine?: Engine | undefined
}

/** `sql` = one DuckDB query; `sweep` = DuckDB's columns and windows in one pass; `stream` = the journal through the live engine. */
export type Engine = 'sql' | 'sweep' | 'stream'

export interface BacktestReport extends ImpactCard {
  readonly engine: Engine
  /** Why this engine. */
  readonly why: string
  /** False: the facts were still behind, so the newest events are not in it; `until` says up to when. */
  readonly caught_up: boolean
  readonly since: string | null
  readonly until: string | null
  readonly days: number
  readonly events: number
  readonly hits: number
  readonly unknown: number
  readonly hits_per_day: number
  readonly seconds: number
  readonly events_per_second: number
}

export type Backtest = ReturnType<typeof createBacktest>

/** Runs a condition over history with the live text and says what a strategy with it would have done. */
export function createBacktest({ warehouse, sweep, programs, parse, batches, settled }: BacktestInput) {
  async function choose(
    trial: PreparedTrial,
    scope: Scope,
    asked: Engine | undefined,
  ): Promise<{ engine: Engine; why: string }> {
    if (asked === 'stream') return { engine: 'stream', why: 'asked for' }
    const obstacle = sqlObstacle(trial) ?? (await signalObstacle(trial, scope))
    const unswept = obstacle ?? trialSweepObstacle(trial)
    if (unswept === null && asked !== 'sql')
      return { engine: 'sweep', why: 'the facts hold every column, and the windows need one pass' }
    const wanted = asked === 'sweep' ? unswept : obstacle
    if (asked !== undefined && wanted !== null)
      throw problem({
        code: 'invalid_input',
        field: 'engine',
        value: asked,
        detail: { zh: `${asked} 无法准确回答：${wanted}`, en: `${asked} cannot answer this with certainty: ${wanted}` },
        fix: { zh: '不指定 engine', en: 'Leave engine out' },
      })
    if (obstacle === null) return { engine: 'sql', why: 'the facts hold every column that it reads' }
    return { engine: 'stream', why: obstacle }
  }

  async function signalObstacle(trial: PreparedTrial, scope: Scope): Promise<string | null> {
    if (trial.signals.length === 0) return null
    const { signals, fingerprint } = programs()
    const byId = new Map(signals.map((signal) => [signal.id, signal]))
    const listed = trial.signals.find((id) => byId.get(id)?.kind.startsWith('list'))
    if (listed !== undefined) return `${listed} asks a list as it is today`
    const packOf = (id: string) =>
      fingerprint.split(' ').find((part) => part.startsWith(`${byId.get(id)?.pack}@`)) ?? null
    return (await signalsAreStored(trial, scope, { warehouse, packOf }))
      ? null
      : `${trial.signals.join(', ')} not stored for every event by the running version`
  }

  async function scopeOf(days: number | undefined): Promise<Scope & { span: number }> {
    const [row] = await warehouse.query('SELECT epoch_us(min(logged_at)), epoch_us(max(logged_at)) FROM events', [])
    const [first, until] = [Number(row?.[0] ?? 0), Number(row?.[1] ?? 0)]
    const since = days === undefined ? first - 1 : Math.max(first - 1, until - days * day)
    return { since, until, span: Math.max(1, (until - since) / day) }
  }

  async function find(request: BacktestRequest) {
    const running = programs()
    const trial = await prepareTrial(request, running, parse)
    const caughtUp = await settled()
    const scope = await scopeOf(request.days)
    const { engine, why } = await choose(trial, scope, request.engine)
    const started = performance.now()
    const found: Found =
      engine === 'sql'
        ? await findBySql(trial, scope, warehouse)
        : engine === 'sweep'
          ? await sweep(sweepRequest(trial, scope))
          : await findByStream(trial, scope, { programs: running, batches: batches() })
    return { trial, scope, engine, why, found, caughtUp, seconds: (performance.now() - started) / 1000 }
  }

  return {
    settled,
    /**
     * Runs a condition and says which events it hits, without the card: positions newest first, at most `mostHits`.
     * @throws as `run`.
     */
    find: async (request: BacktestRequest): Promise<Found> => (await find(request)).found,

    /**
     * Values of columns (fields, attributes, windows by name) for the events whose positions `which` selects, as
     * `[position, value…]`. Columns that the facts do not hold are left out; `names` says which came.
     */
    async values(names: readonly string[], on: readonly string[], which: string) {
      await settled()
      const running = programs()
      const usable: string[] = []
      for (const name of names) {
        const trial = await prepareTrial({ when: presence([name]), on }, running, parse)
        if (trial.signals.length === 0 && sqlObstacle(trial) === null) usable.push(name)
      }
      if (usable.length === 0) return { names: usable, rows: [] }
      const trial = await prepareTrial({ when: presence(usable), on }, running, parse)
      const rows = await warehouse.query(valuesSql(trial, await scopeOf(undefined), { names: usable, which }), [])
      return { names: usable, rows }
    },

    /** @throws expression_refused, invalid_input, sql_timeout. */
    async run(request: BacktestRequest): Promise<BacktestReport> {
      const { trial, scope, engine, why, found, caughtUp, seconds } = await find(request)
      const card = await impactCard(trial, scope, { found, warehouse })
      const { events, hits, unknown } = found
      return {
        engine,
        why,
        caught_up: caughtUp,
        since: scope.until > 0 ? formatTime(Math.max(0, scope.since)) : null,
        until: scope.until > 0 ? formatTime(scope.until) : null,
        days: Math.round(scope.span * 100) / 100,
        events,
        hits,
        unknown,
        hits_per_day: Math.round((hits / scope.span) * 100) / 100,
        seconds,
        events_per_second: Math.round(events / Math.max(seconds, 1e-6)),
        ...card,
      }
    },
  }
}

const presence = (names: readonly string[]): string => names.map((name) => `${name} IS NOT NULL`).join(' OR ')
