import { Link } from 'wouter'
import { useRead } from '../api.ts'
import { useSay } from '../i18n.ts'
import { paths } from '../paths.ts'
import type { PackRow } from '../types/strategies.ts'
import type { Page } from '../types.ts'
import { Card, Time } from '../ui/basics.tsx'
import { Status } from '../ui/marks.tsx'
import { PageFrame } from '../ui/page.tsx'
import { Empty, Loaded } from '../ui/states.tsx'
import { Table } from '../ui/table.tsx'

export function PacksPage() {
  const say = useSay()
  const { t } = say
  const query = useRead<Page<PackRow>>('/v1/packs', { every: 30_000 })
  return (
    <PageFrame title={t('nav.packs')} sub={t('packs.about')}>
      <Card flush>
        <Loaded query={query}>
          {(page) =>
            page.items.length === 0 ? (
              <Empty kind="first" title={t('packs.first')} hint={t('packs.first.hint')} />
            ) : (
              <Table
                caption={t('nav.packs')}
                keyed
                rows={page.items}
                rowKey={(row) => row.pack}
                rowTo={(row) => paths.pack(row.pack)}
                columns={[
                  {
                    id: 'pack',
                    title: t('col.pack'),
                    head: true,
                    sort: (row) => say.text(row.title),
                    cell: (row) => <Link href={paths.pack(row.pack)}>{say.text(row.title) || row.pack}</Link>,
                  },
                  { id: 'id', title: t('col.id'), cell: (row) => <code>{row.pack}</code> },
                  {
                    id: 'status',
                    title: t('col.status'),
                    sort: (row) => row.status,
                    cell: (row) => <Status value={row.status} />,
                  },
                  {
                    id: 'problems',
                    title: t('pack.problems'),
                    number: true,
                    sort: (row) => row.problems.length,
                    cell: (row) => (
                      <span className={row.problems.length ? 'hurt' : 'muted'}>{say.number(row.problems.length)}</span>
                    ),
                  },
                  {
                    id: 'strategies',
                    title: t('nav.strategies'),
                    number: true,
                    sort: (row) => row.strategies,
                    cell: (row) => say.number(row.strategies),
                  },
                  {
                    id: 'live',
                    title: t('mode.live'),
                    number: true,
                    sort: (row) => row.live,
                    cell: (row) => say.number(row.live),
                  },
                  {
                    id: 'shadow',
                    title: t('mode.shadow'),
                    number: true,
                    sort: (row) => row.shadow,
                    cell: (row) => say.number(row.shadow),
                  },
                  {
                    id: 'cases',
                    title: t('pack.cases'),
                    number: true,
                    sort: (row) => row.cases.total,
                    cell: (row) => (
                      <>
                        {say.number(row.cases.total)}{' '}
                        <span className="muted">{t('pack.traps', { n: row.cases.traps })}</span>
                      </>
                    ),
                  },
                  { id: 'owner', title: t('col.owner'), sort: (row) => row.owner, cell: (row) => row.owner ?? '–' },
                  { id: 'version', title: t('col.version'), cell: (row) => row.version },
                  { id: 'loaded', title: t('pack.loaded'), number: true, cell: (row) => <Time at={row.loaded_at} /> },
                ]}
              />
            )
          }
        </Loaded>
      </Card>
    </PageFrame>
  )
}
