import { lazy, Suspense, useEffect, useRef } from 'react'
import { Route, Switch, useLocation } from 'wouter'
import { listenToKeys } from '../actions.ts'
import { useSay } from '../i18n.ts'
import { useSpoken } from '../live.ts'
import { usePageKey } from '../page-key.ts'
import { JoinPage } from '../pages/my/join.tsx'
import { PortalShell } from '../pages/my/shell.tsx'
import { NotFound } from '../pages/not-found.tsx'

import { SignInPage } from '../pages/sign-in.tsx'
import { paths } from '../paths.ts'
import { routes } from '../routes.ts'
import { useSession } from '../session.ts'
import { Failed, Skeleton } from '../ui/states.tsx'
import { ErrorEdge } from './error-edge.tsx'
import { Sidebar } from './sidebar.tsx'
import { Toasts } from './toasts.tsx'
import { TopBar } from './top-bar.tsx'

/** On a new page the focus goes to the main region, so that the next Tab starts there and readers say the title. */
function useFocusOnMove(page: number) {
  const first = useRef(true)
  const main = useRef<HTMLElement>(null)
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new page is the reason to move the focus
  useEffect(() => {
    if (first.current) {
      first.current = false
      return
    }
    // A page may already have put the focus where it belongs, as the review workspace does.
    const inside = main.current !== document.activeElement && main.current?.contains(document.activeElement)
    if (!inside) main.current?.focus({ preventScroll: true })
    main.current?.scrollTo(0, 0)
  }, [page])
  return main
}

/** The router leaves what separates parts of an address encoded (`%2F`); ids of imported things have slashes. */
function decoded(params: Record<string, string | undefined>): Record<string, string | undefined> {
  const plain = (value: string) => {
    try {
      return decodeURIComponent(value)
    } catch {
      return value
    }
  }
  return Object.fromEntries(Object.entries(params).map(([name, value]) => [name, value && plain(value)]))
}

function Pages() {
  const page = usePageKey()
  const main = useFocusOnMove(page)
  return (
    <main ref={main} id="main" tabIndex={-1} className="pages">
      <ErrorEdge key={page}>
        <Suspense fallback={<Skeleton lines={8} />}>
          <Switch>
            {routes.map(({ path, page: Page }) => (
              <Route key={path} path={path}>
                {(params) => <Page params={decoded(params)} />}
              </Route>
            ))}
            <Route>
              <NotFound />
            </Route>
          </Switch>
        </Suspense>
      </ErrorEdge>
    </main>
  )
}

function Shell() {
  const { t } = useSay()
  return (
    <div className="shell">
      <a className="skip" href="#main">
        {t('nav.skip')}
      </a>
      <Sidebar />
      <TopBar />
      <Pages />
    </div>
  )
}

const ReportPages = lazy(async () => ({ default: (await import('../pages/report/report.tsx')).ReportPages }))

export function App() {
  const [location] = useLocation()
  // Anybody may give notice: these pages ask for no session.
  return location === paths.report || location.startsWith(`${paths.report}/`) ? <Public /> : <Inside />
}

function Public() {
  const spoken = useSpoken()
  return (
    <>
      <Suspense fallback={<Skeleton lines={8} />}>
        <ReportPages />
      </Suspense>
      <output className="sr" aria-live="polite">
        {spoken}
      </output>
    </>
  )
}

function Inside() {
  const session = useSession()
  const spoken = useSpoken()
  const [location] = useLocation()
  const joining = location === paths.join
  useEffect(listenToKeys, [])
  return (
    <>
      {session.isPending && <Skeleton />}
      {session.isError && (
        <main className="alone">
          <Failed error={session.error} onRetry={() => void session.refetch()} />
        </main>
      )}
      {session.data === null && (joining ? <JoinPage /> : <SignInPage />)}
      {session.data && (session.data.party ? <PortalShell /> : <Shell />)}
      <Toasts />
      <output className="sr" aria-live="polite">
        {spoken}
      </output>
    </>
  )
}
