import { type Db, insertOnly, record, type Schema } from '../../kernel/database.ts'
import { newId } from '../../kernel/ids.ts'
import type { Reviewer } from './reviewers.ts'

export interface ReviewerRow {
  reviewer_id: string
  at: number
  user_id: string
  skills: string
  languages: string
  cause: string
  actor: string
}

export interface QueueTables {
  reviewers: ReviewerRow
}

export type QueueDb = Db<QueueTables>

/** What people can review: the newest row of a person holds, the older ones tell who changed it and when. */
export const reviewerSchema: Schema = {
  room: 'queues',
  statements: [
    'CREATE TABLE reviewers (reviewer_id TEXT PRIMARY KEY, at REAL NOT NULL, user_id TEXT NOT NULL, skills TEXT NOT NULL, languages TEXT NOT NULL, cause TEXT NOT NULL, actor TEXT NOT NULL)',
    'CREATE INDEX reviewers_user ON reviewers (user_id, at)',
    ...insertOnly('reviewers'),
  ],
}

export async function reviewerRows(db: QueueDb): Promise<ReviewerRow[]> {
  const rows = await db.selectFrom('reviewers').selectAll().orderBy('at').orderBy('reviewer_id').execute()
  return [...new Map(rows.map((row) => [row.user_id, row])).values()]
}

export async function reviewerOf(db: QueueDb, user: string): Promise<Reviewer | null> {
  const row = await db
    .selectFrom('reviewers')
    .selectAll()
    .where('user_id', '=', user)
    .orderBy('at', 'desc')
    .orderBy('reviewer_id', 'desc')
    .executeTakeFirst()
  return row ? reviewerFrom(row) : null
}

export const reviewerFrom = (row: ReviewerRow): Reviewer => ({
  skills: JSON.parse(row.skills) as string[],
  languages: JSON.parse(row.languages) as string[],
})

export async function writeReviewer(
  db: QueueDb,
  input: Reviewer & { user: string; actor: string; at: number },
): Promise<void> {
  const id = newId('rvw')
  await db.transaction().execute((tx) =>
    record(tx, 'reviewers', {
      reviewer_id: id,
      at: input.at,
      user_id: input.user,
      skills: JSON.stringify([...new Set(input.skills)]),
      languages: JSON.stringify([...new Set(input.languages)]),
      cause: id,
      actor: input.actor,
    }),
  )
}
