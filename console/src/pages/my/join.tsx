import { useQuery } from '@tanstack/react-query'
import { type FormEvent, useEffect, useState } from 'react'
import { useLocation } from 'wouter'
import { problemOf, write } from '../../api.ts'
import { useSay } from '../../i18n.ts'
import { paths } from '../../paths.ts'
import { signIn } from '../../session.ts'
import type { InvitationFor } from '../../types/portal.ts'
import type { Problem } from '../../types.ts'
import { Button, Field } from '../../ui/basics.tsx'
import { InPage, ProblemNote, Skeleton } from '../../ui/states.tsx'

/** The secret stands behind the # of the link, so that it is in no log of any server. */
export function JoinPage() {
  const { t } = useSay()
  const [, navigate] = useLocation()
  const [invitation] = useState(() => window.location.hash.slice(1))
  const [problem, setProblem] = useState<Problem | null>(null)
  const query = useQuery({
    queryKey: ['/v1/invitation', invitation],
    queryFn: () => write<InvitationFor>('POST', '/v1/invitation', { invitation }),
    retry: false,
  })
  useEffect(() => {
    document.title = `${t('join.title')} · Aedile`
  }, [t])
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const form = new FormData(event.currentTarget)
    const [login, password] = [String(form.get('login')), String(form.get('password'))]
    setProblem(null)
    try {
      await write('POST', '/v1/invitation/accept', { invitation, login, password })
      navigate(paths.my, { replace: true })
      await signIn(login, password)
    } catch (error) {
      setProblem(problemOf(error))
    }
  }
  return (
    <main className="alone">
      <form className="signin" onSubmit={(event) => void submit(event)}>
        <h1>{t('join.title')}</h1>
        <InPage.Provider value={true}>
          {query.isPending && <Skeleton lines={3} />}
          {query.isError && <ProblemNote problem={problemOf(query.error)} />}
          {query.data && (
            <>
              <p className="muted">{t('join.about', { name: query.data.name })}</p>
              <Field label={t('signIn.login')}>
                {(props) => <input {...props} name="login" autoComplete="username" required autoCapitalize="none" />}
              </Field>
              <Field label={t('signIn.password')} hint={t('join.password.hint')}>
                {(props) => (
                  <input
                    {...props}
                    name="password"
                    type="password"
                    autoComplete="new-password"
                    required
                    minLength={10}
                  />
                )}
              </Field>
              {problem && <ProblemNote problem={problem} />}
              <Button kind="primary" type="submit">
                {t('join.submit')}
              </Button>
            </>
          )}
        </InPage.Provider>
      </form>
    </main>
  )
}
