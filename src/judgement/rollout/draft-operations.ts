import { Type } from '@sinclair/typebox'
import { approvalView } from '../../kernel/access/index.ts'
import { operation } from '../../kernel/operation.ts'
import { anything, listOf, page, paging } from '../../kernel/paging.ts'
import { formatTime } from '../../kernel/time.ts'
import { cardOfRequest } from './cards.ts'
import { aboutDraft, casesOfText, entryOfText } from './check.ts'
import type { Rollout } from './service.ts'
import type { DraftRow } from './store.ts'

export const reason = Type.String({ minLength: 1, maxLength: 400, description: 'a sentence that the audit can show' })
const text = Type.Optional(Type.String({ maxLength: 40_000, description: 'YAML of one entry of strategies.yaml' }))
const strategy = Type.Optional(
  Type.Record(Type.String(), Type.Unknown(), { description: 'the same as fields, in place of text' }),
)
const cases = Type.Optional(Type.String({ maxLength: 400_000, description: 'YAML like a file of cases' }))
const note = Type.Optional(Type.String({ maxLength: 2000 }))

const draftRow = (row: DraftRow) => ({
  draft_id: row.draft_id,
  revision: row.revision,
  pack: row.pack,
  at: formatTime(row.at),
  actor: row.actor,
  note: row.note,
  ...aboutDraft(row.text),
})

/** Drafts: kept, checked, tried, published. */
export function draftOperations(rollout: Rollout) {
  return [
    operation({
      name: 'drafts.list',
      summary: { zh: '策略草稿', en: 'Drafts of strategies' },
      method: 'GET',
      path: '/v1/drafts',
      permission: 'pack.read',
      scope: 'shared',
      input: Type.Object({ ...paging, pack: Type.Optional(Type.String()) }),
      output: listOf,
      run: async (_context, { limit = 50, after, pack }) => {
        const rows = await rollout.drafts({ limit: limit + 1, after, pack })
        const { items, next } = page(rows, limit, (row) => String(row.at))
        return { items: items.map(draftRow), next }
      },
    }),
    operation({
      name: 'drafts.create',
      summary: { zh: '新建策略草稿', en: 'Write a draft of a strategy' },
      method: 'POST',
      path: '/v1/drafts',
      permission: 'strategy.draft',
      scope: 'whole',
      errors: ['invalid_input', 'not_found', 'too_large'],
      input: Type.Object({ pack: Type.String(), text, strategy, cases, note }),
      output: anything,
      run: async (context, given) => rollout.createDraft(given, context),
    }),
    operation({
      name: 'drafts.get',
      summary: {
        zh: '一个草稿：内容、检查结果、还差什么',
        en: 'One draft: text, what the check says, what is missing',
      },
      method: 'GET',
      path: '/v1/drafts/:draft_id',
      permission: 'pack.read',
      scope: 'shared',
      errors: ['not_found'],
      input: Type.Object({ draft_id: Type.String() }),
      output: anything,
      run: async (context, { draft_id }) => {
        const draft = await rollout.mustFindDraft(draft_id)
        const check = await rollout.check(draft)
        const [obstacles, card, revisions, trials, requests, published] = await Promise.all([
          rollout.obstacles(draft, check),
          rollout.cardFor(draft, check),
          rollout.revisions(draft_id),
          rollout.trialsOf(draft_id),
          rollout.requests({ draft: draft_id }),
          rollout.publishedFrom(draft_id),
        ])
        return {
          ...draftRow(draft),
          text: draft.text,
          cases: draft.cases,
          strategy: entryOfText(draft.text),
          case_list: casesOfText(draft.cases),
          check: { ...check, strategy: undefined },
          obstacles,
          revisions: revisions.map((row) => ({ revision: row.revision, at: formatTime(row.at), actor: row.actor })),
          card,
          requests: requests
            .map((row) => approvalView(row, context))
            .map((request) => ({ ...request, card: cardOfRequest(request.input, trials) })),
          /** The version that came of it. */
          published: published ? { strategy: published.strategy, version: published.version } : null,
        }
      },
    }),
    operation({
      name: 'drafts.revise',
      summary: { zh: '保存草稿的新一版', en: 'Save a new revision of a draft' },
      method: 'PUT',
      path: '/v1/drafts/:draft_id',
      permission: 'strategy.draft',
      scope: 'whole',
      errors: ['invalid_input', 'not_found', 'conflict', 'too_large'],
      input: Type.Object({
        draft_id: Type.String(),
        revision: Type.Integer({ minimum: 1, description: 'the revision that was changed' }),
        ...{ text, strategy, cases, note },
      }),
      output: anything,
      run: async (context, { draft_id, ...change }) => rollout.reviseDraft(draft_id, change, context),
    }),
    operation({
      name: 'drafts.close',
      summary: { zh: '收起草稿', en: 'Put a draft away' },
      method: 'DELETE',
      path: '/v1/drafts/:draft_id',
      permission: 'strategy.draft',
      scope: 'whole',
      errors: ['not_found'],
      input: Type.Object({ draft_id: Type.String() }),
      output: anything,
      run: async (context, { draft_id }) => {
        await rollout.closeDraft(draft_id, context)
        return {}
      },
    }),
    operation({
      name: 'drafts.test',
      summary: { zh: '运行草稿与其规则包的案例', en: 'Run the cases of a draft and of its pack' },
      method: 'POST',
      path: '/v1/drafts/:draft_id/test',
      permission: 'pack.test',
      scope: 'whole',
      audited: false,
      errors: ['not_found', 'pack_invalid'],
      input: Type.Object({ draft_id: Type.String() }),
      output: anything,
      run: async (_context, { draft_id }) => {
        const { passed, failures } = await rollout.testDraft(draft_id)
        return { passed, failed: failures.length, failures: failures.map(({ ...failure }) => failure) }
      },
    }),
    operation({
      name: 'drafts.backtest',
      summary: { zh: '草稿的影响卡', en: 'The impact card of a draft' },
      method: 'POST',
      path: '/v1/drafts/:draft_id/backtest',
      permission: 'strategy.try',
      scope: 'whole',
      errors: ['not_found', 'pack_invalid', 'expression_refused', 'sql_timeout', 'sql_memory'],
      input: Type.Object({
        draft_id: Type.String(),
        days: Type.Optional(Type.Integer({ minimum: 1, maximum: 4000 })),
      }),
      output: anything,
      run: async (context, { draft_id, days }) => ({
        ...(await rollout.tryDraft(draft_id, days, context)),
      }),
    }),
    operation({
      name: 'drafts.publish',
      summary: {
        zh: '发布草稿（进入空跑；高风险须第二人批准）',
        en: 'Publish a draft into shadow; a second person approves what can hurt',
      },
      method: 'POST',
      path: '/v1/drafts/:draft_id/publish',
      permission: 'strategy.publish',
      scope: 'whole',
      fourEyes: 'own',
      errors: ['not_found', 'pack_invalid', 'conflict'],
      input: Type.Object({
        draft_id: Type.String(),
        revision: Type.Optional(
          Type.Integer({ minimum: 1, description: 'the revision that is meant; refused when there is a newer one' }),
        ),
        reason,
        card_id: Type.Optional(
          Type.String({ description: 'the impact card that you have seen, of the condition as it is now' }),
        ),
      }),
      output: anything,
      run: async (context, { draft_id, card_id, ...asked }) =>
        rollout.publish(draft_id, { ...asked, card: card_id }, context),
    }),
  ]
}
