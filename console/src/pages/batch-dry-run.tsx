import { useState } from 'react'
import { at, problemOf, write } from '../api.ts'
import { useSay } from '../i18n.ts'
import type { BatchDetail, BatchDryRun } from '../types/batch.ts'
import type { Problem } from '../types.ts'
import { Button, Card, Field } from '../ui/basics.tsx'
import { Share } from '../ui/marks.tsx'
import { Empty, ProblemNote } from '../ui/states.tsx'
import { Facts } from '../ui/text.tsx'
import { HitTable } from './batch-subjects.tsx'

/** Two days as a window, or nothing when both are empty. */
export function windowOf(from: string, to: string): { window_from?: string; window_to?: string } {
  if (from === '' && to === '') return {}
  return { window_from: from && `${from}T00:00:00Z`, window_to: to && `${to}T00:00:00Z` }
}

/** What a window would give; nothing is written. */
export function DryRun({ strategy }: { strategy: BatchDetail }) {
  const { t } = useSay()
  const [from, setFrom] = useState('')
  const [to, setTo] = useState('')
  const [reply, setReply] = useState<BatchDryRun | null>(null)
  const [problem, setProblem] = useState<Problem | null>(null)
  const [busy, setBusy] = useState(false)
  const run = async () => {
    setBusy(true)
    setProblem(null)
    try {
      setReply(
        await write<BatchDryRun>('POST', at('batch', ...strategy.strategy.split('/'), 'dry-run'), windowOf(from, to)),
      )
    } catch (error) {
      setReply(null)
      setProblem(problemOf(error))
    } finally {
      setBusy(false)
    }
  }
  return (
    <Card title={t('batch.dry')}>
      <div className="stack wide">
        <p className="muted">{t('batch.dry.hint')}</p>
        <div className="row wrap">
          <Field label={t('batch.dry.from')}>
            {(props) => <input {...props} type="date" value={from} onChange={(event) => setFrom(event.target.value)} />}
          </Field>
          <Field label={t('batch.dry.to')}>
            {(props) => <input {...props} type="date" value={to} onChange={(event) => setTo(event.target.value)} />}
          </Field>
          <Button kind="primary" busy={busy} onPress={() => void run()}>
            {t('batch.dry.run')}
          </Button>
          <span className="muted">{t('batch.dry.window')}</span>
        </div>
        {problem && <ProblemNote problem={problem} />}
        {reply && <Found reply={reply} />}
      </div>
    </Card>
  )
}

function Found({ reply }: { reply: BatchDryRun }) {
  const say = useSay()
  const { t } = say
  const { report, labels } = reply
  return (
    <div className="stack wide">
      <output>
        {t('batch.dry.result', {
          hits: report.hits ?? 0,
          rows: report.rows_in ?? 0,
          fresh: report.fresh ?? 0,
          seconds: Math.round((report.seconds ?? 0) * 100) / 100,
        })}
      </output>
      {report.faults.map((fault) => (
        <p key={fault.kind} className="problem">
          {say.text(fault.detail)}
        </p>
      ))}
      <Facts
        rows={[
          [
            t('batch.window'),
            t('batch.run.period', { from: say.time(reply.window_from), to: say.time(reply.window_to) }),
          ],
          [
            t('batch.group.entered'),
            reply.against ? t('batch.run.against', { ...reply.difference }) : t('batch.run.alone'),
          ],
          [t('batch.label'), t('batch.labels.line', { bad: labels.violation, ok: labels.ok, none: labels.unlabelled })],
          [t('col.precision'), <Share key="p" of={reply.precision} />],
        ]}
      />
      {reply.hits.length > 0 ? (
        <HitTable rows={reply.hits} />
      ) : (
        <Empty kind="done" title={t('batch.subjects.none')} small />
      )}
    </div>
  )
}
