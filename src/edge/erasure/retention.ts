import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { DatabaseSync } from 'node:sqlite'
import { parse as parseYaml } from 'yaml'
import { erasedMark } from '../../insight/personal/index.ts'
import { day, nowMicros } from '../../kernel/time.ts'
import type { Text } from '../../kernel/values.ts'
import { eraseFiles, filesOver, sweepBlobs } from './blobs.ts'
import { eraseJournal, findPersonal, removeCopies, withStores } from './forget.ts'
import { liftTriggers, scour } from './state.ts'

/** How long a class is kept, in microseconds; null = forever. */
export type Retention = Readonly<Record<string, number | null>>

interface DataClass {
  readonly title: Text
  readonly table: string
  /** SQL condition of rows that are over; `?` is the cutoff in microseconds. */
  readonly over: string
  /** What becomes of them; absent = they are deleted. */
  readonly erase?: readonly string[]
}

const kept = (columns: readonly string[]) => columns.map((column) => `"${column}" <> '${erasedMark}'`).join(' OR ')

const erasing = (table: string, columns: readonly string[], title: Text): DataClass => ({
  title,
  table,
  over: `at < ? AND (${kept(columns)})`,
  erase: columns,
})

/** Classes in the state store. Events are in the journal and are erased there. */
const classes: Readonly<Record<string, DataClass>> = {
  quarantine: { title: { zh: '隔离区', en: 'Quarantine' }, table: 'quarantine', over: 'at < ?' },
  notices: erasing('notices', ['text'], { zh: '告知书正文', en: 'Texts of notices' }),
  appeals: erasing('appeals', ['text'], { zh: '申诉正文', en: 'Texts of appeals' }),
  documents: erasing('document_answers', ['text', 'documents'], { zh: '提交的材料', en: 'Documents sent by parties' }),
  contacts: {
    title: { zh: '通知人的联系方式', en: 'Contacts of notifiers' },
    table: 'inbound_contacts',
    over: 'notice_id IN (SELECT notice_id FROM inbound_filings WHERE at < ?) AND (name IS NOT NULL OR email IS NOT NULL)',
  },
  sessions: { title: { zh: '已结束的会话', en: 'Sessions that are over' }, table: 'sessions', over: 'expires_at < ?' },
}
export const personalClass = 'personal_events'
export const fileClass = 'files'
const fileTitle: Text = { zh: '上传的文件', en: 'Files that people sent' }
const personalTitle: Text = { zh: '事件中的个人信息', en: 'Personal data of events' }

const units: Readonly<Record<string, number>> = { day: day, month: 30 * day, year: 365 * day }

/** Reads `retention.yaml`; without the file everything is kept. @throws Error naming the class, the value and the fix. */
export function readRetention(packsFolder: string): Retention {
  const path = join(packsFolder, 'retention.yaml')
  if (!existsSync(path)) return {}
  const raw = (parseYaml(readFileSync(path, 'utf8')) ?? {}) as Record<string, unknown>
  const known = [personalClass, fileClass, 'audit', ...Object.keys(classes)]
  return Object.fromEntries(
    Object.entries(raw).map(([name, value]) => {
      if (!known.includes(name))
        throw new Error(`retention.yaml: there is no class "${name}"; classes: ${known.join(', ')}`)
      const keep = durationOf(name, value)
      if (name === 'audit' && keep !== null)
        throw new Error('retention.yaml: audit is a chain and is kept whole: write "audit: forever"')
      return [name, keep]
    }),
  )
}

function durationOf(name: string, value: unknown): number | null {
  if (value === 'forever') return null
  const [, count, unit] = /^(\d+) (day|month|year)s?$/.exec(String(value)) ?? []
  const size = units[unit ?? '']
  if (!size || Number(count) < 1)
    throw new Error(
      `retention.yaml: ${name}: "${String(value)}" is no time; write e.g. "90 days", "2 years" or "forever"`,
    )
  return Number(count) * size
}

export interface RetentionRow {
  readonly class: string
  readonly title: Text
  /** ISO date before which it is over; null = kept forever. */
  readonly before: string | null
  readonly over: number
}

/**
 * Counts what is over in every class and, unless `dryRun`, erases it from every store. The server must not run.
 * @throws Error when it does, or when the configuration is wrong.
 */
export function runRetention(
  folder: string,
  retention: Retention,
  { dryRun, now = nowMicros() }: { dryRun: boolean; now?: number },
): Promise<RetentionRow[]> {
  return withStores(folder, async (raw) => {
    const cutoff = (name: string): number | null => {
      const keep = retention[name] ?? null
      return keep === null ? null : now - keep
    }
    const personal = cutoff(personalClass)
    const erasing = { authored: false, wants: (entry: { loggedAt: number }) => entry.loggedAt < (personal ?? 0) }
    const files = filesOver(raw, {
      files: cutoff(fileClass),
      appeals: cutoff('appeals'),
      documents: cutoff('documents'),
    })
    const found = personal === null ? null : await findPersonal(folder, erasing)
    const rows: RetentionRow[] = [
      row(fileClass, fileTitle, cutoff(fileClass), files.length),
      row(personalClass, personalTitle, personal, found?.positions.length ?? 0),
      ...Object.entries(classes).map(([name, data]) =>
        row(name, data.title, cutoff(name), count(raw, data, cutoff(name))),
      ),
    ]
    if (dryRun || rows.every(({ over }) => over === 0)) return rows
    liftTriggers(raw, () => {
      eraseFiles(raw, files, { reason: 'retention', actor: 'retention', at: now })
      for (const [name, data] of Object.entries(classes)) eraseClass(raw, data, cutoff(name))
      const tombstone = raw.prepare('INSERT OR IGNORE INTO forgotten VALUES (?, ?)')
      for (const position of found?.positions ?? []) tombstone.run(position, 'retention')
    })
    scour(raw)
    removeCopies(folder)
    sweepBlobs(raw, folder)
    if (found && found.positions.length > 0) await eraseJournal(folder, erasing)
    return rows
  })
}

const row = (name: string, title: Text, cutoff: number | null, over: number): RetentionRow => ({
  class: name,
  title,
  before: cutoff === null ? null : new Date(cutoff / 1000).toISOString().slice(0, 10),
  over,
})

function count(raw: DatabaseSync, { table, over }: DataClass, cutoff: number | null): number {
  if (cutoff === null) return 0
  return Number(raw.prepare(`SELECT count(*) AS n FROM "${table}" WHERE ${over}`).get(cutoff)?.['n'] ?? 0)
}

/** Rows and the news that repeats them go together. */
function eraseClass(raw: DatabaseSync, { table, over, erase }: DataClass, cutoff: number | null): void {
  if (cutoff === null) return
  if (!erase) {
    raw.prepare(`DELETE FROM "${table}" WHERE ${over}`).run(cutoff)
    raw.prepare('DELETE FROM news WHERE kind = ? AND at < ?').run(table, cutoff)
    return
  }
  const mark = erase.map((column) => `"${column}" = '${erasedMark}'`).join(', ')
  raw.prepare(`UPDATE "${table}" SET ${mark} WHERE ${over}`).run(cutoff)
  const inside = erase.map((column) => `'$.${column}', '${erasedMark}'`).join(', ')
  raw.prepare(`UPDATE news SET row = json_set(row, ${inside}) WHERE kind = ? AND at < ?`).run(table, cutoff)
}
