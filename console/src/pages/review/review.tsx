import { useEffect, useRef, useState } from 'react'
import { Link, useLocation } from 'wouter'
import { type Action, useOffer } from '../../actions.ts'
import { at, useRead } from '../../api.ts'
import { useSay } from '../../i18n.ts'
import { announce } from '../../live.ts'
import { paths } from '../../paths.ts'
import { useMe } from '../../session.ts'
import type { CaseDetail } from '../../types/cases.ts'
import { useActor } from '../../ui/actor.ts'
import { Button, Time } from '../../ui/basics.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { Due, Mark, SeverityMark, Status, Verdict } from '../../ui/marks.tsx'
import { InPage, Loaded, ProblemNote } from '../../ui/states.tsx'
import { Timeline, traceOfCase } from '../../ui/timeline.tsx'
import { useVocabulary } from '../../vocabulary.ts'
import { AddGolden } from '../quality/golden.tsx'
import { CareButton } from './care.tsx'
import { useAhead, useDecide, useLease, usePreview } from './decide.ts'
import { EvidencePane, type Instant, newerOf } from './evidence.tsx'
import { type Draft, JudgementPane } from './judgement.tsx'
import { PriorityReason } from './priority.tsx'

export function ReviewPage({ params }: { params: { id?: string } }) {
  const query = useRead<CaseDetail>(at('cases', params.id ?? ''), { fresh: 60_000 })
  return (
    <Loaded query={query} lines={12}>
      {(detail) => (
        <InPage.Provider value={true}>
          <Workspace key={detail.case_id} detail={detail} />
        </InPage.Provider>
      )}
    </Loaded>
  )
}

const firstDraft = (detail: CaseDetail): Draft => ({
  outcome: null,
  policy: detail.policies[0]?.id ?? '',
  markets: detail.markets,
  note: '',
})

/** The focus goes to the title of each new case, and the live region says which one it is. */
function useArrival(detail: CaseDetail) {
  const { t } = useSay()
  const title = useRef<HTMLHeadingElement>(null)
  // biome-ignore lint/correctness/useExhaustiveDependencies: once per case, not per language
  useEffect(() => {
    const name = detail.subject.title || detail.subject.id
    document.title = `${name} · Aedile`
    title.current?.focus({ preventScroll: true })
    announce(t('review.loaded', { title: name, severity: detail.severity, n: detail.decision.findings.length }))
  }, [detail.case_id])
  return title
}

interface Controls {
  choose: (outcome: string) => void
  submit: (next: boolean) => void
  skip: () => void
  toggle: (what: 'diff' | 'history' | 'media') => void
  step: (by: number) => void
  trace: () => void
}

function useReviewActions(detail: CaseDetail, controls: Controls) {
  const say = useSay()
  const focus = (selector: string) => document.querySelector<HTMLElement>(selector)?.focus()
  const open = detail.status !== 'decided'
  const choosing: Action[] = detail.choices.map(({ key, outcome, title }) => ({
    id: `case.choose.${key}`,
    label: 'action.choose',
    name: say.t('review.choose', { title: say.text(title) }),
    group: 'case',
    keys: key,
    run: () => controls.choose(outcome),
  }))
  const deciding: Action[] = [
    ...choosing.slice(0, 9),
    { ...reviewActions.submit, run: () => controls.submit(false) },
    { ...reviewActions.submitNext, run: () => controls.submit(true) },
    { ...reviewActions.skip, run: controls.skip },
    { id: 'case.escalate', label: 'action.escalate', group: 'case', keys: 'e', run: () => controls.choose('escalate') },
    { id: 'case.policy', label: 'action.policy', group: 'case', keys: 'p', run: () => focus('#policy-pick select') },
    { id: 'case.note', label: 'action.note', group: 'case', keys: 'c', run: () => focus('#note') },
  ]
  const looking: Action[] = [
    { id: 'case.diff', label: 'action.diff', group: 'case', keys: 'd', run: () => controls.toggle('diff') },
    { ...reviewActions.history, run: () => controls.toggle('history') },
    { id: 'case.media', label: 'action.media', group: 'case', keys: 'b', run: () => controls.toggle('media') },
    { ...reviewActions.why, run: controls.trace },
    { id: 'case.nextFinding', label: 'action.nextFinding', group: 'case', keys: 'j', run: () => controls.step(1) },
    { id: 'case.lastFinding', label: 'action.lastFinding', group: 'case', keys: 'k', run: () => controls.step(-1) },
  ]
  useOffer(open ? [...deciding, ...looking] : looking)
}

const reviewActions = {
  submit: { id: 'case.submit', label: 'action.submit', group: 'case', keys: 'mod+Enter', inFields: true },
  submitNext: { id: 'case.submitNext', label: 'action.submitNext', group: 'case', keys: 'n' },
  skip: { id: 'case.skip', label: 'action.skip', group: 'case', keys: 's' },
  history: { id: 'case.history', label: 'action.history', group: 'case', keys: 'h' },
  why: { id: 'case.why', label: 'action.why', group: 'case', keys: 'w' },
} as const

function LeaseNote({
  until,
  problem,
  detail,
}: {
  until: string | null
  problem: { code: string } | null
  detail: CaseDetail
}) {
  const say = useSay()
  const me = useMe()
  const other = detail.leased_by && detail.leased_by.id !== me?.user.id ? detail.leased_by : null
  if (problem)
    return (
      <Mark shape="cross" tone="hurt">
        {say.t('review.leaseFailed', { code: problem.code, who: other?.name ?? '–' })}
      </Mark>
    )
  if (!until) return null
  return (
    <span className="muted nowrap" title={say.t('review.lease.hint')}>
      {say.t('review.lease', { time: say.time(until, { timeStyle: 'short' }) })}
    </span>
  )
}

function Outcome({ detail }: { detail: CaseDetail }) {
  const say = useSay()
  const actor = useActor()
  if (!detail.outcome) return null
  const { outcome, title, by, at: when, note } = detail.outcome
  return (
    <div className="outcome">
      <strong>{title ? say.text(title) : say.word('outcome', outcome)}</strong>
      <span className="muted"> {actor(by)}</span> {when && <Time at={when} />}
      {note && <p>{note}</p>}
    </div>
  )
}

function Workspace({ detail }: { detail: CaseDetail }) {
  const say = useSay()
  const { t } = say
  const [, navigate] = useLocation()
  const { queueTitle } = useVocabulary()
  const [draft, setDraft] = useState(() => firstDraft(detail))
  const [view, setView] = useState({ instant: 'then' as Instant, history: false, revealed: false })
  const [active, setActive] = useState<string | null>(null)
  const open = detail.status !== 'decided'
  const lease = useLease(detail.case_id, open)
  const takeAhead = useAhead(detail, open)
  const preview = usePreview(detail.case_id, draft)
  const { busy, problem, submit, skip } = useDecide(detail, draft, takeAhead)
  const title = useArrival(detail)
  const change = (next: Partial<Draft>) => setDraft((now) => ({ ...now, ...next }))
  const submitOrSay = (next: boolean) => {
    if (draft.outcome === null) announce(t('review.chooseFirst'))
    else void submit(next)
  }
  useReviewActions(detail, {
    choose: (outcome) => {
      const choice = detail.choices.find((one) => one.outcome === outcome)
      if (!choice) return
      change({ outcome })
      announce(t('review.chosen', { title: say.text(choice.title) }))
    },
    submit: submitOrSay,
    skip: () => void skip(),
    toggle: (what) =>
      setView((now) => ({
        instant: what === 'diff' && newerOf(detail) ? (now.instant === 'diff' ? 'then' : 'diff') : now.instant,
        history: what === 'history' ? !now.history : now.history,
        revealed: what === 'media' ? !now.revealed : now.revealed,
      })),
    step: (by) => {
      const all = detail.decision.findings.map(({ strategy }) => strategy)
      const from = active === null ? (by > 0 ? -1 : 0) : all.indexOf(active)
      setActive(all[(from + by + all.length) % all.length] ?? null)
    },
    trace: () => navigate(traceOfCase(detail.case_id)),
  })
  useEffect(() => {
    if (active) document.querySelector('.evidence mark[data-active="true"]')?.scrollIntoView({ block: 'nearest' })
  }, [active])
  return (
    <div className="review">
      <header>
        <Link href={`${paths.queue}?queue=${encodeURIComponent(detail.queue)}`}>{queueTitle(detail.queue)}</Link>
        <span className="muted">/</span>
        <SeverityMark value={detail.severity} long />
        <h1 ref={title} tabIndex={-1} className="clip">
          {detail.subject.title || detail.subject.id}
        </h1>
        <Status value={detail.status} />
        <span className="row end">
          {open && detail.due_at && (
            <span className="row">
              <span className="muted">{t('col.due')}</span>
              <Due at={detail.due_at} overdue={detail.overdue} />
            </span>
          )}
          <LeaseNote until={lease.until} problem={lease.problem} detail={detail} />
          {open && <CareButton />}
          {!open && detail.outcome && <AddGolden caseId={detail.case_id} outcome={detail.outcome.outcome} />}
          <Button kind="quiet" shortcut={reviewActions.history} onPress={() => setView({ ...view, history: true })}>
            {t('action.history')}
          </Button>
          <Button kind="quiet" shortcut={reviewActions.why} onPress={() => navigate(traceOfCase(detail.case_id))}>
            {t('action.why')}
          </Button>
        </span>
      </header>
      <EvidencePane
        detail={detail}
        instant={view.instant}
        onInstant={(instant) => setView({ ...view, instant })}
        active={active}
        revealed={view.revealed}
      />
      <section className="side" aria-label={t('review.judgement')}>
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard */}
        <section className="pane" tabIndex={0} aria-label={t('review.judgement.content')}>
          {detail.verdict === null ? (
            <p className="row proposed">
              <span className="tag">{t('review.blind')}</span>
              <span className="muted">{t('review.blind.hint')}</span>
            </p>
          ) : (
            <div className="row proposed">
              <span className="muted">{t('review.proposed')}</span>
              <Verdict value={detail.verdict} />
              <Link href={paths.trace('decision', detail.decision.decision_id)} className="end">
                {t('review.decisionLink')}
              </Link>
            </div>
          )}
          <PriorityReason row={detail} />
          <Outcome detail={detail} />
          {problem && <ProblemNote problem={problem} onRetry={() => submitOrSay(false)} />}
          <JudgementPane
            detail={detail}
            draft={draft}
            onDraft={change}
            preview={preview}
            active={active}
            onActive={setActive}
          />
        </section>
        {open && (
          <footer>
            <Button shortcut={reviewActions.skip} onPress={() => void skip()}>
              {t('action.skip')}
            </Button>
            <span className="end" />
            <Button
              shortcut={reviewActions.submit}
              disabled={draft.outcome === null}
              busy={busy}
              onPress={() => submitOrSay(false)}
            >
              {t('action.submit')}
            </Button>
            <Button
              kind="primary"
              shortcut={reviewActions.submitNext}
              disabled={draft.outcome === null}
              busy={busy}
              onPress={() => submitOrSay(true)}
            >
              {t('action.submitNext')}
            </Button>
          </footer>
        )}
      </section>
      <Dialog
        title={t('action.history')}
        open={view.history}
        onClose={() => setView({ ...view, history: false })}
        kind="drawer"
      >
        <Timeline items={detail.timeline} traceTo={traceOfCase(detail.case_id)} />
      </Dialog>
    </div>
  )
}
