import { type FormEvent, useState } from 'react'
import { Link } from 'wouter'
import { refresh, useRead, withQuery, write } from '../../api.ts'
import { useSay } from '../../i18n.ts'
import { toast } from '../../live.ts'
import { paths } from '../../paths.ts'
import { useMay } from '../../session.ts'
import type { Repeated } from '../../types/quality.ts'
import type { Page } from '../../types.ts'
import { useActor } from '../../ui/actor.ts'
import { Button, Field, Time } from '../../ui/basics.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { Mark, SeverityMark, Verdict } from '../../ui/marks.tsx'
import { Empty, Loaded } from '../../ui/states.tsx'
import { Table } from '../../ui/table.tsx'

function Difference({ of }: { of: boolean | null }) {
  const { t } = useSay()
  if (of === null) return <span className="muted">{t('quality.open')}</span>
  return (
    <Mark shape={of ? 'cross' : 'check'} tone={of ? 'hurt' : 'muted'}>
      {t(of ? 'quality.different' : 'quality.alike')}
    </Mark>
  )
}

/** A title, and the session is there. */
function SessionDialog({ cases, onClose }: { cases: readonly string[]; onClose: () => void }) {
  const { t } = useSay()
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const title = String(new FormData(event.currentTarget).get('title') ?? '').trim()
    await write('POST', '/v1/calibrations', { title, case_ids: cases })
    toast(t('quality.sessions.created'))
    await refresh('/v1/calibrations')
    onClose()
  }
  return (
    <Dialog title={t('quality.sessions.create')} open onClose={onClose}>
      <form className="stack wide" onSubmit={(event) => void submit(event)}>
        <p>{t('quality.sessions.picked', { n: cases.length })}</p>
        <Field label={t('quality.sessions.title')}>
          {(props) => <input {...props} name="title" required maxLength={200} />}
        </Field>
        <div className="row">
          <span className="end" />
          <Button kind="primary" type="submit">
            {t('quality.sessions.create')}
          </Button>
        </div>
      </form>
    </Dialog>
  )
}

function ItemTable({
  rows,
  picked,
  onPick,
}: {
  rows: Repeated[]
  picked: ReadonlySet<string>
  onPick: (id: string) => void
}) {
  const say = useSay()
  const { t } = say
  const actor = useActor()
  return (
    <Table
      caption={t('quality.tab.items')}
      rows={rows}
      rowKey={(row) => row.case_id}
      rowTo={(row) => paths.case(row.case_id)}
      keyed
      columns={[
        {
          id: 'pick',
          title: t('quality.sessions.cases'),
          cell: (row) => (
            <input
              type="checkbox"
              checked={picked.has(row.case_id)}
              onChange={() => onPick(row.case_id)}
              aria-label={t('quality.sessions.pick', { title: row.title })}
            />
          ),
        },
        {
          id: 'title',
          title: t('col.subject'),
          head: true,
          cell: (row) => (
            <Link href={paths.case(row.case_id)} className="block title clip">
              {row.title}
            </Link>
          ),
        },
        { id: 'severity', title: t('col.severity'), cell: (row) => <SeverityMark value={row.severity} /> },
        { id: 'purpose', title: t('quality.purpose'), cell: (row) => t(`quality.purpose.${row.purpose}`) },
        {
          id: 'expected',
          title: t('quality.expected'),
          cell: (row) => (row.expected ? say.text(row.expected.title) : <Verdict value={row.verdict} />),
        },
        { id: 'answer', title: t('quality.answer'), cell: (row) => say.text(row.answer.title) },
        { id: 'same', title: t('col.status'), cell: (row) => <Difference of={row.different} /> },
        {
          id: 'who',
          title: t('col.by'),
          cell: (row) => (row.by ? `${actor(row.by)} → ${actor(row.actor)}` : actor(row.actor)),
        },
        { id: 'at', title: t('col.at'), number: true, cell: (row) => <Time at={row.decided_at} /> },
      ]}
    />
  )
}

export function ItemsTab({ from }: { from: string }) {
  const { t } = useSay()
  const may = useMay('quality.write')
  const [only, setOnly] = useState(false)
  const [picked, setPicked] = useState<ReadonlySet<string>>(new Set())
  const [starting, setStarting] = useState(false)
  const query = useRead<Page<Repeated>>(withQuery('/v1/quality/items', { from }))
  const toggle = (id: string) =>
    setPicked((now) => (now.has(id) ? new Set([...now].filter((one) => one !== id)) : new Set([...now, id])))
  return (
    <div className="stack">
      <div className="row wrap">
        <label className="check">
          <input type="checkbox" checked={only} onChange={(event) => setOnly(event.target.checked)} />
          {t('quality.only.different')}
        </label>
        {may && picked.size > 0 && (
          <span className="end">
            <Button kind="primary" onPress={() => setStarting(true)}>
              {t('quality.sessions.create')} ({picked.size})
            </Button>
          </span>
        )}
      </div>
      <Loaded query={query}>
        {(page) => {
          const rows = only ? page.items.filter((row) => row.different) : page.items
          return rows.length === 0 ? (
            <Empty
              kind={only ? 'filtered' : 'first'}
              title={t('quality.items.none')}
              hint={t('quality.items.none.hint')}
            />
          ) : (
            <ItemTable rows={rows} picked={picked} onPick={toggle} />
          )
        }}
      </Loaded>
      {starting && (
        <SessionDialog
          cases={[...picked]}
          onClose={() => {
            setStarting(false)
            setPicked(new Set())
          }}
        />
      )}
    </div>
  )
}
