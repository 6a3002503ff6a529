import { useRead } from './api.ts'
import { useSay } from './i18n.ts'
import type { StrategyRow } from './types/strategies.ts'
import type { Page, Text, Vocabulary } from './types.ts'

/** The server's names for types, markets, queues and policies, in the language of the console. */
export function useVocabulary() {
  const say = useSay()
  const { data } = useRead<Vocabulary>('/v1/vocabulary', { fresh: 300_000 })
  const options = (items: { id: string; title: Text }[] | undefined) =>
    (items ?? []).map(({ id, title }) => ({ value: id, label: say.text(title) || id }))
  const title = (items: { id: string; title: Text }[] | undefined, id: string) =>
    say.text(items?.find((item) => item.id === id)?.title) || id
  return {
    vocabulary: data,
    markets: options(data?.markets),
    queues: options(data?.queues),
    policies: options(data?.policies),
    roles: options(data?.roles),
    eventTypes: (data?.event_types ?? []).map(({ type, title: name }) => ({
      value: type,
      label: `${type} · ${say.text(name)}`,
    })),
    types: options(data?.subject_types),
    typeTitle: (id: string) =>
      say.text(data?.subject_types.find((type) => type.id === id)?.title) || say.word('type', id),
    queueTitle: (id: string) => title(data?.queues, id),
    policyTitle: (id: string) => title(data?.policies, id),
    isBatch: (strategy: string) => data?.batch_strategies.some(({ id }) => id === strategy) ?? false,
    kindTitle: (id: string) => title(data?.action_kinds, id),
    /** Whether a restriction reaches the EU, where a statement of reasons belongs to it. */
    inEu: (ids: readonly string[] | null) =>
      !ids ||
      ids.length === 0 ||
      ids.includes('*') ||
      ids.some((id) => id === 'EU' || data?.markets.find((market) => market.id === id)?.group === 'EU'),
  }
}

/** Titles of strategies by name; a strategy that no longer exists keeps its name. */
export function useStrategyTitle(): (strategy: string) => string {
  const say = useSay()
  const { data } = useRead<Page<StrategyRow>>('/v1/strategies', { fresh: 300_000 })
  const { vocabulary } = useVocabulary()
  return (strategy) =>
    say.text(data?.items.find((row) => row.strategy === strategy)?.title) ||
    say.text(vocabulary?.batch_strategies.find((row) => row.id === strategy)?.title) ||
    strategy
}
