import { Link } from 'wouter'
import { useSay } from '../i18n.ts'
import { paths } from '../paths.ts'
import type { CaseRow } from '../types/cases.ts'
import { Time } from './basics.tsx'
import { Due, Markets, SeverityMark, Status, Verdict, WillBeLate } from './marks.tsx'
import { type ColumnOf, Table } from './table.tsx'

/** Rows that are ticked, for what is done to several at once. */
export interface Selection {
  has: (id: string) => boolean
  toggle: (id: string, on: boolean) => void
}

function useColumns(selection: Selection | undefined, lead: ColumnOf<CaseRow>[]): ColumnOf<CaseRow>[] {
  const say = useSay()
  const { t } = say
  const ticks: ColumnOf<CaseRow>[] = selection
    ? [
        {
          id: 'select',
          title: t('bulk.column'),
          cell: (row) => (
            <input
              type="checkbox"
              checked={selection.has(row.case_id)}
              aria-label={t('bulk.select', { title: row.subject.title || row.subject.id })}
              onChange={(event) => selection.toggle(row.case_id, event.target.checked)}
            />
          ),
        },
      ]
    : []
  const opened: ColumnOf<CaseRow> = {
    id: 'opened',
    title: t('col.opened'),
    number: true,
    sort: (row) => row.opened_at,
    cell: (row) => <Time at={row.opened_at} />,
  }
  return [
    ...ticks,
    ...lead,
    {
      id: 'severity',
      title: t('col.severity'),
      sort: (row) => row.severity,
      cell: (row) => <SeverityMark value={row.severity} />,
    },
    {
      id: 'subject',
      title: t('col.subject'),
      head: true,
      sort: (row) => row.subject.title ?? row.subject.id,
      cell: (row) => (
        <Link href={paths.case(row.case_id)} className="clip block" title={row.subject.title}>
          {row.subject.title || row.subject.id}
        </Link>
      ),
    },
    {
      id: 'party',
      title: t('col.party'),
      sort: (row) => row.party?.name ?? null,
      cell: (row) =>
        row.party ? (
          <Link href={paths.subject(row.party.type, row.party.id)} className="clip block narrow">
            {row.party.name ?? row.party.id}
          </Link>
        ) : (
          <span className="muted">–</span>
        ),
    },
    {
      id: 'policy',
      title: t('col.policy'),
      cell: (row) => (
        <span className="clip block policy" title={row.policies.map((policy) => say.text(policy.title)).join('\n')}>
          {say.text(row.policies[0]?.title)}
          {row.policies.length > 1 && <span className="muted"> +{row.policies.length - 1}</span>}
        </span>
      ),
    },
    {
      id: 'verdict',
      title: t('col.proposed'),
      sort: (row) => row.verdict,
      cell: (row) =>
        row.verdict === null ? <span className="muted">{t('floor.blind')}</span> : <Verdict value={row.verdict} />,
    },
    { id: 'markets', title: t('col.markets'), cell: (row) => <Markets ids={row.markets} most={2} /> },
    {
      id: 'status',
      title: t('col.status'),
      sort: (row) => row.status,
      cell: (row) => (
        <span className="nowrap" title={row.leased_by?.name}>
          <Status value={row.status} />
          {row.leased_by && <span className="sr"> {row.leased_by.name}</span>}
        </span>
      ),
    },
    ...(lead.length > 0 ? [] : [opened]),
    {
      id: 'due',
      title: t('col.due'),
      number: true,
      sort: (row) => row.due_at,
      cell: (row) => (
        <span className="nowrap">
          {row.will_be_late && (
            <>
              <WillBeLate of={row.will_be_late} />{' '}
            </>
          )}
          <Due at={row.due_at} overdue={row.overdue} />
        </span>
      ),
    },
  ]
}

/** Cases as a table; the queue and the subject page show the same one. */
export function CaseTable({
  rows,
  keyed = false,
  selection,
  lead = [],
}: {
  rows: readonly CaseRow[]
  keyed?: boolean
  selection?: Selection | undefined
  /** Columns of the page that shows the table, before the others. */
  lead?: ColumnOf<CaseRow>[]
}) {
  const { t } = useSay()
  return (
    <Table
      caption={t('nav.queue')}
      keyed={keyed}
      rows={rows}
      columns={useColumns(selection, lead)}
      rowKey={(row) => row.case_id}
      rowTo={(row) => paths.case(row.case_id)}
    />
  )
}
