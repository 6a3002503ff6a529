/** Kinds of contact that lead a buyer off the platform. */
export const contactKinds = ['phone', 'messenger', 'email', 'url', 'payment'] as const

/** One of `contactKinds`. */
export type ContactKind = (typeof contactKinds)[number]

/** A contact in a text; offsets are UTF-16 units of the text it was looked for in. */
export interface Contact {
  readonly kind: ContactKind
  readonly start: number
  readonly end: number
  /** Normalised: digits of a phone, address of a mail, host and path of a URL, `channel:id` of a messenger or payment. */
  readonly value: string
}
