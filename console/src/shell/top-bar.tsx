import { CircleHelp, Languages, LogOut, Monitor, Moon, Search, Sun, UserRound } from 'lucide-react'
import { useState } from 'react'
import { Link, useLocation } from 'wouter'
import { useOffer } from '../actions.ts'
import { useRead, write } from '../api.ts'
import { useSay } from '../i18n.ts'
import { paths } from '../paths.ts'
import { setPreferences, usePreferences } from '../preferences.ts'
import { signOut, useMe } from '../session.ts'
import type { Overview } from '../types/overview.ts'
import type { Theme } from '../types.ts'
import { Button, Keys } from '../ui/basics.tsx'
import { Palette } from './palette.tsx'
import { Sheet } from './sheet.tsx'

const nextTheme: Record<Theme, Theme> = { system: 'light', light: 'dark', dark: 'system' }
const themeIcons = { system: Monitor, light: Sun, dark: Moon }

/** The choice holds in this browser at once; the server is told so that it follows the person, and may be away. */
function remember(change: { language?: string; theme?: string }) {
  write('PUT', '/v1/session/preferences', change).catch(() => undefined)
}

function useLook() {
  const { language, theme } = usePreferences()
  const flipLanguage = () => {
    const next = language === 'zh' ? 'en' : 'zh'
    setPreferences({ language: next })
    remember({ language: next })
  }
  const flipTheme = () => {
    setPreferences({ theme: nextTheme[theme] })
    remember({ theme: nextTheme[theme] })
  }
  return { language, theme, flipLanguage, flipTheme }
}

/** Says on every page that the data is generated, and how far a running feed has come. */
function SampleNote() {
  const say = useSay()
  const overview = useRead<Overview>('/v1/overview', { every: 15_000 })
  const { sample, ingest } = overview.data ?? {}
  return (
    <div className="row sample">
      {sample && (
        <span className="tag" title={say.text(sample.note)}>
          {say.t('sample.tag', { seed: String(sample.seed) })}
        </span>
      )}
      {ingest?.streaming && (
        <span className="row feed">
          <span className="muted nowrap">{say.t('ingest.progress', { done: ingest.done, total: ingest.total })}</span>
          <progress aria-label={say.text(ingest.source)} value={ingest.done} max={ingest.total} />
        </span>
      )}
    </div>
  )
}

function Account() {
  const { t } = useSay()
  const me = useMe()
  return (
    <>
      <Link href={paths.profile} className="button quiet" title={t('nav.profile')}>
        <UserRound size={15} aria-hidden="true" />
        <span className="clip account">{me?.user.name}</span>
      </Link>
      <Button
        kind="quiet"
        label={t('signIn.out')}
        icon={<LogOut size={15} aria-hidden="true" />}
        onPress={() => void signOut()}
      />
    </>
  )
}

export function TopBar() {
  const say = useSay()
  const { t } = say
  const [, navigate] = useLocation()
  const [open, setOpen] = useState<'palette' | 'sheet' | null>(null)
  const { language, theme, flipLanguage, flipTheme } = useLook()
  const ThemeIcon = themeIcons[theme]
  const search = () => {
    const field = document.querySelector<HTMLInputElement>('main [data-search]')
    if (field) field.focus()
    else setOpen('palette')
  }
  useOffer([
    {
      id: 'look.palette',
      label: 'action.palette',
      group: 'look',
      keys: 'mod+k',
      inFields: true,
      run: () => setOpen('palette'),
    },
    { id: 'look.sheet', label: 'action.sheet', group: 'look', keys: '?', run: () => setOpen('sheet') },
    { id: 'look.search', label: 'action.search', group: 'look', keys: '/', run: search },
    { id: 'look.language', label: 'action.language', group: 'look', keys: '', run: flipLanguage },
    { id: 'look.theme', label: 'action.theme', group: 'look', keys: '', run: flipTheme },
    { id: 'look.out', label: 'signIn.out', group: 'look', keys: '', run: () => void signOut() },
  ])
  return (
    <header className="topbar">
      <button type="button" className="opener" onClick={() => setOpen('palette')}>
        <Search size={14} aria-hidden="true" />
        <span className="grow clip">{t('palette.open')}</span>
        <Keys of={{ id: 'look.palette', keys: 'mod+k' }} />
      </button>
      <SampleNote />
      <span className="end row tight">
        <button type="button" className="button quiet" onClick={flipLanguage} lang={language === 'zh' ? 'en' : 'zh-CN'}>
          <Languages size={15} aria-hidden="true" />
          {language === 'zh' ? 'English' : '中文'}
        </button>
        <Button
          kind="quiet"
          label={t('theme.now', { theme: t(`theme.${theme}`) })}
          icon={<ThemeIcon size={15} aria-hidden="true" />}
          onPress={flipTheme}
        />
        <Button
          kind="quiet"
          label={t('action.sheet')}
          icon={<CircleHelp size={15} aria-hidden="true" />}
          onPress={() => setOpen('sheet')}
        />
        <Account />
      </span>
      <Palette open={open === 'palette'} onClose={() => setOpen(null)} onGo={navigate} />
      <Sheet open={open === 'sheet'} onClose={() => setOpen(null)} />
    </header>
  )
}
