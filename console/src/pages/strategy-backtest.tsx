import { useState } from 'react'
import { Link } from 'wouter'
import { problemOf, write } from '../api.ts'
import { useSay } from '../i18n.ts'
import { paths } from '../paths.ts'
import type { BacktestLine, BacktestReply, Problem, StrategyDetail } from '../types.ts'
import { Button, Card, Field } from '../ui/basics.tsx'
import { Share } from '../ui/marks.tsx'
import { asText } from '../ui/pieces.ts'
import { Empty, ProblemNote } from '../ui/states.tsx'
import { Facts } from '../ui/text.tsx'
import { useStrategyTitle } from '../vocabulary.ts'

/** What a condition would have done over the recorded events; nothing is saved. */
export function Backtest({ strategy }: { strategy: StrategyDetail }) {
  const { t } = useSay()
  const [when, setWhen] = useState(strategy.when)
  const [reply, setReply] = useState<BacktestReply | null>(null)
  const [problem, setProblem] = useState<Problem | null>(null)
  const [busy, setBusy] = useState(false)
  const run = async () => {
    setBusy(true)
    setProblem(null)
    try {
      setReply(await write<BacktestReply>('POST', '/v1/strategies/backtest', { when, on: strategy.on, days: 60 }))
    } catch (error) {
      setReply(null)
      setProblem(problemOf(error))
    } finally {
      setBusy(false)
    }
  }
  return (
    <Card title={t('strategy.try')}>
      <div className="stack">
        <Field label={t('strategy.condition')} hint={t('strategy.try.hint')}>
          {(props) => (
            <textarea
              {...props}
              className="input mono"
              rows={4}
              spellCheck={false}
              value={when}
              onChange={(event) => setWhen(event.target.value)}
            />
          )}
        </Field>
        <div className="row">
          <Button kind="primary" busy={busy} onPress={() => void run()}>
            {t('strategy.try.run')}
          </Button>
          {reply && <Summary reply={reply} />}
        </div>
        {problem?.caret && <pre className="code">{problem.caret}</pre>}
        {problem && <ProblemNote problem={problem} />}
        {reply && <Impact reply={reply} />}
      </div>
    </Card>
  )
}

export function Summary({ reply }: { reply: BacktestReply }) {
  const say = useSay()
  const share = say.percent(reply.events ? reply.hits / reply.events : 0, 2)
  return <output>{say.t('strategy.try.result', { hits: reply.hits, events: reply.events, share })}</output>
}

export function Impact({ reply }: { reply: BacktestReply }) {
  const say = useSay()
  const { t } = say
  const strategyTitle = useStrategyTitle()
  const { labels } = reply
  const overlap = reply.overlap.filter(({ both }) => both > 0).slice(0, 4)
  return (
    <div className="stack wide">
      <Facts
        rows={[
          [t('backtest.perDay'), say.number(reply.hits_per_day, { maximumFractionDigits: 1 })],
          [t('backtest.increment'), say.number(reply.increment)],
          [t('backtest.sellers'), say.number(reply.sellers)],
          [
            t('backtest.labels'),
            t('backtest.labels.counts', { bad: labels.violation, ok: labels.ok, none: labels.unlabelled }),
          ],
          [t('strategy.precision'), <Share key="p" of={reply.precision} />],
          [t('backtest.unknown'), say.number(reply.unknown)],
          [
            t('backtest.gmv'),
            reply.blocked_gmv
              .map((row) => `${say.number(row.amount, { maximumFractionDigits: 0 })} ${row.currency}`)
              .join(' · ') || '–',
          ],
          [
            t('col.markets'),
            reply.by_market
              .slice(0, 8)
              .map((row) => `${row.market} ${say.number(row.hits)}`)
              .join(' · ') || '–',
          ],
          [
            t('backtest.overlap'),
            overlap.length === 0 ? '–' : overlap.map((row) => `${strategyTitle(row.strategy)} ${row.both}`).join(' · '),
          ],
        ]}
      />
      {reply.hits === 0 && reply.nearest_misses.length === 0 && (
        <Empty kind="done" title={t('strategy.noHits')} small />
      )}
      <Lines title={t('backtest.sample')} rows={reply.sample} />
      <Lines title={t('backtest.misses')} rows={reply.nearest_misses} />
    </div>
  )
}

function Lines({ title, rows }: { title: string; rows: readonly BacktestLine[] }) {
  if (rows.length === 0) return null
  return (
    <section>
      <h3 className="minor">{title}</h3>
      <ul className="similar">
        {rows.slice(0, 6).map((row) => (
          <li key={row.position} className="row">
            <Link href={paths.subject(row.subject_type, row.subject_id)} className="clip grow">
              {row.title ?? row.subject_id}
            </Link>
            <span className="muted clip">{row.missing ? row.missing.map(asText).join(' · ') : row.type}</span>
          </li>
        ))}
      </ul>
    </section>
  )
}
