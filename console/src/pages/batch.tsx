import { Link } from 'wouter'
import { useRead } from '../api.ts'
import { useSay } from '../i18n.ts'
import { paths, useSearchState } from '../paths.ts'
import type { BatchRow } from '../types/batch.ts'
import type { Page } from '../types.ts'
import { Button, ButtonLink, Card, Segment, Time } from '../ui/basics.tsx'
import { Mode } from '../ui/marks.tsx'
import { PageFrame } from '../ui/page.tsx'
import { Empty, Loaded } from '../ui/states.tsx'
import { Table } from '../ui/table.tsx'
import { Canaries, Psi, ShortPlan, State, Strip } from './batch-marks.tsx'

const held = (row: BatchRow): boolean => row.runs.some((run) => run.status === 'held')

const shows: Record<string, (row: BatchRow) => boolean> = {
  '': () => true,
  wrong: (row) => row.alerts.length > 0,
  held,
}

/** What needs a person comes first. */
const urgency = (row: BatchRow): number =>
  (row.alerts.some((alert) => alert.level === 'warn') ? 4 : 0) + (held(row) ? 2 : 0) + (row.alerts.length > 0 ? 1 : 0)

/** The run board: every batch strategy, what its last runs did, and whether it still works. */
export function BatchPage() {
  const { t } = useSay()
  const [params, set] = useSearchState()
  const show = params.get('show') ?? ''
  const query = useRead<Page<BatchRow>>('/v1/batch', { every: 20_000 })
  return (
    <PageFrame title={t('nav.batch')} sub={t('batch.about')}>
      <search className="filters">
        <Segment
          label={t('batch.show')}
          value={show}
          onChange={(next) => set({ show: next })}
          options={[
            { value: '', label: t('ui.all') },
            { value: 'wrong', label: t('batch.show.wrong') },
            { value: 'held', label: t('batch.show.held') },
          ]}
        />
      </search>
      <Card flush>
        <Loaded query={query}>
          {(page) => {
            const rows = page.items.filter(shows[show] ?? held).toSorted((a, b) => urgency(b) - urgency(a))
            if (rows.length > 0) return <Board rows={rows} />
            return page.items.length > 0 ? (
              <Empty
                kind="filtered"
                title={t('batch.filtered')}
                action={<Button onPress={() => set({ show: null })}>{t('ui.clearFilters')}</Button>}
              />
            ) : (
              <Empty
                kind="first"
                title={t('batch.first')}
                hint={t('batch.first.hint')}
                action={<ButtonLink to={paths.packs}>{t('nav.packs')}</ButtonLink>}
              />
            )
          }}
        </Loaded>
      </Card>
    </PageFrame>
  )
}

function Board({ rows }: { rows: readonly BatchRow[] }) {
  const say = useSay()
  const { t } = say
  // A run that failed counted nothing: the figures are those of the newest run that got an answer.
  const last = (row: BatchRow) => row.runs.find((run) => run.status !== 'failed' && run.hits !== null)
  return (
    <Table
      caption={t('nav.batch')}
      keyed
      rows={rows}
      rowKey={(row) => row.strategy}
      rowTo={(row) => paths.batchStrategy(row.strategy)}
      columns={[
        {
          id: 'strategy',
          title: t('col.strategy'),
          head: true,
          sort: (row) => say.text(row.title),
          cell: (row) => (
            <Link href={paths.batchStrategy(row.strategy)} className="clip block" title={row.strategy}>
              {say.text(row.title)}
            </Link>
          ),
        },
        { id: 'state', title: t('batch.show'), sort: (row) => urgency(row), cell: (row) => <State row={row} /> },
        { id: 'mode', title: t('col.mode'), sort: (row) => row.mode, cell: (row) => <Mode value={row.mode} /> },
        { id: 'schedule', title: t('batch.schedule'), cell: (row) => <ShortPlan row={row} /> },
        { id: 'runs', title: t('batch.runs'), cell: (row) => <Strip runs={row.runs} /> },
        {
          id: 'rows',
          title: t('batch.rows'),
          number: true,
          sort: (row) => last(row)?.rows_in ?? null,
          cell: (row) => say.number(last(row)?.rows_in),
        },
        {
          id: 'hits',
          title: t('batch.hits'),
          number: true,
          sort: (row) => last(row)?.hits ?? null,
          cell: (row) => say.number(last(row)?.hits),
        },
        { id: 'canaries', title: t('batch.canaries'), number: true, cell: (row) => <Canaries run={last(row)} /> },
        {
          id: 'psi',
          title: t('batch.psi'),
          number: true,
          sort: (row) => last(row)?.psi ?? null,
          cell: (row) => <Psi value={last(row)?.psi} />,
        },
        {
          id: 'owner',
          title: t('col.owner'),
          sort: (row) => row.owner,
          cell: (row) => <span className="clip block narrow">{row.owner ?? '–'}</span>,
        },
        {
          id: 'next',
          title: t('batch.next'),
          number: true,
          sort: (row) => row.next_run,
          cell: (row) => <Time at={row.next_run} />,
        },
      ]}
    />
  )
}
