import { problem } from '../../kernel/problems.ts'
import type { Text } from '../../kernel/values.ts'
import { fewest } from './model.ts'

export function unknownType(type: string, types: readonly string[]): Error {
  return problem({
    code: 'invalid_input',
    field: 'type',
    value: type,
    detail: { zh: `没有事件类型 "${type}"`, en: `There is no event type "${type}"` },
    fix: { zh: `可用：${types.join('、')}`, en: `One of: ${types.join(', ')}` },
  })
}

export const tooFew = (positives: number, rows: number): Text => ({
  zh: `标注太少：${rows} 条已标注事件，其中 ${positives} 条是要找的；两边各需要至少 ${fewest} 条，而且新旧两段都要有`,
  en: `Too few labels: ${rows} labelled events, ${positives} of them what is looked for; both sides need at least ${fewest}, and some in the newer part`,
})

export function nothing({
  missed,
  chosen,
  minPrecision,
}: {
  missed: number
  chosen: number
  minPrecision: number
}): Text {
  const percent = `${Math.round(minPrecision * 100)} %`
  if (chosen > 0)
    return {
      zh: `${chosen} 个候选在较新的标注上没有达到 ${percent}，或可能只是偶然`,
      en: `${chosen} candidates did not reach ${percent} on the newer labels, or may have done so by accident`,
    }
  return missed < fewest
    ? {
        zh: `运行中的策略已找到较旧标注中的几乎全部，只漏了 ${missed} 条`,
        en: `Running strategies find nearly all of the older labels: they miss ${missed}`,
      }
    : { zh: `没有条件在较旧的标注上达到 ${percent}`, en: `No condition reaches ${percent} on the older labels` }
}
