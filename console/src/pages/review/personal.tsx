import { type FormEvent, useState } from 'react'
import { at, refresh, useRead } from '../../api.ts'
import { useSay } from '../../i18n.ts'
import { useMay } from '../../session.ts'
import type { Text } from '../../types.ts'
import { Button, Field } from '../../ui/basics.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { ProblemNote } from '../../ui/states.tsx'
import { Facts } from '../../ui/text.tsx'
import { useWrite } from '../../use-write.ts'

/** GET and POST /v1/cases/:id/personal. */
interface PersonalState {
  fields: { field: string; title: Text }[]
  until: string | null
  values: Record<string, unknown>
}

/** Personal data of a case: pseudonyms until somebody says why they need the values; for an hour, and the audit log has the reason. */
export function PersonalData({ caseId }: { caseId: string }) {
  const say = useSay()
  const may = useMay('personal.read')
  const [asking, setAsking] = useState(false)
  const path = at('cases', caseId, 'personal')
  const { data } = useRead<PersonalState>(path, { enabled: may })
  if (!data || data.fields.length === 0) return null
  const shown = Object.entries(data.values)
  return (
    <section className="textfield">
      <div className="row">
        <h2 className="minor grow">{say.t('personal.title')}</h2>
        {data.until ? (
          <span className="muted">
            {say.t('personal.until', { time: say.time(data.until, { timeStyle: 'short' }) })}
          </span>
        ) : (
          <Button kind="quiet" onPress={() => setAsking(true)}>
            {say.t('personal.show')}
          </Button>
        )}
      </div>
      {shown.length > 0 && (
        <Facts rows={shown.map(([field, value]) => [<code key="f">{field}</code>, String(value)])} />
      )}
      {asking && <ReasonDialog path={path} fields={data.fields} onClose={() => setAsking(false)} />}
    </section>
  )
}

interface ReasonProps {
  path: string
  fields: PersonalState['fields']
  onClose: () => void
}

function ReasonDialog({ path, fields, onClose }: ReasonProps) {
  const say = useSay()
  const { problem, busy, send } = useWrite()
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const form = new FormData(event.currentTarget)
    const wanted = { fields: form.getAll('fields').map(String), reason: String(form.get('reason') ?? '') }
    if (!(await send('POST', path, wanted))) return
    await refresh(path)
    onClose()
  }
  return (
    <Dialog title={say.t('personal.title')} open onClose={onClose}>
      <form className="stack wide" onSubmit={(event) => void submit(event)}>
        <p>{say.t('personal.about')}</p>
        <fieldset className="markets">
          <legend className="label">{say.t('personal.fields')}</legend>
          {fields.map(({ field, title }) => (
            <label key={field} className="check">
              <input type="checkbox" name="fields" value={field} defaultChecked={fields.length === 1} />
              {say.text(title)} <code>{field}</code>
            </label>
          ))}
        </fieldset>
        <Field label={say.t('quality.reason')} hint={say.t('personal.reason.hint')}>
          {(props) => <textarea {...props} name="reason" required minLength={10} maxLength={400} rows={3} />}
        </Field>
        {problem && <ProblemNote problem={problem} />}
        <div className="row">
          <span className="end" />
          <Button kind="primary" type="submit" busy={busy}>
            {say.t('personal.show')}
          </Button>
        </div>
      </form>
    </Dialog>
  )
}
