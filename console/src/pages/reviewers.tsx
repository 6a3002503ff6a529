import { type FormEvent, useState } from 'react'
import { at, problemOf, refresh, useRead, write } from '../api.ts'
import { useSay } from '../i18n.ts'
import { useMay } from '../session.ts'
import type { FloorQueue, ReviewerRow } from '../types/operations.ts'
import type { Page, Problem } from '../types.ts'
import { Button, Card, Field } from '../ui/basics.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { Empty, Loaded, ProblemNote } from '../ui/states.tsx'
import { Table } from '../ui/table.tsx'

const wordsOf = (text: FormDataEntryValue | null) =>
  String(text ?? '')
    .split(/[\s,，、]+/)
    .filter(Boolean)

function ReviewerDialog({ row, onClose }: { row: ReviewerRow; onClose: () => void }) {
  const { t } = useSay()
  const [problem, setProblem] = useState<Problem | null>(null)
  const { data } = useRead<Page<FloorQueue>>('/v1/queues')
  const known = [...new Set((data?.items ?? []).flatMap((queue) => queue.skills))].join(' ')
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const form = new FormData(event.currentTarget)
    try {
      const body = { skills: wordsOf(form.get('skills')), languages: wordsOf(form.get('languages')) }
      await write('PUT', at('reviewers', row.user_id), body)
      await refresh('/v1/reviewers')
      onClose()
    } catch (error) {
      setProblem(problemOf(error))
    }
  }
  return (
    <Dialog title={t('reviewers.editTitle', { name: row.name })} open onClose={onClose}>
      <form className="stack wide" onSubmit={(event) => void submit(event)}>
        <Field label={t('reviewers.skills')} hint={t('reviewers.skills.hint', { known })}>
          {(props) => <input {...props} name="skills" autoComplete="off" defaultValue={row.skills?.join(' ')} />}
        </Field>
        <Field label={t('reviewers.languages')} hint={t('reviewers.languages.hint')}>
          {(props) => <input {...props} name="languages" autoComplete="off" defaultValue={row.languages?.join(' ')} />}
        </Field>
        {problem && <ProblemNote problem={problem} />}
        <div className="row">
          <span className="end" />
          <Button kind="primary" type="submit">
            {t('ui.save')}
          </Button>
        </div>
      </form>
    </Dialog>
  )
}

/** Skills and languages of those who review. */
export function Reviewers() {
  const { t } = useSay()
  const may = useMay('user.write')
  const [editing, setEditing] = useState<ReviewerRow | null>(null)
  const query = useRead<Page<ReviewerRow>>('/v1/reviewers')
  const shown = (words: string[] | null) =>
    words === null ? <span className="muted">{t('reviewers.any')}</span> : words.join(' · ') || '–'
  return (
    <Card title={t('reviewers.title')} flush>
      <p className="muted small inset">{t('reviewers.hint')}</p>
      <Loaded query={query}>
        {({ items }) =>
          items.length === 0 ? (
            <Empty kind="first" title={t('reviewers.empty')} hint={t('reviewers.empty.hint')} small />
          ) : (
            <Table
              caption={t('reviewers.title')}
              rows={items}
              rowKey={(row) => row.user_id}
              columns={[
                { id: 'name', title: t('people.name'), cell: (row) => row.name, head: true },
                { id: 'skills', title: t('reviewers.skills'), cell: (row) => shown(row.skills) },
                { id: 'languages', title: t('reviewers.languages'), cell: (row) => shown(row.languages) },
                {
                  id: 'edit',
                  title: t('ui.actions'),
                  cell: (row) =>
                    may && (
                      <Button kind="quiet" onPress={() => setEditing(row)}>
                        {t('reviewers.edit')}
                      </Button>
                    ),
                },
              ]}
            />
          )
        }
      </Loaded>
      {editing && <ReviewerDialog row={editing} onClose={() => setEditing(null)} />}
    </Card>
  )
}
