import { useState } from 'react'
import { at, refresh, usePages, useRead, withQuery } from '../../api.ts'
import { useSay } from '../../i18n.ts'
import { toast } from '../../live.ts'
import { paths, useSearchState } from '../../paths.ts'
import { useMay } from '../../session.ts'
import type { DeliveryRow, EndpointRow } from '../../types/enforcement.ts'
import type { Page } from '../../types.ts'
import { Button, Card, Id, Pick, Time } from '../../ui/basics.tsx'
import { Mark } from '../../ui/marks.tsx'
import { Paged } from '../../ui/more.tsx'
import { Outcome } from '../../ui/outcome.tsx'
import { PageFrame } from '../../ui/page.tsx'
import { Empty, Loaded, ProblemNote } from '../../ui/states.tsx'
import { Table } from '../../ui/table.tsx'
import { useWrite } from '../../use-write.ts'
import { useVocabulary } from '../../vocabulary.ts'
import { EndpointDialog } from './endpoint-dialog.tsx'

const again = () => refresh('/v1/webhooks', '/v1/webhook-deliveries')

function Endpoints({ rows, onChange }: { rows: readonly EndpointRow[]; onChange: (row: EndpointRow) => void }) {
  const say = useSay()
  const { t } = say
  const may = useMay('webhook.write')
  const { kindTitle } = useVocabulary()
  return (
    <Table
      caption={t('nav.webhooks')}
      rows={rows}
      rowKey={(row) => row.endpoint_id}
      columns={[
        { id: 'title', title: t('webhooks.name'), head: true, cell: (row) => <strong>{row.title}</strong> },
        { id: 'url', title: t('webhooks.url'), cell: (row) => <code className="clip block says">{row.url}</code> },
        {
          id: 'kinds',
          title: t('webhooks.kinds'),
          cell: (row) =>
            row.kinds === null ? (
              t('webhooks.allKinds')
            ) : (
              <span className="says">{say.list(row.kinds.map(kindTitle))}</span>
            ),
        },
        {
          id: 'active',
          title: t('col.status'),
          cell: (row) =>
            row.active ? (
              <Mark shape="dot" tone="accent">
                {t('webhooks.active')}
              </Mark>
            ) : (
              <Mark shape="ring" tone="muted">
                {t('webhooks.off')}
              </Mark>
            ),
        },
        { id: 'waiting', title: t('webhooks.waiting'), number: true, cell: (row) => say.number(row.waiting) },
        { id: 'sent', title: t('webhooks.sent'), number: true, cell: (row) => say.number(row.sent) },
        {
          id: 'dead',
          title: t('webhooks.dead'),
          number: true,
          cell: (row) => (row.dead > 0 ? <strong className="hurt">{say.number(row.dead)}</strong> : 0),
        },
        { id: 'at', title: t('col.at'), number: true, cell: (row) => <Time at={row.changed_at} /> },
        ...(may
          ? [
              {
                id: 'change',
                title: t('webhooks.change'),
                cell: (row: EndpointRow) => (
                  <Button kind="quiet" onPress={() => onChange(row)}>
                    {t('webhooks.change')}
                  </Button>
                ),
              },
            ]
          : []),
      ]}
    />
  )
}

function Deliveries({ endpoints }: { endpoints: readonly EndpointRow[] }) {
  const { t } = useSay()
  const may = useMay('webhook.write')
  const [params, set] = useSearchState()
  const outcome = params.get('outcome') ?? ''
  const pages = usePages<DeliveryRow>(withQuery('/v1/webhook-deliveries', { outcome, limit: 50 }), 10_000)
  const { problem, busy, send } = useWrite()
  const nameOf = (id: string) => endpoints.find((row) => row.endpoint_id === id)?.title ?? id
  const retry = async (row: DeliveryRow) => {
    if (!(await send('POST', at('webhook-deliveries', row.endpoint_id, row.action_id, 'retry')))) return
    toast(t('webhooks.retried'))
    await again()
  }
  return (
    <section className="stack" aria-label={t('webhooks.deliveries')}>
      <div className="row wrap">
        <h2>{t('webhooks.deliveries')}</h2>
        <span className="end">
          <Pick
            label={t('webhooks.outcome')}
            value={outcome}
            any={t('webhooks.any')}
            onChange={(next) => set({ outcome: next || null })}
            options={(['sent', 'failed', 'dead', 'requeued'] as const).map((value) => ({
              value,
              label: t(`delivery.${value}`),
            }))}
          />
        </span>
      </div>
      {problem && <ProblemNote problem={problem} />}
      <Paged
        {...pages}
        empty={
          <Empty
            kind={outcome === 'dead' ? 'done' : outcome === '' ? 'first' : 'filtered'}
            title={t(outcome === 'dead' ? 'webhooks.dead.none' : 'webhooks.deliveries.none')}
            hint={t('webhooks.deliveries.none.hint')}
          />
        }
      >
        {(rows) => (
          <Table
            caption={t('webhooks.deliveries')}
            rows={rows}
            rowKey={(row) => String(row.attempt)}
            columns={[
              {
                id: 'action',
                title: t('col.penalty'),
                head: true,
                cell: (row) => <Id value={row.action_id} to={paths.trace('action', row.action_id)} />,
              },
              { id: 'endpoint', title: t('webhooks.name'), cell: (row) => nameOf(row.endpoint_id) },
              { id: 'outcome', title: t('webhooks.outcome'), cell: (row) => <Outcome value={row.outcome} /> },
              {
                id: 'http',
                title: t('webhooks.http'),
                cell: (row) => (
                  <span className="clip block says">
                    {row.status ?? t('webhooks.noAnswer')} <span className="muted">{row.detail}</span>
                  </span>
                ),
              },
              { id: 'at', title: t('col.at'), number: true, cell: (row) => <Time at={row.at} /> },
              ...(may && rows.some((row) => row.outcome === 'dead')
                ? [
                    {
                      id: 'retry',
                      title: t('webhooks.retry'),
                      cell: (row: DeliveryRow) =>
                        row.outcome === 'dead' ? (
                          <Button kind="quiet" busy={busy} onPress={() => void retry(row)}>
                            {t('webhooks.retry')}
                          </Button>
                        ) : null,
                    },
                  ]
                : []),
            ]}
          />
        )}
      </Paged>
    </section>
  )
}

/** Endpoints of the outside call, deliveries and dead letters. */
export function WebhooksPage() {
  const { t } = useSay()
  const may = useMay('webhook.write')
  const query = useRead<Page<EndpointRow>>('/v1/webhooks', { every: 10_000 })
  const [editing, setEditing] = useState<EndpointRow | 'new' | null>(null)
  const add = may && (
    <Button kind="primary" onPress={() => setEditing('new')}>
      {t('webhooks.add')}
    </Button>
  )
  return (
    <PageFrame title={t('nav.webhooks')} sub={t('webhooks.about')} aside={add || undefined}>
      <div className="stack wide">
        <Card flush>
          <Loaded query={query}>
            {(page) =>
              page.items.length === 0 ? (
                <Empty kind="first" title={t('webhooks.none')} hint={t('webhooks.none.hint')} />
              ) : (
                <Endpoints rows={page.items} onChange={setEditing} />
              )
            }
          </Loaded>
        </Card>
        {query.data && <Deliveries endpoints={query.data.items} />}
      </div>
      {editing && (
        <EndpointDialog
          endpoint={editing === 'new' ? null : editing}
          onClose={() => setEditing(null)}
          onSaved={() => {
            toast(t('webhooks.saved'))
            void again()
            setEditing(null)
          }}
        />
      )}
    </PageFrame>
  )
}
