import { type FormEvent, type KeyboardEvent, useState } from 'react'
import { type Action, conflicts, keysOf, useActions } from '../actions.ts'
import { problemOf, write } from '../api.ts'
import { useSay } from '../i18n.ts'
import { toast } from '../live.ts'
import { type Preferences, setPreferences, usePreferences } from '../preferences.ts'
import { useMe } from '../session.ts'
import { SingleKeysSwitch, unique } from '../shell/sheet.tsx'
import type { Problem } from '../types.ts'
import { Button, Card, Field, Keys, Segment } from '../ui/basics.tsx'
import { PageFrame } from '../ui/page.tsx'
import { ProblemNote } from '../ui/states.tsx'
import { Facts } from '../ui/text.tsx'
import { keyedActions } from './keyed-actions.ts'

const tellServer = (change: object) => void write('PUT', '/v1/session/preferences', change).catch(() => undefined)

function Looks() {
  const say = useSay()
  const { t } = say
  const preference = usePreferences()
  const choose = <K extends keyof Preferences>(key: K, values: readonly Preferences[K][]) => (
    <Segment
      label={t(`profile.${key}` as 'profile.theme')}
      value={String(preference[key])}
      onChange={(next) => {
        const value = values.find((one) => String(one) === next)
        if (value === undefined) return
        setPreferences({ [key]: value } as Partial<Preferences>)
        if (key === 'language' || key === 'theme') tellServer({ [key]: value })
      }}
      options={values.map((value) => ({ value: String(value), label: say.word(`profile.${key}`, String(value)) }))}
    />
  )
  return (
    <Card title={t('profile.look')}>
      <Facts
        rows={[
          [t('profile.language'), choose('language', ['zh', 'en'])],
          [t('profile.theme'), choose('theme', ['system', 'light', 'dark'])],
          [t('profile.density'), choose('density', ['compact', 'normal', 'roomy'])],
          [t('profile.zone'), choose('zone', ['local', 'utc'])],
        ]}
      />
    </Card>
  )
}

/** One press, as the registry writes it. */
function pressed(event: KeyboardEvent): string {
  const mod = event.ctrlKey || event.metaKey ? 'mod+' : ''
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key
  return `${mod}${key}`
}

function KeyRow({ action, all }: { action: Action; all: readonly Action[] }) {
  const { t } = useSay()
  const preference = usePreferences()
  const [asking, setAsking] = useState(false)
  const [clash, setClash] = useState<string | null>(null)
  const set = (keys: string) => {
    const next = { ...preference, keys: { ...preference.keys, [action.id]: keys } }
    const other = conflicts(all, next).find((pair) => pair.some(({ id }) => id === action.id))
    if (other) {
      setClash(t('keys.taken', { name: t((other.find(({ id }) => id !== action.id) ?? other[0]).label) }))
      return
    }
    setPreferences({ keys: next.keys })
    setAsking(false)
    setClash(null)
  }
  return (
    <li className="row">
      <span className="grow">{action.name ?? t(action.label)}</span>
      {clash && <span className="hurt small">{clash}</span>}
      {asking ? (
        <input
          className="input ask"
          // biome-ignore lint/a11y/noAutofocus: the field appears because its button was pressed
          autoFocus
          readOnly
          placeholder={t('keys.press')}
          aria-label={t('keys.press')}
          onBlur={() => setAsking(false)}
          onKeyDown={(event) => {
            if (event.key === 'Tab' || event.nativeEvent.isComposing) return
            event.preventDefault()
            if (event.key === 'Escape') setAsking(false)
            else if (!['Shift', 'Control', 'Meta', 'Alt'].includes(event.key)) set(pressed(event))
          }}
        />
      ) : (
        <Keys of={action} />
      )}
      <Button kind="quiet" onPress={() => setAsking(true)}>
        {t('keys.set')}
        <span className="sr">{t(action.label)}</span>
      </Button>
    </li>
  )
}

function Shortcuts() {
  const { t } = useSay()
  const preference = usePreferences()
  const registered = unique(useActions())
  const here: Action[] = [...registered]
  for (const action of keyedActions)
    if (!here.some(({ id }) => id === action.id)) here.push({ ...action, group: 'case', run: () => undefined })
  const shown = here.filter(
    (action) => action.keys !== '' && (preference.singleKeys || keysOf(action, preference) !== ''),
  )
  return (
    <Card
      title={t('profile.keys')}
      aside={<Button onPress={() => setPreferences({ keys: {} })}>{t('keys.reset')}</Button>}
    >
      <div className="stack">
        <SingleKeysSwitch />
        <p className="muted">{t('keys.single.hint')}</p>
        <ul className="keylist">
          {shown.map((action) => (
            <KeyRow key={action.id} action={action} all={here} />
          ))}
        </ul>
      </div>
    </Card>
  )
}

function Password() {
  const { t } = useSay()
  const [problem, setProblem] = useState<Problem | null>(null)
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const element = event.currentTarget
    const form = new FormData(element)
    setProblem(null)
    try {
      await write('POST', '/v1/session/password', { current: form.get('current'), next: form.get('next') })
      toast(t('profile.passwordChanged'))
      element.reset()
    } catch (error) {
      setProblem(problemOf(error))
    }
  }
  return (
    <Card title={t('profile.password')}>
      <form className="stack wide" onSubmit={submit}>
        <Field label={t('profile.current')}>
          {(props) => <input {...props} name="current" type="password" autoComplete="current-password" required />}
        </Field>
        <Field label={t('profile.next')} hint={t('profile.next.hint')}>
          {(props) => (
            <input {...props} name="next" type="password" autoComplete="new-password" minLength={10} required />
          )}
        </Field>
        {problem && <ProblemNote problem={problem} />}
        <div className="row">
          <span className="end" />
          <Button type="submit">{t('profile.password')}</Button>
        </div>
      </form>
    </Card>
  )
}

export function ProfilePage() {
  const { t, word } = useSay()
  const me = useMe()
  return (
    <PageFrame
      title={t('nav.profile')}
      sub={me && `${me.user.name} · ${me.user.login} · ${me.user.roles.map((role) => word('role', role)).join(', ')}`}
    >
      <div className="columns">
        <div className="stack wide">
          <Looks />
          <Password />
        </div>
        <Shortcuts />
      </div>
    </PageFrame>
  )
}
