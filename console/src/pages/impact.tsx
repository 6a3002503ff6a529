import { Link } from 'wouter'
import { LineChart } from '../chart/line-chart.tsx'
import { useSay } from '../i18n.ts'
import { paths } from '../paths.ts'
import type { BacktestLine, BacktestReply } from '../types/mining.ts'
import { Share } from '../ui/marks.tsx'
import { Empty } from '../ui/states.tsx'
import { Table } from '../ui/table.tsx'
import { Facts } from '../ui/text.tsx'
import { useStrategyTitle } from '../vocabulary.ts'

/** What a condition would have done: everything that a person needs before it is published. */
export function Impact({ reply }: { reply: BacktestReply }) {
  const { t } = useSay()
  return (
    <>
      {!reply.caught_up && <p className="muted">{t('impact.behind')}</p>}
      <Found reply={reply} />
    </>
  )
}

function Found({ reply }: { reply: BacktestReply }) {
  const say = useSay()
  const { t } = say
  if (reply.hits === 0 && reply.nearest_misses.length === 0)
    return <Empty kind="done" title={t('impact.none')} hint={t('impact.none.hint')} small />
  return (
    <div className="stack wide">
      <Figures reply={reply} />
      {reply.by_day.length > 1 && (
        <LineChart
          title={t('impact.byDay')}
          unit=""
          series={[
            {
              key: null,
              points: reply.by_day.map(({ day, hits }) => ({
                at: `${day}T00:00:00Z`,
                value: hits,
                low: null,
                high: null,
                n: hits,
              })),
            },
          ]}
          height={130}
          bars
        />
      )}
      <div className="breakdowns">
        <Breakdown title={t('col.markets')} rows={reply.by_market.map(({ market, hits }) => [market, hits])} />
        <Breakdown
          title={t('impact.category')}
          rows={reply.by_category.map(({ category, hits }) => [category || t('impact.unsaid'), hits])}
        />
        <Breakdown
          title={t('impact.tier')}
          rows={reply.by_tier.map(({ tier, hits, sellers }) => [
            tier === '' ? t('impact.unsaid') : t('impact.tier.of', { tier, sellers: say.number(sellers) }),
            hits,
          ])}
        />
      </div>
      <Overlap reply={reply} />
      <Lines title={t('backtest.sample')} rows={reply.sample} />
      <Lines title={t('backtest.misses')} rows={reply.nearest_misses} />
    </div>
  )
}

function Figures({ reply }: { reply: BacktestReply }) {
  const say = useSay()
  const { t } = say
  const { labels } = reply
  const amounts = reply.blocked_gmv.map((row) =>
    t('impact.gmv.of', {
      amount: say.number(row.amount, { maximumFractionDigits: 0 }),
      currency: row.currency,
      orders: say.number(row.orders),
    }),
  )
  return (
    <Facts
      rows={[
        [t('backtest.perDay'), say.number(reply.hits_per_day, { maximumSignificantDigits: 2 })],
        [t('backtest.increment'), say.number(reply.increment)],
        [t('backtest.sellers'), say.number(reply.sellers)],
        [
          t('backtest.labels'),
          t('impact.labels', {
            bad: say.number(labels.violation),
            freed: say.number(labels.overturned),
            ok: say.number(labels.ok - labels.overturned),
            none: say.number(labels.unlabelled),
          }),
        ],
        [t('strategy.precision'), <Share key="p" of={reply.precision} />],
        [t('backtest.unknown'), say.number(reply.unknown)],
        [t('backtest.gmv'), amounts.join(' · ') || '–'],
      ]}
    />
  )
}

const mostRows = 6

/** Counts by a group with a bar each, the rest in one line. */
function Breakdown({ title, rows }: { title: string; rows: readonly (readonly [string, number])[] }) {
  const say = useSay()
  if (rows.length === 0) return null
  const most = Math.max(...rows.map(([, hits]) => hits))
  const rest = rows.slice(mostRows).reduce((sum, [, hits]) => sum + hits, 0)
  return (
    <section>
      <h3 className="minor">{title}</h3>
      <ul className="breakdown">
        {rows.slice(0, mostRows).map(([name, hits]) => (
          <li key={name}>
            <span className="clip" title={name}>
              {name}
            </span>
            <span className="count">{say.number(hits)}</span>
            <span className="share" aria-hidden="true">
              <span style={{ width: `${(100 * hits) / most}%` }} />
            </span>
          </li>
        ))}
        {rest > 0 && (
          <li className="muted">
            <span>{say.t('impact.rest', { n: say.number(rows.length - mostRows) })}</span>
            <span className="count">{say.number(rest)}</span>
          </li>
        )}
      </ul>
    </section>
  )
}

function Overlap({ reply }: { reply: BacktestReply }) {
  const say = useSay()
  const { t } = say
  const strategyTitle = useStrategyTitle()
  const rows = reply.overlap.filter(({ both }) => both > 0).slice(0, 8)
  if (rows.length === 0) return <p className="muted">{t('impact.overlap.none')}</p>
  return (
    <section>
      <h3 className="minor">{t('backtest.overlap')}</h3>
      <Table
        caption={t('backtest.overlap')}
        rows={rows}
        rowKey={(row) => row.strategy}
        columns={[
          {
            id: 'strategy',
            title: t('col.strategy'),
            head: true,
            cell: ({ strategy }) => {
              const [pack = '', id = ''] = strategy.split('/')
              return (
                <Link href={paths.strategy(pack, id)} className="clip block title" title={strategy}>
                  {strategyTitle(strategy)}
                </Link>
              )
            },
          },
          { id: 'both', title: t('impact.both'), number: true, cell: ({ both }) => say.number(both) },
          { id: 'findings', title: t('impact.findings'), number: true, cell: ({ findings }) => say.number(findings) },
          { id: 'increment', title: t('impact.beyond'), number: true, cell: ({ increment }) => say.number(increment) },
        ]}
      />
    </section>
  )
}

/** The failing part of a near miss and how far it was from holding. */
function useMissed() {
  const say = useSay()
  const number = (value: number) => say.number(value, { maximumFractionDigits: 4 })
  return ({ part, value, limit }: NonNullable<BacktestLine['missing']>[number]) =>
    value === null || limit === null
      ? say.t('impact.missed', { part })
      : say.t('impact.missed.by', { part, value: number(value), off: number(Math.abs(value - limit)) })
}

export function Lines({ title, rows, most = 20 }: { title: string; rows: readonly BacktestLine[]; most?: number }) {
  const missed = useMissed()
  if (rows.length === 0) return null
  return (
    <section>
      <h3 className="minor">{title}</h3>
      <ul className="similar">
        {rows.slice(0, most).map((row) => (
          <li key={row.position} className="row">
            <Link href={paths.subject(row.subject_type, row.subject_id)} className="clip grow">
              {row.title ?? row.subject_id}
            </Link>
            <span className="muted clip" title={row.missing?.map(missed).join('\n')}>
              {row.missing ? row.missing.map(missed).join(' · ') : row.type}
            </span>
          </li>
        ))}
      </ul>
    </section>
  )
}
