import { Link } from 'wouter'
import { problemOf, usePages, useRead, withQuery } from '../../api.ts'
import { useSay } from '../../i18n.ts'
import { paths, useSearchState } from '../../paths.ts'
import type { ComparedEvent, Comparison, Side } from '../../types/rollout.ts'
import type { StrategyDetail } from '../../types/strategies.ts'
import { Card, Id, Segment, Time } from '../../ui/basics.tsx'
import { Mark, Share } from '../../ui/marks.tsx'
import { Paged } from '../../ui/more.tsx'
import { Empty, Failed, Skeleton } from '../../ui/states.tsx'
import { Table } from '../../ui/table.tsx'
import { versionsPath } from './lifecycle.tsx'

/** What champion and challenger make of the same events: counts, precision, and the events themselves. */
export function ComparePanel({ strategy }: { strategy: StrategyDetail }) {
  const { t } = useSay()
  const base = versionsPath(strategy).replace(/versions$/, 'compare')
  const query = useRead<Comparison>(base, { every: 30_000 })
  if (query.data) return <Compared found={query.data} base={base} />
  if (!query.isError) return <Skeleton />
  if (problemOf(query.error).code === 'conflict')
    return (
      <Card>
        <Empty kind="first" title={t('rollout.compare.first')} hint={t('rollout.compare.first.hint')} />
      </Card>
    )
  return <Failed error={query.error} onRetry={() => void query.refetch()} />
}

const sides: readonly Side[] = ['champion', 'challenger', 'both']

function Compared({ found, base }: { found: Comparison; base: string }) {
  const say = useSay()
  const { t } = say
  const { champion, challenger, events } = found
  const nameOf = (side: Side) =>
    t(`rollout.compare.${side}`, side === 'both' ? {} : { n: side === 'champion' ? champion : challenger })
  return (
    <div className="stack wide">
      <Card
        title={t('rollout.compare')}
        aside={<span className="muted">{t('rollout.compare.about', { champion, challenger, events })}</span>}
        flush
      >
        <Table
          caption={t('rollout.compare')}
          rows={sides.map((side) => ({ side, ...found.sides[side] }))}
          rowKey={(row) => row.side}
          columns={[
            { id: 'side', title: t('rollout.versions'), head: true, cell: (row) => nameOf(row.side) },
            { id: 'hits', title: t('col.hits'), number: true, cell: (row) => say.number(row.hits) },
            {
              id: 'violation',
              title: t('rollout.compare.label.violation'),
              number: true,
              cell: (row) => say.number(row.violation),
            },
            { id: 'ok', title: t('rollout.compare.label.ok'), number: true, cell: (row) => say.number(row.ok) },
            {
              id: 'none',
              title: t('rollout.compare.unlabelled'),
              number: true,
              cell: (row) => say.number(row.unlabelled),
            },
            {
              id: 'precision',
              title: t('col.precision'),
              number: true,
              cell: (row) => (row.side === 'both' ? '' : <Share of={found.precision[row.side]} />),
            },
          ]}
        />
      </Card>
      <Events base={base} nameOf={nameOf} />
    </div>
  )
}

function Events({ base, nameOf }: { base: string; nameOf: (side: Side) => string }) {
  const say = useSay()
  const { t } = say
  const [params, set] = useSearchState()
  const side = (params.get('side') ?? 'champion') as Side
  const list = usePages<ComparedEvent>(withQuery(`${base}/events`, { side }))
  return (
    <div className="stack">
      <Segment
        label={t('rollout.compare')}
        value={side}
        onChange={(next) => set({ side: next })}
        options={sides.map((value) => ({ value, label: nameOf(value) }))}
      />
      <Paged
        {...list}
        empty={
          <Empty
            kind="done"
            title={t('rollout.compare.noDifference')}
            hint={t('rollout.compare.noDifference.hint')}
            small
          />
        }
      >
        {(items) => (
          <Table
            caption={nameOf(side)}
            rows={items}
            rowKey={(row) => row.decision_id}
            columns={[
              {
                id: 'subject',
                title: t('col.subject'),
                head: true,
                cell: (row) => (
                  <Link href={paths.subject(row.subject.type, row.subject.id)} className="clip block">
                    {row.subject.id}
                  </Link>
                ),
              },
              { id: 'type', title: t('strategy.on'), cell: (row) => <code>{row.event_type}</code> },
              {
                id: 'label',
                title: t('backtest.labels'),
                cell: (row) =>
                  row.label ? (
                    <Mark shape={row.label === 'violation' ? 'dot' : 'check'}>
                      {say.word('rollout.compare.label', row.label)}
                    </Mark>
                  ) : (
                    <span className="muted">{t('rollout.compare.unlabelled')}</span>
                  ),
              },
              {
                id: 'id',
                title: t('col.id'),
                cell: (row) => <Id value={row.decision_id} to={paths.trace('decision', row.decision_id)} />,
              },
              { id: 'at', title: t('col.at'), number: true, cell: (row) => <Time at={row.at} /> },
            ]}
          />
        )}
      </Paged>
    </div>
  )
}
