import { useRead, withQuery } from '../../api.ts'
import { useSay } from '../../i18n.ts'
import type { CaseDetail } from '../../types/cases.ts'
import type { SuggestionReply } from '../../types/enforcement.ts'
import { Mark } from '../../ui/marks.tsx'

/** What the severity of the case asks for, and no more: a reminder above the choices. */
export function LeastRestrictive({ detail }: { detail: CaseDetail }) {
  const say = useSay()
  const { data } = useRead<SuggestionReply>(
    withQuery('/v1/action-kinds/suggestion', {
      subject_type: detail.subject.type,
      severity: detail.severity,
      party_type: detail.party?.type,
      party_id: detail.party?.id,
      policy: detail.policies[0]?.id,
    }),
    { fresh: 60_000 },
  )
  const least = data?.items.find((item) => item.suggested)
  if (!least) return null
  return (
    <Mark shape="ring" tone="muted">
      {say.t('impose.least', { severity: detail.severity, title: say.text(least.title) })}
    </Mark>
  )
}
