import { useState } from 'react'
import { Link } from 'wouter'
import { at, refresh, usePages, withQuery } from '../../api.ts'
import { useSay } from '../../i18n.ts'
import { toast } from '../../live.ts'
import { paths, useSearchState } from '../../paths.ts'
import { useMay } from '../../session.ts'
import type { ComplaintRow } from '../../types/enforcement.ts'
import { Button, Field, Segment, Time } from '../../ui/basics.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { Due, Mark, SeverityMark } from '../../ui/marks.tsx'
import { Paged } from '../../ui/more.tsx'
import { PageFrame } from '../../ui/page.tsx'
import { Empty, ProblemNote } from '../../ui/states.tsx'
import { Table } from '../../ui/table.tsx'
import { useWrite } from '../../use-write.ts'

/** Negative complaints: each closes only with root cause, fix, verified effect and reply. */
export function ComplaintsPage() {
  const { t } = useSay()
  const mayFile = useMay('appeal.file')
  const [params, set] = useSearchState()
  const closed = params.get('closed') === 'true'
  const pages = usePages<ComplaintRow>(withQuery('/v1/complaints', { open: String(!closed), limit: 50 }), 30_000)
  const [open, setOpen] = useState<string | null>(null)
  const [filing, setFiling] = useState(false)
  const chosen = pages.items.find((row) => row.complaint_id === open)
  return (
    <PageFrame
      title={t('nav.complaints')}
      sub={t('complaints.about')}
      aside={
        <>
          <Segment
            label={t('col.status')}
            value={String(closed)}
            onChange={(next) => set({ closed: next === 'true' ? next : null })}
            options={[
              { value: 'false', label: t('complaints.open') },
              { value: 'true', label: t('complaints.closed') },
            ]}
          />
          {mayFile && (
            <Button kind="primary" onPress={() => setFiling(true)}>
              {t('complaints.add')}
            </Button>
          )}
        </>
      }
    >
      <Paged
        {...pages}
        empty={<Empty kind={closed ? 'first' : 'done'} title={t('complaints.none')} hint={t('complaints.none.hint')} />}
      >
        {(rows) => <Rows rows={rows} onOpen={setOpen} />}
      </Paged>
      {filing && <FileDialog onClose={() => setFiling(false)} />}
      {chosen && <ComplaintDrawer complaint={chosen} onClose={() => setOpen(null)} />}
    </PageFrame>
  )
}

function Rows({ rows, onOpen }: { rows: readonly ComplaintRow[]; onOpen: (id: string) => void }) {
  const say = useSay()
  const { t } = say
  return (
    <Table
      caption={t('nav.complaints')}
      tall
      rows={rows}
      rowKey={(row) => row.complaint_id}
      columns={[
        {
          id: 'text',
          title: t('complaints.text'),
          head: true,
          cell: (row) => (
            <Button kind="quiet" onPress={() => onOpen(row.complaint_id)}>
              <span className="clip block says">{row.text}</span>
            </Button>
          ),
        },
        {
          id: 'severity',
          title: t('col.severity'),
          sort: (row) => row.severity,
          cell: (row) => <SeverityMark value={row.severity} />,
        },
        { id: 'source', title: t('complaints.source'), cell: (row) => row.source },
        {
          id: 'subject',
          title: t('col.subject'),
          cell: (row) =>
            row.subject ? (
              <Link href={paths.subject(row.subject.type, row.subject.id)} className="clip block narrow">
                {row.subject.id}
              </Link>
            ) : (
              '–'
            ),
        },
        { id: 'status', title: t('col.status'), cell: (row) => say.word('complaint', row.status) },
        {
          id: 'missing',
          title: t('complaints.missing'),
          cell: (row) => (
            <span className="muted says">{say.list(row.missing.map((step) => say.text(step.title))) || '–'}</span>
          ),
        },
        {
          id: 'due',
          title: t('col.due'),
          number: true,
          sort: (row) => row.due_at,
          cell: (row) => (row.status === 'closed' ? '–' : <Due at={row.due_at} overdue={row.overdue} />),
        },
      ]}
    />
  )
}

const severities = ['S1', 'S2', 'S3', 'S4'] as const

function FileDialog({ onClose }: { onClose: () => void }) {
  const { t } = useSay()
  const { problem, busy, send } = useWrite()
  const [form, setForm] = useState({ source: '', complainant: '', subject: '', text: '', severity: 'S2' })
  const change = (field: keyof typeof form) => (event: { target: { value: string } }) =>
    setForm({ ...form, [field]: event.target.value })
  const file = async () => {
    const { subject, ...body } = form
    const [type = '', ...id] = subject.split('/')
    const about = id.length > 0 ? { subject: { type, id: id.join('/') } } : {}
    if (!(await send('POST', '/v1/complaints', { ...body, ...about }))) return
    await refresh('/v1/complaints')
    onClose()
  }
  return (
    <Dialog
      title={t('complaints.add')}
      open
      onClose={onClose}
      footer={
        <Button
          kind="primary"
          busy={busy}
          disabled={form.source === '' || form.complainant === '' || form.text === ''}
          onPress={() => void file()}
        >
          {t('complaints.add')}
        </Button>
      }
    >
      <div className="stack wide">
        <Field label={t('complaints.text')}>
          {(props) => <textarea {...props} rows={4} value={form.text} onChange={change('text')} />}
        </Field>
        <Field label={t('complaints.source')}>
          {(props) => <input {...props} value={form.source} onChange={change('source')} />}
        </Field>
        <Field label={t('complaints.complainant')}>
          {(props) => <input {...props} value={form.complainant} onChange={change('complainant')} />}
        </Field>
        <Field label={t('complaints.subject')}>
          {(props) => <input {...props} placeholder="listing/L1" value={form.subject} onChange={change('subject')} />}
        </Field>
        <Field label={t('col.severity')}>
          {() => (
            <Segment
              label={t('col.severity')}
              value={form.severity}
              onChange={(severity) => setForm({ ...form, severity })}
              options={severities.map((value) => ({ value, label: value }))}
            />
          )}
        </Field>
        {problem && <ProblemNote problem={problem} />}
      </div>
    </Dialog>
  )
}

function ComplaintDrawer({ complaint, onClose }: { complaint: ComplaintRow; onClose: () => void }) {
  const say = useSay()
  const { t } = say
  const may = useMay('appeal.decide')
  return (
    <Dialog title={t('nav.complaints')} open onClose={onClose} kind="drawer">
      <div className="stack wide">
        <p className="lead">{complaint.text}</p>
        <p className="row wrap">
          <SeverityMark value={complaint.severity} />
          <span className="muted">
            {complaint.source} · {complaint.complainant}
          </span>
          <span className="end">{say.word('complaint', complaint.status)}</span>
        </p>
        <ul className="similar" aria-label={t('complaints.history')}>
          {complaint.events.map((event) => (
            <li key={event.id} className="stack">
              <span className="row">
                <Mark shape={event.type === 'not_effective' ? 'cross' : 'check'} tone="muted">
                  {say.word('complaint', event.type)}
                </Mark>
                <span className="muted end">
                  <Time at={event.at} />
                </span>
              </span>
              <span>{event.text}</span>
              {event.refs.length > 0 && <span className="muted small">{say.list(event.refs)}</span>}
            </li>
          ))}
        </ul>
        {may && complaint.status !== 'closed' && <NextStep complaint={complaint} />}
      </div>
    </Dialog>
  )
}

function NextStep({ complaint }: { complaint: ComplaintRow }) {
  const say = useSay()
  const { t } = say
  const { problem, busy, send } = useWrite()
  const [text, setText] = useState('')
  const [refs, setRefs] = useState('')
  const next = complaint.missing[0]?.step ?? 'closed'
  const title = say.text(complaint.missing[0]?.title) || t('complaints.close')
  const note = async (type: string) => {
    const list = refs.split(/[,，]/).map((each) => each.trim())
    const body = { type, text, refs: list.filter(Boolean) }
    if (!(await send('POST', at('complaints', complaint.complaint_id, 'events'), body))) return
    toast(t('complaints.noted'))
    setText('')
    setRefs('')
    await refresh('/v1/complaints')
  }
  return (
    <div className="stack wide">
      <Field label={title}>
        {(props) => <textarea {...props} rows={3} value={text} onChange={(event) => setText(event.target.value)} />}
      </Field>
      <Field label={t('complaints.refs')} hint={t('complaints.refs.hint')}>
        {(props) => <input {...props} value={refs} onChange={(event) => setRefs(event.target.value)} />}
      </Field>
      <div className="row wrap">
        <Button kind="primary" busy={busy} disabled={text.trim() === ''} onPress={() => void note(next)}>
          {next === 'closed' ? t('complaints.close') : t('complaints.note')}
        </Button>
        {['fixed', 'verified', 'answered'].includes(complaint.status) && (
          <Button busy={busy} disabled={text.trim() === ''} onPress={() => void note('not_effective')}>
            {t('complaints.notEffective')}
          </Button>
        )}
      </div>
      {problem && <ProblemNote problem={problem} />}
    </div>
  )
}
