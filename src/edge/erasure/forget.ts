import { existsSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { DatabaseSync } from 'node:sqlite'
import {
  belongsTo,
  createRowEraser,
  eraseDecision,
  eraseEvent,
  erasureSchema,
  type Person,
} from '../../insight/personal/index.ts'
import { decode } from '../../judgement/decisions/index.ts'
import { newId } from '../../kernel/ids.ts'
import { nowMicros } from '../../kernel/time.ts'
import { type Entry, type Rewritten, rewriteJournal } from '../../perception/journal/index.ts'
import { fileSchema } from '../../review/files/index.ts'
import { removeFacts } from '../cli/facts.ts'
import { lockFolder, openFiles } from '../files.ts'
import { migrate, openSqlite } from '../sqlite.ts'
import { eraseFiles, filesOfPerson, sweepBlobs } from './blobs.ts'
import { emailsIn, type Notifier, notifierOf } from './notifier.ts'
import { eraseRows, liftTriggers, scour, tablesOf } from './state.ts'

export interface ForgetReport {
  readonly person: Person
  readonly dry_run: boolean
  /** Journal entries whose personal data is (or would be) taken out. */
  readonly events: number
  readonly values: number
  /** Rows of the state store by table. */
  readonly rows: Readonly<Record<string, number>>
}

/** Which events lose their personal data, and whether what people wrote goes as well. */
export interface Erasing {
  readonly authored: boolean
  wants(entry: Entry): boolean
}

interface Found {
  readonly positions: number[]
  readonly values: Set<string>
}

const encode = (value: unknown) => Buffer.from(JSON.stringify(value), 'utf8')

/** Reads the journal for what is to be erased, without changing anything. */
export async function findPersonal(folder: string, erasing: Erasing): Promise<Found> {
  const positions: number[] = []
  const values = new Set<string>()
  await eraseJournal(folder, erasing, (entry, erased) => {
    positions.push(entry.position)
    for (const value of erased) values.add(value)
    return false
  })
  return { positions, values }
}

/** Takes personal data out of journal entries; `seen` may keep an entry by answering false. Returns the changed positions. */
export function eraseJournal(
  folder: string,
  { wants, authored }: Erasing,
  seen: (entry: Entry, values: readonly string[]) => boolean = () => true,
): Promise<number[]> {
  const change = (entry: Entry): Rewritten | null => {
    if (!wants(entry)) return null
    const { event, decision } = decode(entry)
    const erased = eraseEvent(event, { authored })
    if (!erased || !seen(entry, erased.values)) return null
    const bytes = encode(erased.event)
    // A sender may write numbers shorter than JSON does here; then nothing of the data is kept.
    const whole = bytes.length <= (entry.records[0]?.bytes.length ?? 0)
    return [
      whole ? bytes : encode({ ...erased.event, data: {} }),
      entry.records.length > 1 ? encode(eraseDecision(decision, erased)) : null,
    ]
  }
  return rewriteJournal({ files: openFiles(), folder: join(folder, 'journal'), change })
}

/** Stores that repeat the journal: thrown away, and made again from what is left of it at the next start. */
export function removeCopies(folder: string): void {
  removeFacts(folder)
  for (const name of ['features.snapshot', 'features.snapshot.new']) rmSync(join(folder, name), { force: true })
  rmSync(join(folder, 'uploads'), { recursive: true, force: true })
}

/** Opens the stores of a folder that no server works on. @throws Error when one does, or there are none. */
export async function withStores<Answer>(
  folder: string,
  work: (raw: DatabaseSync) => Promise<Answer>,
): Promise<Answer> {
  if (!existsSync(join(folder, 'journal')))
    throw new Error(`there is no journal in ${folder}; set AEDILE_DATA to the data folder of the server`)
  const lock = lockFolder(folder)
  try {
    const { raw, close } = openSqlite(join(folder, 'state.sqlite'))
    try {
      // Made by the server as well: an older folder may lack what is asked here.
      migrate(raw, [erasureSchema, fileSchema])
      return await work(raw)
    } finally {
      close()
    }
  } finally {
    lock.release()
  }
}

export interface Forgetting {
  readonly dryRun: boolean
  readonly reason: string
  readonly actor: string
  /** Addresses of mail that the person says are theirs; those in their events are found without. */
  readonly emails?: readonly string[]
}

/**
 * Takes the personal data of one party out of every store: journal, state, and the copies made from them. Decisions,
 * actions and points stay, without what they were about. Notices that the party gave under an address of mail are theirs as well.
 * The server must not run; the same call again goes on where one stopped, because what the journal still holds is looked for first
 * and taken out last.
 */
export function forget(
  folder: string,
  person: Person,
  { dryRun, reason, actor, emails = [] }: Forgetting,
): Promise<ForgetReport> {
  return withStores(folder, async (raw) => {
    const own = await findPersonal(folder, erasingOf(person, []))
    const notifier = notifierOf(raw, person, [...emails, ...emailsIn(own.values)])
    const erasing = erasingOf(person, notifier.names)
    const found = notifier.names.length === 0 ? own : await findPersonal(folder, erasing)
    for (const email of emails) found.values.add(email)
    const rows = dryRun
      ? eraseState(raw, person, { found, notifier, dryRun, actor })
      : liftTriggers(raw, () => {
          const counts = eraseState(raw, person, { found, notifier, dryRun, actor })
          note(raw, person, { found, reason, actor })
          return counts
        })
    if (!dryRun) {
      scour(raw)
      removeCopies(folder)
      sweepBlobs(raw, folder)
      await eraseJournal(folder, erasing)
    }
    return { person, dry_run: dryRun, events: found.positions.length, values: found.values.size, rows }
  })
}

/** Events of the party, and the notices that it gave under other names. */
function erasingOf(person: Person, names: readonly string[]): Erasing {
  const people = [person, ...names.map((id) => ({ type: 'account', id }))]
  return {
    authored: true,
    wants(entry) {
      const { event } = decode(entry)
      return people.some((one) => belongsTo(event, one))
    },
  }
}

function eraseState(
  raw: DatabaseSync,
  person: Person,
  { found, notifier, dryRun, actor }: { found: Found; notifier: Notifier; dryRun: boolean; actor: string },
): Record<string, number> {
  const actions = raw.prepare('SELECT action_id FROM actions WHERE party_type = ? AND party_id = ?')
  const erase = createRowEraser({
    person,
    ...notifier,
    values: [...found.values],
    actions: new Set(actions.all(person.type, person.id).map((row) => String(row['action_id']))),
  })
  // First, while the rows still say whose they are.
  const files = filesOfPerson(raw, person, found.values)
  if (!dryRun) eraseFiles(raw, files, { reason: 'erased', actor, at: nowMicros() })
  const counts = tablesOf(raw).map((table) => [table, eraseRows(raw, table, { erase, dryRun })] as const)
  const accounts = closeAccounts(raw, person, dryRun)
  const own = [['users', accounts] as const, ['files', files.length] as const]
  return Object.fromEntries([...counts, ...own].filter(([, count]) => count > 0))
}

/** The portal account of the party goes: nobody signs in as somebody who is forgotten. */
function closeAccounts(raw: DatabaseSync, person: Person, dryRun: boolean): number {
  const where = 'party_type = ? AND party_id = ?'
  const count = raw.prepare(`SELECT count(*) AS n FROM users WHERE ${where}`).get(person.type, person.id)
  if (!dryRun)
    raw
      .prepare(
        `UPDATE users SET login = 'erased-' || user_id, name = '[erased]', secret = '', disabled = 1, preferences = '{}' WHERE ${where}`,
      )
      .run(person.type, person.id)
  return Number(count?.['n'] ?? 0)
}

/** Tombstones: who was forgotten, why, and which entries hold less than they did. */
function note(
  raw: DatabaseSync,
  person: Person,
  { found, reason, actor }: { found: Found; reason: string; actor: string },
): void {
  const id = newId('fgt')
  raw
    .prepare('INSERT INTO forgettings VALUES (?, ?, ?, ?, ?, ?)')
    .run(id, nowMicros(), person.type, person.id, reason, actor)
  const insert = raw.prepare('INSERT OR IGNORE INTO forgotten VALUES (?, ?)')
  for (const position of found.positions) insert.run(position, id)
}
