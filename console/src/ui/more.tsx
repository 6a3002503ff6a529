import type { InfiniteData, UseInfiniteQueryResult } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { useSay } from '../i18n.ts'
import type { Page } from '../types.ts'
import { Button, Card } from './basics.tsx'
import { Failed, Skeleton } from './states.tsx'

interface PagedProps<T> {
  query: UseInfiniteQueryResult<InfiniteData<Page<T>>>
  items: readonly T[]
  total: number | null
  empty: ReactNode
  children: (items: readonly T[]) => ReactNode
}

/** A paged list: skeleton, problem, the right kind of empty, or the rows with "show more". */
export function Paged<T>({ query, items, total, empty, children }: PagedProps<T>) {
  const { t } = useSay()
  return (
    <Card flush>
      {query.isPending && <Skeleton lines={10} />}
      {query.isError && <Failed error={query.error} onRetry={() => void query.refetch()} />}
      {query.isSuccess && (items.length === 0 ? empty : children(items))}
      {items.length > 0 && (
        <div className="more row">
          <span className="muted" role="status">
            {total === null ? t('ui.shown', { n: items.length }) : t('ui.shownOf', { n: items.length, total })}
          </span>
          {query.hasNextPage && (
            <Button busy={query.isFetchingNextPage} onPress={() => void query.fetchNextPage()}>
              {t('ui.more')}
            </Button>
          )}
        </div>
      )}
    </Card>
  )
}
