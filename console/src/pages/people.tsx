import { type FormEvent, useState } from 'react'
import { at, problemOf, refresh, useRead, write } from '../api.ts'
import { useSay } from '../i18n.ts'
import { toast } from '../live.ts'
import { useSearchState } from '../paths.ts'
import { useMay } from '../session.ts'
import type { Page, Problem, TokenRow, UserRow } from '../types.ts'
import { WaitingCard } from '../ui/approvals.tsx'
import { Button, Card, CopyButton, Field, TabPanel, Tabs, Time } from '../ui/basics.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { Mark } from '../ui/marks.tsx'
import { PageFrame } from '../ui/page.tsx'
import { Empty, Loaded, ProblemNote } from '../ui/states.tsx'
import { Table } from '../ui/table.tsx'
import { useVocabulary } from '../vocabulary.ts'
import { Reviewers } from './reviewers.tsx'

const roleIds = ['administrator', 'strategist', 'analyst', 'reviewer', 'qa', 'viewer']

function Roles({ roles }: { roles: readonly string[] }) {
  const { word } = useSay()
  return <span className="nowrap">{roles.map((role) => word('role', role)).join(' · ')}</span>
}

function RoleBoxes({ chosen }: { chosen: readonly string[] }) {
  const { t, word } = useSay()
  const { vocabulary } = useVocabulary()
  const ids = vocabulary?.roles.map(({ id }) => id) ?? roleIds
  return (
    <fieldset className="markets">
      <legend className="label">{t('people.roles')}</legend>
      {ids.map((id) => (
        <label key={id} className="check">
          <input type="checkbox" name="roles" value={id} defaultChecked={chosen.includes(id)} />
          {word('role', id)}
        </label>
      ))}
    </fieldset>
  )
}

/** A form whose save may be refused by the server; what was typed stays. */
function useSave(onDone: () => void) {
  const [problem, setProblem] = useState<Problem | null>(null)
  const save = async (work: () => Promise<void>) => {
    setProblem(null)
    try {
      await work()
      onDone()
    } catch (error) {
      setProblem(problemOf(error))
    }
  }
  return { problem, save }
}

const valuesOf = (event: FormEvent<HTMLFormElement>) => {
  event.preventDefault()
  const form = new FormData(event.currentTarget)
  return {
    text: (name: string) => String(form.get(name) ?? '').trim(),
    roles: form.getAll('roles').map(String),
    checked: (name: string) => form.get(name) === 'on',
  }
}

function UserDialog({ user, onClose }: { user: UserRow | 'new'; onClose: () => void }) {
  const { t } = useSay()
  const [made, setMade] = useState<string | null>(null)
  const { problem, save } = useSave(() => undefined)
  const old = user === 'new' ? null : user
  const submit = (event: FormEvent<HTMLFormElement>) => {
    const { text, roles, checked } = valuesOf(event)
    void save(async () => {
      if (old) {
        const change = { name: text('name'), roles, disabled: checked('disabled') }
        const reply = await write<{ pending?: true }>('PUT', at('users', old.user_id), change)
        if (reply.pending) toast(t('approvals.pending'))
        onClose()
      } else {
        const password = text('password')
        const reply = await write<{ password: string | null; pending?: true }>('POST', '/v1/users', {
          login: text('login'),
          name: text('name'),
          roles,
          ...(password ? { password } : {}),
        })
        if (reply.pending) toast(t('approvals.pending'))
        if (reply.password) setMade(reply.password)
        else onClose()
      }
      toast(t('people.saved'))
      await refresh('/v1/users', '/v1/approvals')
    })
  }
  return (
    <Dialog title={t(old ? 'people.edit' : 'people.add')} open onClose={onClose}>
      {made ? (
        <Once about={t('people.once')} secret={made} />
      ) : (
        <form className="stack wide" onSubmit={submit}>
          {!old && (
            <Field label={t('signIn.login')}>
              {(props) => <input {...props} name="login" required autoComplete="off" />}
            </Field>
          )}
          <Field label={t('people.name')}>
            {(props) => <input {...props} name="name" required defaultValue={old?.name} />}
          </Field>
          {!old && (
            <Field label={t('signIn.password')} hint={t('people.password.hint')}>
              {(props) => (
                <input {...props} name="password" type="password" autoComplete="new-password" minLength={10} />
              )}
            </Field>
          )}
          <RoleBoxes chosen={old?.roles ?? ['viewer']} />
          {old && (
            <label className="check">
              <input type="checkbox" name="disabled" defaultChecked={old.disabled} />
              {t('people.disabled')}
            </label>
          )}
          {problem && <ProblemNote problem={problem} />}
          <div className="row">
            <span className="end" />
            <Button kind="primary" type="submit">
              {t('ui.save')}
            </Button>
          </div>
        </form>
      )}
    </Dialog>
  )
}

function Users() {
  const { t } = useSay()
  const may = useMay('user.write')
  const [editing, setEditing] = useState<UserRow | 'new' | null>(null)
  const query = useRead<Page<UserRow>>('/v1/users')
  return (
    <Card
      title={t('people.users')}
      flush
      aside={
        may && (
          <Button kind="primary" onPress={() => setEditing('new')}>
            {t('people.add')}
          </Button>
        )
      }
    >
      <Loaded query={query}>
        {(page) => (
          <Table
            caption={t('people.users')}
            rows={page.items}
            rowKey={(row) => row.user_id}
            columns={[
              { id: 'name', title: t('people.name'), head: true, sort: (row) => row.name, cell: (row) => row.name },
              {
                id: 'login',
                title: t('signIn.login'),
                sort: (row) => row.login,
                cell: (row) => <code>{row.login}</code>,
              },
              { id: 'roles', title: t('people.roles'), cell: (row) => <Roles roles={row.roles} /> },
              {
                id: 'status',
                title: t('col.status'),
                cell: (row) => (
                  <Mark shape={row.disabled ? 'cross' : 'check'} tone="muted">
                    {t(row.disabled ? 'people.off' : 'people.on')}
                  </Mark>
                ),
              },
              { id: 'created', title: t('tokens.created'), number: true, cell: (row) => <Time at={row.created_at} /> },
              {
                id: 'edit',
                title: t('ui.actions'),
                number: true,
                cell: (row) => (
                  <Button kind="quiet" onPress={() => setEditing(row)}>
                    {t('ui.edit')}
                    <span className="sr">{row.name}</span>
                  </Button>
                ),
              },
            ]}
          />
        )}
      </Loaded>
      {editing && <UserDialog user={editing} onClose={() => setEditing(null)} />}
    </Card>
  )
}

/** A secret that is shown this one time. */
function Once({ about, secret }: { about: string; secret: string }) {
  return (
    <div className="stack">
      <p>{about}</p>
      <p className="row code">
        <code className="grow">{secret}</code>
        <CopyButton value={secret} />
      </p>
    </div>
  )
}

function TokenDialog({ onClose }: { onClose: () => void }) {
  const { t } = useSay()
  const [token, setToken] = useState<string | null>(null)
  const { problem, save } = useSave(() => undefined)
  const submit = (event: FormEvent<HTMLFormElement>) => {
    const { text, roles } = valuesOf(event)
    const expires = text('expires')
    void save(async () => {
      const body = { name: text('name'), roles, ...(expires ? { expires_at: new Date(expires).toISOString() } : {}) }
      const reply = await write<{ token: string }>('POST', '/v1/tokens', body)
      setToken(reply.token)
      await refresh('/v1/tokens')
    })
  }
  return (
    <Dialog title={t('tokens.add')} open onClose={onClose}>
      {token ? (
        <Once about={t('tokens.once')} secret={token} />
      ) : (
        <form className="stack wide" onSubmit={submit}>
          <Field label={t('tokens.name')} hint={t('tokens.name.hint')}>
            {(props) => <input {...props} name="name" required />}
          </Field>
          <RoleBoxes chosen={['viewer']} />
          <Field label={t('lists.expires')}>{(props) => <input {...props} name="expires" type="date" />}</Field>
          {problem && <ProblemNote problem={problem} />}
          <div className="row">
            <span className="end" />
            <Button kind="primary" type="submit">
              {t('tokens.add')}
            </Button>
          </div>
        </form>
      )}
    </Dialog>
  )
}

function Tokens() {
  const { t } = useSay()
  const [adding, setAdding] = useState(false)
  const may = useMay('token.write')
  const [revoking, setRevoking] = useState<TokenRow | null>(null)
  const query = useRead<Page<TokenRow>>('/v1/tokens')
  const revoke = async (token: TokenRow) => {
    try {
      await write('DELETE', at('tokens', token.token_id))
      toast(t('tokens.revoked', { name: token.name }))
      setRevoking(null)
      await refresh('/v1/tokens')
    } catch (error) {
      toast(problemOf(error).code, { kind: 'failed' })
    }
  }
  return (
    <Card
      title={t('people.tokens')}
      flush
      aside={
        may && (
          <Button kind="primary" onPress={() => setAdding(true)}>
            {t('tokens.add')}
          </Button>
        )
      }
    >
      <Loaded query={query}>
        {(page) =>
          page.items.length === 0 ? (
            <Empty kind="first" title={t('tokens.none')} hint={t('tokens.none.hint')} />
          ) : (
            <Table
              caption={t('people.tokens')}
              rows={page.items}
              rowKey={(row) => row.token_id}
              columns={[
                { id: 'name', title: t('tokens.name'), head: true, cell: (row) => row.name },
                { id: 'roles', title: t('people.roles'), cell: (row) => <Roles roles={row.roles} /> },
                {
                  id: 'created',
                  title: t('tokens.created'),
                  number: true,
                  cell: (row) => <Time at={row.created_at} />,
                },
                { id: 'expires', title: t('lists.expires'), number: true, cell: (row) => <Time at={row.expires_at} /> },
                {
                  id: 'revoke',
                  title: t('ui.actions'),
                  number: true,
                  cell: (row) =>
                    row.revoked_at ? (
                      <Mark shape="cross" tone="muted">
                        {t('tokens.off')}
                      </Mark>
                    ) : (
                      <Button kind="quiet" onPress={() => setRevoking(row)}>
                        {t('tokens.revoke')}
                        <span className="sr">{row.name}</span>
                      </Button>
                    ),
                },
              ]}
            />
          )
        }
      </Loaded>
      {revoking && (
        <Dialog
          title={t('tokens.revoke')}
          open
          onClose={() => setRevoking(null)}
          footer={
            <Button kind="primary" onPress={() => void revoke(revoking)}>
              {t('tokens.revoke')}
            </Button>
          }
        >
          <p>{t('tokens.revoke.sure', { name: revoking.name })}</p>
        </Dialog>
      )}
      {adding && <TokenDialog onClose={() => setAdding(false)} />}
    </Card>
  )
}

export function PeoplePage() {
  const { t } = useSay()
  const [params, set] = useSearchState()
  const asked = params.get('tab')
  const tab = asked === 'tokens' || asked === 'reviewers' ? asked : 'users'
  return (
    <PageFrame title={t('nav.people')}>
      <WaitingCard />
      <Tabs
        label={t('nav.people')}
        value={tab}
        onChange={(id) => set({ tab: id === 'users' ? null : id })}
        tabs={[
          { id: 'users', label: t('people.users') },
          { id: 'reviewers', label: t('reviewers.title') },
          { id: 'tokens', label: t('people.tokens') },
        ]}
      />
      <TabPanel id={tab}>{tab === 'users' ? <Users /> : tab === 'reviewers' ? <Reviewers /> : <Tokens />}</TabPanel>
    </PageFrame>
  )
}
