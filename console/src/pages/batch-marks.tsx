import { useSay } from '../i18n.ts'
import type { BatchRow, BatchRun } from '../types/batch.ts'
import { Mark, type Shape, type Tone } from '../ui/marks.tsx'

const shapes: Record<string, [Shape, Tone]> = {
  planned: ['ring', 'muted'],
  running: ['half', 'accent'],
  finished: ['half', 'accent'],
  approved: ['half', 'accent'],
  held: ['diamond', 'accent'],
  failed: ['cross', 'hurt'],
  refused: ['dash', 'muted'],
  superseded: ['dash', 'muted'],
  applied: ['check', 'muted'],
  late: ['clock', 'plain'],
}

/** A run that was done, but not in time, is told apart. */
const stateOf = (run: BatchRun): string => (run.status === 'applied' && run.late ? 'late' : run.status)

export function RunMark({ run }: { run: BatchRun }) {
  const { word } = useSay()
  const state = stateOf(run)
  const [shape, tone] = shapes[state] ?? ['ring', 'muted']
  return (
    <Mark shape={shape} tone={tone}>
      {word('batchStatus', state)}
    </Mark>
  )
}

/** The last runs, oldest first; the height of a bar is its hits, its shape says how it ended. */
export function Strip({ runs }: { runs: readonly BatchRun[] }) {
  const say = useSay()
  if (runs.length === 0) return <span className="muted">{say.t('batch.runs.none')}</span>
  const shown = runs.toReversed()
  const most = Math.max(1, ...shown.map((run) => run.hits ?? 0))
  const words = shown.map((run) => say.word('batchStatus', stateOf(run))).join(', ')
  return (
    <span className="run-strip" role="img" aria-label={say.t('batch.runs.strip', { n: shown.length, words })}>
      {shown.map((run) => (
        <span
          key={run.run_id}
          className={`run ${stateOf(run)}`}
          title={`${say.time(run.window_to)} · ${say.word('batchStatus', stateOf(run))}${run.hits === null ? '' : ` · ${say.t('batch.hits')} ${say.number(run.hits)}`}`}
        >
          <span style={{ blockSize: `${Math.round(4 + (14 * (run.hits ?? 0)) / most)}px` }} />
        </span>
      ))}
    </span>
  )
}

export function Canaries({ run }: { run: BatchRun | undefined }) {
  const say = useSay()
  if (!run?.canaries || run.canaries.expected === 0) return <span className="muted">–</span>
  const { expected, missed } = run.canaries
  const text = `${say.number(expected - missed.length)}/${say.number(expected)}`
  return missed.length > 0 ? (
    <Mark shape="cross" tone="hurt">
      <span title={missed.join(', ')}>{text}</span>
    </Mark>
  ) : (
    <span>{text}</span>
  )
}

export function Psi({ value }: { value: number | null | undefined }) {
  const say = useSay()
  const text = say.number(value, { maximumFractionDigits: 2 })
  return value != null && value > 0.25 ? (
    <Mark shape="triangle" tone="plain">
      {text}
    </Mark>
  ) : (
    <span className={value == null ? 'muted' : undefined}>{text}</span>
  )
}

/** What is wrong with it, or that nothing is. */
export function State({ row }: { row: BatchRow }) {
  const say = useSay()
  const [first, ...others] = row.alerts
  if (!first && row.runs.some((run) => run.status === 'held'))
    return (
      <Mark shape="diamond" tone="accent">
        {say.word('batchStatus', 'held')}
      </Mark>
    )
  if (!first)
    return (
      <Mark shape="check" tone="muted">
        {say.t('batch.state.ok')}
      </Mark>
    )
  return (
    <Mark shape={first.level === 'warn' ? 'triangle' : 'diamond'} tone={first.level === 'warn' ? 'hurt' : 'accent'}>
      <span title={say.text(first.detail)}>
        {say.text(first.title)}
        {others.length > 0 && ` +${others.length}`}
      </span>
    </Mark>
  )
}

/** For tables: the zone is told on hover. */
export function ShortPlan({ row }: { row: BatchRow }) {
  const { t } = useSay()
  return (
    <span className="nowrap" title={row.timezone}>
      {row.cron}
      {row.after_s > 0 && t('batch.schedule.after', { h: row.after_s / 3600 })}
    </span>
  )
}

export function Plan({ row }: { row: BatchRow }) {
  const { t } = useSay()
  return (
    <span className="nowrap">
      {t('batch.schedule.line', { cron: row.cron, zone: row.timezone })}
      {row.after_s > 0 && t('batch.schedule.after', { h: row.after_s / 3600 })}
    </span>
  )
}
