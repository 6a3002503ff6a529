import { useState } from 'react'
import { Link } from 'wouter'
import { at, problemOf, refresh, useRead, write } from '../../api.ts'
import { useSay } from '../../i18n.ts'
import { toast } from '../../live.ts'
import { paths } from '../../paths.ts'
import { useMe } from '../../session.ts'
import type { RequestReply, RequestRow } from '../../types/rollout.ts'
import type { Page, Problem } from '../../types.ts'
import { Button, Card, Field, Time } from '../../ui/basics.tsx'
import { Mark } from '../../ui/marks.tsx'
import { ProblemNote } from '../../ui/states.tsx'
import { SeenCard } from './seen-card.tsx'

export const refreshRollout = () =>
  refresh('/v1/drafts', '/v1/requests', '/v1/strategies', '/v1/packs', '/v1/vocabulary')

/** A request that waits, with what the person who looks at it may do. */
export function RequestNote({ request, linked = true }: { request: RequestRow; linked?: boolean }) {
  const say = useSay()
  const { t } = say
  const me = useMe()
  const mine = me?.user.id === request.person
  const may = me?.permissions.includes('strategy.approve') ?? false
  const [reason, setReason] = useState('')
  const [problem, setProblem] = useState<Problem | null>(null)
  const [busy, setBusy] = useState(false)
  const name = `${request.strategy}@${request.version}`
  const answer = async (verb: 'approve' | 'reject' | 'withdraw') => {
    setBusy(true)
    setProblem(null)
    try {
      const reply = await write<RequestReply>('POST', at('requests', request.request_id, verb), { reason })
      toast(
        reply.running ? t('rollout.step.done', { name, state: say.word('mode', reply.running) }) : t('request.done'),
      )
      await refreshRollout()
    } catch (error) {
      setProblem(problemOf(error))
    } finally {
      setBusy(false)
    }
  }
  const what =
    request.kind === 'publish'
      ? t('request.what.publish', { name })
      : t('request.what.step', { name, to: say.word('mode', request.to) })
  return (
    <div className="problem mild">
      <div className="row wrap">
        <Mark shape="half" tone="accent">
          {what}
          {request.canary !== null && ` (${say.number(request.canary)} %)`}
        </Mark>
        <span className="muted">{request.actor}</span>
        <span className="muted end">
          <Time at={request.at} />
        </span>
      </div>
      <p>{request.reason}</p>
      {request.why && <p className="muted">{t('draft.second', { why: say.text(request.why) })}</p>}
      {request.card && <SeenCard card={request.card} />}
      {linked && request.draft_id && <Link href={paths.draft(request.draft_id)}>{t('draft.title')}</Link>}
      {mine || may ? (
        <Field label={t('draft.reason')}>
          {(props) => <input {...props} value={reason} onChange={(event) => setReason(event.target.value)} />}
        </Field>
      ) : (
        <p className="muted">{t('request.mayNot')}</p>
      )}
      {problem && <ProblemNote problem={problem} />}
      {mine && <p className="muted">{t('request.mine')}</p>}
      <div className="row">
        {mine && (
          <Button busy={busy} disabled={reason.trim() === ''} onPress={() => void answer('withdraw')}>
            {t('request.withdraw')}
          </Button>
        )}
        {may && !mine && (
          <>
            <Button kind="primary" busy={busy} disabled={reason.trim() === ''} onPress={() => void answer('approve')}>
              {t('request.approve')}
            </Button>
            <Button busy={busy} disabled={reason.trim() === ''} onPress={() => void answer('reject')}>
              {t('request.reject')}
            </Button>
          </>
        )}
      </div>
    </div>
  )
}

/** Everything that waits for a second person; nothing at all when nothing waits. */
export function WaitingCard() {
  const { t } = useSay()
  const waiting = useRead<Page<RequestRow>>('/v1/requests', { every: 30_000 }).data?.items ?? []
  if (waiting.length === 0) return null
  return (
    <Card title={t('request.title')}>
      <div className="stack">
        {waiting.map((request) => (
          <RequestNote key={request.request_id} request={request} />
        ))}
      </div>
    </Card>
  )
}
