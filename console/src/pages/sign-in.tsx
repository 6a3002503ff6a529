import { type FormEvent, useEffect, useState } from 'react'
import { problemOf } from '../api.ts'
import { useSay } from '../i18n.ts'
import { setPreferences, usePreferences } from '../preferences.ts'
import { signIn } from '../session.ts'
import type { Problem } from '../types.ts'
import { Button, Field } from '../ui/basics.tsx'
import { ProblemNote } from '../ui/states.tsx'

function useSignIn() {
  const [problem, setProblem] = useState<Problem | null>(null)
  const [busy, setBusy] = useState(false)
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const form = new FormData(event.currentTarget)
    setBusy(true)
    setProblem(null)
    try {
      await signIn(String(form.get('login')), String(form.get('password')))
    } catch (error) {
      setProblem(problemOf(error))
    } finally {
      setBusy(false)
    }
  }
  return { problem, busy, submit }
}

export function SignInPage() {
  const { t } = useSay()
  const { language } = usePreferences()
  const { problem, busy, submit } = useSignIn()
  useEffect(() => {
    document.title = `${t('signIn.title')} · Aedile`
  }, [t])
  return (
    <main className="alone">
      <form className="signin" onSubmit={submit}>
        <div className="row">
          <img src="/mark.svg" alt="" width="34" height="34" />
          <div className="grow">
            <h1>Aedile</h1>
            <p className="muted">{t('signIn.about')}</p>
          </div>
        </div>
        <Field label={t('signIn.login')}>
          {(props) => <input {...props} name="login" autoComplete="username" required autoCapitalize="none" />}
        </Field>
        <Field label={t('signIn.password')} hint={t('signIn.hint')}>
          {(props) => <input {...props} name="password" type="password" autoComplete="current-password" required />}
        </Field>
        {problem && <ProblemNote problem={problem} />}
        <Button kind="primary" type="submit" busy={busy}>
          {t('signIn.submit')}
        </Button>
        <button
          type="button"
          className="button quiet"
          lang={language === 'zh' ? 'en' : 'zh-CN'}
          onClick={() => setPreferences({ language: language === 'zh' ? 'en' : 'zh' })}
        >
          {language === 'zh' ? 'English' : '中文'}
        </button>
      </form>
    </main>
  )
}
