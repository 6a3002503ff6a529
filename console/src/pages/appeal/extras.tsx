import { Link } from 'wouter'
import { useSay } from '../../i18n.ts'
import { paths } from '../../paths.ts'
import type { AppealDetail } from '../../types/appeals.ts'
import type { Precision } from '../../types/enforcement.ts'
import { Card, Time } from '../../ui/basics.tsx'
import { Mark, Status } from '../../ui/marks.tsx'
import { Table } from '../../ui/table.tsx'

/** What was attached to the appeal. */
export function AttachedEvidence({ appeal }: { appeal: AppealDetail }) {
  const { t } = useSay()
  if (appeal.evidence.length === 0) return null
  return (
    <Card title={t('appeal.evidence')}>
      <ul className="similar">
        {appeal.evidence.map((item) => (
          <li key={item.value}>{item.kind === 'reference' ? <code>{item.value}</code> : item.value}</li>
        ))}
      </ul>
    </Card>
  )
}

/** The other instances of the matter, and what rests until this one is decided. */
export function Instances({ appeal }: { appeal: AppealDetail }) {
  const say = useSay()
  const { t } = say
  if (appeal.earlier.length + appeal.suspended.length === 0) return null
  return (
    <Card title={t('appeal.earlier')}>
      <ul className="similar">
        {appeal.earlier.map((other) => (
          <li key={other.appeal_id} className="row wrap">
            <Link href={paths.appeal(other.appeal_id)} className="grow">
              {t(`appeal.side.${other.side}`)} · {t('appeal.level', { level: other.level, chance: other.chance })}
            </Link>
            <Status value={other.status} />
            <Time at={other.decided_at ?? other.filed_at} />
          </li>
        ))}
        {appeal.suspended.map((action) => (
          <li key={action.action_id} className="row">
            <Mark shape="half">{say.text(action.title)}</Mark>
            <span className="muted">{t('appeal.suspended')}</span>
          </li>
        ))}
      </ul>
    </Card>
  )
}

function Interval({ of }: { of: Precision }) {
  const say = useSay()
  if (of.value === null) return <span className="muted">–</span>
  return (
    <span className="nowrap">
      {say.percent(of.value)}{' '}
      <span className="muted small">
        {say.percent(of.low, 0)}–{say.percent(of.high, 0)} · {say.t('appeal.precision.n', { n: of.labelled })}
      </span>
    </span>
  )
}

/** What the outcome did to the precision of the strategies that found it, with 95 % intervals. */
export function PrecisionCard({ appeal }: { appeal: AppealDetail }) {
  const { t } = useSay()
  if (appeal.precision.length === 0) return null
  return (
    <Card title={t('appeal.precision')} flush>
      <Table
        caption={t('appeal.precision')}
        rows={appeal.precision}
        rowKey={(row) => row.strategy}
        columns={[
          {
            id: 'strategy',
            title: t('appeal.precision.strategy'),
            head: true,
            cell: (row) => <StrategyLink name={row.strategy} />,
          },
          {
            id: 'before',
            title: t('appeal.precision.before'),
            number: true,
            cell: (row) => <Interval of={row.before} />,
          },
          { id: 'after', title: t('appeal.precision.after'), number: true, cell: (row) => <Interval of={row.after} /> },
        ]}
      />
    </Card>
  )
}

function StrategyLink({ name }: { name: string }) {
  const [pack = '', strategy = ''] = name.replace(/@.*$/, '').split('/')
  return (
    <Link href={paths.strategy(pack, strategy)} className="clip block policy">
      {name}
    </Link>
  )
}
