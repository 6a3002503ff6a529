import { type Db, insertOnly, type Schema } from '../../kernel/database.ts'
import type { FileTables } from '../files/index.ts'

/** What a party sent when it was asked for documents. */
export interface AnswerRow {
  answer_id: string
  at: number
  /** The action that asked. */
  action_id: string
  subject_type: string
  subject_id: string
  party_type: string
  party_id: string
  text: string
  /** JSON list of {@link SentDocument}. */
  documents: string
  cause: string
  actor: string
}

export interface SentDocument {
  readonly kind: string
  readonly number: string
  readonly issuer?: string | undefined
  readonly valid_until?: string | undefined
  readonly link?: string | undefined
  /** Id of the file that shows it. */
  readonly file?: string | undefined
}

export interface DocumentTables extends FileTables {
  document_answers: AnswerRow
}

export type DocumentDb = Db<DocumentTables>

export const documentSchema: Schema = {
  room: 'documents',
  statements: [
    'CREATE TABLE document_answers (answer_id TEXT PRIMARY KEY, at REAL NOT NULL, action_id TEXT NOT NULL, subject_type TEXT NOT NULL, subject_id TEXT NOT NULL, party_type TEXT NOT NULL, party_id TEXT NOT NULL, text TEXT NOT NULL, documents TEXT NOT NULL, cause TEXT NOT NULL, actor TEXT NOT NULL)',
    'CREATE INDEX document_answers_action ON document_answers (action_id)',
    'CREATE INDEX document_answers_subject ON document_answers (subject_type, subject_id)',
    ...insertOnly('document_answers'),
  ],
}

export const answersTo = (db: DocumentDb, actions: readonly string[]) =>
  actions.length === 0
    ? Promise.resolve([])
    : db
        .selectFrom('document_answers')
        .selectAll()
        .where('action_id', 'in', [...actions])
        .orderBy('at')
        .execute()

export const findAnswer = (db: DocumentDb, id: string): Promise<AnswerRow | undefined> =>
  db.selectFrom('document_answers').selectAll().where('answer_id', '=', id).executeTakeFirst()

/** Newest first; `after` is the id of the last row that the caller has. */
export function listAnswers(db: DocumentDb, { limit, after }: { limit: number; after?: string | undefined }) {
  const query = db.selectFrom('document_answers').selectAll().orderBy('answer_id', 'desc').limit(limit)
  return (after ? query.where('answer_id', '<', after) : query).execute()
}

export const answersOn = (db: DocumentDb, subject: { type: string; id: string }) =>
  db
    .selectFrom('document_answers')
    .selectAll()
    .where((or) =>
      or.or([
        or.and([or('subject_type', '=', subject.type), or('subject_id', '=', subject.id)]),
        or.and([or('party_type', '=', subject.type), or('party_id', '=', subject.id)]),
      ]),
    )
    .orderBy('at')
    .execute()
