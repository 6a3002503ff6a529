import { readFileSync } from 'node:fs'
import { parse as parseYaml } from 'yaml'
import type { BacktestReport } from '../../judgement/backtest/index.ts'
import type { CommandIo } from './command.ts'
import { callOperation } from './local.ts'

export interface BacktestOptions {
  readonly when: string
  /** Event types, comma separated. */
  readonly on: string
  /** A features.yaml with windows that are in no pack yet. */
  readonly features?: string | undefined
  readonly days?: string | undefined
  readonly engine?: string | undefined
  readonly json?: boolean | undefined
}

/** `backtest`: what a strategy with this condition would have done. */
export async function runBacktest(options: BacktestOptions, io: CommandIo): Promise<number> {
  const { when, on, days, engine } = options
  const input = {
    when,
    on: on
      .split(',')
      .map((type) => type.trim())
      .filter((type) => type !== ''),
    ...(options.features === undefined ? {} : { features: readFeatures(options.features) }),
    ...(days === undefined ? {} : { days: wholeDays(days) }),
    ...(engine === undefined ? {} : { engine }),
  }
  const report = (await callOperation({
    name: 'strategies.backtest',
    path: '/v1/strategies/backtest',
    input,
  })) as unknown as BacktestReport
  if (options.json) io.write(JSON.stringify(report))
  else for (const line of readable(report)) io.write(line)
  return 0
}

function wholeDays(text: string): number {
  const days = Number(text)
  if (!Number.isInteger(days) || days < 1)
    throw new Error(`--days = ${JSON.stringify(text)}: write a whole number of days, e.g. 30`)
  return days
}

function readFeatures(file: string): { id: string; on: string[]; sql: string }[] {
  const found = parseYaml(readFileSync(file, 'utf8')) as unknown
  if (!Array.isArray(found))
    throw new Error(
      `--features = ${JSON.stringify(file)}: must be a list like a pack's features.yaml, each entry with id, on and sql`,
    )
  return found.map((item: { id: string; on: string[]; sql: string }) => ({ id: item.id, on: item.on, sql: item.sql }))
}

const percent = (share: number): string => `${(share * 100).toFixed(1)} %`
/** The part that failed, and how far off it was. */
const missed = ({ part, value, limit }: BacktestReport['nearest_misses'][number]['missing'][number]): string =>
  `  ✗ ${part}${value === null || limit === null ? '' : ` (${value} against ${limit})`}`

const top = <Row>(rows: readonly Row[], show: (row: Row) => string): string =>
  `${rows.slice(0, 8).map(show).join(', ')}${rows.length > 8 ? ', …' : ''}`

function* readable(report: BacktestReport): Generator<string> {
  yield `${report.hits} hits in ${report.events} events over ${report.days} days (${report.hits_per_day} a day); ${report.unknown} unknown for lack of data`
  yield `engine    ${report.engine}: ${report.why}; ${report.seconds.toFixed(2)} s, ${report.events_per_second.toLocaleString('en')} events/s`
  yield `period    ${report.since} … ${report.until}`
  if (!report.caught_up)
    yield 'behind    the facts are still catching up: newer events are not in this; run it again in a while'
  if (report.hits > 0) {
    yield `days      ${top(report.by_day.slice(-8), (row) => `${row.day.slice(5)}: ${row.hits}`)}`
    yield `markets   ${top(report.by_market, (row) => `${row.market} ${row.hits}`)}`
    yield `category  ${top(report.by_category, (row) => `${row.category || '—'} ${row.hits}`)}`
    yield `sellers   ${report.sellers}: ${top(report.by_seller, (row) => `${row.seller} ${row.hits}`)}`
    yield `tiers     ${top(report.by_tier, (row) => `${row.tier || '—'} ${row.hits} (sellers: ${row.sellers})`)}`
    const { labels, precision } = report
    yield `labels    ${labels.violation} violation, ${labels.overturned} overturned on appeal, ${labels.ok - labels.overturned} otherwise fine, ${labels.unlabelled} unlabelled${precision ? `; precision ${percent(precision.value)} (${percent(precision.low)} to ${percent(precision.high)}, n = ${precision.n})` : ''}`
    yield `new       ${report.increment} hits that no live strategy acts on`
    for (const row of report.overlap.slice(0, 8))
      yield `overlap   ${row.strategy}: ${row.both} of its ${row.findings} findings; ${row.increment} hits it does not see`
    yield `GMV       ${report.blocked_gmv.length === 0 ? 'no orders' : top(report.blocked_gmv, (row) => `${row.amount.toFixed(2)} ${row.currency} in ${row.orders} orders`)}`
    for (const line of report.sample) yield `hit       ${line.subject_type}:${line.subject_id}  ${line.title ?? ''}`
  }
  for (const line of report.nearest_misses)
    yield `near miss ${line.subject_type}:${line.subject_id}  ${line.title ?? ''}  ${line.missing.map(missed).join('')}`
}
