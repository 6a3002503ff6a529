import { Value } from '@sinclair/typebox/value'
import type { Rules } from '../../enforcement/actions/index.ts'
import { actionStore } from '../../enforcement/actions/index.ts'
import type { Decided } from '../../judgement/decisions/index.ts'
import { mayChange, presentScopes, unscoped } from '../../kernel/access/index.ts'
import { newId } from '../../kernel/ids.ts'
import type { Principal } from '../../kernel/operation.ts'
import { problem } from '../../kernel/problems.ts'
import { inShare, stableHash } from '../../kernel/stable-hash.ts'
import { day } from '../../kernel/time.ts'
import type { CaseEventRow, CaseQuality, Cases, CaseTx, ListedCase } from '../cases/index.ts'
import { type Reviewer, refusalOf } from '../queues/index.ts'
import { breakOf, type Care, canBear, harmsOf, loadOf, plainCare } from './care.ts'
import { finds, type Settings, settingsSchema, stratumOf } from './model.ts'
import { differs } from './report.ts'
import { isDrawn } from './sampling.ts'
import * as store from './store.ts'

export type Quality = ReturnType<typeof createQuality>

export interface QualityInput {
  readonly db: store.QualityDb
  readonly rules: () => Rules
  /** The room that opens cases; asked for late, because it asks this room in turn. */
  readonly cases: () => Pick<Cases, 'assess' | 'entryAt' | 'placeFor' | 'routing'>
  readonly reviewerOf?: ((person: string) => Promise<Reviewer | null>) | undefined
}

const consumer = 'quality'

/** Judges judgements: known answers and second opinions blind in the stream, samples of what strategies decided; and care for who looks. */
export function createQuality({ db, rules, cases, reviewerOf }: QualityInput) {
  async function settings(tx: store.QualityDb | store.QualityTx = db): Promise<Settings> {
    const saved = await store.newestSettings(tx)
    return Value.Default(settingsSchema, saved === null ? {} : JSON.parse(saved)) as Settings
  }

  /** A golden item for this person now: the share of their decisions that falls due, of an item that they have not had and can judge. */
  async function golden(by: Principal): Promise<string | null> {
    const given = await store.goldenGiven(db, by.id)
    const waiting = given.find((row) => row.status === 'open')
    if (waiting) return waiting.case_id
    const { golden_share } = await settings()
    const turn = await store.decisionsOf(db, by.id)
    if (!inShare(`golden\0${by.id}\0${turn}`, golden_share)) return null
    const had = new Set(given.map((row) => row.cause))
    const reviewer = (await reviewerOf?.(by.id)) ?? null
    const items = (await store.activeGolden(db)).filter((item) => !had.has(item.golden_id) && item.actor !== by.id)
    // Everybody meets the items in an order of their own.
    for (const item of items.toSorted((a, b) => orderOf(by, a) - orderOf(by, b))) {
      const decided = await cases().entryAt(item.position)
      if (!mayDecide(decided)) continue
      const place = cases().placeFor(decided)
      if (refusalOf(cases().routing().queue(place.queue), place.language, reviewer)) continue
      if (await hasJudged(item.decision_id, by.id)) continue
      return db
        .transaction()
        .execute((tx) =>
          cases().assess(tx as unknown as CaseTx, decided, { purpose: 'golden', cause: item.golden_id, onlyBy: by.id }),
        )
    }
    return null
  }

  /** Whether who asks now may decide it: a case of more markets than theirs would wait for them for ever. */
  function mayDecide({ decision }: Decided): boolean {
    const scopes = presentScopes()
    return !scopes || mayChange(scopes, { site: decision.event.site, markets: Object.keys(decision.markets) })
  }

  const orderOf = (by: Principal, item: store.GoldenRow) => stableHash(`${by.id}\0${item.golden_id}`)

  async function hasJudged(decisionId: string, person: string): Promise<boolean> {
    const row = await db
      .selectFrom('cases')
      .innerJoin('case_events', 'case_events.case_id', 'cases.case_id')
      .where('cases.decision_id', '=', decisionId)
      .where('case_events.actor', '=', person)
      .select('cases.case_id')
      .executeTakeFirst()
    return row !== undefined
  }

  /** What a person decided today (the last 24 hours), newest first, as their load. */
  async function loadToday(person: string, now: number) {
    const known = await settings()
    // Harm wears the same person down wherever they saw it: no scope hides a part of it.
    const rows = await unscoped(() => store.decidedSince(db, person, now - day))
    const worked = rows.map((row) => ({
      at: Number(row.decided_at),
      policies: JSON.parse(row.policies) as string[],
    }))
    return { load: loadOf(worked, { settings: known, policy: (id) => rules().policy(id), now }), settings: known }
  }

  const port: CaseQuality = {
    instead: (by) => golden(by),
    async bearable(by, now) {
      const { load, settings: known } = await loadToday(by.id, now)
      return (policies) =>
        canBear(
          load,
          harmsOf(policies, (id) => rules().policy(id)),
          known,
        )
    },
    async closed(tx, found, decided) {
      const known = await settings(tx as unknown as store.QualityTx)
      if (found.purpose === undefined || found.purpose === 'work') await repeat(tx, found, { decided, known })
      else if (found.purpose === 'sample') await correct(tx, found, decided)
    },
  }

  /** A second opinion on a share of what people decide, by somebody else. */
  async function repeat(
    tx: CaseTx,
    found: ListedCase,
    { decided, known }: { decided: CaseEventRow; known: Settings },
  ): Promise<void> {
    if (!inShare(`second\0${decided.case_event_id}`, known.double_share)) return
    const entry = await cases().entryAt(found.position)
    await cases().assess(tx, entry, { purpose: 'second', cause: decided.case_event_id, notBy: decided.actor })
  }

  /** A sample that shows a mistake becomes work for somebody else: only that can change what was done. */
  async function correct(tx: CaseTx, found: ListedCase, decided: CaseEventRow): Promise<void> {
    const wrong = finds(decided.outcome ?? '') === (found.verdict === 'pass') && decided.outcome !== 'escalate'
    if (!wrong) return
    const entry = await cases().entryAt(found.position)
    await cases().assess(tx, entry, { purpose: 'work', cause: decided.case_event_id, notBy: decided.actor })
  }

  return {
    port,
    settings,
    isUntouched: async () => (await store.newestSettings(db)) === null,
    /** @throws invalid_input is the edge's: the schema is checked there. */
    async change(next: Settings, by: Principal, now: number): Promise<Settings> {
      const id = newId('qst')
      await store.insertSettings(db, {
        settings_id: id,
        at: now,
        settings: JSON.stringify(next),
        cause: id,
        actor: by.id,
      })
      return settings()
    },

    /** Journal consumer: draws the sample of what strategies decided, each decision once. */
    async applyDecisions(batch: readonly Decided[], next: number): Promise<void> {
      const { sample } = await settings()
      const drawn = batch.filter(({ decision }) => {
        const stratum = stratumOf(decision)
        return stratum !== null && isDrawn(decision.decision_id, sample[stratum])
      })
      await db.transaction().execute(async (tx) => {
        for (const decided of drawn)
          await cases().assess(tx as unknown as CaseTx, decided, {
            purpose: 'sample',
            cause: decided.decision.decision_id,
          })
        await actionStore.setApplied(tx as never, consumer, next)
      })
    },
    applied: () => actionStore.appliedPosition(db as never, consumer),

    golden: () => store.activeGolden(db),
    /** Puts a decided case into the stream as a known answer. @throws conflict when it is there already. */
    async addGolden(
      item: { found: ListedCase; outcome: string; policy: string | null; reason: string },
      by: Principal,
      now: number,
    ): Promise<string> {
      const there = (await store.activeGolden(db)).find((row) => row.decision_id === item.found.decision_id)
      if (there)
        throw problem({
          code: 'conflict',
          field: 'case_id',
          value: item.found.case_id,
          detail: { zh: '这一案件已是标准答案', en: 'This case is a golden item already' },
          fix: { zh: '先停用原有的一条', en: 'Retire the one that is there first' },
        })
      const id = newId('gld')
      await store.insertGolden(db, {
        golden_id: id,
        at: now,
        position: item.found.position,
        decision_id: item.found.decision_id,
        title: item.found.title,
        outcome: item.outcome,
        policy: item.policy,
        reason: item.reason,
        retires: null,
        cause: item.found.case_id,
        actor: by.id,
      })
      return id
    },
    /** Takes a known answer out of the stream; what was judged with it stays. @throws not_found, conflict. */
    async retireGolden(id: string, reason: string, by: { principal: Principal; now: number }): Promise<void> {
      const item = await store.goldenById(db, id)
      if (!item || item.retires !== null)
        throw problem({
          code: 'not_found',
          field: 'golden_id',
          value: id,
          detail: { zh: '没有这条标准答案', en: 'No such golden item' },
        })
      if (!(await store.activeGolden(db)).some((row) => row.golden_id === id))
        throw problem({
          code: 'conflict',
          field: 'golden_id',
          value: id,
          detail: { zh: '已停用', en: 'It is retired already' },
        })
      await store.insertGolden(db, {
        ...item,
        golden_id: newId('gld'),
        at: by.now,
        reason,
        retires: id,
        cause: id,
        actor: by.principal.id,
      })
    },

    judged: (span: { from: number; to: number }) => store.judgedBetween(db, span),
    appeals: (span: { from: number; to: number }) => store.appealsBetween(db, span),
    /** What was judged again, the different answers first, then newest first. */
    async items(span: { from: number; to: number }) {
      const rows = (await store.judgedBetween(db, span)).filter((row) => row.purpose !== 'work')
      return rows
        .map((row) => ({ ...row, different: differs(row) }))
        .sort((a, b) => Number(b.different ?? false) - Number(a.different ?? false) || b.decided_at - a.decided_at)
    },

    /** How a person is: what they saw today, whether to pause, and how they want to see harm. */
    async care(person: string, now: number) {
      const { load, settings: known } = await loadToday(person, now)
      const saved = await store.careOf(db, person)
      return {
        ...load,
        pause: breakOf(load, known),
        care: saved ? (JSON.parse(saved.care) as Care) : plainCare,
      }
    },
    setCare: (person: string, care: Care) => store.setCare(db, { user_id: person, care: JSON.stringify(care) }),
  }
}
