import type { Rules } from '../enforcement/actions/index.ts'
import type { Conduct } from '../enforcement/conduct/index.ts'
import {
  createPersonal,
  erasureSchema,
  type Personal,
  type PersonalTables,
  personalOperations,
  personalSchema,
} from '../insight/personal/index.ts'
import { createPortal, invitationOperations, portalOperations } from '../insight/portal/index.ts'
import type { TraceInput } from '../insight/traces/index.ts'
import type { Decided } from '../judgement/decisions/index.ts'
import {
  type Access,
  findPlace,
  type PlaceTables,
  placeSchemas,
  trustOperations,
  withFourEyes,
  withScope,
} from '../kernel/access/index.ts'
import { type Db, part, type Schema } from '../kernel/database.ts'
import type { Operation } from '../kernel/operation.ts'
import type { Appeals } from '../review/appeals/index.ts'
import type { Cases } from '../review/cases/index.ts'
import {
  createDocuments,
  type Documents,
  type DocumentTables,
  documentOperations,
  documentSchema,
} from '../review/documents/index.ts'
import { withNames } from './http/names.ts'
import { readSalt, withMasks } from './personal.ts'

export type TrustTables = PersonalTables & DocumentTables & PlaceTables

/** After those of the rooms whose rows have a place: a trigger needs its table. */
export const trustSchemas: readonly Schema[] = [personalSchema, erasureSchema, documentSchema, ...placeSchemas()]

/** Personal data, its masks, and what parties send. */
export interface Trust {
  readonly documents: Documents
  readonly personal: Personal
  /** Secret behind the pseudonyms of personal data. */
  readonly salt: string
}

export interface TrustInput {
  readonly folder: string
  readonly db: Db<TrustTables>
  readonly cases: Cases
  readonly entryAt: (position: number) => Promise<Decided>
}

export function openTrust({ folder, db, cases, entryAt }: TrustInput): Trust {
  return {
    documents: createDocuments(part(db)),
    personal: createPersonal({
      db: part(db),
      async ofCase(caseId, now) {
        const row = await cases.find(caseId, now)
        const { event } = await entryAt(row.position)
        return { subject: { type: row.subject_type, id: row.subject_id }, data: event.data }
      },
    }),
    salt: readSalt(folder),
  }
}

export interface TrustOperationsInput {
  readonly trust: Trust
  readonly access: Access
  readonly db: TraceInput['db']
  readonly appeals: Appeals
  readonly rules: () => Rules
  readonly standing: TraceInput['standing']
  readonly conduct: Pick<Conduct, 'quiz' | 'answer'>
  /** An operation as it is offered. */
  readonly find: (name: string) => Operation | undefined
}

/** Grants, approvals, personal data, documents, invitations and the portal. */
export function openTrustOperations(input: TrustOperationsInput): Operation[] {
  const { trust, access, find, conduct, ...parts } = input
  return [
    ...personalOperations(trust.personal),
    ...documentOperations(trust.documents),
    ...invitationOperations(access),
    ...portalOperations(createPortal({ ...parts, documents: trust.documents }), conduct),
    ...trustOperations(access, find),
  ]
}

export interface GuardInput {
  readonly access: Access
  readonly db: Db<PlaceTables>
  readonly salt: string
}

/** An operation as it is offered: inside its scope, with four eyes where it is marked, personal data masked, names of people instead of their ids. */
export function guard(operation: Operation, { access, db, salt }: GuardInput): Operation {
  const scoped = withScope(withFourEyes(operation, access.fourEyes), (id) => findPlace(db, id))
  return withNames(withMasks(scoped, salt), access)
}
