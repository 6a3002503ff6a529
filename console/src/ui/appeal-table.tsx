import { Link } from 'wouter'
import { useSay } from '../i18n.ts'
import { paths } from '../paths.ts'
import type { AppealRow } from '../types/appeals.ts'
import { Time } from './basics.tsx'
import { Due, Mark, Status } from './marks.tsx'
import { Table } from './table.tsx'

interface AppealTableProps {
  rows: readonly AppealRow[]
  keyed?: boolean
  /** Ids that are chosen for deciding many alike; without it nothing can be chosen. */
  chosen?: ReadonlySet<string>
  onChoose?: (id: string, chosen: boolean) => void
}

export function AppealTable({ rows, keyed = false, chosen, onChoose }: AppealTableProps) {
  const say = useSay()
  const late = (row: AppealRow) => row.status === 'open' && row.due_at !== null && Date.parse(row.due_at) < Date.now()
  return (
    <Table
      caption={say.t('nav.appeals')}
      keyed={keyed}
      rows={rows}
      rowKey={(row) => row.appeal_id}
      rowTo={(row) => paths.appeal(row.appeal_id)}
      columns={[
        ...(chosen && onChoose
          ? [
              {
                id: 'choose',
                title: say.t('appeals.bulk.choose'),
                cell: (row: AppealRow) => (
                  <input
                    type="checkbox"
                    aria-label={say.t('appeals.bulk.select', { name: row.subject.title || row.subject.id })}
                    disabled={row.not_you || row.status !== 'open'}
                    checked={chosen.has(row.appeal_id)}
                    onChange={(event) => onChoose(row.appeal_id, event.target.checked)}
                  />
                ),
              },
            ]
          : []),
        {
          id: 'subject',
          title: say.t('col.subject'),
          head: true,
          sort: (row) => row.subject.title ?? row.subject.id,
          cell: (row) => (
            <Link href={paths.appeal(row.appeal_id)} className="clip block">
              {row.subject.title || row.subject.id}
            </Link>
          ),
        },
        {
          id: 'party',
          title: say.t('col.party'),
          cell: (row) => <span className="clip block narrow">{row.party?.name ?? row.party?.id ?? '–'}</span>,
        },
        { id: 'text', title: say.t('appeal.says'), cell: (row) => <span className="clip block says">{row.text}</span> },
        {
          id: 'level',
          title: say.t('appeal.side'),
          sort: (row) => row.level * 10 + row.chance,
          cell: (row) => (
            <span className="stack">
              <span className="nowrap">{say.t(`appeal.side.${row.side}`)}</span>
              <span className="muted small nowrap">
                {say.t('appeal.level', { level: row.level, chance: row.chance })}
              </span>
            </span>
          ),
        },
        {
          id: 'status',
          title: say.t('col.status'),
          sort: (row) => row.status,
          cell: (row) => <Status value={row.status} />,
        },
        {
          id: 'you',
          title: say.t('appeal.you'),
          cell: (row) =>
            row.not_you ? (
              <Mark shape="cross" tone="muted">
                {say.t('appeal.notYou')}
              </Mark>
            ) : (
              <Mark shape="check" tone="muted">
                {say.t('appeal.canYou')}
              </Mark>
            ),
        },
        {
          id: 'filed',
          title: say.t('appeal.filed'),
          number: true,
          sort: (row) => row.filed_at,
          cell: (row) => <Time at={row.filed_at} />,
        },
        {
          id: 'due',
          title: say.t('col.due'),
          number: true,
          sort: (row) => row.due_at,
          cell: (row) =>
            row.status === 'open' ? <Due at={row.due_at} overdue={late(row)} /> : <Time at={row.decided_at} />,
        },
      ]}
    />
  )
}
