import { useState } from 'react'
import { refresh } from '../../api.ts'
import { useSay } from '../../i18n.ts'
import { toast } from '../../live.ts'
import type { BulkReply } from '../../types/enforcement.ts'
import { Button, Field, Segment } from '../../ui/basics.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { ProblemNote } from '../../ui/states.tsx'
import { Facts } from '../../ui/text.tsx'
import { useWrite } from '../../use-write.ts'

interface BulkDialogProps {
  ids: readonly string[]
  onClose: () => void
  onDone: () => void
}

/** Decides many appeals alike: first what it would do to each, then a phrase typed by hand. */
export function BulkDialog({ ids, onClose, onDone }: BulkDialogProps) {
  const say = useSay()
  const { t } = say
  const { problem, busy, send } = useWrite()
  const [outcome, setOutcome] = useState('upheld')
  const [note, setNote] = useState('')
  const [preview, setPreview] = useState<BulkReply | null>(null)
  const [typed, setTyped] = useState('')
  const body = { appeal_ids: ids, outcome, note }
  const look = async () => setPreview(await send<BulkReply>('POST', '/v1/appeals/bulk', body))
  const apply = async () => {
    const reply = await send<BulkReply>('POST', '/v1/appeals/bulk', { ...body, confirm: typed })
    if (!reply) return
    toast(t('appeals.bulk.done', { n: reply.decidable }))
    await refresh('/v1/appeals', '/v1/subjects', '/v1/overview')
    onDone()
  }
  return (
    <Dialog
      title={t('appeals.bulk.title', { n: ids.length })}
      open
      onClose={onClose}
      footer={
        preview ? (
          <Button
            kind="primary"
            busy={busy}
            disabled={typed !== preview.confirm || preview.decidable === 0}
            onPress={() => void apply()}
          >
            {t('appeals.bulk.apply', { n: preview.decidable })}
          </Button>
        ) : (
          <Button kind="primary" busy={busy} disabled={note.trim() === ''} onPress={() => void look()}>
            {t('appeals.bulk.preview')}
          </Button>
        )
      }
    >
      <div className="stack wide">
        <Segment
          label={t('review.decision')}
          value={outcome}
          onChange={(next) => {
            setOutcome(next)
            setPreview(null)
          }}
          options={[
            { value: 'upheld', label: t('status.upheld') },
            { value: 'overturned', label: t('status.overturned') },
          ]}
        />
        <Field label={t('appeal.note')} hint={t('appeal.note.hint')}>
          {(props) => <textarea {...props} rows={3} value={note} onChange={(event) => setNote(event.target.value)} />}
        </Field>
        {preview && (
          <>
            <Facts
              rows={[
                [t('appeals.bulk.decidable'), say.number(preview.decidable)],
                [t('appeals.bulk.restored'), say.number(preview.restored)],
                [t('appeals.bulk.points'), say.number(preview.points)],
              ]}
            />
            <Refused items={preview.items} />
            <Field label={t('appeals.bulk.type', { phrase: preview.confirm })}>
              {(props) => (
                <input
                  {...props}
                  className="input mono"
                  autoComplete="off"
                  spellCheck={false}
                  value={typed}
                  onChange={(event) => setTyped(event.target.value)}
                />
              )}
            </Field>
          </>
        )}
        {problem && <ProblemNote problem={problem} />}
      </div>
    </Dialog>
  )
}

function Refused({ items }: { items: BulkReply['items'] }) {
  const say = useSay()
  const refused = items.flatMap((item) => (item.refused ? [{ ...item, why: item.refused.detail }] : []))
  if (refused.length === 0) return null
  return (
    <ul className="similar" aria-label={say.t('appeals.bulk.refused')}>
      {refused.map((item) => (
        <li key={item.appeal_id} className="row">
          <code className="clip grow">{item.appeal_id}</code>
          <span className="muted">{say.text(item.why)}</span>
        </li>
      ))}
    </ul>
  )
}
