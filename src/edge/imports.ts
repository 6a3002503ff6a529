import { basename } from 'node:path'
import { newId } from '../kernel/ids.ts'
import { problemOf } from '../kernel/problems.ts'
import { formatTime, nowMicros } from '../kernel/time.ts'
import type { Text } from '../kernel/values.ts'
import type { App } from './app.ts'
import { importFile } from './import-files.ts'
import { loadRecipe } from './import-recipes.ts'
import { importSink } from './import-sink.ts'

/** One import, running or over. */
export interface ImportRun {
  readonly import_id: string
  readonly recipe: string
  readonly file: string
  status: 'running' | 'done' | 'failed'
  rows_read: number
  /** What the cleaning steps left over; fewer than read when they merge or drop rows, or lines could not be read. */
  rows_after_steps: number
  accepted: number
  duplicates: number
  conflicts: number
  list_entries: Record<string, number>
  labels: number
  quarantined: { reason: Text; count: number }[]
  decisions: { verdict: string; count: number }[]
  strategies: { strategy: string; count: number }[]
  seconds: number
  events_per_second: number
  progress: number
  error: Text | null
  readonly started_at: string
  readonly by: string
}

export interface ImportInput {
  readonly recipe: string
  readonly path: string
  readonly name?: string
  readonly by: string
  readonly recipesFolder: string
  readonly options?: { encoding?: string | undefined; delimiter?: string | undefined; format?: string | undefined }
  readonly onProgress?: (run: ImportRun) => void
}

/** Runs one import through the decision pipeline. The run object is kept up to date while it goes. */
export async function runImport(app: App, input: ImportInput): Promise<ImportRun> {
  const run = newRun(input)
  const started = performance.now()
  const verdicts = new Map<string, number>()
  const strategies = new Map<string, number>()
  const historyEnds = app.pipeline.historyBegins()
  try {
    const recipe = await loadRecipe(input.recipesFolder, input.recipe)
    const summary = await importFile(recipe, input.path, {
      ...Object.fromEntries(Object.entries(input.options ?? {}).filter(([, value]) => value !== undefined)),
      sink: (batch) => importSink(app, batch, { origin: `import:${recipe.id}`, verdicts, strategies, by: input.by }),
      onProgress: (progress: { phase: string; done: number; total: number; events: number }) => {
        run.progress =
          progress.total > 0 ? (progress.phase === 'checking' ? 0.2 : 0.2 + (0.8 * progress.done) / progress.total) : 0
        run.rows_read = progress.phase === 'checking' ? run.rows_read : progress.done
        run.accepted = progress.events
        input.onProgress?.(run)
      },
    } as Parameters<typeof importFile>[2])
    run.rows_read = summary.rowsRead
    run.rows_after_steps = summary.rowsAfterSteps
    run.accepted = summary.accepted
    run.duplicates = summary.duplicates
    run.conflicts = summary.conflicts
    run.labels = summary.labels
    run.list_entries = { ...summary.listEntries }
    run.quarantined = Object.entries(summary.quarantined).map(([reason, count]) => ({
      reason: summary.samples.find((sample) => sample.reason === reason)?.text ?? { zh: reason, en: reason },
      count: Number(count),
    }))
    run.status = 'done'
  } catch (error) {
    const found = problemOf(error)
    run.status = 'failed'
    run.error = found?.detail ?? {
      zh: String(error instanceof Error ? error.message : error),
      en: String(error instanceof Error ? error.message : error),
    }
    if (found?.fix) run.error = { zh: `${run.error.zh}（${found.fix.zh}）`, en: `${run.error.en} (${found.fix.en})` }
  } finally {
    historyEnds()
  }
  run.seconds = (performance.now() - started) / 1000
  run.events_per_second = run.seconds > 0 ? Math.round((run.accepted + run.duplicates) / run.seconds) : 0
  run.progress = 1
  run.decisions = sorted(verdicts).map(([verdict, count]) => ({ verdict, count }))
  run.strategies = sorted(strategies).map(([strategy, count]) => ({ strategy, count }))
  input.onProgress?.(run)
  return run
}

function newRun(input: ImportInput): ImportRun {
  return {
    import_id: newId('imp'),
    recipe: input.recipe,
    file: input.name ?? basename(input.path),
    status: 'running',
    rows_read: 0,
    rows_after_steps: 0,
    accepted: 0,
    duplicates: 0,
    conflicts: 0,
    list_entries: {},
    labels: 0,
    quarantined: [],
    decisions: [],
    strategies: [],
    seconds: 0,
    events_per_second: 0,
    progress: 0,
    error: null,
    started_at: formatTime(nowMicros()),
    by: input.by,
  }
}

function sorted(counts: ReadonlyMap<string, number>): [string, number][] {
  return [...counts].sort((a, b) => b[1] - a[1])
}
