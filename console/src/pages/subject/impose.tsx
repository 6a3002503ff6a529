import { useState } from 'react'
import { refresh, useRead, withQuery } from '../../api.ts'
import { useSay } from '../../i18n.ts'
import { toast } from '../../live.ts'
import type { SuggestionReply } from '../../types/enforcement.ts'
import type { Ref } from '../../types.ts'
import { Button, Field, Pick, Segment } from '../../ui/basics.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { Loaded, ProblemNote } from '../../ui/states.tsx'
import { useWrite } from '../../use-write.ts'
import { useVocabulary } from '../../vocabulary.ts'
import { useDuration } from '../enforcement/actions.tsx'

const severities = ['S1', 'S2', 'S3', 'S4'] as const

/** Imposes an action by hand: the least restrictive that fits the severity is chosen beforehand. */
export function ImposeDialog({ subject, party, onClose }: { subject: Ref; party: Ref | null; onClose: () => void }) {
  const say = useSay()
  const { t } = say
  const duration = useDuration()
  const { policies } = useVocabulary()
  const { problem, busy, send } = useWrite()
  const [severity, setSeverity] = useState('S3')
  const [chosen, setChosen] = useState<string | null>(null)
  const [days, setDays] = useState('')
  const [policy, setPolicy] = useState('')
  const [reason, setReason] = useState('')
  const query = useRead<SuggestionReply>(
    withQuery('/v1/action-kinds/suggestion', {
      subject_type: subject.type,
      severity,
      party_type: party?.type,
      party_id: party?.id,
      policy,
    }),
    { keep: true },
  )
  const items = query.data?.items ?? []
  const least = items.find((item) => item.suggested)
  const kind = items.find((item) => item.kind === chosen) ?? least
  const impose = async () => {
    if (!kind) return
    const body = {
      kind: kind.kind,
      target: { type: subject.type, id: subject.id },
      ...(party ? { party: { type: party.type, id: party.id } } : {}),
      ...(days === '' ? {} : { days: Number(days) }),
      ...(policy === '' ? {} : { policy }),
      reason,
    }
    if (!(await send('POST', '/v1/actions', body))) return
    toast(t('impose.done', { title: say.text(kind.title) }))
    await refresh('/v1/subjects', '/v1/trace', '/v1/standing')
    onClose()
  }
  return (
    <Dialog
      title={t('impose.title', { id: subject.id })}
      open
      onClose={onClose}
      footer={
        <Button kind="primary" busy={busy} disabled={!kind || reason.trim() === ''} onPress={() => void impose()}>
          {kind ? say.text(kind.title) : t('impose.open')}
        </Button>
      }
    >
      <Loaded query={query} lines={6}>
        {() => (
          <div className="stack wide">
            <Field label={t('impose.severity')}>
              {() => (
                <Segment
                  label={t('impose.severity')}
                  value={severity}
                  onChange={(next) => {
                    setSeverity(next)
                    setChosen(null)
                  }}
                  options={severities.map((value) => ({ value, label: value }))}
                />
              )}
            </Field>
            {least && <p className="muted">{t('impose.least', { severity, title: say.text(least.title) })}</p>}
            <Field label={t('impose.kind')}>
              {() => (
                <Pick
                  label={t('impose.kind')}
                  value={kind?.kind ?? ''}
                  onChange={setChosen}
                  options={items.map((item) => ({
                    value: item.kind,
                    label: [
                      say.text(item.title),
                      ...(item.suggested ? [t('actions.suggested')] : item.excessive ? [t('actions.excessive')] : []),
                    ].join(' · '),
                  }))}
                />
              )}
            </Field>
            {kind && kind.usual_days !== null && (
              <Field label={t('impose.days')} hint={t('impose.days.hint', { usual: duration(kind) })}>
                {(props) => (
                  <input
                    {...props}
                    type="number"
                    min={1}
                    max={kind.most_days ?? undefined}
                    value={days}
                    onChange={(event) => setDays(event.target.value)}
                  />
                )}
              </Field>
            )}
            <Field label={t('impose.policy')}>
              {() => (
                <Pick
                  label={t('impose.policy')}
                  value={policy}
                  any={t('impose.noPolicy')}
                  onChange={setPolicy}
                  options={policies}
                />
              )}
            </Field>
            <Field label={t('impose.reason')} hint={t('impose.reason.hint')}>
              {(props) => (
                <textarea {...props} rows={3} value={reason} onChange={(event) => setReason(event.target.value)} />
              )}
            </Field>
            {problem && <ProblemNote problem={problem} />}
          </div>
        )}
      </Loaded>
    </Dialog>
  )
}
