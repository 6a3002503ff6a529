import { useState } from 'react'
import { problemOf, write } from '../api.ts'
import { useSay } from '../i18n.ts'
import type { BacktestReply } from '../types/mining.ts'
import type { StrategyDetail } from '../types/strategies.ts'
import type { Problem } from '../types.ts'
import { Button, Card, Field, Segment } from '../ui/basics.tsx'
import { ProblemNote } from '../ui/states.tsx'
import { Impact } from './impact.tsx'

/** What a condition would have done over the recorded events; nothing is saved. */
export function Backtest({ strategy }: { strategy: StrategyDetail }) {
  const { t } = useSay()
  const [when, setWhen] = useState(strategy.when)
  const [days, setDays] = useState('60')
  const [reply, setReply] = useState<BacktestReply | null>(null)
  const [problem, setProblem] = useState<Problem | null>(null)
  const [busy, setBusy] = useState(false)
  const run = async () => {
    setBusy(true)
    setProblem(null)
    try {
      setReply(
        await write<BacktestReply>('POST', '/v1/strategies/backtest', {
          when,
          on: strategy.on,
          ...(days === '' ? {} : { days: Number(days) }),
        }),
      )
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
        <div className="row wrap">
          <Segment
            label={t('impact.period')}
            value={days}
            onChange={setDays}
            options={[
              ...['7', '60'].map((value) => ({ value, label: t('impact.days', { n: value }) })),
              { value: '', label: t('impact.allDays') },
            ]}
          />
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
