import type { ReactNode } from 'react'
import { useSay } from '../i18n.ts'
import type { CaseRow } from '../types/cases.ts'
import type { Estimate, Severity } from '../types.ts'

/** Small shapes that tell states apart without colour. */
export type Shape = 'ring' | 'dot' | 'half' | 'diamond' | 'square' | 'triangle' | 'dash' | 'check' | 'cross' | 'clock'

const drawings: Record<Shape, ReactNode> = {
  ring: <circle cx="5" cy="5" r="3.6" fill="none" strokeWidth="1.4" />,
  dot: <circle cx="5" cy="5" r="4" fill="currentColor" stroke="none" />,
  half: (
    <>
      <circle cx="5" cy="5" r="3.6" fill="none" strokeWidth="1.4" />
      <path d="M5 1.4a3.6 3.6 0 0 1 0 7.2z" fill="currentColor" stroke="none" />
    </>
  ),
  diamond: <path d="M5 .8 9.2 5 5 9.2.8 5z" fill="none" strokeWidth="1.4" />,
  square: <rect x="1.2" y="1.2" width="7.6" height="7.6" rx="1" fill="currentColor" stroke="none" />,
  triangle: <path d="M5 1 9.5 9h-9z" fill="currentColor" stroke="none" />,
  dash: <path d="M1.5 5h7" strokeWidth="1.6" />,
  check: <path d="m1.5 5.4 2.4 2.4 4.6-5.4" fill="none" strokeWidth="1.6" />,
  cross: <path d="m2 2 6 6m0-6L2 8" strokeWidth="1.6" />,
  clock: <path d="M5 1.2a3.8 3.8 0 1 0 0 7.6 3.8 3.8 0 0 0 0-7.6ZM5 2.8V5l1.6 1" fill="none" strokeWidth="1.3" />,
}

export type Tone = 'plain' | 'muted' | 'accent' | 'hurt'

export function Mark({ shape, tone = 'plain', children }: { shape: Shape; tone?: Tone; children: ReactNode }) {
  return (
    <span className={`mark ${tone}`}>
      <svg width="10" height="10" viewBox="0 0 10 10" stroke="currentColor" aria-hidden="true">
        {drawings[shape]}
      </svg>
      {children}
    </span>
  )
}

const verdictShapes: Record<string, [Shape, Tone]> = {
  pass: ['ring', 'muted'],
  label: ['diamond', 'plain'],
  evidence: ['dash', 'plain'],
  review: ['half', 'accent'],
  'geo-block': ['square', 'plain'],
  geo_block: ['square', 'plain'],
  block: ['dot', 'plain'],
}

/** The verdict of a decision, in words. */
export function Verdict({ value }: { value: string }) {
  const { word } = useSay()
  const [shape, tone] = verdictShapes[value] ?? ['ring', 'muted']
  return (
    <Mark shape={shape} tone={tone}>
      {word('verdict', value)}
    </Mark>
  )
}

/** S1 (illegal or unsafe) is the only severity in red: someone may be hurt. */
export function SeverityMark({ value, long }: { value: Severity | string; long?: boolean }) {
  const { word } = useSay()
  const shape: Shape = value === 'S1' ? 'triangle' : value === 'S2' ? 'square' : value === 'S3' ? 'diamond' : 'ring'
  return (
    <Mark shape={shape} tone={value === 'S1' ? 'hurt' : value === 'S4' ? 'muted' : 'plain'}>
      <span title={word('severity', value)}>{long ? `${value} · ${word('severity', value)}` : value}</span>
    </Mark>
  )
}

/** Live or shadow. */
export function Mode({ value }: { value: string }) {
  const { word } = useSay()
  return (
    <Mark shape={value === 'live' ? 'dot' : 'ring'} tone={value === 'live' ? 'accent' : 'muted'}>
      {word('mode', value)}
    </Mark>
  )
}

const statusShapes: Record<string, [Shape, Tone]> = {
  open: ['ring', 'plain'],
  leased: ['half', 'accent'],
  decided: ['check', 'muted'],
  upheld: ['check', 'muted'],
  reduced: ['half', 'plain'],
  overturned: ['diamond', 'accent'],
  running: ['half', 'accent'],
  done: ['check', 'muted'],
  failed: ['cross', 'hurt'],
  live: ['dot', 'accent'],
  invalid: ['triangle', 'hurt'],
  ok: ['check', 'muted'],
  accepted: ['check', 'muted'],
  duplicate: ['dash', 'muted'],
  conflict: ['cross', 'hurt'],
  refused: ['cross', 'hurt'],
  denied: ['cross', 'hurt'],
  not_allowed: ['cross', 'hurt'],
}

export function Status({ value }: { value: string }) {
  const { word } = useSay()
  const [shape, tone] = statusShapes[value] ?? ['ring', 'plain']
  return (
    <Mark shape={shape} tone={tone}>
      {word('status', value)}
    </Mark>
  )
}

/** When something is due; late is red, with a clock. */
export function Due({ at, overdue }: { at: string | null; overdue: boolean }) {
  const say = useSay()
  if (!at) return <span className="muted">–</span>
  const title = say.time(at, { dateStyle: 'full', timeStyle: 'long' })
  return (
    <time dateTime={at} title={title}>
      {overdue ? (
        <Mark shape="clock" tone="hurt">
          {say.t('due.late', { ago: say.ago(at) })}
        </Mark>
      ) : (
        <span className="nowrap">{say.ago(at)}</span>
      )}
    </time>
  )
}

/** A case that will miss its due time at the present pace, with the reason. */
export function WillBeLate({ of }: { of: NonNullable<CaseRow['will_be_late']> }) {
  const { t } = useSay()
  const why = t(of.per_hour === 0 ? 'due.willBeLate.nobody' : 'due.willBeLate.why', {
    due: of.due_until_then,
    done: of.done_until_then,
    pace: of.per_hour,
  })
  return (
    <span title={why} data-late>
      <Mark shape="clock" tone="accent">
        {t('due.willBeLate')}
      </Mark>
      <span className="sr"> {why}</span>
    </span>
  )
}

/** A share with its interval; fades when it rests on fewer than 30 observations. */
export function Share({ of }: { of: Estimate | null }) {
  const say = useSay()
  if (!of) return <span className="muted">{say.t('ui.notYet')}</span>
  const range = say.t('ui.interval', { low: say.percent(of.low, 0), high: say.percent(of.high, 0), n: of.n })
  return (
    <span className={of.n < 30 ? 'nowrap muted' : 'nowrap'} title={range}>
      {say.percent(of.value, 0)} <span className="muted">{`${say.percent(of.low, 0)}–${say.percent(of.high, 0)}`}</span>
    </span>
  )
}

export function Markets({ ids, most = 4 }: { ids: readonly string[] | null | undefined; most?: number }) {
  const { t } = useSay()
  if (!ids || ids.length === 0 || ids[0] === '*') return <span className="muted">{t('ui.allMarkets')}</span>
  return (
    <span className="nowrap" title={ids.join(', ')}>
      {ids.slice(0, most).join(' ')}
      {ids.length > most && <span className="muted"> +{ids.length - most}</span>}
    </span>
  )
}

/** A small line of the last values; the numbers beside it carry the meaning, so it is hidden from screen readers. */
export function Spark({
  values: given,
  width = 84,
  height = 22,
}: {
  values: readonly (number | null)[]
  width?: number
  height?: number
}) {
  const values = given.filter((value) => value !== null)
  if (values.length < 2) return <span className="muted">–</span>
  const low = Math.min(...values)
  const range = Math.max(...values) - low || 1
  const x = (index: number) => ((index / (values.length - 1)) * width).toFixed(1)
  const y = (value: number) => (height - 2 - ((value - low) / range) * (height - 4)).toFixed(1)
  const line = values.map((value, index) => `${index === 0 ? 'M' : 'L'}${x(index)} ${y(value)}`).join('')
  return (
    <svg className="spark" width={width} height={height} viewBox={`0 0 ${width} ${height}`} aria-hidden="true">
      <path className="ground" d={`${line}L${width} ${height}L0 ${height}Z`} />
      <path d={line} />
    </svg>
  )
}
