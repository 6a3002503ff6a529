import { actionTitle } from '../actions/index.ts'
import type { Statement } from './schema.ts'

type Restriction = Pick<
  Statement,
  | 'decision_visibility'
  | 'decision_visibility_other'
  | 'decision_monetary'
  | 'decision_monetary_other'
  | 'decision_provision'
  | 'decision_account'
>

const visibility = (...names: string[]): Restriction => ({
  decision_visibility: names.map((name) => `DECISION_VISIBILITY_${name}`),
})
const monetary = (name: string): Restriction => ({ decision_monetary: `DECISION_MONETARY_${name}` })
const provision = (name: string): Restriction => ({ decision_provision: `DECISION_PROVISION_${name}` })
const account = (name: string): Restriction => ({ decision_account: `DECISION_ACCOUNT_${name}` })

/** What each kind of action is in the words of DSA art. 17(1)(a) to (d). */
const table: Readonly<Record<string, Restriction>> = {
  block_publish: visibility('CONTENT_DISABLED'),
  delist: visibility('CONTENT_DISABLED'),
  hold: visibility('CONTENT_DISABLED'),
  geo_block: visibility('CONTENT_DISABLED'),
  label: visibility('CONTENT_LABELLED'),
  age_gate: visibility('CONTENT_AGE_RESTRICTED'),
  restrict_interaction: visibility('CONTENT_INTERACTION_RESTRICTED'),
  remove_content: visibility('CONTENT_REMOVED'),
  demote: visibility('CONTENT_DEMOTED'),
  stop_live: visibility('CONTENT_DISABLED'),
  challenge_account: provision('PARTIAL_SUSPENSION'),
  restrict_features: provision('PARTIAL_SUSPENSION'),
  hold_order: provision('PARTIAL_SUSPENSION'),
  cancel_order: provision('PARTIAL_TERMINATION'),
  suspend_shop: provision('TOTAL_SUSPENSION'),
  close_shop: provision('TOTAL_TERMINATION'),
  freeze_funds: monetary('SUSPENSION'),
  hold_payout: monetary('SUSPENSION'),
  suspend_creator: account('SUSPENDED'),
  suspend_account: account('SUSPENDED'),
  close_account: account('TERMINATED'),
}

/** The restriction that an action kind is; a kind that the table does not name is a visibility restriction in its own words. */
export function restrictionOf(kind: string): Restriction {
  return (
    table[kind] ?? {
      decision_visibility: ['DECISION_VISIBILITY_OTHER'],
      decision_visibility_other: actionTitle(kind).en.slice(0, 500),
    }
  )
}

/** True when the kind has its own place in the table. */
export const isMapped = (kind: string): boolean => Object.hasOwn(table, kind)

/** The end dates that go with a restriction; `until` is YYYY-MM-DD or null for indefinite. */
export function endDates(restriction: Restriction, until: string | null): Partial<Statement> {
  return {
    ...(restriction.decision_visibility ? { end_date_visibility_restriction: until } : {}),
    ...(restriction.decision_monetary ? { end_date_monetary_restriction: until } : {}),
    ...(restriction.decision_provision ? { end_date_service_restriction: until } : {}),
    ...(restriction.decision_account ? { end_date_account_restriction: until } : {}),
  }
}
