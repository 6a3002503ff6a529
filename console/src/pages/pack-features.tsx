import { useRead } from '../api.ts'
import { useSay } from '../i18n.ts'
import type { FeatureState, FeatureStates } from '../types/features.ts'
import type { PackDetail } from '../types/strategies.ts'
import { Card } from '../ui/basics.tsx'
import { Mark } from '../ui/marks.tsx'
import { Empty } from '../ui/states.tsx'
import { Sql } from '../ui/text.tsx'

/** The windows of a pack: whether decisions see them yet, and what all windows cost. */
export function PackFeatures({ pack }: { pack: PackDetail }) {
  const say = useSay()
  const { data } = useRead<FeatureStates>('/v1/features', { every: 5000 })
  if (pack.features.length === 0)
    return (
      <Card title={say.t('features.title')}>
        <Empty small kind="first" title={say.t('features.none')} />
      </Card>
    )
  const of = (id: string) => data?.items.find((item) => item.id === id && item.pack === pack.pack)
  return (
    <>
      {data && (
        <p className="muted">
          {say.t('features.memory', {
            keys: data.memory.keys,
            events: data.memory.events,
            bytes: data.memory.bytes_per_key,
            from: data.history_from ? say.time(data.history_from) : '–',
          })}
        </p>
      )}
      {pack.features.map((feature) => (
        <Card
          key={feature.id}
          title={<code>{feature.id}</code>}
          aside={
            <span className="row">
              <span className="muted">{say.text(feature.title)}</span>
              <State feature={of(feature.id)} />
            </span>
          }
        >
          <div className="stack">
            {of(feature.id)?.state === 'learning' && data?.learning && (
              <p className="muted">
                {say.t('features.learningNote', {
                  count: data.learning.events,
                  time: data.learning.upto ? say.time(data.learning.upto) : '–',
                })}
              </p>
            )}
            <Sql text={feature.sql} />
          </div>
        </Card>
      ))}
    </>
  )
}

function State({ feature }: { feature: FeatureState | undefined }) {
  const say = useSay()
  if (!feature) return null
  const back = feature.range === null ? say.t('features.all') : say.t('features.range', { hours: feature.range / 3600 })
  return (
    <span className="row">
      <span className="muted">{back}</span>
      {feature.state === 'ready' ? (
        <Mark shape="ring">{say.t('features.ready')}</Mark>
      ) : (
        <Mark shape="dash">{say.t('features.learning')}</Mark>
      )}
    </span>
  )
}
