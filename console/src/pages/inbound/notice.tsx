import { type FormEvent, useState } from 'react'
import { Link } from 'wouter'
import { at, problemOf, read, refresh, useRead, write } from '../../api.ts'
import { useSay } from '../../i18n.ts'
import { toast } from '../../live.ts'
import { paths } from '../../paths.ts'
import { useMay } from '../../session.ts'
import type { NoticeDetail } from '../../types/inbound.ts'
import type { Problem } from '../../types.ts'
import { useActor } from '../../ui/actor.ts'
import { Button, ButtonLink, Card, Field, Id, Time } from '../../ui/basics.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { Due } from '../../ui/marks.tsx'
import { PageFrame } from '../../ui/page.tsx'
import { Loaded, ProblemNote } from '../../ui/states.tsx'
import { Facts } from '../../ui/text.tsx'
import { AttachedFiles } from '../review/images.tsx'
import { ClaimCard } from '../rights/claim.tsx'
import { NoticeState, NoticeTable } from './inbox.tsx'
import { CredibilityOf } from './sources.tsx'

const fields = [
  'target_id',
  'text',
  'location',
  'name',
  'email',
  'evidence',
  'right_number',
  'legal_basis',
  'territory',
] as const

export function NoticePage({ params }: { params: { id?: string } }) {
  const query = useRead<NoticeDetail>(at('inbound', 'notices', params.id ?? ''))
  return <Loaded query={query}>{(notice) => <Notice notice={notice} />}</Loaded>
}

function Notice({ notice }: { notice: NoticeDetail }) {
  const say = useSay()
  const { t } = say
  const may = useMay('case.decide')
  const [open, setOpen] = useState<'sendBack' | 'unfounded' | null>(null)
  const waiting = notice.status === 'received' || notice.status === 'case'
  const actions = (
    <>
      {may && waiting && <Button onPress={() => setOpen('sendBack')}>{t('inbound.sendBack')}</Button>}
      {may && notice.outcome === 'no_action' && notice.source !== 'anonymous' && (
        <Button onPress={() => setOpen('unfounded')}>{t('inbound.unfounded')}</Button>
      )}
      {notice.case_id && (
        <ButtonLink kind="primary" to={paths.case(notice.case_id)}>
          {t('inbound.toCase')}
        </ButtonLink>
      )}
    </>
  )
  return (
    <PageFrame
      title={`${say.text(notice.kind_title)} · ${notice.subject.id}`}
      crumb={{ to: paths.inbound, label: t('nav.inbound') }}
      mark={<NoticeState row={notice} />}
      aside={actions}
    >
      <div className="columns">
        <div className="stack wide">
          <Says notice={notice} />
          <Card title={t('inbound.duplicates')} flush>
            {notice.duplicates.length === 0 ? (
              <p className="muted pad">{t('inbound.duplicates.none')}</p>
            ) : (
              <NoticeTable rows={notice.duplicates} />
            )}
          </Card>
          <Told notice={notice} />
        </div>
        <div className="stack wide">
          <About notice={notice} />
          {notice.kind === 'rights_notice' && <ClaimCard noticeId={notice.notice_id} caseId={notice.case_id} />}
          <History notice={notice} />
        </div>
      </div>
      {open === 'sendBack' && <SendBack notice={notice} onClose={() => setOpen(null)} />}
      {open === 'unfounded' && <Unfounded notice={notice} onClose={() => setOpen(null)} />}
    </PageFrame>
  )
}

function Says({ notice }: { notice: NoticeDetail }) {
  const say = useSay()
  const { t } = say
  const details = Object.entries(notice.details).filter(([name]) => name !== 'kind')
  return (
    <Card title={t('inbound.says')}>
      <div className="stack">
        <p className="says">{notice.text}</p>
        <Facts
          rows={[
            [t('inbound.reason'), `${say.text(notice.class_title)} (${notice.reason})`],
            [
              t('inbound.evidence'),
              notice.evidence.length === 0 ? (
                <span className="muted" key="none">
                  {t('inbound.evidence.none')}
                </span>
              ) : (
                <ul key="links">
                  {notice.evidence.map((link) => (
                    <li key={link}>
                      {/^https?:/.test(link) ? (
                        <a href={link} rel="noreferrer nofollow" target="_blank">
                          {link}
                        </a>
                      ) : (
                        link
                      )}
                    </li>
                  ))}
                </ul>
              ),
            ],
            ...details.map(
              ([name, value]) =>
                [
                  say.word('notice.field', name),
                  Array.isArray(value) ? value.join(', ') : say.word('notice.value', String(value)),
                ] as const,
            ),
          ]}
        />
        {notice.files.length > 0 && <AttachedFiles files={notice.files} />}
        <Contact notice={notice} />
      </div>
    </Card>
  )
}

function Contact({ notice }: { notice: NoticeDetail }) {
  const { t } = useSay()
  const may = useMay('case.decide')
  const [shown, setShown] = useState<{ name: string | null; email: string | null } | null>(null)
  if (!may) return null
  if (shown) return <p>{[shown.name, shown.email].filter(Boolean).join(' · ') || t('inbound.contact.none')}</p>
  const show = async () => setShown(await read(at('inbound', 'notices', notice.notice_id, 'contact')))
  return (
    <span className="row wrap">
      <Button onPress={() => void show()}>{t('inbound.contact')}</Button>
      <span className="muted small">{t('inbound.contact.hint')}</span>
    </span>
  )
}

const waitingFor = ({ status }: NoticeDetail) => ['received', 'held', 'case'].includes(status)

function About({ notice }: { notice: NoticeDetail }) {
  const say = useSay()
  const { t } = say
  return (
    <Card title={t('inbound.details')}>
      <Facts
        rows={[
          [
            t('inbound.subject'),
            <Link key="s" href={paths.subject(notice.subject.type, notice.subject.id)}>
              {notice.subject.id}
            </Link>,
          ],
          [t('inbound.channel'), say.text(notice.channel_title)],
          [t('inbound.source'), notice.source],
          [t('inbound.received'), <Time key="r" at={notice.received_at} />],
          ...(waitingFor(notice)
            ? [[t('col.due'), <Due key="d" at={notice.due_at} overdue={notice.overdue} />] as const]
            : []),
          [t('col.markets'), notice.markets.join(' ') || '–'],
          ...(notice.source === 'anonymous'
            ? []
            : [
                [t('inbound.credibility.all'), <CredibilityOf key="a" of={notice.credibility.all} />] as const,
                [t('inbound.credibility.reason'), <CredibilityOf key="b" of={notice.credibility.reason} />] as const,
              ]),
          ...notice.complaint.filed.map(
            (row) =>
              [
                t('inbound.complaint'),
                <Link key={row.appeal_id} href={paths.appeal(row.appeal_id)}>
                  {say.word('report.complaint.state', row.status)}
                </Link>,
              ] as const,
          ),
          ...(notice.complaint.until
            ? [[t('inbound.complaint.until'), <Time key="u" at={notice.complaint.until} />] as const]
            : []),
          ...(notice.case_id
            ? [[t('inbound.case'), <Id key="c" value={notice.case_id} to={paths.case(notice.case_id)} />] as const]
            : []),
        ]}
      />
    </Card>
  )
}

function History({ notice }: { notice: NoticeDetail }) {
  const say = useSay()
  const actor = useActor()
  return (
    <Card title={say.t('inbound.history')}>
      <ol className="replies">
        {notice.history.map((row) => (
          <li key={`${row.at} ${row.type}`} className="row">
            <span className="grow">
              {say.word('notice.event', row.type)}
              {row.outcome ? ` · ${say.word('notice.outcome', row.outcome)}` : ''}
            </span>
            <span className="muted clip">{actor(row.actor)}</span>
            <Time at={row.at} />
          </li>
        ))}
      </ol>
    </Card>
  )
}

function Told({ notice }: { notice: NoticeDetail }) {
  const say = useSay()
  return (
    <Card title={say.t('inbound.replies')}>
      <ol className="replies">
        {notice.replies.map((told) => (
          <li key={`${told.at} ${told.kind}`}>
            <Time at={told.at} />
            <p className="says">{say.text(told.text)}</p>
          </li>
        ))}
      </ol>
    </Card>
  )
}

function useSend(notice: NoticeDetail, onClose: () => void) {
  const [problem, setProblem] = useState<Problem | null>(null)
  const send = async (
    what: string,
    body: Record<string, unknown>,
    done: (reply: Record<string, unknown>) => string,
  ) => {
    try {
      const reply = await write<Record<string, unknown>>('POST', at('inbound', 'notices', notice.notice_id, what), body)
      toast(done(reply))
      await refresh('/v1/inbound')
      onClose()
    } catch (error) {
      setProblem(problemOf(error))
    }
  }
  return { problem, send }
}

function SendBack({ notice, onClose }: { notice: NoticeDetail; onClose: () => void }) {
  const { t, word } = useSay()
  const { problem, send } = useSend(notice, onClose)
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    void send('reject', { missing: new FormData(event.currentTarget).getAll('missing') }, () => t('inbound.sentBack'))
  }
  return (
    <Dialog title={t('inbound.sendBack.title')} open onClose={onClose}>
      <form className="stack wide" onSubmit={submit}>
        <p className="muted">{t('inbound.sendBack.hint')}</p>
        <fieldset className="markets">
          <legend className="label">{t('inbound.details')}</legend>
          {fields.map((field) => (
            <label key={field} className="check">
              <input type="checkbox" name="missing" value={field} />
              {word('notice.field', field)}
            </label>
          ))}
        </fieldset>
        {problem && <ProblemNote problem={problem} />}
        <div className="row">
          <span className="end" />
          <Button kind="primary" type="submit">
            {t('inbound.sendBack')}
          </Button>
        </div>
      </form>
    </Dialog>
  )
}

function Unfounded({ notice, onClose }: { notice: NoticeDetail; onClose: () => void }) {
  const { t } = useSay()
  const { problem, send } = useSend(notice, onClose)
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const reason = String(new FormData(event.currentTarget).get('reason'))
    void send('unfounded', { reason }, ({ measure }) =>
      t(
        measure === 'warned'
          ? 'inbound.unfounded.warned'
          : measure === 'suspended'
            ? 'inbound.unfounded.suspended'
            : 'inbound.unfounded.done',
      ),
    )
  }
  return (
    <Dialog title={t('inbound.unfounded.title')} open onClose={onClose}>
      <form className="stack wide" onSubmit={submit}>
        <p className="muted">{t('inbound.unfounded.hint')}</p>
        <Field label={t('inbound.unfounded.why')}>
          {(props) => <input {...props} name="reason" minLength={5} required />}
        </Field>
        {problem && <ProblemNote problem={problem} />}
        <div className="row">
          <span className="end" />
          <Button kind="primary" type="submit">
            {t('inbound.unfounded')}
          </Button>
        </div>
      </form>
    </Dialog>
  )
}
