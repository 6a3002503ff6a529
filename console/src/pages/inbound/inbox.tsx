import { Link } from 'wouter'
import { usePages, useRead, withQuery } from '../../api.ts'
import { useSay } from '../../i18n.ts'
import { paths, useSearchState } from '../../paths.ts'
import type { ChannelRow, NoticeRow } from '../../types/inbound.ts'
import type { Page } from '../../types.ts'
import { ButtonLink, Pick, Segment, TabPanel, Tabs, Time } from '../../ui/basics.tsx'
import { Due, Mark, type Shape, type Tone } from '../../ui/marks.tsx'
import { Paged } from '../../ui/more.tsx'
import { PageFrame } from '../../ui/page.tsx'
import { Empty } from '../../ui/states.tsx'
import { Table } from '../../ui/table.tsx'
import { Channels } from './channels.tsx'
import { Measures, Sources } from './sources.tsx'

const kinds = [
  'user_report',
  'seller_report',
  'rights_notice',
  'trusted_flagger',
  'authority_order',
  'logistics',
  'partner',
]
const tabs = ['inbox', 'channels', 'sources', 'measures'] as const

/** Everything that comes from outside. */
export function InboundPage() {
  const { t } = useSay()
  const [params, set] = useSearchState()
  const tab = tabs.find((known) => known === params.get('tab')) ?? 'inbox'
  return (
    <PageFrame
      title={t('nav.inbound')}
      sub={t('inbound.about')}
      aside={<ButtonLink to={paths.report}>{t('inbound.form')}</ButtonLink>}
    >
      <Tabs
        label={t('nav.inbound')}
        value={tab}
        onChange={(next) => set({ tab: next === 'inbox' ? null : next })}
        tabs={tabs.map((id) => ({ id, label: t(`inbound.tab.${id}`) }))}
      />
      <TabPanel id={tab}>
        {tab === 'inbox' && <Inbox />}
        {tab === 'channels' && <Channels />}
        {tab === 'sources' && <Sources />}
        {tab === 'measures' && <Measures />}
      </TabPanel>
    </PageFrame>
  )
}

const stateShapes: Record<string, [Shape, Tone]> = {
  received: ['ring', 'plain'],
  held: ['dash', 'muted'],
  case: ['half', 'accent'],
  decided: ['check', 'muted'],
  informed: ['check', 'muted'],
  withdrawn: ['cross', 'muted'],
  rejected: ['cross', 'muted'],
}

export function NoticeState({ row }: { row: { status: string; outcome: string | null } }) {
  const say = useSay()
  const [shape, tone] = stateShapes[row.status] ?? ['ring', 'plain']
  return (
    <Mark shape={shape} tone={tone}>
      {row.outcome ? say.word('notice.outcome', row.outcome) : say.word('notice.state', row.status)}
    </Mark>
  )
}

export function NoticeTable({ rows, keyed = false }: { rows: readonly NoticeRow[]; keyed?: boolean }) {
  const say = useSay()
  const { t } = say
  return (
    <Table
      caption={t('nav.inbound')}
      keyed={keyed}
      rows={rows}
      rowKey={(row) => row.notice_id}
      rowTo={(row) => paths.notice(row.notice_id)}
      columns={[
        {
          id: 'subject',
          title: t('inbound.subject'),
          head: true,
          sort: (row) => row.subject.id,
          cell: (row) => (
            <Link href={paths.notice(row.notice_id)} className="clip block title">
              {row.subject.id || row.notice_id}
            </Link>
          ),
        },
        {
          id: 'kind',
          title: t('inbound.kind'),
          sort: (row) => say.text(row.kind_title),
          cell: (row) => <span className="nowrap">{say.text(row.kind_title)}</span>,
        },
        {
          id: 'class',
          title: t('inbound.reason'),
          sort: (row) => say.text(row.class_title),
          cell: (row) => <span className="clip block policy">{say.text(row.class_title)}</span>,
        },
        {
          id: 'source',
          title: t('inbound.source'),
          sort: (row) => row.source,
          cell: (row) => <span className="clip block narrow">{row.source}</span>,
        },
        { id: 'state', title: t('inbound.state'), sort: (row) => row.status, cell: (row) => <NoticeState row={row} /> },
        {
          id: 'received',
          title: t('inbound.received'),
          number: true,
          sort: (row) => row.received_at,
          cell: (row) => <Time at={row.received_at} />,
        },
        {
          id: 'due',
          title: t('col.due'),
          number: true,
          sort: (row) => row.due_at,
          cell: (row) => (row.outcome ? <Time at={row.decided_at} /> : <Due at={row.due_at} overdue={row.overdue} />),
        },
      ]}
    />
  )
}

function Inbox() {
  const say = useSay()
  const { t } = say
  const [params, set] = useSearchState()
  const status = params.get('status') ?? 'open'
  const kind = params.get('kind') ?? ''
  const channel = params.get('channel') ?? ''
  const pages = usePages<NoticeRow>(withQuery('/v1/inbound/notices', { status, kind, channel, limit: 50 }), 15_000)
  const channels = useRead<Page<ChannelRow>>('/v1/inbound/channels', { fresh: 60_000 })
  const filtered = kind !== '' || channel !== ''
  return (
    <div className="stack wide">
      <search className="filters">
        <Segment
          label={t('inbound.state')}
          value={status}
          onChange={(next) => set({ status: next === 'open' ? null : next })}
          options={(['open', 'late', 'done'] as const).map((id) => ({ value: id, label: t(`inbound.status.${id}`) }))}
        />
        <Pick
          label={t('inbound.kind')}
          any={t('inbound.anyKind')}
          value={kind}
          onChange={(next) => set({ kind: next })}
          options={kinds.map((id) => ({ value: id, label: say.word('notice.kind', id) }))}
        />
        <Pick
          label={t('inbound.channel')}
          any={t('inbound.anyChannel')}
          value={channel}
          onChange={(next) => set({ channel: next })}
          options={(channels.data?.items ?? []).map((row) => ({ value: row.channel, label: say.text(row.title) }))}
        />
      </search>
      <Paged
        {...pages}
        empty={
          <Empty
            kind={filtered ? 'filtered' : status === 'done' ? 'first' : 'done'}
            title={t(filtered ? 'inbound.noneFiltered' : 'inbound.none')}
            hint={t('inbound.none.hint')}
            action={<ButtonLink to={paths.report}>{t('inbound.form')}</ButtonLink>}
          />
        }
      >
        {(rows) => <NoticeTable rows={rows} keyed />}
      </Paged>
    </div>
  )
}
