import type { Principal } from '../../kernel/operation.ts'
import { problem } from '../../kernel/problems.ts'
import { nowMicros } from '../../kernel/time.ts'
import { filesOf } from '../files/index.ts'
import { marksOn } from '../marks/index.ts'
import { plainRouting, refusalOf } from '../queues/index.ts'
import { bulkVerbs } from './bulk.ts'
import { createCredibility } from './credibility.ts'
import { decidingVerbs } from './deciding.ts'
import type { CasesInput, Room } from './effects.ts'
import { openingVerbs } from './opening.ts'
import { priorCredibility } from './priority.ts'
import * as store from './store.ts'
import { conflicted } from './store-waiting.ts'
import { takingVerbs } from './taking.ts'

export type Cases = ReturnType<typeof createCases>

/** Opens, places, leases, decides and undoes review cases. A decision takes effect when its undo time is over. */
export function createCases(input: CasesInput) {
  const { db } = input
  const measured = createCredibility(db)
  const others = input.credibilityOf ?? priorCredibility
  const room: Room = {
    ...input,
    routing: input.routing ?? (() => plainRouting),
    credibilityOf: (source) => (source.startsWith('strategy:') ? measured.of(source) : others(source)),
    freshen: measured.refresh,
    mustFind,
    mustBeFree,
  }

  async function mustFind(id: string, now: number): Promise<store.ListedCase> {
    const found = await store.findCase(db, id, now)
    if (!found)
      throw problem({
        code: 'not_found',
        field: 'case_id',
        value: id,
        detail: { zh: '没有这个案件', en: 'No such case' },
      })
    return found
  }

  async function mustBeFree(found: store.ListedCase, by: Principal): Promise<void> {
    const reviewer = (await input.reviewerOf?.(by.id)) ?? null
    const refusal = refusalOf(room.routing().queue(found.queue), found.language, reviewer)
    if (refusal) throw problem({ code: 'not_allowed', field: 'case_id', value: found.case_id, detail: refusal })
    if (found.not_by === by.id || (found.only_by ?? by.id) !== by.id)
      throw problem({
        code: 'same_reviewer',
        field: 'case_id',
        value: found.case_id,
        detail: { zh: '这个案件由另一位审核员处理', en: 'Another reviewer judges this case' },
      })
    const own = await conflicted(db, [found.case_id], by.id)
    const involved = await input.involvedIn?.([found.decision_id], by.id)
    if (own.size > 0 || involved?.has(found.decision_id))
      throw problem({
        code: 'same_reviewer',
        field: 'case_id',
        value: found.case_id,
        detail: {
          zh: '须由另一位审核员处理：你已升级、判定或申诉过同一事项',
          en: 'Another reviewer must decide: you passed it on, decided it or appealed it before',
        },
      })
  }

  return {
    ...openingVerbs(room),
    ...takingVerbs(room),
    ...decidingVerbs(room),
    ...bulkVerbs(room),
    list: (filter: store.CaseFilter) => store.listCases(db, filter),
    find: mustFind,
    events: (id: string) => store.eventsOfCase(db, id),
    /** Files that reviewers added. */
    files: (id: string) => filesOf(db, 'case', [id]),
    /** Regions that they marked on images. */
    marks: (id: string) => marksOn(db, 'case', [id]),
    entryAt: input.entryAt,
    routing: room.routing,
    on: (subject: { type: string; id: string }) => store.casesOn(db, subject, nowMicros()),
    similar: (found: store.ListedCase) =>
      store.similarCases(db, {
        caseId: found.case_id,
        decisionId: found.decision_id,
        policy: (JSON.parse(found.policies) as string[])[0] ?? '',
      }),
    /** True when this person must not see what was proposed: a blind queue, until the decision has taken effect. */
    hides: (found: Pick<store.ListedCase, 'queue' | 'status'>, reader: Principal): boolean =>
      found.status !== 'closed' && reader.permissions.has('case.decide') && room.routing().queue(found.queue).blind,
  }
}
