import { problem, shorten } from '../../kernel/problems.ts'
import { parseSpan } from '../../kernel/schedule.ts'
import { stabilityIndex, stabilityNoise } from '../../kernel/statistics.ts'
import { second } from '../../kernel/time.ts'
import type { Text, Value } from '../../kernel/values.ts'
import { subjectTypes } from '../../vocabulary/events/index.ts'
import type { BatchDefinition, BatchInputContract } from '../../vocabulary/packs/index.ts'
import { type Fault, type FoundHit, type Histogram, type InputMeasure, subjectKey, type Window } from './model.ts'
import { type ColumnsOf, contractSql, decilesSql, edgesSql, mostSubjects, runSql, valuesSql } from './query.ts'

/** The facts as a run reads them. Pack SQL goes through the analysts' checker and can be killed; it never is trusted. */
export interface Warehouse {
  query(
    sql: string,
    options: { trusted: boolean; limit: number; timeoutMs: number; params?: readonly (string | number | null)[] },
  ): Promise<{
    readonly columns: readonly { readonly name: string; readonly type: string }[]
    readonly rows: readonly (readonly unknown[])[]
    readonly truncated: boolean
  }>
  readonly columnsOf: ColumnsOf
}

const timeoutMs = 300_000

export interface Measured {
  readonly hits: readonly FoundHit[]
  /** Canary subjects that the query did not return. */
  readonly missed: readonly string[]
  readonly inputs: readonly InputMeasure[]
  /** Whether the query was run: not on an input that breaks the contract. */
  readonly asked: boolean
  /** What is wrong with the input; a run with such a fault has failed. */
  readonly faults: readonly Omit<Fault, 'key'>[]
}

/**
 * Measures the input, then runs the query. When the input breaks the contract the query is not asked.
 * @throws sql_refused, sql_timeout, sql_memory, invalid_input when the query or its answer is not what it must be.
 */
export async function measure(
  batch: BatchDefinition,
  window: Window,
  { warehouse, baseline }: { warehouse: Warehouse; baseline: readonly InputMeasure[] | null },
): Promise<Measured> {
  const inputs: InputMeasure[] = []
  for (const [index, input] of batch.contract.entries())
    inputs.push(await measureInput(input, window, { warehouse, baseline: baseline?.[index]?.population ?? null }))
  const faults = batch.contract.flatMap((input, index) => inputFaults(input, inputs[index]))
  if (faults.length > 0) return { hits: [], missed: [], inputs, asked: false, faults }
  return { ...(await findHits(batch, window, warehouse)), inputs, asked: true, faults }
}

/** Runs the query over the facts and the planted rows; canary subjects are taken out of the answer. */
export async function findHits(
  batch: BatchDefinition,
  window: Window,
  warehouse: Warehouse,
): Promise<Pick<Measured, 'hits' | 'missed'>> {
  const answer = await warehouse.query(runSql(batch, window, warehouse.columnsOf), {
    trusted: false,
    limit: mostSubjects,
    timeoutMs,
  })
  if (answer.truncated)
    throw badAnswer(`the query returns more than ${mostSubjects} subjects`, `查询返回超过 ${mostSubjects} 个对象`)
  const found = readHits(batch, answer)
  const planted = batch.canaries.map((canary) => subjectKey(canary))
  const present = new Set(found.map(subjectKey))
  return {
    hits: found.filter((hit) => !hit.subject_id.startsWith('canary-')),
    missed: planted.filter((key) => !present.has(key)),
  }
}

const parties: Readonly<Record<string, string>> = { account: 'account', shop: 'seller', creator: 'creator' }

function readHits(
  batch: BatchDefinition,
  { columns, rows }: Pick<Awaited<ReturnType<Warehouse['query']>>, 'columns' | 'rows'>,
): FoundHit[] {
  const names = columns.map((column) => column.name)
  for (const name of ['subject_type', 'subject_id', 'score'])
    if (!names.includes(name)) throw badAnswer(`the query returns no column "${name}"`, `查询没有返回列 "${name}"`)
  const own = new Set(['subject_type', 'subject_id', 'score', 'party_type', 'party_id'])
  const hits = new Map<string, FoundHit>()
  for (const row of rows) {
    const get = (name: string): unknown => row[names.indexOf(name)] ?? null
    const hit = checkHit(batch, { type: get('subject_type'), id: get('subject_id'), score: get('score') })
    const self = parties[hit.subject_type] ?? null
    const partyId = get('party_id') ?? (self === null ? null : hit.subject_id)
    const found: FoundHit = {
      ...hit,
      party_type: partyId === null ? null : String(get('party_type') ?? self ?? 'account'),
      party_id: partyId === null ? null : String(partyId),
      evidence: Object.fromEntries(names.filter((name) => !own.has(name)).map((name) => [name, evidence(get(name))])),
    }
    // Rows come by score: the first of a subject is its strongest.
    if (!hits.has(subjectKey(found))) hits.set(subjectKey(found), found)
  }
  return [...hits.values()]
}

function checkHit(
  { output }: BatchDefinition,
  { type, id, score }: { type: unknown; id: unknown; score: unknown },
): Pick<FoundHit, 'subject_type' | 'subject_id' | 'score'> {
  const known = subjectTypes.find((name) => name === type && name !== 'report')
  if (!known)
    throw badAnswer(
      `subject_type ${shorten(type)} is none of ${subjectTypes.filter((name) => name !== 'report').join(', ')}`,
      `subject_type ${shorten(type)} 不是对象类型`,
    )
  if (typeof id !== 'string' || id === '') throw badAnswer('a subject_id is empty', '有 subject_id 为空')
  const value = typeof score === 'string' ? Number(score) : score
  if (typeof value !== 'number' || !Number.isFinite(value))
    throw badAnswer(`score ${shorten(score)} of ${id} is not a number`, `${id} 的 score ${shorten(score)} 不是数字`)
  const [low, high] = output.score ?? [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY]
  if (value < low || value > high)
    throw badAnswer(
      `score ${value} of ${id} is outside ${low} to ${high}`,
      `${id} 的 score ${value} 超出 ${low} 到 ${high}`,
    )
  return { subject_type: known, subject_id: id, score: value }
}

function evidence(value: unknown): Value {
  if (value === null || value === undefined) return null
  if (Array.isArray(value)) return value.slice(0, 24).map(String)
  if (typeof value === 'object') return JSON.stringify(value)
  if (typeof value === 'number') return Math.round(value * 10_000) / 10_000
  return typeof value === 'boolean' ? value : String(value).slice(0, 400)
}

function badAnswer(en: string, zh: string): Error {
  return problem({
    code: 'invalid_input',
    field: 'query',
    detail: { zh, en },
    fix: {
      zh: '返回 subject_type、subject_id、score 和证据列',
      en: 'return subject_type, subject_id, score and columns of evidence',
    },
  })
}

interface InputAsk {
  readonly warehouse: Warehouse
  readonly baseline: Histogram | null
}

async function measureInput(input: BatchInputContract, window: Window, ask: InputAsk): Promise<InputMeasure> {
  const { warehouse, baseline } = ask
  const options = { trusted: false, limit: 1000, timeoutMs }
  const { rows } = await warehouse.query(contractSql(input, window, warehouse.columnsOf), options)
  const [count, newest, ...nulls] = rows[0] ?? []
  const population = input.population === undefined ? null : await histogram(input, window, ask)
  const comparable = baseline !== null && population !== null
  return {
    table: input.table,
    where: input.where ?? null,
    rows: Number(count ?? 0),
    age_s: newest === null || newest === undefined ? null : Math.round((window.to - Number(newest)) / second),
    nulls: Object.fromEntries((input.not_null ?? []).map((name, index) => [name, Number(nulls[index] ?? 0)])),
    population,
    psi: comparable ? stabilityIndex(baseline.counts, population.counts) : null,
    psi_noise: comparable
      ? stabilityNoise(population.counts.length, total(baseline.counts), total(population.counts))
      : null,
  }
}

const total = (counts: readonly number[]): number => counts.reduce((sum, count) => sum + count, 0)
const mostValues = 20

/** The population in the bins of its baseline; without one, in its own deciles, or by its most frequent texts. */
async function histogram(
  input: BatchInputContract,
  window: Window,
  { warehouse, baseline }: InputAsk,
): Promise<Histogram | null> {
  const { columnsOf } = warehouse
  const options = { trusted: false, limit: 1000, timeoutMs }
  let edges = baseline?.edges ?? null
  if (baseline === null) {
    const { rows } = await warehouse.query(decilesSql(input, window, columnsOf), options)
    const [deciles, numbers] = rows[0] ?? []
    if (Number(numbers ?? 0) > 0 && Array.isArray(deciles)) edges = [...new Set(deciles.map(Number))]
  }
  if (edges !== null) {
    const { rows } = await warehouse.query(edgesSql(input, window, { columnsOf, edges }), options)
    const upTo = (rows[0] ?? []).map(Number)
    return { edges, values: null, counts: upTo.map((count, index) => count - (upTo[index - 1] ?? 0)) }
  }
  const { rows } = await warehouse.query(valuesSql(input, window, columnsOf), options)
  const counted = new Map(rows.map(([value, n]) => [String(value), Number(n)]))
  if (counted.size === 0 && baseline === null) return null
  const values = baseline?.values ?? [...counted.keys()].slice(0, mostValues)
  const known = values.map((value) => counted.get(value) ?? 0)
  return { edges: null, values, counts: [...known, total([...counted.values()]) - total(known)] }
}

function inputFaults(input: BatchInputContract, found: InputMeasure | undefined): Omit<Fault, 'key'>[] {
  if (!found) return []
  const what = input.where === undefined ? input.table : `${input.table} (${input.where.trim()})`
  const faults: Omit<Fault, 'key'>[] = []
  const add = (kind: Fault['kind'], detail: Text) => void faults.push({ kind, detail })
  if (found.rows === 0)
    add('empty_input', { zh: `${what} 在窗口内没有任何行`, en: `${what} has no rows in the window` })
  else if (found.rows < input.min_rows)
    add('thin_input', {
      zh: `${what} 在窗口内有 ${found.rows} 行，约定至少 ${input.min_rows} 行`,
      en: `${what} has ${found.rows} rows in the window, the contract wants ${input.min_rows}`,
    })
  const most = parseSpan(input.max_age) ?? 0
  if (found.age_s !== null && found.age_s * second > most)
    add('stale_input', {
      zh: `${what} 最新一行比窗口终点早 ${age(found.age_s)}，约定最多 ${input.max_age}`,
      en: `the newest row of ${what} is ${age(found.age_s)} older than the end of the window, the contract allows ${input.max_age}`,
    })
  for (const [name, count] of Object.entries(found.nulls))
    if (count > 0)
      add('null_input', {
        zh: `${what} 的 ${name} 有 ${count} 行为空`,
        en: `${name} is missing in ${count} rows of ${what}`,
      })
  return faults
}

function age(seconds: number): string {
  return seconds < 2 * 86_400 ? `${Math.round(seconds / 3600)} h` : `${Math.round(seconds / 86_400)} d`
}
