import { type Db, insertOnly, record, type Schema } from '../../kernel/database.ts'
import { newId } from '../../kernel/ids.ts'
import type { Problem } from '../../kernel/problems.ts'

export interface QuarantineTables {
  quarantine: {
    quarantine_id: string
    at: number
    origin: string
    reason: string
    field: string | null
    value: string | null
    fix: string
    raw: string
  }
}

export const quarantineSchema: Schema = {
  room: 'quarantine',
  statements: [
    'CREATE TABLE quarantine (quarantine_id TEXT PRIMARY KEY, at REAL NOT NULL, origin TEXT NOT NULL, reason TEXT NOT NULL, field TEXT, value TEXT, fix TEXT NOT NULL, raw TEXT NOT NULL)',
    ...insertOnly('quarantine'),
  ],
}

/** Longest raw text that is kept of a refused item. */
const rawCharacters = 65_536

export interface Refused {
  readonly origin: string
  readonly problem: Problem
  readonly raw: unknown
}

/** What is refused is not lost: it lies here with its reason. */
export function createQuarantine(db: Db<QuarantineTables>) {
  return {
    async keep(refused: readonly Refused[], now: number): Promise<void> {
      if (refused.length === 0) return
      await db.transaction().execute(async (tx) => {
        for (const { origin, problem, raw } of refused) {
          const text = typeof raw === 'string' ? raw : asText(raw)
          await record(tx, 'quarantine', {
            quarantine_id: newId('qtn'),
            at: now,
            origin,
            reason: JSON.stringify(problem.detail),
            field: problem.field ?? null,
            value: problem.value === undefined ? null : String(problem.value).slice(0, 200),
            fix: JSON.stringify(problem.fix ?? null),
            raw: text.replaceAll('\u0000', '␀').slice(0, rawCharacters),
          })
        }
      })
    },
    list: (options: { limit: number; after?: string | undefined }) => {
      let query = db.selectFrom('quarantine').selectAll().orderBy('quarantine_id', 'desc').limit(options.limit)
      if (options.after) query = query.where('quarantine_id', '<', options.after)
      return query.execute()
    },
  }
}

/** JSON text of anything; what is nested too deep for that says so. */
function asText(raw: unknown): string {
  try {
    return JSON.stringify(raw) ?? 'null'
  } catch (error) {
    return `not kept: ${error instanceof Error ? error.message : error}`
  }
}

export type Quarantine = ReturnType<typeof createQuarantine>
