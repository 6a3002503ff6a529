import { type FormEvent, useState } from 'react'
import { problemOf, write } from '../api.ts'
import { useSay } from '../i18n.ts'
import { useMay } from '../session.ts'
import type { Problem } from '../types.ts'
import { Button, CopyButton, Field } from './basics.tsx'
import { Dialog } from './dialog.tsx'
import { ProblemNote } from './states.tsx'

const parties = new Set(['seller', 'creator', 'advertiser'])

/** Makes a link by which a party comes into its portal; nothing for a subject that is no party. */
export function Invite({ party }: { party: { type: string; id: string; title: string } }) {
  const { t } = useSay()
  const may = useMay('portal.invite')
  const [open, setOpen] = useState(false)
  const [link, setLink] = useState<string | null>(null)
  const [problem, setProblem] = useState<Problem | null>(null)
  if (!may || !parties.has(party.type)) return null
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const name = String(new FormData(event.currentTarget).get('name') ?? '').trim()
    setProblem(null)
    try {
      const body = { party_type: party.type, party_id: party.id, name }
      const made = await write<{ path: string }>('POST', '/v1/invitations', body)
      setLink(`${window.location.origin}${made.path}`)
    } catch (error) {
      setProblem(problemOf(error))
    }
  }
  return (
    <>
      <Button onPress={() => setOpen(true)}>{t('invite.open')}</Button>
      <Dialog title={t('invite.open')} open={open} onClose={() => setOpen(false)}>
        <form className="stack wide" onSubmit={(event) => void submit(event)}>
          <p>{t('invite.about')}</p>
          {link ? (
            <p className="row">
              <code className="spans grow" data-invitation="">
                {link}
              </code>
              <CopyButton value={link} />
            </p>
          ) : (
            <>
              <Field label={t('invite.name')}>
                {(props) => <input {...props} name="name" required defaultValue={party.title} maxLength={100} />}
              </Field>
              {problem && <ProblemNote problem={problem} />}
              <span>
                <Button kind="primary" type="submit">
                  {t('invite.make')}
                </Button>
              </span>
            </>
          )}
        </form>
      </Dialog>
    </>
  )
}
