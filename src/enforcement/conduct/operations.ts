import { Type } from '@sinclair/typebox'
import { operation } from '../../kernel/operation.ts'
import { anything, listOf } from '../../kernel/paging.ts'
import { problem } from '../../kernel/problems.ts'
import { formatTime, parseTime } from '../../kernel/time.ts'
import { isLinkKind, type Links, linkKinds, otherSide } from './links.ts'
import type { Conduct, OfferedQuiz } from './service.ts'
import type { ListedLink } from './store.ts'

const party = Type.Object({
  type: Type.String({ minLength: 1, maxLength: 40 }),
  id: Type.String({ minLength: 1, maxLength: 200 }),
})
const entryId = Type.String({ maxLength: 600 })
const words = Type.String({ minLength: 1, maxLength: 4000 })

function linkView(row: ListedLink, me: { type: string; id: string }) {
  return {
    link_id: row.link_id,
    kind: row.kind,
    title: isLinkKind(row.kind) ? linkKinds[row.kind] : { zh: row.kind, en: row.kind },
    other: otherSide(row, me),
    evidence: row.evidence,
    since: formatTime(row.since),
    until: row.until === null ? null : formatTime(row.until),
    ended_at: row.ended_at === null ? null : formatTime(row.ended_at),
    mistaken: row.mistaken === 1,
    reason: row.end_reason,
    by: row.actor,
  }
}

/** Standing, education, good conduct, and the links between parties. */
export function conductOperations({ conduct, links }: { conduct: Conduct; links: Links }) {
  return [
    operation({
      name: 'standing.get',
      summary: { zh: '一方的积分、等级、处罚与关联', en: 'Standing of a party: points, tier, sanctions, links' },
      method: 'GET',
      path: '/v1/standing/:type/:id',
      permission: 'subject.read',
      scope: 'whole',
      input: Type.Object({ type: Type.String({ maxLength: 40 }), id: Type.String({ maxLength: 200 }) }),
      output: anything,
      run: async ({ now }, who) => ({
        party: who,
        ledgers: await conduct.view(who, now),
        links: (await links.of(who)).map((row) => linkView(row, who)),
      }),
    }),
    operation({
      name: 'standing.credit',
      summary: { zh: '记一笔良好经营（如正常履约订单）', en: 'Credit good conduct, such as orders kept' },
      method: 'POST',
      path: '/v1/standing/credits',
      permission: 'standing.write',
      scope: 'whole',
      errors: ['invalid_input'],
      input: Type.Object({
        party,
        class: Type.String({ minLength: 1, maxLength: 80 }),
        quantity: Type.Optional(Type.Number({ minimum: 0, description: 'how many orders or other units' })),
        reason: words,
        key: Type.String({ minLength: 1, maxLength: 120, description: 'the same key credits once' }),
      }),
      output: anything,
      run: async ({ principal, now }, { quantity = null, ...wanted }) => {
        const row = await conduct.credit({ ...wanted, quantity }, principal, now)
        return { entry_id: row.entry_id, class: row.class, ladder: row.ladder }
      },
    }),
    operation({
      name: 'quizzes.get',
      summary: { zh: '一条违规的测验题（不含答案）', en: 'The quiz about a violation, without its answers' },
      method: 'GET',
      path: '/v1/violations/:entry_id/quiz',
      permission: 'subject.read',
      scope: 'whole',
      errors: ['not_found'],
      input: Type.Object({ entry_id: entryId }),
      output: anything,
      run: async (_context, { entry_id }) => {
        return quizView(await conduct.quiz(entry_id, null))
      },
    }),
    operation({
      name: 'quizzes.answer',
      summary: {
        zh: '提交测验答案：每条违规一次，全对返还积分',
        en: 'Answer the quiz, once for each violation; all right gives points back',
      },
      method: 'POST',
      path: '/v1/violations/:entry_id/quiz',
      permission: 'standing.write',
      scope: 'whole',
      errors: ['not_found', 'invalid_input', 'too_late', 'conflict'],
      input: Type.Object({
        entry_id: entryId,
        answers: Type.Record(Type.String(), Type.String(), { description: 'question id → option id' }),
      }),
      output: anything,
      run: async ({ principal, now }, { entry_id, answers }) => {
        const { pointsReturned, ...marked } = await conduct.answer(entry_id, answers, {
          acting: null,
          by: principal,
          now,
        })
        return { ...marked, points_returned: pointsReturned }
      },
    }),
    operation({
      name: 'violations.cure',
      summary: { zh: '确认整改期内已改正：不再计分', en: 'A fault was mended within its cure window: it never counts' },
      method: 'POST',
      path: '/v1/violations/:entry_id/cure',
      permission: 'standing.write',
      scope: 'whole',
      errors: ['not_found', 'too_late', 'conflict'],
      input: Type.Object({ entry_id: entryId, proof: words }),
      output: anything,
      run: async ({ principal, now }, { entry_id, proof }) => {
        await conduct.cure(entry_id, proof, { acting: null, by: principal, now })
        return {}
      },
    }),
    operation({
      name: 'links.list',
      summary: { zh: '一方的关联关系', en: 'Links of a party' },
      method: 'GET',
      path: '/v1/links',
      permission: 'subject.read',
      scope: 'whole',
      input: Type.Object({ type: Type.String({ maxLength: 40 }), id: Type.String({ maxLength: 200 }) }),
      output: listOf,
      run: async (_context, who) => ({ items: (await links.of(who)).map((row) => linkView(row, who)), next: null }),
    }),
    operation({
      name: 'links.create',
      summary: { zh: '登记一条关联（附证据）', en: 'Note a link between two parties, with its evidence' },
      method: 'POST',
      path: '/v1/links',
      permission: 'standing.write',
      scope: 'whole',
      errors: ['invalid_input'],
      input: Type.Object({
        kind: Type.Union(
          Object.keys(linkKinds).map((kind) => Type.Literal(kind)),
          { description: `one of: ${Object.keys(linkKinds).join(', ')}` },
        ),
        a: party,
        b: party,
        evidence: words,
        since: Type.Optional(Type.String({ maxLength: 40, description: 'ISO time; now when left out' })),
        until: Type.Optional(Type.String({ maxLength: 40, description: 'ISO time' })),
      }),
      output: anything,
      run: async ({ principal, now }, { kind, since, until, ...wanted }) => {
        if (!isLinkKind(kind)) return {}
        const row = await links.link(
          { ...wanted, kind, since: timeOf('since', since) ?? now, until: timeOf('until', until) },
          principal,
          now,
        )
        return { link_id: row.link_id }
      },
    }),
    operation({
      name: 'links.end',
      summary: { zh: '结束关联；若属误判则退回连带记分', en: 'End a link; as a mistake, joint points are taken back' },
      method: 'POST',
      path: '/v1/links/:link_id/end',
      permission: 'standing.write',
      scope: 'whole',
      errors: ['not_found', 'conflict'],
      input: Type.Object({
        link_id: Type.String({ maxLength: 80 }),
        reason: words,
        mistaken: Type.Optional(Type.Boolean({ description: 'true = it never was' })),
      }),
      output: anything,
      run: async ({ principal, now }, { link_id, reason, mistaken = false }) => {
        const { pointsReturned } = await links.end(link_id, { reason, mistaken }, { by: principal, now })
        return { points_returned: pointsReturned }
      },
    }),
  ]
}

function timeOf(field: string, text: string | undefined): number | null {
  const found = text === undefined ? null : parseTime(text)
  if (text !== undefined && found === null)
    throw problem({
      code: 'invalid_input',
      field,
      value: text,
      detail: { zh: `${field} 不是 ISO 时间`, en: `${field} is not an ISO time` },
      fix: { zh: '例如 2026-01-01T00:00:00Z', en: 'For example 2026-01-01T00:00:00Z' },
    })
  return found
}

/** A quiz as whoever takes it sees it: without its answers. */
export const quizView = (offered: OfferedQuiz) => ({
  entry_id: offered.entryId,
  title: offered.quiz.title,
  points: offered.points,
  deadline: offered.deadline === null ? null : formatTime(offered.deadline),
  questions: offered.questions,
  taken: offered.taken,
})
