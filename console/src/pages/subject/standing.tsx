import { useState } from 'react'
import { at, refresh } from '../../api.ts'
import { useSay } from '../../i18n.ts'
import { toast } from '../../live.ts'
import { useMay } from '../../session.ts'
import type { Standing, StandingEntry } from '../../types/enforcement.ts'
import { Button, Card, Field, Id, Time } from '../../ui/basics.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { Mark } from '../../ui/marks.tsx'
import { ProblemNote } from '../../ui/states.tsx'
import { Table } from '../../ui/table.tsx'
import { useWrite } from '../../use-write.ts'
import { QuizDialog } from './quiz.tsx'

/** One ledger of a party: score on its scale, tier with rights, sanctions. */
export function Ledger({ standing }: { standing: Standing }) {
  const say = useSay()
  const { t } = say
  return (
    <Card title={say.text(standing.title)} aside={<strong>{say.number(standing.score)}</strong>}>
      <div className="stack wide">
        <Scale standing={standing} />
        {standing.caution !== null && (
          <Mark shape="triangle" tone="hurt">
            {t('standing.caution', { at: standing.caution })}
          </Mark>
        )}
        <Tier standing={standing} />
        {standing.sanctions.map((sanction) => (
          <p key={sanction.from + sanction.kind} className="row">
            <Mark shape="dot">{say.text(sanction.title)}</Mark>
            <span className="muted">{sanction.until ? <Time at={sanction.until} /> : t('ui.open')}</span>
          </p>
        ))}
      </div>
    </Card>
  )
}

function Scale({ standing }: { standing: Standing }) {
  const say = useSay()
  const most = Math.max(
    ...standing.thresholds.map(({ at: mark }) => mark),
    standing.score,
    standing.next_tier?.from ?? 1,
    1,
  )
  const label = say.t('standing.score', { score: standing.score, scale: most })
  const crossed = (mark: number) => (standing.scale === 'up' ? standing.score >= mark : standing.score <= mark)
  return (
    <>
      <svg className="ladder" viewBox="0 0 400 34" role="img" aria-label={label} preserveAspectRatio="none">
        <rect x="0" y="4" width="400" height="8" rx="4" className="track" />
        <rect x="0" y="4" width={(standing.score / most) * 400} height="8" rx="4" className="fill" />
        {standing.thresholds.map((threshold) => (
          <line
            key={threshold.at}
            x1={(threshold.at / most) * 400}
            x2={(threshold.at / most) * 400}
            y1="0"
            y2="18"
            className={crossed(threshold.at) ? 'crossed' : ''}
          />
        ))}
      </svg>
      {standing.thresholds.length > 0 && (
        <ul className="thresholds">
          {standing.thresholds.map((threshold) => (
            <li key={threshold.at}>
              <Mark shape={crossed(threshold.at) ? 'dot' : 'ring'} tone={crossed(threshold.at) ? 'plain' : 'muted'}>
                {say.number(threshold.at)} · {say.text(threshold.title)}
              </Mark>
            </li>
          ))}
        </ul>
      )}
    </>
  )
}

function Tier({ standing: { tier, next_tier: next } }: { standing: Standing }) {
  const say = useSay()
  const { t } = say
  if (!tier) return null
  const rest = tier.rights.some((right) => !right.active)
  return (
    <div className="stack">
      <p className="row wrap">
        <span className="muted">{t('standing.tier')}</span> <strong>{say.text(tier.title)}</strong>
        {next && (
          <span className="muted">{t('standing.nextTier', { title: say.text(next.title), from: next.from })}</span>
        )}
      </p>
      {tier.rights.length > 0 && (
        <p className="row wrap">
          {tier.rights.map((right) => (
            <Mark key={right.id} shape={right.active ? 'check' : 'ring'} tone={right.active ? 'accent' : 'muted'}>
              {say.text(right.title)}
            </Mark>
          ))}
          {rest && <span className="muted">{t('standing.rights.rest')}</span>}
        </p>
      )}
    </div>
  )
}

/** The entries of one ledger: what was lost and earned, and what is open to the party. */
export function Entries({ standing }: { standing: Standing }) {
  const say = useSay()
  const rows = standing.entries
  const { t } = say
  const may = useMay('standing.write')
  const [quiz, setQuiz] = useState<string | null>(null)
  const [cure, setCure] = useState<string | null>(null)
  return (
    <>
      <Table
        caption={`${say.text(standing.title)} · ${t('standing.entries')}`}
        rows={rows}
        rowKey={(row) => row.id}
        columns={[
          {
            id: 'class',
            title: t('standing.class'),
            head: true,
            cell: (row) => (
              <span className="stack">
                <span>{say.text(row.title) || row.class}</span>
                <State row={row} />
              </span>
            ),
          },
          {
            id: 'points',
            title: t('standing.points'),
            number: true,
            cell: (row) => <Points row={row} />,
          },
          { id: 'at', title: t('col.at'), number: true, cell: (row) => <Time at={row.at} /> },
          { id: 'expires', title: t('standing.expires'), number: true, cell: (row) => <Time at={row.expires_at} /> },
          { id: 'cause', title: t('col.cause'), cell: (row) => (row.cause ? <Id value={row.cause} /> : '–') },
          ...(may && rows.some((row) => row.quiz?.state === 'open' || row.pending_until)
            ? [
                {
                  id: 'do',
                  title: t('standing.quiz'),
                  cell: (row: StandingEntry) => (
                    <span className="row">
                      {row.quiz?.state === 'open' && (
                        <Button kind="quiet" onPress={() => setQuiz(row.id)}>
                          {t('quiz.take')}
                        </Button>
                      )}
                      {row.pending_until && (
                        <Button kind="quiet" onPress={() => setCure(row.id)}>
                          {t('standing.cure')}
                        </Button>
                      )}
                    </span>
                  ),
                },
              ]
            : []),
        ]}
      />
      {quiz && <QuizDialog path={at('violations', quiz, 'quiz')} onClose={() => setQuiz(null)} />}
      {cure && <CureDialog entry={cure} onClose={() => setCure(null)} />}
    </>
  )
}

function Points({ row }: { row: StandingEntry }) {
  const say = useSay()
  if (row.type === 'credit') return <>{row.quantity === null ? `+${row.points}` : `×${say.number(row.quantity)}`}</>
  return row.reversed ? <del>{row.points}</del> : <>{row.points}</>
}

function State({ row }: { row: StandingEntry }) {
  const say = useSay()
  const { t } = say
  const marks = [
    ...(row.joint_of ? [t('standing.joint')] : []),
    ...(row.cured ? [t('standing.cured')] : []),
    ...(row.pending_until ? [t('standing.pending', { when: say.time(row.pending_until) })] : []),
    ...(row.quiz ? [`${t('standing.quiz')}: ${quizWords(row.quiz, say)}`] : []),
  ]
  return marks.length === 0 ? null : <span className="muted small">{marks.join(' · ')}</span>
}

function quizWords(quiz: NonNullable<StandingEntry['quiz']>, { t, time }: ReturnType<typeof useSay>): string {
  if (quiz.state === 'open')
    return quiz.deadline === null ? t('quiz.take') : t('standing.quiz.open', { when: time(quiz.deadline) })
  return quiz.state === 'passed' ? t('standing.quiz.passed', { points: quiz.points }) : t(`standing.quiz.${quiz.state}`)
}

function CureDialog({ entry, onClose }: { entry: string; onClose: () => void }) {
  const { t } = useSay()
  const { problem, busy, send } = useWrite()
  const [proof, setProof] = useState('')
  const cure = async () => {
    if (!(await send('POST', at('violations', entry, 'cure'), { proof }))) return
    toast(t('standing.cure.done'))
    await refresh('/v1/subjects', '/v1/standing')
    onClose()
  }
  return (
    <Dialog
      title={t('standing.cure.title')}
      open
      onClose={onClose}
      footer={
        <Button kind="primary" busy={busy} disabled={proof.trim() === ''} onPress={() => void cure()}>
          {t('standing.cure')}
        </Button>
      }
    >
      <div className="stack">
        <Field label={t('standing.cure.proof')}>
          {(props) => <textarea {...props} rows={3} value={proof} onChange={(event) => setProof(event.target.value)} />}
        </Field>
        {problem && <ProblemNote problem={problem} />}
      </div>
    </Dialog>
  )
}
