import { actionTitle } from '../../enforcement/actions/index.ts'
import { derivedId } from '../../kernel/ids.ts'
import type { Principal } from '../../kernel/operation.ts'
import { type Problem, problem, problemOf } from '../../kernel/problems.ts'
import { writeDecision } from './deciding.ts'
import { type CaseDecision, mustBeChoice, planOutcome, type Room } from './effects.ts'
import { undoMicros } from './model.ts'
import * as store from './store.ts'

export interface Bulk {
  /** The key of the caller: sent again, nothing is decided twice. */
  readonly bulkId: string
  readonly caseIds: readonly string[]
  readonly decided: CaseDecision
}

interface Refused {
  readonly case_id: string
  readonly title: string | null
  readonly problem: Problem
}

type Planned = Awaited<ReturnType<typeof planOutcome>> & { readonly found: store.ListedCase; readonly eventId: string }

/** Deciding many cases at once: first what it would do, then each exactly once. */
export function bulkVerbs(room: Room) {
  const { db, mustFind, mustBeFree, routing } = room

  async function look(bulk: Bulk, by: Principal, now: number) {
    const ready: Planned[] = []
    const done: string[] = []
    const refused: Refused[] = []
    for (const id of new Set(bulk.caseIds)) {
      const eventId = derivedId('cev', id, 'bulk', bulk.bulkId)
      const earlier = await store.caseEvent(db, eventId)
      if (earlier) {
        done.push(id)
        continue
      }
      let found: store.ListedCase | null = null
      try {
        found = await mustFind(id, now)
        await mustBeReady(found, bulk, by)
        const cause = { cause: eventId, actor: by.id, at: now }
        ready.push({ ...(await planOutcome(room, found, { decided: bulk.decided, by: cause })), found, eventId })
      } catch (error) {
        const wrong = problemOf(error)
        if (!wrong) throw error
        refused.push({ case_id: id, title: found?.title ?? null, problem: wrong })
      }
    }
    return { ready, done, refused }
  }

  async function mustBeReady(found: store.ListedCase, { decided }: Bulk, by: Principal): Promise<void> {
    const refuse = (code: 'already_decided' | 'not_leased' | 'not_allowed', zh: string, en: string) =>
      problem({ code, field: 'case_id', value: found.case_id, detail: { zh, en } })
    if (found.status !== 'open') throw refuse('already_decided', '案件已经判定', 'The case is decided already')
    if (found.holder !== null && found.holder !== by.id)
      throw refuse('not_leased', `${found.holder_name} 正在处理`, `${found.holder_name} holds this case`)
    if (routing().queue(found.queue).blind)
      throw refuse('not_allowed', '盲审队列须逐件判定', 'Cases of a blind queue are decided one by one')
    await mustBeFree(found, by)
    mustBeChoice(found, decided, room)
  }

  return {
    /** What a bulk decision would do, and the words that confirm it. Writes nothing. */
    async previewBulk(bulk: Bulk, by: Principal, now: number) {
      const { ready, done, refused } = await look(bulk, by, now)
      const kinds = new Map<string, number>()
      for (const { actions } of ready) for (const { kind } of actions) kinds.set(kind, (kinds.get(kind) ?? 0) + 1)
      return {
        cases: ready.length,
        done: done.length,
        refused,
        actions: [...kinds].map(([kind, count]) => ({ kind, title: actionTitle(kind), count })),
        points: ready.flatMap((one) => one.points).reduce((sum, entry) => sum + entry.points, 0),
        notices: ready.filter((one) => one.notice !== null).length,
        parties: new Set(ready.map(({ found }) => `${found.party_type}/${found.party_id}`)).size,
        confirm: confirmation(bulk, ready.length + done.length),
      }
    },

    /**
     * Decides every case that can be, all in one transaction, each once however often the same bulk is sent.
     * @throws invalid_input when the words typed do not name this outcome and this number of cases: something has changed since the preview.
     */
    async applyBulk(bulk: Bulk & { confirm: string }, by: Principal, now: number) {
      const { ready, done, refused } = await look(bulk, by, now)
      const expected = confirmation(bulk, ready.length + done.length)
      if (bulk.confirm.trim() !== expected)
        throw problem({
          code: 'invalid_input',
          field: 'confirm',
          value: bulk.confirm,
          detail: {
            zh: `确认文字不符：现在可判定 ${ready.length + done.length} 件`,
            en: `The confirmation does not fit: ${ready.length + done.length} cases can be decided now`,
          },
          fix: { zh: `再次预览后输入 "${expected}"`, en: `Look at the preview again, then type "${expected}"` },
        })
      await db.transaction().execute(async (tx) => {
        for (const { found, eventId, policy } of ready)
          await writeDecision(tx, found, { decided: bulk.decided, eventId, policy: policy?.id ?? null, by, now })
      })
      return {
        decided: [...ready.map(({ found }) => found.case_id), ...done],
        refused,
        effectiveAt: now + undoMicros,
      }
    },
  }
}

/** What a person types to confirm: outcome and number, so that neither is overlooked. */
const confirmation = ({ decided }: Bulk, cases: number): string => `${decided.outcome} ${cases}`
