import { FileText, Image as ImageIcon, Paperclip, X } from 'lucide-react'
import { useId, useRef, useState } from 'react'
import { problemOf, upload, withQuery } from '../api.ts'
import { useSay } from '../i18n.ts'
import { announce } from '../live.ts'
import type { FileInfo } from '../types/files.ts'
import type { Problem } from '../types.ts'
import { Button } from './basics.tsx'
import { ProblemNote } from './states.tsx'

const accepted = 'image/png,image/jpeg,image/webp,image/gif,application/pdf,text/plain'
export const mostFiles = 10

interface AttachProps {
  files: readonly FileInfo[]
  onFiles: (files: FileInfo[]) => void
  /** Without signing in. */
  open?: boolean
  hint?: string
  most?: number
}

export const sizeText = (bytes: number): string =>
  bytes < 1024
    ? `${bytes} B`
    : bytes < 2 ** 20
      ? `${Math.round(bytes / 1024)} KB`
      : `${(bytes / 2 ** 20).toFixed(1)} MB`

/** Sends files one after the other and keeps what came back; whoever uses it names the ids where they belong. */
export function AttachFiles({ files, onFiles, open = false, hint, most = mostFiles }: AttachProps) {
  const say = useSay()
  const { t } = say
  const id = useId()
  const input = useRef<HTMLInputElement>(null)
  const [sending, setSending] = useState<{ name: string; share: number } | null>(null)
  const [problem, setProblem] = useState<Problem | null>(null)
  const send = async (chosen: File[]) => {
    setProblem(null)
    let now = [...files]
    try {
      for (const file of chosen.slice(0, most - files.length)) {
        setSending({ name: file.name, share: 0 })
        const path = withQuery(open ? '/v1/public/files' : '/v1/files', { name: file.name })
        const onProgress = (share: number) => setSending({ name: file.name, share })
        const sent = await upload<FileInfo>({ path, file, type: file.type || 'text/plain', onProgress })
        now = [...now.filter(({ file_id }) => file_id !== sent.file_id), sent]
        onFiles(now)
        announce(t('files.added', { name: sent.name }))
      }
    } catch (error) {
      setProblem(problemOf(error))
    } finally {
      setSending(null)
    }
  }
  return (
    <div className="attach stack">
      <ul className="filelist">
        {files.map((file) => (
          <li key={file.file_id} className="row">
            {file.image ? <ImageIcon size={14} aria-hidden="true" /> : <FileText size={14} aria-hidden="true" />}
            <span className="grow clip">{file.name}</span>
            <span className="muted nowrap">{sizeText(file.bytes)}</span>
            <Button
              kind="quiet"
              label={t('files.remove', { name: file.name })}
              icon={<X size={14} aria-hidden="true" />}
              onPress={() => onFiles(files.filter((other) => other !== file))}
            />
          </li>
        ))}
      </ul>
      {sending && (
        <p role="status" className="muted">
          {t('files.sending', { name: sending.name, share: say.percent(sending.share, 0) })}
        </p>
      )}
      {problem && <ProblemNote problem={problem} />}
      <span className="row wrap">
        <input
          ref={input}
          id={id}
          type="file"
          className="sr"
          tabIndex={-1}
          aria-label={t('files.add')}
          accept={accepted}
          multiple={most > 1}
          onChange={(event) => {
            void send([...(event.target.files ?? [])])
            event.target.value = ''
          }}
        />
        <Button
          icon={<Paperclip size={14} aria-hidden="true" />}
          disabled={files.length >= most}
          busy={sending !== null}
          onPress={() => input.current?.click()}
        >
          {t('files.add')}
        </Button>
        <span className="muted small">{hint ?? t('files.hint', { n: most })}</span>
      </span>
    </div>
  )
}
