import { Link } from 'wouter'
import { at, problemOf, useRead } from '../api.ts'
import { LineChart } from '../chart/line-chart.tsx'
import { useSay } from '../i18n.ts'
import { paths, useSearchState } from '../paths.ts'
import { useMe } from '../session.ts'
import type { StrategyDetail } from '../types/strategies.ts'
import { Card, CopyButton, Id, TabPanel, Tabs, Time } from '../ui/basics.tsx'
import { Mark, Markets, Mode, SeverityMark, Share, Verdict } from '../ui/marks.tsx'
import { PageFrame } from '../ui/page.tsx'
import { asText } from '../ui/pieces.ts'
import { Empty, Loaded } from '../ui/states.tsx'
import { Table } from '../ui/table.tsx'
import { Facts, Sql } from '../ui/text.tsx'
import { useVocabulary } from '../vocabulary.ts'
import { ComparePanel } from './rollout/compare.tsx'
import { LifecycleCard, useVersions, VersionsPanel } from './rollout/lifecycle.tsx'
import { FindingsCard } from './rollout/publish.tsx'
import { Backtest } from './strategy-backtest.tsx'
import { Safety } from './strategy-recall.tsx'

function Recent({ strategy }: { strategy: StrategyDetail }) {
  const say = useSay()
  if (strategy.recent.length === 0)
    return <Empty kind="done" title={say.t('strategy.noHits')} hint={say.t('strategy.noHits.hint')} small />
  return (
    <Table
      caption={say.t('strategy.recent')}
      rows={strategy.recent}
      rowKey={(row) => row.decision_id}
      columns={[
        {
          id: 'subject',
          title: say.t('col.subject'),
          head: true,
          cell: (row) => (
            <Link href={paths.subject(row.subject.type, row.subject.id)} className="clip block">
              {row.subject.title ?? row.subject.id}
            </Link>
          ),
        },
        {
          id: 'evidence',
          title: say.t('review.evidence'),
          cell: (row) => (
            <span className="clip block says">
              {row.evidence
                .map((item) => `${item.field ?? item.tag ?? ''}: ${item.text ?? asText(item.value)}`)
                .join(' · ')}
            </span>
          ),
        },
        { id: 'verdict', title: say.t('col.decision'), cell: (row) => <Verdict value={row.verdict} /> },
        {
          id: 'mode',
          title: say.t('draft.version'),
          cell: (row) => (
            <span className="row">
              {row.version} <Mode value={row.mode} />
            </span>
          ),
        },
        {
          id: 'id',
          title: say.t('col.id'),
          cell: (row) => <Id value={row.decision_id} to={paths.trace('decision', row.decision_id)} />,
        },
        { id: 'at', title: say.t('col.at'), number: true, cell: (row) => <Time at={row.at} /> },
      ]}
    />
  )
}

function Definition({ strategy }: { strategy: StrategyDetail }) {
  const say = useSay()
  const { policyTitle } = useVocabulary()
  return (
    <Card title={say.t('strategy.definition')} aside={<CopyButton value={strategy.when} />}>
      <div className="stack wide">
        <Sql text={strategy.when} />
        <Facts
          rows={[
            [say.t('strategy.on'), strategy.on.join(', ')],
            [say.t('col.markets'), <Markets key="m" ids={strategy.markets} most={12} />],
            [say.t('col.policy'), policyTitle(strategy.policy)],
            [say.t('col.owner'), strategy.owner ?? '–'],
            [say.t('strategy.file'), strategy.file ? <code key="f">{strategy.file}</code> : say.t('rollout.console')],
            [
              say.t('strategy.cost'),
              say.t('strategy.cost.value', { own: strategy.cost.own, reads: strategy.cost.reads }),
            ],
            [
              say.t('strategy.columns'),
              <span key="c" className="row wrap">
                {strategy.columns.map((column) => (
                  <span
                    key={column.name}
                    className={column.kind === 'field' ? 'tag' : 'tag accent'}
                    title={say.word('columnKind', column.kind)}
                  >
                    <code>{column.name}</code> <span>{column.type}</span>
                  </span>
                ))}
              </span>,
            ],
          ]}
        />
        <details>
          <summary>{say.t('strategy.duckSql')}</summary>
          <Sql text={strategy.duck_sql} />
        </details>
      </div>
    </Card>
  )
}

function Cases({ strategy }: { strategy: StrategyDetail }) {
  const say = useSay()
  const title = say.t('strategy.cases', { n: strategy.cases.length })
  if (strategy.cases.length === 0)
    return (
      <Card title={title}>
        <Empty kind="first" title={say.t('strategy.cases.none')} hint={say.t('strategy.cases.none.hint')} small />
      </Card>
    )
  return (
    <Card title={title} flush>
      <Table
        caption={title}
        rows={strategy.cases}
        rowKey={(row) => row.name}
        columns={[
          {
            id: 'name',
            title: say.t('pack.case'),
            head: true,
            cell: (row) => <span className="clip block">{row.name}</span>,
          },
          { id: 'trap', title: say.t('pack.kind'), cell: (row) => <CaseKind trap={row.trap} /> },
          { id: 'expected', title: say.t('pack.expected'), cell: (row) => <code>{asText(row.expected)}</code> },
        ]}
      />
    </Card>
  )
}

export function CaseKind({ trap }: { trap: boolean }) {
  const { t } = useSay()
  return trap ? (
    <Mark shape="diamond" tone="accent">
      {t('pack.trap')}
    </Mark>
  ) : (
    <Mark shape="dot">{t('pack.violation')}</Mark>
  )
}

/** Days without a finding are days with none, not days that nobody measured. */
function everyDay(days: StrategyDetail['daily']): { day: string; hits: number }[] {
  const [first, last] = [days[0], days.at(-1)]
  if (!first || !last) return []
  const hits = new Map(days.map((row) => [row.day, row.hits]))
  const count = Math.round((Date.parse(last.day) - Date.parse(first.day)) / 86_400_000) + 1
  return Array.from({ length: count }, (_, index) => {
    const day = new Date(Date.parse(first.day) + index * 86_400_000).toISOString().slice(0, 10)
    return { day, hits: hits.get(day) ?? 0 }
  })
}

function Detail({ strategy }: { strategy: StrategyDetail }) {
  const say = useSay()
  const [params, set] = useSearchState()
  const tab = params.get('tab') ?? 'overview'
  return (
    <PageFrame
      title={say.text(strategy.title) || strategy.strategy}
      crumb={{ to: paths.strategies, label: say.t('nav.strategies') }}
      mark={<Mode value={strategy.mode} />}
      aside={
        <>
          <SeverityMark value={strategy.severity} long />
          <Verdict value={strategy.verdict} />
          <Link href={paths.pack(strategy.pack)}>{strategy.pack}</Link>
          <span className="muted">v{strategy.version}</span>
        </>
      }
    >
      <LifecycleCard strategy={strategy} />
      <Tabs
        label={say.t('rollout.versions')}
        value={tab}
        onChange={(id) => set({ tab: id === 'overview' ? null : id, side: null })}
        tabs={[
          { id: 'overview', label: say.t('rollout.overview') },
          { id: 'versions', label: say.t('rollout.versions') },
          { id: 'compare', label: say.t('rollout.compare') },
        ]}
      />
      <TabPanel id={tab}>
        {tab === 'versions' && <VersionsPanel strategy={strategy} />}
        {tab === 'compare' && <ComparePanel strategy={strategy} />}
        {tab !== 'versions' && tab !== 'compare' && <Overview strategy={strategy} />}
      </TabPanel>
    </PageFrame>
  )
}

function Overview({ strategy }: { strategy: StrategyDetail }) {
  const say = useSay()
  const me = useMe()
  const daily = everyDay(strategy.daily).map(({ day, hits }) => ({
    at: day,
    value: hits,
    low: null,
    high: null,
    n: null,
  }))
  return (
    <div className="columns wide-left">
      <div className="stack wide">
        <Definition strategy={strategy} />
        <Card title={say.t('strategy.recent')} flush>
          <Recent strategy={strategy} />
        </Card>
        {me?.permissions.includes('strategy.try') && <Backtest strategy={strategy} />}
      </div>
      <div className="stack wide">
        <Card
          title={say.t('strategy.daily')}
          aside={
            <span className="muted">
              {say.t('strategy.precision')} <Share of={strategy.precision} />
            </span>
          }
        >
          <LineChart
            title={say.t('strategy.daily')}
            unit=""
            series={[{ key: null, points: daily }]}
            height={170}
            bars
          />
        </Card>
        <FindingsCard findings={strategy.warnings} />
        <Safety strategy={strategy} />
        <Cases strategy={strategy} />
      </div>
    </div>
  )
}

/** A strategy of which no version runs (yet): its versions, and the way back. */
function Retired({ pack, id }: { pack: string; id: string }) {
  const say = useSay()
  const strategy = { pack, strategy: `${pack}/${id}` }
  const query = useVersions(strategy)
  // Published a moment ago: the packs are still being loaded with it.
  const coming = query.data?.versions.find(({ standing }) => standing !== 'retired')?.standing
  useRead<StrategyDetail>(at('strategies', pack, id), { enabled: coming !== undefined, every: 3_000 })
  return (
    <Loaded query={query}>
      {({ versions }) => (
        <PageFrame
          title={say.text(versions[0]?.strategy?.title) || id}
          crumb={{ to: paths.strategies, label: say.t('nav.strategies') }}
          mark={<Mode value={coming ?? 'retired'} />}
          sub={say.t(coming ? 'rollout.coming.about' : 'rollout.retired.about')}
        >
          <LifecycleCard strategy={strategy} />
          <VersionsPanel strategy={strategy} />
        </PageFrame>
      )}
    </Loaded>
  )
}

export function StrategyPage({ params }: { params: { pack?: string; strategy?: string } }) {
  const { pack = '', strategy: id = '' } = params
  const query = useRead<StrategyDetail>(at('strategies', pack, id))
  if (query.isError && problemOf(query.error).code === 'not_found') return <Retired pack={pack} id={id} />
  return <Loaded query={query}>{(strategy) => <Detail strategy={strategy} />}</Loaded>
}
