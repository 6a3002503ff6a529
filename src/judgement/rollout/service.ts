import { record } from '../../kernel/database.ts'
import { derivedId, newId } from '../../kernel/ids.ts'
import type { Principal } from '../../kernel/operation.ts'
import { problem } from '../../kernel/problems.ts'
import type { Text } from '../../kernel/values.ts'
import type { LoadedPack, Pack, PackCase, RolloutState, Strategy } from '../../vocabulary/packs/index.ts'
import type { ParseSql } from '../language/index.ts'
import type { Built, Programs } from '../strategies/index.ts'
import { caseKinds, checkDraft, draftText, entryOfText, mustBeEntry, packWith, publishedText } from './check.ts'
import { type Composed, composePack, type FileStep, filesActor, type Ledger } from './compose.ts'
import {
  conditionOf,
  type DraftCheck,
  identityOf,
  keyOf,
  type Obstacle,
  raises,
  type Standing,
  secondPersonReason,
  transitions,
  type VersionName,
} from './model.ts'
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

export interface TrialSummary {
  readonly hits: number
  readonly events: number
}

export interface RolloutInput {
  readonly db: store.RolloutDb
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

export interface By {
  readonly principal: Principal
  readonly now: number
}

/** The person behind a principal: tokens count as whoever made them. */
export const personOf = (principal: Principal): string => principal.person ?? principal.id

export interface DraftInput {
  readonly pack: string
  /** YAML of one entry of strategies.yaml; or give `strategy`. */
  readonly text?: string | undefined
  readonly strategy?: Readonly<Record<string, unknown>> | undefined
  /** YAML like a file of cases. */
  readonly cases?: string | undefined
  readonly note?: string | undefined
}

export type Rollout = ReturnType<typeof createRollout>

/** Drafts, their publication by two persons, and where every strategy version stands. */
export function createRollout(input: RolloutInput) {
  const { db, programs, parse, load, build, runCases, backtest, reload, position, recalled } = input
  // One change after the other: each is checked against what the one before left.
  let turn: Promise<unknown> = Promise.resolve()
  function inTurn<Result>(step: () => Promise<Result>): Promise<Result> {
    const next = turn.catch(() => undefined).then(step)
    turn = next
    return next
  }

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

  async function standingOf(name: VersionName): Promise<{ standing: Standing; rows: store.RolloutRow[] }> {
    const rows = (await store.rolloutsOf(db, name.strategy)).filter((row) => row.version === name.version)
    return { standing: rows.at(-1)?.to_state ?? 'draft', rows }
  }

  /** Every version of a strategy that ever left the draft, with where it stands. */
  async function versionsOf(strategy: string): Promise<Map<number, store.RolloutRow[]>> {
    return Map.groupBy(await store.rolloutsOf(db, strategy), (row) => row.version)
  }

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
    if (checked.needs_backtest) {
      const condition = conditionOf(strategy)
      if (!(await store.trialsOf(db, draft.draft_id)).some((trial) => trial.condition === condition))
        found.push(noBacktest(checked.severity ?? ''))
    }
    return found
  }

  /** Records the steps that a request asks for, all or none, and puts them in charge. */
  async function carryOut(request: store.RequestRow, by: By): Promise<void> {
    const { rows, standing } = await standingOf(request)
    const steps = await stepsOf(request, standing)
    await db.transaction().execute(async (tx) => {
      for (const step of steps)
        await record(tx, 'rollouts', {
          ...step,
          rollout_id: newId('rol'),
          at: by.now,
          position: position(),
          actor: by.principal.id,
        })
      if (request.kind === 'publish' && rows.length === 0) await publishRow(tx, request, by)
    })
    await reload()
  }

  async function publishRow(tx: store.RolloutTx, request: store.RequestRow, by: By): Promise<void> {
    const draft = (await store.revisions(tx, request.draft_id ?? '')).find((row) => row.revision === request.revision)
    if (!draft) throw new Error(`the draft of request ${request.request_id} is gone`)
    const entry = mustBeEntry(draft.text)
    await record(tx, 'strategy_versions', {
      version_id: derivedId('ver', request.strategy, request.version),
      pack: request.pack,
      strategy: request.strategy,
      version: request.version,
      at: by.now,
      text: publishedText(entry as unknown as Strategy),
      cases: draft.cases,
      identity: request.identity,
      draft_id: draft.draft_id,
      cause: request.request_id,
      actor: by.principal.id,
    })
  }

  /** The step itself, and what follows from it: a version that goes live retires the one before it. */
  async function stepsOf(
    request: store.RequestRow,
    from: Standing,
  ): Promise<Omit<store.RolloutRow, 'rollout_id' | 'at' | 'position' | 'actor'>[]> {
    const { pack, strategy, version, to_state, canary, identity, reason, request_id } = request
    const steps = [{ pack, strategy, version, from_state: from, to_state, canary, identity, reason, cause: request_id }]
    if (to_state === 'live')
      for (const [other, rows] of await versionsOf(strategy)) {
        const last = rows.at(-1)
        if (other === version || last?.to_state !== 'live') continue
        steps.push({
          ...{ pack, strategy, version: other, from_state: 'live', to_state: 'retired' as RolloutState, canary: null },
          ...{ identity: last.identity, reason: `version ${version} took its place`, cause: request_id },
        })
      }
    return steps
  }

  async function insertRequest(
    row: Omit<store.RequestRow, 'request_id' | 'at' | 'actor' | 'person' | 'needs_second' | 'why'>,
    why: Text | null,
    { principal, now }: By,
  ): Promise<store.RequestRow> {
    const waiting = (await store.requests(db, { limit: 200, open: true, strategy: row.strategy })).find(
      (found) => found.version === row.version,
    )
    if (waiting)
      throw problem({
        code: 'conflict',
        field: 'request_id',
        value: waiting.request_id,
        detail: {
          zh: `${keyOf(row)} 已有待批准的申请`,
          en: `A request about ${keyOf(row)} waits for approval already`,
        },
        fix: { zh: '先批准、拒绝或撤回它', en: 'Approve, reject or withdraw that one first' },
      })
    const request: store.RequestRow = {
      ...row,
      request_id: newId('req'),
      at: now,
      needs_second: why ? 1 : 0,
      why: why ? JSON.stringify(why) : '',
      actor: principal.id,
      person: personOf(principal),
    }
    await db.transaction().execute((tx) => record(tx, 'rollout_requests', request))
    return request
  }

  /** Whether two persons have agreed on this version once: its text does not change, so that stays true. */
  const isApproved = async (name: VersionName): Promise<boolean> =>
    (await store.requests(db, { limit: 1000, strategy: name.strategy })).some(
      (found) => found.version === name.version && found.answer === 'approved',
    )

  /** `running`: how the version runs now; null = it does not (retired, or the files of its pack are not valid). */
  const outcomeOf = (request: store.RequestRow) => ({
    request_id: request.request_id,
    strategy: request.strategy,
    version: request.version,
    running: programs().versions.get(keyOf(request))?.mode ?? null,
  })

  async function askOrDo(request: store.RequestRow, by: By) {
    if (request.needs_second === 0) await carryOut(request, by)
    return { ...outcomeOf(request), status: request.needs_second === 1 ? 'waiting' : 'done' } as const
  }

  return {
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
      if (newest.revision !== change.revision)
        throw problem({
          code: 'conflict',
          field: 'revision',
          value: change.revision,
          detail: {
            zh: `草稿已经是第 ${newest.revision} 版，有人在你之后保存过`,
            en: `The draft is at revision ${newest.revision}: somebody saved it after you opened it`,
          },
          fix: { zh: '重新打开草稿再改', en: 'Open the draft again and make your change there' },
        })
      const words = wordsOf({ pack: newest.pack, cases: newest.cases, note: newest.note, ...change })
      await insertDraft({ ...words, draft_id: id, revision: newest.revision + 1, pack: newest.pack, closed: 0 }, by)
      return { draft_id: id, revision: newest.revision + 1 }
    },

    async closeDraft(id: string, by: By): Promise<void> {
      const { draft_id, revision, pack, text, cases, note } = await mustFindDraft(id)
      await insertDraft({ draft_id, revision: revision + 1, pack, text, cases, note, closed: 1 }, by)
    },

    drafts: (filter: Parameters<typeof store.openDrafts>[1]) => store.openDrafts(db, filter),
    mustFindDraft,
    revisions: (id: string) => store.revisions(db, id),
    trials: (id: string) => store.trialsOf(db, id),
    check,
    obstacles: obstaclesOf,
    testDraft: async (id: string) => runDraftCases(await mustFindDraft(id)),

    /** The impact card of a draft's condition; that somebody asked for it is kept. */
    async tryDraft(id: string, days: number | undefined, { principal, now }: By) {
      const draft = await mustFindDraft(id)
      const { strategy, problems } = await check(draft)
      if (!strategy) throw invalidDraft(problems)
      const report = await backtest({ when: strategy.when, on: strategy.on, ...(days === undefined ? {} : { days }) })
      await db.transaction().execute((tx) =>
        record(tx, 'draft_trials', {
          trial_id: newId('trial'),
          draft_id: id,
          revision: draft.revision,
          condition: conditionOf(strategy),
          at: now,
          summary: JSON.stringify({ hits: report.hits, events: report.events }),
          actor: principal.id,
        }),
      )
      return report
    },

    /** Asks for a draft to become a version in shadow; does it at once when no second person is needed. @throws pack_invalid */
    publish: (id: string, reason: string, by: By) =>
      inTurn(async () => {
        const draft = await mustFindDraft(id)
        const checked = await check(draft)
        const [first, ...rest] = await obstaclesOf(draft, checked)
        if (first || !checked.strategy) throw notReady(first ? [first, ...rest] : [])
        const { strategy } = checked
        const request = await insertRequest(
          {
            ...{
              kind: 'publish',
              pack: draft.pack,
              strategy: `${draft.pack}/${strategy.id}`,
              version: strategy.version,
            },
            ...{ to_state: 'shadow', canary: null, draft_id: id, revision: draft.revision, reason },
            identity: identityOf(strategy),
          },
          checked.second_person,
          by,
        )
        return askOrDo(request, by)
      }),

    /** Asks for the next step of a version. @throws not_found, conflict, invalid_input */
    step: (asked: VersionName & { to: RolloutState; canary?: number | undefined; reason: string }, by: By) =>
      inTurn(async () => {
        const { strategy, version, to } = asked
        const { standing, rows } = await standingOf(asked)
        const last = rows.at(-1)
        if (!last) throw noVersion(asked)
        if (!transitions[standing].includes(to)) throw notAStep(asked, standing)
        const hasText = (await store.versionTexts(db, strategy)).some(
          (row) => row.version === version && row.draft_id !== '',
        )
        if (standing === 'retired' && last.actor === filesActor && !hasText) throw goneFromFiles(asked)
        if ((to === 'canary') !== (asked.canary !== undefined)) throw canaryNeedsShare(asked)
        if (raises(standing, to) && recalled(strategy, version)) throw wasRecalled(asked)
        if (to === 'canary') await mustBeOnlyCanary(asked)
        const running = programs().versions.get(keyOf(asked))
        const pack = mustFindPack(last.pack)
        const policy = pack.policies.find((found) => found.id === running?.policy)
        const why =
          running && raises(standing, to) && !(await isApproved(asked)) ? secondPersonReason(running, policy) : null
        const request = await insertRequest(
          {
            ...{ kind: 'step', pack: last.pack, strategy, version, to_state: to, canary: asked.canary ?? null },
            ...{ draft_id: null, revision: null, identity: last.identity, reason: asked.reason },
          },
          why,
          by,
        )
        return askOrDo(request, by)
      }),

    /** Answers a request that waits. Approval must come from another person. @throws not_found, already_decided, same_person */
    answer: (id: string, asked: { answer: 'approved' | 'rejected' | 'withdrawn'; reason: string }, by: By) =>
      inTurn(async () => {
        const request = await store.findRequest(db, id)
        if (!request || request.needs_second === 0) throw noRequest(id)
        const earlier = await store.answerOf(db, id)
        if (earlier) throw answeredAlready(id, earlier.answer)
        const person = personOf(by.principal)
        if (asked.answer !== 'withdrawn' && person === request.person) throw samePerson(id)
        if (asked.answer === 'withdrawn' && person !== request.person) throw notYours(id)
        if (asked.answer === 'approved') await mustStillFit(request)
        await db.transaction().execute((tx) =>
          record(tx, 'rollout_answers', {
            request_id: id,
            at: by.now,
            answer: asked.answer,
            reason: asked.reason,
            actor: by.principal.id,
            person,
          }),
        )
        if (asked.answer === 'approved') await carryOut(request, by)
        return { ...outcomeOf(request), status: asked.answer === 'approved' ? 'done' : asked.answer }
      }),

    requests: (filter: Parameters<typeof store.requests>[1]) => store.requests(db, filter),
    versionTexts: (strategy: string) => store.versionTexts(db, strategy),
    rollouts: (strategy: string) => store.rolloutsOf(db, strategy),
    isApproved,

    /** What the ledger adds to the packs' own files. */
    ledger: async (): Promise<Ledger> => ({
      published: await store.allPublished(db),
      rollouts: await store.allRollouts(db),
    }),
    compose: (files: ReadonlyMap<string, string>, ledger: Ledger): Composed => composePack(files, ledger, load),
    /** Keeps the steps that the files of a pack asked for, once the pack is about to be in charge. */
    async keepFileSteps(steps: readonly FileStep[], { fingerprint, now }: { fingerprint: string; now: number }) {
      if (steps.length === 0) return
      await db.transaction().execute(async (tx) => {
        for (const { written, ...step } of steps) {
          await record(tx, 'rollouts', {
            ...step,
            rollout_id: newId('rol'),
            at: now,
            position: position(),
            reason: 'the files of the pack say so',
            cause: fingerprint,
            actor: filesActor,
          })
          if (written && step.from_state === 'draft')
            await record(tx, 'strategy_versions', {
              version_id: derivedId('ver', step.strategy, step.version),
              ...{ pack: step.pack, strategy: step.strategy, version: step.version, at: now },
              ...{ text: draftText(written), cases: '', identity: step.identity, draft_id: '' },
              ...{ cause: fingerprint, actor: filesActor },
            })
        }
      })
    },
  }

  async function mustBeOnlyCanary({ strategy, version }: VersionName): Promise<void> {
    for (const [other, rows] of await versionsOf(strategy))
      if (other !== version && rows.at(-1)?.to_state === 'canary')
        throw problem({
          code: 'conflict',
          field: 'version',
          value: version,
          detail: {
            zh: `版本 ${other} 正在灰度，一条策略同时只能有一个版本灰度`,
            en: `Version ${other} is in its canary; one version of a strategy at a time`,
          },
          fix: { zh: `先让版本 ${other} 退回空跑或上线`, en: `Take version ${other} live or back to shadow first` },
        })
  }

  /** Between request and approval the pack may have changed: what was asked for must still be possible. */
  async function mustStillFit(request: store.RequestRow): Promise<void> {
    if (request.kind === 'publish') {
      const draft = (await store.revisions(db, request.draft_id ?? '')).find((row) => row.revision === request.revision)
      if (!draft) throw noRequest(request.request_id)
      const obstacles = await obstaclesOf(draft, await check(draft))
      if (obstacles.length > 0) throw notReady(obstacles)
      return
    }
    const { standing } = await standingOf(request)
    if (!transitions[standing].includes(request.to_state))
      throw notAStep({ strategy: request.strategy, version: request.version, to: request.to_state }, standing)
    if (request.to_state === 'canary') await mustBeOnlyCanary(request)
  }
}

const mostRemembered = 50

/** Answers by what they depend on, so that opening a draft again costs nothing; failures are not kept. */
function createMemory<Answer>() {
  const known = new Map<string, Promise<Answer>>()
  return (key: string, make: () => Promise<Answer>): Promise<Answer> => {
    const found = known.get(key)
    if (found) return found
    const made = make()
    known.set(key, made)
    made.catch(() => known.delete(key))
    const [oldest] = known.keys()
    if (known.size > mostRemembered && oldest !== undefined) known.delete(oldest)
    return made
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

const versionTaken = (id: string, newest: number): Obstacle => ({
  code: 'version-taken',
  message: {
    zh: `"${id}" 已有版本 ${newest}，版本号须更大`,
    en: `"${id}" has a version ${newest} already; a version never changes its text`,
  },
  fix: { zh: `改为 "version: ${newest + 1}"`, en: `set "version: ${newest + 1}"` },
})

const sameText = (version: number): Obstacle => ({
  code: 'same-text',
  message: { zh: `与正在运行的版本 ${version} 完全相同`, en: `It says the same as version ${version}, which runs` },
  fix: { zh: '改动条件、结论、市场或处置', en: 'change its condition, verdict, markets or actions' },
})

const noFiringCase = (id: string): Obstacle => ({
  code: 'no-firing-case',
  message: { zh: '没有应当命中的案例', en: 'No case shows it firing' },
  fix: { zh: `添加一个案例：expect.strategies: [${id}]`, en: `add a case with expect.strategies: [${id}]` },
})

const noTrap = (id: string): Obstacle => ({
  code: 'no-trap',
  message: { zh: '没有陷阱案例（相似但不应命中）', en: 'No trap: a look-alike that it must leave alone' },
  fix: {
    zh: `添加一个案例：trap: true，expect.not_strategies: [${id}]`,
    en: `add a case with trap: true and expect.not_strategies: [${id}]`,
  },
})

const casesFailed = (failures: CaseRun['failures']): Obstacle => {
  const names = failures
    .slice(0, 3)
    .map((failure) => failure.case)
    .join(', ')
  return {
    code: 'cases-failed',
    message: { zh: `${failures.length} 个案例未通过：${names}`, en: `${failures.length} cases fail: ${names}` },
    fix: { zh: '运行案例，按差异修改', en: 'run the cases and look at the difference' },
  }
}

const noBacktest = (severity: string): Obstacle => ({
  code: 'no-backtest',
  message: {
    zh: `严重度 ${severity}：发布前须看过影响卡`,
    en: `Severity ${severity}: the impact card must have been seen`,
  },
  fix: { zh: '对这个条件运行一次回测', en: 'run the backtest of this condition once' },
})

function invalidDraft(problems: DraftCheck['problems']): Error {
  const [first] = problems
  return problem({
    code: 'pack_invalid',
    field: 'text',
    detail: first?.message ?? { zh: '草稿不合格', en: 'The draft is not valid' },
    ...(first ? { fix: first.fix } : {}),
    problems,
  })
}

function notReady(obstacles: readonly Obstacle[]): Error {
  const [first] = obstacles
  return problem({
    code: 'pack_invalid',
    field: 'draft_id',
    detail: first?.message ?? { zh: '草稿不合格', en: 'The draft is not valid' },
    ...(first ? { fix: first.fix } : {}),
    obstacles,
  })
}

const noVersion = ({ strategy, version }: VersionName): Error =>
  problem({
    code: 'not_found',
    field: 'version',
    value: version,
    detail: { zh: `没有 ${strategy} 的版本 ${version}`, en: `There is no version ${version} of ${strategy}` },
  })

function notAStep({ to, ...name }: VersionName & { to: RolloutState }, standing: Standing): Error {
  const next = transitions[standing]
  return problem({
    code: 'conflict',
    field: 'to',
    value: to,
    detail: {
      zh: `${keyOf(name)} 目前为 ${standing}，不能直接到 ${to}`,
      en: `${keyOf(name)} is ${standing}; ${to} does not follow from it`,
    },
    fix: { zh: `可选：${next.join('、')}`, en: `One of: ${next.join(', ')}` },
  })
}

const goneFromFiles = (name: VersionName): Error =>
  problem({
    code: 'conflict',
    field: 'version',
    value: name.version,
    detail: {
      zh: `${keyOf(name)} 已从规则包文件中删除`,
      en: `${keyOf(name)} is no longer in the files of its pack`,
    },
    fix: { zh: '把它放回文件，或发布一个新版本', en: 'Put it back into the files, or publish a new version' },
  })

const canaryNeedsShare = ({ canary }: { canary?: number | undefined }): Error =>
  problem({
    code: 'invalid_input',
    field: 'canary',
    value: canary ?? null,
    detail: { zh: '灰度（且只有灰度）需要对象百分比', en: 'A canary, and only a canary, has a share of subjects' },
    fix: { zh: '例如 canary: 10', en: 'e.g. canary: 10' },
  })

const wasRecalled = (name: VersionName): Error =>
  problem({
    code: 'conflict',
    field: 'version',
    value: name.version,
    detail: { zh: `${keyOf(name)} 已被召回，不再生效`, en: `${keyOf(name)} was recalled and never acts again` },
    fix: { zh: '发布一个新版本', en: 'Publish a new version' },
  })

const noRequest = (id: string): Error =>
  problem({
    code: 'not_found',
    field: 'request_id',
    value: id,
    detail: { zh: '没有这条待批准的申请', en: 'No such request waits for an answer' },
  })

const answeredAlready = (id: string, answer: string): Error =>
  problem({
    code: 'already_decided',
    field: 'request_id',
    value: id,
    detail: { zh: `申请已有答复：${answer}`, en: `The request was ${answer} already` },
  })

const samePerson = (id: string): Error =>
  problem({
    code: 'same_person',
    field: 'request_id',
    value: id,
    detail: {
      zh: '这是你自己的申请（令牌算作其创建者），须由另一个人批准',
      en: 'This is your own request (a token counts as whoever made it); another person must answer it',
    },
    fix: { zh: '请有审批权限的同事处理，或撤回', en: 'Ask a colleague who may approve, or withdraw it' },
  })

const notYours = (id: string): Error =>
  problem({
    code: 'not_allowed',
    field: 'request_id',
    value: id,
    detail: { zh: '只有申请人可以撤回', en: 'Only whoever asked can withdraw a request' },
    fix: { zh: '你可以拒绝它', en: 'You can reject it' },
  })

/** The strategy that a draft's text is about, as far as it can be read. */
export const aboutDraft = (text: string): { id: string | null; version: number | null; title: Text | null } => {
  const entry = entryOfText(text)
  const title = entry?.['title'] as Partial<Text> | undefined
  return {
    id: typeof entry?.['id'] === 'string' ? entry['id'] : null,
    version: typeof entry?.['version'] === 'number' ? entry['version'] : null,
    title: typeof title?.zh === 'string' && typeof title.en === 'string' ? { zh: title.zh, en: title.en } : null,
  }
}
