import type { Decision } from '../../judgement/decisions/index.ts'
import { type CloudEvent, isPersonal, leaves } from '../../vocabulary/events/index.ts'

/** Somebody whose data is erased, as the ledger names parties. */
export interface Person {
  readonly type: string
  readonly id: string
}

interface Owner {
  readonly type: string
  readonly field: string
  /** What a private person wrote or recorded is about that person as well; what a business publishes is not. */
  readonly authored: readonly string[]
}

const words = ['text', 'images', 'detections', 'evidence']
const owners: readonly (readonly [prefix: RegExp, owner: Owner])[] = [
  [/^listing\./, { type: 'seller', field: 'seller_id', authored: [] }],
  [/^shop\./, { type: 'seller', field: 'shop_id', authored: [] }],
  [/^ad\./, { type: 'advertiser', field: 'advertiser_id', authored: [] }],
  [/^(video|live|creator)\./, { type: 'creator', field: 'creator_id', authored: ['name'] }],
  [/^(review|question|message|comment)\./, { type: 'account', field: 'author_id', authored: words }],
  [/^report\./, { type: 'account', field: 'reporter_id', authored: words }],
  // The address, device and instrument of an order are the buyer's, whoever sent the event.
  [/^(order|payment)\./, { type: 'account', field: 'buyer_id', authored: [] }],
  [/^account\./, { type: 'account', field: 'account_id', authored: [] }],
]

const ownerOf = (event: CloudEvent): Owner | undefined => owners.find(([prefix]) => prefix.test(event.type))?.[1]

/** Whether the personal data of an event is this person's. */
export function belongsTo(event: CloudEvent, person: Person): boolean {
  const owner = ownerOf(event)
  return owner?.type === person.type && String(event.data[owner.field] ?? event.subject ?? '') === person.id
}

export interface Erased {
  readonly event: CloudEvent
  /** Every text that was taken out; what other stores may have copied. */
  readonly values: readonly string[]
  readonly fields: ReadonlySet<string>
}

/** The event without personal data; with `authored`, also without what a private person wrote. Null when it has none. */
export function eraseEvent(event: CloudEvent, { authored }: { authored: boolean }): Erased | null {
  const wrote = new Set(authored ? ownerOf(event)?.authored : [])
  const fields = new Set(Object.keys(event.data).filter((field) => isPersonal(field) || wrote.has(field)))
  // Labels of detections are words of everybody: they go with the event, and are looked for nowhere else.
  const values = [...fields].filter((field) => field !== 'detections').flatMap((field) => leaves(event.data[field]))
  if (values.length === 0 && !fields.has('detections')) return null
  const kept = Object.entries(event.data).filter(([field]) => !fields.has(field))
  return { event: { ...event, data: Object.fromEntries(kept) }, values, fields }
}

/** The decision without what it saw of the erased fields; verdict, findings, strategies and markets stay. */
export function eraseDecision(decision: Decision, { values, fields }: Pick<Erased, 'values' | 'fields'>): Decision {
  const gone = values.filter((value) => value.length >= 4)
  const clean = <Item>(value: Item): Item => {
    if (typeof value === 'string') return (gone.some((text) => value.includes(text)) ? '' : value) as Item
    if (Array.isArray(value)) return value.map(clean) as Item
    if (typeof value !== 'object' || value === null) return value
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, clean(inner as unknown)])) as Item
  }
  return {
    ...decision,
    findings: decision.findings.map((finding) => ({
      ...finding,
      evidence: finding.evidence.map((item) => {
        // `images[2]` is an element of `images`.
        if (!fields.has(item.field.replace(/\[\d+\]$/, ''))) return clean(item)
        const { text: _text, value: _value, term: _term, image: _image, box: _box, tag: _tag, ...rest } = item
        return rest
      }),
    })),
    saw: clean(decision.saw),
  }
}
