import type { MiningReport, Proposal } from '../../insight/discovery/index.ts'
import type { CommandIo } from './command.ts'
import { callOperation } from './local.ts'

export interface MineOptions {
  readonly type: string
  readonly label: string
  readonly from?: string | undefined
  readonly to?: string | undefined
  readonly minPrecision?: string | undefined
  readonly includeKnown?: boolean | undefined
  readonly json?: boolean | undefined
}

/** `mine`: conditions that labelled history suggests, each proved on the newer part. */
export async function runMine(
  { type, label, from, to, minPrecision, includeKnown, json }: MineOptions,
  io: CommandIo,
): Promise<number> {
  const input = {
    ...{ type, label },
    ...(from === undefined ? {} : { from }),
    ...(to === undefined ? {} : { to }),
    ...(includeKnown ? { include_known: true } : {}),
    ...(minPrecision === undefined ? {} : { min_precision: share(minPrecision) }),
  }
  const report = (await callOperation({ name: 'mining.run', path: '/v1/mining', input })) as unknown as MiningReport
  if (json) io.write(JSON.stringify(report))
  else for (const line of readable(report)) io.write(line)
  return 0
}

function share(text: string): number {
  const found = Number(text)
  if (!(found >= 0.5 && found <= 1))
    throw new Error(`--min-precision = ${JSON.stringify(text)}: write a share from 0.5 to 1, e.g. 0.9`)
  return found
}

const percent = (value: number): string => `${(value * 100).toFixed(1)} %`

function* readable(report: MiningReport): Generator<string> {
  const { older, newer, tried, unproven, known } = report
  yield `${report.rows} labelled ${report.type} events, ${report.positives} of them ${report.label}`
  yield `found on   ${older.rows} events up to ${report.split_at ?? '–'} (${older.positives} ${report.label}, ${known} of them found by running strategies)`
  yield `proved on  ${newer.rows} events after it (${newer.positives} ${report.label})`
  yield `tried      ${tried.conditions} conditions, ${tried.rules} rules; ${tried.proved} put to the proof, ${unproven} failed it`
  if (report.why) yield report.why.en
  for (const proposal of report.proposals) yield* lines(proposal)
}

function* lines({ when, precision, support, recall, increment, trained, card, draft }: Proposal): Generator<string> {
  yield ''
  yield when
  yield `  precision  ${percent(precision.value)} (${percent(precision.low)} to ${percent(precision.high)}, n = ${precision.n}); ${percent(trained.precision.value)} where it was found`
  yield `  support    ${support} right, ${percent(recall)} of all; ${increment} that no running strategy found`
  yield `  history    ${card.hits} hits (${card.hits_per_day} a day), engine ${card.engine}`
  for (const line of card.sample.slice(0, 3))
    yield `  hit        ${line.subject_type}:${line.subject_id}  ${(line.title ?? '').replace(/\s+/g, ' ').slice(0, 100)}`
  yield* draft
    .trimEnd()
    .split('\n')
    .map((line) => `  │ ${line}`)
}
