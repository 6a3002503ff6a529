import type { Text } from '../../kernel/values.ts'
import type { CommandIo } from './command.ts'
import { callOperation } from './local.ts'

export interface BatchOptions {
  readonly window?: string | undefined
  readonly dryRun: boolean
  readonly subjects?: string | undefined
  readonly reason?: string | undefined
  readonly json: boolean
}

interface Run {
  readonly run_id: string
  readonly strategy: string
  readonly version: number
  readonly window_from: string
  readonly window_to: string
  readonly status: string
  readonly hits: number | null
  readonly fresh: number | null
  readonly repeats: number | null
  readonly rows_in: number | null
  readonly seconds: number | null
  readonly psi: number | null
  readonly canaries: { readonly expected: number; readonly missed: readonly string[] } | null
  readonly faults: readonly { readonly kind: string; readonly detail: Text }[]
}

interface Hit {
  readonly subject_type: string
  readonly subject_id: string
  readonly score: number
  readonly evidence: Readonly<Record<string, unknown>>
  readonly standing: string | null
  readonly label: string | null
}

interface Board {
  readonly items: readonly {
    readonly strategy: string
    readonly version: number
    readonly mode: string
    readonly owner: string | null
    readonly next_run: string | null
    readonly expectation: { readonly expected: number; readonly actual: number }
    readonly runs: readonly Run[]
    readonly alerts: readonly { readonly fault: string; readonly detail: Text }[]
  }[]
}

const verbs = 'batch list | batch run ID | batch diff ID-or-RUN | batch approve RUN'

/** `batch list|run|diff|approve`. Exit code 0 = done, 2 = the run failed or waits for approval. */
export async function runBatchCommand(words: readonly string[], options: BatchOptions, io: CommandIo): Promise<number> {
  const [verb, id = ''] = words
  if (verb === 'list') return list(options, io)
  if (id === '' || !['run', 'diff', 'approve'].includes(verb ?? '')) {
    io.error(`unknown: batch ${words.join(' ')}; use ${verbs}`)
    return 1
  }
  if (verb === 'run') return options.dryRun ? dryRun(id, options, io) : run(id, options, io)
  return verb === 'diff' ? diff(id, options, io) : approve(id, options, io)
}

async function board(): Promise<Board> {
  return (await callOperation({ name: 'batch.list', path: '/v1/batch', input: {}, method: 'GET' })) as unknown as Board
}

async function list({ json }: BatchOptions, io: CommandIo): Promise<number> {
  const { items } = await board()
  if (json) io.write(JSON.stringify(items))
  else if (items.length === 0) io.write('no pack has a batch strategy; see docs/how-to/batch-strategies.md')
  else
    for (const item of items) {
      const [last] = item.runs
      io.write(
        `${item.strategy}@${item.version}  ${item.mode}  owner ${item.owner ?? 'nobody'}  ${item.expectation.actual} of ${item.expectation.expected} planned runs  next ${item.next_run ?? '–'}`,
      )
      if (last) io.write(`    ${line(last)}`)
      for (const alert of item.alerts) io.write(`    ! ${alert.fault}: ${alert.detail.en}`)
    }
  return 0
}

function line(run: Run): string {
  const figures =
    run.hits === null
      ? ''
      : `  ${run.rows_in?.toLocaleString('en')} rows in, ${run.hits} hits (${run.fresh} new, ${run.repeats} decided before), canaries ${(run.canaries?.expected ?? 0) - (run.canaries?.missed.length ?? 0)} of ${run.canaries?.expected ?? 0}${run.psi === null ? '' : `, PSI ${run.psi.toFixed(3)}`}, ${run.seconds?.toFixed(2)} s`
  return `${run.run_id}  ${run.window_from} – ${run.window_to}  ${run.status}${figures}`
}

/** `FROM/TO`, as ISO days or times. */
function windowOf(text: string | undefined): { window_from?: string; window_to?: string } {
  if (text === undefined) return {}
  const [from, to, more] = text.split('/')
  if (!from || !to || more !== undefined)
    throw new Error(`--window ${JSON.stringify(text)}: write FROM/TO, e.g. 2026-10-01/2026-10-08`)
  return { window_from: from, window_to: to }
}

function pathOf(id: string, verb: string): { path: string; input: { pack: string; strategy: string } } {
  const [pack, strategy, more] = id.split('/')
  if (!pack || !strategy || more !== undefined)
    throw new Error(`${JSON.stringify(id)} is no batch strategy: write PACK/ID, as "batch list" prints it`)
  return {
    path: `/v1/batch/${encodeURIComponent(pack)}/${encodeURIComponent(strategy)}/${verb}`,
    input: { pack, strategy },
  }
}

async function run(id: string, { window, json }: BatchOptions, io: CommandIo): Promise<number> {
  const { path, input } = pathOf(id, 'run')
  const done = (await callOperation({
    name: 'batch.run',
    path,
    input: { ...input, ...windowOf(window) },
  })) as unknown as Run
  return told(done, json, io)
}

function told(done: Run, json: boolean, io: CommandIo): number {
  if (json) io.write(JSON.stringify(done))
  else {
    io.write(line(done))
    for (const fault of done.faults) io.write(`  ! ${fault.kind}: ${fault.detail.en}`)
    if (done.status === 'held')
      io.write(`  nothing was done; a second person approves it: npm run aedile -- batch approve ${done.run_id}`)
  }
  return ['failed', 'held', 'superseded'].includes(done.status) ? 2 : 0
}

interface DryRun {
  readonly window_from: string
  readonly window_to: string
  readonly report: Pick<Run, 'hits' | 'fresh' | 'repeats' | 'rows_in' | 'seconds' | 'psi' | 'canaries' | 'faults'>
  readonly against: string | null
  readonly difference: { readonly entered: number; readonly left: number; readonly stayed: number }
  readonly labels: { readonly violation: number; readonly ok: number; readonly unlabelled: number }
  readonly precision: { readonly value: number; readonly low: number; readonly high: number; readonly n: number } | null
  readonly hits: readonly Hit[]
}

async function dryRun(id: string, { window, json }: BatchOptions, io: CommandIo): Promise<number> {
  const { path, input } = pathOf(id, 'dry-run')
  const found = (await callOperation({
    name: 'batch.dryRun',
    path,
    input: { ...input, ...windowOf(window) },
  })) as unknown as DryRun
  if (json) {
    io.write(JSON.stringify(found))
    return 0
  }
  const { report, difference, labels, precision } = found
  io.write(
    line({
      ...report,
      run_id: 'dry run',
      strategy: id,
      version: 0,
      window_from: found.window_from,
      window_to: found.window_to,
      status: 'nothing written',
    }),
  )
  for (const fault of report.faults) io.write(`  ! ${fault.kind}: ${fault.detail.en}`)
  io.write(
    `  against ${found.against ?? 'no earlier run'}: ${difference.entered} entered, ${difference.left} left, ${difference.stayed} stayed`,
  )
  io.write(
    `  labels   ${labels.violation} violation, ${labels.ok} ok, ${labels.unlabelled} unlabelled${precision ? `; precision ${precision.value.toFixed(2)} [${precision.low.toFixed(2)}–${precision.high.toFixed(2)}]` : ''}`,
  )
  for (const hit of found.hits.slice(0, 30)) io.write(`  ${hitLine(hit)}`)
  if (found.hits.length > 30) io.write(`  … ${found.hits.length - 30} more; --json prints all`)
  return 0
}

function hitLine(hit: Hit): string {
  const evidence = Object.entries(hit.evidence).map(
    ([name, value]) => `${name}=${Array.isArray(value) ? value.join('|') : value}`,
  )
  return `${hit.subject_type}:${hit.subject_id}  score ${hit.score}  ${hit.standing === 'repeat' ? 'decided before  ' : ''}${hit.label ? `[${hit.label}]  ` : ''}${evidence.join('  ')}`
}

async function diff(id: string, { json }: BatchOptions, io: CommandIo): Promise<number> {
  const runId = id.startsWith('run_') ? id : (await board()).items.find((item) => item.strategy === id)?.runs[0]?.run_id
  if (runId === undefined) throw new Error(`${id} has no run yet; "batch run ${id} --dry-run" shows what it would find`)
  const found = (await callOperation({
    name: 'batch.runs.get',
    path: `/v1/batch-runs/${encodeURIComponent(runId)}`,
    input: { run_id: runId },
    method: 'GET',
  })) as unknown as Run & {
    against: string | null
    difference: DryRun['difference']
    entered: readonly string[]
    left: readonly Hit[]
    hit_list: readonly Hit[]
  }
  if (json) {
    io.write(JSON.stringify(found))
    return 0
  }
  const entered = new Set(found.entered)
  io.write(line(found))
  io.write(
    `against ${found.against ?? 'no earlier run'}: ${found.difference.entered} entered, ${found.difference.left} left, ${found.difference.stayed} stayed`,
  )
  for (const hit of found.hit_list)
    if (entered.has(`${hit.subject_type}:${hit.subject_id}`)) io.write(`+ ${hitLine(hit)}`)
  for (const hit of found.left) io.write(`- ${hitLine(hit)}`)
  return 0
}

async function approve(id: string, { subjects, reason, json }: BatchOptions, io: CommandIo): Promise<number> {
  const done = (await callOperation({
    name: 'batch.approve',
    path: `/v1/batch-runs/${encodeURIComponent(id)}/approve`,
    input: {
      run_id: id,
      reason: reason ?? 'approved on the command line',
      ...(subjects === undefined ? {} : { subjects: Number(subjects) }),
    },
  })) as unknown as Run
  return told(done, json, io)
}
