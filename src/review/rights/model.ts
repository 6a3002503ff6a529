import { day } from '../../kernel/time.ts'
import type { Text } from '../../kernel/values.ts'
import { marketMembers } from '../../vocabulary/markets.ts'

export const rightTypes = ['trademark', 'copyright', 'design', 'patent', 'geographical_indication'] as const
export type RightType = (typeof rightTypes)[number]

export const rightTitles: Record<RightType, Text> = {
  trademark: { zh: '商标', en: 'Trade mark' },
  copyright: { zh: '著作权', en: 'Copyright' },
  design: { zh: '外观设计', en: 'Design' },
  patent: { zh: '专利', en: 'Patent' },
  geographical_indication: { zh: '地理标志', en: 'Geographical indication' },
}

/** A right of somebody, as it stands in a register. `classes` and `territory` may hold `*`. */
export interface Right {
  readonly right_id: string
  readonly type: RightType
  readonly office: string
  readonly number: string
  readonly owner: string
  readonly brand: string
  /** Other writings of the brand, e.g. in another script, and usual misspellings. */
  readonly aliases: readonly string[]
  readonly classes: readonly string[]
  readonly territory: readonly string[]
  readonly validTo: number | null
  readonly ended: boolean
}

/** That somebody lets a seller use a brand. `parent` = passed on by the holder of another authorisation; null = by the owner. */
export interface Authorisation {
  readonly authorisation_id: string
  readonly brand: string
  readonly seller: string
  readonly parent: string | null
  readonly classes: readonly string[]
  readonly territory: readonly string[]
  readonly channels: readonly string[]
  readonly from: number
  readonly until: number | null
  readonly ended: boolean
}

/** The owner's authorisation, and two passed on at most. */
export const mostLinks = 3

/** Spelling that does not tell two writings of a brand apart: compatibility forms, case, spaces and signs between letters. */
export const brandKey = (name: string): string =>
  name
    .normalize('NFKC')
    .toLowerCase()
    .replaceAll(/[\s\p{P}\p{S}]+/gu, '')

/** The brand that a name means, by its rights and their aliases; the name itself when nobody has registered it. */
export function brandOf(name: string, rights: readonly Pick<Right, 'brand' | 'aliases' | 'ended'>[]): string {
  const key = brandKey(name)
  const found = rights.find(
    (right) => !right.ended && [right.brand, ...right.aliases].some((known) => brandKey(known) === key),
  )
  return brandKey(found?.brand ?? name)
}

export interface Question {
  readonly seller: string
  readonly brand: string
  readonly market: string
  readonly category?: string | undefined
  readonly channel?: string | undefined
  readonly at: number
}

export interface Answer {
  readonly authorised: boolean
  /** The chain that it rests on, from the owner's authorisation to the seller's; empty when there is none. */
  readonly chain: readonly string[]
  readonly reason: Text
}

const covers = (names: readonly string[], wanted: string | undefined): boolean =>
  wanted === undefined || names.includes('*') || names.some((name) => wanted === name || wanted.startsWith(`${name}/`))

const coversMarket = (names: readonly string[], market: string): boolean =>
  names.includes('*') || names.some((name) => marketMembers(name).has(market))

/** Whether one authorisation, by itself, covers what is asked. */
const covered = (found: Authorisation, asked: Question): boolean =>
  !found.ended &&
  found.from <= asked.at &&
  (found.until === null || found.until > asked.at) &&
  coversMarket(found.territory, asked.market) &&
  covers(found.classes, asked.category) &&
  covers(found.channels, asked.channel)

/**
 * Whether a seller may offer a brand in a market: some chain of at most {@link mostLinks} authorisations leads from the owner to
 * the seller, and every link covers class, territory, channel and time, so nobody passes on more than they hold.
 */
export function authorisedFor(asked: Question, all: readonly Authorisation[]): Answer {
  const byId = new Map(all.map((found) => [found.authorisation_id, found]))
  const brand = brandKey(asked.brand)
  const own = all.filter((found) => found.seller === asked.seller && brandKey(found.brand) === brand)
  let reason: Text = { zh: '没有授权记录', en: 'no authorisation is on record' }
  for (const last of own) {
    const chain: Authorisation[] = []
    for (
      let link: Authorisation | undefined = last;
      link && chain.length <= mostLinks;
      link = link.parent === null ? undefined : byId.get(link.parent)
    )
      chain.unshift(link)
    if (chain.length > mostLinks) reason = { zh: '授权链超过三级', en: 'the chain has more than three links' }
    else if (chain[0]?.parent !== null) reason = { zh: '授权链不完整', en: 'the chain does not lead to the owner' }
    else if (chain.some((link) => brandKey(link.brand) !== brand || !covered(link, asked)))
      reason = { zh: '授权不覆盖此市场、类目、渠道或时间', en: 'it does not cover this market, class, channel or time' }
    else
      return {
        authorised: true,
        chain: chain.map((link) => link.authorisation_id),
        reason: { zh: '已获授权', en: 'authorised' },
      }
  }
  return { authorised: false, chain: [], reason }
}

/** Where a rights-holder notice stands once it is decided. */
export type ClaimStatus = 'open' | 'removed' | 'refused' | 'countered' | 'in_court' | 'restored'
export const claimStatuses: readonly ClaimStatus[] = ['open', 'removed', 'refused', 'countered', 'in_court', 'restored']

/**
 * `countered`: the seller says that nothing is infringed, and a timer runs; `proved`: the notifier shows in time that it has gone
 * to court or to the authority; `expired`: the timer ran out without that; `retracted`: the notifier or an appeal took it back.
 */
export type ClaimEvent = 'removed' | 'refused' | 'countered' | 'proved' | 'expired' | 'retracted'
export const claimEvents: readonly ClaimEvent[] = ['removed', 'refused', 'countered', 'proved', 'expired', 'retracted']

const nothing: Record<ClaimEvent, ClaimStatus | null> = {
  removed: null,
  refused: null,
  countered: null,
  proved: null,
  expired: null,
  retracted: null,
}

export const claimTransitions: Record<ClaimStatus, Record<ClaimEvent, ClaimStatus | null>> = {
  open: { ...nothing, removed: 'removed', refused: 'refused', retracted: 'refused' },
  removed: { ...nothing, countered: 'countered', retracted: 'restored' },
  refused: nothing,
  countered: { ...nothing, proved: 'in_court', expired: 'restored', retracted: 'restored' },
  in_court: { ...nothing, retracted: 'restored' },
  restored: nothing,
}

/** @throws Error for an event that the status does not allow. */
export function nextClaim(status: ClaimStatus, type: ClaimEvent): ClaimStatus {
  const next = claimTransitions[status][type]
  if (next === null) throw new Error(`a claim that is ${status} cannot be ${type}`)
  return next
}

/** Three months. */
export const quarter = 91 * day
