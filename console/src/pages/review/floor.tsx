import { Link } from 'wouter'
import { useRead } from '../../api.ts'
import { useSay } from '../../i18n.ts'
import { paths, useSearchState } from '../../paths.ts'
import type { FloorQueue } from '../../types/operations.ts'
import type { Page } from '../../types.ts'
import { Time } from '../../ui/basics.tsx'
import { Mark } from '../../ui/marks.tsx'

const lateIn = (queue: FloorQueue) => queue.forecast.at(-1)?.breaches ?? 0
const hoursOf = (queue: FloorQueue) => queue.forecast.length
const namesOf = (queue: FloorQueue) => [
  ...new Map(queue.present.map(({ person }) => [person.id, person.name])).values(),
]

function Risk({ queue }: { queue: FloorQueue }) {
  const { t } = useSay()
  const soon = lateIn(queue)
  if (queue.overdue > 0)
    return (
      <Mark shape="clock" tone="hurt">
        {t('floor.late', { n: queue.overdue })}
      </Mark>
    )
  if (soon > 0) return <Mark shape="triangle">{t('floor.willBeLate', { n: soon, hours: hoursOf(queue) })}</Mark>
  return <span className="muted">{t('floor.onTime')}</span>
}

function QueueTab({ queue, chosen, onChoose }: { queue: FloorQueue; chosen: boolean; onChoose: () => void }) {
  const say = useSay()
  const names = namesOf(queue)
  return (
    <button type="button" className="queuetab" aria-pressed={chosen} onClick={onChoose}>
      <span className="row">
        <span className="clip grow" title={say.text(queue.title)}>
          {say.text(queue.title)}
        </span>
        {queue.blind && <span className="tag">{say.t('floor.blind')}</span>}
        {names.length > 0 && (
          <span className="small" title={names.join(', ')}>
            <Mark shape="half" tone="accent">
              <span aria-hidden="true">{names.length}</span>
              <span className="sr">{say.t('floor.present', { n: names.length })}</span>
            </Mark>
          </span>
        )}
      </span>
      <span className="row">
        <strong className="figure">{say.number(queue.open)}</strong>
        <span className="small end clip">
          <Risk queue={queue} />
        </span>
      </span>
    </button>
  )
}

function Forecast({ queue }: { queue: FloorQueue }) {
  const { t } = useSay()
  const most = Math.max(1, ...queue.forecast.map((hour) => hour.breaches))
  return (
    <figure className="forecast" title={t('floor.forecast.hint')}>
      <figcaption className="small muted">{t('floor.forecast')}</figcaption>
      <ol>
        {queue.forecast.map(({ hour, breaches }) => (
          <li key={hour} title={t('floor.forecast.hour', { hour, n: breaches })}>
            <span className="bar" style={{ blockSize: `${Math.round((breaches / most) * 28)}px` }} />
            <span className="small">{breaches}</span>
            <span className="sr">{t('floor.forecast.hour', { hour, n: breaches })}</span>
          </li>
        ))}
      </ol>
    </figure>
  )
}

function Needs({ queue }: { queue: FloorQueue }) {
  const say = useSay()
  const languages =
    queue.languages === 'any' ? [] : queue.languages === 'case' ? [say.t('floor.caseLanguage')] : queue.languages
  const what = [...queue.skills, ...languages]
  return what.length === 0 ? null : <span>{say.t('floor.needs', { what: what.join(' · ') })}</span>
}

/** One queue in full: pace, need, forecast, and who is on which case. */
function QueueDetail({ queue }: { queue: FloorQueue }) {
  const say = useSay()
  const measured = queue.handling_measured >= 10
  return (
    <div className="queuedetail">
      <div className="stack">
        <span>
          {say.t('floor.rates', {
            arrivals: queue.arrivals_per_hour,
            done: queue.throughput_per_hour,
            minutes: say.number(queue.handling_s / 60, { maximumFractionDigits: 1 }),
          })}{' '}
          <span className="muted">
            (
            {measured
              ? say.t('floor.handling.measured', { n: queue.handling_measured })
              : say.t('floor.handling.assumed')}
            )
          </span>
        </span>
        <span className="row wrap">
          <strong title={say.t('floor.need.hint')}>{say.t('floor.need', { n: queue.staffing.people })}</strong>
          <Needs queue={queue} />
          <span className="muted">
            {say.t(queue.working ? 'floor.open' : 'floor.closed', { calendar: say.text(queue.calendar) })}
          </span>
        </span>
        {queue.blind && <span className="muted">{say.t('floor.blind.hint')}</span>}
      </div>
      <Forecast queue={queue} />
      {queue.present.length === 0 ? (
        <span className="muted">{say.t('floor.nobody')}</span>
      ) : (
        <section className="present" aria-label={say.t('floor.who')}>
          <ul>
            {queue.present.slice(0, 8).map((row) => (
              <li key={row.case_id} className="row">
                <Mark shape={row.on_screen ? 'half' : 'ring'} tone={row.on_screen ? 'accent' : 'muted'}>
                  {row.person.name}
                </Mark>
                <Link href={paths.case(row.case_id)} className="clip grow">
                  {row.title}
                </Link>
                <span className="muted">{row.on_screen ? <Time at={row.since} /> : say.t('floor.prepared')}</span>
              </li>
            ))}
          </ul>
        </section>
      )}
    </div>
  )
}

/** The floor above the list: every queue that has cases, what is late or will be, and who is there. */
export function ReviewFloor() {
  const { t, number } = useSay()
  const [params, set] = useSearchState()
  const { data } = useRead<Page<FloorQueue>>('/v1/review/floor', { every: 15_000 })
  const queues = (data?.items ?? []).filter((queue) => queue.open > 0 || queue.queue === params.get('queue'))
  const chosen = queues.find((queue) => queue.queue === params.get('queue'))
  if (queues.length === 0) return null
  return (
    <section className="floor" aria-label={t('floor.queues')}>
      <div className="queuetabs">
        <button type="button" className="queuetab" aria-pressed={!chosen} onClick={() => set({ queue: null })}>
          <span>{t('floor.all')}</span>
          <strong className="figure">{number(queues.reduce((sum, queue) => sum + queue.open, 0))}</strong>
        </button>
        {queues.map((queue) => (
          <QueueTab
            key={queue.queue}
            queue={queue}
            chosen={queue === chosen}
            onChoose={() => set({ queue: queue === chosen ? null : queue.queue })}
          />
        ))}
      </div>
      {chosen && <QueueDetail queue={chosen} />}
    </section>
  )
}
