import type { Rules } from '../enforcement/actions/index.ts'
import type { Pack } from '../vocabulary/packs/index.ts'

/** Every ladder by kind of party: who answers for a subject loses points on it. */
export const ladderOfParty: Readonly<Record<string, string>> = {
  seller: 'tiktok-shop-sea',
  creator: 'tiktok-creator',
  advertiser: 'tiktok-shop-sea',
}

/** What the ledger needs of a pack: plain data, so that it can go to another process. */
export type PackRules = Pick<Pack, 'header' | 'policies' | 'strategies' | 'batch'>

/** What the policies and strategies of `packs` say to those who carry decisions out; looked up anew when `packs` gives others. */
export function rulesOf(packs: () => readonly PackRules[]): () => Rules {
  let known: readonly PackRules[] | null = null
  let rules: Rules = { policy: () => undefined, actionsOf: () => undefined, ladderOf: () => null }
  return () => {
    if (known !== packs()) {
      known = packs()
      const policies = new Map(known.flatMap((pack) => pack.policies.map((policy) => [policy.id, policy] as const)))
      const actions = new Map<string, readonly string[] | undefined>(
        known.flatMap(({ header, strategies, batch }) =>
          [...strategies, ...batch].map((strategy) => [`${header.id}/${strategy.id}`, strategy.actions] as const),
        ),
      )
      rules = {
        policy: (id) => policies.get(id),
        actionsOf: (strategy) => actions.get(strategy),
        ladderOf: (party) => ladderOfParty[party] ?? null,
      }
    }
    return rules
  }
}
