import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { problemOf, refresh, write } from '../../api.ts'
import { useSay } from '../../i18n.ts'
import { toast } from '../../live.ts'
import type { BulkPreview, BulkReply } from '../../types/operations.ts'
import type { Problem } from '../../types.ts'
import { Button, Field, Pick } from '../../ui/basics.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { Mark } from '../../ui/marks.tsx'
import { Loaded, ProblemNote } from '../../ui/states.tsx'
import { useVocabulary } from '../../vocabulary.ts'

const outcomes = ['allow', 'label', 'request_evidence', 'restrict_market', 'remove', 'remove_and_points', 'escalate']

/** A key of this dialog: however often the button is pressed or the network repeats, each case is decided once. */
const newBulkId = () => `bulk-${crypto.randomUUID()}`

function Effects({ preview }: { preview: BulkPreview }) {
  const say = useSay()
  const { kindTitle } = useVocabulary()
  if (preview.cases === 0) return <p className="muted">{say.t('bulk.nothing')}</p>
  return (
    <ul className="stack">
      <li>
        <strong>{say.t('bulk.cases', { n: preview.cases })}</strong>
      </li>
      {preview.actions.map((action) => (
        <li key={action.kind}>
          <Mark shape="dot">{`${say.text(action.title) || kindTitle(action.kind)} × ${action.count}`}</Mark>
        </li>
      ))}
      <li className="muted">{say.t('bulk.parties', { n: preview.parties, notices: preview.notices })}</li>
      {preview.points > 0 && <li className="muted">{say.t('bulk.points', { n: preview.points })}</li>}
    </ul>
  )
}

function Refused({ preview }: { preview: BulkPreview }) {
  const say = useSay()
  if (preview.refused.length === 0) return null
  return (
    <details>
      <summary>{say.t('bulk.refused', { n: preview.refused.length })}</summary>
      <ul className="small">
        {preview.refused.map((row) => (
          <li key={row.case_id}>
            {row.title ?? row.case_id}:{' '}
            <span className="muted">
              {(row.problem.detail ? say.text(row.problem.detail) : '') || row.problem.code}
            </span>
          </li>
        ))}
      </ul>
    </details>
  )
}

/** Deciding several cases at once: what it would do for all of them, typed confirmation, then each exactly once. */
export function BulkDialog({ ids, onClose }: { ids: readonly string[]; onClose: (decided: boolean) => void }) {
  const say = useSay()
  const [bulkId] = useState(newBulkId)
  const [outcome, setOutcome] = useState('')
  const [typed, setTyped] = useState('')
  const [busy, setBusy] = useState(false)
  const [problem, setProblem] = useState<Problem | null>(null)
  const body = { case_ids: ids, outcome, bulk_id: bulkId }
  const preview = useQuery({
    queryKey: ['bulk', bulkId, outcome],
    queryFn: () => write<BulkPreview>('POST', '/v1/cases/bulk/preview', body),
    enabled: outcome !== '',
  })
  const ready = preview.data !== undefined && preview.data.cases > 0 && typed.trim() === preview.data.confirm
  const apply = async () => {
    if (!ready || busy) return
    setBusy(true)
    try {
      const reply = await write<BulkReply>('POST', '/v1/cases/bulk', { ...body, confirm: typed })
      toast(say.t('bulk.done', { n: reply.decided.length }))
      await refresh('/v1/cases', '/v1/overview', '/v1/review/floor')
      onClose(true)
    } catch (error) {
      setProblem(problemOf(error))
      await preview.refetch()
    } finally {
      setBusy(false)
    }
  }
  return (
    <Dialog
      title={say.t('bulk.title', { n: ids.length })}
      open
      onClose={() => onClose(false)}
      footer={
        <>
          <span className="end" />
          <Button kind="primary" disabled={!ready} busy={busy} onPress={() => void apply()}>
            {say.t('bulk.apply')}
          </Button>
        </>
      }
    >
      <div className="stack wide">
        <Pick
          label={say.t('bulk.outcome')}
          any="–"
          value={outcome}
          options={outcomes.map((id) => ({ value: id, label: say.word('outcome', id) }))}
          onChange={(next) => {
            setOutcome(next)
            setTyped('')
          }}
        />
        {outcome !== '' && (
          <section aria-label={say.t('bulk.preview')}>
            <h3 className="minor">{say.t('bulk.preview')}</h3>
            <Loaded query={preview} lines={4}>
              {(data) => (
                <div className="stack wide">
                  <Effects preview={data} />
                  <Refused preview={data} />
                  {data.cases > 0 && (
                    <Field label={say.t('bulk.confirm', { words: data.confirm })}>
                      {(props) => (
                        <input
                          {...props}
                          autoComplete="off"
                          value={typed}
                          onChange={(event) => setTyped(event.target.value)}
                          onKeyDown={(event) => event.key === 'Enter' && void apply()}
                        />
                      )}
                    </Field>
                  )}
                </div>
              )}
            </Loaded>
          </section>
        )}
        {problem && <ProblemNote problem={problem} />}
      </div>
    </Dialog>
  )
}
