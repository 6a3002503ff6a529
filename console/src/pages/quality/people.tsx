import { useRead, withQuery } from '../../api.ts'
import { type Say, useSay } from '../../i18n.ts'
import type { PolicyRow, ReviewerRow } from '../../types/quality.ts'
import type { Page } from '../../types.ts'
import { useActor } from '../../ui/actor.ts'
import { Empty, Loaded } from '../../ui/states.tsx'
import { type ColumnOf, Table } from '../../ui/table.tsx'
import { Rate } from './measured.tsx'

type Row = ReviewerRow | PolicyRow

const figures = (say: Say): ColumnOf<Row>[] => [
  {
    id: 'decided',
    title: say.t('quality.decided'),
    number: true,
    sort: (row) => row.decided,
    cell: (row) => say.number(row.decided),
  },
  {
    id: 'handling',
    title: say.t('quality.handling'),
    number: true,
    sort: (row) => row.handling_s,
    cell: (row) => (row.handling_s === null ? '–' : say.number(row.handling_s, { style: 'unit', unit: 'second' })),
  },
  {
    id: 'golden',
    title: say.t('quality.golden'),
    number: true,
    sort: (row) => row.golden.value,
    cell: (row) => <Rate of={row.golden} />,
  },
  {
    id: 'same',
    title: say.t('quality.same'),
    number: true,
    sort: (row) => row.agreement.same.value,
    cell: (row) => <Rate of={row.agreement.same} />,
  },
  {
    id: 'kappa',
    title: say.t('quality.kappa'),
    number: true,
    sort: (row) => row.agreement.kappa.value,
    cell: (row) => <Rate of={row.agreement.kappa} plain />,
  },
  {
    id: 'overturned',
    title: say.t('quality.overturned'),
    number: true,
    sort: (row) => row.overturned.value,
    cell: (row) => <Rate of={row.overturned} />,
  },
]

export function PeopleTab({ from }: { from: string }) {
  const say = useSay()
  const actor = useActor()
  const query = useRead<Page<ReviewerRow>>(withQuery('/v1/quality/reviewers', { from }))
  return (
    <Loaded query={query}>
      {(page) =>
        page.items.length === 0 ? (
          <Empty kind="first" title={say.t('quality.people.none')} hint={say.t('quality.people.none.hint')} />
        ) : (
          <Table<ReviewerRow>
            caption={say.t('quality.tab.people')}
            rows={page.items}
            rowKey={(row) => row.id}
            tall
            columns={[
              {
                id: 'who',
                title: say.t('people.name'),
                head: true,
                sort: (row) => row.actor,
                cell: (row) => actor(row.actor),
              },
              ...(figures(say) as ColumnOf<ReviewerRow>[]),
            ]}
          />
        )
      }
    </Loaded>
  )
}

export function PoliciesTab({ from }: { from: string }) {
  const say = useSay()
  const query = useRead<Page<PolicyRow>>(withQuery('/v1/quality/policies', { from }))
  return (
    <Loaded query={query}>
      {(page) =>
        page.items.length === 0 ? (
          <Empty kind="first" title={say.t('quality.people.none')} hint={say.t('quality.people.none.hint')} />
        ) : (
          <Table<PolicyRow>
            caption={say.t('quality.tab.policies')}
            rows={page.items}
            rowKey={(row) => row.policy}
            tall
            columns={[
              {
                id: 'policy',
                title: say.t('col.policy'),
                head: true,
                sort: (row) => say.text(row.title),
                cell: (row) => <span title={row.policy}>{say.text(row.title)}</span>,
              },
              ...(figures(say) as ColumnOf<PolicyRow>[]),
              {
                id: 'automatic',
                title: say.t('quality.automatic.restrictions'),
                number: true,
                sort: (row) => row.automatic.value,
                cell: (row) => <Rate of={row.automatic} />,
              },
            ]}
          />
        )
      }
    </Loaded>
  )
}
