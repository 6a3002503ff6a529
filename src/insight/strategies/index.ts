import { Type } from '@sinclair/typebox'
import type { Pipeline } from '../../judgement/decisions/index.ts'
import {
  checkExpression,
  isLanguageError,
  type ParseSql,
  parseExpression,
  toDuckSql,
} from '../../judgement/language/index.ts'
import { type Brakes, limitsOf, lintPacks } from '../../judgement/lifecycle/index.ts'
import type { CompiledStrategy, PackManager, PackStatus } from '../../judgement/strategies/index.ts'
import { unscoped } from '../../kernel/access/index.ts'
import { operation } from '../../kernel/operation.ts'
import { anything, listOf } from '../../kernel/paging.ts'
import { problem } from '../../kernel/problems.ts'
import { wilson } from '../../kernel/statistics.ts'
import { formatTime } from '../../kernel/time.ts'
import { type Pack, placeOf } from '../../vocabulary/packs/index.ts'
import { type FactsReader, isoTime } from '../facts.ts'

export interface StrategyInput {
  readonly facts: FactsReader
  readonly packs: PackManager
  readonly pipeline: Pipeline
  readonly parse: ParseSql
  readonly brakes: Pick<Brakes, 'stateOf'>
  readonly runCases: (
    pack: Pack,
  ) => Promise<{ passed: number; failures: readonly { case: string; trap: boolean; diff: readonly string[] }[] }>
}

interface Stats {
  readonly hits: number
  readonly hits_24h: number
  readonly hits_7d: number
  readonly unknown_24h: number
  readonly spark: readonly number[]
}

const none: Stats = { hits: 0, hits_24h: 0, hits_7d: 0, unknown_24h: 0, spark: [] }

/** Packs and strategies with what they did: hits, missing data, precision from labels. */
export function strategyOperations({ facts, packs, pipeline, parse, brakes, runCases }: StrategyInput) {
  let cached: { at: number; stats: Promise<Map<string, Stats>> } | null = null

  /** Counted back from the newest event, so that a sample or an import of old data shows its own last days. */
  async function loadStats(): Promise<Map<string, Stats>> {
    const hits = await facts.rows(`
      SELECT strategy, count(DISTINCT decision_id) AS hits, count(DISTINCT decision_id) FILTER (WHERE logged_at > newest.t - INTERVAL 1 DAY) AS hits_24h, count(DISTINCT decision_id) FILTER (WHERE logged_at > newest.t - INTERVAL 7 DAY) AS hits_7d
      FROM findings, (SELECT max(logged_at) AS t FROM decisions) newest GROUP BY strategy`)
    const days = await facts.rows(`
      SELECT strategy, date_diff('day', logged_at, newest.t) AS ago, count(DISTINCT decision_id) AS hits FROM findings, (SELECT max(logged_at) AS t FROM decisions) newest
      WHERE date_diff('day', logged_at, newest.t) < 14 GROUP BY ALL`)
    const sparks = new Map<string, number[]>()
    for (const row of days) {
      const name = String(row['strategy'])
      const spark = sparks.get(name) ?? new Array<number>(14).fill(0)
      spark[13 - Number(row['ago'])] = Number(row['hits'])
      sparks.set(name, spark)
    }
    const unknown = await facts.rows(
      `SELECT s AS strategy, count(*) AS n FROM (SELECT unnest(unknown) AS s FROM decisions WHERE logged_at > (SELECT max(logged_at) FROM decisions) - INTERVAL 1 DAY) GROUP BY 1`,
    )
    const missing = new Map(unknown.map((row) => [String(row['strategy']), Number(row['n'])]))
    const stats = new Map<string, Stats>(
      hits.map((row) => [
        String(row['strategy']),
        {
          hits: Number(row['hits']),
          hits_24h: Number(row['hits_24h']),
          hits_7d: Number(row['hits_7d']),
          unknown_24h: missing.get(String(row['strategy'])) ?? 0,
          spark: sparks.get(String(row['strategy'])) ?? [],
        },
      ]),
    )
    for (const [name, count] of missing) if (!stats.has(name)) stats.set(name, { ...none, unknown_24h: count })
    return stats
  }

  function stats(): Promise<Map<string, Stats>> {
    if (!cached || Date.now() - cached.at > 10_000) {
      // One count for everybody, whatever the scope of who asks first.
      const loading = unscoped(loadStats)
      loading.catch(() => {
        cached = null
      })
      cached = { at: Date.now(), stats: loading }
    }
    return cached.stats
  }

  /** Precision from labels of review and appeal; an appeal's word replaces the review's on the same event. */
  async function precisions() {
    const rows = await facts.rows(`
      WITH judged AS (SELECT split_part(s.strategy, '@', 1) AS strategy, l.label FROM (SELECT *, row_number() OVER (PARTITION BY event_id, source ORDER BY recorded_at DESC) AS latest FROM labels WHERE origin IN ('review', 'appeal')) l, (SELECT unnest(CAST(l.strategies AS VARCHAR[])) AS strategy) s WHERE l.latest = 1)
      SELECT strategy, count(*) FILTER (WHERE label = 'violation') AS right, count(*) AS n FROM judged GROUP BY 1`)
    return new Map(
      rows.map((row) => {
        const n = Number(row['n'])
        const right = Number(row['right'])
        const bounds = wilson(right, n)
        return [
          String(row['strategy']),
          { value: right / n, low: bounds?.low ?? 0, high: bounds?.high ?? 1, n },
        ] as const
      }),
    )
  }

  async function rowsOf(strategies: readonly CompiledStrategy[]) {
    const [known, precision] = await Promise.all([stats(), precisions()])
    return strategies.map((strategy) => ({
      strategy: strategy.name,
      version: strategy.version,
      pack: strategy.pack,
      title: strategy.title,
      policy: strategy.policy,
      severity: strategy.severity,
      verdict: strategy.verdict,
      mode: strategy.mode,
      canary: strategy.canary ?? null,
      limits: strategy.limits ?? null,
      on: strategy.on,
      markets: strategy.markets,
      when: strategy.when.trim(),
      owner: strategy.owner,
      ...(known.get(strategy.name) ?? none),
      precision: precision.get(strategy.name) ?? null,
    }))
  }

  let linted: { fingerprint: string; warnings: ReturnType<typeof lintPacks> } | null = null
  function lint(): ReturnType<typeof lintPacks> {
    const { programs } = pipeline.engine()
    if (linted?.fingerprint !== programs.fingerprint)
      linted = { fingerprint: programs.fingerprint, warnings: lintPacks(programs, parse) }
    return linted.warnings
  }

  /** Units of work that one event of each type costs the strategies of a pack at most; a comparison is 1. */
  function costsOf(pack: string): { type: string; strategies: number; own: number; reads: number }[] {
    const { byType, layout } = pipeline.engine().programs
    return [...byType].flatMap(([type, { strategies }]) => {
      const mine = strategies.filter((strategy) => strategy.pack === pack)
      if (mine.length === 0) return []
      // A signal or window that several strategies read is computed once.
      const read = new Set(mine.flatMap((strategy) => strategy.columns))
      const reads = [...read].reduce((sum, name) => sum + (layout.columns[layout.slot(name) ?? -1]?.cost ?? 0), 0)
      const own = mine.reduce((sum, strategy) => sum + strategy.cost, 0)
      return [{ type, strategies: mine.length, own: Math.round(own * 10) / 10, reads }]
    })
  }

  const all = () => [...pipeline.engine().programs.strategies.values()]

  function packRow(status: PackStatus) {
    const pack = status.running
    return {
      pack: status.pack,
      version: pack?.header.version ?? null,
      title: pack?.header.title ?? { zh: status.pack, en: status.pack },
      description: pack?.header.description ?? null,
      owner: pack?.header.owner ?? null,
      status: status.problems.length > 0 ? 'invalid' : 'live',
      running: pack !== null,
      problems: status.problems,
      strategies: pack?.strategies.length ?? 0,
      live: pack?.strategies.filter((item) => item.mode === 'live').length ?? 0,
      shadow: pack?.strategies.filter((item) => item.mode === 'shadow').length ?? 0,
      cases: { total: pack?.cases.length ?? 0, traps: pack?.cases.filter((item) => item.trap).length ?? 0 },
      loaded_at: formatTime(status.loadedAt),
    }
  }

  function mustFindPack(name: string): PackStatus {
    const found = packs.statuses().find((status) => status.pack === name)
    if (!found)
      throw problem({
        code: 'not_found',
        field: 'pack',
        value: name,
        detail: { zh: '没有这个规则包', en: 'No such pack' },
      })
    return found
  }

  return [
    operation({
      name: 'packs.list',
      summary: { zh: '规则包', en: 'Packs' },
      method: 'GET',
      path: '/v1/packs',
      permission: 'pack.read',
      scope: 'shared',
      input: Type.Object({}),
      output: listOf,
      run: async () => ({ items: packs.statuses().map(packRow), next: null }),
    }),
    operation({
      name: 'packs.get',
      summary: { zh: '规则包详情', en: 'One pack' },
      method: 'GET',
      path: '/v1/packs/:pack',
      permission: 'pack.read',
      scope: 'shared',
      input: Type.Object({ pack: Type.String() }),
      output: anything,
      errors: ['not_found'],
      run: async (_context, { pack }) => {
        const status = mustFindPack(pack)
        const found = status.running
        return {
          ...packRow(status),
          warnings: (await lint()).get(found?.header.id ?? '') ?? [],
          costs: costsOf(found?.header.id ?? ''),
          policies: found?.policies ?? [],
          strategies: await rowsOf(all().filter((strategy) => strategy.pack === found?.header.id)),
          strategy_count: found?.strategies.length ?? 0,
          signals: found?.signals ?? [],
          features: found?.features ?? [],
          lists:
            found?.lists.map((list) => ({
              id: list.id,
              title: list.title,
              owner: list.owner,
              entries: list.entries?.length ?? 0,
            })) ?? [],
          cases: { total: found?.cases.length ?? 0, traps: found?.cases.filter((item) => item.trap).length ?? 0 },
          case_list:
            found?.cases.map((item) => ({
              name: item.name,
              trap: item.trap ?? false,
              expected: item.expect.verdict ?? null,
            })) ?? [],
        }
      },
    }),
    operation({
      name: 'packs.test',
      summary: { zh: '运行规则包案例', en: 'Run the cases of a pack' },
      method: 'POST',
      path: '/v1/packs/:pack/test',
      permission: 'pack.test',
      scope: 'shared',
      audited: false,
      input: Type.Object({ pack: Type.String() }),
      output: anything,
      errors: ['not_found', 'pack_invalid'],
      run: async (_context, { pack }) => {
        const found = mustFindPack(pack).running
        if (!found)
          throw problem({
            code: 'pack_invalid',
            field: 'pack',
            value: pack,
            detail: { zh: '该规则包没有有效版本', en: 'No version of this pack is valid' },
          })
        const result = await runCases(found)
        return {
          passed: result.passed,
          failed: result.failures.length,
          failures: result.failures.map((failure) => ({ case: failure.case, trap: failure.trap, diff: failure.diff })),
        }
      },
    }),
    operation({
      name: 'strategies.list',
      summary: { zh: '策略', en: 'Strategies' },
      method: 'GET',
      path: '/v1/strategies',
      permission: 'pack.read',
      scope: 'shared',
      output: listOf,
      input: Type.Object({
        q: Type.Optional(Type.String({ maxLength: 200 })),
        pack: Type.Optional(Type.String()),
        mode: Type.Optional(Type.String()),
      }),
      run: async (_context, { q = '', pack, mode }) => {
        const needle = q.toLowerCase()
        const wanted = all().filter(
          (strategy) =>
            (!pack || strategy.pack === pack) &&
            (!mode || strategy.mode === mode) &&
            (needle === '' ||
              `${strategy.name} ${strategy.title.zh} ${strategy.title.en} ${strategy.policy} ${strategy.when}`
                .toLowerCase()
                .includes(needle)),
        )
        return { items: await rowsOf(wanted), next: null }
      },
    }),
    operation({
      name: 'strategies.get',
      summary: { zh: '策略详情', en: 'One strategy' },
      method: 'GET',
      path: '/v1/strategies/:pack/:strategy',
      permission: 'pack.read',
      scope: 'rows',
      input: Type.Object({ pack: Type.String(), strategy: Type.String() }),
      output: anything,
      errors: ['not_found'],
      run: async (_context, { pack, strategy: id }) => {
        const { programs } = pipeline.engine()
        const strategy = programs.strategies.get(`${pack}/${id}`)
        if (!strategy)
          throw problem({
            code: 'not_found',
            field: 'strategy',
            value: `${pack}/${id}`,
            detail: { zh: '没有这条策略', en: 'No such strategy' },
          })
        const source = programs.packs.find((found) => found.header.id === pack)
        const policy = source?.policies.find((found) => found.id === strategy.policy)
        const signals = new Set(programs.signals.map((signal) => signal.id))
        const features = new Set(programs.features.map((feature) => feature.id))
        const [[row], recent, daily] = await Promise.all([
          rowsOf([strategy]),
          facts.rows(
            'SELECT decision_id, logged_at, version, mode, subject_type, subject_id, verdict, evidence FROM findings WHERE strategy = $1 ORDER BY logged_at DESC LIMIT 20',
            [strategy.name],
          ),
          facts.rows(
            `SELECT strftime(date_trunc('day', logged_at), '%Y-%m-%d') AS day, count(DISTINCT decision_id) AS hits FROM findings WHERE strategy = $1 GROUP BY 1 ORDER BY 1 DESC LIMIT 60`,
            [strategy.name],
          ),
        ])
        const place = source ? placeOf(source, strategy) : undefined
        return {
          ...row,
          policy_detail: policy ?? null,
          columns: strategy.columns.map((name) => ({
            name,
            type: programs.layout.columns[programs.layout.slot(name) ?? -1]?.type ?? '',
            kind: signals.has(name) ? 'signal' : features.has(name) ? 'feature' : 'field',
          })),
          recent: recent.map((item) => ({
            decision_id: item['decision_id'],
            at: isoTime(item['logged_at']),
            subject: { type: item['subject_type'], id: item['subject_id'] },
            verdict: item['verdict'],
            version: Number(item['version']),
            mode: item['mode'],
            evidence: typeof item['evidence'] === 'string' ? JSON.parse(item['evidence']) : item['evidence'],
          })),
          daily: daily.reverse().map((item) => ({ day: item['day'], hits: Number(item['hits']), unknown: 0 })),
          cases:
            source?.cases
              .filter((found) => found.expect.strategies?.includes(id))
              .map((found) => ({
                name: found.name,
                trap: found.trap ?? false,
                expected: found.expect.verdict ?? null,
              })) ?? [],
          cost: { own: strategy.cost, reads: strategy.lazyCost },
          brake: { ...brakes.stateOf(strategy.name, strategy.version), limits: limitsOf(strategy) },
          warnings: ((await lint()).get(pack) ?? []).filter((found) => found.about === id),
          file: place && !/@\d+\.yaml$/.test(place.file) ? `packs/${pack}/${place.file}:${place.line}` : null,
          duck_sql: strategy.duckSql,
        }
      },
    }),
    operation({
      name: 'strategies.try',
      summary: { zh: '在历史事件上试一个条件', en: 'Try a condition on past events' },
      method: 'POST',
      path: '/v1/strategies/try',
      permission: 'strategy.try',
      scope: 'rows',
      audited: false,
      errors: ['expression_refused', 'sql_timeout'],
      input: Type.Object({
        when: Type.String({ minLength: 1, maxLength: 20_000 }),
        on: Type.Array(Type.String(), { minItems: 1 }),
        days: Type.Optional(Type.Integer({ minimum: 1, maximum: 400, default: 30 })),
      }),
      output: anything,
      run: async (_context, input) => tryCondition(input.when, input.on, input.days ?? 30),
    }),
  ]

  /** The same text as a live condition, over the facts. Signals and features are not columns there: they have their own backtest. */
  async function tryCondition(when: string, on: readonly string[], days: number) {
    const { layout, signals, features } = pipeline.engine().programs
    const computed = new Set([...signals.map((signal) => signal.id), ...features.map((feature) => feature.id)])
    try {
      const checked = checkExpression(await parseExpression(parse, when), layout)
      const lazy = checked.columns.find((column) => computed.has(column))
      if (lazy !== undefined)
        throw problem({
          code: 'expression_refused',
          field: 'when',
          detail: {
            zh: `"${lazy}" 是信号或特征，历史试算目前只支持事件字段`,
            en: `"${lazy}" is a signal or feature; this trial reads event fields only`,
          },
          fix: { zh: '把策略先以 shadow 模式发布', en: 'Ship the strategy in shadow mode to see it live' },
        })
      const condition = toDuckSql(checked, (name) =>
        name.startsWith('attributes.')
          ? `json_extract_string(data, '$.attributes.${name.slice(11).replaceAll("'", "''")}')`
          : `"${name.replaceAll('"', '""')}"`,
      )
      const where = `list_contains(string_split($1, ','), type) AND logged_at > (SELECT max(logged_at) FROM events) - INTERVAL ${days} DAY`
      const [count] = await facts.rows(
        `SELECT count(*) AS events, count(*) FILTER (WHERE ${condition}) AS hits, count(*) FILTER (WHERE (${condition}) IS NULL) AS unknown FROM events WHERE ${where}`,
        [on.join(',')],
      )
      const sample = await facts.rows(
        `SELECT id, type, subject_type, subject_id, logged_at, coalesce(title, headline, name, left("text", 120)) AS title FROM events WHERE ${where} AND (${condition}) ORDER BY logged_at DESC LIMIT 10`,
        [on.join(',')],
      )
      return {
        checked: true,
        hits: Number(count?.['hits'] ?? 0),
        unknown: Number(count?.['unknown'] ?? 0),
        events: Number(count?.['events'] ?? 0),
        duck_sql: condition,
        sample: sample.map((row) => ({ ...row, logged_at: isoTime(row['logged_at']) })),
      }
    } catch (error) {
      if (!isLanguageError(error)) throw error
      throw problem({
        code: 'expression_refused',
        field: 'when',
        detail: error.text,
        fix: error.suggestion,
        caret: error.caret,
        position: error.position,
        suggestion: error.suggestion,
      })
    }
  }
}
