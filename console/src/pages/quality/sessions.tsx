import { type FormEvent, useState } from 'react'
import { Link } from 'wouter'
import { at, problemOf, refresh, useRead, write } from '../../api.ts'
import { useSay } from '../../i18n.ts'
import { toast } from '../../live.ts'
import { useSearchState } from '../../paths.ts'
import { useMay } from '../../session.ts'
import type { Session, SessionDetail } from '../../types/quality.ts'
import type { Page } from '../../types.ts'
import { useActor } from '../../ui/actor.ts'
import { Button, Card, Field, Time } from '../../ui/basics.tsx'
import { SeverityMark } from '../../ui/marks.tsx'
import { Empty, Loaded } from '../../ui/states.tsx'
import { Table } from '../../ui/table.tsx'
import { answers } from './golden.tsx'
import { Tile } from './measured.tsx'

type Item = SessionDetail['items'][number]

/** The texts of the event that is judged. */
function What({ item }: { item: Item }) {
  const texts = Object.entries(item.event.data).filter(
    (entry): entry is [string, string] => typeof entry[1] === 'string' && entry[1].length > 20,
  )
  return (
    <dl className="facts">
      {texts.slice(0, 4).map(([field, text]) => (
        <div key={field}>
          <dt>{field}</dt>
          <dd>{text}</dd>
        </div>
      ))}
    </dl>
  )
}

function AnswerForm({ session, item, agreed }: { session: string; item: Item; agreed: boolean }) {
  const { t, word } = useSay()
  const [busy, setBusy] = useState(false)
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const form = new FormData(event.currentTarget)
    setBusy(true)
    try {
      const body = { case_id: item.case_id, outcome: String(form.get('outcome')), note: String(form.get('note') ?? '') }
      await write('POST', `${at('calibrations', session)}/${agreed ? 'agreed' : 'votes'}`, body)
      await refresh(at('calibrations', session))
    } catch (error) {
      toast(problemOf(error).code, { kind: 'failed' })
    } finally {
      setBusy(false)
    }
  }
  return (
    <form className="row wrap" onSubmit={(event) => void submit(event)}>
      <Field label={t(agreed ? 'quality.outcome' : 'quality.sessions.mine')}>
        {(props) => (
          <select {...props} name="outcome" required defaultValue="">
            <option value="" disabled />
            {answers.map((answer) => (
              <option key={answer} value={answer}>
                {word('outcome', answer)}
              </option>
            ))}
          </select>
        )}
      </Field>
      <Field label={t('quality.sessions.note')}>{(props) => <input {...props} name="note" maxLength={2000} />}</Field>
      <Button type="submit" kind={agreed ? 'plain' : 'primary'} busy={busy}>
        {t(agreed ? 'quality.sessions.agree' : 'quality.sessions.vote')}
      </Button>
    </form>
  )
}

function ItemCard({ session, item }: { session: string; item: Item }) {
  const say = useSay()
  const actor = useActor()
  const may = useMay('quality.write')
  return (
    <Card
      title={
        <>
          <SeverityMark value={item.severity} /> {item.title}
        </>
      }
      aside={<span className="muted">{say.t('quality.sessions.answered', { n: item.answered })}</span>}
    >
      <div className="stack">
        <What item={item} />
        {item.agreed && (
          <p>
            <strong>{say.t('quality.sessions.agreed', { title: say.text(item.agreed.title) })}</strong>{' '}
            {item.agreed.note}
          </p>
        )}
        {item.mine === null && item.agreed === null && (
          <>
            <AnswerForm session={session} item={item} agreed={false} />
            <p className="small muted">{say.t('quality.sessions.hidden')}</p>
          </>
        )}
        {item.answers.length > 0 && (
          <ul className="stack">
            {item.answers.map((answer) => (
              <li key={answer.actor + answer.at} className="row">
                <span className="muted">{actor(answer.actor)}</span> {say.text(answer.title)}
                <span className="muted clip">{answer.note}</span>
              </li>
            ))}
          </ul>
        )}
        {may && item.agreed === null && item.answers.length > 0 && (
          <AnswerForm session={session} item={item} agreed={true} />
        )}
      </div>
    </Card>
  )
}

function OneSession({ id }: { id: string }) {
  const say = useSay()
  const query = useRead<SessionDetail>(at('calibrations', id))
  return (
    <Loaded query={query}>
      {(session) => (
        <div className="stack wide">
          <h2>{session.title}</h2>
          {session.alpha && (
            <ul className="indicators">
              <Tile label={say.t('quality.alpha')} about={say.t('quality.alpha.about')} of={session.alpha} plain />
            </ul>
          )}
          {session.items.map((item) => (
            <ItemCard key={item.case_id} session={id} item={item} />
          ))}
        </div>
      )}
    </Loaded>
  )
}

export function SessionsTab() {
  const { t } = useSay()
  const actor = useActor()
  const [params] = useSearchState()
  const query = useRead<Page<Session>>('/v1/calibrations')
  const chosen = params.get('session')
  if (chosen) return <OneSession id={chosen} />
  const to = (id: string) => `/quality?tab=sessions&session=${encodeURIComponent(id)}`
  return (
    <Loaded query={query}>
      {(page) =>
        page.items.length === 0 ? (
          <Empty kind="first" title={t('quality.sessions.none')} hint={t('quality.sessions.none.hint')} />
        ) : (
          <Table
            caption={t('quality.tab.sessions')}
            rows={page.items}
            rowKey={(row) => row.calibration_id}
            rowTo={(row) => to(row.calibration_id)}
            keyed
            columns={[
              {
                id: 'title',
                title: t('quality.sessions.title'),
                head: true,
                cell: (row) => <Link href={to(row.calibration_id)}>{row.title}</Link>,
              },
              { id: 'cases', title: t('quality.sessions.cases'), number: true, cell: (row) => row.cases },
              { id: 'who', title: t('col.by'), cell: (row) => actor(row.actor) },
              { id: 'at', title: t('col.at'), number: true, cell: (row) => <Time at={row.at} /> },
            ]}
          />
        )
      }
    </Loaded>
  )
}
