import { useState } from 'react'
import { problemOf, refresh, useRead, write } from '../api.ts'
import { useSay } from '../i18n.ts'
import { toast } from '../live.ts'
import { useMe } from '../session.ts'
import type { AlertRow, RecallReply, StrategyDetail } from '../types/strategies.ts'
import type { Page, Problem } from '../types.ts'
import { Button, Card, Field, Time } from '../ui/basics.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { Mark } from '../ui/marks.tsx'
import { ProblemNote, Skeleton } from '../ui/states.tsx'
import { Facts } from '../ui/text.tsx'

/** Rollout and brakes of a strategy, and the two ways back: let it act again, or take back what it did. */
export function Safety({ strategy }: { strategy: StrategyDetail }) {
  const say = useSay()
  const { t } = say
  const me = useMe()
  const may = me?.permissions.includes('recall.run') ?? false
  const [open, setOpen] = useState<{ since: string | null } | null>(null)
  const alerts = useRead<Page<AlertRow>>('/v1/alerts')
  const pulled = (alerts.data?.items ?? []).filter((alert) => alert.strategy === strategy.strategy)
  const limits = Object.entries(strategy.limits ?? {}).map(([limit, value]) =>
    t('limit.line', { limit: say.word('limit', limit), value: limit === 'share' ? say.percent(value) : value }),
  )
  return (
    <Card
      title={t('safety.title')}
      aside={
        may && strategy.mode !== 'shadow' ? (
          <Button onPress={() => setOpen({ since: null })}>{t('recall.open')}</Button>
        ) : undefined
      }
    >
      <div className="stack">
        {pulled.map((alert) => (
          <Brake key={alert.alert_id} alert={alert} may={may} onUndo={() => setOpen({ since: alert.since })} />
        ))}
        <Facts
          rows={[
            [
              t('safety.rollout'),
              strategy.canary ? t('safety.canary', { n: strategy.canary }) : say.word('mode', strategy.mode),
            ],
            [t('safety.limits'), limits.length ? limits.join(' · ') : t('safety.noLimits')],
            [
              t('safety.acted'),
              strategy.brake.held === 'recall'
                ? t('safety.recalled')
                : t('safety.acted.value', {
                    hour: strategy.brake.last_hour,
                    day: strategy.brake.last_day,
                    perHour: strategy.brake.limits.per_hour,
                    perDay: strategy.brake.limits.per_day,
                  }),
            ],
          ]}
        />
      </div>
      {open && <RecallDialog strategy={strategy} since={open.since} onClose={() => setOpen(null)} />}
    </Card>
  )
}

function Brake({ alert, may, onUndo }: { alert: AlertRow; may: boolean; onUndo: () => void }) {
  const say = useSay()
  const { t } = say
  const [reason, setReason] = useState('')
  const [problem, setProblem] = useState<Problem | null>(null)
  const release = async () => {
    try {
      await write('POST', `/v1/alerts/${encodeURIComponent(alert.alert_id)}/release`, { reason })
      toast(t('brake.released'))
      await refresh('/v1/alerts', '/v1/strategies', '/v1/overview')
    } catch (error) {
      setProblem(problemOf(error))
    }
  }
  return (
    <div className="problem">
      <div className="row">
        <Mark shape="triangle" tone="hurt">
          <span className="prewrap">{say.text(alert.title)}</span>
        </Mark>
        <span className="muted end">
          <Time at={alert.at} />
        </span>
      </div>
      <p>{say.text(alert.detail)}</p>
      {may && (
        <Field label={t('brake.reason')}>
          {(props) => <input {...props} value={reason} onChange={(event) => setReason(event.target.value)} />}
        </Field>
      )}
      {problem && <ProblemNote problem={problem} />}
      {may && (
        <div className="row wrap">
          {alert.since && <Button onPress={onUndo}>{t('brake.undo')}</Button>}
          <Button disabled={reason.trim() === ''} onPress={() => void release()}>
            {t('brake.release')}
          </Button>
        </div>
      )}
    </div>
  )
}

function useRecall(strategy: StrategyDetail, since: string | null, onDone: () => void) {
  const say = useSay()
  const [dry, setDry] = useState<RecallReply | null>(null)
  const [problem, setProblem] = useState<Problem | null>(null)
  const [busy, setBusy] = useState(false)
  const run = async (apply: boolean, reason: string) => {
    setBusy(true)
    setProblem(null)
    try {
      const version = Number(strategy.version)
      const from = since === null ? {} : { since }
      const body = { strategy: strategy.strategy, version, apply, ...from, ...(apply ? { reason } : {}) }
      const reply = await write<RecallReply & { pending?: true }>('POST', '/v1/recalls', body)
      if (reply.pending) {
        toast(say.t('approvals.pending'))
        return onDone()
      }
      if (!apply) return setDry(reply)
      toast(say.t('recall.done', { n: reply.actions.reversed, points: reply.points.points }))
      await refresh('/v1/')
      onDone()
    } catch (error) {
      setProblem(problemOf(error))
    } finally {
      setBusy(false)
    }
  }
  return { dry, problem, busy, run }
}

/** First what it would take back, then the name of the strategy typed by hand: it concerns many people at once. */
interface RecallProps {
  strategy: StrategyDetail
  /** Where the run of hits began; null = everything, and the version never acts again. */
  since: string | null
  onClose: () => void
}

function RecallDialog({ strategy, since, onClose }: RecallProps) {
  const say = useSay()
  const { t } = say
  const { dry, problem, busy, run } = useRecall(strategy, since, onClose)
  const [reason, setReason] = useState('')
  const [typed, setTyped] = useState('')
  const name = `${strategy.strategy}@${strategy.version}`
  return (
    <Dialog
      title={t('recall.title', { name })}
      open
      onClose={onClose}
      footer={
        dry ? (
          <Button
            kind="primary"
            busy={busy}
            disabled={typed !== name || reason.trim() === ''}
            onPress={() => void run(true, reason)}
          >
            {t('recall.apply', { n: dry.actions.reversed })}
          </Button>
        ) : (
          <Button kind="primary" busy={busy} onPress={() => void run(false, '')}>
            {t('recall.dry')}
          </Button>
        )
      }
    >
      <div className="stack wide">
        <p>{since === null ? t('recall.about') : t('recall.since', { since: say.time(since) })}</p>
        {busy && !dry && <Skeleton lines={3} />}
        {problem && <ProblemNote problem={problem} />}
        {dry && (
          <>
            <Facts
              rows={[
                [t('recall.decisions'), say.number(dry.decisions)],
                [
                  t('recall.reversed'),
                  dry.by_kind.map((row) => `${say.text(row.title)} ${say.number(row.count)}`).join(' · ') || '–',
                ],
                [t('recall.kept'), say.number(dry.actions.kept)],
                [t('recall.points'), say.number(dry.points.points)],
                [t('recall.cases'), say.number(dry.cases_open)],
                [t('recall.parties'), say.number(dry.by_party.length)],
              ]}
            />
            <Field label={t('recall.reason')} hint={t('recall.reason.hint')}>
              {(props) => <textarea {...props} rows={2} value={reason} onChange={(e) => setReason(e.target.value)} />}
            </Field>
            <Field label={t('recall.type', { name })}>
              {(props) => (
                <input
                  {...props}
                  className="input mono"
                  autoComplete="off"
                  spellCheck={false}
                  value={typed}
                  onChange={(event) => setTyped(event.target.value)}
                />
              )}
            </Field>
          </>
        )}
      </div>
    </Dialog>
  )
}
