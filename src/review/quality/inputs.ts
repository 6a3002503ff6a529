import { Type } from '@sinclair/typebox'
import { problem } from '../../kernel/problems.ts'
import { day, parseTime } from '../../kernel/time.ts'
import { outcomes, outcomeTitles } from '../cases/index.ts'

/** The span of time of a report, ISO 8601. */
export const span = {
  from: Type.Optional(Type.String({ description: 'ISO 8601; default 30 days before `to`' })),
  to: Type.Optional(Type.String({ description: 'ISO 8601; default now' })),
}
/** The outcomes that settle a case. */
export const outcome = Type.Union(outcomes.filter((one) => one !== 'escalate').map((one) => Type.Literal(one)))
export const reason = Type.String({ minLength: 3, maxLength: 2000 })

/** The span in microseconds; the 30 days before now unless it says otherwise. @throws invalid_input for a text that is no time. */
export function spanOf({ from, to }: { from?: string; to?: string }, now: number): { from: number; to: number } {
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

/** An outcome as people read it. */
export const titleOf = (name: string) => outcomeTitles[name as keyof typeof outcomeTitles] ?? { zh: name, en: name }
