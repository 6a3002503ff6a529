import { useState } from 'react'
import { at, refresh, useRead } from '../api.ts'
import { useSay } from '../i18n.ts'
import { toast } from '../live.ts'
import type { ActionRow } from '../types/appeals.ts'
import type { ActionDeliveries } from '../types/enforcement.ts'
import { useWrite } from '../use-write.ts'
import { Button, Field, Time } from './basics.tsx'
import { Dialog } from './dialog.tsx'
import { Mark } from './marks.tsx'
import { Outcome } from './outcome.tsx'
import { Empty, Loaded, ProblemNote } from './states.tsx'

/** What became of the outside calls of one action. */
export function CallsDialog({ action, onClose }: { action: string; onClose: () => void }) {
  const say = useSay()
  const { t } = say
  const query = useRead<ActionDeliveries>(at('actions', action, 'deliveries'))
  return (
    <Dialog title={t('calls.title')} open onClose={onClose}>
      <Loaded query={query} lines={3}>
        {({ waiting, attempts }) =>
          waiting.length + attempts.length === 0 ? (
            <Empty kind="first" title={t('calls.none')} hint={t('calls.none.hint')} small />
          ) : (
            <ul className="similar">
              {attempts.map((row) => (
                <li key={row.attempt} className="row wrap">
                  <Outcome value={row.outcome} />
                  <span className="grow">
                    {row.status ?? t('webhooks.noAnswer')} <span className="muted">{row.detail}</span>
                  </span>
                  <Time at={row.at} />
                </li>
              ))}
              {waiting.map((row) => (
                <li key={row.endpoint_id} className="row">
                  <Mark shape="ring">{t('webhooks.waiting')}</Mark>
                  <span className="muted">{t('calls.next', { when: say.ago(row.next_at) })}</span>
                </li>
              ))}
            </ul>
          )
        }
      </Loaded>
    </Dialog>
  )
}

/** Takes one action back by hand. */
export function LiftDialog({ action, onClose }: { action: ActionRow; onClose: () => void }) {
  const say = useSay()
  const { t } = say
  const { problem, busy, send } = useWrite()
  const [reason, setReason] = useState('')
  const lift = async () => {
    if (!(await send('POST', at('actions', action.action_id, 'lift'), { reason }))) return
    toast(t('lift.done'))
    await refresh('/v1/subjects', '/v1/trace', '/v1/appeals')
    onClose()
  }
  return (
    <Dialog
      title={t('lift.title', { title: say.text(action.title) })}
      open
      onClose={onClose}
      footer={
        <Button kind="primary" busy={busy} disabled={reason.trim() === ''} onPress={() => void lift()}>
          {t('lift.open')}
        </Button>
      }
    >
      <div className="stack">
        <Field label={t('lift.reason')}>
          {(props) => (
            <textarea {...props} rows={3} value={reason} onChange={(event) => setReason(event.target.value)} />
          )}
        </Field>
        {problem && <ProblemNote problem={problem} />}
      </div>
    </Dialog>
  )
}
