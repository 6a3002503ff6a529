import { useCallback, useMemo } from 'react'
import { useLocation, useSearch } from 'wouter'

const part = encodeURIComponent

/** Every address of the console, written once. */
export const paths = {
  home: '/',
  queue: '/queue',
  case: (id: string) => `/cases/${part(id)}`,
  appeals: '/appeals',
  appeal: (id: string) => `/appeals/${part(id)}`,
  inbound: '/inbound',
  notice: (id: string) => `/inbound/${part(id)}`,
  rights: '/rights',
  report: '/report',
  reportStatus: '/report/status',
  subjects: '/subjects',
  subject: (type: string, id: string) => `/subjects/${part(type)}/${part(id)}`,
  trace: (type: string, id: string) => `/trace/${part(type)}/${part(id)}`,
  strategies: '/strategies',
  strategy: (pack: string, strategy: string) => `/strategies/${part(pack)}/${part(strategy)}`,
  mining: '/mining',
  batch: '/batch',
  batchStrategy: (name: string) => `/batch/${name.split('/').map(part).join('/')}`,
  draft: (draft: string) => `/drafts/${part(draft)}`,
  packs: '/packs',
  pack: (pack: string) => `/packs/${part(pack)}`,
  lists: '/lists',
  list: (list: string) => `/lists/${part(list)}`,
  indicators: '/indicators',
  indicator: (id: string) => `/indicators/${part(id)}`,
  quality: '/quality',
  sql: '/sql',
  imports: '/imports',
  tryEvent: '/try',
  audit: '/audit',
  people: '/people',
  actions: '/actions',
  webhooks: '/webhooks',
  complaints: '/complaints',
  profile: '/profile',
  my: '/my',
  myViolations: '/my/violations',
  myViolation: (id: string) => `/my/violations/${part(id)}`,
  myDocuments: '/my/documents',
  join: '/join',
} as const

/** Page state that belongs in the address: filters, tabs, sort order. Empty values leave the address. */
export function useSearchState(): [URLSearchParams, (change: Record<string, string | null>) => void] {
  const search = useSearch()
  const [location, navigate] = useLocation()
  const params = useMemo(() => new URLSearchParams(search), [search])
  const set = useCallback(
    (change: Record<string, string | null>) => {
      const next = new URLSearchParams(search)
      for (const [key, value] of Object.entries(change)) {
        if (value === null || value === '') next.delete(key)
        else next.set(key, value)
      }
      const query = next.toString()
      navigate(query ? `${location}?${query}` : location, { replace: true })
    },
    [search, location, navigate],
  )
  return [params, set]
}
