import { problem } from '../../kernel/problems.ts'
import type { RolloutState } from '../../vocabulary/packs/index.ts'
import { type DraftCheck, keyOf, type Obstacle, type Standing, transitions, type VersionName } from './model.ts'

/** What keeps a draft back or refuses a step, each with what to do about it. */

export const versionTaken = (id: string, newest: number): Obstacle => ({
  code: 'version-taken',
  message: {
    zh: `"${id}" 已有版本 ${newest}，版本号须更大`,
    en: `"${id}" has a version ${newest} already; a version never changes its text`,
  },
  fix: { zh: `改为 "version: ${newest + 1}"`, en: `set "version: ${newest + 1}"` },
})

export const sameText = (version: number): Obstacle => ({
  code: 'same-text',
  message: { zh: `与正在运行的版本 ${version} 完全相同`, en: `It says the same as version ${version}, which runs` },
  fix: { zh: '改动条件、结论、市场或处置', en: 'change its condition, verdict, markets or actions' },
})

export const noFiringCase = (id: string): Obstacle => ({
  code: 'no-firing-case',
  message: { zh: '没有应当命中的案例', en: 'No case shows it firing' },
  fix: { zh: `添加一个案例：expect.strategies: [${id}]`, en: `add a case with expect.strategies: [${id}]` },
})

export const noTrap = (id: string): Obstacle => ({
  code: 'no-trap',
  message: { zh: '没有陷阱案例（相似但不应命中）', en: 'No trap: a look-alike that it must leave alone' },
  fix: {
    zh: `添加一个案例：trap: true，expect.not_strategies: [${id}]`,
    en: `add a case with trap: true and expect.not_strategies: [${id}]`,
  },
})

export const casesFailed = (failures: readonly { readonly case: string }[]): Obstacle => {
  const names = failures
    .slice(0, 3)
    .map((failure) => failure.case)
    .join(', ')
  return {
    code: 'cases-failed',
    message: { zh: `${failures.length} 个案例未通过：${names}`, en: `${failures.length} cases fail: ${names}` },
    fix: { zh: '运行案例，按差异修改', en: 'run the cases and look at the difference' },
  }
}

export const noBacktest = (severity: string): Obstacle => ({
  code: 'no-backtest',
  message: {
    zh: `严重度 ${severity}：发布须以影响卡为依据，这个条件还没有`,
    en: `Severity ${severity}: publication rests on an impact card, and this condition has none yet`,
  },
  fix: { zh: '计算这个条件的影响卡', en: 'have the impact card of this condition computed' },
})

export const cardUnconfirmed = (severity: string): Obstacle => ({
  code: 'card-unconfirmed',
  message: {
    zh: `严重度 ${severity}：申请人须确认看过影响卡`,
    en: `Severity ${severity}: whoever asks confirms the impact card that they have seen`,
  },
  fix: { zh: '在 card_id 中写明看过的影响卡', en: 'name the card that you have seen in card_id' },
})

export const cardStale = (card: string): Obstacle => ({
  code: 'card-stale',
  message: {
    zh: `影响卡 ${card} 不是由这个草稿现在的条件计算的`,
    en: `The impact card ${card} was not computed from the condition that this draft has now`,
  },
  fix: { zh: '重新计算影响卡，看过再确认', en: 'have it computed again, look at it, and confirm that one' },
})

export const cardBehind = (card: string): Obstacle => ({
  code: 'card-behind',
  message: {
    zh: `计算影响卡 ${card} 时事实库还在追赶，较新的历史不在其中`,
    en: `The facts were still catching up when the impact card ${card} was computed: newer history is not in it`,
  },
  fix: { zh: '稍后重新计算影响卡', en: 'have the card computed again in a while' },
})

export function invalidDraft(problems: DraftCheck['problems']): Error {
  const [first] = problems
  return problem({
    code: 'pack_invalid',
    field: 'text',
    detail: first?.message ?? { zh: '草稿不合格', en: 'The draft is not valid' },
    ...(first ? { fix: first.fix } : {}),
    problems,
  })
}

export function notReady(obstacles: readonly Obstacle[]): Error {
  const [first] = obstacles
  return problem({
    code: 'pack_invalid',
    field: 'draft_id',
    detail: first?.message ?? { zh: '草稿不合格', en: 'The draft is not valid' },
    ...(first ? { fix: first.fix } : {}),
    obstacles,
  })
}

export const noVersion = ({ strategy, version }: VersionName): Error =>
  problem({
    code: 'not_found',
    field: 'version',
    value: version,
    detail: { zh: `没有 ${strategy} 的版本 ${version}`, en: `There is no version ${version} of ${strategy}` },
  })

export function notAStep({ to, ...name }: VersionName & { to: RolloutState }, standing: Standing): Error {
  const next = transitions[standing]
  return problem({
    code: 'conflict',
    field: 'to',
    value: to,
    detail: {
      zh: `${keyOf(name)} 目前为 ${standing}，不能直接到 ${to}`,
      en: `${keyOf(name)} is ${standing}; ${to} does not follow from it`,
    },
    fix: { zh: `可选：${next.join('、')}`, en: `One of: ${next.join(', ')}` },
  })
}

export const goneFromFiles = (name: VersionName): Error =>
  problem({
    code: 'conflict',
    field: 'version',
    value: name.version,
    detail: {
      zh: `${keyOf(name)} 已从规则包文件中删除`,
      en: `${keyOf(name)} is no longer in the files of its pack`,
    },
    fix: { zh: '把它放回文件，或发布一个新版本', en: 'Put it back into the files, or publish a new version' },
  })

export const canaryNeedsShare = ({ canary }: { canary?: number | undefined }): Error =>
  problem({
    code: 'invalid_input',
    field: 'canary',
    value: canary ?? null,
    detail: { zh: '灰度（且只有灰度）需要对象百分比', en: 'A canary, and only a canary, has a share of subjects' },
    fix: { zh: '例如 canary: 10', en: 'e.g. canary: 10' },
  })

export const wasRecalled = (name: VersionName): Error =>
  problem({
    code: 'conflict',
    field: 'version',
    value: name.version,
    detail: { zh: `${keyOf(name)} 已被召回，不再生效`, en: `${keyOf(name)} was recalled and never acts again` },
    fix: { zh: '发布一个新版本', en: 'Publish a new version' },
  })

export const staleRevision = (given: number, newest: number): Error =>
  problem({
    code: 'conflict',
    field: 'revision',
    value: given,
    detail: {
      zh: `草稿已经是第 ${newest} 版，有人在你之后保存过`,
      en: `The draft is at revision ${newest}: somebody saved it after you opened it`,
    },
    fix: { zh: '重新打开草稿再改', en: 'Open the draft again and make your change there' },
  })

export const waitsAlready = (about: string, approval: string): Error =>
  problem({
    code: 'conflict',
    field: 'approval_id',
    value: approval,
    detail: { zh: `${about} 已有待批准的申请`, en: `A request about ${about} waits for approval already` },
    fix: { zh: '先批准、拒绝或撤回它', en: 'Approve, refuse or withdraw that one first' },
  })

/** Nobody can tell whether a version that does not run may act alone. */
export const notRunning = (name: VersionName): Error =>
  problem({
    code: 'conflict',
    field: 'version',
    value: name.version,
    detail: {
      zh: `${keyOf(name)} 目前没有在运行（规则包文件不合格？）`,
      en: `${keyOf(name)} does not run now; are the files of its pack valid?`,
    },
    fix: { zh: '先让规则包恢复正常', en: 'Mend the pack first' },
  })
