import { useMemo } from 'react'
import { type MessageId, useSay } from '../../i18n.ts'
import { useSearchState } from '../../paths.ts'
import { Segment, TabPanel, Tabs } from '../../ui/basics.tsx'
import { PageFrame } from '../../ui/page.tsx'
import { GoldenTab } from './golden.tsx'
import { ItemsTab } from './items.tsx'
import { OverviewTab } from './overview.tsx'
import { PeopleTab, PoliciesTab } from './people.tsx'
import { SessionsTab } from './sessions.tsx'
import { SettingsTab } from './settings.tsx'

const tabs = {
  overview: OverviewTab,
  people: PeopleTab,
  policies: PoliciesTab,
  items: ItemsTab,
  golden: GoldenTab,
  sessions: SessionsTab,
  settings: SettingsTab,
} as const
type TabId = keyof typeof tabs
const ids = Object.keys(tabs) as TabId[]
const timeless: readonly TabId[] = ['golden', 'sessions', 'settings']
const spans = ['7', '30', '90']

export function QualityPage() {
  const { t } = useSay()
  const [params, set] = useSearchState()
  const tab = ids.find((id) => id === params.get('tab')) ?? 'overview'
  const days = spans.find((one) => one === params.get('days')) ?? '30'
  // To the hour, so that the address of the answer stays the same while one looks at it.
  const from = useMemo(() => {
    const start = new Date(Date.now() - Number(days) * 86_400_000)
    start.setMinutes(0, 0, 0)
    return start.toISOString()
  }, [days])
  const Shown = tabs[tab]
  return (
    <PageFrame
      title={t('nav.quality')}
      sub={t('quality.about')}
      aside={
        !timeless.includes(tab) && (
          <Segment
            label={t('quality.days')}
            value={days}
            onChange={(next) => set({ days: next === '30' ? null : next })}
            options={spans.map((id) => ({ value: id, label: t(`quality.days.${id}` as MessageId) }))}
          />
        )
      }
    >
      <Tabs
        label={t('nav.quality')}
        value={tab}
        onChange={(id) => set({ tab: id === 'overview' ? null : id, session: null })}
        tabs={ids.map((id) => ({ id, label: t(`quality.tab.${id}`) }))}
      />
      <TabPanel id={tab}>
        <Shown from={from} />
      </TabPanel>
    </PageFrame>
  )
}
