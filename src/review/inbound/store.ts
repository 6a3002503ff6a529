import { sql } from 'kysely'
import { type Db, insertOnly, type Schema, type Tx } from '../../kernel/database.ts'
import type { AppealTables } from '../appeals/index.ts'
import { isFromNotice } from '../cases/index.ts'

/** A promise to keep a notice: written before it is journaled, so that the same one sent again is known. No text of anybody. */
export interface FilingRow {
  notice_id: string
  at: number
  kind: string
  source_id: string
  content_hash: string
  actor: string
}

export interface InboundNoticeRow {
  notice_id: string
  /** When it came in. */
  at: number
  /** When it was taken in here; later than `at` for history that was imported. */
  recorded_at: number
  kind: string
  channel: string
  source_id: string
  external_id: string
  subject_type: string
  subject_id: string
  class: string
  reason: string
  /** JSON list of market codes that it concerns. */
  markets: string
  site: string | null
  due_at: number
  deadline_rule: string
  /** Journal position of its `report.filed`. */
  position: number
  cause: string
  actor: string
}

export interface InboundEventRow {
  inbound_event_id: string
  at: number
  notice_id: string
  type: string
  case_id: string | null
  outcome: string | null
  data: string
  cause: string
  actor: string
}

export interface ReplyRow {
  reply_id: string
  at: number
  notice_id: string
  /** `receipt`, `outcome`, `rejected` or `held`. */
  kind: string
  text: string
  cause: string
  actor: string
}

/** A source that may file with a token. The newest row of a source counts. */
export interface SourceRow {
  row_id: string
  at: number
  source_id: string
  name: string
  kinds: string
  country: string | null
  token_id: string | null
  ended: number
  actor: string
}

/** A measure against misuse (DSA art. 23), its lifting and the appeal against it. */
export interface MeasureRow {
  measure_id: string
  at: number
  source_id: string
  kind: string
  until: number | null
  reason: string
  data: string
  ref: string | null
  cause: string
  actor: string
}

/** How often something should come through a channel, as somebody declared it; null = measure it. The newest row counts. */
export interface ChannelRow {
  row_id: string
  at: number
  channel: string
  every_micros: number | null
  actor: string
}

export interface InboundTables extends AppealTables {
  inbound_filings: FilingRow
  inbound_notices: InboundNoticeRow
  inbound_events: InboundEventRow
  inbound_replies: ReplyRow
  inbound_sources: SourceRow
  inbound_measures: MeasureRow
  inbound_channels: ChannelRow
  inbound_contacts: { notice_id: string; name: string | null; email: string | null; language: string }
  inbound_receipts: { token_hash: string; notice_id: string; at: number }
  inbound_state: {
    notice_id: string
    status: string
    case_id: string | null
    outcome: string | null
    decided_at: number | null
  }
}

export type InboundDb = Db<InboundTables>
export type InboundTx = Tx<InboundTables>
type Either = InboundDb | InboundTx

/**
 * `inbound_state` is derived from `inbound_events` and can be dropped; contacts and receipts are personal data and secrets,
 * so they are no ledger: they can be deleted.
 */
export const inboundSchema: Schema = {
  room: 'inbound',
  statements: [
    'CREATE TABLE inbound_filings (notice_id TEXT PRIMARY KEY, at REAL NOT NULL, kind TEXT NOT NULL, source_id TEXT NOT NULL, content_hash TEXT NOT NULL, actor TEXT NOT NULL)',
    ...insertOnly('inbound_filings'),
    'CREATE TABLE inbound_notices (notice_id TEXT PRIMARY KEY, at REAL NOT NULL, recorded_at REAL NOT NULL, kind TEXT NOT NULL, channel TEXT NOT NULL, source_id TEXT NOT NULL, external_id TEXT NOT NULL, subject_type TEXT NOT NULL, subject_id TEXT NOT NULL, class TEXT NOT NULL, reason TEXT NOT NULL, markets TEXT NOT NULL, site TEXT, due_at REAL NOT NULL, deadline_rule TEXT NOT NULL, position REAL NOT NULL, cause TEXT NOT NULL, actor TEXT NOT NULL)',
    'CREATE INDEX inbound_notices_subject ON inbound_notices (subject_type, subject_id)',
    'CREATE INDEX inbound_notices_channel ON inbound_notices (channel, at)',
    'CREATE INDEX inbound_notices_source ON inbound_notices (source_id, at)',
    'CREATE INDEX inbound_notices_at ON inbound_notices (at)',
    ...insertOnly('inbound_notices'),
    'CREATE TABLE inbound_events (inbound_event_id TEXT PRIMARY KEY, at REAL NOT NULL, notice_id TEXT NOT NULL REFERENCES inbound_notices(notice_id), type TEXT NOT NULL, case_id TEXT, outcome TEXT, data TEXT NOT NULL, cause TEXT NOT NULL, actor TEXT NOT NULL)',
    'CREATE INDEX inbound_events_notice ON inbound_events (notice_id)',
    ...insertOnly('inbound_events'),
    'CREATE TABLE inbound_replies (reply_id TEXT PRIMARY KEY, at REAL NOT NULL, notice_id TEXT NOT NULL REFERENCES inbound_notices(notice_id), kind TEXT NOT NULL, text TEXT NOT NULL, cause TEXT NOT NULL, actor TEXT NOT NULL)',
    'CREATE INDEX inbound_replies_notice ON inbound_replies (notice_id)',
    ...insertOnly('inbound_replies'),
    'CREATE TABLE inbound_sources (row_id TEXT PRIMARY KEY, at REAL NOT NULL, source_id TEXT NOT NULL, name TEXT NOT NULL, kinds TEXT NOT NULL, country TEXT, token_id TEXT, ended INTEGER NOT NULL, actor TEXT NOT NULL)',
    ...insertOnly('inbound_sources'),
    'CREATE TABLE inbound_measures (measure_id TEXT PRIMARY KEY, at REAL NOT NULL, source_id TEXT NOT NULL, kind TEXT NOT NULL, until REAL, reason TEXT NOT NULL, data TEXT NOT NULL, ref TEXT REFERENCES inbound_measures(measure_id), cause TEXT NOT NULL, actor TEXT NOT NULL)',
    'CREATE INDEX inbound_measures_source ON inbound_measures (source_id, at)',
    ...insertOnly('inbound_measures'),
    'CREATE TABLE inbound_channels (row_id TEXT PRIMARY KEY, at REAL NOT NULL, channel TEXT NOT NULL, every_micros REAL, actor TEXT NOT NULL)',
    ...insertOnly('inbound_channels'),
    'CREATE TABLE inbound_contacts (notice_id TEXT PRIMARY KEY, name TEXT, email TEXT, language TEXT NOT NULL)',
    'CREATE TABLE inbound_receipts (token_hash TEXT PRIMARY KEY, notice_id TEXT NOT NULL, at REAL NOT NULL)',
    'CREATE INDEX inbound_receipts_notice ON inbound_receipts (notice_id)',
    'CREATE TABLE inbound_state (notice_id TEXT PRIMARY KEY, status TEXT NOT NULL, case_id TEXT, outcome TEXT, decided_at REAL)',
    'CREATE INDEX inbound_state_case ON inbound_state (case_id)',
    'CREATE INDEX inbound_state_status ON inbound_state (status)',
  ],
}

export type ListedNotice = InboundNoticeRow & Omit<InboundTables['inbound_state'], 'notice_id'>

const joined = (db: Either) =>
  db
    .selectFrom('inbound_notices')
    .innerJoin('inbound_state', 'inbound_state.notice_id', 'inbound_notices.notice_id')
    .selectAll('inbound_notices')
    .select(['inbound_state.status', 'inbound_state.case_id', 'inbound_state.outcome', 'inbound_state.decided_at'])

export interface NoticeFilter {
  readonly kind?: string | undefined
  readonly channel?: string | undefined
  readonly source?: string | undefined
  readonly caseId?: string | undefined
  readonly status?: 'open' | 'late' | 'done' | undefined
  readonly now: number
  readonly limit: number
  readonly after?: string | undefined
}

/** Undecided notices by deadline, others newest first; `after` is `<sort value>~<notice id>`. */
export async function listNotices(
  db: InboundDb,
  filter: NoticeFilter,
): Promise<{ items: ListedNotice[]; total: number }> {
  const waiting = filter.status === 'open' || filter.status === 'late'
  let query = joined(db)
  if (filter.kind) query = query.where('inbound_notices.kind', '=', filter.kind)
  if (filter.channel) query = query.where('inbound_notices.channel', '=', filter.channel)
  if (filter.source) query = query.where('inbound_notices.source_id', '=', filter.source)
  if (filter.caseId) query = query.where('inbound_state.case_id', '=', filter.caseId)
  if (waiting) query = query.where('inbound_state.status', 'in', ['received', 'held', 'case'])
  if (filter.status === 'done') query = query.where('inbound_state.status', 'not in', ['received', 'held', 'case'])
  if (filter.status === 'late') query = query.where('inbound_notices.due_at', '<', filter.now)
  const counted = await query
    .clearSelect()
    .select((count) => count.fn.countAll<number>().as('n'))
    .executeTakeFirst()
  if (filter.after) {
    const [value = '', id = ''] = filter.after.split('~')
    query = waiting
      ? query.where(sql<boolean>`(inbound_notices.due_at, inbound_notices.notice_id) > (${Number(value)}, ${id})`)
      : query.where(sql<boolean>`(inbound_notices.at, inbound_notices.notice_id) < (${Number(value)}, ${id})`)
  }
  query = waiting
    ? query.orderBy('inbound_notices.due_at').orderBy('inbound_notices.notice_id')
    : query.orderBy('inbound_notices.at', 'desc').orderBy('inbound_notices.notice_id', 'desc')
  return { items: await query.limit(filter.limit).execute(), total: Number(counted?.n ?? 0) }
}

export const findNotice = (db: Either, id: string): Promise<ListedNotice | undefined> =>
  joined(db).where('inbound_notices.notice_id', '=', id).executeTakeFirst()
export const noticesOfCase = (db: Either, caseId: string): Promise<ListedNotice[]> =>
  joined(db).where('inbound_state.case_id', '=', caseId).orderBy('inbound_notices.at').execute()
export const findFiling = (db: Either, id: string) =>
  db.selectFrom('inbound_filings').selectAll().where('notice_id', '=', id).executeTakeFirst()
export const knownNotice = async (tx: InboundTx, id: string): Promise<boolean> =>
  (await tx.selectFrom('inbound_notices').select('notice_id').where('notice_id', '=', id).executeTakeFirst()) !==
  undefined

/** The open case that an earlier notice on the same subject and of the same class went into. */
export const openBundle = (tx: InboundTx, about: { type: string; id: string; classId: string }) =>
  tx
    .selectFrom('inbound_notices')
    .innerJoin('inbound_state', 'inbound_state.notice_id', 'inbound_notices.notice_id')
    .innerJoin('case_state', 'case_state.case_id', 'inbound_state.case_id')
    .select('case_state.case_id')
    .where('inbound_notices.subject_type', '=', about.type)
    .where('inbound_notices.subject_id', '=', about.id)
    .where('inbound_notices.class', '=', about.classId)
    .where('inbound_state.status', '=', 'case')
    .where('case_state.status', '=', 'open')
    .executeTakeFirst()

export const setState = (tx: InboundTx, state: InboundTables['inbound_state']) =>
  tx
    .insertInto('inbound_state')
    .values(state)
    .onConflict((on) => on.column('notice_id').doUpdateSet(state))
    .execute()

export const eventsOf = (db: Either, id: string) =>
  db
    .selectFrom('inbound_events')
    .selectAll()
    .where('notice_id', '=', id)
    .orderBy('at')
    .orderBy('inbound_event_id')
    .execute()
export const repliesOf = (db: Either, id: string) =>
  db.selectFrom('inbound_replies').selectAll().where('notice_id', '=', id).orderBy('at').execute()
export const contactOf = (db: Either, id: string) =>
  db.selectFrom('inbound_contacts').selectAll().where('notice_id', '=', id).executeTakeFirst()
export const receiptFor = (db: Either, id: string, tokenHash: string) =>
  db
    .selectFrom('inbound_receipts')
    .selectAll()
    .where('notice_id', '=', id)
    .where('token_hash', '=', tokenHash)
    .executeTakeFirst()

/** Outcomes of a source by reason; `founded` 1, 0 or null. An appeal that overturned the case counts as what it said. */
export const outcomesOf = (db: Either, source: string) =>
  joined(db)
    .where('inbound_notices.source_id', '=', source)
    .where('inbound_state.outcome', 'is not', null)
    .clearSelect()
    .select(['inbound_notices.reason', 'inbound_state.outcome', 'inbound_state.decided_at'])
    .execute()

export const allOutcomes = (db: Either) =>
  db
    .selectFrom('inbound_notices')
    .innerJoin('inbound_state', 'inbound_state.notice_id', 'inbound_notices.notice_id')
    .where('inbound_state.outcome', 'in', ['action', 'no_action'])
    .select(['inbound_notices.kind', 'inbound_notices.source_id', 'inbound_state.outcome'])
    .execute()

/** The newest row of every source. */
export const sources = (db: Either) =>
  db
    .selectFrom('inbound_sources as s')
    .selectAll('s')
    .where(
      sql<boolean>`NOT EXISTS (SELECT 1 FROM inbound_sources n WHERE n.source_id = s.source_id AND (n.at, n.row_id) > (s.at, s.row_id))`,
    )
    .orderBy('s.name')
    .execute()

export const measuresOf = (db: Either, source: string) =>
  db
    .selectFrom('inbound_measures')
    .selectAll()
    .where('source_id', '=', source)
    .orderBy('at')
    .orderBy('measure_id')
    .execute()
export const allMeasures = (db: Either, limit: number) =>
  db
    .selectFrom('inbound_measures')
    .selectAll()
    .orderBy('at', 'desc')
    .orderBy('measure_id', 'desc')
    .limit(limit)
    .execute()
export const measureById = (db: Either, id: string) =>
  db.selectFrom('inbound_measures').selectAll().where('measure_id', '=', id).executeTakeFirst()

/**
 * The notice that brought a case up, as the transparency database asks: who sent it and when. Null when a strategy had opened the
 * case before any notice came: then we found it ourselves.
 */
export async function noticeBehind(db: InboundDb, caseId: string): Promise<{ from: string; at: number } | null> {
  const found = await db.selectFrom('cases').select(['at', 'cause']).where('case_id', '=', caseId).executeTakeFirst()
  const [first] = (await noticesOfCase(db, caseId)).filter(
    (notice) => notice.status !== 'withdrawn' && notice.status !== 'rejected',
  )
  if (!found || !first || (!isFromNotice(found) && found.at <= first.recorded_at)) return null
  return { from: first.kind === 'authority_order' ? 'authority' : first.kind, at: first.at }
}

export interface Period {
  readonly from: number
  readonly to: number
}

/** Notices of a period as the transparency report counts them. `country` is the registered one of the source. */
export async function reportedNotices(db: InboundDb, { from, to }: Period) {
  const countries = new Map((await sources(db)).map((row) => [row.source_id, row.country]))
  const rows = await joined(db)
    .leftJoin('inbound_events', (join) =>
      join
        .onRef('inbound_events.notice_id', '=', 'inbound_notices.notice_id')
        .on('inbound_events.type', '=', 'acknowledged'),
    )
    .select('inbound_events.at as acknowledged_at')
    .where('inbound_notices.at', '>=', from)
    .where('inbound_notices.at', '<', to)
    .execute()
  return rows.map((row) => ({ ...row, country: countries.get(row.source_id) ?? null }))
}

/** Sources that were suspended in a period. */
export const suspensionsIn = async (db: InboundDb, { from, to }: Period): Promise<number> =>
  (
    await db
      .selectFrom('inbound_measures')
      .select('source_id')
      .distinct()
      .where('kind', '=', 'suspended')
      .where('at', '>=', from)
      .where('at', '<', to)
      .execute()
  ).length

/** What happened to cases after a point in the ledger's news; `next` is where to go on. */
export async function caseNews(db: Either, seq: number, span: number) {
  const [last] = await db
    .selectFrom('news')
    .select((max) => max.fn.max('seq').as('seq'))
    .execute()
  const next = Math.min(Number(last?.seq ?? 0), seq + span)
  const rows =
    next <= seq
      ? []
      : await db
          .selectFrom('news')
          .select(['kind', 'row'])
          .where('seq', '>', seq)
          .where('seq', '<=', next)
          .where('kind', 'in', ['case_events', 'appeal_events'])
          .orderBy('seq')
          .execute()
  return { rows, next: Math.max(next, seq) }
}

/** Cases about the decision that an appeal is about. */
export const casesOfAppeal = (db: Either, appealId: string) =>
  db
    .selectFrom('appeals')
    .innerJoin('cases', 'cases.decision_id', 'appeals.root')
    .select('cases.case_id')
    .where('appeals.appeal_id', '=', appealId)
    .execute()

/** A complaint of a reporter; its cause is the case that it is about. */
export const reporterAppeal = (db: Either, appealId: string) =>
  db
    .selectFrom('appeals')
    .select(['cause', 'party_id'])
    .where('appeal_id', '=', appealId)
    .where('side', '=', 'reporter')
    .executeTakeFirst()

export const declaredCadences = (db: Either) =>
  db.selectFrom('inbound_channels').selectAll().orderBy('at').orderBy('row_id').execute()

/** Arrivals and decisions of every channel since a time, oldest first; history that was imported later says nothing here. */
export const channelTimes = (db: Either, since: number, slack: number) =>
  joined(db)
    .where(sql<boolean>`inbound_notices.recorded_at - inbound_notices.at < ${slack}`)
    .where((or) =>
      or.or([or('inbound_notices.at', '>=', since), or('inbound_state.status', 'in', ['received', 'held', 'case'])]),
    )
    .clearSelect()
    .select([
      'inbound_notices.channel',
      'inbound_notices.kind',
      'inbound_notices.at',
      'inbound_notices.due_at',
      'inbound_state.status',
      'inbound_state.decided_at',
    ])
    .orderBy('inbound_notices.at')
    .execute()

export const channelCounts = (db: Either) =>
  db
    .selectFrom('inbound_notices')
    .innerJoin('inbound_state', 'inbound_state.notice_id', 'inbound_notices.notice_id')
    .groupBy(['channel', 'kind'])
    .select([
      'channel',
      'kind',
      (count) => count.fn.countAll<number>().as('all'),
      (max) => max.fn.max('inbound_notices.at').as('last_at'),
    ])
    .select(sql<number>`SUM(CASE WHEN inbound_state.status IN ('received','held','case') THEN 1 ELSE 0 END)`.as('open'))
    .execute()

/** Notices that wait because their source is suspended. */
export const heldNotices = (db: Either, source: string) =>
  joined(db).where('inbound_notices.source_id', '=', source).where('inbound_state.status', '=', 'held').execute()
export const sourcesHeld = (db: Either) =>
  db
    .selectFrom('inbound_notices')
    .innerJoin('inbound_state', 'inbound_state.notice_id', 'inbound_notices.notice_id')
    .where('inbound_state.status', '=', 'held')
    .select('inbound_notices.source_id')
    .distinct()
    .execute()
