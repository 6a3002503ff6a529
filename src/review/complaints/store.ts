import { type Db, insertOnly, type Schema, type Tx } from '../../kernel/database.ts'

export interface ComplaintRow {
  complaint_id: string
  at: number
  source: string
  complainant: string
  subject_type: string | null
  subject_id: string | null
  text: string
  severity: string
  due_at: number
  cause: string
  actor: string
}

export interface ComplaintEventRow {
  complaint_event_id: string
  at: number
  complaint_id: string
  type: string
  text: string
  /** References: an appeal, a strategy version, an indicator, a document. */
  refs: string
  cause: string
  actor: string
}

export interface ComplaintTables {
  complaints: ComplaintRow
  complaint_events: ComplaintEventRow
}

export type ComplaintDb = Db<ComplaintTables>
export type ComplaintTx = Tx<ComplaintTables>

export const complaintSchema: Schema = {
  room: 'complaints',
  statements: [
    'CREATE TABLE complaints (complaint_id TEXT PRIMARY KEY, at REAL NOT NULL, source TEXT NOT NULL, complainant TEXT NOT NULL, subject_type TEXT, subject_id TEXT, text TEXT NOT NULL, severity TEXT NOT NULL, due_at REAL NOT NULL, cause TEXT NOT NULL, actor TEXT NOT NULL)',
    'CREATE INDEX complaints_subject ON complaints (subject_type, subject_id)',
    ...insertOnly('complaints'),
    'CREATE TABLE complaint_events (complaint_event_id TEXT PRIMARY KEY, at REAL NOT NULL, complaint_id TEXT NOT NULL REFERENCES complaints(complaint_id), type TEXT NOT NULL, text TEXT NOT NULL, refs TEXT NOT NULL, cause TEXT NOT NULL, actor TEXT NOT NULL)',
    'CREATE INDEX complaint_events_complaint ON complaint_events (complaint_id)',
    ...insertOnly('complaint_events'),
  ],
}

export const complaintById = (db: ComplaintDb | ComplaintTx, id: string) =>
  db.selectFrom('complaints').selectAll().where('complaint_id', '=', id).executeTakeFirst()

export const complaintEvents = (db: ComplaintDb | ComplaintTx, ids: readonly string[]) =>
  ids.length === 0
    ? Promise.resolve([])
    : db
        .selectFrom('complaint_events')
        .selectAll()
        .where('complaint_id', 'in', [...ids])
        .orderBy('at')
        .orderBy('complaint_event_id')
        .execute()

/** Newest first; `open` = not closed. */
export function listComplaints(
  db: ComplaintDb,
  { open, limit, after }: { open?: boolean | undefined; limit: number; after?: string | undefined },
) {
  let query = db.selectFrom('complaints').selectAll().orderBy('complaint_id', 'desc').limit(limit)
  if (after !== undefined) query = query.where('complaint_id', '<', after)
  if (open !== undefined)
    query = query.where(({ not, exists, selectFrom }) => {
      const closed = exists(
        selectFrom('complaint_events')
          .select('complaint_event_id')
          .whereRef('complaint_events.complaint_id', '=', 'complaints.complaint_id')
          .where('complaint_events.type', '=', 'closed'),
      )
      return open ? not(closed) : closed
    })
  return query.execute()
}
