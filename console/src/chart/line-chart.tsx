import { type KeyboardEvent, type PointerEvent, useId, useRef, useState } from 'react'
import { useSay } from '../i18n.ts'
import type { SeriesPoint } from '../types/insight.ts'
import type { Text } from '../types.ts'
import { Button } from '../ui/basics.tsx'
import { Table } from '../ui/table.tsx'
import { apart, domain, runsOf, scale, stepOf, ticks } from './scale.ts'
import { useUnit } from './unit.ts'
import { useWidth } from './use-width.ts'

export interface Series {
  key: string | null
  points: readonly SeriesPoint[]
}

interface ChartProps {
  title: string
  unit: Text | ''
  series: readonly Series[]
  height?: number
  bars?: boolean
  target?: number | null
  annotations?: readonly { at: string; label: string }[]
}

const margin = { top: 12, right: 12, bottom: 22, left: 46 }

/** Geometry shared by the layers of one chart. */
function useGeometry({ series, height = 240, bars = false, target }: ChartProps, width: number) {
  const all = series.flatMap(({ points }) => points)
  const times = [...new Set(all.map(({ at }) => Date.parse(at)))].sort((a, b) => a - b)
  const numbers = all.flatMap(({ value, low, high }) => [value, low, high]).filter((value) => value !== null)
  const range = domain(target == null ? numbers : [...numbers, target], bars)
  const first = times[0] ?? 0
  const last = times.at(-1) ?? 1
  const step = stepOf(times)
  const slots = Number.isFinite(step) ? (last - first) / step + 1 : 1
  const slot = (width - margin.left - margin.right) / slots
  const inset = bars ? slot / 2 : 0
  return {
    times,
    step,
    slot,
    range,
    height,
    width,
    x: scale([first, last], [margin.left + inset, width - margin.right - inset]),
    y: scale(range, [height - margin.bottom, margin.top]),
  }
}
type Geometry = ReturnType<typeof useGeometry>

function Axes({ geometry, unit }: { geometry: Geometry; unit: Text | '' }) {
  const say = useSay()
  const format = useUnit(unit)
  const { times, range, x, y, width, height } = geometry
  const daily = times.length < 2 || (times.at(-1) ?? 0) - (times[0] ?? 0) >= 3 * 86_400_000
  return (
    <g className="axes">
      {ticks(range[0], range[1], { whole: unit === '' }).map((tick) => (
        <g key={tick}>
          <line x1={margin.left} x2={width - margin.right} y1={y(tick)} y2={y(tick)} />
          <text x={margin.left - 6} y={y(tick)} dy="0.32em" textAnchor="end">
            {format(tick)}
          </text>
        </g>
      ))}
      {apart(times, x, 80).map((time) => (
        <text key={time} x={x(time)} y={height - 6} textAnchor="middle">
          {say.time(
            new Date(time).toISOString(),
            daily ? { month: 'short', day: 'numeric' } : { day: 'numeric', hour: '2-digit', minute: '2-digit' },
          )}
        </text>
      ))}
    </g>
  )
}

const known = (point: SeriesPoint): point is SeriesPoint & { value: number } => point.value !== null

function Line({ series, geometry, index }: { series: Series; geometry: Geometry; index: number }) {
  const { x, y, step } = geometry
  const place = ({ at }: SeriesPoint, value: number) => `${x(Date.parse(at)).toFixed(1)} ${y(value).toFixed(1)}`
  const line = (run: readonly (SeriesPoint & { value: number })[]) =>
    `M${run.map((point) => place(point, point.value)).join('L')}`
  const band = (run: readonly SeriesPoint[]) => {
    const both = run.filter(({ low, high }) => low !== null && high !== null)
    if (both.length < 2) return ''
    const upper = both.map((point) => place(point, point.high ?? 0))
    const lower = both.toReversed().map((point) => place(point, point.low ?? 0))
    return `M${[...upper, ...lower].join('L')}Z`
  }
  const runs = runsOf(series.points.filter(known), step)
  const alone = runs.filter((run) => run.length === 1).flat()
  return (
    <g className={`line tone${index % 6}`}>
      <path className="band" d={runs.map(band).join('')} />
      <path className="stroke" d={runs.map(line).join('')} />
      {alone.map((point) => (
        <circle key={point.at} className="dot" cx={x(Date.parse(point.at))} cy={y(point.value)} r="2.5" />
      ))}
    </g>
  )
}

function Bars({ series, geometry }: { series: Series; geometry: Geometry }) {
  const { x, y, slot, height } = geometry
  const thick = Math.min(48, Math.max(2, slot * 0.68))
  return (
    <g className="bars">
      {series.points.filter(known).map((point) => (
        <rect
          key={point.at}
          x={x(Date.parse(point.at)) - thick / 2}
          y={y(point.value)}
          width={thick}
          height={Math.max(0, height - margin.bottom - y(point.value))}
          rx="1.5"
        />
      ))}
    </g>
  )
}

/** What the chart says at one moment, for the pointer, the keyboard and the live text alike. */
function useReading({ series, unit }: ChartProps, geometry: Geometry) {
  const say = useSay()
  const format = useUnit(unit)
  const [index, setIndex] = useState<number | null>(null)
  const time = index === null ? undefined : geometry.times[index]
  const at = time === undefined ? null : new Date(time).toISOString()
  const lines = series.flatMap(({ key, points }) => {
    const point = points.find((one) => Date.parse(one.at) === time)
    if (!point) return []
    const range = point.low !== null && point.high !== null ? ` (${format(point.low)}–${format(point.high)})` : ''
    const count = point.n === null ? '' : ` n=${say.number(point.n)}`
    return [{ key, point, text: `${key === null ? '' : `${key}: `}${format(point.value)}${range}${count}` }]
  })
  return { index, setIndex, at, lines }
}

function Cursor({ reading, geometry }: { reading: ReturnType<typeof useReading>; geometry: Geometry }) {
  if (reading.at === null) return null
  const x = geometry.x(Date.parse(reading.at))
  return (
    <g className="cursor">
      <line x1={x} x2={x} y1={margin.top} y2={geometry.height - margin.bottom} />
      {reading.lines.map(({ key, point }) =>
        point.value === null ? null : <circle key={key} cx={x} cy={geometry.y(point.value)} r="3.5" />,
      )}
    </g>
  )
}

/** Times with a value, a band of uncertainty, a target and annotations; readable by pointer, by arrow keys and as a table. */
export function LineChart(props: ChartProps) {
  const { title, unit, series, bars = false, target, annotations = [] } = props
  const say = useSay()
  const id = useId()
  const frame = useRef<HTMLDivElement>(null)
  const width = useWidth(frame)
  const geometry = useGeometry(props, width)
  const reading = useReading(props, geometry)
  const [asTable, setAsTable] = useState(false)
  const count = geometry.times.length
  if (count === 0) return <p className="muted">{say.t('chart.none')}</p>
  const onKey = (event: KeyboardEvent) => {
    const step = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0
    if (step === 0) return
    event.preventDefault()
    reading.setIndex((now) => Math.max(0, Math.min(count - 1, (now ?? (step > 0 ? -1 : count)) + step)))
  }
  const onMove = (event: PointerEvent<SVGSVGElement>) => {
    const at = event.clientX - event.currentTarget.getBoundingClientRect().left
    const distances = geometry.times.map((time) => Math.abs(geometry.x(time) - at))
    reading.setIndex(distances.indexOf(Math.min(...distances)))
  }
  return (
    <figure className="chart" ref={frame}>
      {asTable ? (
        <AsTable {...props} />
      ) : (
        <svg
          width={width}
          height={geometry.height}
          viewBox={`0 0 ${width} ${geometry.height}`}
          role="img"
          aria-label={title}
          aria-describedby={id}
          // biome-ignore lint/a11y/noNoninteractiveTabindex: arrow keys read the points one by one
          tabIndex={0}
          onKeyDown={onKey}
          onPointerMove={onMove}
          onPointerLeave={() => reading.setIndex(null)}
          onBlur={() => reading.setIndex(null)}
        >
          <Axes geometry={geometry} unit={unit} />
          {annotations.map((note) => (
            <g key={note.at + note.label} className="note">
              <line
                x1={geometry.x(Date.parse(note.at))}
                x2={geometry.x(Date.parse(note.at))}
                y1={margin.top}
                y2={geometry.height - margin.bottom}
              />
              <title>{note.label}</title>
            </g>
          ))}
          {series.map((one, index) =>
            bars ? (
              <Bars key={one.key} series={one} geometry={geometry} />
            ) : (
              <Line key={one.key} series={one} geometry={geometry} index={index} />
            ),
          )}
          {target != null && (
            <line
              className="target"
              x1={margin.left}
              x2={width - margin.right}
              y1={geometry.y(target)}
              y2={geometry.y(target)}
            />
          )}
          <Cursor reading={reading} geometry={geometry} />
        </svg>
      )}
      <figcaption className="row wrap">
        {series.length > 1 &&
          series.map((one, index) => (
            <span key={one.key} className={`legend tone${index % 6}`}>
              <svg width="18" height="8" aria-hidden="true">
                <path className="stroke" d="M0 4H18" />
              </svg>
              {one.key}
            </span>
          ))}
        <output id={id} className={series.length > 1 ? 'muted reading' : 'muted grow'}>
          {reading.at ? (
            <>
              {say.time(reading.at, { dateStyle: 'medium', ...(bars ? {} : { timeStyle: 'short' }) })} ·{' '}
              {reading.lines.map(({ text }) => text).join(' · ')}
            </>
          ) : (
            <Summary {...props} />
          )}
        </output>
        <Button kind="quiet" onPress={() => setAsTable(!asTable)}>
          {say.t(asTable ? 'chart.asChart' : 'chart.asTable')}
        </Button>
      </figcaption>
    </figure>
  )
}

/** The chart in one sentence, for people who cannot see it and for people in a hurry. */
function Summary({ series, unit }: ChartProps) {
  const say = useSay()
  const format = useUnit(unit)
  const points = series.flatMap(({ points: all }) => all).filter(known)
  const last = points.at(-1)
  if (!last) return null
  const values = points.map(({ value }) => value)
  return (
    <>
      {say.t('chart.summary', {
        n: points.length,
        low: format(Math.min(...values)),
        high: format(Math.max(...values)),
        last: format(last.value),
      })}
    </>
  )
}

function AsTable({ title, unit, series }: ChartProps) {
  const say = useSay()
  const format = useUnit(unit)
  const rows = series.flatMap(({ key, points }) => points.map((point) => ({ ...point, key: point.key ?? key })))
  const keyed = series.some(({ key }) => key !== null)
  return (
    <div className="chart-table">
      <Table
        caption={title}
        rows={rows}
        rowKey={(row) => `${row.key} ${row.at}`}
        columns={[
          { id: 'at', title: say.t('col.at'), head: true, sort: (row) => row.at, cell: (row) => say.time(row.at) },
          ...(keyed
            ? [
                {
                  id: 'key',
                  title: say.t('col.dimension'),
                  sort: (row: SeriesPoint) => row.key ?? null,
                  cell: (row: SeriesPoint) => row.key,
                },
              ]
            : []),
          {
            id: 'value',
            title: say.t('col.value'),
            number: true,
            sort: (row) => row.value,
            cell: (row) => format(row.value),
          },
          { id: 'low', title: say.t('col.low'), number: true, cell: (row) => format(row.low) },
          { id: 'high', title: say.t('col.high'), number: true, cell: (row) => format(row.high) },
          { id: 'n', title: 'n', number: true, sort: (row) => row.n, cell: (row) => say.number(row.n) },
        ]}
      />
    </div>
  )
}
