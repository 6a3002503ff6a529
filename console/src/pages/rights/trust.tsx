import { Link } from 'wouter'
import { useSay } from '../../i18n.ts'
import { paths } from '../../paths.ts'
import type { InfringerRow, NotifierRow } from '../../types/rights.ts'
import { Time } from '../../ui/basics.tsx'
import { Mark } from '../../ui/marks.tsx'
import { Empty } from '../../ui/states.tsx'
import { List } from './list.tsx'

export function Notifiers() {
  const say = useSay()
  const { t } = say
  return (
    <List<NotifierRow>
      path="/v1/notifiers"
      caption={t('rights.tab.notifiers')}
      rowKey={(row) => row.source}
      empty={<Empty kind="first" title={t('rights.notifiers.none')} hint={t('rights.notifiers.none.hint')} />}
      columns={[
        {
          id: 'source',
          title: t('inbound.source'),
          head: true,
          sort: (row) => row.source,
          cell: (row) => <span className="clip block title">{row.source}</span>,
        },
        {
          id: 'status',
          title: t('rights.trust'),
          sort: (row) => row.status,
          cell: (row) => say.word('rights.trust', row.status),
        },
        {
          id: 'success',
          title: t('rights.success'),
          number: true,
          sort: (row) => row.success,
          cell: (row) => say.percent(row.success),
        },
        {
          id: 'countered',
          title: t('rights.countered'),
          number: true,
          sort: (row) => row.countered,
          cell: (row) => say.percent(row.countered),
        },
        {
          id: 'decided',
          title: t('rights.decided'),
          number: true,
          sort: (row) => row.decided,
          cell: (row) => say.number(row.decided),
        },
        { id: 'locked', title: t('rights.lockedUntil'), number: true, cell: (row) => <Time at={row.locked_until} /> },
      ]}
    />
  )
}

export function Infringers() {
  const say = useSay()
  const { t } = say
  return (
    <List<InfringerRow>
      path="/v1/infringers"
      caption={t('rights.tab.infringers')}
      rowKey={(row) => `${row.party_type}/${row.party_id}`}
      empty={<Empty kind="done" title={t('rights.infringers.none')} hint={t('rights.infringers.none.hint')} />}
      columns={[
        {
          id: 'party',
          title: t('col.party'),
          head: true,
          sort: (row) => row.party_id,
          cell: (row) => <Link href={paths.subject(row.party_type, row.party_id)}>{row.party_id}</Link>,
        },
        {
          id: 'violations',
          title: t('rights.violations'),
          number: true,
          sort: (row) => row.violations,
          cell: (row) => say.number(row.violations),
        },
        {
          id: 'repeat',
          title: t('rights.repeat'),
          cell: (row) =>
            row.repeat ? (
              <Mark shape="triangle" tone="hurt">
                {t('rights.repeat.yes')}
              </Mark>
            ) : (
              <span className="muted">–</span>
            ),
        },
      ]}
    />
  )
}
