import { sql } from 'kysely'
import { type Db, insertOnly, type Schema, type Tx } from '../../kernel/database.ts'
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

/** Whoever asked for publication has seen this card. */
export interface ConfirmedRow {
  request_id: string
  trial_id: string
  at: number
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
  /** The request that it carries out, the step that it follows from, or the files of the pack. */
  cause: string
  actor: string
}

/** A step that was asked for. One that needs a second person waits for an answer. */
export interface RequestRow {
  request_id: string
  at: number
  kind: 'publish' | 'step'
  pack: string
  strategy: string
  version: number
  to_state: RolloutState
  canary: number | null
  draft_id: string | null
  revision: number | null
  identity: string
  needs_second: number
  /** Why it needs a second person, as JSON in both languages; empty when it does not. */
  why: string
  reason: string
  actor: string
  person: string
}

export interface AnswerRow {
  request_id: string
  at: number
  answer: 'approved' | 'rejected' | 'withdrawn'
  reason: string
  actor: string
  person: string
}

export interface RolloutTables {
  drafts: DraftRow
  draft_trials: TrialRow
  confirmed_cards: ConfirmedRow
  strategy_versions: PublishedRow
  rollouts: RolloutRow
  rollout_requests: RequestRow
  rollout_answers: AnswerRow
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
    'CREATE TABLE confirmed_cards (request_id TEXT PRIMARY KEY, trial_id TEXT NOT NULL REFERENCES draft_trials(trial_id), at REAL NOT NULL, actor TEXT NOT NULL)',
    ...insertOnly('confirmed_cards'),
  ],
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

/** The impact cards that these requests rest on. */
export const confirmedCards = (db: Reader, requests: readonly string[]) =>
  db
    .selectFrom('confirmed_cards')
    .innerJoin('draft_trials', 'draft_trials.trial_id', 'confirmed_cards.trial_id')
    .selectAll('draft_trials')
    .select(['confirmed_cards.request_id'])
    .where('confirmed_cards.request_id', 'in', requests)
    .execute()

/** The text of every version that ever left the draft, whether it came from the files or from the console. */
export const versionTexts = (db: Reader, strategy: string) =>
  db.selectFrom('strategy_versions').selectAll().where('strategy', '=', strategy).orderBy('version', 'desc').execute()
/** Every version that the console published. */
export const allPublished = (db: Reader) =>
  db.selectFrom('strategy_versions').selectAll().where('draft_id', '<>', '').orderBy(inOrder).execute()

/** Every step of every version, oldest first. */
export const allRollouts = (db: Reader) => db.selectFrom('rollouts').selectAll().orderBy(inOrder).execute()
export const rolloutsOf = (db: Reader, strategy: string) =>
  db.selectFrom('rollouts').selectAll().where('strategy', '=', strategy).orderBy(inOrder).execute()

export const findRequest = (db: Reader, id: string) =>
  db.selectFrom('rollout_requests').selectAll().where('request_id', '=', id).executeTakeFirst()
export const answerOf = (db: Reader, id: string) =>
  db.selectFrom('rollout_answers').selectAll().where('request_id', '=', id).executeTakeFirst()

/** Requests with their answers, newest first. */
export function requests(
  db: Reader,
  filter: {
    limit: number
    open?: boolean | undefined
    strategy?: string | undefined
    draft?: string | undefined
    after?: string | undefined
  },
) {
  let query = db
    .selectFrom('rollout_requests')
    .leftJoin('rollout_answers as answered', 'answered.request_id', 'rollout_requests.request_id')
    .selectAll('rollout_requests')
    .select([
      'answered.answer as answer',
      'answered.at as answered_at',
      'answered.actor as answered_by',
      'answered.reason as answer_reason',
    ])
    .orderBy('rollout_requests.at', 'desc')
    .orderBy('rollout_requests.request_id', 'desc')
    .limit(filter.limit)
  if (filter.open) query = query.where('needs_second', '=', 1).where('answered.request_id', 'is', null)
  if (filter.strategy !== undefined) query = query.where('strategy', '=', filter.strategy)
  if (filter.draft !== undefined) query = query.where('draft_id', '=', filter.draft)
  if (filter.after !== undefined) query = query.where('rollout_requests.at', '<', Number(filter.after))
  return query.execute()
}
