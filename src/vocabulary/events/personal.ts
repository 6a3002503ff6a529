import { hash } from 'node:crypto'
import type { Text } from '../../kernel/values.ts'

/** Kinds of personal data. */
export const personalKinds = {
  phone: { zh: '电话', en: 'Phone' },
  email: { zh: '邮箱', en: 'Email' },
  address: { zh: '地址', en: 'Address' },
  ip: { zh: 'IP', en: 'IP address' },
  payment: { zh: '支付工具', en: 'Means of payment' },
  device: { zh: '设备', en: 'Device' },
  person: { zh: '姓名或证件', en: 'Name or document of a person' },
} as const satisfies Record<string, Text>
export type PersonalKind = keyof typeof personalKinds

/**
 * Fields of event data that hold personal data, in every type of event. They are shown as pseudonyms: who may see the
 * value gives a reason first. The names of persons are here also where no core type has them: packs and senders add fields.
 */
export const personalFields: Readonly<Record<string, PersonalKind>> = {
  phone: 'phone',
  email: 'email',
  address: 'address',
  ip: 'ip',
  payment_instrument: 'payment',
  payout_account: 'payment',
  device_id: 'device',
  full_name: 'person',
  real_name: 'person',
  legal_name: 'person',
  contact_name: 'person',
  recipient_name: 'person',
  buyer_name: 'person',
  id_number: 'person',
}

export const isPersonal = (field: string): boolean => Object.hasOwn(personalFields, field)

/**
 * What stands for a personal value: its kind and 48 bits of a salted hash. Equal values have equal pseudonyms, so that
 * two orders from one device are still seen; the value cannot be read from it.
 */
export function pseudonym(kind: PersonalKind, value: string, salt: string): string {
  return `${kind}~${hash('sha256', salt + value, 'hex').slice(0, 12)}`
}

/** The same in DuckDB's SQL, for a column of text. */
export function pseudonymSql(kind: PersonalKind, column: string, salt: string): string {
  return `'${kind}~' || substr(sha256('${salt}' || ${column}), 1, 12)`
}

/** Finds personal fields in JSON text: name and value. */
const inJson = new RegExp(
  `("(?:${Object.keys(personalFields).join('|')})"\\s*:\\s*)("(?:[^"\\\\]|\\\\.)*"|-?[0-9][0-9.eE+-]*)`,
  'g',
)

/** Shorter texts are not looked for inside other texts: they would be found everywhere. */
const shortestQuote = 6

/** A copy of an answer in which every personal value, also where it is quoted in another text, is its pseudonym. */
export function maskPersonal(answer: unknown, salt: string): unknown {
  const quoted = new Map<string, string>()
  collect(answer, (kind, value) => {
    if (value.length >= shortestQuote) quoted.set(value, pseudonym(kind, value, salt))
  })
  return masked(answer, { salt, quoted: [...quoted].sort(([a], [b]) => b.length - a.length) })
}

interface Masking {
  readonly salt: string
  readonly quoted: readonly (readonly [string, string])[]
}

const isPseudonym = (value: string) => /^[a-z]+~[0-9a-f]{12}$/.test(value)

/** Parts of evidence and problems that repeat the value of the field that they name. */
const repeats = new Set(['value', 'text', 'term'])

function kindOf(key: string, parent: Readonly<Record<string, unknown>>): PersonalKind | undefined {
  if (isPersonal(key)) return personalFields[key]
  const { field } = parent
  return repeats.has(key) && typeof field === 'string' && isPersonal(field) ? personalFields[field] : undefined
}

function collect(value: unknown, found: (kind: PersonalKind, value: string) => void): void {
  if (typeof value !== 'object' || value === null) return
  if (Array.isArray(value)) {
    for (const item of value) collect(item, found)
    return
  }
  const record = value as Record<string, unknown>
  for (const [key, inner] of Object.entries(record)) {
    const kind = kindOf(key, record)
    if (kind === undefined) collect(inner, found)
    else for (const leaf of leaves(inner)) if (!isPseudonym(leaf)) found(kind, leaf)
  }
}

/** Every text and number inside a value. */
export function leaves(value: unknown): string[] {
  if (typeof value === 'string') return value === '' ? [] : [value]
  if (typeof value === 'number') return [String(value)]
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(leaves) : []
}

function masked(value: unknown, masking: Masking): unknown {
  if (typeof value === 'string') return maskText(value, masking)
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map((item) => masked(item, masking))
  const record = value as Record<string, unknown>
  return Object.fromEntries(
    Object.entries(record).map(([key, inner]) => {
      const kind = kindOf(key, record)
      return [key, kind === undefined ? masked(inner, masking) : hide(kind, inner, masking.salt)]
    }),
  )
}

function hide(kind: PersonalKind, value: unknown, salt: string): unknown {
  if (typeof value === 'string') return value === '' || isPseudonym(value) ? value : pseudonym(kind, value, salt)
  if (typeof value === 'number') return pseudonym(kind, String(value), salt)
  if (Array.isArray(value)) return value.map((item) => hide(kind, item, salt))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, hide(kind, inner, salt)]))
}

function maskText(text: string, { salt, quoted }: Masking): string {
  let out = text
  if (out.includes('":'))
    out = out.replace(inJson, (_all, name: string, found: string) => {
      const field = /"(\w+)"/.exec(name)?.[1] ?? ''
      const plain = found.startsWith('"') ? found.slice(1, -1) : found
      return `${name}"${isPseudonym(plain) ? plain : pseudonym(personalFields[field] ?? 'person', plain, salt)}"`
    })
  for (const [value, stands] of quoted) if (out.includes(value)) out = out.replaceAll(value, stands)
  return out
}
