import { Link } from 'wouter'
import { useRead, withQuery } from '../../api.ts'
import { useSay } from '../../i18n.ts'
import { paths } from '../../paths.ts'
import { useMay } from '../../session.ts'
import type { NoticeRow } from '../../types/inbound.ts'
import type { Page } from '../../types.ts'
import { Time } from '../../ui/basics.tsx'

/** Who outside asked for this case, above the judgement; nothing where nobody did. */
export function CaseNotices({ caseId }: { caseId: string }) {
  const say = useSay()
  const may = useMay('inbound.read')
  const { data } = useRead<Page<NoticeRow>>(withQuery('/v1/inbound/notices', { case_id: caseId, limit: 20 }), {
    enabled: may,
  })
  const rows = data?.items ?? []
  if (rows.length === 0) return null
  return (
    <section className="casenotices">
      <h2 className="minor">{say.t('review.notices', { n: data?.total ?? rows.length })}</h2>
      <ul className="similar">
        {rows.map((row) => (
          <li key={row.notice_id} className="row">
            <Link href={paths.notice(row.notice_id)} className="clip grow">
              {say.text(row.kind_title)} · {say.text(row.class_title)}
            </Link>
            <span className="muted clip source">{row.source}</span>
            <span className="muted">
              <Time at={row.received_at} />
            </span>
          </li>
        ))}
      </ul>
    </section>
  )
}
