import { type FormEvent, useState } from 'react'
import { Link } from 'wouter'
import { at, problemOf, refresh, usePages, useRead, write } from '../../api.ts'
import { useSay } from '../../i18n.ts'
import { toast } from '../../live.ts'
import { paths } from '../../paths.ts'
import type { FileInfo } from '../../types/files.ts'
import type { MyViolation, MyViolationDetail } from '../../types/portal.ts'
import type { Problem } from '../../types.ts'
import { AttachFiles } from '../../ui/attach-files.tsx'
import { Button, Card, Field, Time } from '../../ui/basics.tsx'
import { OwnFiles } from '../../ui/files.tsx'
import { Mark, type Shape, type Tone } from '../../ui/marks.tsx'
import { Paged } from '../../ui/more.tsx'
import { PageFrame } from '../../ui/page.tsx'
import { Empty, Loaded, ProblemNote } from '../../ui/states.tsx'
import { Facts } from '../../ui/text.tsx'

const shapes: Record<MyViolation['status'], [Shape, Tone]> = {
  in_force: ['square', 'hurt'],
  appealed: ['clock', 'accent'],
  asked: ['half', 'plain'],
  restored: ['check', 'muted'],
  over: ['ring', 'muted'],
}

function State({ status }: { status: MyViolation['status'] }) {
  const { t } = useSay()
  const [shape, tone] = shapes[status]
  return (
    <Mark shape={shape} tone={tone}>
      {t(`my.state.${status}`)}
    </Mark>
  )
}

export function MyViolationsPage() {
  const { t, text } = useSay()
  const pages = usePages<MyViolation>('/v1/my/violations')
  return (
    <PageFrame title={t('my.violations')}>
      <Paged {...pages} empty={<Empty kind="done" title={t('my.clean')} hint={t('my.clean.hint')} />}>
        {(rows) => (
          <ul className="portal-list">
            {rows.map((row) => (
              <li key={row.notice_id}>
                <Link href={paths.myViolation(row.notice_id)}>{text(row.title)}</Link>
                <span className="row wrap">
                  <State status={row.status} />
                  <span className="muted">
                    <Time at={row.at} />
                  </span>
                </span>
              </li>
            ))}
          </ul>
        )}
      </Paged>
    </PageFrame>
  )
}

function AppealForm({ violation }: { violation: MyViolationDetail }) {
  const say = useSay()
  const { t } = say
  const [problem, setProblem] = useState<Problem | null>(null)
  const [busy, setBusy] = useState(false)
  const [files, setFiles] = useState<FileInfo[]>([])
  const until = violation.appeal_until ? say.time(violation.appeal_until, { dateStyle: 'medium' }) : '–'
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const form = new FormData(event.currentTarget)
    const shown = String(form.get('evidence') ?? '').trim()
    const evidence = [
      ...(shown ? [{ kind: 'text', value: shown }] : []),
      ...files.map(({ file_id }) => ({ kind: 'file', value: file_id })),
    ]
    const body = { text: String(form.get('text') ?? ''), evidence }
    setBusy(true)
    setProblem(null)
    try {
      await write('POST', at('my', 'violations', violation.notice_id, 'appeal'), body)
      toast(t('my.appeal.sent'))
      await refresh('/v1/my')
    } catch (error) {
      setProblem(problemOf(error))
    } finally {
      setBusy(false)
    }
  }
  return (
    <form className="stack" onSubmit={(event) => void submit(event)}>
      <p>{t('my.appeal.about', { n: violation.chances_left, at: until })}</p>
      <Field label={t('my.appeal.text')}>
        {(props) => <textarea {...props} name="text" rows={6} required maxLength={20_000} />}
      </Field>
      <AttachFiles files={files} onFiles={setFiles} />
      <Field
        label={t('my.appeal.evidence')}
        hint={t(violation.needs_evidence ? 'my.appeal.evidence.again' : 'my.appeal.evidence.hint')}
      >
        {(props) => <textarea {...props} name="evidence" rows={3} maxLength={4000} />}
      </Field>
      {problem && <ProblemNote problem={problem} />}
      <span>
        <Button kind="primary" type="submit" busy={busy}>
          {t('my.appeal.send')}
        </Button>
      </span>
    </form>
  )
}

function AppealState({ violation }: { violation: MyViolationDetail }) {
  const say = useSay()
  const { t, language } = say
  const { appeal, answer, appeal_text: words } = violation
  const why = violation.why_not && <p className="muted">{say.word('appeal.why', violation.why_not)}</p>
  if (!appeal)
    return violation.may_appeal ? (
      <AppealForm violation={violation} />
    ) : (
      (why ?? <p className="muted">{t('my.appeal.none')}</p>)
    )
  return (
    <div className="stack">
      {appeal.status === 'open' && (
        <p>{t('my.appeal.due', { at: say.time(appeal.due_at, { dateStyle: 'medium' }) })}</p>
      )}
      {answer && (
        <>
          <h3>{t('my.answer')}</h3>
          <p className="spans">{answer[language].body}</p>
        </>
      )}
      <h3>{t('my.appeal.yours')}</h3>
      <p className="spans muted">{words}</p>
      <OwnFiles files={violation.appeal_files} />
      {appeal.status === 'open' && violation.chances_left > 0 && (
        <p className="muted">{t('my.appeal.later', { n: violation.chances_left })}</p>
      )}
      {appeal.status !== 'open' && why}
      {violation.may_appeal && <AppealForm violation={violation} />}
    </div>
  )
}

export function MyViolationPage({ id }: { id: string }) {
  const say = useSay()
  const { t, text, language } = say
  const query = useRead<MyViolationDetail>(at('my', 'violations', id))
  return (
    <PageFrame
      title={query.data ? text(query.data.title) : t('my.violations')}
      crumb={{ to: paths.myViolations, label: t('my.violations') }}
      mark={query.data && <State status={query.data.status} />}
    >
      <Loaded query={query}>
        {(violation) => {
          const statement = violation.statement[language]
          return (
            <div className="stack wide">
              <Card title={t('my.what')}>
                <Facts
                  rows={[
                    [t('my.done'), statement.what],
                    [t('my.why'), statement.why],
                    [t('my.facts'), statement.evidence || '–'],
                    [t('my.law'), statement.law],
                    [t('my.fix'), statement.fix],
                  ]}
                />
              </Card>
              <Card title={t('my.actions')}>
                <ul>
                  {violation.actions.map((action) => (
                    <li key={action.action_id}>
                      {text(action.title)}
                      {action.lifted_at
                        ? ` (${t('my.lifted', { at: say.time(action.lifted_at) })})`
                        : action.until && `, ${t('my.until', { at: say.time(action.until) })}`}
                    </li>
                  ))}
                </ul>
              </Card>
              {violation.ended.length > 0 && (
                <Card title={t('my.ended')}>
                  {violation.ended.map((each) => (
                    <p key={each.at}>{each.text[language].what}</p>
                  ))}
                </Card>
              )}
              <Card title={t('my.appeal')}>
                <AppealState violation={violation} />
              </Card>
            </div>
          )
        }}
      </Loaded>
    </PageFrame>
  )
}
