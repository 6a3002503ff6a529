import { useState } from 'react'
import { Link } from 'wouter'
import { at, useRead } from '../../api.ts'
import { useSay } from '../../i18n.ts'
import { paths } from '../../paths.ts'
import type { MyOverview, MyStanding } from '../../types/portal.ts'
import { Button, Card } from '../../ui/basics.tsx'
import { PageFrame } from '../../ui/page.tsx'
import { Empty, Loaded } from '../../ui/states.tsx'
import { QuizDialog } from '../subject/quiz.tsx'

const day = { dateStyle: 'medium' } as const

function Ledger({ standing }: { standing: MyStanding }) {
  const say = useSay()
  const { t, text } = say
  const [quiz, setQuiz] = useState<string | null>(null)
  const next = standing.thresholds.find(({ at }) => !standing.crossed.includes(at))
  const score = standing.score === 0 ? t('my.score.none') : t('my.score', { n: standing.score })
  return (
    <Card title={text(standing.title)} aside={<strong>{score}</strong>}>
      <div className="stack">
        {standing.sanctions.length > 0 && (
          <>
            <h3>{t('my.sanctions')}</h3>
            <ul>
              {standing.sanctions.map((sanction) => (
                <li key={`${sanction.kind} ${sanction.from}`}>
                  {text(sanction.title)},{' '}
                  {sanction.until ? t('my.until', { at: say.time(sanction.until, day) }) : t('my.noEnd')}
                </li>
              ))}
            </ul>
          </>
        )}
        {next && <p className="muted">{t('my.next', { at: next.at, title: text(next.title) })}</p>}
        {standing.entries.length > 0 && (
          <>
            <h3>{t('my.points')}</h3>
            <ul>
              {standing.entries.map((entry) => (
                <li key={entry.id}>
                  {say.time(entry.at, day)}: {text(entry.title)}, {t('my.score', { n: entry.points })}
                  {entry.reversed
                    ? ` (${t('my.taken')})`
                    : entry.expires_at && ` (${t('my.lapses', { at: say.time(entry.expires_at, day) })})`}
                  {entry.quiz?.state === 'open' && (
                    <>
                      {' '}
                      <Button kind="quiet" onPress={() => setQuiz(entry.id)}>
                        {t('my.quiz', { n: entry.quiz.points })}
                      </Button>
                    </>
                  )}
                </li>
              ))}
            </ul>
          </>
        )}
        {!next && standing.sanctions.length === 0 && standing.entries.length === 0 && (
          <p className="muted">{t('my.points.none')}</p>
        )}
        {quiz && <QuizDialog path={at('my', 'points', quiz, 'quiz')} onClose={() => setQuiz(null)} />}
      </div>
    </Card>
  )
}

export function MyOverviewPage() {
  const { t } = useSay()
  const query = useRead<MyOverview>('/v1/my')
  return (
    <PageFrame title={t('my.standing')} sub={t('my.about')}>
      <Loaded query={query}>
        {(mine) => {
          const counts = [
            { n: mine.violations, label: 'my.inForce', to: paths.myViolations },
            { n: mine.appeals_open, label: 'my.appealsOpen', to: paths.myViolations },
            { n: mine.documents_open, label: 'my.documentsOpen', to: paths.myDocuments },
          ] as const
          const quiet = counts.every(({ n }) => n === 0) && mine.standing.every(({ score }) => score === 0)
          return (
            <div className="stack wide">
              {quiet && <Empty kind="done" title={t('my.clean')} hint={t('my.clean.hint')} />}
              <ul className="portal-counts">
                {counts
                  .filter(({ n }) => n > 0)
                  .map(({ n, label, to }) => (
                    <li key={label}>
                      <Link href={to}>
                        <strong>{n}</strong> {t(label, { n })}
                      </Link>
                    </li>
                  ))}
              </ul>
              {mine.standing.map((standing) => (
                <Ledger key={standing.ledger} standing={standing} />
              ))}
            </div>
          )
        }}
      </Loaded>
    </PageFrame>
  )
}
