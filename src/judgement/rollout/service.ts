import { record } from '../../kernel/database.ts'
import { derivedId, newId } from '../../kernel/ids.ts'
import { problem } from '../../kernel/problems.ts'
import type { Text } from '../../kernel/values.ts'
import type { RolloutState, Strategy } from '../../vocabulary/packs/index.ts'
import { cardsByRequest } from './cards.ts'
import { draftText, mustBeEntry, publishedText } from './check.ts'
import { type Composed, composePack, type FileStep, filesActor, type Ledger } from './compose.ts'
import { type By, createDrafts, personOf, type RolloutInput } from './drafts.ts'
import { identityOf, keyOf, raises, type Standing, secondPersonReason, transitions, type VersionName } from './model.ts'
import {
  answeredAlready,
  canaryNeedsShare,
  goneFromFiles,
  noRequest,
  notAStep,
  notReady,
  notRunning,
  notYours,
  noVersion,
  samePerson,
  wasRecalled,
} from './refusals.ts'
import * as store from './store.ts'

export type Rollout = ReturnType<typeof createRollout>

/** Drafts, their publication by two persons, and where every strategy version stands. */
export function createRollout(input: RolloutInput) {
  const { db, programs, load, reload, position, recalled } = input
  const drafts = createDrafts(input)
  const { mustFindPack, mustFindDraft, versionsOf, check, obstacles: obstaclesOf, cardObstacle } = drafts
  // One change after the other: each is checked against what the one before left.
  let turn: Promise<unknown> = Promise.resolve()
  function inTurn<Result>(step: () => Promise<Result>): Promise<Result> {
    const next = turn.catch(() => undefined).then(step)
    turn = next
    return next
  }

  async function standingOf(name: VersionName): Promise<{ standing: Standing; rows: store.RolloutRow[] }> {
    const rows = (await store.rolloutsOf(db, name.strategy)).filter((row) => row.version === name.version)
    return { standing: rows.at(-1)?.to_state ?? 'draft', rows }
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
    { why, card }: { why: Text | null; card?: string | undefined },
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
    await db.transaction().execute(async (tx) => {
      await record(tx, 'rollout_requests', request)
      const confirmed = { request_id: request.request_id, at: now, actor: principal.id }
      if (card !== undefined) await record(tx, 'confirmed_cards', { ...confirmed, trial_id: card })
    })
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
    ...drafts,

    /**
     * Asks for a draft to become a version in shadow; does it at once when no second person is needed. `card` is the
     * impact card that whoever asks has seen. @throws pack_invalid
     */
    publish: (id: string, asked: { reason: string; card?: string | undefined }, by: By) =>
      inTurn(async () => {
        const { reason, card } = asked
        const draft = await mustFindDraft(id)
        const checked = await check(draft)
        const missing = await obstaclesOf(draft, checked)
        const unseen = missing.length === 0 ? await cardObstacle(draft, checked, card) : null
        const [first, ...rest] = unseen ? [unseen] : missing
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
          { why: checked.second_person, card },
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
        if (raises(standing, to) && !running) throw notRunning(asked)
        const why =
          running && raises(standing, to) && !(await isApproved(asked)) ? secondPersonReason(running, policy) : null
        const request = await insertRequest(
          {
            ...{ kind: 'step', pack: last.pack, strategy, version, to_state: to, canary: asked.canary ?? null },
            ...{ draft_id: null, revision: null, identity: last.identity, reason: asked.reason },
          },
          { why },
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
    /** The impact cards that requests rest on, by request; a step, and what needs no card, has none. */
    cardsOf: async (requests: readonly { readonly request_id: string }[]) =>
      cardsByRequest(
        await store.confirmedCards(
          db,
          requests.map(({ request_id }) => request_id),
        ),
      ),
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
