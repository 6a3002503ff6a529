import { useSay } from '../i18n.ts'
import { useVocabulary } from '../vocabulary.ts'

/** Where a role holds, in plain words. */
export function useWhere(): (scope: { sites: string[]; markets: string[] }) => string {
  const { t } = useSay()
  const { markets: known } = useVocabulary()
  const titleOf = (id: string) => known.find((market) => market.value === id)?.label ?? id
  return ({ sites, markets }) => {
    if (sites.length === 0 && markets.length === 0) return t('grants.everywhere')
    const where = { sites: sites.join(t('grants.and')), markets: markets.map(titleOf).join(t('grants.and')) }
    if (markets.length === 0) return t('grants.onSites', where)
    return sites.length === 0 ? t('grants.onMarkets', where) : t('grants.onBoth', where)
  }
}
