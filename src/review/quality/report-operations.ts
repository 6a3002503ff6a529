import { Type } from '@sinclair/typebox'
import type { Rules } from '../../enforcement/actions/index.ts'
import { operation } from '../../kernel/operation.ts'
import { anything, listOf } from '../../kernel/paging.ts'
import { formatTime } from '../../kernel/time.ts'
import { span, spanOf, titleOf } from './inputs.ts'
import { firstSampled, overviewOf, type Populations, policiesReport, reviewersOf } from './report.ts'
import type { Quality } from './service.ts'

export interface ReportInput {
  readonly quality: Quality
  readonly rules: () => Rules
  /** How many decisions each stratum had in a span of time, microseconds. */
  readonly populations: (span: { from: number; to: number }) => Promise<Populations>
}

/** Figures of quality over a span of time, and what they are made of. */
export function reportOperations({ quality, rules, populations }: ReportInput) {
  const policyTitle = (id: string) => rules().policy(id)?.title ?? { zh: id, en: id }
  const read = async (input: { from?: string; to?: string }, now: number) => {
    const wanted = spanOf(input, now)
    const [rows, appeals] = await Promise.all([quality.judged(wanted), quality.appeals(wanted)])
    return { wanted, rows, appeals }
  }
  const common = { method: 'GET', permission: 'quality.read', scope: 'rows', input: Type.Object(span) } as const
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
