import { useCallback } from 'react'
import { useLocation } from 'wouter'
import { problemOf, refresh, write } from '../../api.ts'
import { message } from '../../i18n.ts'
import { toast } from '../../live.ts'
import { paths } from '../../paths.ts'

/** Takes a lease on the most urgent case and opens it; says so when nothing waits. */
export function useNextCase(queue?: string | null) {
  const [, navigate] = useLocation()
  return useCallback(async () => {
    try {
      const { case_id: id } = await write<{ case_id: string | null }>('POST', '/v1/cases/next', queue ? { queue } : {})
      void refresh('/v1/cases', '/v1/overview')
      if (id) navigate(paths.case(id))
      else toast(message('queue.done'))
    } catch (error) {
      toast(message('queue.nextFailed', { code: problemOf(error).code }), { kind: 'failed' })
    }
  }, [queue, navigate])
}
