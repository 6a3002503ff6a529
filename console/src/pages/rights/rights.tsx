import type { ReactNode } from 'react'
import { useSay } from '../../i18n.ts'
import { useSearchState } from '../../paths.ts'
import { TabPanel, Tabs } from '../../ui/basics.tsx'
import { PageFrame } from '../../ui/page.tsx'
import { Authorisations } from './authorisations.tsx'
import { Claims } from './claims.tsx'
import { Register } from './register.tsx'
import { Infringers, Notifiers } from './trust.tsx'

const tabs = ['claims', 'register', 'authorisations', 'notifiers', 'infringers'] as const
type TabId = (typeof tabs)[number]

/** Who owns which right, who may use it, what was claimed, and how far notifiers are trusted. */
export function RightsPage() {
  const { t } = useSay()
  const [params, set] = useSearchState()
  const tab: TabId = tabs.find((known) => known === params.get('tab')) ?? 'claims'
  const panes: Record<TabId, ReactNode> = {
    claims: <Claims />,
    register: <Register />,
    authorisations: <Authorisations />,
    notifiers: <Notifiers />,
    infringers: <Infringers />,
  }
  return (
    <PageFrame title={t('nav.rights')} sub={t('rights.about')}>
      <Tabs
        label={t('nav.rights')}
        value={tab}
        onChange={(next) => set({ tab: next === 'claims' ? null : next })}
        tabs={tabs.map((id) => ({ id, label: t(`rights.tab.${id}`) }))}
      />
      <TabPanel id={tab}>{panes[tab]}</TabPanel>
    </PageFrame>
  )
}
