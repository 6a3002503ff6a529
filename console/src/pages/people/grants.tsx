import { type FormEvent, useState } from 'react'
import { at, refresh, useRead, write } from '../../api.ts'
import { type MessageId, useSay } from '../../i18n.ts'
import { toast } from '../../live.ts'
import { useMay } from '../../session.ts'
import type { UserRow } from '../../types/people.ts'
import type { Page } from '../../types.ts'
import { useActor } from '../../ui/actor.ts'
import { Button, Field, Time } from '../../ui/basics.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { Empty, Loaded, ProblemNote } from '../../ui/states.tsx'
import { useWhere } from '../../ui/where.ts'
import { useVocabulary } from '../../vocabulary.ts'
import { useSave, valuesOf } from './forms.tsx'

interface GrantRow {
  grant_id: string
  role: string
  sites: string[]
  markets: string[]
  reason: string
  at: string
  by: string
}

/** People outside come by invitation only. */
const outside = ['merchant', 'creator']

const refreshGrants = () => refresh('/v1/users', '/v1/approvals', '/v1/reviewers')

/** Reasons that the server gives itself, as it writes them. */
const ownReasons: Record<string, MessageId> = {
  'the first administrator': 'grants.because.first',
  'the person was added': 'grants.because.added',
  'roles changed': 'grants.because.changed',
}

/** The roles of a person with the places where they hold: see, revoke, give. */
export function GrantsDialog({ user, onClose }: { user: UserRow; onClose: () => void }) {
  const { t } = useSay()
  const may = useMay('user.write')
  const query = useRead<Page<GrantRow>>(at('users', user.user_id, 'grants'))
  return (
    <Dialog title={t('grants.title', { name: user.name })} open onClose={onClose}>
      <div className="stack wide">
        <Loaded query={query}>
          {({ items }) =>
            items.length === 0 ? (
              <Empty kind="first" title={t('grants.none')} hint={t('grants.none.hint')} small />
            ) : (
              <ul className="similar">
                {items.map((grant) => (
                  <GrantLine key={grant.grant_id} grant={grant} may={may} />
                ))}
              </ul>
            )
          }
        </Loaded>
        {may && <GrantForm user={user} />}
      </div>
    </Dialog>
  )
}

function GrantLine({ grant, may }: { grant: GrantRow; may: boolean }) {
  const { t, word } = useSay()
  const where = useWhere()
  const actor = useActor()
  const [ending, setEnding] = useState(false)
  const { problem, save } = useSave(() => toast(t('grants.ended')))
  const ownReason = ownReasons[grant.reason] ?? (grant.reason.startsWith('invitation ') && 'grants.because.invited')
  const submit = (event: FormEvent<HTMLFormElement>) => {
    const { text } = valuesOf(event)
    void save(async () => {
      await write('POST', at('grants', grant.grant_id, 'end'), { reason: text('reason') })
      await refreshGrants()
    })
  }
  return (
    <li className="stack">
      <div className="row wrap">
        <strong>{word('role', grant.role)}</strong>
        <span>{where(grant)}</span>
        {may && !ending && !outside.includes(grant.role) && (
          <span className="end">
            <Button kind="quiet" onPress={() => setEnding(true)}>
              {t('grants.end')}
              <span className="sr">
                {word('role', grant.role)} {where(grant)}
              </span>
            </Button>
          </span>
        )}
      </div>
      <span className="muted small">
        {ownReason ? t(ownReason) : grant.reason} · {actor(grant.by)} · <Time at={grant.at} />
      </span>
      {ending && (
        <form className="stack" onSubmit={submit}>
          <Field label={t('grants.endReason')}>
            {(props) => <input {...props} name="reason" required minLength={3} maxLength={400} />}
          </Field>
          {problem && <ProblemNote problem={problem} />}
          <div className="row">
            <Button kind="primary" type="submit">
              {t('grants.end')}
            </Button>
            <Button onPress={() => setEnding(false)}>{t('grants.keep')}</Button>
          </div>
        </form>
      )}
    </li>
  )
}

function Places({ name, legend, known }: { name: string; legend: string; known: { value: string; label: string }[] }) {
  return (
    <fieldset className="markets">
      <legend className="label">{legend}</legend>
      {known.map(({ value, label }) => (
        <label key={value} className="check">
          <input type="checkbox" name={name} value={value} />
          {label}
        </label>
      ))}
    </fieldset>
  )
}

function GrantForm({ user }: { user: UserRow }) {
  const { t } = useSay()
  const { roles, markets } = useVocabulary()
  const { data } = useRead<{ sites: string[] }>('/v1/sites')
  const [role, setRole] = useState('reviewer')
  // A form that was sent starts anew.
  const [round, setRound] = useState(0)
  const { problem, save } = useSave(() => setRound(round + 1))
  const submit = (event: FormEvent<HTMLFormElement>) => {
    const { text, all } = valuesOf(event)
    void save(async () => {
      const body = { role, sites: all('sites'), markets: all('markets'), reason: text('reason') }
      const reply = await write<{ pending?: true }>('POST', at('users', user.user_id, 'grants'), body)
      toast(t(reply.pending ? 'approvals.pending' : 'grants.given'))
      await refreshGrants()
    })
  }
  const sites = data?.sites
  return (
    <form key={round} className="stack wide" onSubmit={submit}>
      <Field label={t('grants.role')}>
        {(props) => (
          <select {...props} value={role} onChange={(event) => setRole(event.target.value)}>
            {roles
              .filter(({ value }) => !outside.includes(value))
              .map(({ value, label }) => (
                <option key={value} value={value}>
                  {label}
                </option>
              ))}
          </select>
        )}
      </Field>
      {sites?.length === 0 && <p className="muted small">{t('grants.noSites')}</p>}
      {sites && sites.length > 0 && (
        <Places name="sites" legend={t('grants.sites')} known={sites.map((value) => ({ value, label: value }))} />
      )}
      <Places name="markets" legend={t('grants.markets')} known={markets} />
      <Field label={t('grants.reason')}>
        {(props) => <input {...props} name="reason" required minLength={3} maxLength={400} />}
      </Field>
      {role === 'administrator' && <p className="muted">{t('grants.fourEyes')}</p>}
      {problem && <ProblemNote problem={problem} />}
      <div className="row">
        <span className="end" />
        <Button kind="primary" type="submit">
          {t('grants.give')}
        </Button>
      </div>
    </form>
  )
}
