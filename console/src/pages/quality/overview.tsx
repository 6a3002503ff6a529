import { useRead, withQuery } from '../../api.ts'
import { type MessageId, useSay } from '../../i18n.ts'
import type { Measured, Overview } from '../../types/quality.ts'
import { Card } from '../../ui/basics.tsx'
import { SeverityMark } from '../../ui/marks.tsx'
import { Empty, Loaded } from '../../ui/states.tsx'
import { Table } from '../../ui/table.tsx'
import { Rate, Tile } from './measured.tsx'

const shares: readonly (readonly [
  id: MessageId,
  about: MessageId,
  pick: (all: Overview) => Measured,
  plain?: boolean,
])[] = [
  ['quality.golden', 'quality.golden.about', (all) => all.golden],
  ['quality.golden_s1', 'quality.golden_s1.about', (all) => all.golden_s1],
  ['quality.kappa', 'quality.kappa.about', (all) => all.agreement.kappa, true],
  ['quality.alpha', 'quality.alpha.about', (all) => all.agreement.alpha, true],
  ['quality.same', 'quality.same.about', (all) => all.agreement.same],
  ['quality.overturned', 'quality.overturned.about', (all) => all.overturned],
]

function Automatic({ of }: { of: Overview['automatic'] }) {
  const say = useSay()
  const { t } = say
  if (of.strata.every((stratum) => stratum.sampled === 0))
    return <Empty kind="first" title={t('quality.automatic.none')} hint={t('quality.automatic.none.hint')} />
  const unseen = of.restrictions.unseen + of.passed.unseen
  return (
    <>
      <div className="stack">
        <ul className="indicators">
          <Tile label={t('quality.automatic.restrictions')} about={t('quality.automatic.about')} of={of.restrictions} />
          <Tile
            label={t('quality.automatic.passed')}
            about={unseen > 0 ? t('quality.automatic.unseen', { n: unseen }) : ''}
            of={of.passed}
          />
        </ul>
      </div>
      <Table
        caption={t('quality.automatic')}
        rows={of.strata}
        rowKey={(row) => row.stratum}
        columns={[
          {
            id: 'stratum',
            title: t('quality.stratum'),
            head: true,
            cell: (row) =>
              row.stratum === 'pass' ? t('quality.stratum.pass') : <SeverityMark value={row.stratum as 'S1'} long />,
          },
          { id: 'all', title: t('quality.population'), number: true, cell: (row) => say.number(row.population) },
          { id: 'seen', title: t('quality.sampled'), number: true, cell: (row) => say.number(row.sampled) },
          { id: 'right', title: t('quality.right'), number: true, cell: (row) => <Rate of={row.share} /> },
        ]}
      />
    </>
  )
}

export function OverviewTab({ from }: { from: string }) {
  const say = useSay()
  const query = useRead<Overview>(withQuery('/v1/quality', { from }), { every: 60_000 })
  return (
    <Loaded query={query}>
      {(all) => (
        <div className="stack wide">
          <ul className="indicators">
            <Tile label={say.t('quality.decided')} about={say.t('quality.decided.about')}>
              {say.number(all.decided)}
            </Tile>
            <Tile label={say.t('quality.handling')} about={say.t('quality.handling.about')}>
              {all.handling_s === null ? '–' : say.number(all.handling_s, { style: 'unit', unit: 'second' })}
            </Tile>
            {shares.map(([id, about, pick, plain]) => (
              <Tile key={id} label={say.t(id)} about={say.t(about)} of={pick(all)} plain={plain ?? false} />
            ))}
          </ul>
          <Card title={say.t('quality.automatic')}>
            <Automatic of={all.automatic} />
          </Card>
        </div>
      )}
    </Loaded>
  )
}
