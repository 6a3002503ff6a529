import type { Text } from '../../kernel/values.ts'
import type { Verdict } from '../../vocabulary/verdicts.ts'

/** A consequence that can be imposed, and the one that takes it back. */
export interface ActionKind {
  readonly id: string
  readonly title: Text
  readonly inverse: string
  readonly inverseTitle: Text
  /** False for what only asks or informs: nothing to appeal against. */
  readonly restrictive: boolean
}

const kind = (
  id: string,
  zh: string,
  en: string,
  inverse: string,
  inverseZh: string,
  inverseEn: string,
  restrictive = true,
): ActionKind => ({
  id,
  title: { zh, en },
  inverse,
  inverseTitle: { zh: inverseZh, en: inverseEn },
  restrictive,
})

/** Every action has an inverse: second law of the ledger. */
export const actionKinds: readonly ActionKind[] = [
  kind('block_publish', '禁止发布', 'Block publishing', 'allow_publish', '允许发布', 'Allow publishing'),
  kind('delist', '下架', 'Delist', 'relist', '重新上架', 'Relist'),
  kind('hold', '暂缓展示', 'Hold until reviewed', 'release_hold', '解除暂缓', 'Release the hold'),
  kind('geo_block', '部分市场屏蔽', 'Block in some markets', 'lift_geo_block', '解除市场屏蔽', 'Lift the market block'),
  kind('label', '加标识', 'Add a label', 'remove_label', '去掉标识', 'Remove the label'),
  kind(
    'request_documents',
    '要求补充证明',
    'Request documents',
    'cancel_request',
    '取消补证要求',
    'Cancel the request',
    false,
  ),
  kind('remove_content', '移除内容', 'Remove content', 'restore_content', '恢复内容', 'Restore content'),
  kind('demote', '降权', 'Demote', 'restore_rank', '恢复权重', 'Restore the rank'),
  kind('stop_live', '中断直播', 'Stop the live', 'allow_live', '恢复直播', 'Allow the live'),
  kind(
    'challenge_account',
    '账号二次验证',
    'Challenge the account',
    'lift_challenge',
    '解除验证',
    'Lift the challenge',
  ),
  kind('suspend_account', '停用账号', 'Suspend the account', 'reinstate_account', '恢复账号', 'Reinstate the account'),
  kind('hold_order', '暂停订单', 'Hold the order', 'release_order', '放行订单', 'Release the order'),
  kind('warn', '警告', 'Warn', 'withdraw_warning', '撤回警告', 'Withdraw the warning', false),
]

const byId = new Map(actionKinds.map((found) => [found.id, found]))
const byInverse = new Map(actionKinds.map((found) => [found.inverse, found]))

export function actionKind(id: string): ActionKind | undefined {
  return byId.get(id)
}

/** The title of an action or of an inverse. */
export function actionTitle(id: string): Text {
  return byId.get(id)?.title ?? byInverse.get(id)?.inverseTitle ?? { zh: id, en: id }
}

const blocking: Record<string, string> = {
  content: 'remove_content',
  video: 'remove_content',
  live: 'stop_live',
  account: 'challenge_account',
  order: 'hold_order',
  report: 'remove_content',
}

/** The least restrictive action that carries a verdict out for a kind of subject; none for `pass`. */
export function defaultAction(verdict: Verdict, subjectType: string): string | null {
  switch (verdict) {
    case 'pass':
      return null
    case 'label':
      return 'label'
    case 'evidence':
      return 'request_documents'
    case 'review':
      return null
    case 'geo-block':
      return 'geo_block'
    case 'block':
      return blocking[subjectType] ?? 'block_publish'
  }
}
