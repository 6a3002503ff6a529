import { sql } from 'kysely'
import { type Db, insertOnly, type Schema, type Tx } from '../../kernel/database.ts'
import { day } from '../../kernel/time.ts'
import type { RolloutState } from '../../vocabulary/packs/index.ts'

/** One revision of a draft; the newest one is the draft. */
export interface DraftRow {
  revision_id: string
  draft_id: string
  revision: number
  at: number
  pack: string
  /** YAML of one entry of strategies.yaml. */
  text: string
  /** YAML like a file of cases. */
  cases: string
  note: string
  /** 1 = put away. */
  closed: number
  actor: string
  /** The person behind the actor, also when a token wrote. */
  person: string
}

/** Somebody asked for the impact card of a draft. */
export interface TrialRow {
  trial_id: string
  draft_id: string
  revision: number
  condition: string
  at: number
  summary: string
  actor: string
}

/** A version of a strategy; its text never changes. */
export interface PublishedRow {
  version_id: string
  pack: string
  strategy: string
  version: number
  at: number
  text: string
  cases: string
  identity: string
  /** Empty for a version that the files of its pack brought. */
  draft_id: string
  cause: string
  actor: string
}

/** One step of a version; the last one says where it stands. */
export interface RolloutRow {
  rollout_id: string
  at: number
  pack: string
  strategy: string
  version: number
  from_state: string
  to_state: RolloutState
  canary: number | null
  identity: string
  reason: string
  /** End of the journal when it was recorded: events from here on are decided with it. */
  position: number
  /** The approval or the call that it carries out, or the files of the pack. */
  cause: string
  actor: string
}

export interface RolloutTables {
  drafts: DraftRow
  draft_trials: TrialRow
  strategy_versions: PublishedRow
  rollouts: RolloutRow
}

export type RolloutDb = Db<RolloutTables>
export type RolloutTx = Tx<RolloutTables>

export const rolloutSchema: Schema = {
  room: 'rollout',
  statements: [
    'CREATE TABLE drafts (revision_id TEXT PRIMARY KEY, draft_id TEXT NOT NULL, revision INTEGER NOT NULL, at REAL NOT NULL, pack TEXT NOT NULL, text TEXT NOT NULL, cases TEXT NOT NULL, note TEXT NOT NULL, closed INTEGER NOT NULL, actor TEXT NOT NULL, person TEXT NOT NULL, UNIQUE (draft_id, revision))',
    ...insertOnly('drafts'),
    'CREATE TABLE draft_trials (trial_id TEXT PRIMARY KEY, draft_id TEXT NOT NULL, revision INTEGER NOT NULL, condition TEXT NOT NULL, at REAL NOT NULL, summary TEXT NOT NULL, actor TEXT NOT NULL)',
    'CREATE INDEX draft_trials_draft ON draft_trials (draft_id)',
    ...insertOnly('draft_trials'),
    'CREATE TABLE strategy_versions (version_id TEXT PRIMARY KEY, pack TEXT NOT NULL, strategy TEXT NOT NULL, version INTEGER NOT NULL, at REAL NOT NULL, text TEXT NOT NULL, cases TEXT NOT NULL, identity TEXT NOT NULL, draft_id TEXT NOT NULL, cause TEXT NOT NULL, actor TEXT NOT NULL, UNIQUE (strategy, version))',
    ...insertOnly('strategy_versions'),
    'CREATE TABLE rollouts (rollout_id TEXT PRIMARY KEY, at REAL NOT NULL, pack TEXT NOT NULL, strategy TEXT NOT NULL, version INTEGER NOT NULL, from_state TEXT NOT NULL, to_state TEXT NOT NULL, canary REAL, identity TEXT NOT NULL, reason TEXT NOT NULL, position REAL NOT NULL, cause TEXT NOT NULL, actor TEXT NOT NULL)',
    'CREATE INDEX rollouts_strategy ON rollouts (strategy, version)',
    ...insertOnly('rollouts'),
    'CREATE TABLE rollout_requests (request_id TEXT PRIMARY KEY, at REAL NOT NULL, kind TEXT NOT NULL, pack TEXT NOT NULL, strategy TEXT NOT NULL, version INTEGER NOT NULL, to_state TEXT NOT NULL, canary REAL, draft_id TEXT, revision INTEGER, identity TEXT NOT NULL, needs_second INTEGER NOT NULL, why TEXT NOT NULL, reason TEXT NOT NULL, actor TEXT NOT NULL, person TEXT NOT NULL)',
    'CREATE INDEX rollout_requests_strategy ON rollout_requests (strategy)',
    ...insertOnly('rollout_requests'),
    'CREATE TABLE rollout_answers (request_id TEXT PRIMARY KEY REFERENCES rollout_requests(request_id), at REAL NOT NULL, answer TEXT NOT NULL, reason TEXT NOT NULL, actor TEXT NOT NULL, person TEXT NOT NULL)',
    ...insertOnly('rollout_answers'),
    ...requestsToApprovals(),
  ],
}

/** Requests for a second person were kept here once; the kernel keeps them now. What waits gets its full time there. */
function requestsToApprovals(): string[] {
  const input = `CASE kind WHEN 'publish' THEN json_object('draft_id', draft_id, 'revision', revision, 'reason', asked.reason)
    ELSE json_patch(json_object('pack', pack, 'strategy', substr(strategy, length(pack) + 2), 'version', version, 'to', to_state, 'reason', asked.reason), json_object('canary', canary)) END`
  return [
    `INSERT INTO approvals (approval_id, at, until, operation, permission, input, person, actor, about, why)
      SELECT asked.request_id, asked.at, CASE WHEN answered.request_id IS NULL THEN unixepoch('now') * 1e6 ELSE asked.at END + ${7 * day},
        CASE kind WHEN 'publish' THEN 'drafts.publish' ELSE 'strategies.step' END, 'strategy.approve', ${input},
        asked.person, asked.actor, strategy || '@' || version, why
      FROM rollout_requests asked LEFT JOIN rollout_answers answered USING (request_id) WHERE needs_second = 1`,
    `INSERT INTO approval_events (approval_id, at, outcome, note, actor)
      SELECT request_id, at, CASE answer WHEN 'rejected' THEN 'refused' ELSE answer END, reason, actor FROM rollout_answers`,
    'DROP TABLE rollout_answers',
    'DROP TABLE rollout_requests',
  ]
}

type Reader = RolloutDb | RolloutTx
const inOrder = sql<number>`rowid`

/** All revisions of a draft, newest first. */
export const revisions = (db: Reader, draft: string) =>
  db.selectFrom('drafts').selectAll().where('draft_id', '=', draft).orderBy('revision', 'desc').execute()

/** The newest revision of every draft that is neither put away nor published, newest first. */
export async function openDrafts(
  db: Reader,
  filter: { limit: number; after?: string | undefined; pack?: string | undefined },
) {
  let query = db
    .selectFrom('drafts')
    .selectAll('drafts')
    .where('closed', '=', 0)
    .where((inner) =>
      inner.not(
        inner.exists(
          inner
            .selectFrom('strategy_versions')
            .select('version_id')
            .whereRef('strategy_versions.draft_id', '=', 'drafts.draft_id'),
        ),
      ),
    )
    .where('revision', '=', (inner) =>
      inner
        .selectFrom('drafts as newer')
        .select((max) => max.fn.max('newer.revision').as('revision'))
        .whereRef('newer.draft_id', '=', 'drafts.draft_id'),
    )
    .orderBy('at', 'desc')
    .orderBy('draft_id', 'desc')
    .limit(filter.limit)
  if (filter.pack !== undefined) query = query.where('pack', '=', filter.pack)
  if (filter.after !== undefined) query = query.where('at', '<', Number(filter.after))
  return query.execute()
}

export const trialsOf = (db: Reader, draft: string) =>
  db.selectFrom('draft_trials').selectAll().where('draft_id', '=', draft).orderBy(inOrder, 'desc').execute()

/** The text of every version that ever left the draft, whether it came from the files or from the console. */
export const versionTexts = (db: Reader, strategy: string) =>
  db.selectFrom('strategy_versions').selectAll().where('strategy', '=', strategy).orderBy('version', 'desc').execute()
/** What became of a draft. */
export const publishedFrom = (db: Reader, draft: string) =>
  db.selectFrom('strategy_versions').selectAll().where('draft_id', '=', draft).executeTakeFirst()
/** Every version that the console published. */
export const allPublished = (db: Reader) =>
  db.selectFrom('strategy_versions').selectAll().where('draft_id', '<>', '').orderBy(inOrder).execute()

/** Every step of every version, oldest first. */
export const allRollouts = (db: Reader) => db.selectFrom('rollouts').selectAll().orderBy(inOrder).execute()
export const rolloutsOf = (db: Reader, strategy: string) =>
  db.selectFrom('rollouts').selectAll().where('strategy', '=', strategy).orderBy(inOrder).execute()
