import { useState } from 'react'
import { type Action, useOffer } from '../actions.ts'
import { at, problemOf, refresh, useRead, write } from '../api.ts'
import { useSay } from '../i18n.ts'
import { announce, toast } from '../live.ts'
import { paths } from '../paths.ts'
import type { ActionRow, AppealDetail } from '../types/appeals.ts'
import type { Problem } from '../types.ts'
import { ActionTable } from '../ui/action-table.tsx'
import { useActor } from '../ui/actor.ts'
import { Button, ButtonLink, Card, Field, Id, Pick, Time } from '../ui/basics.tsx'
import { Due, Mark, Status } from '../ui/marks.tsx'
import { Notice } from '../ui/notice.tsx'
import { PageFrame } from '../ui/page.tsx'
import { Empty, Loaded, ProblemNote } from '../ui/states.tsx'
import { Facts, Json } from '../ui/text.tsx'
import { AttachedEvidence, DecidedImages, Instances, PrecisionCard } from './appeal/extras.tsx'
import { Findings } from './review/judgement.tsx'

type Outcome = 'upheld' | 'reduced' | 'overturned'
const outcomes: readonly Outcome[] = ['upheld', 'reduced', 'overturned']
interface Reply {
  restored: ActionRow[]
  points_returned: number
  label_id: string
}

function useDecideAppeal(appeal: AppealDetail) {
  const say = useSay()
  const [outcome, setOutcome] = useState<Outcome | null>(null)
  const [note, setNote] = useState('')
  const [keep, setKeep] = useState<string[]>([])
  const [keepPoints, setKeepPoints] = useState(false)
  const [impose, setImpose] = useState(appeal.suggestions.find((each) => each.suggested)?.kind ?? '')
  const [problem, setProblem] = useState<Problem | null>(null)
  const [busy, setBusy] = useState(false)
  const submit = async () => {
    if (outcome === null || busy) return
    setBusy(true)
    setProblem(null)
    try {
      const body = {
        outcome,
        note,
        ...(appeal.side === 'reporter' && outcome !== 'upheld' ? { impose: [{ kind: impose }] } : {}),
        ...(appeal.side === 'subject' && outcome === 'reduced'
          ? { keep_action_ids: keep, keep_points: keepPoints }
          : {}),
      }
      const reply = await write<Reply>('POST', at('appeals', appeal.appeal_id, 'decide'), body)
      toast(say.t('appeal.decided', { n: reply.restored.length, points: reply.points_returned }))
      await refresh('/v1/appeals', '/v1/subjects', '/v1/trace', '/v1/overview')
    } catch (error) {
      setProblem(problemOf(error))
    } finally {
      setBusy(false)
    }
  }
  return {
    outcome,
    setOutcome,
    note,
    setNote,
    keep,
    setKeep,
    keepPoints,
    setKeepPoints,
    impose,
    setImpose,
    problem,
    busy,
    submit,
  }
}

function KeepActions({
  actions,
  keep,
  onKeep,
}: {
  actions: readonly ActionRow[]
  keep: string[]
  onKeep: (ids: string[]) => void
}) {
  const say = useSay()
  return (
    <fieldset className="choices">
      <legend className="label">{say.t('appeal.keep')}</legend>
      {actions.map((action) => (
        <label key={action.action_id} className="check">
          <input
            type="checkbox"
            checked={keep.includes(action.action_id)}
            onChange={(event) =>
              onKeep(event.target.checked ? [...keep, action.action_id] : keep.filter((id) => id !== action.action_id))
            }
          />
          {say.text(action.title)}
        </label>
      ))}
    </fieldset>
  )
}

const submitAction = {
  id: 'appeal.submit',
  label: 'action.submit',
  group: 'case',
  keys: 'mod+Enter',
  inFields: true,
} as const

function DecideForm({ appeal }: { appeal: AppealDetail }) {
  const say = useSay()
  const { t } = say
  const form = useDecideAppeal(appeal)
  const { outcome, setOutcome, note, setNote, keep, setKeep, problem, busy, submit } = form
  const hint = (one: Outcome) => t(appeal.side === 'reporter' ? `appeal.reporter.${one}` : `appeal.${one}.hint`)
  const choose = (next: Outcome) => {
    setOutcome(next)
    announce(t('review.chosen', { title: t(`status.${next}`) }))
  }
  const actions: Action[] = outcomes.map((one, index) => ({
    id: `appeal.choose.${index + 1}`,
    label: `appeal.${one}`,
    group: 'case',
    keys: String(index + 1),
    run: () => choose(one),
  }))
  useOffer([...actions, { ...submitAction, run: () => void submit() }])
  return (
    <div className="stack wide">
      <fieldset className="choices">
        <legend className="label">{t('review.decision')}</legend>
        {outcomes.map((one, index) => (
          <label key={one} className="choice" data-chosen={one === outcome}>
            <input type="radio" name="outcome" checked={one === outcome} onChange={() => choose(one)} />
            <span className="grow">
              <strong>{t(`status.${one}`)}</strong> <span className="muted small">{hint(one)}</span>
            </span>
            <span className="keys" aria-hidden="true">
              <kbd>{index + 1}</kbd>
            </span>
          </label>
        ))}
      </fieldset>
      {appeal.side === 'subject' && outcome === 'reduced' && (
        <>
          <KeepActions
            actions={appeal.actions.filter(
              (action) =>
                action.in_force || appeal.suspended.some(({ action_id: rested }) => rested === action.action_id),
            )}
            keep={keep}
            onKeep={setKeep}
          />
          <label className="check">
            <input
              type="checkbox"
              checked={form.keepPoints}
              onChange={(event) => form.setKeepPoints(event.target.checked)}
            />
            {t('appeal.keepPoints')}
          </label>
        </>
      )}
      {appeal.side === 'reporter' && outcome !== null && outcome !== 'upheld' && (
        <Field label={t('appeal.impose')}>
          {() => (
            <Pick
              label={t('appeal.impose')}
              value={form.impose}
              onChange={form.setImpose}
              options={appeal.suggestions.map((each) => ({
                value: each.kind,
                label: [say.text(each.title), ...(each.suggested ? [t('actions.suggested')] : [])].join(' · '),
              }))}
            />
          )}
        </Field>
      )}
      {outcome !== 'upheld' && <Restored appeal={appeal} />}
      <Field label={t('appeal.note')} hint={t('appeal.note.hint')}>
        {(props) => <textarea {...props} rows={3} value={note} onChange={(event) => setNote(event.target.value)} />}
      </Field>
      {problem && <ProblemNote problem={problem} />}
      <div className="row">
        <span className="end" />
        <Button
          kind="primary"
          shortcut={submitAction}
          disabled={outcome === null || note.trim() === ''}
          busy={busy}
          onPress={() => void submit()}
        >
          {t('action.submit')}
        </Button>
      </div>
    </div>
  )
}

function Restored({ appeal }: { appeal: AppealDetail }) {
  const say = useSay()
  if (appeal.what_would_be_restored.length === 0) return null
  return (
    <section>
      <h3>{say.t('appeal.restored')}</h3>
      <ul>
        {appeal.what_would_be_restored.map((item) => (
          <li key={item.title.en}>
            <Mark shape="check" tone="accent">
              {say.text(item.title)}
            </Mark>
          </li>
        ))}
      </ul>
    </section>
  )
}

function Judgement({ appeal }: { appeal: AppealDetail }) {
  const say = useSay()
  const actor = useActor()
  if (appeal.status !== 'open')
    return (
      <Facts
        rows={[
          [say.t('col.status'), <Status key="s" value={appeal.status} />],
          [say.t('col.by'), actor(appeal.decided_by)],
          [say.t('col.at'), <Time key="t" at={appeal.decided_at} />],
        ]}
      />
    )
  if (appeal.not_you)
    return <Empty kind="permission" title={say.t('appeal.notYou.title')} hint={say.t('appeal.notYou.hint')} small />
  return <DecideForm appeal={appeal} />
}

/** What people call the subject: its own title where the event carries one. */
function titleOf({ event, subject }: AppealDetail): string {
  const { title, headline, text } = event?.data ?? {}
  const named = [title, headline, text].find((value) => typeof value === 'string' && value !== '')
  return typeof named === 'string' ? named.slice(0, 80) : subject.title || subject.id
}

function Detail({ appeal }: { appeal: AppealDetail }) {
  const say = useSay()
  const { t } = say
  const [active, setActive] = useState<string | null>(null)
  const late = appeal.status === 'open' && appeal.due_at !== null && Date.parse(appeal.due_at) < Date.now()
  return (
    <PageFrame
      title={titleOf(appeal)}
      crumb={{ to: paths.appeals, label: t('nav.appeals') }}
      mark={<Status value={appeal.status} />}
      aside={
        <>
          {appeal.status === 'open' && <Due at={appeal.due_at} overdue={late} />}
          <span className="muted">
            {t(`appeal.side.${appeal.side}`)} · {t('appeal.level', { level: appeal.level, chance: appeal.chance })}
          </span>
          <Id value={appeal.appeal_id} />
          <ButtonLink to={paths.trace('appeal', appeal.appeal_id)}>{t('action.why')}</ButtonLink>
          <ButtonLink to={paths.subject(appeal.subject.type, appeal.subject.id)}>{t('subject.open')}</ButtonLink>
        </>
      }
    >
      <div className="columns">
        <div className="stack wide">
          <Card title={t('appeal.says')} aside={<span className="muted">{appeal.party?.name ?? appeal.by}</span>}>
            <p className="spans lead">{appeal.text}</p>
          </Card>
          <AttachedEvidence appeal={appeal} />
          <DecidedImages appeal={appeal} />
          {appeal.notice && (
            <Card title={t('appeal.notice')}>
              <Notice notice={appeal.notice} />
            </Card>
          )}
          {appeal.decision && (
            <Card title={t('review.findings', { n: appeal.decision.findings.length })}>
              <Findings findings={appeal.decision.findings} active={active} onActive={setActive} />
            </Card>
          )}
          {appeal.event && (
            <Card title={t('review.evidence')}>
              <Json value={appeal.event.data} />
            </Card>
          )}
        </div>
        <div className="stack wide">
          <Card title={t('review.judgement')}>
            <Judgement appeal={appeal} />
          </Card>
          <PrecisionCard appeal={appeal} />
          <Instances appeal={appeal} />
          <Card title={t('appeal.actions')} flush>
            <ActionTable rows={appeal.actions} />
          </Card>
        </div>
      </div>
    </PageFrame>
  )
}

export function AppealPage({ params }: { params: { id?: string } }) {
  const query = useRead<AppealDetail>(at('appeals', params.id ?? ''))
  return <Loaded query={query}>{(appeal) => <Detail appeal={appeal} />}</Loaded>
}
