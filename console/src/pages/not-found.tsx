import { useSay } from '../i18n.ts'
import { ButtonLink } from '../ui/basics.tsx'
import { PageFrame } from '../ui/page.tsx'
import { Empty } from '../ui/states.tsx'

export function NotFound() {
  const { t } = useSay()
  return (
    <PageFrame title={t('notFound.title')}>
      <Empty
        kind="filtered"
        title={t('notFound.title')}
        hint={t('notFound.hint')}
        action={<ButtonLink to="/">{t('nav.home')}</ButtonLink>}
      />
    </PageFrame>
  )
}
