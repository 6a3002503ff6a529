import { Type } from '@sinclair/typebox'
import { approvalView } from '../../kernel/access/index.ts'
import { operation } from '../../kernel/operation.ts'
import { anything, listOf, paging } from '../../kernel/paging.ts'
import { problem } from '../../kernel/problems.ts'
import type { ParseSql } from '../language/index.ts'
import type { Programs } from '../strategies/index.ts'
import { checkCondition } from './check.ts'
import { type Rows, sides } from './compare.ts'
import { draftOperations, reason } from './draft-operations.ts'
import { transitions } from './model.ts'
import type { Rollout } from './service.ts'
import { comparedOf, compareOf, editorWords, exportPack, versionViews } from './views.ts'

export interface RolloutOperationsInput {
  readonly rollout: Rollout
  readonly programs: () => Programs
  readonly parse: ParseSql
  readonly rows: Rows
  /** Resolves when the facts have what was acknowledged. */
  readonly settled: () => Promise<void>
}

const version = Type.Integer({ minimum: 1 })

/** Drafts, publication and rollout of strategies. */
export function rolloutOperations(input: RolloutOperationsInput) {
  return [...conditionOperations(input), ...draftOperations(input.rollout), ...stepOperations(input)]
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
      run: async (context, { pack, strategy: id }) => {
        const name = `${pack}/${id}`
        const versions = await versionViews(name, rollout, programs())
        if (versions.length === 0)
          throw problem({
            code: 'not_found',
            field: 'strategy',
            value: name,
            detail: { zh: '没有这条策略', en: 'No such strategy' },
          })
        const requests = (await rollout.requests({ strategy: name })).map((row) => approvalView(row, context))
        return { strategy: name, versions, requests, transitions }
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
      fourEyes: 'own',
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
      run: async (context, { pack, strategy: id, ...asked }) =>
        rollout.step({ ...asked, strategy: `${pack}/${id}` }, context),
    }),
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
