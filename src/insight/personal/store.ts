import { type Db, insertOnly, type Schema } from '../../kernel/database.ts'

export interface RevealRow {
  reveal_id: string
  at: number
  until: number
  actor: string
  /** The case, or the file, that it opens. */
  case_id: string
  subject_type: string
  subject_id: string
  fields: string
  reason: string
}

export interface PersonalTables {
  reveals: RevealRow
  forgettings: {
    forget_id: string
    at: number
    subject_type: string
    subject_id: string
    reason: string
    actor: string
  }
  /** Journal entries that hold less than when they were written. */
  forgotten: { position: number; forget_id: string }
}

export type PersonalDb = Db<PersonalTables>

export const personalSchema: Schema = {
  room: 'personal',
  statements: [
    // Made once, when the house is first opened: the same value has the same pseudonym in every answer and in the facts.
    'CREATE TABLE personal_salt AS SELECT lower(hex(randomblob(32))) AS salt',
    'CREATE TABLE reveals (reveal_id TEXT PRIMARY KEY, at REAL NOT NULL, until REAL NOT NULL, actor TEXT NOT NULL, case_id TEXT NOT NULL, subject_type TEXT NOT NULL, subject_id TEXT NOT NULL, fields TEXT NOT NULL, reason TEXT NOT NULL)',
    'CREATE INDEX reveals_actor ON reveals (actor, case_id)',
    ...insertOnly('reveals'),
  ],
}

export const insertReveal = (db: PersonalDb, row: RevealRow) => db.insertInto('reveals').values(row).execute()

/** Reveals of one person in one case that are not over. */
export const openReveals = (db: PersonalDb, actor: string, caseId: string, now: number) =>
  db
    .selectFrom('reveals')
    .selectAll()
    .where('actor', '=', actor)
    .where('case_id', '=', caseId)
    .where('until', '>', now)
    .orderBy('at')
    .execute()

/** Tombstones of what was erased; a room of its own, because erasing runs while no server does. */
export const erasureSchema: Schema = {
  room: 'erasure',
  statements: [
    'CREATE TABLE forgettings (forget_id TEXT PRIMARY KEY, at REAL NOT NULL, subject_type TEXT NOT NULL, subject_id TEXT NOT NULL, reason TEXT NOT NULL, actor TEXT NOT NULL)',
    ...insertOnly('forgettings'),
    'CREATE TABLE forgotten (position REAL PRIMARY KEY, forget_id TEXT NOT NULL)',
    ...insertOnly('forgotten'),
  ],
}

export async function forgottenPositions(db: PersonalDb): Promise<ReadonlySet<number>> {
  const rows = await db.selectFrom('forgotten').select('position').execute()
  return new Set(rows.map((row) => row.position))
}
