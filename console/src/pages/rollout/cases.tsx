import { Trash2 } from 'lucide-react'
import { useState } from 'react'
import { useSay } from '../../i18n.ts'
import type { DraftCase, DraftTest } from '../../types/rollout.ts'
import { Button, Card, Field } from '../../ui/basics.tsx'
import { Mark } from '../../ui/marks.tsx'
import { Empty } from '../../ui/states.tsx'

interface CasesProps {
  cases: readonly DraftCase[]
  id: string
  type: string
  verdict: string
  result: DraftTest | null
  busy: boolean
  onChange: (cases: DraftCase[]) => void
  onRun: () => void
}

const idFields: Record<string, string> = {
  listing: 'listing_id',
  ad: 'ad_id',
  video: 'content_id',
  comment: 'content_id',
}

/** The cases of a draft: events with what must become of them. */
export function CasesCard({ cases, id, type, verdict, result, busy, onChange, onRun }: CasesProps) {
  const { t } = useSay()
  const add = (trap: boolean) => {
    const kind = type.split('.')[0] ?? 'listing'
    const data = { [idFields[kind] ?? `${kind}_id`]: `case-${cases.length + 1}`, title: t('draft.case.sample') }
    const expect = trap ? { not_strategies: [id] } : { verdict, strategies: [id] }
    const name = `${id} ${cases.length + 1}`
    onChange([...cases, { name, ...(trap ? { trap: true } : {}), event: { type, data }, expect }])
  }
  return (
    <Card
      title={t('draft.cases')}
      aside={
        <Button busy={busy} disabled={cases.length === 0} onPress={onRun}>
          {t('draft.test')}
        </Button>
      }
    >
      <div className="stack wide">
        {cases.length === 0 && (
          <Empty kind="first" title={t('draft.cases.first')} hint={t('draft.cases.first.hint')} small />
        )}
        {cases.map((one, index) => (
          <CaseEditor
            // biome-ignore lint/suspicious/noArrayIndexKey: a case has no id of its own while it is written
            key={index}
            one={one}
            id={id}
            onChange={(next) => onChange(cases.map((old, at) => (at === index ? next : old)))}
            onRemove={() => onChange(cases.filter((_, at) => at !== index))}
          />
        ))}
        <div className="row">
          <Button onPress={() => add(false)}>{t('draft.case.add')}</Button>
          <Button onPress={() => add(true)}>{t('draft.case.addTrap')}</Button>
        </div>
        {result && <CaseResult result={result} />}
      </div>
    </Card>
  )
}

function CaseEditor({
  one,
  id,
  onChange,
  onRemove,
}: {
  one: DraftCase
  id: string
  onChange: (next: DraftCase) => void
  onRemove: () => void
}) {
  const say = useSay()
  const { t } = say
  const [text, setText] = useState(() => JSON.stringify(one.event, null, 2))
  const [wrong, setWrong] = useState('')
  const fires = one.expect.strategies?.includes(id) ?? false
  const take = (next: string) => {
    setText(next)
    try {
      onChange({ ...one, event: JSON.parse(next) as DraftCase['event'] })
      setWrong('')
    } catch (error) {
      setWrong(t('draft.case.badJson', { error: error instanceof Error ? error.message : '' }))
    }
  }
  const expect = (verdict: string) => {
    const { verdict: _old, ...rest } = one.expect
    onChange({ ...one, expect: verdict === '' ? rest : { ...rest, verdict } })
  }
  return (
    <div className="caseform">
      <div className="row">
        <Mark shape={fires ? 'dot' : 'diamond'} tone={fires ? 'plain' : 'accent'}>
          {t(fires ? 'draft.case.fires' : 'draft.case.leaves')}
        </Mark>
        <input
          className="input grow"
          aria-label={t('draft.case.name')}
          value={one.name}
          onChange={(event) => onChange({ ...one, name: event.target.value })}
        />
        <select
          className="input"
          aria-label={t('draft.case.verdict')}
          value={one.expect.verdict ?? ''}
          onChange={(event) => expect(event.target.value)}
        >
          <option value="">{t('draft.case.any')}</option>
          {['pass', 'label', 'evidence', 'review', 'block'].map((verdict) => (
            <option key={verdict} value={verdict}>
              {say.word('verdict', verdict)}
            </option>
          ))}
        </select>
        <Button
          kind="quiet"
          label={t('draft.case.remove')}
          icon={<Trash2 size={14} aria-hidden="true" />}
          onPress={onRemove}
        />
      </div>
      <Field label={t('draft.case.event')} error={wrong === '' ? undefined : wrong}>
        {(props) => (
          <textarea
            {...props}
            className="input mono"
            rows={Math.min(14, text.split('\n').length + 1)}
            spellCheck={false}
            value={text}
            onChange={(event) => take(event.target.value)}
          />
        )}
      </Field>
    </div>
  )
}

function CaseResult({ result }: { result: DraftTest }) {
  const { t } = useSay()
  return (
    <div className="stack" role="status">
      <Mark shape={result.failed === 0 ? 'check' : 'cross'} tone={result.failed === 0 ? 'accent' : 'hurt'}>
        {t('pack.result', { passed: result.passed, failed: result.failed })}
      </Mark>
      {result.failures.map((failure) => (
        <div key={failure.case} className="stack">
          <p className="row">
            <strong>{failure.case}</strong>
            {failure.before && <span className="muted">{t('draft.cases.before')}</span>}
          </p>
          <pre className="code">
            {failure.diff.map((line) => {
              const Tag = line.startsWith('+') ? 'ins' : line.startsWith('-') ? 'del' : 'span'
              return <Tag key={line}>{`${line}\n`}</Tag>
            })}
          </pre>
        </div>
      ))}
    </div>
  )
}
