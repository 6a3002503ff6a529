import { Copy, Download } from 'lucide-react'
import { lazy, Suspense, useEffect, useState } from 'react'
import { useOffer } from '../../actions.ts'
import { problemOf, useRead, write } from '../../api.ts'
import { LineChart } from '../../chart/line-chart.tsx'
import { useSay } from '../../i18n.ts'
import { announce, toast } from '../../live.ts'
import { useSearchState } from '../../paths.ts'
import type { SqlReply, SqlTable } from '../../types/insight.ts'
import type { Problem } from '../../types.ts'
import { Button, Time } from '../../ui/basics.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { Empty, Failed, InPage, ProblemNote, Skeleton } from '../../ui/states.tsx'
import { download, toCsv, toTsv } from './export.ts'
import { type Past, pastQueries, rememberQuery } from './past.ts'
import { ResultGrid } from './result-grid.tsx'
import { Schema } from './schema.tsx'

const Editor = lazy(() => import('./editor.tsx').then((module) => ({ default: module.SqlEditor })))

function useQueryRun(sql: string) {
  const { t } = useSay()
  const [reply, setReply] = useState<SqlReply | null>(null)
  const [problem, setProblem] = useState<Problem | null>(null)
  const [busy, setBusy] = useState(false)
  const [past, setPast] = useState<Past[]>(pastQueries)
  const run = async () => {
    if (busy || sql.trim() === '') return
    setBusy(true)
    setProblem(null)
    try {
      const next = await write<SqlReply>('POST', '/v1/sql', { sql, limit: 10_000 })
      setReply(next)
      setPast(rememberQuery({ sql, at: new Date().toISOString(), rows: next.rows.length, seconds: next.seconds }))
      announce(t('sql.done', { n: next.rows.length }))
    } catch (error) {
      setProblem(problemOf(error))
      setPast(rememberQuery({ sql, at: new Date().toISOString(), rows: null, seconds: null }))
    } finally {
      setBusy(false)
    }
  }
  return { reply, problem, busy, past, run }
}

/** A result whose first column is a time and that has a number can be drawn. */
function drawable(reply: SqlReply) {
  const time = reply.columns.findIndex(({ type }) => /TIME|DATE/i.test(type))
  const value = reply.columns.findIndex(({ type }) => /INT|DOUBLE|DECIMAL|FLOAT/i.test(type))
  if (time < 0 || value < 0 || reply.rows.length < 2) return null
  const points = reply.rows.slice(0, 2000).flatMap((row) => {
    const at = new Date(String(row[time]))
    if (Number.isNaN(at.getTime())) return []
    const number = row[value]
    return [{ at: at.toISOString(), value: number === null ? null : Number(number), low: null, high: null, n: null }]
  })
  return { name: reply.columns[value]?.name ?? '', points }
}

function ResultBar({ reply, chart, onChart }: { reply: SqlReply; chart: boolean; onChart: (() => void) | null }) {
  const say = useSay()
  const copy = async () => {
    await navigator.clipboard.writeText(toTsv(reply))
    toast(say.t('sql.copied', { n: reply.rows.length }))
  }
  return (
    <div className="row resultbar">
      <span role="status">
        {say.t('sql.rows', { n: reply.rows.length })}{' '}
        <span className="muted">
          {say.t('sql.seconds', { s: say.number(reply.seconds, { maximumFractionDigits: 3 }) })}
        </span>
      </span>
      {reply.truncated && <span className="muted">{say.t('sql.truncated')}</span>}
      <span className="row end">
        {onChart && <Button onPress={onChart}>{say.t(chart ? 'chart.asTable' : 'chart.asChart')}</Button>}
        <Button icon={<Copy size={14} aria-hidden="true" />} onPress={() => void copy()}>
          {say.t('sql.copy')}
        </Button>
        <Button icon={<Download size={14} aria-hidden="true" />} onPress={() => download('aedile.csv', toCsv(reply))}>
          CSV
        </Button>
      </span>
    </div>
  )
}

function Result({ reply }: { reply: SqlReply }) {
  const [chart, setChart] = useState(false)
  const drawing = drawable(reply)
  return (
    <>
      <ResultBar reply={reply} chart={chart} onChart={drawing ? () => setChart(!chart) : null} />
      {chart && drawing ? (
        <div className="resultchart">
          <LineChart title={drawing.name} unit="" series={[{ key: null, points: drawing.points }]} height={260} />
        </div>
      ) : (
        <ResultGrid reply={reply} />
      )}
    </>
  )
}

function History({ past, onPick }: { past: readonly Past[]; onPick: (sql: string) => void }) {
  const say = useSay()
  if (past.length === 0) return <Empty kind="first" title={say.t('sql.history.none')} small />
  return (
    <ul className="history">
      {past.map((entry) => (
        <li key={entry.at}>
          <button type="button" onClick={() => onPick(entry.sql)}>
            <pre>{entry.sql}</pre>
            <span className="muted small">
              <Time at={entry.at} /> ·{' '}
              {entry.rows === null ? say.t('status.failed') : say.t('sql.rows', { n: entry.rows })}
            </span>
          </button>
        </li>
      ))}
    </ul>
  )
}

/** A query may take its whole time limit; whoever waits sees that it runs, and for how long. */
function Running() {
  const say = useSay()
  const [seconds, setSeconds] = useState(0)
  useEffect(() => {
    const timer = setInterval(() => setSeconds((now) => now + 1), 1000)
    return () => clearInterval(timer)
  }, [])
  return (
    <div className="body">
      <p className="muted">{say.t('sql.running', { s: seconds })}</p>
    </div>
  )
}

const runAction = { id: 'sql.run', label: 'sql.run', group: 'page', keys: 'mod+Enter', inFields: true } as const
const firstQuery = 'SELECT verdict, count(*) AS decisions\nFROM decisions\nGROUP BY verdict\nORDER BY decisions DESC'

/** The workbench: read-only SQL over the facts, with the server's own errors at the caret. */
export function SqlPage() {
  return (
    <InPage.Provider value={true}>
      <Workbench />
    </InPage.Provider>
  )
}

function Workbench() {
  const say = useSay()
  const { t } = say
  const [params] = useSearchState()
  const [text, setText] = useState(() => params.get('sql') ?? pastQueries()[0]?.sql ?? firstQuery)
  const [history, setHistory] = useState(false)
  const tables = useRead<{ tables: SqlTable[] }>('/v1/sql/tables', { fresh: 60_000 })
  const { reply, problem, busy, past, run } = useQueryRun(text)
  const known = tables.data?.tables ?? none
  useOffer([{ ...runAction, run: () => void run() }])
  if (tables.isError && problemOf(tables.error).status === 403)
    return (
      <div className="page">
        <h1>{t('nav.sql')}</h1>
        <Failed error={tables.error} />
      </div>
    )
  return (
    <div className="workbench">
      <h1 className="sr">{t('nav.sql')}</h1>
      <aside aria-label={t('sql.tables')}>
        {tables.isPending ? (
          <Skeleton />
        ) : (
          <Schema
            tables={known}
            onInsert={(name) => setText((now) => `${now}${/\s$/.test(now) || now === '' ? '' : ' '}${name}`)}
          />
        )}
      </aside>
      <section className="query" aria-label={t('sql.query')}>
        <Suspense fallback={<Skeleton lines={5} />}>
          <Editor
            text={text}
            label={t('sql.query')}
            tables={known}
            textOf={say.text}
            onChange={setText}
            onRun={() => void run()}
          />
        </Suspense>
        <div className="row querybar">
          <Button kind="primary" shortcut={runAction} busy={busy} onPress={() => void run()}>
            {t('sql.run')}
          </Button>
          <Button kind="quiet" onPress={() => setHistory(true)}>
            {t('sql.history')}
          </Button>
          <span className="muted end small">{t('sql.readOnly')}</span>
        </div>
      </section>
      <section className="output" aria-label={t('sql.result')}>
        {problem && !busy && (
          <div className="body">
            {problem.caret && <pre className="code">{problem.caret}</pre>}
            <ProblemNote problem={problem} onRetry={() => void run()} />
          </div>
        )}
        {busy && <Running />}
        {reply && !problem && !busy && <Result key={`${reply.seconds}`} reply={reply} />}
        {!reply && !problem && !busy && <Empty kind="first" title={t('sql.first')} hint={t('sql.first.hint')} />}
      </section>
      <Dialog title={t('sql.history')} open={history} onClose={() => setHistory(false)} kind="drawer">
        <History
          past={past}
          onPick={(sql) => {
            setText(sql)
            setHistory(false)
          }}
        />
      </Dialog>
    </div>
  )
}

const none: SqlTable[] = []
