import { useState } from 'react'
import { at, problemOf, refresh, write } from '../api.ts'
import { useSay } from '../i18n.ts'
import { toast } from '../live.ts'
import { useMay } from '../session.ts'
import type { BatchAlert, BatchDetail, BatchRun } from '../types/batch.ts'
import type { Problem } from '../types.ts'
import { Button, Card, Field, Time } from '../ui/basics.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { Mark } from '../ui/marks.tsx'
import { Empty, ProblemNote } from '../ui/states.tsx'
import { windowOf } from './batch-dry-run.tsx'

/** Alerts about how the strategy is deployed, and taking note of them. */
export function Alerts({ strategy }: { strategy: BatchDetail }) {
  const { t } = useSay()
  return (
    <Card title={t('batch.alerts')}>
      <div className="stack">
        {strategy.alerts.length === 0 && (
          <Empty kind="done" title={t('batch.alert.none')} hint={t('batch.alert.none.hint')} small />
        )}
        {strategy.alerts.map((alert) => (
          <Alert key={alert.alert_id} alert={alert} />
        ))}
      </div>
    </Card>
  )
}

function Alert({ alert }: { alert: BatchAlert }) {
  const say = useSay()
  const { t } = say
  const may = useMay('recall.run')
  const [reason, setReason] = useState('')
  const [problem, setProblem] = useState<Problem | null>(null)
  const close = async () => {
    try {
      await write('POST', at('alerts', alert.alert_id, 'release'), { reason })
      toast(t('batch.alert.closed'))
      await refresh('/v1/batch', '/v1/alerts', '/v1/overview')
    } catch (error) {
      setProblem(problemOf(error))
    }
  }
  return (
    <div className="problem">
      <div className="row">
        <Mark shape={alert.level === 'warn' ? 'triangle' : 'diamond'} tone={alert.level === 'warn' ? 'hurt' : 'accent'}>
          {say.text(alert.title)}
        </Mark>
        <span className="muted end">
          <Time at={alert.at} />
        </span>
      </div>
      <p>{say.text(alert.detail)}</p>
      {may && (
        <Field label={t('batch.alert.note')}>
          {(props) => <input {...props} value={reason} onChange={(event) => setReason(event.target.value)} />}
        </Field>
      )}
      {problem && <ProblemNote problem={problem} />}
      {may && (
        <Button disabled={reason.trim() === ''} onPress={() => void close()}>
          {t('batch.alert.close')}
        </Button>
      )}
    </div>
  )
}

/** A run that waits: approve with a typed confirmation, or turn it down. */
export function Approval({ run }: { run: BatchRun }) {
  const { t } = useSay()
  const may = useMay('batch.approve')
  const [open, setOpen] = useState(false)
  return (
    <div className="problem">
      <strong>{t('batch.held.title')}</strong>
      <p>{t('batch.held.about', { n: run.fresh ?? 0 })}</p>
      {may && (
        <div className="row">
          <Button kind="primary" onPress={() => setOpen(true)}>
            {t('batch.approve')}
          </Button>
        </div>
      )}
      {open && <ApproveDialog run={run} onClose={() => setOpen(false)} />}
    </div>
  )
}

function ApproveDialog({ run, onClose }: { run: BatchRun; onClose: () => void }) {
  const { t } = useSay()
  const [reason, setReason] = useState('')
  const [typed, setTyped] = useState('')
  const [problem, setProblem] = useState<Problem | null>(null)
  const [busy, setBusy] = useState(false)
  const n = run.fresh ?? 0
  const settle = async (verb: 'approve' | 'refuse') => {
    setBusy(true)
    setProblem(null)
    try {
      await write('POST', at('batch-runs', run.run_id, verb), {
        reason,
        ...(verb === 'approve' ? { subjects: n } : {}),
      })
      toast(verb === 'approve' ? t('batch.approve.done', { n }) : t('batch.refuse.done'))
      await refresh('/v1/')
      onClose()
    } catch (error) {
      setProblem(problemOf(error))
    } finally {
      setBusy(false)
    }
  }
  const ready = reason.trim() !== ''
  return (
    <Dialog
      title={t('batch.approve.title', { n })}
      open
      onClose={onClose}
      footer={
        <>
          <Button busy={busy} disabled={!ready} onPress={() => void settle('refuse')}>
            {t('batch.refuse')}
          </Button>
          <Button
            kind="primary"
            busy={busy}
            disabled={!ready || typed !== run.strategy}
            onPress={() => void settle('approve')}
          >
            {t('batch.approve.do', { n })}
          </Button>
        </>
      }
    >
      <div className="stack wide">
        <p>{t('batch.held.about', { n })}</p>
        <Field label={t('batch.approve.reason')} hint={t('recall.reason.hint')}>
          {(props) => (
            <textarea {...props} rows={2} value={reason} onChange={(event) => setReason(event.target.value)} />
          )}
        </Field>
        <Field label={t('batch.approve.type', { name: run.strategy })}>
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
        {problem && <ProblemNote problem={problem} />}
      </div>
    </Dialog>
  )
}

/** Runs one window for real; an empty window is the one that the newest data lies in. */
export function RunDialog({
  strategy,
  onClose,
  onDone,
}: {
  strategy: BatchDetail
  onClose: () => void
  onDone: (run: string) => void
}) {
  const say = useSay()
  const { t } = say
  const [from, setFrom] = useState('')
  const [to, setTo] = useState('')
  const [problem, setProblem] = useState<Problem | null>(null)
  const [busy, setBusy] = useState(false)
  const go = async () => {
    setBusy(true)
    setProblem(null)
    try {
      const run = await write<BatchRun>('POST', at('batch', ...strategy.strategy.split('/'), 'run'), windowOf(from, to))
      toast(t('batch.go.done', { status: say.word('batchStatus', run.status) }))
      await refresh('/v1/')
      onDone(run.run_id)
      onClose()
    } catch (error) {
      setProblem(problemOf(error))
    } finally {
      setBusy(false)
    }
  }
  return (
    <Dialog
      title={t('batch.go.title', { name: say.text(strategy.title) })}
      open
      onClose={onClose}
      footer={
        <Button kind="primary" busy={busy} onPress={() => void go()}>
          {t('batch.go.confirm')}
        </Button>
      }
    >
      <div className="stack wide">
        <p>{t('batch.go.about')}</p>
        <div className="row wrap">
          <Field label={t('batch.dry.from')}>
            {(props) => <input {...props} type="date" value={from} onChange={(event) => setFrom(event.target.value)} />}
          </Field>
          <Field label={t('batch.dry.to')} hint={t('batch.dry.window')}>
            {(props) => <input {...props} type="date" value={to} onChange={(event) => setTo(event.target.value)} />}
          </Field>
        </div>
        {problem && <ProblemNote problem={problem} />}
      </div>
    </Dialog>
  )
}
