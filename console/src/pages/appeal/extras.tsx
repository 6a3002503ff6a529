import { Link } from 'wouter'
import { useSay } from '../../i18n.ts'
import { paths } from '../../paths.ts'
import { useMay } from '../../session.ts'
import type { AppealDetail } from '../../types/appeals.ts'
import type { Precision } from '../../types/enforcement.ts'
import type { FoundBox } from '../../types/files.ts'
import { Card, Time } from '../../ui/basics.tsx'
import { Mark, Status } from '../../ui/marks.tsx'
import { Table } from '../../ui/table.tsx'
import { AttachedFiles, EventImages, useMarking } from '../review/images.tsx'

/** What was attached to the appeal: words and references, and files on whose images the reviewer can mark regions. */
export function AttachedEvidence({ appeal }: { appeal: AppealDetail }) {
  const { t } = useSay()
  const may = useMay('appeal.decide') && appeal.status === 'open'
  const marking = useMarking(may ? { on: 'appeals', id: appeal.appeal_id } : null)
  const words = appeal.evidence.filter(({ kind }) => kind !== 'file')
  if (words.length + appeal.files.length === 0) return null
  return (
    <Card title={t('appeal.evidence')}>
      <div className="stack">
        <ul className="similar">
          {words.map((item) => (
            <li key={item.value}>{item.kind === 'reference' ? <code>{item.value}</code> : item.value}</li>
          ))}
        </ul>
        <AttachedFiles files={appeal.files} marks={appeal.marks} onMark={marking.mark} onUnmark={marking.unmark} />
      </div>
    </Card>
  )
}

/** The images that the decision was about, with what was found and marked on them then. */
export function DecidedImages({ appeal }: { appeal: AppealDetail }) {
  const { t } = useSay()
  const may = useMay('appeal.decide') && appeal.status === 'open'
  const marking = useMarking(may ? { on: 'appeals', id: appeal.appeal_id } : null)
  const named = appeal.event?.data['images']
  const names = Array.isArray(named) ? named.filter((name): name is string => typeof name === 'string') : []
  if (names.length === 0) return null
  return (
    <Card title={t('appeal.images')}>
      <EventImages
        names={names}
        revealed={false}
        boxes={boxesOf(appeal)}
        marks={[...appeal.case_marks, ...appeal.marks]}
        onMark={marking.mark}
        onUnmark={marking.unmark}
      />
    </Card>
  )
}

const boxesOf = ({ decision }: AppealDetail): FoundBox[] =>
  (decision?.findings ?? []).flatMap(({ strategy, evidence }) =>
    evidence.flatMap(({ field, image, box, tag, value }) =>
      image && box
        ? [
            {
              field: field ?? '',
              image,
              box,
              strategy,
              label: tag ?? null,
              score: typeof value === 'number' ? value : null,
            },
          ]
        : [],
    ),
  )

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
