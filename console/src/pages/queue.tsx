import { useState } from 'react'
import { useOffer } from '../actions.ts'
import { usePages, withQuery } from '../api.ts'
import { useSay } from '../i18n.ts'
import { useSearchState } from '../paths.ts'
import { useMay } from '../session.ts'
import type { CaseRow } from '../types/cases.ts'
import { Button, Pick, SearchField, Segment } from '../ui/basics.tsx'
import { CaseTable } from '../ui/case-table.tsx'
import { Paged } from '../ui/more.tsx'
import { PageFrame } from '../ui/page.tsx'
import { Empty } from '../ui/states.tsx'
import { useVocabulary } from '../vocabulary.ts'
import { BulkDialog } from './review/bulk.tsx'
import { ReviewFloor } from './review/floor.tsx'
import { useNextCase } from './review/next-case.ts'
import { PriorityScore } from './review/priority.tsx'

const filterKeys = ['queue', 'severity', 'market', 'q'] as const
const severities = ['S1', 'S2', 'S3', 'S4']

function Filters() {
  const say = useSay()
  const [params, set] = useSearchState()
  const { queues, markets } = useVocabulary()
  const value = (key: string) => params.get(key) ?? ''
  return (
    <search className="filters">
      <Segment
        label={say.t('col.status')}
        value={params.get('status') ?? 'open'}
        onChange={(status) => set({ status: status === 'open' ? null : status })}
        options={['open', 'mine', 'decided'].map((status) => ({
          value: status,
          label: say.word('queue.status', status),
        }))}
      />
      <SearchField label={say.t('queue.search')} value={value('q')} onChange={(q) => set({ q })} />
      <Pick
        label={say.t('col.queue')}
        any={say.t('queue.all')}
        value={value('queue')}
        options={queues}
        onChange={(queue) => set({ queue })}
      />
      <Pick
        label={say.t('col.severity')}
        any={say.t('queue.anySeverity')}
        value={value('severity')}
        options={severities.map((id) => ({ value: id, label: `${id} · ${say.word('severity', id)}` }))}
        onChange={(severity) => set({ severity })}
      />
      <Pick
        label={say.t('col.markets')}
        any={say.t('queue.anyMarket')}
        value={value('market')}
        options={markets}
        onChange={(market) => set({ market })}
      />
    </search>
  )
}

function Nothing() {
  const { t } = useSay()
  const [params, set] = useSearchState()
  const filtered = filterKeys.some((key) => params.has(key))
  const clear = () => set({ queue: null, severity: null, market: null, q: null })
  if (filtered)
    return (
      <Empty
        kind="filtered"
        title={t('queue.filtered')}
        hint={t('queue.filtered.hint')}
        action={<Button onPress={clear}>{t('ui.clearFilters')}</Button>}
      />
    )
  return <Empty kind="done" title={t('queue.empty')} hint={t('queue.empty.hint')} />
}

const mostChosen = 200

function useSelection() {
  const [ids, setIds] = useState<ReadonlySet<string>>(new Set())
  return {
    chosen: [...ids],
    clear: () => setIds(new Set()),
    selection: {
      has: (id: string) => ids.has(id),
      toggle: (id: string, on: boolean) =>
        setIds((now) => {
          const next = new Set(now)
          if (on && next.size < mostChosen) next.add(id)
          else next.delete(id)
          return next
        }),
    },
  }
}

export function QueuePage() {
  const { t } = useSay()
  const [params] = useSearchState()
  const query = Object.fromEntries([...filterKeys, 'status'].map((key) => [key, params.get(key)]))
  const pages = usePages<CaseRow>(withQuery('/v1/cases', { limit: 50, status: 'open', ...withoutNull(query) }), 20_000)
  const takeNext = useNextCase(params.get('queue'))
  const next = { id: 'queue.next', label: 'queue.next', group: 'page', keys: 'n', run: () => void takeNext() } as const
  const may = useMay('case.decide')
  const open = params.get('status') !== 'decided'
  const { chosen, selection, clear } = useSelection()
  const [deciding, setDeciding] = useState(false)
  useOffer(may ? [next] : [])
  const priorityColumn = {
    id: 'priority',
    title: t('priority.title'),
    number: true,
    sort: (row: CaseRow) => row.priority?.score ?? null,
    cell: (row: CaseRow) => <PriorityScore row={row} />,
  }
  return (
    <PageFrame
      title={t('nav.queue')}
      aside={
        may && (
          <Button kind="primary" shortcut={next} onPress={next.run}>
            {t('queue.next')}
          </Button>
        )
      }
    >
      <ReviewFloor />
      <Filters />
      {chosen.length > 0 && (
        <div className="bulkbar row" role="status">
          <strong>{t('bulk.chosen', { n: chosen.length })}</strong>
          <Button kind="primary" onPress={() => setDeciding(true)}>
            {t('bulk.decide')}
          </Button>
          <Button kind="quiet" onPress={clear}>
            {t('bulk.clear')}
          </Button>
        </div>
      )}
      <Paged {...pages} empty={<Nothing />}>
        {(rows) => (
          <CaseTable
            rows={rows}
            keyed
            selection={may && open ? selection : undefined}
            lead={open ? [priorityColumn] : []}
          />
        )}
      </Paged>
      {deciding && (
        <BulkDialog
          ids={chosen}
          onClose={(decided) => {
            setDeciding(false)
            if (decided) clear()
          }}
        />
      )}
    </PageFrame>
  )
}

function withoutNull(record: Record<string, string | null>): Record<string, string> {
  return Object.fromEntries(Object.entries(record).flatMap(([key, value]) => (value === null ? [] : [[key, value]])))
}
