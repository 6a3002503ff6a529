import { useState } from 'react'
import { at, problemOf, write } from '../../api.ts'
import { useSay } from '../../i18n.ts'
import { toast } from '../../live.ts'
import { paths } from '../../paths.ts'
import { useMay } from '../../session.ts'
import type { Draft, Fault, RolloutReply } from '../../types/rollout.ts'
import type { Problem } from '../../types.ts'
import { ApprovalNote } from '../../ui/approvals.tsx'
import { Button, ButtonLink, Card, Field, Time } from '../../ui/basics.tsx'
import { Mark, SeverityMark } from '../../ui/marks.tsx'
import { ProblemNote } from '../../ui/states.tsx'
import { refreshRollout } from './refresh.ts'
import { SeenCard } from './seen-card.tsx'

interface PublishProps {
  draft: Draft | null
  dirty: boolean
  looking: boolean
  /** There is something to look at. */
  ready: boolean
  onLook: () => void
}

/** What is missing before publication, and the request itself. */
export function PublishCard({ draft, dirty, looking, ready, onLook }: PublishProps) {
  const say = useSay()
  const { t } = say
  const waiting = draft?.requests.find((request) => request.status === 'open')
  const published = draft?.published
  return (
    <Card
      title={t('draft.obstacles')}
      aside={draft?.check.severity ? <SeverityMark value={draft.check.severity} long /> : undefined}
    >
      <div className="stack">
        {draft && !published && <Missing draft={draft} dirty={dirty} />}
        {!draft && <p className="muted">{t('draft.obstacles.unsaved')}</p>}
        {draft && !published && (
          <p className="muted">
            {draft.check.second_person
              ? t('draft.second', { why: say.text(draft.check.second_person) })
              : t('draft.second.none')}
          </p>
        )}
        <div className="row wrap">
          <Button busy={looking} disabled={!ready} onPress={onLook}>
            {t('draft.backtest')}
          </Button>
        </div>
        {draft?.card && !dirty && !waiting && <SeenCard card={draft.card} />}
        {waiting && <ApprovalNote request={waiting} linked={false} />}
        {draft && published && (
          <div className="row wrap" role="status">
            <Mark shape="check" tone="accent">
              {t('draft.published', { name: `${published.strategy}@${published.version}` })}
            </Mark>
            <ButtonLink to={paths.strategy(draft.pack, published.strategy.slice(draft.pack.length + 1))}>
              {t('action.open')}
            </ButtonLink>
          </div>
        )}
        {draft && !waiting && !published && <Ask draft={draft} blocked={dirty || draft.obstacles.length > 0} />}
      </div>
    </Card>
  )
}

function Missing({ draft, dirty }: { draft: Draft; dirty: boolean }) {
  const say = useSay()
  const { t } = say
  if (dirty) return <p className="muted">{t('draft.obstacles.unsaved')}</p>
  if (draft.obstacles.length === 0)
    return (
      <Mark shape="check" tone="accent">
        {t('draft.obstacles.none')}
      </Mark>
    )
  return (
    <ul className="obstacles">
      {draft.obstacles.map((obstacle) => (
        <li key={obstacle.code}>
          <Mark shape="cross" tone="hurt">
            <span className="prewrap">{say.text(obstacle.message)}</span>
          </Mark>
          <span className="muted">{say.text(obstacle.fix)}</span>
        </li>
      ))}
    </ul>
  )
}

function Ask({ draft, blocked }: { draft: Draft; blocked: boolean }) {
  const { t } = useSay()
  const may = useMay('strategy.publish')
  const [reason, setReason] = useState('')
  const [seen, setSeen] = useState<string | null>(null)
  const card = draft.card
  const confirmed = card !== null && seen === card.card_id
  const [problem, setProblem] = useState<Problem | null>(null)
  const [busy, setBusy] = useState(false)
  if (!may) return null
  const unseen = draft.check.needs_backtest && !confirmed
  const ask = async () => {
    setBusy(true)
    setProblem(null)
    try {
      const reply = await write<RolloutReply>('POST', at('drafts', draft.draft_id, 'publish'), {
        reason,
        revision: draft.revision,
        ...(confirmed ? { card_id: card.card_id } : {}),
      })
      toast(
        reply.status === 'waiting'
          ? t('draft.requested')
          : t('draft.published', { name: `${reply.strategy}@${reply.version}` }),
      )
      await refreshRollout()
    } catch (error) {
      setProblem(problemOf(error))
    } finally {
      setBusy(false)
    }
  }
  return (
    <>
      <Field label={t('draft.reason')} hint={t('draft.reason.hint')}>
        {(props) => <input {...props} value={reason} onChange={(event) => setReason(event.target.value)} />}
      </Field>
      {card && !blocked && (
        <label className="row">
          <input
            type="checkbox"
            checked={confirmed}
            onChange={(event) => setSeen(event.target.checked ? card.card_id : null)}
          />
          {t('draft.card.confirm', { hits: card.figures.hits, events: card.figures.events })}
        </label>
      )}
      {problem && <ProblemNote problem={problem} />}
      <div className="row">
        <Button
          kind="primary"
          busy={busy}
          disabled={blocked || unseen || reason.trim() === ''}
          onPress={() => void ask()}
        >
          {t(draft.check.second_person ? 'draft.publish.ask' : 'draft.publish')}
        </Button>
      </div>
    </>
  )
}

/** What loading and the static findings say; nothing when they say nothing. */
export function FindingsCard({ findings }: { findings: readonly Fault[] }) {
  const say = useSay()
  if (findings.length === 0) return null
  return (
    <Card title={say.t('draft.findings')}>
      <div className="stack">
        {findings.map((found) => (
          <div key={`${found.file}:${found.line}:${found.message.en}`} className="problem mild">
            <code>
              {found.file}
              {found.line ? `:${found.line}` : ''} {found.code ?? ''}
            </code>
            <strong className="prewrap">{say.text(found.message)}</strong>
            {found.fix && <p>{say.text(found.fix)}</p>}
          </div>
        ))}
      </div>
    </Card>
  )
}

export function RevisionsCard({ draft }: { draft: Draft }) {
  const { t } = useSay()
  return (
    <Card title={t('draft.revisions')}>
      <ul className="similar">
        {draft.revisions.map((row) => (
          <li key={row.revision} className="row">
            <span>{t('draft.revision', { n: row.revision })}</span>
            <span className="muted grow">{row.actor}</span>
            <span className="muted">
              <Time at={row.at} />
            </span>
          </li>
        ))}
      </ul>
    </Card>
  )
}
