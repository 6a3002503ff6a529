import { actionKind, type PointsRow } from '../actions/index.ts'
import { findClass, type Ladder, type SanctionInForce, type StandingEvent } from '../standing/index.ts'

export interface Party {
  readonly type: string
  readonly id: string
}

/** The ledger of a party as events of its ladder. A class that the ladder does not know counts as its `other`, or not at all. */
export function historyOf(ladder: Ladder, rows: readonly PointsRow[]): StandingEvent[] {
  return rows.filter((row) => row.ladder === ladder.id).flatMap((row) => eventOf(ladder, row) ?? [])
}

function eventOf(ladder: Ladder, row: PointsRow): StandingEvent | null {
  const base = {
    id: row.entry_id,
    time: Math.floor(row.at / 1000),
    subject: row.party_id,
    class: null,
    points: null,
    ref: row.ref,
    content: null,
    severity: null,
    quantity: null,
    cureDays: null,
    linked: [],
  }
  // A fault that was mended in time never counts, like one that was overturned.
  if (row.type === 'overturn' || row.type === 'cured') return { ...base, type: 'overturn' }
  if (row.type === 'quiz') return { ...base, type: 'quiz', ref: row.about ?? null, points: row.points }
  const type = row.type === 'credit' ? 'credit' : 'violation'
  const named = [row.class, 'other'].map((name) => findClass(ladder, name)).find((found) => found?.type === type)
  if (!named) return null
  return {
    ...base,
    type,
    class: named.id,
    points: row.points,
    ref: null,
    content: row.content ?? null,
    quantity: row.quantity ?? null,
    cureDays: row.cure_days ?? null,
  }
}

/** Sanctions of ladders by the action that carries them out; what is not named restricts a feature of that name. */
const carriedOut: Readonly<Record<string, readonly string[]>> = {
  demoted: ['demote'],
  'search-hidden': ['demote'],
  'products-offline': ['suspend_shop', 'suspend_creator', 'suspend_account'],
  'shop-frozen': ['suspend_shop', 'suspend_creator', 'suspend_account'],
  'settlement-deferred': ['hold_payout'],
  'settlement-hold': ['hold_payout'],
  'balance-withheld': ['freeze_funds'],
  'commission-frozen': ['freeze_funds'],
  'shop-closed': ['close_shop', 'close_account'],
  'shop-deactivated': ['close_shop', 'close_account'],
  'permission-revoked': ['close_shop', 'close_account'],
  'permission-removed': ['close_account', 'close_shop'],
  'account-deactivated': ['close_account', 'close_shop'],
  'at-risk': ['warn'],
}

/** The action of the catalogue that carries a sanction out on a kind of party: the first that fits it. */
export function actionOfSanction(sanction: string, partyType: string): string {
  const fits = (kind: string) => actionKind(kind)?.scope.includes(partyType) ?? false
  return carriedOut[sanction]?.find(fits) ?? 'restrict_features'
}

/** What the ledger keeps of a sanction beside the action that carries it out. */
export interface SanctionDetail {
  readonly ladder: string
  readonly ledger: string
  readonly sanction: string
  readonly scope: string | null
  readonly threshold: number | null
  readonly rule: string | null
  /** The entry of points that brought it. */
  readonly entry: string
}

export const detailOf = (ladder: string, sanction: SanctionInForce): SanctionDetail => ({
  ladder,
  ledger: sanction.ledger,
  sanction: sanction.kind,
  scope: sanction.scope,
  threshold: sanction.threshold,
  rule: sanction.rule,
  entry: sanction.cause,
})

/** The same sanction has the same key, whichever fold it comes from. `until` in microseconds. */
export const keyOf = (detail: SanctionDetail, until: number | null): string =>
  JSON.stringify([
    detail.ladder,
    detail.ledger,
    detail.sanction,
    detail.scope,
    detail.threshold,
    detail.rule,
    detail.entry,
    until,
  ])
