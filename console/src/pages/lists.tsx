import { useInfiniteQuery } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { Link } from 'wouter'
import { at, problemOf, read, refresh, useRead, withQuery, write } from '../api.ts'
import { useSay } from '../i18n.ts'
import { toast } from '../live.ts'
import { paths, useSearchState } from '../paths.ts'
import { useMay } from '../session.ts'
import type { ListDetail, ListEntry, ListRow } from '../types/lists.ts'
import type { Page, Problem } from '../types.ts'
import { Button, Card, Field, SearchField, Time } from '../ui/basics.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { PageFrame } from '../ui/page.tsx'
import { Empty, Failed, Loaded, ProblemNote, Skeleton } from '../ui/states.tsx'
import { Table } from '../ui/table.tsx'

export function ListsPage() {
  const say = useSay()
  const { t } = say
  const query = useRead<Page<ListRow>>('/v1/lists')
  return (
    <PageFrame title={t('nav.lists')} sub={t('lists.about')}>
      <Card flush>
        <Loaded query={query}>
          {(page) =>
            page.items.length === 0 ? (
              <Empty kind="first" title={t('lists.first')} hint={t('lists.first.hint')} />
            ) : (
              <Table
                caption={t('nav.lists')}
                keyed
                rows={page.items}
                rowKey={(row) => row.list}
                rowTo={(row) => paths.list(row.list)}
                columns={[
                  {
                    id: 'title',
                    title: t('col.list'),
                    head: true,
                    sort: (row) => say.text(row.title),
                    cell: (row) => (
                      <Link href={paths.list(row.list)} className="clip block title" title={row.list}>
                        {say.text(row.title) || row.list}
                      </Link>
                    ),
                  },
                  {
                    id: 'entries',
                    title: t('lists.entries'),
                    number: true,
                    sort: (row) => row.entries,
                    cell: (row) => say.number(row.entries),
                  },
                  {
                    id: 'expiring',
                    title: t('lists.expiring'),
                    number: true,
                    sort: (row) => row.expiring_7d,
                    cell: (row) => say.number(row.expiring_7d),
                  },
                  {
                    id: 'owner',
                    title: t('col.owner'),
                    sort: (row) => row.owner,
                    cell: (row) => <span className="nowrap">{row.owner ?? '–'}</span>,
                  },
                  {
                    id: 'reason',
                    title: t('col.reason'),
                    cell: (row) => <span className="clip block says">{say.text(row.reason)}</span>,
                  },
                  {
                    id: 'source',
                    title: t('col.source'),
                    cell: (row) => <span className="clip block narrow">{row.source ?? '–'}</span>,
                  },
                ]}
              />
            )
          }
        </Loaded>
      </Card>
    </PageFrame>
  )
}

interface FormProps {
  list: string
  mode: 'add' | ListEntry | null
  onAdded: (value: string) => void
  onClose: () => void
}

/** Adding and removing both ask for a reason: a list entry without one cannot be judged later. */
function EntryDialog({ list, mode, onAdded, onClose }: FormProps) {
  const { t } = useSay()
  const [problem, setProblem] = useState<Problem | null>(null)
  const adding = mode === 'add'
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const form = new FormData(event.currentTarget)
    const text = (name: string) => String(form.get(name) ?? '').trim()
    const expires = text('expires')
    const value = adding ? text('value') : (mode?.value ?? '')
    const body = { value, reason: text('reason'), ...(expires ? { expires_at: new Date(expires).toISOString() } : {}) }
    try {
      const path = at('lists', list, 'entries')
      // A DELETE names what to remove in the address; bodies of DELETE have no meaning in HTTP.
      if (adding) await write('POST', path, body)
      else await write('DELETE', withQuery(path, body))
      toast(t(adding ? 'lists.added' : 'lists.removed', { value }))
      await refresh('/v1/lists')
      if (adding) onAdded(value)
      onClose()
    } catch (error) {
      setProblem(problemOf(error))
    }
  }
  return (
    <Dialog title={t(adding ? 'lists.add' : 'lists.remove')} open={mode !== null} onClose={onClose}>
      <form className="stack wide" onSubmit={submit}>
        {adding ? (
          <Field label={t('lists.value')}>{(props) => <input {...props} name="value" required />}</Field>
        ) : (
          <p className="mono">{mode?.value}</p>
        )}
        <Field label={t('col.reason')} hint={t('lists.reason.hint')}>
          {(props) => <input {...props} name="reason" required />}
        </Field>
        {adding && (
          <Field label={t('lists.expires')} hint={t('lists.expires.hint')}>
            {(props) => <input {...props} name="expires" type="date" />}
          </Field>
        )}
        {problem && <ProblemNote problem={problem} />}
        <div className="row">
          <span className="end" />
          <Button kind="primary" type="submit">
            {t(adding ? 'lists.add' : 'lists.remove')}
          </Button>
        </div>
      </form>
    </Dialog>
  )
}

function Entries({
  entries,
  onRemove,
}: {
  entries: readonly ListEntry[]
  onRemove: ((entry: ListEntry) => void) | null
}) {
  const { t } = useSay()
  return (
    <Table
      caption={t('lists.entries')}
      tall
      rows={entries}
      rowKey={(row) => row.value}
      columns={[
        {
          id: 'value',
          title: t('lists.value'),
          head: true,
          sort: (row) => row.value,
          cell: (row) => <code>{row.value}</code>,
        },
        {
          id: 'reason',
          title: t('col.reason'),
          cell: (row) => <span className="clip block says">{row.reason ?? '–'}</span>,
        },
        { id: 'by', title: t('col.by'), cell: (row) => row.actor || '–' },
        {
          id: 'added',
          title: t('lists.addedAt'),
          number: true,
          sort: (row) => row.at,
          cell: (row) => <Time at={row.at} />,
        },
        {
          id: 'expires',
          title: t('lists.expires'),
          number: true,
          sort: (row) => row.expires_at,
          cell: (row) => <Time at={row.expires_at} />,
        },
        ...(onRemove
          ? [
              {
                id: 'remove',
                title: t('ui.actions'),
                number: true,
                cell: (row: ListEntry) => (
                  <Button kind="quiet" onPress={() => onRemove(row)}>
                    {t('ui.remove')}
                    <span className="sr">{row.value}</span>
                  </Button>
                ),
              },
            ]
          : []),
      ]}
    />
  )
}

function useEntries(list: string, q: string) {
  const path = withQuery(at('lists', list), { q, limit: 100 })
  return useInfiniteQuery({
    queryKey: [path, 'pages'],
    queryFn: ({ signal, pageParam }) =>
      read<ListDetail>(pageParam ? `${path}&after=${encodeURIComponent(pageParam)}` : path, signal),
    initialPageParam: '',
    getNextPageParam: (last) => last.next,
  })
}

export function ListPage({ params: { list = '' } }: { params: { list?: string } }) {
  const say = useSay()
  const { t } = say
  const [params, set] = useSearchState()
  const q = params.get('q') ?? ''
  const [mode, setMode] = useState<FormProps['mode']>(null)
  const may = useMay('list.write')
  const query = useEntries(list, q)
  const first = query.data?.pages[0]
  const entries = query.data?.pages.flatMap((page) => page.items) ?? []
  return (
    <PageFrame
      title={say.text(first?.title) || list}
      crumb={{ to: paths.lists, label: t('nav.lists') }}
      sub={first && [first.owner, say.text(first.reason)].filter(Boolean).join(' · ')}
      aside={
        may && (
          <Button kind="primary" onPress={() => setMode('add')}>
            {t('lists.add')}
          </Button>
        )
      }
    >
      <search className="filters">
        <SearchField label={t('lists.search')} value={q} onChange={(next) => set({ q: next })} />
      </search>
      <Card flush>
        {query.isPending && <Skeleton lines={10} />}
        {query.isError && <Failed error={query.error} onRetry={() => void query.refetch()} />}
        {query.isSuccess && entries.length === 0 && (
          <Empty
            kind={q ? 'filtered' : 'first'}
            title={t(q ? 'lists.filtered' : 'lists.none')}
            hint={t('lists.none.hint')}
          />
        )}
        {entries.length > 0 && <Entries entries={entries} onRemove={may ? setMode : null} />}
        {query.hasNextPage && (
          <div className="more">
            <Button busy={query.isFetchingNextPage} onPress={() => void query.fetchNextPage()}>
              {t('ui.more')}
            </Button>
          </div>
        )}
      </Card>
      <EntryDialog list={list} mode={mode} onAdded={(value) => set({ q: value })} onClose={() => setMode(null)} />
    </PageFrame>
  )
}
