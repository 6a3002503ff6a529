import { Link } from 'wouter'
import { useRead, withQuery } from '../api.ts'
import { useSay } from '../i18n.ts'
import { paths } from '../paths.ts'
import { useMay, useMe } from '../session.ts'
import type { Overview } from '../types/overview.ts'
import { useActor } from '../ui/actor.ts'
import { WaitingCard } from '../ui/approvals.tsx'
import { Button, ButtonLink, Card, Time } from '../ui/basics.tsx'
import { Due, Mark, SeverityMark, Verdict } from '../ui/marks.tsx'
import { PageFrame } from '../ui/page.tsx'
import { Empty, Loaded } from '../ui/states.tsx'
import { Table } from '../ui/table.tsx'
import { useNextCase } from './review/next-case.ts'

function Totals({ totals }: { totals: Overview['totals'] }) {
  const say = useSay()
  const cells: [string, string, string | null][] = [
    [say.t('home.events'), say.number(totals.events), null],
    [say.t('home.rate'), say.number(totals.events_per_second, { maximumFractionDigits: 0 }), null],
    [say.t('home.decisions'), say.number(totals.decisions), null],
    [say.t('home.findings'), say.number(totals.findings), paths.strategies],
    [say.t('home.openCases'), say.number(totals.open_cases), paths.queue],
    [say.t('home.openAppeals'), say.number(totals.open_appeals), paths.appeals],
  ]
  return (
    <dl className="totals card">
      {cells.map(([name, value, to]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{to ? <Link href={to}>{value}</Link> : value}</dd>
        </div>
      ))}
    </dl>
  )
}

function MyCases({ overview }: { overview: Overview }) {
  const say = useSay()
  const takeNext = useNextCase()
  const may = useMay('case.decide')
  return (
    <Card
      title={say.t('home.mine', { n: overview.my_open })}
      flush
      aside={
        may && (
          <Button kind="primary" onPress={() => void takeNext()}>
            {say.t('queue.next')}
          </Button>
        )
      }
    >
      {overview.my_cases.length === 0 ? (
        <Empty kind="done" title={say.t('home.mine.none')} hint={say.t('home.mine.hint')} small />
      ) : (
        <Table
          caption={say.t('home.mine', { n: overview.my_open })}
          keyed
          rows={overview.my_cases}
          rowKey={(row) => row.case_id}
          rowTo={(row) => paths.case(row.case_id)}
          columns={[
            { id: 'severity', title: say.t('col.severity'), cell: (row) => <SeverityMark value={row.severity} /> },
            {
              id: 'subject',
              title: say.t('col.subject'),
              head: true,
              cell: (row) => (
                <Link href={paths.case(row.case_id)} className="clip block">
                  {row.subject.title || row.subject.id}
                </Link>
              ),
            },
            {
              id: 'verdict',
              title: say.t('col.proposed'),
              cell: (row) =>
                row.verdict === null ? (
                  <span className="muted">{say.t('floor.blind')}</span>
                ) : (
                  <Verdict value={row.verdict} />
                ),
            },
            { id: 'due', title: say.t('col.due'), cell: (row) => <Due at={row.due_at} overdue={row.overdue} /> },
          ]}
        />
      )}
    </Card>
  )
}

function Queues({ overview }: { overview: Overview }) {
  const say = useSay()
  return (
    <Card title={say.t('home.queues')} flush>
      {overview.queues.length === 0 && <Empty kind="done" title={say.t('queue.empty')} small />}
      <Table
        caption={say.t('home.queues')}
        rows={overview.queues}
        rowKey={(row) => row.queue}
        columns={[
          {
            id: 'queue',
            title: say.t('col.queue'),
            cell: (row) => <Link href={withQuery(paths.queue, { queue: row.queue })}>{say.text(row.title)}</Link>,
          },
          {
            id: 'open',
            title: say.t('col.open'),
            number: true,
            cell: (row) => say.number(row.open),
            sort: (row) => row.open,
          },
          {
            id: 'late',
            title: say.t('col.late'),
            number: true,
            sort: (row) => row.overdue,
            cell: (row) =>
              row.overdue > 0 ? (
                <Mark shape="clock" tone="hurt">
                  {say.number(row.overdue)}
                </Mark>
              ) : (
                <span className="muted">0</span>
              ),
          },
          { id: 'oldest', title: say.t('col.oldest'), number: true, cell: (row) => <Time at={row.oldest_at} /> },
        ]}
      />
    </Card>
  )
}

function Alarms({ overview }: { overview: Overview }) {
  const say = useSay()
  const invalid = overview.packs.invalid
  // The list of invalid packs says more than their alarms.
  const alarms = overview.alarms.filter(({ id }) => !id.startsWith('pack:'))
  return (
    <Card title={say.t('home.alarms')} flush>
      {alarms.length + invalid.length === 0 && (
        <Empty kind="done" title={say.t('home.alarms.none')} hint={say.t('home.alarms.hint')} small />
      )}
      <ul className="feedlist">
        {invalid.map(({ pack, message }) => (
          <li key={pack}>
            <Mark shape="triangle" tone="hurt">
              <Link href={paths.pack(pack)}>{say.t('home.invalidPack', { pack })}</Link>
            </Mark>
            <p className="muted">{say.text(message)}</p>
          </li>
        ))}
        {alarms.map((alarm) => (
          <li key={alarm.id}>
            <div className="row">
              <Mark
                shape={alarm.level === 'warn' ? 'triangle' : 'diamond'}
                tone={alarm.level === 'warn' ? 'hurt' : 'accent'}
              >
                <span className="sr">{say.t(`alarm.${alarm.level}`)}</span>
              </Mark>
              {alarm.link ? (
                <Link href={alarm.link}>{say.text(alarm.title)}</Link>
              ) : (
                <span>{say.text(alarm.title)}</span>
              )}
              <span className="muted end">
                <Time at={alarm.at} />
              </span>
            </div>
            <p className="muted">{say.text(alarm.detail)}</p>
          </li>
        ))}
      </ul>
    </Card>
  )
}

function Changes({ overview }: { overview: Overview }) {
  const say = useSay()
  const actor = useActor()
  return (
    <Card title={say.t('home.changes')} flush aside={<Link href={paths.audit}>{say.t('nav.audit')}</Link>}>
      {overview.changes.length === 0 && <Empty kind="pending" title={say.t('home.changes.none')} small />}
      <ul className="feedlist">
        {overview.changes.map((change) => (
          <li key={`${change.at} ${change.kind} ${change.link}`} className="row">
            <span className="clip grow">
              {change.link ? <Link href={change.link}>{say.text(change.title)}</Link> : say.text(change.title)}
            </span>
            {change.actor && <span className="muted clip">{actor(change.actor)}</span>}
            <span className="muted">
              <Time at={change.at} />
            </span>
          </li>
        ))}
      </ul>
    </Card>
  )
}

export function HomePage() {
  const say = useSay()
  const me = useMe()
  const overview = useRead<Overview>('/v1/overview', { every: 15_000 })
  return (
    <PageFrame
      title={say.t('home.title', { name: me?.user.name ?? '' })}
      aside={
        <>
          <ButtonLink to={paths.tryEvent}>{say.t('nav.try')}</ButtonLink>
          <ButtonLink to={paths.imports}>{say.t('nav.imports')}</ButtonLink>
        </>
      }
    >
      <Loaded query={overview}>
        {(data) => (
          <>
            {data.sample && <p className="muted">{say.text(data.sample.note)}</p>}
            <Totals totals={data.totals} />
            {data.totals.events === 0 && !data.ingest?.streaming ? (
              <Card>
                <Empty
                  kind="first"
                  title={say.t('home.first')}
                  hint={say.t('home.first.hint')}
                  action={
                    <ButtonLink to={paths.tryEvent} kind="primary">
                      {say.t('nav.try')}
                    </ButtonLink>
                  }
                />
              </Card>
            ) : null}
            <div className="columns wide-left">
              <div className="stack wide">
                <MyCases overview={data} />
                <Queues overview={data} />
              </div>
              <div className="stack wide">
                <Alarms overview={data} />
                <WaitingCard />
                <Changes overview={data} />
              </div>
            </div>
          </>
        )}
      </Loaded>
    </PageFrame>
  )
}
