import { Type } from '@sinclair/typebox'
import { operation } from '../../kernel/operation.ts'
import { anything, listOf } from '../../kernel/paging.ts'
import { formatTime } from '../../kernel/time.ts'
import { severities } from '../../vocabulary/verdicts.ts'
import { type ActionKind, actionKinds, actionTitle, strengthFor, suggestActions } from './catalogue.ts'
import type { Measures } from './measures.ts'
import { type ActionDb, type ActionRow, violationsOf } from './store.ts'

/** A line of the catalogue as people and programs read it. */
export function kindView(kind: ActionKind) {
  return {
    kind: kind.id,
    title: kind.title,
    inverse: kind.inverse,
    inverse_title: kind.inverseTitle,
    restrictive: kind.restrictive,
    scope: kind.scope,
    strength: kind.strength,
    usual_days: kind.duration.usual,
    most_days: kind.duration.most,
    call: kind.call.impose,
    call_back: kind.call.reverse,
  }
}

const imposed = (row: ActionRow) => ({
  action_id: row.action_id,
  kind: row.kind,
  title: actionTitle(row.kind),
  target: { type: row.target_type, id: row.target_id },
  until: row.until === null ? null : formatTime(row.until),
  cause: row.cause,
})

const reason = Type.String({ minLength: 1, maxLength: 4000, description: 'why, in a sentence that the party reads' })

/** The catalogue, the least restrictive suggestion, and what people impose or lift by hand. */
export function actionOperations({ db, measures }: { db: ActionDb; measures: Measures }) {
  return [
    operation({
      name: 'actions.catalogue',
      summary: {
        zh: '处置目录：范围、期限、撤销方式、外部调用',
        en: 'Catalogue of actions: scope, duration, inverse, outside call',
      },
      method: 'GET',
      path: '/v1/action-kinds',
      permission: 'vocabulary.read',
      scope: 'shared',
      input: Type.Object({ subject_type: Type.Optional(Type.String({ maxLength: 40 })) }),
      output: listOf,
      run: async (_context, { subject_type }) => ({
        items: actionKinds
          .filter((kind) => subject_type === undefined || kind.scope.includes(subject_type))
          .map(kindView),
        next: null,
      }),
    }),
    operation({
      name: 'actions.suggest',
      summary: {
        zh: '按严重程度与重复次数建议限制最小的处置',
        en: 'The least restrictive action that fits severity and repetition',
      },
      method: 'GET',
      path: '/v1/action-kinds/suggestion',
      permission: 'vocabulary.read',
      scope: 'whole',
      input: Type.Object({
        subject_type: Type.String({ maxLength: 40 }),
        severity: Type.Union(severities.map((severity) => Type.Literal(severity))),
        some_markets: Type.Optional(Type.Boolean({ description: 'true = it concerns only some of the markets' })),
        party_type: Type.Optional(Type.String({ maxLength: 40 })),
        party_id: Type.Optional(Type.String({ maxLength: 200 })),
        policy: Type.Optional(Type.String({ maxLength: 120, description: 'counts earlier violations of this policy' })),
      }),
      output: anything,
      run: async (_context, { subject_type, severity, some_markets = false, party_type, party_id, policy }) => {
        const repeats =
          party_type !== undefined && party_id !== undefined
            ? await violationsOf(db, { party: { type: party_type, id: party_id }, policy })
            : 0
        const matter = { subjectType: subject_type, severity, repeats, someMarkets: some_markets }
        return {
          asked_strength: strengthFor(matter),
          repeats,
          items: suggestActions(matter).map(({ kind, suggested, excessive }) => ({
            ...kindView(kind),
            suggested,
            excessive,
          })),
        }
      },
    }),
    operation({
      name: 'actions.impose',
      summary: { zh: '直接施加一项处置（写明理由）', en: 'Impose an action by hand, with its reason' },
      method: 'POST',
      path: '/v1/actions',
      permission: 'action.impose',
      scope: 'whole',
      errors: ['invalid_input'],
      input: Type.Object({
        kind: Type.String({ maxLength: 60 }),
        target: Type.Object({
          type: Type.String({ maxLength: 40 }),
          id: Type.String({ minLength: 1, maxLength: 200 }),
        }),
        party: Type.Optional(
          Type.Object({ type: Type.String({ maxLength: 40 }), id: Type.String({ minLength: 1, maxLength: 200 }) }),
        ),
        markets: Type.Optional(Type.Array(Type.String({ maxLength: 8 }), { minItems: 1, maxItems: 60 })),
        days: Type.Optional(Type.Union([Type.Integer({ minimum: 1, maximum: 3650 }), Type.Null()])),
        policy: Type.Optional(Type.String({ maxLength: 120 })),
        reason,
        detail: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
        key: Type.Optional(Type.String({ minLength: 1, maxLength: 120, description: 'the same key imposes once' })),
      }),
      output: anything,
      run: async ({ principal, now }, { markets = ['*'], party = null, ...wanted }) =>
        imposed(await measures.impose({ ...wanted, markets, party }, principal, now)),
    }),
    operation({
      name: 'actions.lift',
      summary: { zh: '解除一项处置（写明理由）', en: 'Lift an action, with its reason' },
      method: 'POST',
      path: '/v1/actions/:action_id/lift',
      permission: 'action.impose',
      scope: { id: 'action_id' },
      errors: ['not_found', 'conflict'],
      input: Type.Object({ action_id: Type.String({ maxLength: 600 }), reason }),
      output: anything,
      run: async ({ principal, now }, { action_id, reason: why }) => ({
        ...imposed(await measures.lift(action_id, why, principal, now)),
        lifted: action_id,
      }),
    }),
  ]
}
