import { type FormEvent, useEffect, useState } from 'react'
import { problemOf, write } from '../../api.ts'
import { useSay } from '../../i18n.ts'
import { announce } from '../../live.ts'
import type { ComplaintState, NoticeStatus } from '../../types/inbound.ts'
import type { Problem } from '../../types.ts'
import { Button, Field, Time } from '../../ui/basics.tsx'
import { ProblemNote } from '../../ui/states.tsx'
import { PublicFrame } from './report.tsx'

interface Keys {
  id: string
  token: string
}

/** Number and code after the # of the address, as the receipt's link has them. */
function keysOfAddress(): Keys | null {
  const [id = '', token = ''] = decodeURIComponent(window.location.hash.slice(1)).split('.')
  return id && token ? { id, token } : null
}

const statusPath = (id: string, what: string) => `/v1/public/notices/${encodeURIComponent(id)}/${what}`

/** Where a notice stands, for whoever has number and code. */
export function FollowPage() {
  const { t } = useSay()
  const [keys, setKeys] = useState(keysOfAddress)
  const [status, setStatus] = useState<NoticeStatus | null>(null)
  const [problem, setProblem] = useState<Problem | null>(null)
  /** Does something with the notice, then asks where it stands; false when it was refused. */
  const ask = async ({ id, token }: Keys, what = 'status', extra: Record<string, unknown> = {}): Promise<boolean> => {
    setProblem(null)
    try {
      if (what !== 'status') await write('POST', statusPath(id, what), { token, ...extra })
      setStatus(await write<NoticeStatus>('POST', statusPath(id, 'status'), { token }))
      return true
    } catch (error) {
      setProblem(problemOf(error))
      return false
    }
  }
  // biome-ignore lint/correctness/useExhaustiveDependencies: asks once for the keys of the address; the form asks for itself
  useEffect(() => {
    if (keys) void ask(keys)
  }, [])
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const form = new FormData(event.currentTarget)
    const next = { id: String(form.get('number')).trim(), token: String(form.get('code')).trim() }
    setKeys(next)
    void ask(next)
  }
  return (
    <PublicFrame title={t('report.follow')} about={t('report.follow.about')}>
      <form className="card pad" onSubmit={submit}>
        <div className="pair">
          <Field label={t('report.number')}>
            {(props) => <input {...props} name="number" defaultValue={keys?.id ?? ''} required autoComplete="off" />}
          </Field>
          <Field label={t('report.code')}>
            {(props) => <input {...props} name="code" defaultValue={keys?.token ?? ''} required autoComplete="off" />}
          </Field>
        </div>
        <div className="row">
          <Button kind="primary" type="submit">
            {t('report.followNow')}
          </Button>
        </div>
      </form>
      {problem && <ProblemNote problem={problem} />}
      {status && keys && <State status={status} onAsk={(what, extra) => ask(keys, what, extra)} />}
    </PublicFrame>
  )
}

interface StateProps {
  status: NoticeStatus
  onAsk: (what: string, extra?: Record<string, unknown>) => Promise<boolean>
}

function State({ status, onAsk }: StateProps) {
  const say = useSay()
  const { t } = say
  return (
    <section className="card pad" aria-labelledby="state" aria-live="polite">
      <h2 id="state">{say.text(status.kind_title)}</h2>
      <dl className="facts">
        <dt>{t('report.state')}</dt>
        <dd data-state={status.status}>
          {say.word('notice.state', status.status)}
          {status.outcome && ` · ${say.word('notice.outcome', status.outcome)}`}
        </dd>
        {status.subject && (
          <>
            <dt>{t('inbound.subject')}</dt>
            <dd>{status.subject.id}</dd>
          </>
        )}
        <dt>{t('inbound.received')}</dt>
        <dd>{say.time(status.received_at)}</dd>
        {status.due_at && status.can_withdraw && (
          <>
            <dt>{t('report.due')}</dt>
            <dd>{say.time(status.due_at)}</dd>
          </>
        )}
      </dl>
      {status.suspended_until && (
        <p className="hurt">
          {t('report.suspended', { date: say.time(status.suspended_until, { dateStyle: 'medium' }) })}
        </p>
      )}
      {status.measures.map((row) => (
        <Contest
          key={row.measure_id}
          kind={row.kind}
          onSend={(text) => onAsk(`measures/${row.measure_id}/appeal`, { text })}
        />
      ))}
      <h3>{t('report.replies')}</h3>
      <ol className="replies">
        {status.replies.map((told) => (
          <li key={`${told.at} ${told.kind}`}>
            <Time at={told.at} />
            <p className="says">{say.text(told.text)}</p>
          </li>
        ))}
      </ol>
      {status.replies.at(-1)?.kind === 'counter' && <Proof onSend={(text) => onAsk('proof', { text })} />}
      <Complaint complaint={status.complaint} onSend={(said) => onAsk('complaint', said)} />
      {status.can_withdraw && <Withdraw onSure={() => onAsk('withdraw')} />}
    </section>
  )
}

/** After a counter-notice: what the notifier must show in time, or the other side is restored. */
function Proof({ onSend }: { onSend: (text: string) => Promise<boolean> }) {
  const { t } = useSay()
  const [sent, setSent] = useState(false)
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    void onSend(String(new FormData(event.currentTarget).get('proof'))).then(setSent)
  }
  if (sent) return <p>{t('report.contested')}</p>
  return (
    <form className="stack" onSubmit={submit}>
      <Field label={t('rights.prove')} hint={t('rights.prove.hint')}>
        {(props) => <input {...props} name="proof" minLength={5} required />}
      </Field>
      <div className="row">
        <Button type="submit">{t('report.send')}</Button>
      </div>
    </form>
  )
}

interface ComplaintProps {
  complaint: ComplaintState
  onSend: (said: { text: string; evidence: string[] }) => Promise<boolean>
}

/** A decision that the notifier does not accept: until when to complain, how often still, and what came of it. */
function Complaint({ complaint, onSend }: ComplaintProps) {
  const say = useSay()
  const { t } = say
  const [open, setOpen] = useState(false)
  const { filed, until, why, left } = complaint
  if (!complaint.open && filed.length === 0 && why === null) return null
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const form = new FormData(event.currentTarget)
    const evidence = String(form.get('links'))
      .split('\n')
      .flatMap((line) => line.trim() || [])
    void onSend({ text: String(form.get('complaint')), evidence }).then((done) => {
      if (!done) return
      setOpen(false)
      announce(t('report.contested'))
    })
  }
  return (
    <section className="stack" aria-labelledby="complaint">
      <h3 id="complaint">{t('report.complaint')}</h3>
      {filed.map((row) => (
        <p key={row.appeal_id} data-complaint={row.status}>
          {say.time(row.filed_at)} · {say.word('report.complaint.state', row.status)}
        </p>
      ))}
      {until && <p>{t('report.complaint.open', { n: left, date: say.time(until, { dateStyle: 'medium' }) })}</p>}
      {why && <p className="muted">{say.word('appeal.why', why)}</p>}
      {complaint.open && !open && (
        <div className="row">
          <Button onPress={() => setOpen(true)}>{t('report.complaint.start')}</Button>
        </div>
      )}
      {complaint.open && open && (
        <form className="stack" onSubmit={submit}>
          <Field label={t('report.complaint.text')} hint={t('report.complaint.hint')}>
            {(props) => <textarea {...props} name="complaint" rows={5} minLength={10} maxLength={10_000} required />}
          </Field>
          <Field label={t('report.evidence')} hint={t('report.evidence.hint')}>
            {(props) => <textarea {...props} name="links" rows={2} />}
          </Field>
          <div className="row">
            <Button kind="primary" type="submit">
              {t('report.send')}
            </Button>
          </div>
        </form>
      )}
    </section>
  )
}

function Withdraw({ onSure }: { onSure: () => Promise<boolean> }) {
  const { t } = useSay()
  const [asked, setAsked] = useState(false)
  const press = () => {
    if (!asked) return setAsked(true)
    void onSure().then((done) => done && announce(t('report.withdrawn')))
  }
  return (
    <div className="row">
      <Button onPress={press}>{t(asked ? 'report.withdraw.sure' : 'report.withdraw')}</Button>
    </div>
  )
}

function Contest({ kind, onSend }: { kind: string; onSend: (text: string) => Promise<boolean> }) {
  const say = useSay()
  const { t } = say
  const [open, setOpen] = useState(false)
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const text = String(new FormData(event.currentTarget).get('text'))
    void onSend(text).then((done) => {
      if (!done) return
      setOpen(false)
      announce(t('report.contested'))
    })
  }
  return (
    <div className="row wrap">
      <strong>{say.word('inbound.measure', kind)}</strong>
      {open ? (
        <form className="row wrap grow" onSubmit={submit}>
          <input className="input grow" name="text" aria-label={t('report.contest.text')} minLength={10} required />
          <Button type="submit">{t('report.send')}</Button>
        </form>
      ) : (
        <Button onPress={() => setOpen(true)}>{t('report.contest')}</Button>
      )}
    </div>
  )
}
