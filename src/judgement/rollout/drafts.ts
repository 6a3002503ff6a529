import { type FourEyes, personOf } from '../../kernel/access/index.ts'
import { record } from '../../kernel/database.ts'
import { derivedId, newId } from '../../kernel/ids.ts'
import type { Context } from '../../kernel/operation.ts'
import { problem } from '../../kernel/problems.ts'
import type { LoadedPack, Pack, PackCase, Strategy } from '../../vocabulary/packs/index.ts'
import type { ParseSql } from '../language/index.ts'
import type { Built, Programs } from '../strategies/index.ts'
import { cardOf, figuresOf, type KeptCard, type TrialSummary } from './cards.ts'
import { aboutDraft, caseKinds, checkDraft, draftText, packWith } from './check.ts'
import { createMemory } from './memory.ts'
import { conditionOf, type DraftCheck, identityOf, type Obstacle } from './model.ts'
import {
  cardBehind,
  cardStale,
  cardUnconfirmed,
  casesFailed,
  invalidDraft,
  noBacktest,
  noFiringCase,
  noTrap,
  sameText,
  staleRevision,
  versionTaken,
} from './refusals.ts'
import * as store from './store.ts'

export interface CaseRun {
  readonly passed: number
  readonly failures: readonly { readonly case: string; readonly trap: boolean; readonly diff: readonly string[] }[]
}

/** A run with a draft in the pack. `before`: the case fails without the draft, too, and does not keep it back. */
export interface DraftCaseRun {
  readonly passed: number
  readonly cases: readonly PackCase[]
  readonly failures: readonly (CaseRun['failures'][number] & { readonly before: boolean })[]
}

export interface RolloutInput {
  readonly db: store.RolloutDb
  /** Requests that wait for a second person. */
  readonly fourEyes: FourEyes
  readonly programs: () => Programs
  readonly parse: ParseSql
  /** Reads a set of files as a pack. */
  readonly load: (files: ReadonlyMap<string, string>) => LoadedPack
  /** Builds packs with the lists as they are, without putting them in charge. */
  readonly build: (packs: readonly Pack[]) => Promise<Built>
  readonly runCases: (pack: Pack) => Promise<CaseRun>
  /** The impact card of a condition. */
  readonly backtest: (asked: {
    when: string
    on: readonly string[]
    days?: number | undefined
  }) => Promise<TrialSummary>
  /** Puts what the ledger says in charge; resolves when it decides events. */
  readonly reload: () => Promise<unknown>
  /** End of the journal. */
  readonly position: () => number
  /** Whether a version was recalled: it never acts again. */
  readonly recalled: (strategy: string, version: number) => boolean
}

/** Who acts, when, and under which approval. */
export type By = Pick<Context, 'principal' | 'now' | 'requestId' | 'approved'>

export interface DraftInput {
  readonly pack: string
  /** YAML of one entry of strategies.yaml; or give `strategy`. */
  readonly text?: string | undefined
  readonly strategy?: Readonly<Record<string, unknown>> | undefined
  /** YAML like a file of cases. */
  readonly cases?: string | undefined
  readonly note?: string | undefined
}

/** Drafts: kept, checked, tried, and what is missing before they can be published. */
export function createDrafts(input: RolloutInput) {
  const { db, programs, parse, load, build, runCases, backtest } = input

  function mustFindPack(id: string): Pack {
    const found = programs().packs.find((pack) => pack.header.id === id)
    if (found) return found
    const known = programs().packs.map((pack) => pack.header.id)
    throw problem({
      code: 'not_found',
      field: 'pack',
      value: id,
      detail: { zh: `没有正在运行的规则包 "${id}"`, en: `No pack "${id}" is running` },
      fix: { zh: `可用：${known.join('、')}`, en: `One of: ${known.join(', ')}` },
    })
  }

  async function mustFindDraft(id: string): Promise<store.DraftRow> {
    const [newest] = await store.revisions(db, id)
    if (newest && !newest.closed) return newest
    throw problem({
      code: 'not_found',
      field: 'draft_id',
      value: id,
      detail: newest
        ? { zh: '草稿已被收起', en: 'This draft was put away' }
        : { zh: '没有这个草稿', en: 'No such draft' },
    })
  }

  async function insertDraft(
    row: Pick<store.DraftRow, 'draft_id' | 'revision' | 'pack' | 'text' | 'cases' | 'note' | 'closed'>,
    { principal, now }: By,
  ): Promise<void> {
    await db.transaction().execute((tx) =>
      record(tx, 'drafts', {
        ...row,
        revision_id: derivedId('rev', row.draft_id, row.revision),
        at: now,
        actor: principal.id,
        person: personOf(principal),
      }),
    )
  }

  type DraftWords = Pick<store.DraftRow, 'pack' | 'text' | 'cases'>
  const checks = createMemory<DraftCheck>()
  const runs = createMemory<DraftCaseRun>()
  /** What a check or a run of cases depends on. */
  const stateOf = (draft: DraftWords): string =>
    [programs().fingerprint, draft.pack, draft.text, draft.cases].join('\0')

  const check = (draft: DraftWords): Promise<DraftCheck> =>
    checks(stateOf(draft), () =>
      checkDraft({ packs: programs().packs, pack: mustFindPack(draft.pack), draft, load, build, parse }),
    )

  /** Every version of a strategy that ever left the draft, with its steps. */
  const versionsOf = async (strategy: string): Promise<Map<number, store.RolloutRow[]>> =>
    Map.groupBy(await store.rolloutsOf(db, strategy), (row) => row.version)

  const failing = createMemory<ReadonlySet<string>>()
  /** Cases of a running pack that fail as it is, for example because their strategy was taken back to shadow. */
  const failuresOf = (pack: Pack): Promise<ReadonlySet<string>> =>
    failing(pack.fingerprint, async () => new Set((await runCases(pack)).failures.map((failure) => failure.case)))

  /** Runs the cases of a draft and of its pack with the draft acting; `before` marks what fails without it, too. */
  const runDraftCases = (draft: DraftWords): Promise<DraftCaseRun> => runs(stateOf(draft), () => runAll(draft))

  async function runAll(draft: DraftWords): Promise<DraftCaseRun> {
    const pack = mustFindPack(draft.pack)
    const loaded = packWith(pack, draft, { as: 'live', load })
    if (loaded.pack === null) throw invalidDraft(loaded.problems)
    const { passed, failures } = await runCases(loaded.pack)
    const known = new Set(pack.cases.map((found) => JSON.stringify(found)))
    const own = loaded.pack.cases.filter((found) => !known.has(JSON.stringify(found)))
    const ownNames = new Set(own.map((found) => found.name))
    const before = failures.length > 0 ? await failuresOf(pack) : new Set<string>()
    return {
      passed,
      cases: loaded.pack.cases,
      failures: failures.map((failure) => ({
        ...failure,
        before: before.has(failure.case) && !ownNames.has(failure.case),
      })),
    }
  }

  /** Everything that keeps a draft from being published; empty = it may be asked for. */
  async function obstaclesOf(draft: store.DraftRow, checked: DraftCheck): Promise<Obstacle[]> {
    const { strategy, problems } = checked
    const { id, version } = aboutDraft(draft.text)
    const name = `${draft.pack}/${id}`
    const versions = await versionsOf(name)
    const newest = Math.max(0, ...versions.keys())
    if (id !== null && version !== null && version <= newest) return [versionTaken(id, newest)]
    if (!strategy || problems.length > 0)
      return [
        {
          code: 'invalid',
          message: problems[0]?.message ?? { zh: '草稿不合格', en: 'The draft is not valid' },
          fix: problems[0]?.fix ?? { zh: '改正后再发布', en: 'Mend it first' },
        },
      ]
    const found: Obstacle[] = []
    const running = programs().strategies.get(name)
    if (running && identityOf({ ...strategy, version: running.version }) === identityOf(plain(running)))
      found.push(sameText(running.version))
    const run = await runDraftCases(draft)
    const kinds = caseKinds(run.cases, strategy.id)
    if (kinds.firing === 0) found.push(noFiringCase(strategy.id))
    if (kinds.traps === 0) found.push(noTrap(strategy.id))
    const failures = run.failures.filter((failure) => !failure.before)
    if (failures.length > 0) found.push(casesFailed(failures))
    if (checked.needs_backtest && !(await cardFor(draft, checked))) found.push(noBacktest(checked.severity ?? ''))
    return found
  }

  /** The newest impact card of the condition as the draft has it now; null = none, or only of earlier conditions. */
  async function cardFor(draft: store.DraftRow, { strategy }: DraftCheck): Promise<KeptCard | null> {
    if (!strategy) return null
    const condition = conditionOf(strategy)
    const trial = (await store.trialsOf(db, draft.draft_id)).find((found) => found.condition === condition)
    return trial ? cardOf(trial) : null
  }

  /** What is wrong with the card that a request names; null = nothing. */
  async function cardObstacle(
    draft: store.DraftRow,
    checked: DraftCheck,
    card: string | undefined,
  ): Promise<Obstacle | null> {
    if (card === undefined) return checked.needs_backtest ? cardUnconfirmed(checked.severity ?? '') : null
    const trial = (await store.trialsOf(db, draft.draft_id)).find((found) => found.trial_id === card)
    const fits = trial !== undefined && checked.strategy && trial.condition === conditionOf(checked.strategy)
    if (!fits) return cardStale(card)
    return cardOf(trial).figures['caught_up'] === false ? cardBehind(card) : null
  }

  return {
    mustFindPack,
    mustFindDraft,
    versionsOf,
    check,
    obstacles: obstaclesOf,
    cardFor,
    cardObstacle,
    drafts: (filter: Parameters<typeof store.openDrafts>[1]) => store.openDrafts(db, filter),
    revisions: (id: string) => store.revisions(db, id),
    trialsOf: (id: string) => store.trialsOf(db, id),
    publishedFrom: (id: string) => store.publishedFrom(db, id),
    testDraft: async (id: string) => runDraftCases(await mustFindDraft(id)),

    /** Keeps a draft; it may still be wrong. @throws invalid_input, not_found */
    async createDraft(given: DraftInput, by: By): Promise<{ draft_id: string; revision: number }> {
      mustFindPack(given.pack)
      const draft_id = newId('draft')
      await insertDraft({ ...wordsOf(given), draft_id, revision: 1, pack: given.pack, closed: 0 }, by)
      return { draft_id, revision: 1 }
    },

    /** A new revision of a draft; `revision` is the one that was changed. @throws conflict when somebody else wrote since. */
    async reviseDraft(id: string, change: Omit<DraftInput, 'pack'> & { revision: number }, by: By) {
      const newest = await mustFindDraft(id)
      if (newest.revision !== change.revision) throw staleRevision(change.revision, newest.revision)
      const words = wordsOf({ pack: newest.pack, cases: newest.cases, note: newest.note, ...change })
      await insertDraft({ ...words, draft_id: id, revision: newest.revision + 1, pack: newest.pack, closed: 0 }, by)
      return { draft_id: id, revision: newest.revision + 1 }
    },

    async closeDraft(id: string, by: By): Promise<void> {
      const { draft_id, revision, pack, text, cases, note } = await mustFindDraft(id)
      await insertDraft({ draft_id, revision: revision + 1, pack, text, cases, note, closed: 1 }, by)
    },

    /** The impact card of a draft's condition; its figures are kept as `card_id`, which a request may confirm. */
    async tryDraft(id: string, days: number | undefined, { principal, now }: By) {
      const draft = await mustFindDraft(id)
      const { strategy, problems } = await check(draft)
      if (!strategy) throw invalidDraft(problems)
      const report = await backtest({ when: strategy.when, on: strategy.on, ...(days === undefined ? {} : { days }) })
      const card_id = newId('trial')
      await db.transaction().execute((tx) =>
        record(tx, 'draft_trials', {
          trial_id: card_id,
          draft_id: id,
          revision: draft.revision,
          condition: conditionOf(strategy),
          at: now,
          summary: JSON.stringify(figuresOf(report)),
          actor: principal.id,
        }),
      )
      return { card_id, ...report }
    },
  }
}

function wordsOf(given: DraftInput): Pick<store.DraftRow, 'text' | 'cases' | 'note'> {
  if ((given.text === undefined) === (given.strategy === undefined))
    throw problem({
      code: 'invalid_input',
      field: 'text',
      detail: { zh: 'text 与 strategy 须二选一', en: 'Give either text or strategy' },
      fix: { zh: 'text 为 YAML，strategy 为字段', en: 'text is YAML, strategy the same as fields' },
    })
  const text = given.text ?? draftText(given.strategy ?? {})
  if (text.length > 40_000 || (given.cases ?? '').length > 400_000)
    throw problem({
      code: 'too_large',
      field: text.length > 40_000 ? 'text' : 'cases',
      detail: { zh: '内容过长', en: 'The text is too long' },
    })
  return { text, cases: given.cases ?? '', note: given.note ?? '' }
}

/** A strategy as its text says it, without what building adds. */
function plain(strategy: Strategy): Strategy {
  const { id, version, title, policy, on, markets, when, verdict, mode, owner, evidence, actions } = strategy
  return {
    ...{ id, version, title, policy, on, markets, when, verdict, mode, owner },
    ...(evidence === undefined ? {} : { evidence }),
    ...(actions === undefined ? {} : { actions }),
  }
}
