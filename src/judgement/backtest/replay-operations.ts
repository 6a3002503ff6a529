import { Type } from '@sinclair/typebox'
import { operation } from '../../kernel/operation.ts'
import { anything } from '../../kernel/paging.ts'
import { problem } from '../../kernel/problems.ts'
import { parseTime } from '../../kernel/time.ts'
import type { ReplayRange, ReplayReport } from './replay.ts'

/** An ISO time of an input as microseconds. @throws invalid_input naming the field. */
export function timeOf(field: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  const time = parseTime(text)
  if (time === null)
    throw problem({
      code: 'invalid_input',
      field,
      value: text,
      detail: { zh: `${field} 不是 ISO 时间`, en: `${field} is not an ISO time` },
      fix: { zh: '例如 2026-11-01T00:00:00Z', en: 'e.g. 2026-11-01T00:00:00Z' },
    })
  return time
}

const time = (what: string) => Type.Optional(Type.String({ maxLength: 40, description: `${what}, ISO 8601` }))

/** Decides stored decisions again and compares. */
export function replayOperations(run: (range: ReplayRange) => Promise<ReplayReport>) {
  return [
    operation({
      name: 'replay.run',
      summary: { zh: '重放已存的判定并比对', en: 'Decide stored decisions again and compare' },
      method: 'POST',
      path: '/v1/replay',
      permission: 'pack.test',
      scope: 'whole',
      audited: false,
      errors: ['invalid_input'],
      input: Type.Object({ from: time('first logged_at'), to: time('last logged_at') }),
      output: anything,
      run: async (_context, { from, to }) => run({ from: timeOf('from', from), to: timeOf('to', to) }),
    }),
  ]
}
