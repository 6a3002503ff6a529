import { Type } from '@sinclair/typebox'
import type { Rules } from '../../enforcement/actions/index.ts'
import { operation } from '../../kernel/operation.ts'
import { anything, listOf } from '../../kernel/paging.ts'
import { problem } from '../../kernel/problems.ts'
import { day, formatTime, parseTime } from '../../kernel/time.ts'
import { type Cases, outcomes, outcomeTitles } from '../cases/index.ts'
import { bootstrapped, krippendorffAlpha } from './agreement.ts'
import type { Calibrations } from './calibration.ts'
import { settingsSchema } from './model.ts'
import { firstSampled, overviewOf, type Populations, policiesReport, reviewersOf } from './report.ts'
import type { Quality } from './service.ts'

export interface QualityOperationsInput {
  readonly quality: Quality
  readonly calibrations: Calibrations
  readonly cases: Cases
  readonly rules: () => Rules
  /** How many decisions each stratum had in a span of time, microseconds. */
  readonly populations: (span: { from: number; to: number }) => Promise<Populations>
}

const span = {
  from: Type.Optional(Type.String({ description: 'ISO 8601; default 30 days before `to`' })),
  to: Type.Optional(Type.String({ description: 'ISO 8601; default now' })),
}
const outcome = Type.Union(outcomes.filter((one) => one !== 'escalate').map((one) => Type.Literal(one)))
const reason = Type.String({ minLength: 3, maxLength: 2000 })

function spanOf({ from, to }: { from?: string; to?: string }, now: number): { from: number; to: number } {
  const until = timeOf('to', to) ?? now
  return { from: timeOf('from', from) ?? until - 30 * day, to: until }
}

function timeOf(field: string, text: string | undefined): number | null {
  if (text === undefined) return null
  const time = parseTime(text)
  if (time === null)
    throw problem({
      code: 'invalid_input',
      field,
      value: text,
      detail: { zh: '不是时间', en: 'This is not a time' },
      fix: { zh: '例如 2026-06-01 或 2026-06-01T08:00:00Z', en: 'For example 2026-06-01 or 2026-06-01T08:00:00Z' },
    })
  return time
}

const titleOf = (name: string) => outcomeTitles[name as keyof typeof outcomeTitles] ?? { zh: name, en: name }

function reportOperations({ quality, rules, populations }: QualityOperationsInput) {
  const policyTitle = (id: string) => rules().policy(id)?.title ?? { zh: id, en: id }
  const read = async (input: { from?: string; to?: string }, now: number) => {
    const wanted = spanOf(input, now)
    const [rows, appeals] = await Promise.all([quality.judged(wanted), quality.appeals(wanted)])
    return { wanted, rows, appeals }
  }
  const common = { method: 'GET', permission: 'quality.read', scope: 'whole', input: Type.Object(span) } as const
  return [
    operation({
      ...common,
      name: 'quality.overview',
      summary: {
        zh: '审核质量总览：标准题、复审一致性、改判率、自动处置抽检',
        en: 'Quality of review: known answers, agreement, overturned, sampled automation',
      },
      path: '/v1/quality',
      output: anything,
      run: async ({ now }, input) => {
        const { wanted, rows, appeals } = await read(input, now)
        return {
          from: formatTime(wanted.from),
          to: formatTime(wanted.to),
          ...overviewOf(rows, appeals, await populations({ from: firstSampled(rows) ?? wanted.from, to: wanted.to })),
        }
      },
    }),
    operation({
      ...common,
      name: 'quality.reviewers',
      summary: { zh: '每位审核员的质量', en: 'Quality by reviewer' },
      path: '/v1/quality/reviewers',
      output: listOf,
      run: async ({ now }, input) => {
        const { rows, appeals } = await read(input, now)
        // The field is `actor` so that readers see a name.
        const items = reviewersOf(rows, appeals).map(({ reviewer, ...row }) => ({
          id: reviewer,
          actor: reviewer,
          ...row,
        }))
        return { items: items.sort((a, b) => b.decided - a.decided), next: null }
      },
    }),
    operation({
      ...common,
      name: 'quality.policies',
      summary: { zh: '每条规范的质量', en: 'Quality by policy' },
      path: '/v1/quality/policies',
      output: listOf,
      run: async ({ now }, input) => {
        const { rows, appeals } = await read(input, now)
        const items = policiesReport(rows, appeals).map((row) => ({ ...row, title: policyTitle(row.policy) }))
        return { items: items.sort((a, b) => b.decided - a.decided), next: null }
      },
    }),
    operation({
      ...common,
      name: 'quality.items',
      summary: { zh: '标准题、复审与抽检的结果，不一致的在前', en: 'What was judged again, different answers first' },
      path: '/v1/quality/items',
      output: listOf,
      run: async ({ now }, input) => ({
        items: (await quality.items(spanOf(input, now))).slice(0, 500).map((row) => ({
          case_id: row.case_id,
          purpose: row.purpose,
          title: row.title,
          severity: row.severity,
          policies: (JSON.parse(row.policies) as string[]).map((id) => ({ id, title: policyTitle(id) })),
          verdict: row.verdict,
          expected: row.expected === null ? null : { outcome: row.expected, title: titleOf(row.expected) },
          answer: { outcome: row.outcome, title: titleOf(row.outcome) },
          actor: row.decided_by,
          by: row.first_by,
          decided_at: formatTime(row.decided_at),
          different: row.different,
        })),
        next: null,
      }),
    }),
  ]
}

function settingOperations({ quality }: QualityOperationsInput) {
  return [
    operation({
      name: 'quality.settings',
      summary: { zh: '质检与关怀的设置', en: 'Settings of quality and care' },
      method: 'GET',
      path: '/v1/quality/settings',
      permission: 'quality.read',
      scope: 'whole',
      input: Type.Object({}),
      output: anything,
      run: async () => ({ ...(await quality.settings()) }),
    }),
    operation({
      name: 'quality.change_settings',
      summary: { zh: '修改质检与关怀的设置', en: 'Change settings of quality and care' },
      method: 'PUT',
      path: '/v1/quality/settings',
      permission: 'quality.write',
      scope: 'whole',
      input: settingsSchema,
      output: anything,
      run: async ({ principal, now }, input) => ({ ...(await quality.change(input as never, principal, now)) }),
    }),
    operation({
      name: 'care.mine',
      summary: { zh: '我今天的有害内容接触量与休息提示', en: 'What I have seen today, and whether to pause' },
      method: 'GET',
      path: '/v1/care',
      permission: 'case.decide',
      scope: 'own',
      input: Type.Object({}),
      output: anything,
      run: async ({ principal, now }) => ({ ...(await quality.care(principal.id, now)) }),
    }),
    operation({
      name: 'care.set',
      summary: { zh: '设置模糊、灰度与静音', en: 'Blur, grey and mute' },
      method: 'PUT',
      path: '/v1/care',
      permission: 'case.decide',
      scope: 'own',
      audited: false,
      input: Type.Object({ blur: Type.Boolean(), grey: Type.Boolean(), mute: Type.Boolean() }),
      output: anything,
      run: async ({ principal }, care) => {
        await quality.setCare(principal.id, care)
        return { ...care }
      },
    }),
  ]
}

function goldenOperations({ quality, cases }: QualityOperationsInput) {
  return [
    operation({
      name: 'golden.list',
      summary: { zh: '标准题', en: 'Golden items: cases with a known answer' },
      method: 'GET',
      path: '/v1/golden',
      permission: 'quality.read',
      scope: 'whole',
      input: Type.Object({}),
      output: listOf,
      run: async () => ({
        items: (await quality.golden()).map((row) => ({
          golden_id: row.golden_id,
          case_id: row.cause,
          title: row.title,
          outcome: { outcome: row.outcome, title: titleOf(row.outcome) },
          policy: row.policy,
          reason: row.reason,
          at: formatTime(row.at),
          actor: row.actor,
        })),
        next: null,
      }),
    }),
    operation({
      name: 'golden.add',
      summary: { zh: '把已判定的案件加为标准题', en: 'Make a decided case a golden item' },
      method: 'POST',
      path: '/v1/golden',
      permission: 'quality.write',
      scope: 'whole',
      input: Type.Object({ case_id: Type.String(), outcome, policy: Type.Optional(Type.String()), reason }),
      output: anything,
      errors: ['not_found', 'conflict'],
      run: async ({ principal, now }, input) => {
        const found = await cases.find(input.case_id, now)
        if (found.status === 'open')
          throw problem({
            code: 'conflict',
            field: 'case_id',
            value: input.case_id,
            detail: { zh: '案件尚未判定', en: 'The case is not decided yet' },
            fix: { zh: '先判定，再加为标准题', en: 'Decide it first' },
          })
        const item = { found, outcome: input.outcome, policy: input.policy ?? null, reason: input.reason }
        return { golden_id: await quality.addGolden(item, principal, now) }
      },
    }),
    operation({
      name: 'golden.retire',
      summary: { zh: '停用标准题', en: 'Retire a golden item' },
      method: 'POST',
      path: '/v1/golden/:golden_id/retire',
      permission: 'quality.write',
      scope: 'whole',
      input: Type.Object({ golden_id: Type.String(), reason }),
      output: anything,
      errors: ['not_found', 'conflict'],
      run: async ({ principal, now }, input) => {
        await quality.retireGolden(input.golden_id, input.reason, { principal, now })
        return {}
      },
    }),
  ]
}

function calibrationOperations({ calibrations, cases }: QualityOperationsInput) {
  const vote = Type.Object({
    calibration_id: Type.String(),
    case_id: Type.String(),
    outcome,
    note: Type.Optional(Type.String({ maxLength: 2000 })),
  })
  const answer = (row: { outcome: string; note: string; actor: string; at: number } | null) =>
    row && {
      outcome: row.outcome,
      title: titleOf(row.outcome),
      note: row.note,
      actor: row.actor,
      at: formatTime(row.at),
    }
  return [
    operation({
      name: 'calibrations.list',
      summary: { zh: '校准会', en: 'Calibration sessions' },
      method: 'GET',
      path: '/v1/calibrations',
      permission: 'case.decide',
      scope: 'whole',
      input: Type.Object({}),
      output: listOf,
      run: async () => ({
        items: (await calibrations.list()).map((row) => ({
          calibration_id: row.calibration_id,
          title: row.title,
          cases: (JSON.parse(row.cases) as string[]).length,
          at: formatTime(row.at),
          actor: row.actor,
        })),
        next: null,
      }),
    }),
    operation({
      name: 'calibrations.create',
      summary: { zh: '发起校准会', en: 'Start a calibration session' },
      method: 'POST',
      path: '/v1/calibrations',
      permission: 'quality.write',
      scope: 'whole',
      input: Type.Object({
        title: Type.String({ minLength: 1, maxLength: 200 }),
        case_ids: Type.Array(Type.String(), { minItems: 1, maxItems: 50 }),
      }),
      output: anything,
      errors: ['not_found'],
      run: async ({ principal, now }, { title, case_ids }) => {
        for (const id of case_ids) await cases.find(id, now)
        return { calibration_id: await calibrations.create(title, case_ids, { principal, now }) }
      },
    }),
    operation({
      name: 'calibrations.get',
      summary: { zh: '一次校准会', en: 'One calibration session' },
      method: 'GET',
      path: '/v1/calibrations/:calibration_id',
      permission: 'case.decide',
      scope: 'whole',
      input: Type.Object({ calibration_id: Type.String() }),
      output: anything,
      errors: ['not_found'],
      run: async ({ principal, now }, { calibration_id }) => {
        const found = await calibrations.get(calibration_id, principal)
        const items = await Promise.all(
          found.items.map(async (item) => {
            const about = await cases.find(item.caseId, now)
            const { event } = await cases.entryAt(about.position)
            return {
              case_id: item.caseId,
              title: about.title,
              severity: about.severity,
              event: { type: event.type, data: event.data },
              answered: item.answered,
              mine: answer(item.mine),
              agreed: answer(item.agreed),
              answers: item.answers.map(answer),
            }
          }),
        )
        // The agreement of a session tells nothing of single answers, but a session of few does: shown once it is over.
        const over = found.items.every((item) => item.agreed !== null)
        return {
          calibration_id,
          title: found.title,
          at: formatTime(found.at),
          actor: found.actor,
          items,
          alpha: over ? bootstrapped(await calibrations.units(calibration_id), krippendorffAlpha) : null,
        }
      },
    }),
    operation({
      name: 'calibrations.vote',
      summary: { zh: '给出自己的答案', en: 'Give an answer' },
      method: 'POST',
      path: '/v1/calibrations/:calibration_id/votes',
      permission: 'case.decide',
      scope: 'whole',
      input: vote,
      output: anything,
      errors: ['not_found', 'conflict'],
      run: async ({ principal, now }, { calibration_id, note = '', ...given }) => {
        await calibrations.vote(calibration_id, { ...given, note }, { principal, now })
        return {}
      },
    }),
    operation({
      name: 'calibrations.agree',
      summary: { zh: '记录共识', en: 'Record what the session agreed on' },
      method: 'POST',
      path: '/v1/calibrations/:calibration_id/agreed',
      permission: 'quality.write',
      scope: 'whole',
      input: vote,
      output: anything,
      errors: ['not_found', 'conflict'],
      run: async ({ principal, now }, { calibration_id, note = '', ...given }) => {
        await calibrations.agree(calibration_id, { ...given, note }, { principal, now })
        return {}
      },
    }),
  ]
}

/** Quality of review, known answers, calibration, and care for those who look. */
export function qualityOperations(input: QualityOperationsInput) {
  return [
    ...reportOperations(input),
    ...settingOperations(input),
    ...goldenOperations(input),
    ...calibrationOperations(input),
  ]
}
