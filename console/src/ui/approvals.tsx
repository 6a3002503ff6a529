import { useState } from 'react'
import { Link } from 'wouter'
import { at, problemOf, refresh, useRead, write } from '../api.ts'
import { useSay } from '../i18n.ts'
import { toast } from '../live.ts'
import { SeenCard } from '../pages/rollout/seen-card.tsx'
import { paths } from '../paths.ts'
import { useMay } from '../session.ts'
import type { Approval, ApprovalReply, Draft } from '../types/rollout.ts'
import type { Page, Problem } from '../types.ts'
import { useVocabulary } from '../vocabulary.ts'
import { Button, Card, Field, Time } from './basics.tsx'
import { Mark } from './marks.tsx'
import { ProblemNote } from './states.tsx'
import { useWhere } from './where.ts'

const textsOf = (value: unknown): string[] => (Array.isArray(value) ? value.map(String) : [])

/** What a request asks for, in words; null for an operation that has none of its own. */
function useWords(): (request: Approval) => string | null {
  const { t, word } = useSay()
  const where = useWhere()
  const { roles: known } = useVocabulary()
  const role = (id: unknown) => known.find(({ value }) => value === id)?.label ?? word('role', String(id))
  return ({ operation, about: name, input, person }) => {
    const roles = textsOf(input['roles']).map(role).join(t('grants.and'))
    const given = { name: person ?? String(input['name'] ?? ''), login: String(input['login'] ?? ''), roles }
    if (operation === 'drafts.publish') return t('approvals.what.publish', { name })
    if (operation === 'strategies.step')
      return t('approvals.what.step', { name, to: word('mode', String(input['to'] ?? '')) })
    if (operation === 'recalls.run')
      return t('approvals.what.recall', { name: `${String(input['strategy'])}@${String(input['version'])}` })
    if (operation === 'users.create') return t('approvals.what.add', given)
    if (operation === 'users.change' && person) return t('approvals.what.change', given)
    if (operation === 'grants.add' && person) {
      const scope = { sites: textsOf(input['sites']), markets: textsOf(input['markets']) }
      return t('approvals.what.grant', { name: person, role: role(input['role']), where: where(scope) })
    }
    return null
  }
}

/** What was asked for beside the reason, which has a line of its own. */
const inputOf = ({ input: { reason: _, ...rest } }: Approval): string => JSON.stringify(rest)

/** A request that waits, with what the person who looks at it may do. */
export function ApprovalNote({ request, linked = true }: { request: Approval; linked?: boolean }) {
  const say = useSay()
  const { t } = say
  const words = useWords()(request)
  const [note, setNote] = useState('')
  const [problem, setProblem] = useState<Problem | null>(null)
  const [busy, setBusy] = useState(false)
  const { mine, input, about } = request
  const may = request.may_decide && !mine
  const draft = input['draft_id']
  const decide = async (outcome: 'approved' | 'refused' | 'withdrawn') => {
    setBusy(true)
    setProblem(null)
    try {
      const { result } = await write<ApprovalReply>('POST', at('approvals', request.approval_id, 'decide'), {
        outcome,
        note,
      })
      toast(
        result?.running
          ? t('rollout.step.done', { name: about, state: say.word('mode', result.running) })
          : t(`approvals.${outcome}`),
      )
      await refresh('/v1/')
    } catch (error) {
      setProblem(problemOf(error))
    } finally {
      setBusy(false)
    }
  }
  const button = (outcome: 'approved' | 'refused' | 'withdrawn', label: string) => (
    <Button
      kind={outcome === 'approved' ? 'primary' : 'plain'}
      busy={busy}
      disabled={note.trim() === ''}
      onPress={() => void decide(outcome)}
    >
      {label}
    </Button>
  )
  return (
    <div className="problem mild">
      <div className="row wrap">
        <Mark shape="half" tone="accent">
          <span className="prewrap">
            {words ?? (say.text(request.title) || request.operation)}
            {typeof input['canary'] === 'number' && ` (${say.number(input['canary'])} %)`}
          </span>
        </Mark>
        <span className="muted">{t('approvals.by', { name: request.by })}</span>
        <span className="muted end">
          {t('approvals.until')} <Time at={request.until} />
        </span>
      </div>
      {typeof input['reason'] === 'string' && <p>{input['reason']}</p>}
      {words === null && <code className="spans">{inputOf(request)}</code>}
      {request.why && <p className="muted">{t('draft.second', { why: say.text(request.why) })}</p>}
      {typeof draft === 'string' && typeof input['card_id'] === 'string' && (
        <RequestCard draft={draft} approval={request.approval_id} />
      )}
      {linked && typeof draft === 'string' && <Link href={paths.draft(draft)}>{t('draft.title')}</Link>}
      {mine || may ? (
        <Field label={t('draft.reason')}>
          {(props) => <input {...props} value={note} onChange={(event) => setNote(event.target.value)} />}
        </Field>
      ) : (
        <p className="muted">{t('approvals.mayNot')}</p>
      )}
      {problem && <ProblemNote problem={problem} />}
      {mine && <p className="muted">{t('approvals.mine')}</p>}
      <div className="row">
        {mine && button('withdrawn', t('approvals.withdraw'))}
        {may && button('approved', t('approvals.approve'))}
        {may && button('refused', t('approvals.refuse'))}
      </div>
    </div>
  )
}

/** The impact card that a request rests on, as whoever asked has seen it. */
function RequestCard({ draft, approval }: { draft: string; approval: string }) {
  const { data } = useRead<Draft>(at('drafts', draft))
  const card = data?.requests.find(({ approval_id }) => approval_id === approval)?.card
  return card ? <SeenCard card={card} /> : null
}

/** Everything that waits for a second person; nothing at all when nothing waits. */
export function WaitingCard() {
  const { t } = useSay()
  const may = useMay('approval.read')
  const query = useRead<Page<Approval>>('/v1/approvals', { enabled: may, every: 30_000 })
  const waiting = query.data?.items ?? []
  if (waiting.length === 0) return null
  return (
    <Card title={t('approvals.title')}>
      <div className="stack">
        {waiting.map((request) => (
          <ApprovalNote key={request.approval_id} request={request} />
        ))}
      </div>
    </Card>
  )
}
