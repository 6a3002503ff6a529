import { useState } from 'react'
import { Link } from 'wouter'
import { problemOf, useRead, write } from '../../api.ts'
import { type MessageId, useSay } from '../../i18n.ts'
import { toast } from '../../live.ts'
import { paths } from '../../paths.ts'
import { useMay } from '../../session.ts'
import type { RolloutReply, RolloutState, StrategyFields, Versions, VersionView } from '../../types/rollout.ts'
import type { StrategyDetail } from '../../types/strategies.ts'
import type { Problem } from '../../types.ts'
import { ApprovalNote } from '../../ui/approvals.tsx'
import { Button, ButtonLink, Card, Field, Time } from '../../ui/basics.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { Mark, Mode } from '../../ui/marks.tsx'
import { asText } from '../../ui/pieces.ts'
import { ProblemNote } from '../../ui/states.tsx'
import { diffWords } from '../review/diff.ts'
import { refreshRollout } from './refresh.ts'

const idOf = (strategy: Pick<StrategyDetail, 'strategy' | 'pack'>) => strategy.strategy.slice(strategy.pack.length + 1)
export const versionsPath = (strategy: Pick<StrategyDetail, 'strategy' | 'pack'>) =>
  `/v1/strategies/${encodeURIComponent(strategy.pack)}/${encodeURIComponent(idOf(strategy))}/versions`
export const useVersions = (strategy: Pick<StrategyDetail, 'strategy' | 'pack'>) =>
  useRead<Versions>(versionsPath(strategy))

const path: readonly RolloutState[] = ['shadow', 'canary', 'live', 'retired']

/** Where each running version stands on its way, what may follow, and who must agree. */
export function LifecycleCard({
  strategy,
}: {
  strategy: Pick<StrategyDetail, 'strategy' | 'pack'> & Partial<Pick<StrategyDetail, 'version' | 'brake'>>
}) {
  const { t } = useSay()
  const mayDraft = useMay('strategy.draft')
  const found = useVersions(strategy).data
  if (!found) return null
  const waiting = found.requests.filter((request) => request.status === 'open')
  const running = found.versions.filter((one) => one.standing !== 'retired')
  const shown = running.length > 0 ? running : found.versions.slice(0, 1)
  return (
    <Card
      title={t('rollout.bar')}
      aside={
        mayDraft && (
          <ButtonLink to={`${paths.draft('new')}?from=${encodeURIComponent(strategy.strategy)}`}>
            {t('draft.change')}
          </ButtonLink>
        )
      }
    >
      <div className="stack">
        {shown.map((version) => (
          <Way
            key={version.version}
            name={strategy.strategy}
            version={version}
            waiting={waiting.length > 0}
            held={version.version === Number(strategy.version) ? (strategy.brake?.held ?? null) : null}
          />
        ))}
        {waiting.map((request) => (
          <ApprovalNote key={request.approval_id} request={request} />
        ))}
      </div>
    </Card>
  )
}

interface WayProps {
  name: string
  version: VersionView
  waiting: boolean
  /** Why it only watches although it stands further on. */
  held: 'brake' | 'recall' | null
}

function Way({ name, version, waiting, held }: WayProps) {
  const say = useSay()
  const { t } = say
  const may = useMay('strategy.publish')
  const [step, setStep] = useState<VersionView['next'][number] | null>(null)
  return (
    <div className="row wrap lifecycle">
      <strong>{t('rollout.version', { n: version.version })}</strong>
      <ol className="way" aria-label={t('rollout.version', { n: version.version })}>
        {path.map((state) => (
          <li key={state} aria-current={state === version.standing ? 'step' : undefined}>
            {say.word('mode', state)}
            {state === 'canary' && version.standing === 'canary' && ` ${say.number(version.canary)} %`}
          </li>
        ))}
      </ol>
      {held && (
        <Mark shape="triangle" tone="hurt">
          {t(`rollout.held.${held}`)}
        </Mark>
      )}
      {may && !waiting && (
        <span className="row wrap end">
          {version.next.map((next) => (
            <Button
              key={next.to}
              kind={next.to === 'live' || (next.to === 'canary' && version.standing === 'shadow') ? 'primary' : 'plain'}
              onPress={() => setStep(next)}
            >
              {t(stepLabel(version, next.to))}
            </Button>
          ))}
        </span>
      )}
      {step && <StepDialog name={name} version={version} step={step} onClose={() => setStep(null)} />}
    </div>
  )
}

function stepLabel(version: VersionView, to: RolloutState): MessageId {
  if (to === 'canary' && version.standing === 'canary') return 'rollout.step.canary.again'
  return `rollout.step.${to}`
}

function StepDialog({
  name,
  version,
  step,
  onClose,
}: {
  name: string
  version: VersionView
  step: VersionView['next'][number]
  onClose: () => void
}) {
  const say = useSay()
  const { t } = say
  const [reason, setReason] = useState('')
  const [canary, setCanary] = useState(version.canary ?? 10)
  const [problem, setProblem] = useState<Problem | null>(null)
  const [busy, setBusy] = useState(false)
  const full = `${name}@${version.version}`
  const label = t(stepLabel(version, step.to))
  const go = async () => {
    setBusy(true)
    setProblem(null)
    try {
      const [pack = '', id = ''] = name.split('/')
      const body = { version: version.version, to: step.to, reason, ...(step.to === 'canary' ? { canary } : {}) }
      const url = `/v1/strategies/${encodeURIComponent(pack)}/${encodeURIComponent(id)}/steps`
      const reply = await write<RolloutReply>('POST', url, body)
      toast(
        reply.status === 'waiting'
          ? t('draft.requested')
          : t('rollout.step.done', { name: full, state: say.word('mode', reply.running ?? step.to) }),
      )
      await refreshRollout()
      onClose()
    } catch (error) {
      setProblem(problemOf(error))
    } finally {
      setBusy(false)
    }
  }
  return (
    <Dialog
      title={t('rollout.step.confirm', { name: full, step: label })}
      open
      onClose={onClose}
      footer={
        <Button kind="primary" busy={busy} disabled={reason.trim() === ''} onPress={() => void go()}>
          {step.second_person ? t('draft.publish.ask') : label}
        </Button>
      }
    >
      <div className="stack wide">
        {step.second_person && <p>{t('rollout.next.ask', { why: say.text(step.second_person) })}</p>}
        {step.to === 'canary' && (
          <Field label={t('rollout.canary.share')}>
            {(props) => (
              <input
                {...props}
                type="number"
                min={0.1}
                max={99}
                value={canary}
                onChange={(event) => setCanary(Number(event.target.value))}
              />
            )}
          </Field>
        )}
        <Field label={t('rollout.reason')} hint={t('draft.reason.hint')}>
          {(props) => <input {...props} value={reason} onChange={(event) => setReason(event.target.value)} />}
        </Field>
        {problem && <ProblemNote problem={problem} />}
      </div>
    </Dialog>
  )
}

/** Every version with its steps and what it changed. */
export function VersionsPanel({ strategy }: { strategy: Pick<StrategyDetail, 'strategy' | 'pack'> }) {
  const say = useSay()
  const { t } = say
  const found = useVersions(strategy).data
  if (!found) return null
  return (
    <div className="stack wide">
      {found.versions.map((version, index) => (
        <Card
          key={version.version}
          title={
            <span className="row">
              {t('rollout.version', { n: version.version })} <Mode value={version.standing} />
            </span>
          }
          aside={
            <>
              <span className="muted">{t(version.origin === 'console' ? 'rollout.console' : 'rollout.files')}</span>
              {version.draft_id && <Link href={paths.draft(version.draft_id)}>{t('draft.title')}</Link>}
            </>
          }
        >
          <div className="stack wide">
            <Changes version={version} before={found.versions[index + 1] ?? null} />
            <ol className="similar">
              {version.steps.map((step) => (
                <li key={`${step.at}${step.to}`} className="row">
                  <Mark shape={step.to === 'live' ? 'dot' : step.to === 'retired' ? 'dash' : 'ring'}>
                    {say.word('mode', step.to)}
                    {step.canary !== null && ` ${say.number(step.canary)} %`}
                  </Mark>
                  <span className="grow clip">{step.reason}</span>
                  <span className="muted">{say.word('actor', step.actor)}</span>
                  <span className="muted">
                    <Time at={step.at} />
                  </span>
                </li>
              ))}
            </ol>
          </div>
        </Card>
      ))}
    </div>
  )
}

const compared = ['when', 'verdict', 'policy', 'on', 'markets', 'actions', 'evidence', 'limits'] as const

/** Field by field, word by word, against the version before. */
function Changes({ version, before }: { version: VersionView; before: VersionView | null }) {
  const { t } = useSay()
  if (!version.strategy || !before?.strategy)
    return <p className="muted">{version.strategy ? t('rollout.diff.first') : '–'}</p>
  const [old, now] = [before.strategy, version.strategy]
  const shown = (from: Partial<StrategyFields>, field: (typeof compared)[number]) => asText(from[field]).trim()
  const changed = compared.filter((field) => shown(old, field) !== shown(now, field))
  return (
    <div className="stack">
      <span className="muted">{t('rollout.diff', { n: before.version })}</span>
      {changed.map((field) => (
        <div key={field} className="stack">
          <code>{field}</code>
          <pre className="code prewrap">
            {diffWords(shown(old, field), shown(now, field)).map((part, index) => {
              const Tag = part.kind === 'added' ? 'ins' : part.kind === 'removed' ? 'del' : 'span'
              // biome-ignore lint/suspicious/noArrayIndexKey: the parts of one text never move
              return <Tag key={index}>{part.text}</Tag>
            })}
          </pre>
        </div>
      ))}
    </div>
  )
}
