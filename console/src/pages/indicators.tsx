import { Link } from 'wouter'
import { useRead } from '../api.ts'
import { useUnit } from '../chart/unit.ts'
import { useSay } from '../i18n.ts'
import { paths } from '../paths.ts'
import type { IndicatorRow, Page } from '../types.ts'
import { Time } from '../ui/basics.tsx'
import { Mark, Spark } from '../ui/marks.tsx'
import { PageFrame } from '../ui/page.tsx'
import { Empty, Loaded } from '../ui/states.tsx'

/** The change against the period before: an arrow, the amount, and whether that is good. */
export function Change({ row }: { row: IndicatorRow }) {
  const say = useSay()
  const format = useUnit(row.unit)
  if (row.value === null || row.previous === null) return null
  const change = row.value - row.previous
  if (Math.abs(change) < Math.abs(row.previous) * 0.005) return <span className="muted">{say.t('indicator.same')}</span>
  const better = change > 0 === (row.direction === 'up_is_good')
  return (
    <span className="nowrap" title={say.t('indicator.was', { value: format(row.previous) })}>
      {change > 0 ? '▲' : '▼'} {format(Math.abs(change))}{' '}
      <span className="muted">{say.t(better ? 'indicator.better' : 'indicator.worse')}</span>
    </span>
  )
}

function Cell({ row }: { row: IndicatorRow }) {
  const say = useSay()
  const format = useUnit(row.unit)
  const few = row.n !== null && row.n < 30
  return (
    <li className="card indicator">
      <div className="row">
        <Link href={paths.indicator(row.indicator)} className="grow clip name">
          {say.text(row.title)}
        </Link>
        <span className="muted small">
          <Time at={row.at} />
        </span>
      </div>
      {row.value === null ? (
        <Empty kind="pending" title={say.t('indicator.pending')} hint={say.t('indicator.pending.hint')} small />
      ) : (
        <div className="row">
          <div className="grow">
            <strong className={few ? 'figure muted' : 'figure'}>{format(row.value)}</strong>
            <p className="muted small nowrap">
              {row.low !== null && row.high !== null ? `${format(row.low)}–${format(row.high)}` : ''}{' '}
              {row.n !== null && `n=${say.number(row.n)}`}
            </p>
          </div>
          <Spark values={row.spark} width={110} height={34} />
        </div>
      )}
      <div className="row small">
        <Change row={row} />
        <span className="muted end clip">{row.owner}</span>
        {few && (
          <Mark shape="ring" tone="muted">
            {say.t('indicator.few')}
          </Mark>
        )}
      </div>
    </li>
  )
}

export function IndicatorsPage() {
  const { t } = useSay()
  const query = useRead<Page<IndicatorRow>>('/v1/indicators', { every: 60_000 })
  return (
    <PageFrame title={t('nav.indicators')} sub={t('indicators.about')}>
      <Loaded query={query}>
        {(page) =>
          page.items.length === 0 ? (
            <Empty kind="first" title={t('indicators.first')} hint={t('indicators.first.hint')} />
          ) : (
            <ul className="indicators">
              {page.items.map((row) => (
                <Cell key={row.indicator} row={row} />
              ))}
            </ul>
          )
        }
      </Loaded>
    </PageFrame>
  )
}
