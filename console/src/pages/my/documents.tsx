import { type FormEvent, useState } from 'react'
import { at, problemOf, refresh, useRead, write } from '../../api.ts'
import { useSay } from '../../i18n.ts'
import type { FileInfo } from '../../types/files.ts'
import type { MyRequest } from '../../types/portal.ts'
import type { Page, Problem } from '../../types.ts'
import { AttachFiles } from '../../ui/attach-files.tsx'
import { Button, Card, Field, Time } from '../../ui/basics.tsx'
import { OwnFiles } from '../../ui/files.tsx'
import { PageFrame } from '../../ui/page.tsx'
import { Empty, Loaded, ProblemNote } from '../../ui/states.tsx'

/** One paper may have several pages, each a file. */
const documentsOf = (named: { kind: string; number: string }, files: readonly FileInfo[]) =>
  files.length === 0 ? [named] : files.map(({ file_id }) => ({ ...named, file: file_id }))

function SendForm({ request }: { request: MyRequest }) {
  const { t } = useSay()
  const [problem, setProblem] = useState<Problem | null>(null)
  const [files, setFiles] = useState<FileInfo[]>([])
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const form = new FormData(event.currentTarget)
    const value = (name: string) => String(form.get(name) ?? '').trim()
    setProblem(null)
    try {
      await write('POST', at('my', 'documents', request.action_id), {
        text: value('text'),
        documents: documentsOf({ kind: value('kind'), number: value('number') }, files),
      })
      await refresh('/v1/my')
    } catch (error) {
      setProblem(problemOf(error))
    }
  }
  return (
    <form className="stack" onSubmit={(event) => void submit(event)}>
      <Field label={t('my.documents.kind')}>
        {(props) => <input {...props} name="kind" required maxLength={100} />}
      </Field>
      <Field label={t('my.documents.number')}>
        {(props) => <input {...props} name="number" required maxLength={200} />}
      </Field>
      <Field label={t('my.documents.note')}>{(props) => <textarea {...props} name="text" rows={3} />}</Field>
      <AttachFiles files={files} onFiles={setFiles} hint={t('files.hint.personal')} />
      {problem && <ProblemNote problem={problem} />}
      <span>
        <Button kind="primary" type="submit">
          {t('my.documents.send')}
        </Button>
      </span>
    </form>
  )
}

export function MyDocumentsPage() {
  const { t, text } = useSay()
  const query = useRead<Page<MyRequest>>('/v1/my/documents')
  return (
    <PageFrame title={t('my.documents')}>
      <Loaded query={query}>
        {({ items }) =>
          items.length === 0 ? (
            <Empty kind="done" title={t('my.documents.none')} hint={t('my.documents.none.hint')} />
          ) : (
            <div className="stack wide">
              {items.map((request) => (
                <Card
                  key={request.action_id}
                  title={`${text(request.what)} (${request.subject.id})`}
                  aside={<Time at={request.at} />}
                >
                  {request.answers.map((answer) => (
                    <div key={answer.answer_id}>
                      <p>
                        {t('my.documents.sent')} <Time at={answer.at} />:{' '}
                        {[...new Set(answer.documents.map(({ kind, number }) => `${kind} ${number}`))].join(', ')}
                      </p>
                      <OwnFiles files={answer.files} />
                    </div>
                  ))}
                  {request.open && <SendForm request={request} />}
                </Card>
              ))}
            </div>
          )
        }
      </Loaded>
    </PageFrame>
  )
}
