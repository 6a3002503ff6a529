import { type Authorisation, authorisedFor, brandKey, type Right } from './model.ts'
import * as store from './store.ts'

/** What a decision asks the register. `category` undefined = not said. */
export interface BrandQuestion {
  readonly brand: string
  readonly seller: string
  readonly markets: readonly string[]
  readonly category?: string | undefined
  /** Microseconds since 1970 UTC. */
  readonly at: number
}

export type BrandRegister = ReturnType<typeof createBrandRegister>

/**
 * The register of brands in memory, for questions that may not wait: whether a seller may offer a brand in every market that it ships to. Null for
 * a brand that nobody has registered. It answers from what `load` read last; whoever changes the register loads it again.
 */
export function createBrandRegister(db: store.RightsDb) {
  /** Brand by any of its writings. */
  let brands: ReadonlyMap<string, string> = new Map()
  /** Authorisations that a seller's own can rest on, by seller, brands as the register calls them. */
  let chains: ReadonlyMap<string, readonly Authorisation[]> = new Map()

  return {
    async load(): Promise<void> {
      const rights = (await store.rights(db)).map(store.rightOf)
      const known = writings(rights)
      const all = (await store.authorisations(db)).map(store.authorisationOf).map((found) => ({
        ...found,
        brand: known.get(brandKey(found.brand)) ?? brandKey(found.brand),
      }))
      const byId = new Map(all.map((found) => [found.authorisation_id, found]))
      const bySeller = Map.groupBy(all, (found) => found.seller)
      chains = new Map([...bySeller].map(([seller, own]) => [seller, withParents(own, byId)]))
      brands = known
    },
    authorised({ brand, seller, markets, ...asked }: BrandQuestion): boolean | null {
      const known = brands.get(brandKey(brand))
      if (known === undefined) return null
      const own = chains.get(seller) ?? []
      const where = markets.length === 0 ? ['*'] : markets
      return where.every((market) => authorisedFor({ ...asked, brand: known, seller, market }, own).authorised)
    },
  }
}

function writings(rights: readonly Right[]): Map<string, string> {
  const known = new Map<string, string>()
  for (const right of rights)
    if (!right.ended)
      for (const name of [right.brand, ...right.aliases])
        if (!known.has(brandKey(name))) known.set(brandKey(name), brandKey(right.brand))
  return known
}

function withParents(own: readonly Authorisation[], byId: ReadonlyMap<string, Authorisation>): Authorisation[] {
  const found = new Map<string, Authorisation>()
  for (let link of own)
    for (;;) {
      if (found.has(link.authorisation_id)) break
      found.set(link.authorisation_id, link)
      const parent = link.parent === null ? undefined : byId.get(link.parent)
      if (!parent) break
      link = parent
    }
  return [...found.values()]
}
