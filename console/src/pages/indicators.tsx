import { Link } from 'wouter'
import { useRead } from '../api.ts'
import { useUnit } from '../chart/unit.ts'
import { useSay } from '../i18n.ts'
import { paths } from '../paths.ts'
import type { IndicatorRow } from '../types/insight.ts'
import type { Page } from '../types.ts'
import { Time } from '../ui/basics.tsx'
import { Figure } from '../ui/figure.tsx'
import { Spark } from '../ui/marks.tsx'
import { PageFrame } from '../ui/page.tsx'
import { Empty, Loaded } from '../ui/states.tsx'

/** The change against the period before: an arrow, the amount, and whether that is good. */
export function Change({ row }: { row: IndicatorRow }) {
  const say = useSay()
  const format = useUnit(row.unit)
  if (row.value === null || row.previous === null) return null
  const change = row.value - row.previous
  const small = Math.max(Math.abs(row.previous) * 0.005, 0.005)
  if (Math.abs(change) < small) return <span className="muted">{say.t('indicator.same')}</span>
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
  const interval = row.low !== null && row.high !== null ? `${format(row.low)}–${format(row.high)}` : ''
  return (
    <li className="card indicator">
      <Link href={paths.indicator(row.indicator)} className="name">
        {say.text(row.title)}
      </Link>
      {row.value === null ? (
        <Empty kind="pending" title={say.t('indicator.pending')} hint={say.t('indicator.pending.hint')} small />
      ) : (
        <>
          <div className="row">
            <span className="grow clip">
              <Figure row={row} />
            </span>
            <Spark values={row.spark} width={104} height={30} />
          </div>
          <div className="row small muted">
            {interval && <span>{interval}</span>}
            {row.n !== null && <span>n = {say.number(row.n)}</span>}
            {row.n !== null && row.n < 30 && <span className="end">{say.t('indicator.few')}</span>}
          </div>
        </>
      )}
      <div className="row small">
        <Change row={row} />
        <span className="muted end clip">{row.owner}</span>
        {row.at && (
          <span className="muted">
            <Time at={row.at} />
          </span>
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
