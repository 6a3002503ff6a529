import { stringify } from 'yaml'
import type { Estimate } from './model.ts'

export interface DraftInput {
  readonly when: string
  readonly on: string
  readonly policy: string
  readonly precision: Estimate
  readonly support: number
  readonly since: string
}

/** A strategy for a pack's `strategies.yaml`, in shadow: it looks and does nothing until a person makes it live. */
export function draftYaml({ when, on, policy, precision, support, since }: DraftInput): string {
  const percent = (share: number) => `${(share * 100).toFixed(1)} %`
  const measured = `${percent(precision.value)} (${percent(precision.low)}–${percent(precision.high)}), n = ${precision.n}`
  return stringify(
    [
      {
        id: draftId(when, on),
        version: 1,
        title: { zh: `挖掘：${short(when)}`, en: `Mined: ${short(when)}` },
        policy,
        on: [on],
        markets: ['*'],
        when,
        verdict: 'review',
        mode: 'shadow',
        owner: 'mining',
        note: {
          zh: `由标注历史挖掘；${since} 之后的标注上精确率 ${measured}，命中 ${support} 条违规`,
          en: `Mined from labelled history; precision on labels after ${since}: ${measured}, ${support} of them right`,
        },
      },
    ],
    { lineWidth: 100 },
  )
}

const short = (when: string): string => (when.length > 60 ? `${when.slice(0, 57)}…` : when)

/** `mined-comment-text-ilike-check`: readable, and the same for the same condition. */
function draftId(when: string, on: string): string {
  const words = `${on} ${when}`.toLowerCase().match(/[a-z0-9]+/g) ?? []
  return `mined-${[...new Set(words)].join('-')}`.slice(0, 60).replace(/-+$/, '')
}
