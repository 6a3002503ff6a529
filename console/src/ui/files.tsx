import { FileText, Lock } from 'lucide-react'
import { type FormEvent, type ReactNode, useState } from 'react'
import { at, refresh, useRead } from '../api.ts'
import { useSay } from '../i18n.ts'
import type { FileInfo, FileState } from '../types/files.ts'
import { useWrite } from '../use-write.ts'
import { sizeText } from './attach-files.tsx'
import { Button, Field } from './basics.tsx'
import { Dialog } from './dialog.tsx'
import { ProblemNote } from './states.tsx'

export const renditionOf = (fileId: string): string => at('files', fileId, 'rendition')
const originalOf = (fileId: string): string => at('files', fileId, 'original')

/** Size, and the link to the bytes as they were sent. */
export function FileFacts({ file }: { file: FileInfo }) {
  const { t } = useSay()
  return (
    <span className="row wrap small">
      {file.frames !== null && file.frames > 1 && <span>{t('files.frames', { n: file.frames })}</span>}
      <span className="muted nowrap">
        {file.width !== null && `${file.width} × ${file.height} · `}
        {sizeText(file.bytes)}
      </span>
      <a href={originalOf(file.file_id)} download={file.name}>
        {t('files.original')}
      </a>
    </span>
  )
}

/** A file that is no image, or whose bytes are gone. */
export function PlainFile({ file }: { file: FileInfo }) {
  const { t } = useSay()
  return (
    <span className="row plainfile">
      <FileText size={14} aria-hidden="true" />
      {file.gone === null ? (
        <a href={originalOf(file.file_id)} download={file.name} className="clip grow">
          {file.name}
        </a>
      ) : (
        <span className="muted grow">{t(`files.gone.${file.gone}`)}</span>
      )}
      <span className="muted nowrap">{sizeText(file.bytes)}</span>
    </span>
  )
}

/** What somebody sent themselves, by name. */
export function OwnFiles({ files }: { files: readonly FileInfo[] }) {
  const { t } = useSay()
  if (files.length === 0) return null
  return (
    <ul aria-label={t('files.title')}>
      {files.map((file) => (
        <li key={file.file_id}>
          <PlainFile file={file} />
        </li>
      ))}
    </ul>
  )
}

/** A file with personal data: a lock until somebody says what they need it for, then what `children` makes of it. */
export function PersonalFile({ file, children }: { file: FileInfo; children: ReactNode }) {
  const { t } = useSay()
  const [asking, setAsking] = useState(false)
  const path = at('files', file.file_id)
  const { data } = useRead<FileState>(path, { enabled: file.gone === null })
  if (file.gone !== null || data?.access === 'open') return children
  return (
    <span className="row plainfile">
      <Lock size={14} aria-hidden="true" />
      <span className="clip grow">{file.name}</span>
      {data && (
        <Button kind="quiet" onPress={() => setAsking(true)}>
          {t('personal.show')}
        </Button>
      )}
      {asking && <ReasonDialog path={path} onClose={() => setAsking(false)} />}
    </span>
  )
}

function ReasonDialog({ path, onClose }: { path: string; onClose: () => void }) {
  const { t } = useSay()
  const { problem, busy, send } = useWrite()
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const reason = String(new FormData(event.currentTarget).get('reason') ?? '')
    if (!(await send('POST', `${path}/reveal`, { reason }))) return
    await refresh(path)
    onClose()
  }
  return (
    <Dialog title={t('personal.title')} open onClose={onClose}>
      <form className="stack wide" onSubmit={(event) => void submit(event)}>
        <p>{t('files.personal.about')}</p>
        <Field label={t('quality.reason')} hint={t('personal.reason.hint')}>
          {(props) => <textarea {...props} name="reason" required minLength={10} maxLength={400} rows={3} />}
        </Field>
        {problem && <ProblemNote problem={problem} />}
        <div className="row">
          <span className="end" />
          <Button kind="primary" type="submit" busy={busy}>
            {t('personal.show')}
          </Button>
        </div>
      </form>
    </Dialog>
  )
}
