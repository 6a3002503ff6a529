import type { Enforcement, Rules } from '../../enforcement/actions/index.ts'
import type { Decided } from '../../judgement/decisions/index.ts'
import { problem, problemOf } from '../../kernel/problems.ts'
import type { Text } from '../../kernel/values.ts'
import { type DecidedAppeal, decideAppeal, isInvolved, mustFind } from './decide.ts'
import {
  appealStep,
  type Filing,
  type FilingReporter,
  type FilingSubject,
  fileAppeal,
  type Party,
  reporterStep,
} from './file.ts'
import type { AppealDecision } from './imposing.ts'
import { precisionEffect } from './precision.ts'
import { type Effects, inForce, type Root, rootOf, suspendedBy } from './roots.ts'
import * as store from './store.ts'

export type Appeals = ReturnType<typeof createAppeals>

export interface AppealsInput {
  readonly db: store.AppealDb
  readonly enforcement: Enforcement
  readonly rules: () => Rules
  readonly entryAt: (position: number) => Promise<Decided>
}

/** What one line of a bulk decision does, or why it is left out. */
export interface BulkLine {
  readonly appealId: string
  readonly restored: number
  readonly points: number
  readonly refused: { readonly code: string; readonly detail: Text } | null
}

/** What a person types to confirm a bulk decision. */
export const bulkPhrase = (outcome: string, count: number): string => `${outcome} ${count}`

/** Appeals of both sides, as plain functions of the acting party: for reviewers, for the API and for the seller's portal. */
export function createAppeals(input: AppealsInput) {
  const { db } = input

  async function preview(id: string, decided: AppealDecision, person: string): Promise<BulkLine> {
    try {
      const appeal = await mustFind(db, id)
      const root = await rootOf(db, appeal.root)
      const refused = refusalOf(appeal, root, { person, outcome: decided.outcome })
      const alive = await inForce(db, root)
      const back = refused === null && decided.outcome === 'overturned'
      return {
        appealId: id,
        restored: back ? alive.actions.length : 0,
        points: back ? alive.points.reduce((sum, entry) => sum + entry.points, 0) : 0,
        refused,
      }
    } catch (error) {
      return { appealId: id, restored: 0, points: 0, refused: refusedBy(error) }
    }
  }

  return {
    list: (filter: store.AppealFilter) => store.listAppeals(db, filter),
    on: (subject: { type: string; id: string }) => store.appealsOn(db, subject),
    find: (id: string) => mustFind(db, id),
    open: () => store.openAppeals(db),
    overdue: (now: number) => store.openAppeals(db, now),
    rootOf: (cause: string) => rootOf(db, cause),
    inForce: (root: Root): Promise<Effects> => inForce(db, root),
    suspendedBy: (id: string) => suspendedBy(db, id),
    precision: (labelId: string, strategies: readonly string[]) => precisionEffect(db, labelId, strategies),

    /** See {@link fileAppeal}. */
    file: (filing: Filing): Promise<store.AppealRow> => fileAppeal(input, filing),
    /** The level and chance that an appeal would have now, or why there is none. @throws not_found */
    step: (filing: Omit<FilingSubject, 'side'> & { now: number; evidence?: boolean }) => appealStep(input, filing),

    /** The same for whoever reported. @throws not_found, appeal_closed while the case has no outcome */
    reporterStep: (filing: Omit<FilingReporter, 'side'> & { now: number }) => reporterStep(input, filing),
    /** What a reporter filed about a case, oldest first. */
    ofReporter: (caseId: string, reporter: Party) => store.appealsOfReporter(db, caseId, reporter),

    /** See {@link decideAppeal}. */
    decide: (id: string, decided: AppealDecision, by: { id: string }, now: number): Promise<DecidedAppeal> =>
      decideAppeal(input, id, { decided, by, now }),

    /** What deciding many appeals alike would do to each, and which are left out and why. */
    previewMany: (ids: readonly string[], decided: AppealDecision, by: { id: string }): Promise<BulkLine[]> =>
      Promise.all([...new Set(ids)].map((id) => preview(id, decided, by.id))),

    /** Decides many alike, each in its own transaction. @throws invalid_input when what was typed does not fit. */
    async decideMany(
      ids: readonly string[],
      decided: AppealDecision,
      { by, now, confirm }: { by: { id: string }; now: number; confirm: string },
    ): Promise<BulkLine[]> {
      const unique = [...new Set(ids)]
      const phrase = bulkPhrase(decided.outcome, unique.length)
      if (confirm !== phrase)
        throw problem({
          code: 'invalid_input',
          field: 'confirm',
          value: confirm,
          detail: { zh: '确认文字不符', en: 'What was typed does not confirm it' },
          fix: { zh: `键入 ${phrase}`, en: `Type ${phrase}` },
        })
      const lines: BulkLine[] = []
      for (const id of unique)
        lines.push(
          await decideAppeal(input, id, { decided, by, now }).then(
            ({ restored, pointsReturned }) => ({
              appealId: id,
              restored: restored.length,
              points: pointsReturned,
              refused: null,
            }),
            (error: unknown) => ({ appealId: id, restored: 0, points: 0, refused: refusedBy(error) }),
          ),
        )
      return lines
    },
  }
}

function refusalOf(
  appeal: store.ListedAppeal,
  root: Root,
  { person, outcome }: { person: string; outcome: string },
): BulkLine['refused'] {
  if (appeal.outcome !== null)
    return { code: 'already_decided', detail: { zh: '申诉已经处理', en: 'The appeal is decided already' } }
  if (isInvolved(root, person))
    return { code: 'same_reviewer', detail: { zh: '须由另一位审核员处理', en: 'Another reviewer must decide' } }
  if (appeal.side === 'reporter' && outcome !== 'upheld')
    return {
      code: 'invalid_input',
      detail: {
        zh: '举报人申诉成立须写明处置，请逐个处理',
        en: 'What a reporter is right about needs an action: decide it by itself',
      },
    }
  return null
}

/** A refusal as a line shows it; what is no refusal is thrown on. */
function refusedBy(error: unknown): NonNullable<BulkLine['refused']> {
  const found = problemOf(error)
  if (!found) throw error
  return { code: found.code, detail: found.detail }
}
