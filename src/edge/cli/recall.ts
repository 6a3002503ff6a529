import type { RecallReport } from '../../enforcement/recall/index.ts'
import type { CommandIo } from './command.ts'
import { callOperation } from './local.ts'

export interface RecallOptions {
  /** `<pack>/<strategy>@<version>` */
  readonly strategy: string
  readonly since?: string | undefined
  readonly reason?: string | undefined
  readonly apply?: boolean | undefined
  readonly json?: boolean | undefined
}

/** `recall`: shows what a strategy version caused and, with `--apply`, takes all of it back. */
export async function runRecall(options: RecallOptions, io: CommandIo): Promise<number> {
  const [, strategy, version] = /^([^/@\s]+\/[^/@\s]+)@(\d+)$/.exec(options.strategy) ?? []
  if (strategy === undefined || version === undefined) {
    io.error(
      `${JSON.stringify(options.strategy)} names no strategy version; write <pack>/<strategy>@<version>, e.g. ads-cn/absolute-words@1`,
    )
    return 1
  }
  const input = {
    strategy,
    version: Number(version),
    apply: options.apply ?? false,
    reason: options.reason ?? (options.apply ? 'recalled from the command line' : ''),
    ...(options.since === undefined ? {} : { since: options.since }),
  }
  const report = (await callOperation({ name: 'recalls.run', path: '/v1/recalls', input })) as unknown as RecallReport
  if (options.json) io.write(JSON.stringify(report))
  else for (const line of readable(report)) io.write(line)
  return 0
}

function* readable(report: RecallReport): Generator<string> {
  const { actions, points } = report
  const name = `${report.strategy}@${report.version}${report.since === null ? '' : ` since ${report.since}`}`
  const nothing = actions.reversed + actions.narrowed + points.entries + report.cases_open === 0
  if (nothing && report.decisions === 0 && report.earlier.length === 0)
    yield `${name}: no stored decision has a finding of this version; look at its name and version`
  else if (nothing)
    yield `${name}: nothing is left to take back (${report.decisions} decisions${report.earlier.length > 0 ? `; recalled before: ${report.earlier.join(', ')}` : ''})`
  else yield `${name}: ${report.applied ? 'took back' : 'would take back'} what ${report.decisions} decisions caused`
  yield `  actions  ${actions.reversed} reversed, ${actions.narrowed} narrowed to other markets, ${actions.kept} stay (other findings justify them)`
  yield `  points   ${points.points} in ${points.entries} entries`
  yield `  cases    ${report.cases_open} open ${report.applied ? 'withdrawn' : 'would be withdrawn'}`
  for (const { kind, title, count } of report.by_kind) yield `    ${count} × ${title.en} · ${title.zh} (${kind})`
  if (report.by_market.length > 0)
    yield `  markets  ${report.by_market
      .slice(0, 20)
      .map(({ market, count }) => `${market} ${count}`)
      .join(', ')}`
  if (report.by_party.length > 0)
    yield `  parties  ${report.parties}: ${report.by_party
      .slice(0, 10)
      .map(({ party, count }) => `${party} ${count}`)
      .join(', ')}${report.parties > 10 ? ', …' : ''}`
  if (report.recall_id !== null)
    yield `recorded as ${report.recall_id}${report.since === null ? '; this version never acts again' : ''}`
  else if (!report.applied && !nothing) yield 'nothing was changed; add --apply to do it'
}
