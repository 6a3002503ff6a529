import { useState } from 'react'
import { at, useRead, withQuery } from '../api.ts'
import { LineChart, type Series } from '../chart/line-chart.tsx'
import { useUnit } from '../chart/unit.ts'
import { useSay } from '../i18n.ts'
import { paths, useSearchState } from '../paths.ts'
import type { IndicatorDetail } from '../types/insight.ts'
import { Button, ButtonLink, Card, CopyButton, Pick, Segment, Time } from '../ui/basics.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { Figure } from '../ui/figure.tsx'
import { PageFrame } from '../ui/page.tsx'
import { Empty, Loaded } from '../ui/states.tsx'
import { Facts, Sql } from '../ui/text.tsx'
import { Change } from './indicators.tsx'

/** One line for each value of the dimension, the six with most observations. */
function split(detail: IndicatorDetail): Series[] {
  const groups = Map.groupBy(detail.series, (point) => point.key ?? null)
  const weight = (points: IndicatorDetail['series']) => points.reduce((sum, { n }) => sum + (n ?? 0), 0)
  return [...groups]
    .sort(([, a], [, b]) => weight(b) - weight(a))
    .slice(0, 6)
    .map(([key, points]) => ({ key, points }))
}

function Head({ detail }: { detail: IndicatorDetail }) {
  const say = useSay()
  const format = useUnit(detail.unit)
  return (
    <div className="row wrap figures">
      <Figure row={detail} />
      {detail.low !== null && detail.high !== null && (
        <span className="muted">
          {say.t('indicator.interval', { low: format(detail.low), high: format(detail.high) })}
        </span>
      )}
      {detail.n !== null && <span className="muted">n = {say.number(detail.n)}</span>}
      <Change row={detail} />
      {detail.target !== null && (
        <span className="muted">{say.t('indicator.target', { value: format(detail.target) })}</span>
      )}
    </div>
  )
}

function HowComputed({ detail, open, onClose }: { detail: IndicatorDetail; open: boolean; onClose: () => void }) {
  const say = useSay()
  return (
    <Dialog title={say.t('indicator.how')} open={open} onClose={onClose} kind="drawer">
      <div className="stack wide">
        <p>{say.text(detail.formula)}</p>
        {detail.pitfall && <p className="muted">{say.text(detail.pitfall)}</p>}
        <Facts
          rows={[
            [say.t('indicator.unit'), say.text(detail.unit)],
            [say.t('indicator.direction'), say.t(`indicator.${detail.direction}`)],
            [say.t('col.owner'), detail.owner ?? '–'],
            [say.t('indicator.fresh'), <Time key="f" at={detail.fresh_at} />],
            [say.t('indicator.dimensions'), detail.dimensions.join(', ') || '–'],
          ]}
        />
        <div className="row">
          <h3 className="grow">SQL</h3>
          <CopyButton value={detail.sql} />
          <ButtonLink to={withQuery(paths.sql, { sql: detail.sql })}>{say.t('indicator.openSql')}</ButtonLink>
        </div>
        <Sql text={detail.sql} />
      </div>
    </Dialog>
  )
}

const spans: Record<string, number> = { '7': 7, '14': 14, '30': 30, '60': 60 }

export function IndicatorPage({ params: { id = '' } }: { params: { id?: string } }) {
  const say = useSay()
  const { t } = say
  const [params, set] = useSearchState()
  const [how, setHow] = useState(false)
  const days = spans[params.get('days') ?? ''] ?? 30
  const grain = params.get('grain') ?? 'day'
  const by = params.get('by') ?? ''
  const [now] = useState(() => new Date())
  const from = params.get('days') ? new Date(now.getTime() - days * 86_400_000).toISOString() : null
  const query = useRead<IndicatorDetail>(withQuery(at('indicators', id), { grain, by, from }), { keep: true })
  return (
    <Loaded query={query}>
      {(detail) => (
        <PageFrame
          title={say.text(detail.title)}
          crumb={{ to: paths.indicators, label: t('nav.indicators') }}
          aside={<Button onPress={() => setHow(true)}>{t('indicator.how')}</Button>}
        >
          <Head detail={detail} />
          <div className="filters">
            <Segment
              label={t('indicator.grain')}
              value={grain}
              onChange={(next) => set({ grain: next === 'day' ? null : next })}
              options={['hour', 'day'].map((one) => ({ value: one, label: say.word('grain', one) }))}
            />
            <Segment
              label={t('indicator.span')}
              value={params.get('days') ?? ''}
              onChange={(next) => set({ days: next })}
              options={[
                { value: '', label: t('ui.all') },
                ...Object.keys(spans).map((one) => ({ value: one, label: t('indicator.days', { n: Number(one) }) })),
              ]}
            />
            <Pick
              label={t('indicator.by')}
              any={t('indicator.noSplit')}
              value={by}
              options={detail.dimensions.map((one) => ({ value: one, label: t('indicator.byOne', { name: one }) }))}
              onChange={(next) => set({ by: next })}
            />
            <span className="muted end">
              {t('indicator.fresh')} <Time at={detail.fresh_at} />
            </span>
          </div>
          <Card>
            {detail.series.length === 0 ? (
              <Empty kind="pending" title={t('indicator.pending')} hint={t('indicator.pending.hint')} />
            ) : (
              <LineChart
                title={say.text(detail.title)}
                unit={detail.unit}
                series={split(detail)}
                height={320}
                target={detail.target}
                annotations={detail.annotations.map((note) => ({ at: note.at, label: say.text(note.title) }))}
              />
            )}
          </Card>
          {detail.annotations.length > 0 && (
            <Card title={t('indicator.annotations')}>
              <ul className="similar">
                {detail.annotations.map((note) => (
                  <li key={note.at} className="row">
                    <span className="grow">{say.text(note.title)}</span>
                    <span className="muted">
                      <Time at={note.at} />
                    </span>
                  </li>
                ))}
              </ul>
            </Card>
          )}
          <HowComputed detail={detail} open={how} onClose={() => setHow(false)} />
        </PageFrame>
      )}
    </Loaded>
  )
}
