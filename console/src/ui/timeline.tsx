import { Link } from 'wouter'
import { useSay } from '../i18n.ts'
import { paths } from '../paths.ts'
import type { TimelineItem } from '../types/cases.ts'
import { useActor } from './actor.ts'
import { Id, Time } from './basics.tsx'

/** History, one component everywhere: what, who, when, because of what. */
export function Timeline({ items, traceTo }: { items: readonly TimelineItem[]; traceTo?: string }) {
  const say = useSay()
  const actor = useActor()
  return (
    <div className="stack">
      <ol className="timeline">
        {items.map((item) => (
          <li key={`${item.id} ${item.kind}`}>
            <span className="layer">{say.word('layer', item.layer)}</span>
            <span className="what">{say.text(item.title)}</span>
            <span className="muted clip">{actor(item.actor)}</span>
            <span className="muted">
              <Id value={item.id} />
            </span>
            <span className="muted end">
              <Time at={item.at} />
            </span>
          </li>
        ))}
      </ol>
      {traceTo && <Link href={traceTo}>{say.t('trace.open')}</Link>}
    </div>
  )
}

export const traceOfCase = (id: string) => paths.trace('case', id)
