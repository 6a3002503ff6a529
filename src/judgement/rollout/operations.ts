import { Type } from '@sinclair/typebox'
import { operation } from '../../kernel/operation.ts'
import { anything, listOf, page, paging } from '../../kernel/paging.ts'
import { problem } from '../../kernel/problems.ts'
import { formatTime } from '../../kernel/time.ts'
import type { ParseSql } from '../language/index.ts'
import type { Programs } from '../strategies/index.ts'
import { aboutDraft, casesOfText, checkCondition, entryOfText } from './check.ts'
import { type Rows, sides } from './compare.ts'
import { transitions } from './model.ts'
import type { Rollout } from './service.ts'
import type { DraftRow, requests } from './store.ts'
import { comparedOf, compareOf, editorWords, exportPack, versionViews } from './views.ts'

export interface RolloutOperationsInput {
  readonly rollout: Rollout
  readonly programs: () => Programs
  readonly parse: ParseSql
  readonly rows: Rows
  /** Resolves when the facts have what was acknowledged. */
  readonly settled: () => Promise<void>
}

const reason = Type.String({ minLength: 1, maxLength: 400, description: 'a sentence that the audit can show' })
const text = Type.Optional(Type.String({ maxLength: 40_000, description: 'YAML of one entry of strategies.yaml' }))
const strategy = Type.Optional(
  Type.Record(Type.String(), Type.Unknown(), { description: 'the same as fields, in place of text' }),
)
const cases = Type.Optional(Type.String({ maxLength: 400_000, description: 'YAML like a file of cases' }))
const note = Type.Optional(Type.String({ maxLength: 2000 }))
const version = Type.Integer({ minimum: 1 })

/** Drafts, publication and rollout of strategies. */
export function rolloutOperations(input: RolloutOperationsInput) {
  return [...conditionOperations(input), ...draftOperations(input), ...stepOperations(input)]
}

function conditionOperations({ programs, parse }: RolloutOperationsInput) {
  return [
    operation({
      name: 'strategies.check',
      summary: {
        zh: '检查一个条件：错误位置、所读的列、代价',
        en: 'Check a condition: place of an error, columns, cost',
      },
      method: 'POST',
      path: '/v1/strategies/check',
      permission: 'strategy.try',
      scope: 'shared',
      audited: false,
      input: Type.Object({ when: Type.String({ minLength: 1, maxLength: 20_000 }) }),
      output: anything,
      run: async (_context, { when }) => ({ ...(await checkCondition(when, programs(), parse)) }),
    }),
    operation({
      name: 'strategies.words',
      summary: {
        zh: '条件中可用的列、特征、信号、名单与函数',
        en: 'Columns, features, signals, lists and functions that a condition may use',
      },
      method: 'GET',
      path: '/v1/strategies/words',
      permission: 'pack.read',
      scope: 'shared',
      input: Type.Object({}),
      output: anything,
      run: async () => editorWords(programs()),
    }),
  ]
}

const draftRow = (row: DraftRow) => ({
  draft_id: row.draft_id,
  revision: row.revision,
  pack: row.pack,
  at: formatTime(row.at),
  actor: row.actor,
  note: row.note,
  ...aboutDraft(row.text),
})

function draftOperations({ rollout }: RolloutOperationsInput) {
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
      run: async ({ principal, now }, given) => rollout.createDraft(given, { principal, now }),
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
      run: async (_context, { draft_id }) => {
        const draft = await rollout.mustFindDraft(draft_id)
        const check = await rollout.check(draft)
        const [obstacles, card, revisions, requests] = await Promise.all([
          rollout.obstacles(draft, check),
          rollout.cardFor(draft, check),
          rollout.revisions(draft_id),
          rollout.requests({ limit: 50, draft: draft_id }),
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
          requests: await requestViews(requests, rollout),
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
      run: async ({ principal, now }, { draft_id, ...change }) =>
        rollout.reviseDraft(draft_id, change, { principal, now }),
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
      run: async ({ principal, now }, { draft_id }) => {
        await rollout.closeDraft(draft_id, { principal, now })
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
      run: async ({ principal, now }, { draft_id, days }) => ({
        ...(await rollout.tryDraft(draft_id, days, { principal, now })),
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
      errors: ['not_found', 'pack_invalid', 'conflict'],
      input: Type.Object({
        draft_id: Type.String(),
        reason,
        card_id: Type.Optional(
          Type.String({ description: 'the impact card that you have seen, of the condition as it is now' }),
        ),
      }),
      output: anything,
      run: async ({ principal, now }, { draft_id, reason: why, card_id }) =>
        rollout.publish(draft_id, { reason: why, card: card_id }, { principal, now }),
    }),
  ]
}

type AskedRow = Awaited<ReturnType<typeof requests>>[number]

/** Requests as they are shown, each with the impact card that it rests on. */
async function requestViews(rows: readonly AskedRow[], rollout: Rollout) {
  const cards = await rollout.cardsOf(rows)
  return rows.map((row) => ({ ...requestView(row), card: cards.get(row.request_id) ?? null }))
}

const requestView = (row: AskedRow) => ({
  request_id: row.request_id,
  at: formatTime(row.at),
  kind: row.kind,
  pack: row.pack,
  strategy: row.strategy,
  version: row.version,
  to: row.to_state,
  canary: row.canary,
  draft_id: row.draft_id,
  revision: row.revision,
  why: row.why === '' ? null : (JSON.parse(row.why) as unknown),
  reason: row.reason,
  actor: row.actor,
  /** The person behind it, who may not approve it. */
  person: row.person,
  status: row.needs_second === 0 ? 'done' : (row.answer ?? 'waiting'),
  answered_at: row.answered_at === null ? null : formatTime(Number(row.answered_at)),
  by: row.answered_by,
  answer_reason: row.answer_reason,
})

function stepOperations({ rollout, programs, rows, settled }: RolloutOperationsInput) {
  const place = { pack: Type.String(), strategy: Type.String() }
  return [
    operation({
      name: 'strategies.versions',
      summary: {
        zh: '策略的所有版本、状态与历史',
        en: 'Every version of a strategy, where it stands and how it came there',
      },
      method: 'GET',
      path: '/v1/strategies/:pack/:strategy/versions',
      permission: 'pack.read',
      scope: 'shared',
      errors: ['not_found'],
      input: Type.Object(place),
      output: anything,
      run: async (_context, { pack, strategy: id }) => {
        const name = `${pack}/${id}`
        const versions = await versionViews(name, rollout, programs())
        if (versions.length === 0)
          throw problem({
            code: 'not_found',
            field: 'strategy',
            value: name,
            detail: { zh: '没有这条策略', en: 'No such strategy' },
          })
        const asked = await rollout.requests({ limit: 100, strategy: name })
        return { strategy: name, versions, requests: await requestViews(asked, rollout), transitions }
      },
    }),
    operation({
      name: 'strategies.step',
      summary: {
        zh: '推进或退回策略版本：灰度、上线、空跑、退役',
        en: 'Move a version: canary, live, back to shadow, retired',
      },
      method: 'POST',
      path: '/v1/strategies/:pack/:strategy/steps',
      permission: 'strategy.publish',
      scope: 'whole',
      errors: ['not_found', 'conflict', 'invalid_input'],
      input: Type.Object({
        ...place,
        version,
        to: Type.Union(
          (['shadow', 'canary', 'live', 'retired'] as const).map((state) => Type.Literal(state)),
          { description: 'shadow, canary, live or retired' },
        ),
        canary: Type.Optional(
          Type.Number({ exclusiveMinimum: 0, exclusiveMaximum: 100, description: 'percent of subjects, e.g. 10' }),
        ),
        reason,
      }),
      output: anything,
      run: async ({ principal, now }, { pack, strategy: id, version: of, to, canary, reason: why }) =>
        rollout.step({ strategy: `${pack}/${id}`, version: of, to, canary, reason: why }, { principal, now }),
    }),
    operation({
      name: 'requests.list',
      summary: { zh: '待第二人批准的申请', en: 'Requests that wait for a second person' },
      method: 'GET',
      path: '/v1/requests',
      permission: 'pack.read',
      scope: 'shared',
      input: Type.Object({ ...paging, status: Type.Optional(Type.Union([Type.Literal('open'), Type.Literal('all')])) }),
      output: listOf,
      run: async (_context, { limit = 50, after, status = 'open' }) => {
        const found = await rollout.requests({ limit: limit + 1, after, open: status === 'open' })
        const { items, next } = page(found, limit, (row) => String(row.at))
        return { items: await requestViews(items, rollout), next }
      },
    }),
    ...answerOperations(rollout),
    operation({
      name: 'strategies.compare',
      summary: {
        zh: '冠军与挑战者并排：差异计数与精度',
        en: 'Champion and challenger side by side: counts and precision',
      },
      method: 'GET',
      path: '/v1/strategies/:pack/:strategy/compare',
      permission: 'pack.read',
      scope: 'whole',
      errors: ['not_found', 'conflict'],
      input: Type.Object({ ...place, champion: Type.Optional(version), challenger: Type.Optional(version) }),
      output: anything,
      run: async (_context, { pack, strategy: id, ...pair }) => {
        await settled()
        return { ...(await compareOf(`${pack}/${id}`, pair, { rollout, rows })) }
      },
    }),
    operation({
      name: 'strategies.compared',
      summary: {
        zh: '冠军与挑战者的差异，逐条列出',
        en: 'The events on which champion and challenger differ or agree',
      },
      method: 'GET',
      path: '/v1/strategies/:pack/:strategy/compare/events',
      permission: 'pack.read',
      scope: 'whole',
      errors: ['not_found', 'conflict'],
      input: Type.Object({
        ...{ ...place, ...paging },
        champion: Type.Optional(version),
        challenger: Type.Optional(version),
        side: Type.Optional(Type.Union(sides.map((side) => Type.Literal(side)))),
      }),
      output: listOf,
      run: async (_context, { pack, strategy: id, limit = 50, after, side, ...pair }) => {
        await settled()
        return comparedOf(`${pack}/${id}`, pair, { rollout, rows, limit, after, side: side ?? null })
      },
    }),
    operation({
      name: 'packs.export',
      summary: {
        zh: '导出控制台发布的版本，供提交到 Git',
        en: 'The files of versions that the console published, to be committed to Git',
      },
      method: 'GET',
      path: '/v1/packs/:pack/export',
      permission: 'pack.read',
      scope: 'shared',
      errors: ['not_found'],
      input: Type.Object({ pack: Type.String() }),
      output: anything,
      run: async (_context, { pack }) => exportPack(pack, rollout, programs()),
    }),
  ]
}

function answerOperations(rollout: Rollout) {
  const answer = (
    verb: 'approve' | 'reject' | 'withdraw',
    given: { answer: 'approved' | 'rejected' | 'withdrawn'; permission: string; zh: string; en: string },
  ) =>
    operation({
      name: `requests.${verb}`,
      summary: { zh: given.zh, en: given.en },
      method: 'POST',
      path: `/v1/requests/:request_id/${verb}`,
      permission: given.permission,
      scope: 'whole',
      errors: ['not_found', 'already_decided', 'same_person', 'not_allowed', 'pack_invalid', 'conflict'],
      input: Type.Object({ request_id: Type.String(), reason }),
      output: anything,
      run: async ({ principal, now }, { request_id, reason: why }) =>
        rollout.answer(request_id, { answer: given.answer, reason: why }, { principal, now }),
    })
  return [
    answer('approve', {
      ...{ answer: 'approved', permission: 'strategy.approve' },
      ...{ zh: '批准申请（不得批准自己的）', en: 'Approve a request of somebody else' },
    }),
    answer('reject', {
      ...{ answer: 'rejected', permission: 'strategy.approve' },
      ...{ zh: '拒绝申请', en: 'Reject a request' },
    }),
    answer('withdraw', {
      ...{ answer: 'withdrawn', permission: 'strategy.publish' },
      ...{ zh: '撤回自己的申请', en: 'Withdraw your own request' },
    }),
  ]
}
