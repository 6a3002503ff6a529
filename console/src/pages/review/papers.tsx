import { useSay } from '../../i18n.ts'
import type { TimelineItem } from '../../types/cases.ts'
import type { FileInfo } from '../../types/files.ts'
import { Time } from '../../ui/basics.tsx'
import { AttachedFiles } from './images.tsx'

interface Answer {
  answer_id: string
  at: string
  text: string
  documents: { kind: string; number: string; issuer?: string; valid_until?: string }[]
  files: FileInfo[]
}

/** What a timeline says was sent when documents were asked for. */
export const papersOf = (items: readonly TimelineItem[]): Answer[] =>
  items.filter(({ kind }) => kind === 'documents').map(({ data }) => data as unknown as Answer)

/** Papers that the party sent; their files are personal data. */
export function Papers({ answers }: { answers: readonly Answer[] }) {
  const { t } = useSay()
  if (answers.length === 0) return null
  return (
    <section className="textfield">
      <h2 className="minor">{t('files.papers')}</h2>
      {answers.map((answer) => (
        <div key={answer.answer_id} className="stack">
          <p>
            {answer.documents.map(({ kind, number }) => `${kind} ${number}`).join(', ')}{' '}
            <span className="muted">
              <Time at={answer.at} />
            </span>
          </p>
          {answer.text && <p className="spans">{answer.text}</p>}
          <AttachedFiles files={answer.files} personal />
        </div>
      ))}
    </section>
  )
}
