import { useState } from 'react'
import { at, useRead } from '../../api.ts'
import { useSay } from '../../i18n.ts'
import type { ActionKindRow, EndpointRow } from '../../types/enforcement.ts'
import type { Page } from '../../types.ts'
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
  const [kinds, setKinds] = useState<readonly string[]>(endpoint?.kinds ?? [])
  const save = async (more: object = {}) => {
    const body = { title, url, kinds: kinds.length === 0 ? null : kinds, ...(secret === '' ? {} : { secret }), ...more }
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
        <Kinds chosen={kinds} onChoose={setKinds} />
        {problem && <ProblemNote problem={problem} />}
      </div>
    </Dialog>
  )
}

/** Which actions the endpoint hears of; none chosen = all. */
function Kinds({ chosen, onChoose }: { chosen: readonly string[]; onChoose: (kinds: readonly string[]) => void }) {
  const say = useSay()
  const { data } = useRead<Page<ActionKindRow>>('/v1/action-kinds', { fresh: 300_000 })
  return (
    <details>
      <summary>
        {say.t('webhooks.kinds')}: {chosen.length === 0 ? say.t('webhooks.allKinds') : say.number(chosen.length)}
      </summary>
      <div className="stack">
        {(data?.items ?? []).map(({ kind, title }) => (
          <label key={kind} className="check">
            <input
              type="checkbox"
              checked={chosen.includes(kind)}
              onChange={(event) =>
                onChoose(event.target.checked ? [...chosen, kind] : chosen.filter((other) => other !== kind))
              }
            />
            {say.text(title)}
          </label>
        ))}
      </div>
    </details>
  )
}
