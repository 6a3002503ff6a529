import { Link } from 'wouter'
import { useRead, withQuery } from '../api.ts'
import { useSay } from '../i18n.ts'
import { paths, useSearchState } from '../paths.ts'
import type { SubjectHit } from '../types/subjects.ts'
import type { Page } from '../types.ts'
import { Button, Card, Id, Pick, SearchField, Time } from '../ui/basics.tsx'
import { PageFrame } from '../ui/page.tsx'
import { Empty, Loaded } from '../ui/states.tsx'
import { Table } from '../ui/table.tsx'
import { useVocabulary } from '../vocabulary.ts'

function Hits({ hits }: { hits: readonly SubjectHit[] }) {
  const say = useSay()
  const { typeTitle } = useVocabulary()
  return (
    <Table
      caption={say.t('nav.subjects')}
      keyed
      rows={hits}
      rowKey={(row) => `${row.type}/${row.id}`}
      rowTo={(row) => paths.subject(row.type, row.id)}
      columns={[
        { id: 'type', title: say.t('col.type'), sort: (row) => row.type, cell: (row) => typeTitle(row.type) },
        {
          id: 'title',
          title: say.t('col.subject'),
          head: true,
          sort: (row) => row.title,
          cell: (row) => (
            <Link href={paths.subject(row.type, row.id)} className="clip block">
              {row.title || row.id}
            </Link>
          ),
        },
        { id: 'id', title: say.t('col.id'), cell: (row) => <Id value={row.id} /> },
        { id: 'site', title: say.t('col.site'), sort: (row) => row.site, cell: (row) => row.site ?? '–' },
        {
          id: 'cases',
          title: say.t('subject.openCases'),
          number: true,
          sort: (row) => row.open_cases,
          cell: (row) => say.number(row.open_cases),
        },
        {
          id: 'actions',
          title: say.t('subject.inForce'),
          number: true,
          sort: (row) => row.actions_in_force,
          cell: (row) => say.number(row.actions_in_force),
        },
        {
          id: 'last',
          title: say.t('subject.last'),
          number: true,
          sort: (row) => row.last_at,
          cell: (row) => <Time at={row.last_at} />,
        },
      ]}
    />
  )
}

export function SubjectsPage() {
  const say = useSay()
  const { types } = useVocabulary()
  const [params, set] = useSearchState()
  const q = params.get('q') ?? ''
  const type = params.get('type') ?? ''
  const query = useRead<Page<SubjectHit>>(withQuery('/v1/subjects', { q, type }), { keep: true })
  return (
    <PageFrame title={say.t('nav.subjects')} sub={say.t('subjects.about')}>
      <search className="filters">
        <SearchField label={say.t('subjects.search')} value={q} onChange={(next) => set({ q: next })} />
        <Pick
          label={say.t('col.type')}
          any={say.t('subjects.anyType')}
          value={type}
          options={types}
          onChange={(next) => set({ type: next })}
        />
      </search>
      <Card flush>
        <Loaded query={query} lines={10}>
          {(page) =>
            page.items.length > 0 ? (
              <Hits hits={page.items} />
            ) : (
              <Empty
                kind={q || type ? 'filtered' : 'first'}
                title={say.t(q || type ? 'subjects.filtered' : 'subjects.first')}
                hint={say.t('subjects.filtered.hint')}
                action={
                  q || type ? (
                    <Button onPress={() => set({ q: null, type: null })}>{say.t('ui.clearFilters')}</Button>
                  ) : null
                }
              />
            )
          }
        </Loaded>
      </Card>
    </PageFrame>
  )
}
