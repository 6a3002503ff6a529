import { Link } from 'wouter'
import { useSay } from '../i18n.ts'
import { paths } from '../paths.ts'
import type { StrategyRow } from '../types/strategies.ts'
import { Markets, Mode, SeverityMark, Share, Spark, Verdict } from './marks.tsx'
import { Table } from './table.tsx'

/** Strategies often carry their pack in the name (`ads-cn/absolute-terms`); the address wants the two apart. */
export const strategyPath = (row: { pack: string; strategy: string }): string =>
  paths.strategy(
    row.pack,
    row.strategy.startsWith(`${row.pack}/`) ? row.strategy.slice(row.pack.length + 1) : row.strategy,
  )

export function StrategyTable({
  rows,
  keyed = false,
  packed = true,
}: {
  rows: readonly StrategyRow[]
  keyed?: boolean
  packed?: boolean
}) {
  const say = useSay()
  return (
    <Table
      caption={say.t('nav.strategies')}
      keyed={keyed}
      rows={rows}
      rowKey={(row) => `${row.pack}/${row.strategy}`}
      rowTo={strategyPath}
      columns={[
        {
          id: 'title',
          title: say.t('col.strategy'),
          head: true,
          sort: (row) => say.text(row.title),
          cell: (row) => (
            <Link href={strategyPath(row)} className={packed ? 'clip block' : 'clip block title'} title={row.strategy}>
              {say.text(row.title) || row.strategy}
            </Link>
          ),
        },
        ...(packed
          ? [
              {
                id: 'pack',
                title: say.t('col.pack'),
                sort: (row: StrategyRow) => row.pack,
                cell: (row: StrategyRow) => (
                  <Link href={paths.pack(row.pack)} className="nowrap">
                    {row.pack}
                  </Link>
                ),
              },
            ]
          : []),
        {
          id: 'severity',
          title: say.t('col.severity'),
          sort: (row) => row.severity,
          cell: (row) => <SeverityMark value={row.severity} />,
        },
        {
          id: 'verdict',
          title: say.t('col.decision'),
          sort: (row) => row.verdict,
          cell: (row) => <Verdict value={row.verdict} />,
        },
        { id: 'mode', title: say.t('col.mode'), sort: (row) => row.mode, cell: (row) => <Mode value={row.mode} /> },
        { id: 'markets', title: say.t('col.markets'), cell: (row) => <Markets ids={row.markets} most={2} /> },
        {
          id: 'day',
          title: say.t('col.hits24'),
          number: true,
          sort: (row) => row.hits_24h,
          cell: (row) => say.number(row.hits_24h),
        },
        {
          id: 'week',
          title: say.t('col.hits7'),
          number: true,
          sort: (row) => row.hits_7d,
          cell: (row) => say.number(row.hits_7d),
        },
        {
          id: 'hits',
          title: say.t('col.hits'),
          number: true,
          sort: (row) => row.hits,
          cell: (row) => say.number(row.hits),
        },
        {
          id: 'unknown',
          title: say.t('col.unknown'),
          number: true,
          sort: (row) => row.unknown_24h,
          cell: (row) => <span className={row.unknown_24h ? '' : 'muted'}>{say.number(row.unknown_24h)}</span>,
        },
        { id: 'spark', title: say.t('col.days14'), cell: (row) => <Spark values={row.spark} width={72} /> },
        {
          id: 'precision',
          title: say.t('col.precision'),
          number: true,
          sort: (row) => row.precision?.value ?? null,
          cell: (row) => <Share of={row.precision} />,
        },
      ]}
    />
  )
}
