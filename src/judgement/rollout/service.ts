import { record } from '../../kernel/database.ts'
import { derivedId, newId } from '../../kernel/ids.ts'
import { problem } from '../../kernel/problems.ts'
import { formatTime } from '../../kernel/time.ts'
import type { Text } from '../../kernel/values.ts'
import type { RolloutState, Strategy } from '../../vocabulary/packs/index.ts'
import { draftText, mustBeEntry, publishedText } from './check.ts'
import { type Composed, composePack, type FileStep, filesActor, type Ledger } from './compose.ts'
import { type By, createDrafts, type RolloutInput } from './drafts.ts'
import { identityOf, keyOf, raises, type Standing, secondPersonReason, transitions, type VersionName } from './model.ts'
import {
  canaryNeedsShare,
  goneFromFiles,
  notAStep,
  notReady,
  notRunning,
  noVersion,
  staleRevision,
  waitsAlready,
  wasRecalled,
} from './refusals.ts'
import * as store from './store.ts'

export type Rollout = ReturnType<typeof createRollout>

/** A step of a version that somebody asks for; with the draft when it is its first. */
type Change = Pick<
  store.RolloutRow,
  'pack' | 'strategy' | 'version' | 'to_state' | 'canary' | 'identity' | 'reason'
> & { readonly draft?: store.DraftRow }

/** Drafts, their publication by two persons, and where every strategy version stands. */
export function createRollout(input: RolloutInput) {
  const { db, fourEyes, programs, load, reload, position, recalled } = input
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

  /** Records a change and what follows from it, all or none, and puts it in charge. */
  async function carryOut(change: Change, by: By) {
    const { rows, standing } = await standingOf(change)
    const cause = by.approved?.approval_id ?? by.requestId
    const stamp = { at: by.now, cause, actor: by.principal.id }
    const steps = await stepsOf(change, standing)
    await by.approved?.record()
    await db.transaction().execute(async (tx) => {
      for (const step of steps)
        await record(tx, 'rollouts', { ...step, ...stamp, rollout_id: newId('rol'), position: position() })
      if (change.draft && rows.length === 0) await publishRow(tx, change, change.draft, stamp)
    })
    await reload()
    return { ...outcomeOf(change), status: 'done' } as const
  }

  async function publishRow(
    tx: store.RolloutTx,
    { pack, strategy, version, identity }: Change,
    { draft_id, text, cases }: store.DraftRow,
    stamp: Pick<store.PublishedRow, 'at' | 'cause' | 'actor'>,
  ): Promise<void> {
    await record(tx, 'strategy_versions', {
      ...{ version_id: derivedId('ver', strategy, version), pack, strategy, version, identity, draft_id, cases },
      ...{ ...stamp, text: publishedText(mustBeEntry(text) as unknown as Strategy) },
    })
  }

  /** The step itself, and what follows from it: a version that goes live retires the one before it. */
  async function stepsOf(
    { draft: _, ...change }: Change,
    from: Standing,
  ): Promise<Omit<store.RolloutRow, 'rollout_id' | 'at' | 'position' | 'actor' | 'cause'>[]> {
    const { pack, strategy, version, to_state } = change
    const steps = [{ ...change, from_state: from as string }]
    if (to_state === 'live')
      for (const [other, rows] of await versionsOf(strategy)) {
        const last = rows.at(-1)
        if (other === version || last?.to_state !== 'live') continue
        steps.push({
          ...{ pack, strategy, version: other, from_state: 'live', to_state: 'retired', canary: null },
          ...{ identity: last.identity, reason: `version ${version} took its place` },
        })
      }
    return steps
  }

  /** Whether two persons have agreed on this version once: its text does not change, so that stays true. */
  const isApproved = async (name: VersionName): Promise<boolean> =>
    (await fourEyes.list({ limit: 1000, about: keyOf(name) })).some((found) => found.outcome === 'approved')

  /** `running`: how the version runs now; null = it does not (retired, or the files of its pack are not valid). */
  const outcomeOf = ({ strategy, version }: VersionName) => ({
    strategy,
    version,
    running: programs().versions.get(keyOf({ strategy, version }))?.mode ?? null,
  })

  /** Does it, or asks a second person first when there is a reason to (`why`). */
  async function askOrDo(
    change: Change,
    { why, ...asked }: { why: Text | null; name: string; input: unknown },
    by: By,
  ) {
    if (by.approved) return carryOut(change, by)
    const about = keyOf(change)
    const [waiting] = await fourEyes.list({ limit: 1, about, openAt: by.now })
    if (waiting) throw waitsAlready(about, waiting.approval_id)
    if (!why) return carryOut(change, by)
    const { approval_id, until } = await fourEyes.request({ ...asked, permission: 'strategy.approve', about, why }, by)
    return { ...outcomeOf(change), status: 'waiting', pending: true, approval_id, until: formatTime(until) } as const
  }

  /** The draft to publish: the newest revision, or with an approval exactly the revision that was approved. */
  async function draftToPublish(id: string, revision: number | undefined, by: By): Promise<store.DraftRow> {
    if (by.approved) {
      const approved = (await store.revisions(db, id)).find((row) => row.revision === revision)
      if (approved) return approved
    }
    const newest = await mustFindDraft(id)
    if (revision !== undefined && revision !== newest.revision) throw staleRevision(revision, newest.revision)
    return newest
  }

  /** What the check found of a draft that nothing stands in the way of, its impact card included. @throws pack_invalid */
  async function mustBeReady(draft: store.DraftRow, card: string | undefined) {
    const checked = await check(draft)
    const missing = await obstaclesOf(draft, checked)
    const unseen = missing.length === 0 ? await cardObstacle(draft, checked, card) : null
    const obstacles = unseen ? [unseen] : missing
    if (obstacles.length > 0 || !checked.strategy) throw notReady(obstacles)
    return { ...checked, strategy: checked.strategy }
  }

  return {
    ...drafts,

    /**
     * Asks for a draft to become a version in shadow; does it at once when no second person is needed. `card` is the
     * impact card that whoever asks has seen. @throws pack_invalid, conflict
     */
    publish: (
      id: string,
      asked: { revision?: number | undefined; reason: string; card?: string | undefined },
      by: By,
    ) =>
      inTurn(async () => {
        const { revision, reason, card } = asked
        const draft = await draftToPublish(id, revision, by)
        const { strategy, second_person } = await mustBeReady(draft, card)
        const { pack } = draft
        const name = { pack, strategy: `${pack}/${strategy.id}`, version: strategy.version }
        const input = { draft_id: id, revision: draft.revision, reason, card_id: card }
        return askOrDo(
          { ...name, to_state: 'shadow', canary: null, identity: identityOf(strategy), reason, draft },
          { why: second_person, name: 'drafts.publish', input },
          by,
        )
      }),

    /** Asks for the next step of a version; does it at once when no second person is needed. @throws not_found, conflict, invalid_input */
    step: (asked: VersionName & { to: RolloutState; canary?: number | undefined; reason: string }, by: By) =>
      inTurn(async () => {
        const { strategy, version, to, reason, canary } = asked
        const { standing, rows } = await standingOf(asked)
        const last = rows.at(-1)
        if (!last) throw noVersion(asked)
        await mustBeAStep(asked, standing, last)
        const running = programs().versions.get(keyOf(asked))
        const { pack, identity } = last
        const policy = mustFindPack(pack).policies.find((found) => found.id === running?.policy)
        if (raises(standing, to) && !running) throw notRunning(asked)
        const why =
          running && raises(standing, to) && !(await isApproved(asked)) ? secondPersonReason(running, policy) : null
        const input = { pack, strategy: strategy.slice(pack.length + 1), version, to, canary, reason }
        return askOrDo(
          { pack, strategy, version, to_state: to, canary: canary ?? null, identity, reason },
          { why, name: 'strategies.step', input },
          by,
        )
      }),

    /** Requests about versions of a strategy, or made from a draft; newest first. */
    requests: (of: { strategy: string } | { draft: string }) =>
      fourEyes.list({
        limit: 100,
        ...('draft' in of ? { input: ['draft_id', of.draft] } : { about: { begins: `${of.strategy}@` } }),
      }),
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

  /** Whether the step is one that this version may take now; asked again when it is approved. */
  async function mustBeAStep(
    asked: VersionName & { to: RolloutState; canary?: number | undefined },
    standing: Standing,
    last: store.RolloutRow,
  ): Promise<void> {
    const { strategy, version, to } = asked
    if (!transitions[standing].includes(to)) throw notAStep(asked, standing)
    const hasText = (await store.versionTexts(db, strategy)).some(
      (row) => row.version === version && row.draft_id !== '',
    )
    if (standing === 'retired' && last.actor === filesActor && !hasText) throw goneFromFiles(asked)
    if ((to === 'canary') !== (asked.canary !== undefined)) throw canaryNeedsShare(asked)
    if (raises(standing, to) && recalled(strategy, version)) throw wasRecalled(asked)
    if (to === 'canary') await mustBeOnlyCanary(asked)
  }
}
