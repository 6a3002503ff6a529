import { useOffer } from '../actions.ts'
import { usePages, withQuery } from '../api.ts'
import { useSay } from '../i18n.ts'
import { useSearchState } from '../paths.ts'
import { useMay } from '../session.ts'
import type { CaseRow } from '../types.ts'
import { Button, Pick, SearchField, Segment } from '../ui/basics.tsx'
import { CaseTable } from '../ui/case-table.tsx'
import { Paged } from '../ui/more.tsx'
import { PageFrame } from '../ui/page.tsx'
import { Empty } from '../ui/states.tsx'
import { useVocabulary } from '../vocabulary.ts'
import { useNextCase } from './review/next-case.ts'

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

export function QueuePage() {
  const { t } = useSay()
  const [params] = useSearchState()
  const query = Object.fromEntries([...filterKeys, 'status'].map((key) => [key, params.get(key)]))
  const pages = usePages<CaseRow>(withQuery('/v1/cases', { limit: 50, status: 'open', ...withoutNull(query) }), 20_000)
  const takeNext = useNextCase(params.get('queue'))
  const next = { id: 'queue.next', label: 'queue.next', group: 'page', keys: 'n', run: () => void takeNext() } as const
  const may = useMay('case.decide')
  useOffer(may ? [next] : [])
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
      <Filters />
      <Paged {...pages} empty={<Nothing />}>
        {(rows) => <CaseTable rows={rows} keyed />}
      </Paged>
    </PageFrame>
  )
}

function withoutNull(record: Record<string, string | null>): Record<string, string> {
  return Object.fromEntries(Object.entries(record).flatMap(([key, value]) => (value === null ? [] : [[key, value]])))
}
