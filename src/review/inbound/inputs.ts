import { Type } from '@sinclair/typebox'
import { mostAttached } from '../files/index.ts'
import { noticeFields, noticeKinds } from './kinds.ts'

export const kindInput = Type.Union(
  noticeKinds.map((kind) => Type.Literal(kind)),
  { description: `one of ${noticeKinds.join(', ')}` },
)
export const fieldInput = Type.Union(noticeFields.map((field) => Type.Literal(field)))
const short = Type.Optional(Type.String({ maxLength: 300, description: 'at most 300 characters' }))

/** A notice as it is filed. What must be there depends on kind and market: see docs/reference/notices.md. */
export const filingInput = {
  kind: kindInput,
  external_id: Type.Optional(
    Type.String({
      minLength: 1,
      maxLength: 200,
      description: 'your own id: the same notice sent twice gets the same number',
    }),
  ),
  target_type: Type.Optional(
    Type.String({
      pattern: '^[a-z]{2,20}$',
      description: 'listing, ad, content, video, live, shop, creator, account or order',
    }),
  ),
  target_id: Type.Optional(
    Type.String({ maxLength: 500, description: 'id of what it is about, at most 500 characters' }),
  ),
  reason: Type.Optional(
    Type.String({ maxLength: 80, description: 'a reason, e.g. counterfeit; see docs/reference/notices.md' }),
  ),
  text: Type.Optional(Type.String({ maxLength: 10_000, description: 'at most 10,000 characters' })),
  location: Type.Optional(Type.String({ maxLength: 2000, description: 'exact address, at most 2,000 characters' })),
  market: Type.Optional(Type.String({ pattern: '^[A-Z]{2}$', description: 'ISO code, e.g. DE' })),
  territory: Type.Optional(
    Type.Array(Type.String({ pattern: '^[A-Z]{2,5}$' }), {
      maxItems: 60,
      description: 'codes or groups, e.g. ["DE"] or ["EU"]',
    }),
  ),
  site: short,
  language: Type.Optional(Type.Union([Type.Literal('zh'), Type.Literal('en')])),
  name: short,
  email: Type.Optional(
    Type.String({
      maxLength: 254,
      pattern: '^[^@\\s]+@[^@\\s]+$',
      description: 'an e-mail address, e.g. a@example.org',
    }),
  ),
  good_faith: Type.Optional(Type.Boolean()),
  perjury: Type.Optional(Type.Boolean()),
  evidence: Type.Optional(
    Type.Array(Type.String({ maxLength: 1000 }), {
      maxItems: 20,
      description: 'at most 20 links of at most 1,000 characters',
    }),
  ),
  files: Type.Optional(
    Type.Array(Type.String({ maxLength: 80 }), {
      maxItems: mostAttached,
      description: `ids of at most ${mostAttached} files that you sent before`,
    }),
  ),
  right_owner: short,
  right_number: short,
  issuing_authority: short,
  legal_basis: short,
  order_reference: short,
  tracking_number: short,
}
