import { type FormEvent, useState } from 'react'
import { problemOf } from '../../api.ts'
import { useSay } from '../../i18n.ts'
import type { Problem } from '../../types.ts'
import { CopyButton } from '../../ui/basics.tsx'
import { useVocabulary } from '../../vocabulary.ts'

const roleIds = ['administrator', 'strategist', 'analyst', 'reviewer', 'qa', 'viewer']

/** Roles in words. */
export function Roles({ roles }: { roles: readonly string[] }) {
  const { word } = useSay()
  return <span className="nowrap">{roles.map((role) => word('role', role)).join(' · ')}</span>
}

/** Boxes of roles under the field name `roles`. */
export function RoleBoxes({ chosen }: { chosen: readonly string[] }) {
  const { t, word } = useSay()
  const { vocabulary } = useVocabulary()
  const ids = vocabulary?.roles.map(({ id }) => id) ?? roleIds
  return (
    <fieldset className="markets">
      <legend className="label">{t('people.roles')}</legend>
      {ids.map((id) => (
        <label key={id} className="check">
          <input type="checkbox" name="roles" value={id} defaultChecked={chosen.includes(id)} />
          {word('role', id)}
        </label>
      ))}
    </fieldset>
  )
}

/** A form whose save may be refused by the server; what was typed stays. */
export function useSave(onDone: () => void) {
  const [problem, setProblem] = useState<Problem | null>(null)
  const save = async (work: () => Promise<void>) => {
    setProblem(null)
    try {
      await work()
      onDone()
    } catch (error) {
      setProblem(problemOf(error))
    }
  }
  return { problem, save }
}

/** What a submitted form holds. */
export const valuesOf = (event: FormEvent<HTMLFormElement>) => {
  event.preventDefault()
  const form = new FormData(event.currentTarget)
  return {
    text: (name: string) => String(form.get(name) ?? '').trim(),
    all: (name: string) => form.getAll(name).map(String),
    roles: form.getAll('roles').map(String),
    checked: (name: string) => form.get(name) === 'on',
  }
}

/** A secret that is shown this one time. */
export function Once({ about, secret }: { about: string; secret: string }) {
  return (
    <div className="stack">
      <p>{about}</p>
      <p className="row code">
        <code className="grow">{secret}</code>
        <CopyButton value={secret} />
      </p>
    </div>
  )
}
