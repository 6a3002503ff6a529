import { useState } from 'react'
import { at } from '../../api.ts'
import { useSay } from '../../i18n.ts'
import type { EndpointRow } from '../../types/enforcement.ts'
import { Button, Field } from '../../ui/basics.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { ProblemNote } from '../../ui/states.tsx'
import { useWrite } from '../../use-write.ts'

interface EndpointDialogProps {
  endpoint: EndpointRow | null
  onClose: () => void
  onSaved: () => void
}

/** Adds an endpoint or changes one; its secret can be written, never read. */
export function EndpointDialog({ endpoint, onClose, onSaved }: EndpointDialogProps) {
  const { t } = useSay()
  const { problem, busy, send } = useWrite()
  const [title, setTitle] = useState(endpoint?.title ?? '')
  const [url, setUrl] = useState(endpoint?.url ?? '')
  const [secret, setSecret] = useState('')
  const save = async (more: object = {}) => {
    const body = { title, url, ...(secret === '' ? {} : { secret }), ...more }
    const path = endpoint ? at('webhooks', endpoint.endpoint_id) : '/v1/webhooks'
    if (await send(endpoint ? 'PUT' : 'POST', path, body)) onSaved()
  }
  return (
    <Dialog
      title={t(endpoint ? 'webhooks.change' : 'webhooks.add')}
      open
      onClose={onClose}
      footer={
        <>
          {endpoint && (
            <Button busy={busy} onPress={() => void save({ active: !endpoint.active })}>
              {t(endpoint.active ? 'webhooks.turnOff' : 'webhooks.turnOn')}
            </Button>
          )}
          <Button
            kind="primary"
            busy={busy}
            disabled={title === '' || url === '' || (!endpoint && secret === '')}
            onPress={() => void save()}
          >
            {t('webhooks.save')}
          </Button>
        </>
      }
    >
      <div className="stack wide">
        <Field label={t('webhooks.name')}>
          {(props) => <input {...props} value={title} onChange={(event) => setTitle(event.target.value)} />}
        </Field>
        <Field label={t('webhooks.url')} hint={t('webhooks.url.hint')}>
          {(props) => (
            <input
              {...props}
              className="input mono"
              type="url"
              spellCheck={false}
              placeholder="https://shop.example/hooks/aedile"
              value={url}
              onChange={(event) => setUrl(event.target.value)}
            />
          )}
        </Field>
        <Field
          label={t('webhooks.secret')}
          hint={[t('webhooks.secret.hint'), ...(endpoint ? [t('webhooks.secret.keep')] : [])].join(' ')}
        >
          {(props) => (
            <input
              {...props}
              className="input mono"
              type="password"
              autoComplete="new-password"
              value={secret}
              onChange={(event) => setSecret(event.target.value)}
            />
          )}
        </Field>
        {problem && <ProblemNote problem={problem} />}
      </div>
    </Dialog>
  )
}
