import { useState } from 'react'
import { Link } from 'wouter'
import { useOffer } from '../actions.ts'
import { problemOf, write } from '../api.ts'
import { useSay } from '../i18n.ts'
import { announce } from '../live.ts'
import { paths } from '../paths.ts'
import type { Decision, Span } from '../types/cases.ts'
import type { Data, Problem } from '../types.ts'
import { Button, Card, Field, Id, Pick } from '../ui/basics.tsx'
import { Verdict } from '../ui/marks.tsx'
import { PageFrame } from '../ui/page.tsx'
import { flatten } from '../ui/pieces.ts'
import { Empty, ProblemNote } from '../ui/states.tsx'
import { Facts, Spans } from '../ui/text.tsx'
import { Findings } from './review/judgement.tsx'
import { examples } from './try-examples.ts'

interface Parsed {
  event?: { data?: Data } & Record<string, unknown>
  problem?: Problem
}

/** JSON errors are told with line and column, in the reader's words. */
function parseEvent(text: string): Parsed {
  try {
    const event: unknown = JSON.parse(text)
    if (typeof event === 'object' && event !== null && !Array.isArray(event))
      return { event: event as Record<string, unknown> }
    return { problem: { code: 'not_an_object', status: 0 } }
  } catch (error) {
    const said = error instanceof Error ? error.message : ''
    return { problem: { code: 'not_json', status: 0, detail: { zh: said, en: said } } }
  }
}

const spansOf = (decision: Decision): Span[] =>
  decision.findings.flatMap(({ strategy, evidence }) =>
    evidence.flatMap(({ field, start, end, term, tag }) =>
      field && start != null && end != null
        ? [{ field, start, end, strategy, term: term ?? null, tag: tag ?? null }]
        : [],
    ),
  )

function MarketVerdicts({ markets }: { markets: Decision['markets'] }) {
  const { t } = useSay()
  const groups = Map.groupBy(Object.entries(markets), ([, verdict]) => verdict)
  return (
    <div className="stack">
      {[...groups].map(([verdict, entries]) => (
        <div key={verdict} className="row top">
          <span className="verdictcell">
            <Verdict value={verdict} />
          </span>
          <span className="row wrap">
            {entries.map(([market]) => (
              <span key={market} className="tag">
                {market === '*' ? t('ui.allMarkets') : market}
              </span>
            ))}
          </span>
        </div>
      ))}
    </div>
  )
}

function Answer({ decision, data }: { decision: Decision; data: Data }) {
  const say = useSay()
  const { t } = say
  const [active, setActive] = useState<string | null>(null)
  const spans = spansOf(decision)
  const marked = flatten(data).filter(
    ([field, value]) => typeof value === 'string' && spans.some((span) => span.field === field),
  )
  return (
    <div className="stack wide">
      <Card
        title={
          <span className="row">
            {t('try.decided')} <Verdict value={decision.verdict} />
          </span>
        }
        aside={<Id value={decision.decision_id} to={paths.trace('decision', decision.decision_id)} />}
      >
        <MarketVerdicts markets={decision.markets} />
      </Card>
      {decision.findings.length === 0 ? (
        <Card>
          <Empty kind="done" title={t('try.noFindings')} hint={t('try.noFindings.hint')} small />
        </Card>
      ) : (
        <Card title={t('review.findings', { n: decision.findings.length })}>
          <Findings findings={decision.findings} active={active} onActive={setActive} />
        </Card>
      )}
      {marked.length > 0 && (
        <Card title={t('review.evidence')}>
          <Facts
            rows={marked.map(([field, value]) => [
              <code key={field}>{field}</code>,
              <Spans
                key={field}
                text={String(value)}
                spans={spans.filter((span) => span.field === field)}
                active={active}
              />,
            ])}
          />
        </Card>
      )}
      {decision.unknown.length > 0 && (
        <p className="muted">
          {t('review.unknown', { n: decision.unknown.length, list: decision.unknown.join(', ') })}
        </p>
      )}
      <Link href={paths.trace('decision', decision.decision_id)}>{t('trace.open')}</Link>
    </div>
  )
}

const decideAction = {
  id: 'try.decide',
  label: 'try.decide',
  group: 'page',
  keys: 'mod+Enter',
  inFields: true,
} as const

/** "Paste an event, see the decision": the shortest way to understand the whole system. */
export function TryEventPage() {
  const say = useSay()
  const { t } = say
  const [example, setExample] = useState(examples[0]?.id ?? '')
  const [text, setText] = useState(() => examples[0]?.write() ?? '')
  const [decision, setDecision] = useState<{ decision: Decision; data: Data } | null>(null)
  const [problem, setProblem] = useState<Problem | null>(null)
  const [busy, setBusy] = useState(false)
  const decide = async () => {
    const parsed = parseEvent(text)
    setProblem(parsed.problem ?? null)
    if (!parsed.event) return setDecision(null)
    setBusy(true)
    try {
      const next = await write<Decision>('POST', '/v1/decide', parsed.event)
      setDecision({ decision: next, data: parsed.event.data ?? {} })
      announce(`${t('try.decided')}: ${say.word('verdict', next.verdict)}`)
    } catch (error) {
      setProblem(problemOf(error))
      setDecision(null)
    } finally {
      setBusy(false)
    }
  }
  const pick = (id: string) => {
    setExample(id)
    setText(examples.find((one) => one.id === id)?.write() ?? '')
  }
  useOffer([{ ...decideAction, run: () => void decide() }])
  return (
    <PageFrame title={t('nav.try')} sub={t('try.about')}>
      <div className="columns">
        <Card
          title={t('try.event')}
          aside={
            <Pick
              label={t('try.example')}
              value={example}
              onChange={pick}
              options={examples.map((one) => ({ value: one.id, label: say.text(one.title) }))}
            />
          }
        >
          <div className="stack">
            <Field label={t('try.json')} hint={t('try.hint')}>
              {(props) => (
                <textarea
                  {...props}
                  className="input mono"
                  rows={23}
                  spellCheck={false}
                  value={text}
                  onChange={(event) => setText(event.target.value)}
                />
              )}
            </Field>
            <div className="row">
              <Button onPress={() => pick(example)}>{t('try.reset')}</Button>
              <span className="end" />
              <Button kind="primary" shortcut={decideAction} busy={busy} onPress={() => void decide()}>
                {t('try.decide')}
              </Button>
            </div>
          </div>
        </Card>
        <div className="stack wide">
          {problem && <ProblemNote problem={problem} onRetry={() => void decide()} />}
          {decision && <Answer key={decision.decision.decision_id} {...decision} />}
          {!decision && !problem && (
            <Card>
              <Empty kind="first" title={t('try.first')} hint={t('try.first.hint')} />
            </Card>
          )}
        </div>
      </div>
    </PageFrame>
  )
}
