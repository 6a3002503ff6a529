import type { DatabaseSync } from 'node:sqlite'
import type { Person } from '../../insight/personal/index.ts'
import { personSource } from '../../review/inbound/index.ts'

/** A person as the intake of notices knows them. */
export interface Notifier {
  /** Other names under which notices were given: one by address of mail, one by portal account. */
  readonly names: readonly string[]
  /** Notices whose contact is this person. */
  readonly notices: ReadonlySet<string>
}

export const isEmail = (value: string): boolean => /^[^\s@]+@[^\s@]+$/.test(value.trim())

/** Addresses of mail among values that were found. */
export const emailsIn = (values: Iterable<string>): string[] => [...values].filter(isEmail)

/**
 * Under which names a person gave notice, and which notices have their contact: those of the account and of its portal account, those
 * given with one of the addresses, and, by the addresses that these left, the rest.
 */
export function notifierOf(raw: DatabaseSync, person: Person, emails: readonly string[]): Notifier {
  const users = raw.prepare('SELECT user_id FROM users WHERE party_type = ? AND party_id = ?')
  const accounts = [person.id, ...users.all(person.type, person.id).map((row) => String(row['user_id']))]
  const left = noticesOf(raw, accounts).flatMap((row) => (row.email === null ? [] : [row.email]))
  const names = [...new Set([...emails, ...left].map(personSource))]
  const notices = noticesOf(raw, [...accounts, ...names]).map((row) => row.id)
  return { names: [...accounts.slice(1), ...names], notices: new Set(notices) }
}

/** The notices that these sources gave, with the address in their contact. */
function noticesOf(raw: DatabaseSync, sources: readonly string[]): { id: string; email: string | null }[] {
  const rows = raw.prepare(
    'SELECT c.notice_id, c.email FROM inbound_contacts c JOIN inbound_filings f ON f.notice_id = c.notice_id WHERE f.source_id IN (SELECT value FROM json_each(?))',
  )
  return rows
    .all(JSON.stringify(sources))
    .map((row) => ({ id: String(row['notice_id']), email: row['email'] === null ? null : String(row['email']) }))
}
