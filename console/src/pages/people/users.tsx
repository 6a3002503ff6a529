import { type FormEvent, useState } from 'react'
import { at, refresh, useRead, write } from '../../api.ts'
import { useSay } from '../../i18n.ts'
import { toast } from '../../live.ts'
import { useMay } from '../../session.ts'
import type { UserRow } from '../../types/people.ts'
import type { Page } from '../../types.ts'
import { Button, Card, Field, Time } from '../../ui/basics.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { Mark } from '../../ui/marks.tsx'
import { Loaded, ProblemNote } from '../../ui/states.tsx'
import { Table } from '../../ui/table.tsx'
import { Once, RoleBoxes, Roles, useSave, valuesOf } from './forms.tsx'
import { GrantsDialog } from './grants.tsx'

function UserDialog({ user, onClose }: { user: UserRow | 'new'; onClose: () => void }) {
  const { t } = useSay()
  const [made, setMade] = useState<string | null>(null)
  const { problem, save } = useSave(() => undefined)
  const old = user === 'new' ? null : user
  const submit = (event: FormEvent<HTMLFormElement>) => {
    const { text, roles, checked } = valuesOf(event)
    void save(async () => {
      if (old) {
        // Roles that are sent replace all grants by ones that hold everywhere: unchanged boxes leave the grants as they are.
        const same = roles.length === old.roles.length && roles.every((role) => old.roles.includes(role))
        const change = { name: text('name'), disabled: checked('disabled'), ...(same ? {} : { roles }) }
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
          {old && <p className="muted small">{t('grants.boxes')}</p>}
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

/** People, what they may do and where. */
export function Users() {
  const { t } = useSay()
  const may = useMay('user.write')
  const [editing, setEditing] = useState<UserRow | 'new' | null>(null)
  const [granting, setGranting] = useState<UserRow | null>(null)
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
                  <span className="row">
                    <Button kind="quiet" onPress={() => setGranting(row)}>
                      {t('grants.open')}
                      <span className="sr">{row.name}</span>
                    </Button>
                    <Button kind="quiet" onPress={() => setEditing(row)}>
                      {t('ui.edit')}
                      <span className="sr">{row.name}</span>
                    </Button>
                  </span>
                ),
              },
            ]}
          />
        )}
      </Loaded>
      {granting && <GrantsDialog user={granting} onClose={() => setGranting(null)} />}
      {editing && <UserDialog user={editing} onClose={() => setEditing(null)} />}
    </Card>
  )
}
