import { useRead, withQuery } from '../api.ts'
import { useSay } from '../i18n.ts'
import { paths, useSearchState } from '../paths.ts'
import { useMay } from '../session.ts'
import type { PackRow, StrategyRow } from '../types/strategies.ts'
import type { Page } from '../types.ts'
import { WaitingCard } from '../ui/approvals.tsx'
import { Button, ButtonLink, Card, Pick, SearchField, Segment } from '../ui/basics.tsx'
import { PageFrame } from '../ui/page.tsx'
import { Empty, Loaded } from '../ui/states.tsx'
import { StrategyTable } from '../ui/strategy-table.tsx'
import { DraftsCard } from './rollout/drafts.tsx'

/** Those that act come first. */
const byHits = (rows: readonly StrategyRow[]) => rows.toSorted((a, b) => b.hits_7d - a.hits_7d || b.hits - a.hits)

export function StrategiesPage() {
  const say = useSay()
  const { t } = say
  const may = useMay('strategy.draft')
  const [params, set] = useSearchState()
  const value = (key: string) => params.get(key) ?? ''
  const packs = useRead<Page<PackRow>>('/v1/packs')
  const query = useRead<Page<StrategyRow>>(
    withQuery('/v1/strategies', { q: value('q'), pack: value('pack'), mode: value('mode') }),
    { keep: true },
  )
  return (
    <PageFrame
      title={t('nav.strategies')}
      sub={t('strategies.about')}
      aside={
        <>
          <ButtonLink to={paths.mining}>{t('mining.open')}</ButtonLink>
          {may && (
            <ButtonLink to={paths.draft('new')} kind="primary">
              {t('draft.new')}
            </ButtonLink>
          )}
        </>
      }
    >
      <WaitingCard />
      <DraftsCard />
      <search className="filters">
        <SearchField label={t('strategies.search')} value={value('q')} onChange={(q) => set({ q })} />
        <Pick
          label={t('col.pack')}
          any={t('strategies.anyPack')}
          value={value('pack')}
          options={(packs.data?.items ?? []).map((pack) => ({
            value: pack.pack,
            label: say.text(pack.title) || pack.pack,
          }))}
          onChange={(pack) => set({ pack })}
        />
        <Segment
          label={t('col.mode')}
          value={value('mode')}
          onChange={(mode) => set({ mode })}
          options={[
            { value: '', label: t('ui.all') },
            { value: 'live', label: t('mode.live') },
            { value: 'canary', label: t('mode.canary') },
            { value: 'shadow', label: t('mode.shadow') },
          ]}
        />
      </search>
      <Card flush>
        <Loaded query={query} lines={12}>
          {(page) =>
            page.items.length > 0 ? (
              <StrategyTable rows={byHits(page.items)} keyed />
            ) : params.size > 0 ? (
              <Empty
                kind="filtered"
                title={t('strategies.filtered')}
                action={
                  <Button onPress={() => set({ q: null, pack: null, mode: null })}>{t('ui.clearFilters')}</Button>
                }
              />
            ) : (
              <Empty
                kind="first"
                title={t('strategies.first')}
                hint={t('strategies.first.hint')}
                action={<ButtonLink to={paths.packs}>{t('nav.packs')}</ButtonLink>}
              />
            )
          }
        </Loaded>
      </Card>
    </PageFrame>
  )
}
