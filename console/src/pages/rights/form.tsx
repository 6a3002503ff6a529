import { type FormEvent, type ReactNode, useState } from 'react'
import { problemOf, refresh, write } from '../../api.ts'
import type { Problem } from '../../types.ts'
import { Button, Field } from '../../ui/basics.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { ProblemNote } from '../../ui/states.tsx'

/** Shows a form in a dialog; what was typed stays when the server refuses it. */
export function useForm(
  path: string,
  refreshed: string,
  body: (text: (name: string) => string) => Record<string, unknown>,
) {
  const [open, setOpen] = useState(false)
  const [problem, setProblem] = useState<Problem | null>(null)
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const data = new FormData(event.currentTarget)
    try {
      await write(
        'POST',
        path,
        body((name) => String(data.get(name) ?? '').trim()),
      )
      await refresh(refreshed)
      setOpen(false)
      setProblem(null)
    } catch (error) {
      setProblem(problemOf(error))
    }
  }
  return { open, problem, submit, show: () => setOpen(true), hide: () => setOpen(false) }
}

/** What is written with spaces or commas between. */
export const words = (text: string) => text.split(/[\s,，、;；]+/).filter(Boolean)
/** The field, unless it is empty. */
export const optional = (name: string, value: string) => (value ? { [name]: value } : {})

export function FormDialog({
  title,
  form,
  children,
}: {
  title: string
  form: ReturnType<typeof useForm>
  children: ReactNode
}) {
  return (
    <Dialog title={title} open={form.open} onClose={form.hide}>
      <form className="stack wide" onSubmit={form.submit}>
        {children}
        {form.problem && <ProblemNote problem={form.problem} />}
        <div className="row">
          <span className="end" />
          <Button kind="primary" type="submit">
            {title}
          </Button>
        </div>
      </form>
    </Dialog>
  )
}

/** One line to type into. */
export function Line({
  name,
  label,
  hint,
  required = false,
  type = 'text',
  initial = '',
}: {
  name: string
  label: string
  hint?: string
  required?: boolean
  type?: string
  initial?: string
}) {
  return (
    <Field label={label} hint={hint}>
      {(props) => <input {...props} name={name} required={required} type={type} defaultValue={initial} />}
    </Field>
  )
}
