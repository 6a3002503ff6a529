import { useSay } from '../i18n.ts'
import { useSearchState } from '../paths.ts'
import { WaitingCard } from '../ui/approvals.tsx'
import { TabPanel, Tabs } from '../ui/basics.tsx'
import { PageFrame } from '../ui/page.tsx'
import { Tokens } from './people/tokens.tsx'
import { Users } from './people/users.tsx'
import { Reviewers } from './reviewers.tsx'

export function PeoplePage() {
  const { t } = useSay()
  const [params, set] = useSearchState()
  const asked = params.get('tab')
  const tab = asked === 'tokens' || asked === 'reviewers' ? asked : 'users'
  return (
    <PageFrame title={t('nav.people')}>
      <WaitingCard />
      <Tabs
        label={t('nav.people')}
        value={tab}
        onChange={(id) => set({ tab: id === 'users' ? null : id })}
        tabs={[
          { id: 'users', label: t('people.users') },
          { id: 'reviewers', label: t('reviewers.title') },
          { id: 'tokens', label: t('people.tokens') },
        ]}
      />
      <TabPanel id={tab}>{tab === 'users' ? <Users /> : tab === 'reviewers' ? <Reviewers /> : <Tokens />}</TabPanel>
    </PageFrame>
  )
}
