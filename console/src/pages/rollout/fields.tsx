import { useId } from 'react'
import { useSay } from '../../i18n.ts'
import type { EditorWords, StrategyFields } from '../../types/rollout.ts'
import { Card, Field, Segment } from '../../ui/basics.tsx'
import { useVocabulary } from '../../vocabulary.ts'

type Change = (change: Partial<StrategyFields>) => void
interface FieldsProps {
  fields: StrategyFields
  pack: string
  packs: EditorWords['packs']
  /** Set for a draft that has no home yet. */
  onPack: ((pack: string) => void) | null
  onChange: Change
}

const split = (text: string): string[] =>
  text
    .split(/[,，\s]+/)
    .map((part) => part.trim())
    .filter((part) => part !== '')

/** What a strategy says beside its condition. */
export function FieldsCard({ fields, pack, packs, onPack, onChange }: FieldsProps) {
  const say = useSay()
  const { t } = say
  const { vocabulary } = useVocabulary()
  const policies = packs.find((one) => one.pack === pack)?.policies ?? []
  return (
    <Card title={t('strategy.definition')}>
      <div className="stack wide">
        <div className="formgrid">
          {onPack && (
            <Field label={t('draft.pack')}>
              {(props) => (
                <select {...props} value={pack} onChange={(event) => onPack(event.target.value)}>
                  {packs.map((one) => (
                    <option key={one.pack} value={one.pack}>
                      {say.text(one.title)}
                    </option>
                  ))}
                </select>
              )}
            </Field>
          )}
          <Words
            label={t('draft.id')}
            hint={t('draft.id.hint')}
            value={fields.id}
            onChange={(id) => onChange({ id })}
          />
          <Field label={t('draft.version')}>
            {(props) => (
              <input
                {...props}
                type="number"
                min={1}
                value={fields.version}
                onChange={(event) => onChange({ version: Number(event.target.value) })}
              />
            )}
          </Field>
          <Words
            label={t('draft.titleEn')}
            value={fields.title.en}
            onChange={(en) => onChange({ title: { ...fields.title, en } })}
          />
          <Words
            label={t('draft.titleZh')}
            value={fields.title.zh}
            onChange={(zh) => onChange({ title: { ...fields.title, zh } })}
          />
          <Field label={t('draft.policy')}>
            {(props) => (
              <select {...props} value={fields.policy} onChange={(event) => onChange({ policy: event.target.value })}>
                <option value="">{t('draft.policy.pick')}</option>
                {policies.map((policy) => (
                  <option key={policy.id} value={policy.id}>
                    {policy.severity} · {say.text(policy.title)}
                  </option>
                ))}
              </select>
            )}
          </Field>
          <Words label={t('draft.owner')} value={fields.owner} onChange={(owner) => onChange({ owner })} />
          <Words
            label={t('draft.markets')}
            hint={t('draft.markets.hint')}
            value={fields.markets.join(', ')}
            onChange={(text) => onChange({ markets: split(text) })}
            lazy
          />
        </div>
        <div className="field">
          <span className="label">{t('draft.verdict')}</span>
          <Segment
            label={t('draft.verdict')}
            value={fields.verdict}
            onChange={(verdict) => onChange({ verdict })}
            options={['label', 'evidence', 'review', 'block'].map((value) => ({
              value,
              label: say.word('verdict', value),
            }))}
          />
        </div>
        <Choices
          label={t('draft.on')}
          chosen={fields.on}
          options={(vocabulary?.event_types ?? []).map(({ type, title }) => ({ value: type, label: say.text(title) }))}
          onChange={(on) => onChange({ on })}
        />
        <Advanced fields={fields} onChange={onChange} />
      </div>
    </Card>
  )
}

const limitNames = ['per_hour', 'per_day', 'share', 'jump'] as const

function Advanced({ fields, onChange }: { fields: StrategyFields; onChange: Change }) {
  const say = useSay()
  const { t } = say
  const { vocabulary } = useVocabulary()
  const set = (limit: string, text: string) => {
    const { [limit]: _old, ...rest } = fields.limits ?? {}
    const next = text.trim() === '' ? rest : { ...rest, [limit]: Number(text) }
    onChange({ limits: Object.keys(next).length > 0 ? next : undefined })
  }
  return (
    <details open={fields.actions !== undefined || fields.limits !== undefined}>
      <summary>{t('draft.advanced')}</summary>
      <div className="stack wide">
        <Choices
          label={t('draft.actions')}
          hint={t('draft.actions.hint')}
          chosen={fields.actions ?? []}
          options={(vocabulary?.action_kinds ?? [])
            .filter((kind) => kind.inverse !== null)
            .map(({ id, title }) => ({ value: id, label: say.text(title) }))}
          onChange={(actions) => onChange({ actions: actions.length > 0 ? actions : undefined })}
        />
        <Words
          label={t('draft.evidence')}
          hint={t('draft.evidence.hint')}
          value={(fields.evidence ?? []).join(', ')}
          onChange={(text) => onChange({ evidence: split(text).length > 0 ? split(text) : undefined })}
          lazy
        />
        <div className="formgrid four">
          {limitNames.map((limit) => (
            <Field key={limit} label={t('draft.brake', { limit: say.word('limit', limit) })}>
              {(props) => (
                <input
                  {...props}
                  type="number"
                  min={0}
                  step={limit === 'share' ? 0.01 : 1}
                  value={fields.limits?.[limit] ?? ''}
                  onChange={(event) => set(limit, event.target.value)}
                />
              )}
            </Field>
          ))}
        </div>
        <Field label={t('draft.note')}>
          {(props) => (
            <textarea
              {...props}
              rows={2}
              value={fields.note?.[say.language] ?? ''}
              onChange={(event) => {
                const text = event.target.value
                const both = { zh: text, en: text, ...fields.note, [say.language]: text }
                onChange({ note: text.trim() === '' ? undefined : both })
              }}
            />
          )}
        </Field>
      </div>
    </details>
  )
}

/** A text field; `lazy` takes what was typed over when one leaves it, so that a comma can be typed. */
function Words({
  label,
  hint,
  value,
  onChange,
  lazy = false,
}: {
  label: string
  hint?: string
  value: string
  onChange: (text: string) => void
  lazy?: boolean
}) {
  return (
    <Field label={label} hint={hint}>
      {(props) =>
        lazy ? (
          <input {...props} key={value} defaultValue={value} onBlur={(event) => onChange(event.target.value)} />
        ) : (
          <input {...props} value={value} onChange={(event) => onChange(event.target.value)} />
        )
      }
    </Field>
  )
}

function Choices({
  label,
  hint,
  chosen,
  options,
  onChange,
}: {
  label: string
  hint?: string
  chosen: readonly string[]
  options: { value: string; label: string }[]
  onChange: (chosen: string[]) => void
}) {
  const about = useId()
  return (
    <fieldset className="choices" aria-describedby={hint ? about : undefined}>
      <legend>{label}</legend>
      <div className="row wrap">
        {options.map((option) => (
          <label key={option.value} className={chosen.includes(option.value) ? 'tag accent' : 'tag'}>
            <input
              type="checkbox"
              checked={chosen.includes(option.value)}
              onChange={(event) =>
                onChange(
                  event.target.checked ? [...chosen, option.value] : chosen.filter((value) => value !== option.value),
                )
              }
            />
            <span title={option.value}>{option.label}</span>
          </label>
        ))}
      </div>
      {hint && (
        <span id={about} className="hint">
          {hint}
        </span>
      )}
    </fieldset>
  )
}
