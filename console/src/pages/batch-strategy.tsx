import { useState } from 'react'
import { at, useRead } from '../api.ts'
import { useSay } from '../i18n.ts'
import { paths, useSearchState } from '../paths.ts'
import { useMay } from '../session.ts'
import type { BatchDetail, BatchRun, BatchRunDetail } from '../types/batch.ts'
import { Button, Card, CopyButton, Time } from '../ui/basics.tsx'
import { Markets, Mode, SeverityMark, Share, Verdict } from '../ui/marks.tsx'
import { PageFrame } from '../ui/page.tsx'
import { Empty, Loaded } from '../ui/states.tsx'
import { Table } from '../ui/table.tsx'
import { Facts, Sql } from '../ui/text.tsx'
import { useVocabulary } from '../vocabulary.ts'
import { Alerts, Approval, RunDialog } from './batch-act.tsx'
import { DryRun } from './batch-dry-run.tsx'
import { Canaries, Plan, Psi, RunMark, Strip } from './batch-marks.tsx'
import { Subjects } from './batch-subjects.tsx'
import { CaseKind } from './strategy.tsx'

export function BatchStrategyPage({
  params: { pack = '', strategy = '' },
}: {
  params: { pack?: string; strategy?: string }
}) {
  const query = useRead<BatchDetail>(at('batch', pack, strategy), { every: 20_000 })
  return <Loaded query={query}>{(found) => <Detail strategy={found} />}</Loaded>
}

function Detail({ strategy }: { strategy: BatchDetail }) {
  const say = useSay()
  const { t } = say
  const [params, set] = useSearchState()
  const mayRun = useMay('batch.run')
  const mayTry = useMay('strategy.try')
  const [going, setGoing] = useState(false)
  const shown = params.get('run') ?? strategy.all_runs[0]?.run_id ?? null
  return (
    <PageFrame
      title={say.text(strategy.title)}
      crumb={{ to: paths.batch, label: t('nav.batch') }}
      mark={<Mode value={strategy.mode} />}
      sub={say.text(strategy.note)}
      aside={
        <>
          <SeverityMark value={strategy.severity} long />
          <Verdict value={strategy.verdict} />
          <span className="muted">{`${strategy.strategy} v${strategy.version}`}</span>
          {mayRun && <Button onPress={() => setGoing(true)}>{t('batch.go')}</Button>}
        </>
      }
    >
      <div className="columns wide-left">
        <div className="stack wide">
          {shown && <Run id={shown} strategy={strategy} />}
          {mayTry && <DryRun strategy={strategy} />}
          <Card title={t('batch.query')} aside={<CopyButton value={strategy.query} />}>
            <Sql text={strategy.query.trim()} />
          </Card>
        </div>
        <div className="stack wide">
          <Alerts strategy={strategy} />
          <Definition strategy={strategy} />
          <Labels strategy={strategy} />
          <Runs runs={strategy.all_runs} shown={shown} onShow={(run) => set({ run })} />
          <Cases strategy={strategy} />
        </div>
      </div>
      {going && <RunDialog strategy={strategy} onClose={() => setGoing(false)} onDone={(run) => set({ run })} />}
    </PageFrame>
  )
}

function Run({ id, strategy }: { id: string; strategy: BatchDetail }) {
  const query = useRead<BatchRunDetail>(at('batch-runs', id), { keep: true })
  return <Loaded query={query}>{(run) => <RunCards run={run} strategy={strategy} />}</Loaded>
}

function RunCards({ run, strategy }: { run: BatchRunDetail; strategy: BatchDetail }) {
  const say = useSay()
  const { t } = say
  const day = (iso: string) => say.time(iso)
  return (
    <>
      <Card
        title={`${t('batch.run')} · ${t('batch.run.period', { from: day(run.window_from), to: day(run.window_to) })}`}
        aside={<RunMark run={run} />}
      >
        <div className="stack wide">
          {run.faults.map((fault) => (
            <div key={fault.kind} className="problem">
              <strong>{say.text(fault.title)}</strong>
              <p>{say.text(fault.detail)}</p>
            </div>
          ))}
          {run.status === 'held' && <Approval run={run} />}
          <Facts
            rows={[
              [t('batch.hits'), <Hits key="h" run={run} />],
              [t('batch.rows'), say.number(run.rows_in)],
              [t('batch.canaries'), <Canaries key="c" run={run} />],
              [t('batch.psi'), <Psi key="p" value={run.psi} />],
              [
                t('batch.run.took'),
                run.seconds === null ? '–' : t('batch.run.seconds', { n: Math.round(run.seconds * 100) / 100 }),
              ],
              [t('col.by'), `${say.word('actor', run.actor)} · ${say.word('batchKind', run.kind)}`],
            ]}
          />
          {run.inputs.length > 0 && <Contract run={run} strategy={strategy} />}
        </div>
      </Card>
      <Subjects run={run} />
    </>
  )
}

function Hits({ run }: { run: BatchRunDetail }) {
  const say = useSay()
  if (run.hits === null) return <span>–</span>
  return (
    <span>
      {say.number(run.hits)}
      <span className="muted">
        {` · ${say.t('batch.new')} ${say.number(run.fresh)} · ${say.t('batch.repeats')} ${say.number(run.repeats)} · `}
        {run.against ? say.t('batch.run.against', { ...run.difference }) : say.t('batch.run.alone')}
      </span>
    </span>
  )
}

/** What the input had to be, and what it was. */
function Contract({ run, strategy }: { run: BatchRunDetail; strategy: BatchDetail }) {
  const say = useSay()
  const { t } = say
  const rows = run.inputs.map((input, index) => ({ ...input, index, wanted: strategy.contract[index] }))
  return (
    <Table
      caption={t('batch.contract')}
      rows={rows}
      rowKey={(row) => String(row.index)}
      columns={[
        {
          id: 'table',
          title: t('batch.contract'),
          head: true,
          cell: (row) => (
            <code className="clip block title" title={row.where ?? row.table}>
              {row.where ? `${row.table}: ${row.where}` : row.table}
            </code>
          ),
        },
        {
          id: 'rows',
          title: t('batch.contract.rows'),
          number: true,
          cell: (row) => (
            <span className="nowrap">
              {say.number(row.rows)}{' '}
              {row.wanted && <span className="muted">{t('batch.contract.atLeast', { n: row.wanted.min_rows })}</span>}
            </span>
          ),
        },
        {
          id: 'age',
          title: t('batch.contract.age'),
          number: true,
          cell: (row) => (
            <span className="nowrap">
              {row.age_s === null ? '–' : t('batch.contract.age.h', { h: Math.round(row.age_s / 360) / 10 })}{' '}
              {row.wanted && <span className="muted">{t('batch.contract.atMost', { n: row.wanted.max_age })}</span>}
            </span>
          ),
        },
        {
          id: 'nulls',
          title: t('batch.contract.nulls'),
          number: true,
          cell: (row) => say.number(Object.values(row.nulls).reduce((sum, n) => sum + n, 0)),
        },
        { id: 'psi', title: t('batch.psi'), number: true, cell: (row) => <Psi value={row.psi} /> },
      ]}
    />
  )
}

function Definition({ strategy }: { strategy: BatchDetail }) {
  const say = useSay()
  const { t } = say
  const { policyTitle } = useVocabulary()
  return (
    <Card title={t('batch.definition')}>
      <Facts
        rows={[
          [t('batch.schedule'), <Plan key="s" row={strategy} />],
          [t('batch.window'), strategy.window],
          [t('batch.next'), <Time key="n" at={strategy.next_run} />],
          [t('batch.runs'), <Strip key="r" runs={strategy.runs} />],
          ['', t('batch.expected', { ...strategy.expectation })],
          [t('col.owner'), strategy.owner ?? '–'],
          [t('col.policy'), policyTitle(strategy.policy)],
          [t('col.markets'), <Markets key="m" ids={strategy.markets} />],
          [t('batch.cap'), t('batch.cap.line', { n: strategy.cap })],
          [t('batch.output'), `${strategy.output.min ?? 0}–${strategy.output.max}`],
          [t('batch.canaries'), <code key="k">{strategy.canaries.join(' ')}</code>],
          [t('batch.expires'), strategy.expires],
        ]}
      />
    </Card>
  )
}

function Labels({ strategy }: { strategy: BatchDetail }) {
  const { t } = useSay()
  const { labels } = strategy
  return (
    <Card title={t('batch.labels')}>
      <Facts
        rows={[
          [t('col.precision'), <Share key="p" of={strategy.precision} />],
          [t('batch.label'), t('batch.labels.line', { bad: labels.violation, ok: labels.ok, none: labels.unlabelled })],
        ]}
      />
      <p className="muted">{t('batch.labels.hint')}</p>
    </Card>
  )
}

function Runs({
  runs,
  shown,
  onShow,
}: {
  runs: readonly BatchRun[]
  shown: string | null
  onShow: (run: string) => void
}) {
  const say = useSay()
  const { t } = say
  return (
    <Card title={t('batch.allRuns')} flush>
      {runs.length === 0 ? (
        <Empty kind="pending" title={t('batch.runs.none')} small />
      ) : (
        <Table
          caption={t('batch.allRuns')}
          rows={runs}
          rowKey={(run) => run.run_id}
          columns={[
            {
              id: 'window',
              title: t('batch.window'),
              head: true,
              cell: (run) => (
                <Button kind="quiet" onPress={() => onShow(run.run_id)}>
                  <span
                    aria-current={run.run_id === shown}
                    className={run.run_id === shown ? 'nowrap shown-run' : 'nowrap'}
                  >
                    {say.time(run.window_to, { dateStyle: 'medium' })}
                    {run.attempt > 1 && <span className="muted"> {t('batch.run.attempt', { n: run.attempt })}</span>}
                  </span>
                </Button>
              ),
            },
            { id: 'status', title: t('col.status'), cell: (run) => <RunMark run={run} /> },
            { id: 'hits', title: t('batch.hits'), number: true, cell: (run) => say.number(run.hits) },
            { id: 'fresh', title: t('batch.new'), number: true, cell: (run) => say.number(run.fresh) },
          ]}
        />
      )}
    </Card>
  )
}

function Cases({ strategy }: { strategy: BatchDetail }) {
  const { t } = useSay()
  const title = t('batch.cases', { n: strategy.cases.length })
  return (
    <Card title={title} flush>
      <Table
        caption={title}
        rows={strategy.cases}
        rowKey={(row) => row.name}
        columns={[
          {
            id: 'name',
            title: t('pack.case'),
            head: true,
            cell: (row) => <span className="clip block">{row.name}</span>,
          },
          { id: 'trap', title: t('pack.kind'), cell: (row) => <CaseKind trap={row.trap} /> },
          {
            id: 'expect',
            title: t('batch.expects'),
            cell: (row) => <code className="clip block narrow">{row.expect.join(' ') || t('batch.expects.none')}</code>,
          },
        ]}
      />
    </Card>
  )
}
