import { record } from '../../kernel/database.ts'
import { derivedId, newId } from '../../kernel/ids.ts'
import { problem } from '../../kernel/problems.ts'
import { day } from '../../kernel/time.ts'
import { type ActionKind, actionKind, actionKinds } from './catalogue.ts'
import type { Rules } from './plan.ts'
import { type Enforcement, noticeRow } from './service.ts'
import * as store from './store.ts'

export interface Imposition {
  readonly kind: string
  readonly target: { readonly type: string; readonly id: string }
  readonly party: { readonly type: string; readonly id: string } | null
  readonly markets: readonly string[]
  /** Undefined = the usual time of the kind; null = until it is lifted. */
  readonly days?: number | null | undefined
  readonly policy?: string | undefined
  readonly reason: string
  /** What the kind leaves open, such as the features that are restricted. */
  readonly detail?: Readonly<Record<string, unknown>> | undefined
  /** The same key imposes once, however often it is sent. */
  readonly key?: string | undefined
}

const partyTypes = new Set(['seller', 'creator', 'advertiser', 'account'])

/** What a person imposes or lifts by hand, outside of a case: each is a measure with its reason, and the cause of what follows. */
export function createMeasures({
  db,
  enforcement,
  rules,
}: {
  db: store.ActionDb
  enforcement: Enforcement
  rules: () => Rules
}) {
  return {
    /** @throws invalid_input naming what does not fit the catalogue. */
    async impose(wanted: Imposition, by: { id: string }, now: number): Promise<store.ActionRow> {
      const kind = checkKind(wanted)
      const days = wanted.days === undefined ? kind.duration.usual : wanted.days
      checkDays(kind, days)
      const policy = wanted.policy === undefined ? undefined : rules().policy(wanted.policy)
      if (wanted.policy !== undefined && !policy)
        throw invalid('policy', wanted.policy, { zh: '没有这条规范', en: 'No such policy' })
      const id = wanted.key === undefined ? newId('msr') : derivedId('msr', by.id, wanted.key)
      const known = await store.actionById(db, derivedId('act', id, 0))
      if (known) return known
      const party = wanted.party ?? (partyTypes.has(wanted.target.type) ? wanted.target : null)
      const action: store.ActionRow = {
        action_id: derivedId('act', id, 0),
        at: now,
        kind: kind.id,
        target_type: wanted.target.type,
        target_id: wanted.target.id,
        party_type: party?.type ?? null,
        party_id: party?.id ?? null,
        markets: JSON.stringify(wanted.markets),
        until: days === null ? null : now + days * day,
        policy: policy?.id ?? null,
        policy_version: policy?.version ?? null,
        strategy: null,
        strategy_version: null,
        severity: policy?.severity ?? null,
        inverse_of: null,
        position: null,
        detail: wanted.detail === undefined ? null : JSON.stringify(wanted.detail),
        cause: id,
        actor: by.id,
      }
      const origin = { subject: wanted.target, party, cause: id, actor: by.id, at: now }
      const notice = noticeRow({
        rules: rules(),
        effects: { actions: [action], points: [] },
        origin,
        policies: policy ? [policy] : [],
        evidence: [],
        title: '',
        automated: false,
        reason: wanted.reason,
      })
      await db.transaction().execute(async (tx) => {
        await record(tx, 'measures', {
          measure_id: id,
          at: now,
          type: 'impose',
          target_type: wanted.target.type,
          target_id: wanted.target.id,
          reason: wanted.reason,
          data: JSON.stringify({ kind: kind.id, days, markets: wanted.markets, detail: wanted.detail ?? null }),
          cause: `${wanted.target.type}/${wanted.target.id}`,
          actor: by.id,
        })
        await enforcement.write(tx, { actions: [action], points: [] }, notice)
      })
      return action
    },

    /** Takes one action back by hand. @throws not_found, conflict when it is an inverse or was taken back before. */
    async lift(actionId: string, reason: string, by: { id: string }, now: number): Promise<store.ActionRow> {
      const action = await store.actionById(db, actionId)
      if (!action)
        throw problem({
          code: 'not_found',
          field: 'action_id',
          value: actionId,
          detail: { zh: '没有这条处置', en: 'No such action' },
        })
      if (store.isSanction(action))
        throw problem({
          code: 'conflict',
          field: 'action_id',
          value: actionId,
          detail: { zh: '这是阶梯处罚，随积分而定', en: 'This is a sanction of a ladder: it follows the points' },
          fix: { zh: '改判或申诉带来它的违规', en: 'Overturn or appeal the violation that brought it' },
        })
      const id = newId('msr')
      return db.transaction().execute(async (tx) => {
        const { actions } =
          action.inverse_of === null
            ? await enforcement.reverse(tx, { actions: [action], points: [] }, { cause: id, actor: by.id, at: now })
            : { actions: [] }
        const [inverse] = actions
        if (!inverse)
          throw problem({
            code: 'conflict',
            field: 'action_id',
            value: actionId,
            detail: { zh: '该处置已经解除，或本身就是解除', en: 'It is taken back already, or is itself an inverse' },
          })
        await record(tx, 'measures', {
          measure_id: id,
          at: now,
          type: 'lift',
          target_type: action.target_type,
          target_id: action.target_id,
          reason,
          data: JSON.stringify({ action_id: actionId }),
          cause: actionId,
          actor: by.id,
        })
        const policy = rules().policy(action.policy ?? '')
        const notice = noticeRow({
          rules: rules(),
          effects: { actions, points: [] },
          origin: {
            subject: { type: action.target_type, id: action.target_id },
            party: action.party_type && action.party_id ? { type: action.party_type, id: action.party_id } : null,
            cause: id,
            actor: by.id,
            at: now,
          },
          policies: policy ? [policy] : [],
          evidence: [],
          title: '',
          automated: false,
          reason,
        })
        if (notice) await record(tx, 'notices', notice)
        return inverse
      })
    },
  }
}

export type Measures = ReturnType<typeof createMeasures>

function invalid(field: string, value: unknown, detail: { zh: string; en: string }, fix?: { zh: string; en: string }) {
  return problem({ code: 'invalid_input', field, value, detail, ...(fix ? { fix } : {}) })
}

function checkKind({ kind: id, target, markets }: Imposition): ActionKind {
  const kind = actionKind(id)
  const fitting = actionKinds.filter((found) => found.scope.includes(target.type)).map((found) => found.id)
  const use = { zh: `可用：${fitting.join('、')}`, en: `Use one of: ${fitting.join(', ')}` }
  if (!kind) throw invalid('kind', id, { zh: '没有这种处置', en: 'No such action' }, use)
  if (!kind.scope.includes(target.type))
    throw invalid(
      'kind',
      id,
      { zh: `“${kind.title.zh}”不适用于 ${target.type}`, en: `"${kind.title.en}" does not fit a ${target.type}` },
      use,
    )
  if (id === 'geo_block' && markets.includes('*'))
    throw invalid(
      'markets',
      markets,
      { zh: '部分市场屏蔽须写明市场', en: 'A block in some markets names them' },
      { zh: '写国家代码，例如 ["DE"]', en: 'Write country codes, such as ["DE"]' },
    )
  return kind
}

function checkDays(kind: ActionKind, days: number | null): void {
  const { most } = kind.duration
  if (most === null || (days !== null && days <= most)) return
  throw invalid(
    'days',
    days,
    { zh: `“${kind.title.zh}”最长 ${most} 天`, en: `"${kind.title.en}" lasts at most ${most} days` },
    { zh: `写 1 到 ${most}`, en: `Write 1 to ${most}` },
  )
}
