import { type FormEvent, useState } from 'react'
import { at, problemOf, refresh, useRead, write } from '../../api.ts'
import { useSay } from '../../i18n.ts'
import { toast } from '../../live.ts'
import { useMay } from '../../session.ts'
import type { TokenRow } from '../../types/people.ts'
import type { Page } from '../../types.ts'
import { Button, Card, Field, Time } from '../../ui/basics.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { Mark } from '../../ui/marks.tsx'
import { Empty, Loaded, ProblemNote } from '../../ui/states.tsx'
import { Table } from '../../ui/table.tsx'
import { Once, RoleBoxes, Roles, useSave, valuesOf } from './forms.tsx'

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

/** API tokens. */
export function Tokens() {
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
