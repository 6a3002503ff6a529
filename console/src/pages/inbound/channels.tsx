import { type FormEvent, useState } from 'react'
import { Link } from 'wouter'
import { at, problemOf, refresh, useRead, write } from '../../api.ts'
import { useSay } from '../../i18n.ts'
import { paths } from '../../paths.ts'
import { useMay } from '../../session.ts'
import type { ChannelRow } from '../../types/inbound.ts'
import type { Page, Problem } from '../../types.ts'
import { Button, ButtonLink, Card, Field, Time } from '../../ui/basics.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { Mark } from '../../ui/marks.tsx'
import { Empty, Loaded, ProblemNote } from '../../ui/states.tsx'
import { Table } from '../../ui/table.tsx'

function Beat({ row }: { row: ChannelRow }) {
  const { t } = useSay()
  if (!row.live)
    return (
      <Mark shape="dash" tone="muted">
        {t('inbound.beat.history')}
      </Mark>
    )
  if (row.troubles.length === 0)
    return (
      <Mark shape="check" tone="muted">
        {t('inbound.beat.ok')}
      </Mark>
    )
  return (
    <span className="row wrap">
      {row.troubles.map((trouble) => (
        <Mark key={trouble} shape={trouble === 'silent' ? 'dash' : 'clock'} tone="hurt">
          {t(`inbound.beat.${trouble}`)}
        </Mark>
      ))}
    </span>
  )
}

/** Every channel with its heartbeat: what is ordinary, and whether it still is. */
export function Channels() {
  const say = useSay()
  const { t } = say
  const query = useRead<Page<ChannelRow>>('/v1/inbound/channels', { every: 30_000 })
  const may = useMay('inbound.manage')
  const [declaring, setDeclaring] = useState<ChannelRow | null>(null)
  const silence = (row: ChannelRow) => {
    if (row.declared_hours !== null) return t('inbound.channels.declared', { n: row.declared_hours })
    return row.silent_after_hours === null
      ? t('inbound.channels.learning')
      : t('inbound.channels.hours', { n: row.silent_after_hours })
  }
  return (
    <Card flush>
      <Loaded query={query}>
        {({ items }) =>
          items.length === 0 ? (
            <Empty
              kind="first"
              title={t('inbound.channels.none')}
              hint={t('inbound.none.hint')}
              action={<ButtonLink to={paths.report}>{t('inbound.form')}</ButtonLink>}
            />
          ) : (
            <Table
              caption={t('inbound.tab.channels')}
              tall
              rows={items}
              rowKey={(row) => row.channel}
              columns={[
                {
                  id: 'channel',
                  title: t('inbound.channel'),
                  head: true,
                  sort: (row) => say.text(row.title),
                  cell: (row) => (
                    <Link
                      href={`${paths.inbound}?channel=${encodeURIComponent(row.channel)}`}
                      className="clip block title"
                    >
                      {say.text(row.title)}
                    </Link>
                  ),
                },
                {
                  id: 'beat',
                  title: t('inbound.channels.beat'),
                  sort: (row) => row.troubles.length,
                  cell: (row) => <Beat row={row} />,
                },
                {
                  id: 'last',
                  title: t('inbound.channels.lastAt'),
                  number: true,
                  sort: (row) => row.last_at,
                  cell: (row) => <Time at={row.last_at} />,
                },
                {
                  id: 'silence',
                  title: t('inbound.channels.silence'),
                  number: true,
                  cell: (row) => <span className="nowrap">{silence(row)}</span>,
                },
                {
                  id: 'decided',
                  title: t('inbound.channels.lastDecided'),
                  number: true,
                  sort: (row) => row.last_decided_at,
                  cell: (row) => <Time at={row.last_decided_at} />,
                },
                {
                  id: 'open',
                  title: t('inbound.channels.open'),
                  number: true,
                  sort: (row) => row.open,
                  cell: (row) => say.number(row.open),
                },
                {
                  id: 'late',
                  title: t('inbound.channels.late'),
                  number: true,
                  sort: (row) => row.late,
                  cell: (row) => say.number(row.late),
                },
                {
                  id: 'all',
                  title: t('inbound.channels.all'),
                  number: true,
                  sort: (row) => row.all,
                  cell: (row) => say.number(row.all),
                },
                ...(may
                  ? [
                      {
                        id: 'declare',
                        title: t('ui.actions'),
                        number: true,
                        cell: (row: ChannelRow) => (
                          <Button kind="quiet" onPress={() => setDeclaring(row)}>
                            {t('inbound.channels.declare')}
                            <span className="sr">{say.text(row.title)}</span>
                          </Button>
                        ),
                      },
                    ]
                  : []),
              ]}
            />
          )
        }
      </Loaded>
      {declaring && <Declare row={declaring} onClose={() => setDeclaring(null)} />}
    </Card>
  )
}

function Declare({ row, onClose }: { row: ChannelRow; onClose: () => void }) {
  const say = useSay()
  const { t } = say
  const [problem, setProblem] = useState<Problem | null>(null)
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const hours = String(new FormData(event.currentTarget).get('hours')).trim()
    try {
      await write('PUT', at('inbound', 'channels', row.channel), { every_hours: hours === '' ? null : Number(hours) })
      await refresh('/v1/inbound')
      onClose()
    } catch (error) {
      setProblem(problemOf(error))
    }
  }
  return (
    <Dialog title={t('inbound.channels.declare.title')} open onClose={onClose}>
      <form className="stack wide" onSubmit={submit}>
        <Field label={say.text(row.title)} hint={t('inbound.channels.declare.hint')}>
          {(props) => (
            <input {...props} name="hours" type="number" min="0.1" step="any" defaultValue={row.declared_hours ?? ''} />
          )}
        </Field>
        {problem && <ProblemNote problem={problem} />}
        <div className="row">
          <span className="end" />
          <Button kind="primary" type="submit">
            {t('inbound.channels.declare')}
          </Button>
        </div>
      </form>
    </Dialog>
  )
}
