import { Languages, LogOut, Moon, Sun } from 'lucide-react'
import type { ReactNode } from 'react'
import { Link, Route, Switch, useLocation } from 'wouter'
import { useSay } from '../../i18n.ts'
import { paths } from '../../paths.ts'
import { setPreferences, usePreferences } from '../../preferences.ts'
import { signOut, useMe } from '../../session.ts'
import { Button } from '../../ui/basics.tsx'
import { Empty } from '../../ui/states.tsx'
import { MyDocumentsPage } from './documents.tsx'
import { MyOverviewPage } from './overview.tsx'
import { MyViolationPage, MyViolationsPage } from './violations.tsx'

function NavLink({ to, children }: { to: string; children: ReactNode }) {
  const [location] = useLocation()
  const here =
    location === to || (to !== paths.my && location.startsWith(`${to}/`)) || (to === paths.my && location === '/')
  return (
    <Link href={to} className={here ? 'button primary' : 'button quiet'} aria-current={here ? 'page' : undefined}>
      {children}
    </Link>
  )
}

/** The portal of merchants and creators: a few pages about themselves, and nothing else of the console. */
export function PortalShell() {
  const { t } = useSay()
  const me = useMe()
  const { language, theme } = usePreferences()
  const dark = theme === 'dark'
  return (
    <div className="portal">
      <a className="skip" href="#main">
        {t('nav.skip')}
      </a>
      <header className="row wrap">
        <strong className="grow clip">{me?.user.name}</strong>
        <Button
          kind="quiet"
          icon={<Languages size={15} aria-hidden="true" />}
          onPress={() => setPreferences({ language: language === 'zh' ? 'en' : 'zh' })}
        >
          {language === 'zh' ? 'English' : '中文'}
        </Button>
        <Button
          kind="quiet"
          label={t('theme.now', { theme: t(`theme.${theme}`) })}
          icon={dark ? <Sun size={15} aria-hidden="true" /> : <Moon size={15} aria-hidden="true" />}
          onPress={() => setPreferences({ theme: dark ? 'light' : 'dark' })}
        />
        <Button
          kind="quiet"
          label={t('signIn.out')}
          icon={<LogOut size={15} aria-hidden="true" />}
          onPress={() => void signOut()}
        />
      </header>
      <nav className="row wrap" aria-label={t('my.nav')}>
        <NavLink to={paths.my}>{t('my.standing')}</NavLink>
        <NavLink to={paths.myViolations}>{t('my.violations')}</NavLink>
        <NavLink to={paths.myDocuments}>{t('my.documents')}</NavLink>
      </nav>
      <main id="main" tabIndex={-1}>
        <Switch>
          <Route path="/" component={MyOverviewPage} />
          <Route path={paths.my} component={MyOverviewPage} />
          <Route path={paths.myViolations} component={MyViolationsPage} />
          <Route path="/my/violations/:id">{({ id }) => <MyViolationPage id={decodeURIComponent(id ?? '')} />}</Route>
          <Route path={paths.myDocuments} component={MyDocumentsPage} />
          <Route path="/join" component={MyOverviewPage} />
          <Route>
            <Empty kind="first" title={t('my.notfound')} action={<Link href={paths.my}>{t('my.standing')}</Link>} />
          </Route>
        </Switch>
      </main>
    </div>
  )
}
