import { type FormEvent, useState } from 'react'
import { Link } from 'wouter'
import { problemOf, refresh, useRead, write } from '../../api.ts'
import { useSay } from '../../i18n.ts'
import { toast } from '../../live.ts'
import { paths } from '../../paths.ts'
import { useMay } from '../../session.ts'
import type { Golden } from '../../types/quality.ts'
import type { Page, Problem } from '../../types.ts'
import { useActor } from '../../ui/actor.ts'
import { Button, ButtonLink, Field, Time } from '../../ui/basics.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { Empty, Loaded, ProblemNote } from '../../ui/states.tsx'
import { Table } from '../../ui/table.tsx'

export const answers = ['allow', 'label', 'request_evidence', 'restrict_market', 'remove', 'remove_and_points'] as const

/** Saves a form that asks for a reason; a refusal stays on screen with what was typed. */
function ReasonDialog({ title, children, onSave, onClose }: ReasonProps) {
  const { t } = useSay()
  const [problem, setProblem] = useState<Problem | null>(null)
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    try {
      await onSave(new FormData(event.currentTarget))
      onClose()
    } catch (error) {
      setProblem(problemOf(error))
    }
  }
  return (
    <Dialog title={title} open onClose={onClose}>
      <form className="stack wide" onSubmit={(event) => void submit(event)}>
        {children}
        <Field label={t('quality.reason')} hint={t('quality.reason.hint')}>
          {(props) => <textarea {...props} name="reason" required minLength={3} rows={3} />}
        </Field>
        {problem && <ProblemNote problem={problem} />}
        <div className="row">
          <span className="end" />
          <Button kind="primary" type="submit">
            {title}
          </Button>
        </div>
      </form>
    </Dialog>
  )
}

interface ReasonProps {
  title: string
  children?: React.ReactNode
  onSave: (form: FormData) => Promise<void>
  onClose: () => void
}

/** On a decided case: makes it a known answer. */
export function AddGolden({ caseId, outcome }: { caseId: string; outcome: string }) {
  const { t, word } = useSay()
  const may = useMay('quality.write')
  const [open, setOpen] = useState(false)
  if (!may) return null
  const save = async (form: FormData) => {
    const body = { case_id: caseId, outcome: String(form.get('outcome')), reason: String(form.get('reason')) }
    await write('POST', '/v1/golden', body)
    toast(t('quality.golden.added'))
    await refresh('/v1/golden')
  }
  return (
    <>
      <Button kind="quiet" onPress={() => setOpen(true)}>
        {t('quality.golden.add')}
      </Button>
      {open && (
        <ReasonDialog title={t('quality.golden.add')} onSave={save} onClose={() => setOpen(false)}>
          <Field label={t('quality.outcome')}>
            {(props) => (
              <select {...props} name="outcome" defaultValue={outcome}>
                {answers.map((answer) => (
                  <option key={answer} value={answer}>
                    {word('outcome', answer)}
                  </option>
                ))}
              </select>
            )}
          </Field>
        </ReasonDialog>
      )}
    </>
  )
}

export function GoldenTab() {
  const say = useSay()
  const { t } = say
  const actor = useActor()
  const may = useMay('quality.write')
  const [retiring, setRetiring] = useState<Golden | null>(null)
  const query = useRead<Page<Golden>>('/v1/golden')
  const retire = async (form: FormData) => {
    await write('POST', `/v1/golden/${encodeURIComponent(retiring?.golden_id ?? '')}/retire`, {
      reason: String(form.get('reason')),
    })
    toast(t('quality.golden.retired'))
    await refresh('/v1/golden')
  }
  return (
    <Loaded query={query}>
      {(page) =>
        page.items.length === 0 ? (
          <Empty
            kind="first"
            title={t('quality.golden.none')}
            hint={t('quality.golden.none.hint')}
            action={<ButtonLink to={`${paths.queue}?status=decided`}>{t('quality.golden.find')}</ButtonLink>}
          />
        ) : (
          <>
            <Table
              caption={t('quality.tab.golden')}
              rows={page.items}
              rowKey={(row) => row.golden_id}
              rowTo={(row) => paths.case(row.case_id)}
              keyed
              columns={[
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
                { id: 'outcome', title: t('quality.outcome'), cell: (row) => say.text(row.outcome.title) },
                {
                  id: 'reason',
                  title: t('quality.reason'),
                  cell: (row) => <span className="block says clip">{row.reason}</span>,
                },
                { id: 'who', title: t('col.by'), cell: (row) => actor(row.actor) },
                { id: 'at', title: t('col.at'), number: true, cell: (row) => <Time at={row.at} /> },
                {
                  id: 'retire',
                  title: t('ui.actions'),
                  number: true,
                  cell: (row) =>
                    may && (
                      <Button kind="quiet" onPress={() => setRetiring(row)}>
                        {t('quality.golden.retire')}
                        <span className="sr">{row.title}</span>
                      </Button>
                    ),
                },
              ]}
            />
            {retiring && (
              <ReasonDialog title={t('quality.golden.retire')} onSave={retire} onClose={() => setRetiring(null)} />
            )}
          </>
        )
      }
    </Loaded>
  )
}
