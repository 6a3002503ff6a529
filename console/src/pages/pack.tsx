import { useState } from 'react'
import { Link } from 'wouter'
import { at, problemOf, useRead, write } from '../api.ts'
import { useSay } from '../i18n.ts'
import { announce } from '../live.ts'
import { paths, useSearchState } from '../paths.ts'
import { useMay } from '../session.ts'
import type { PackDetail, PackTest } from '../types/strategies.ts'
import type { Problem } from '../types.ts'
import { Button, Card, TabPanel, Tabs, Time } from '../ui/basics.tsx'
import { Mark, SeverityMark, Status } from '../ui/marks.tsx'
import { PageFrame } from '../ui/page.tsx'
import { asText } from '../ui/pieces.ts'
import { Empty, Loaded, ProblemNote } from '../ui/states.tsx'
import { StrategyTable } from '../ui/strategy-table.tsx'
import { Table } from '../ui/table.tsx'
import { PackFeatures } from './pack-features.tsx'
import { CaseKind } from './strategy.tsx'

function Problems({ pack }: { pack: PackDetail }) {
  const say = useSay()
  if (pack.problems.length === 0) return null
  return (
    <Card title={say.t('pack.problems')}>
      <div className="stack">
        <p>{say.t('pack.lastValid')}</p>
        {pack.problems.map((problem) => (
          <div key={`${problem.file}:${problem.line}:${problem.message.en}`} className="problem">
            <code>
              {problem.file}
              {problem.line ? `:${problem.line}` : ''}
            </code>
            <strong>{say.text(problem.message)}</strong>
            {problem.fix && <p>{say.text(problem.fix)}</p>}
          </div>
        ))}
      </div>
    </Card>
  )
}

/** What is valid but looks like a mistake: never true, always true, said twice, read by nobody. */
function Warnings({ pack }: { pack: PackDetail }) {
  const say = useSay()
  const warnings = pack.warnings ?? []
  if (warnings.length === 0) return null
  return (
    <Card title={say.t('pack.warnings', { n: warnings.length })}>
      <div className="stack">
        {warnings.map((warning) => (
          <div key={`${warning.file}:${warning.line}:${warning.message.en}`} className="problem mild">
            <code>
              {warning.file}
              {warning.line ? `:${warning.line}` : ''}
            </code>
            <strong>{say.text(warning.message)}</strong>
            {warning.fix && <p>{say.text(warning.fix)}</p>}
          </div>
        ))}
      </div>
    </Card>
  )
}

function useCaseRun(pack: string) {
  const say = useSay()
  const [result, setResult] = useState<PackTest | null>(null)
  const [problem, setProblem] = useState<Problem | null>(null)
  const [busy, setBusy] = useState(false)
  const run = async () => {
    setBusy(true)
    setProblem(null)
    try {
      const next = await write<PackTest>('POST', at('packs', pack, 'test'))
      setResult(next)
      announce(say.t('pack.result', { passed: next.passed, failed: next.failed }))
    } catch (error) {
      setProblem(problemOf(error))
    } finally {
      setBusy(false)
    }
  }
  return { result, problem, busy, run }
}

function Result({ result }: { result: PackTest }) {
  const say = useSay()
  return (
    <Card
      title={
        <Mark shape={result.failed === 0 ? 'check' : 'cross'} tone={result.failed === 0 ? 'accent' : 'hurt'}>
          {say.t('pack.result', { passed: result.passed, failed: result.failed })}
        </Mark>
      }
    >
      {result.failures.length === 0 && <p className="muted">{say.t('pack.allPass')}</p>}
      <div className="stack wide">
        {result.failures.map((failure) => (
          <div key={failure.case} className="stack">
            <p className="row">
              <strong>{failure.case}</strong> <CaseKind trap={failure.trap} />
            </p>
            <pre className="code">
              {failure.diff.map((line) => {
                const Tag = line.startsWith('+') ? 'ins' : line.startsWith('-') ? 'del' : 'span'
                return <Tag key={line}>{`${line}\n`}</Tag>
              })}
            </pre>
          </div>
        ))}
      </div>
    </Card>
  )
}

function Policies({ pack }: { pack: PackDetail }) {
  const say = useSay()
  return (
    <Card flush>
      <Table
        caption={say.t('pack.tab.policies')}
        rows={pack.policies}
        rowKey={(row) => row.id}
        columns={[
          {
            id: 'title',
            title: say.t('col.policy'),
            head: true,
            cell: (row) => <span title={say.text(row.text)}>{say.text(row.title)}</span>,
          },
          {
            id: 'severity',
            title: say.t('col.severity'),
            sort: (row) => row.severity ?? null,
            cell: (row) => <SeverityMark value={row.severity ?? '–'} />,
          },
          {
            id: 'law',
            title: say.t('pack.law'),
            cell: (row) =>
              row.legal_basis?.url ? (
                <a href={row.legal_basis.url} target="_blank" rel="noreferrer">
                  {row.legal_basis.instrument} {row.legal_basis.article}
                </a>
              ) : (
                `${row.legal_basis?.instrument ?? '–'} ${row.legal_basis?.article ?? ''}`
              ),
          },
          { id: 'id', title: say.t('col.id'), cell: (row) => <code>{row.id}</code> },
        ]}
      />
    </Card>
  )
}

function Inputs({ pack }: { pack: PackDetail }) {
  const say = useSay()
  return (
    <div className="stack wide">
      <Card title={say.t('pack.signals')}>
        <div className="row wrap">
          {pack.signals.map((signal) => (
            <span key={signal.id} className="tag" title={say.text(signal.title)}>
              <code>{signal.id}</code> {signal.kind}
            </span>
          ))}
        </div>
      </Card>
      <PackFeatures pack={pack} />
      <Card title={say.t('nav.lists')}>
        <div className="row wrap">
          {pack.lists.map((list) => (
            <Link key={list.id} href={paths.list(list.id)} className="tag">
              {say.text(list.title)}
            </Link>
          ))}
        </div>
      </Card>
    </div>
  )
}

function Costs({ pack }: { pack: PackDetail }) {
  const say = useSay()
  const { t } = say
  return (
    <Card title={t('pack.costs')} aside={<span className="muted">{t('pack.costs.about')}</span>} flush>
      <Table
        caption={t('pack.costs')}
        rows={pack.costs}
        rowKey={(row) => row.type}
        columns={[
          { id: 'type', title: t('strategy.on'), head: true, cell: (row) => <code>{row.type}</code> },
          {
            id: 'strategies',
            title: t('nav.strategies'),
            number: true,
            sort: (row) => row.strategies,
            cell: (row) => say.number(row.strategies),
          },
          {
            id: 'own',
            title: t('pack.costs.own'),
            number: true,
            sort: (row) => row.own,
            cell: (row) => say.number(row.own),
          },
          {
            id: 'reads',
            title: t('pack.costs.reads'),
            number: true,
            sort: (row) => row.reads,
            cell: (row) => say.number(row.reads),
          },
        ]}
      />
    </Card>
  )
}

function Cases({ pack }: { pack: PackDetail }) {
  const say = useSay()
  return (
    <Card flush>
      <Table
        caption={say.t('pack.cases')}
        rows={pack.case_list}
        rowKey={(row) => row.name}
        columns={[
          { id: 'name', title: say.t('pack.case'), head: true, sort: (row) => row.name, cell: (row) => row.name },
          {
            id: 'kind',
            title: say.t('pack.kind'),
            sort: (row) => String(row.trap),
            cell: (row) => <CaseKind trap={row.trap} />,
          },
          { id: 'expected', title: say.t('pack.expected'), cell: (row) => <code>{asText(row.expected)}</code> },
        ]}
      />
    </Card>
  )
}

function Detail({ pack }: { pack: PackDetail }) {
  const say = useSay()
  const { t } = say
  const [params, set] = useSearchState()
  const { result, problem, busy, run } = useCaseRun(pack.pack)
  const tab = params.get('tab') ?? 'strategies'
  const may = useMay('pack.test')
  const body = {
    strategies: (
      <Card flush>
        <StrategyTable rows={pack.strategies} keyed packed={false} />
      </Card>
    ),
    policies: <Policies pack={pack} />,
    inputs: (
      <div className="stack wide">
        <Costs pack={pack} />
        <Inputs pack={pack} />
      </div>
    ),
    cases: <Cases pack={pack} />,
  }[tab]
  return (
    <PageFrame
      title={say.text(pack.title) || pack.pack}
      crumb={{ to: paths.packs, label: t('nav.packs') }}
      mark={<Status value={pack.status} />}
      sub={
        <>
          <code>{pack.pack}</code> {pack.version} · {pack.owner} · {t('pack.loaded')} <Time at={pack.loaded_at} />
        </>
      }
      aside={
        may && (
          <Button kind="primary" busy={busy} onPress={() => void run()}>
            {t('pack.run', { n: pack.case_list.length })}
          </Button>
        )
      }
    >
      <Problems pack={pack} />
      <Warnings pack={pack} />
      {problem && <ProblemNote problem={problem} onRetry={() => void run()} />}
      {result && <Result result={result} />}
      <Tabs
        label={t('pack.parts')}
        value={tab}
        onChange={(id) => set({ tab: id === 'strategies' ? null : id })}
        tabs={[
          { id: 'strategies', label: t('nav.strategies'), count: pack.strategies.length },
          { id: 'policies', label: t('pack.tab.policies'), count: pack.policies.length },
          { id: 'inputs', label: t('pack.tab.inputs'), count: pack.signals.length + pack.features.length },
          { id: 'cases', label: t('pack.cases'), count: pack.case_list.length },
        ]}
      />
      <TabPanel id={tab}>{body ?? <Empty kind="filtered" title={t('notFound.title')} />}</TabPanel>
    </PageFrame>
  )
}

export function PackPage({ params }: { params: { pack?: string } }) {
  const query = useRead<PackDetail>(at('packs', params.pack ?? ''))
  return <Loaded query={query}>{(pack) => <Detail pack={pack} />}</Loaded>
}
