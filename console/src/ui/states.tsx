import type { UseQueryResult } from '@tanstack/react-query'
import { CircleCheck, Hourglass, Inbox, Lock, SearchX } from 'lucide-react'
import { createContext, type ReactNode, useContext, useEffect, useState } from 'react'
import { problemOf } from '../api.ts'
import { useSay } from '../i18n.ts'
import type { Problem } from '../types.ts'
import { Button } from './basics.tsx'

/** The five reasons why a place is empty; each says what to do next. */
export type EmptyKind = 'first' | 'filtered' | 'permission' | 'done' | 'pending'

const icons: Record<EmptyKind, typeof Inbox> = {
  first: Inbox,
  filtered: SearchX,
  permission: Lock,
  done: CircleCheck,
  pending: Hourglass,
}

interface EmptyProps {
  kind: EmptyKind
  title: string
  hint?: string
  action?: ReactNode
  small?: boolean
}

export function Empty({ kind, title, hint, action, small }: EmptyProps) {
  const Icon = icons[kind]
  const Title = useContext(InPage) ? 'strong' : 'h1'
  return (
    <div className={small ? 'empty small' : 'empty'}>
      {!small && <Icon size={22} strokeWidth={1.5} aria-hidden="true" />}
      <Title>{title}</Title>
      {hint && <p>{hint}</p>}
      {action}
    </div>
  )
}

/** Grey bars, but only when the answer takes longer than 200 ms. Where the page itself loads, it has its title from the start. */
export function Skeleton({ lines = 6 }: { lines?: number }) {
  const { t } = useSay()
  const inPage = useContext(InPage)
  const [late, setLate] = useState(false)
  useEffect(() => {
    const timer = setTimeout(() => setLate(true), 200)
    return () => clearTimeout(timer)
  }, [])
  const bars = Array.from({ length: late ? lines : 0 }, (_, index) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: the bars are all alike
    <i key={index} />
  ))
  if (inPage)
    return (
      <div className={late ? 'skeleton' : undefined} aria-busy="true">
        {late && <span className="sr">{t('ui.loading')}</span>}
        {bars}
      </div>
    )
  return (
    <div className="page" aria-busy="true">
      <h1 className={late ? 'muted' : 'sr'}>{t('ui.loading')}</h1>
      {late && <div className="skeleton">{bars}</div>}
    </div>
  )
}

/** True inside a page that has its own title; outside, what is shown is the page and its title the level-one heading. */
export const InPage = createContext(false)

/** What went wrong, what mends it, and the code and request id to quote. */
export function ProblemNote({ problem, onRetry }: { problem: Problem; onRetry?: (() => void) | undefined }) {
  const say = useSay()
  const title = say.text(problem.title) || say.word('problem', problem.code)
  const Title = useContext(InPage) ? 'strong' : 'h1'
  const shown = problem.value === undefined ? null : JSON.stringify(problem.value)
  return (
    <div className="problem" role="alert">
      <Title>{title === problem.code ? say.t('problem.unknown') : title}</Title>
      {problem.detail && <p>{say.text(problem.detail)}</p>}
      {problem.field && (
        <p>
          <code>{problem.field}</code>
          {shown && <code> = {shown.slice(0, 160)}</code>}
        </p>
      )}
      {problem.fix && <p>{say.text(problem.fix)}</p>}
      <p className="small row wrap">
        <code>{problem.code}</code>
        {problem.request_id && <span>{say.t('ui.requestId', { id: problem.request_id })}</span>}
        {onRetry && (
          <span className="end">
            <Button onPress={onRetry}>{say.t('ui.retry')}</Button>
          </span>
        )}
      </p>
    </div>
  )
}

interface LoadedProps<T> {
  query: UseQueryResult<T>
  children: (data: T) => ReactNode
  lines?: number
}

/** Skeleton, problem, "no permission" or the data; stale data stays on screen with its age when a refresh fails. */
export function Loaded<T>({ query, children, lines }: LoadedProps<T>) {
  const say = useSay()
  if (query.data !== undefined) {
    return (
      <>
        {query.isError && (
          <p className="hurt" role="status">
            {say.t('ui.stale', { ago: say.ago(new Date(query.dataUpdatedAt).toISOString()) })}
          </p>
        )}
        {children(query.data)}
      </>
    )
  }
  if (query.isError) return <Failed error={query.error} onRetry={() => void query.refetch()} />
  return <Skeleton {...(lines === undefined ? {} : { lines })} />
}

export function Failed({ error, onRetry }: { error: unknown; onRetry?: () => void }) {
  const { t } = useSay()
  const problem = problemOf(error)
  if (problem.status === 403) {
    return <Empty kind="permission" title={t('empty.permission')} hint={t('empty.permission.hint')} />
  }
  return (
    <div className="body">
      <ProblemNote problem={problem} onRetry={onRetry} />
    </div>
  )
}
