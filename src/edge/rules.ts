import type { Rules } from '../enforcement/actions/index.ts'
import type { Ladder } from '../enforcement/standing/index.ts'
import type { Pack } from '../vocabulary/packs/index.ts'
import { ladderIds, loadLadder } from './cli/standing.ts'

/** Every ladder by kind of party: who answers for a subject loses points on it. */
export const ladderOfParty: Readonly<Record<string, string>> = {
  seller: 'house-shop',
  creator: 'house-creator',
  advertiser: 'house-shop',
}

/** What the ledger needs of a pack: plain data, so that it can go to another process. */
export type PackRules = Pick<Pack, 'header' | 'policies' | 'strategies' | 'batch'>

/**
 * What the policies and strategies of `packs` say to those who carry decisions out; looked up anew when `packs` gives others.
 * A version never changes its text, so what one that no longer runs asked for still holds for its decisions.
 */
export function rulesOf(packs: () => readonly PackRules[], ladders: ReadonlyMap<string, Ladder>): () => Rules {
  let known: readonly PackRules[] | null = null
  let rules: Rules = { policy: () => undefined, actionsOf: () => undefined, ladderOf: () => null }
  const actions = new Map<string, readonly string[] | undefined>()
  return () => {
    if (known !== packs()) {
      known = packs()
      const policies = new Map(known.flatMap((pack) => pack.policies.map((policy) => [policy.id, policy] as const)))
      for (const { header, strategies, batch } of known)
        for (const { id, version, actions: asked } of [...strategies, ...batch]) {
          actions.set(`${header.id}/${id}@${version}`, asked)
          actions.set(`${header.id}/${id}`, asked)
        }
      rules = {
        policy: (id) => policies.get(id),
        actionsOf: (strategy, version) => {
          const exact = `${strategy}@${version}`
          return actions.get(actions.has(exact) ? exact : strategy)
        },
        ladderOf: (party) => ladderOfParty[party] ?? null,
        ladder: (id) => ladders.get(id),
      }
    }
    return rules
  }
}

/** Every shipped ladder by its id; what is wrong with one is said and it is left out. */
export function readLadders(log: (message: string) => void): ReadonlyMap<string, Ladder> {
  return new Map(
    ladderIds().flatMap((id) => {
      const ladder = loadLadder(id, { error: log })
      return ladder ? [[id, ladder] as const] : []
    }),
  )
}
