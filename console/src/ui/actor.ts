import { useSay } from '../i18n.ts'
import { useMe } from '../session.ts'

/** Who did it, as a person would say: a name for me, "automatic" for strategies, the party for whom an appeal was filed. */
export function useActor(): (actor: string | null | undefined) => string {
  const { t } = useSay()
  const me = useMe()
  return (actor) => {
    if (!actor) return '–'
    if (actor === me?.user.id) return me.user.name
    if (actor === 'strategy') return t('actor.strategy')
    if (actor === 'system') return t('actor.system')
    if (actor === 'brake') return t('actor.brake')
    if (actor.startsWith('for:')) return actor.slice(4)
    return actor.length > 26 ? `${actor.slice(0, 8)}…${actor.slice(-5)}` : actor
  }
}
