import { type FormEvent, useState } from 'react'
import { problemOf, refresh, useRead, write } from '../../api.ts'
import { useSay } from '../../i18n.ts'
import { toast } from '../../live.ts'
import { useMay } from '../../session.ts'
import type { Settings } from '../../types/quality.ts'
import type { Problem } from '../../types.ts'
import { Button, Card, Field } from '../../ui/basics.tsx'
import { Loaded, ProblemNote } from '../../ui/states.tsx'

function Amount({
  name,
  label,
  value,
  step,
  most,
}: {
  name: string
  label: string
  value: number
  step: number
  most?: number
}) {
  return (
    <Field label={label}>
      {(props) => (
        <input {...props} name={name} type="number" min={0} max={most} step={step} defaultValue={value} required />
      )}
    </Field>
  )
}

const percent = (share: number) => Math.round(share * 1e6) / 1e4

/** What the form says, as the server wants it. */
function settingsOf(form: FormData, now: Settings): Settings {
  const amount = (name: string) => Number(form.get(name))
  const share = (name: string) => amount(name) / 100
  const each = (of: Record<string, number>, pick: (key: string) => number) =>
    Object.fromEntries(Object.keys(of).map((key) => [key, pick(key)]))
  return {
    golden_share: share('golden_share'),
    double_share: share('double_share'),
    sample: each(now.sample, (key) => share(`sample.${key}`)),
    budgets: each(now.budgets, (key) => amount(`budgets.${key}`)),
    rotate_after: amount('rotate_after'),
    break_after_minutes: amount('break_after_minutes'),
  }
}

function SettingsForm({ now }: { now: Settings }) {
  const { t, word } = useSay()
  const may = useMay('quality.write')
  const [problem, setProblem] = useState<Problem | null>(null)
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    setProblem(null)
    try {
      await write('PUT', '/v1/quality/settings', settingsOf(new FormData(event.currentTarget), now))
      toast(t('quality.settings.saved'))
      await refresh('/v1/quality/settings')
    } catch (error) {
      setProblem(problemOf(error))
    }
  }
  return (
    <form className="stack wide" onSubmit={(event) => void submit(event)}>
      <div className="columns">
        <Card title={t('quality.settings.shares')}>
          <div className="stack">
            <p className="small muted">{t('quality.settings.shares.hint')}</p>
            {(['golden_share', 'double_share'] as const).map((name) => (
              <Amount
                key={name}
                name={name}
                label={t(`quality.settings.${name}`)}
                value={percent(now[name])}
                step={0.1}
                most={100}
              />
            ))}
            {Object.entries(now.sample).map(([stratum, share]) => (
              <Amount
                key={stratum}
                name={`sample.${stratum}`}
                label={t('quality.settings.sample', {
                  stratum: stratum === 'pass' ? t('quality.stratum.pass') : stratum,
                })}
                value={percent(share)}
                step={0.01}
                most={100}
              />
            ))}
          </div>
        </Card>
        <Card title={t('quality.settings.care')}>
          <div className="stack">
            <p className="small muted">{t('quality.settings.care.hint')}</p>
            {Object.entries(now.budgets).map(([harm, budget]) => (
              <Amount key={harm} name={`budgets.${harm}`} label={word('harm', harm)} value={budget} step={1} />
            ))}
            <Amount name="rotate_after" label={t('quality.settings.rotate')} value={now.rotate_after} step={1} />
            <Amount
              name="break_after_minutes"
              label={t('quality.settings.break')}
              value={now.break_after_minutes}
              step={1}
            />
          </div>
        </Card>
      </div>
      {problem && <ProblemNote problem={problem} />}
      {may && (
        <div className="row">
          <span className="end" />
          <Button kind="primary" type="submit">
            {t('ui.save')}
          </Button>
        </div>
      )}
    </form>
  )
}

export function SettingsTab() {
  const query = useRead<Settings>('/v1/quality/settings')
  return <Loaded query={query}>{(now) => <SettingsForm key={JSON.stringify(now)} now={now} />}</Loaded>
}
