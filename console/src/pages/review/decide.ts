import { useQuery } from '@tanstack/react-query'
import { useEffect, useRef, useState } from 'react'
import { useLocation } from 'wouter'
import { at, client, problemOf, read, refresh, write } from '../../api.ts'
import { message } from '../../i18n.ts'
import { toast } from '../../live.ts'
import { paths } from '../../paths.ts'
import { preferences } from '../../preferences.ts'
import type { CaseDetail, DecideReply } from '../../types/cases.ts'
import type { Problem } from '../../types.ts'
import type { Draft, Preview } from './judgement.tsx'

const casePath = (id: string) => at('cases', id)

/** Holds the case while it is on screen; tells until when, or who else holds it. */
export function useLease(id: string, active: boolean) {
  const [until, setUntil] = useState<string | null>(null)
  const [problem, setProblem] = useState<Problem | null>(null)
  useEffect(() => {
    if (!active) return
    let gone = false
    const take = async () => {
      try {
        const lease = await write<{ until: string }>('POST', at('cases', id, 'lease'))
        if (!gone) setUntil(lease.until)
      } catch (error) {
        if (!gone) setProblem(problemOf(error))
      }
    }
    void take()
    const timer = setInterval(() => void take(), 30_000)
    return () => {
      gone = true
      clearInterval(timer)
    }
  }, [id, active])
  return { until, problem }
}

/** What the merchant would read and what would happen, for the choice on screen. */
export function usePreview(id: string, draft: Draft) {
  const { outcome, policy, markets } = draft
  return useQuery({
    queryKey: [at('cases', id, 'preview'), outcome, policy, markets.join()],
    queryFn: () =>
      write<Preview>('POST', at('cases', id, 'preview'), { outcome, markets, ...(policy ? { policy } : {}) }),
    enabled: outcome !== null,
    staleTime: 60_000,
  })
}

/** Cases that this person passed over since the page was loaded; the next one is taken from the others. */
const skipped = new Set<string>()

const release = (id: string) => write('DELETE', at('cases', id, 'lease')).catch(() => undefined)

/** Leases and loads the case after this one ahead of time; gives it back when it is not used. */
export function useAhead(detail: CaseDetail | undefined, active: boolean) {
  const ahead = useRef<Promise<string | null> | null>(null)
  const id = detail?.case_id
  const queue = detail?.queue
  useEffect(() => {
    if (!id || !active) return
    const take = async () => {
      const reply = await write<{ case_id: string | null }>('POST', '/v1/cases/next', {
        queue,
        after_case_id: id,
        skip: [...skipped],
      })
      const path = reply.case_id ? casePath(reply.case_id) : null
      if (path) await client.prefetchQuery({ queryKey: [path], queryFn: () => read(path) })
      return reply.case_id
    }
    const mine = take().catch(() => null)
    ahead.current = mine
    return () => {
      if (ahead.current === mine) void mine.then((unused) => unused && release(unused))
    }
  }, [id, queue, active])
  /** Hands the prepared case over; from then on it is the caller's. */
  return () => {
    const prepared = ahead.current
    ahead.current = null
    return prepared
  }
}

async function undo(id: string, navigate: (to: string) => void) {
  try {
    await write('POST', at('cases', id, 'undo'))
    await refresh('/v1/cases', '/v1/overview')
    navigate(paths.case(id))
    toast(message('review.undone'))
  } catch (error) {
    const { detail, code } = problemOf(error)
    const why = detail?.[preferences().language] ?? code
    toast(message('review.undoFailed', { why }), { kind: 'failed' })
  }
}

/** Submit, submit and next, skip: the only three things here that reach the server. */
export function useDecide(
  detail: CaseDetail | undefined,
  draft: Draft,
  takeAhead: () => Promise<string | null> | null,
) {
  const [, navigate] = useLocation()
  const [busy, setBusy] = useState(false)
  const [problem, setProblem] = useState<Problem | null>(null)
  const goNext = async () => {
    const next = await takeAhead()
    if (next) navigate(paths.case(next))
    else {
      navigate(paths.queue)
      toast(message('queue.done'))
    }
  }
  const submit = async (thenNext: boolean) => {
    if (!detail || draft.outcome === null || busy) return
    setBusy(true)
    setProblem(null)
    try {
      const { outcome, policy, markets, note } = draft
      const body = {
        outcome,
        ...(policy ? { policy } : {}),
        ...(outcome === 'restrict_market' ? { markets } : {}),
        ...(note ? { note } : {}),
      }
      const reply = await write<DecideReply>('POST', at('cases', detail.case_id, 'decide'), body)
      const run = () => void undo(detail.case_id, navigate)
      const until = Date.parse(reply.effective_at)
      const title = detail.subject.title ?? detail.subject.id
      // An escalation has no effect on anybody; the case is simply open again, for others.
      if (outcome === 'escalate') toast(message('review.escalated', { title }))
      else
        toast(message('review.submitted', { title }), {
          action: { label: message('action.undo'), keys: 'u', run, until },
        })
      if (thenNext) await goNext()
      void refresh(casePath(detail.case_id), '/v1/cases?', '/v1/overview')
    } catch (error) {
      setProblem(problemOf(error))
    } finally {
      setBusy(false)
    }
  }
  const skip = async () => {
    if (!detail) return
    skipped.add(detail.case_id)
    await goNext()
    await release(detail.case_id)
    void refresh('/v1/cases?')
  }
  return { busy, problem, submit, skip }
}
