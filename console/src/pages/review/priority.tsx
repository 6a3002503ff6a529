import { useSay } from '../../i18n.ts'
import type { CaseRow } from '../../types/cases.ts'

/** The factors of a priority, each with what it was made from. */
export function useFactors(row: CaseRow): { title: string; value: string }[] {
  const say = useSay()
  const { priority } = row
  if (!priority) return []
  const minutes = Math.abs(priority.slack_s) / 60
  const time =
    minutes < 120
      ? say.number(Math.round(minutes), { style: 'unit', unit: 'minute' })
      : say.number(Math.round(minutes / 60), { style: 'unit', unit: 'hour' })
  const slack = say.t(priority.slack_s >= 0 ? 'priority.left' : 'priority.over', { time })
  const two = (value: number) => say.number(value, { maximumFractionDigits: 2 })
  return [
    { title: say.t('priority.harm', { severity: row.severity }), value: two(priority.harm) },
    { title: say.t('priority.reach', { n: Math.round(priority.people) }), value: two(priority.reach) },
    {
      title: say.t('priority.credibility', { source: priority.source ?? say.t('priority.blindSource') }),
      value: two(priority.credibility),
    },
    {
      title: `${say.t('priority.urgency', { time: slack })}${priority.lane ? ` (${say.word('priority.lane', priority.lane)})` : ''}`,
      value: two(priority.urgency),
    },
  ]
}

/** The score; why it is what it is stands in the title, and for screen readers beside it. */
export function PriorityScore({ row }: { row: CaseRow }) {
  const say = useSay()
  const factors = useFactors(row)
  if (!row.priority) return <span className="muted">–</span>
  const why = factors.map(({ title, value }) => `${title}: ${value}`).join('\n× ')
  return (
    <span title={why}>
      {say.number(row.priority.score, { maximumFractionDigits: 0 })}
      <span className="sr">{why}</span>
    </span>
  )
}

/** "Why here?" on the case itself. */
export function PriorityReason({ row }: { row: CaseRow }) {
  const say = useSay()
  const factors = useFactors(row)
  if (!row.priority) return null
  return (
    <details className="small why">
      <summary>
        {say.t('priority.why')}{' '}
        <span className="muted">{`${say.t('priority.title')} ${say.number(row.priority.score, { maximumFractionDigits: 0 })}`}</span>
      </summary>
      <dl className="factors">
        {factors.map(({ title, value }, index) => (
          <div key={title}>
            <dt>{title}</dt>
            <dd>{`${index === 0 ? '' : '× '}${value}`}</dd>
          </div>
        ))}
        <div>
          <dt>
            <strong>{say.t('priority.product')}</strong>
          </dt>
          <dd>
            <strong>{`= ${say.number(row.priority.score, { maximumFractionDigits: 1 })}`}</strong>
          </dd>
        </div>
      </dl>
    </details>
  )
}
