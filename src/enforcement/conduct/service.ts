import { record } from '../../kernel/database.ts'
import { derivedId } from '../../kernel/ids.ts'
import { problem } from '../../kernel/problems.ts'
import { day, formatTime } from '../../kernel/time.ts'
import { actionStore, type Enforcement, type PointsRow, type Rules } from '../actions/index.ts'
import { findClass, type Ladder } from '../standing/index.ts'
import type { Party } from './model.ts'
import { type AskedQuestion, ask, type Marked, mark, type Quiz, quizFor } from './quiz.ts'
import type * as store from './store.ts'
import { standingView } from './view.ts'

export interface ConductInput {
  readonly db: store.ConductDb
  readonly enforcement: Enforcement
  readonly rules: () => Rules
  readonly quizzes: () => readonly Quiz[]
}

export interface Credit {
  readonly party: Party
  readonly class: string
  /** How many orders or other units. */
  readonly quantity: number | null
  readonly reason: string
  /** The same key credits once. */
  readonly key: string
}

/** The quiz about a violation and where it stands. */
export interface OfferedQuiz {
  readonly entryId: string
  readonly quiz: Quiz
  readonly questions: readonly AskedQuestion[]
  readonly points: number
  /** Microseconds; null = none. */
  readonly deadline: number | null
  readonly taken: Marked | null
}

export type Conduct = ReturnType<typeof createConduct>

/** The record of a party: what it lost and earned, and how it gets points back. Plain functions of the acting party. */
export function createConduct({ db, rules, quizzes }: ConductInput) {
  /** A violation that exists and, where somebody acts for a party, is theirs. @throws not_found */
  async function mustFind(entryId: string, acting: Party | null): Promise<{ entry: PointsRow; ladder: Ladder }> {
    const entry = await actionStore.pointsById(db as never, entryId)
    const ladder = entry && rules().ladder?.(entry.ladder)
    const theirs = acting === null || (entry?.party_type === acting.type && entry.party_id === acting.id)
    if (!entry || !ladder || !theirs || entry.type !== 'violation')
      throw problem({
        code: 'not_found',
        field: 'entry_id',
        value: entryId,
        detail: { zh: '没有这条扣分', en: 'No such violation' },
      })
    return { entry, ladder }
  }

  async function offer(entryId: string, acting: Party | null): Promise<OfferedQuiz> {
    const { entry, ladder } = await mustFind(entryId, acting)
    const quiz = ladder.quiz && quizFor(quizzes(), entry.class)
    if (!ladder.quiz || !quiz)
      throw problem({
        code: 'not_found',
        field: 'entry_id',
        value: entryId,
        detail: { zh: '这条扣分没有测验', en: 'There is no quiz for this violation' },
      })
    const measure = await actionStore.measureById(db as never, quizMeasure(entryId))
    const { deadlineDays } = ladder.quiz
    return {
      entryId,
      quiz,
      questions: ask(quiz, entryId),
      points: ladder.quiz.points.default,
      deadline: deadlineDays === undefined ? null : entry.at + deadlineDays * day,
      taken: measure ? (JSON.parse(measure.data) as Marked) : null,
    }
  }

  async function mustStand(entryId: string): Promise<void> {
    if (!(await actionStore.overturnedPoints(db as never, [entryId])).has(entryId)) return
    throw problem({
      code: 'conflict',
      field: 'entry_id',
      value: entryId,
      detail: { zh: '这条扣分已经撤销', en: 'This violation no longer counts' },
    })
  }

  return {
    /** Standing by ledger with tier, thresholds, sanctions, entries and what is open to the party. */
    view: (party: Party, now: number) => standingView({ db, rules: rules(), party, now, quizzes: quizzes() }),

    /** The quiz about a violation, without its answers. @throws not_found (also for the violation of somebody else). */
    quiz: offer,

    /**
     * Marks the answers to the quiz about a violation, once for each violation; all right gives points back.
     * @throws not_found, invalid_input naming what is not answered, too_late, conflict when it was taken before or nothing counts.
     */
    async answer(
      entryId: string,
      answers: Readonly<Record<string, string>>,
      { acting, by, now }: { acting: Party | null; by: { id: string }; now: number },
    ): Promise<Marked & { pointsReturned: number }> {
      const offered = await offer(entryId, acting)
      const { entry, ladder } = await mustFind(entryId, acting)
      await mustStand(entryId)
      checkAnswers(offered, answers)
      if (offered.deadline !== null && now >= offered.deadline)
        throw problem({
          code: 'too_late',
          field: 'entry_id',
          value: entryId,
          detail: {
            zh: `测验已于 ${formatTime(offered.deadline)} 截止`,
            en: `The quiz was open until ${formatTime(offered.deadline)}`,
          },
        })
      const marked = mark(offered.quiz, entryId, answers)
      const id = quizMeasure(entryId)
      return db.transaction().execute(async (tx) => {
        if (await actionStore.measureById(tx as never, id))
          throw problem({
            code: 'conflict',
            field: 'entry_id',
            value: entryId,
            detail: { zh: '每条扣分只有一次测验机会', en: 'There is one quiz for each violation' },
          })
        await record(tx, 'measures', {
          measure_id: id,
          at: now,
          type: 'quiz',
          target_type: entry.party_type,
          target_id: entry.party_id,
          reason: `${offered.quiz.id} ${marked.right}/${marked.total}`,
          data: JSON.stringify(marked),
          cause: entryId,
          actor: by.id,
        })
        if (!marked.perfect) return { ...marked, pointsReturned: 0 }
        const points = ladder.quiz?.points.default ?? 0
        await record(tx, 'points', {
          ...entry,
          entry_id: derivedId('pts', 'quiz', entryId),
          at: now,
          type: 'quiz',
          points,
          ref: null,
          about: entryId,
          joint_of: null,
          link_id: null,
          cause: id,
          actor: by.id,
        })
        return { ...marked, pointsReturned: points }
      })
    },

    /** A fault was mended within its cure window: it never counts. @throws not_found, too_late, conflict. */
    async cure(
      entryId: string,
      proof: string,
      { acting, by, now }: { acting: Party | null; by: { id: string }; now: number },
    ): Promise<void> {
      const { entry, ladder } = await mustFind(entryId, acting)
      await mustStand(entryId)
      const days = entry.cure_days ?? findClass(ladder, entry.class)?.cureDays ?? 0
      if (now >= entry.at + days * day)
        throw problem({
          code: 'too_late',
          field: 'entry_id',
          value: entryId,
          detail:
            days === 0
              ? { zh: '这类违规没有整改期', en: 'There is no cure window for this violation' }
              : { zh: `整改期为 ${days} 天，已过`, en: `The cure window of ${days} days is over` },
        })
      const id = derivedId('msr', 'cure', entryId)
      await db.transaction().execute(async (tx) => {
        await record(tx, 'measures', {
          measure_id: id,
          at: now,
          type: 'cure',
          target_type: entry.party_type,
          target_id: entry.party_id,
          reason: proof,
          data: '{}',
          cause: entryId,
          actor: by.id,
        })
        await record(tx, 'points', {
          ...entry,
          entry_id: derivedId('pts', 'inv', entryId),
          at: now,
          type: 'cured',
          ref: entryId,
          cause: id,
          actor: by.id,
        })
      })
    },

    /** Good conduct: a credit on the ladder of the party. @throws invalid_input naming the credits that the ladder knows. */
    async credit(wanted: Credit, by: { id: string }, now: number): Promise<PointsRow> {
      const { party } = wanted
      const id = rules().ladderOf(party.type)
      const ladder = rules().ladder?.(id ?? '')
      const found = ladder && findClass(ladder, wanted.class)
      if (!ladder || found?.type !== 'credit') {
        const known = (ladder?.classes ?? []).filter((each) => each.type === 'credit').map((each) => each.id)
        throw problem({
          code: 'invalid_input',
          field: 'class',
          value: wanted.class,
          detail: { zh: '没有这种加分', en: 'No such credit' },
          fix: { zh: `可用：${known.join('、')}`, en: `Use one of: ${known.join(', ') || 'none for this party'}` },
        })
      }
      const measure = derivedId('msr', 'credit', party.type, party.id, wanted.key)
      const entryId = derivedId('pts', measure)
      const before = await actionStore.pointsById(db as never, entryId)
      if (before) return before
      const row: PointsRow = {
        entry_id: entryId,
        at: now,
        ladder: ladder.id,
        party_type: party.type,
        party_id: party.id,
        type: 'credit',
        class: found.id,
        points: found.points.default,
        ref: null,
        policy: null,
        policy_version: null,
        quantity: wanted.quantity,
        cause: measure,
        actor: by.id,
      }
      await db.transaction().execute(async (tx) => {
        await record(tx, 'measures', {
          measure_id: measure,
          at: now,
          type: 'credit',
          target_type: party.type,
          target_id: party.id,
          reason: wanted.reason,
          data: JSON.stringify({ class: found.id, quantity: wanted.quantity, key: wanted.key }),
          cause: `${party.type}/${party.id}`,
          actor: by.id,
        })
        await record(tx, 'points', row)
      })
      return row
    },
  }
}

export const quizMeasure = (entryId: string): string => derivedId('msr', 'quiz', entryId)

/** @throws invalid_input naming the question that is not answered, or the answer that is no option. */
function checkAnswers({ questions }: OfferedQuiz, answers: Readonly<Record<string, string>>): void {
  const wrong = questions.find(({ id, options }) => !options.some((choice) => choice.id === answers[id]))
  if (!wrong) return
  throw problem({
    code: 'invalid_input',
    field: `answers.${wrong.id}`,
    value: answers[wrong.id] ?? null,
    detail: { zh: '每道题都要选一个选项', en: 'Every question needs one of its options' },
    fix: {
      zh: `可选：${wrong.options.map((choice) => choice.id).join('、')}`,
      en: `Use one of: ${wrong.options.map((choice) => choice.id).join(', ')}`,
    },
  })
}
