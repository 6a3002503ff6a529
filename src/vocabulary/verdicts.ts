import type { Text } from '../kernel/values.ts'

/** The verdict lattice, weakest first. A verdict is computed per market; the overall one is the strongest. */
export const verdicts = ['pass', 'label', 'evidence', 'review', 'geo-block', 'block'] as const
export type Verdict = (typeof verdicts)[number]

export const verdictTitles: Record<Verdict, Text> = {
  pass: { zh: '通过', en: 'Pass' },
  label: { zh: '加标识通过', en: 'Pass with a label' },
  evidence: { zh: '补充证明', en: 'Evidence needed' },
  review: { zh: '人工复核', en: 'Review' },
  'geo-block': { zh: '部分市场屏蔽', en: 'Blocked in some markets' },
  block: { zh: '拦截', en: 'Block' },
}

const rank = new Map<string, number>(verdicts.map((verdict, index) => [verdict, index]))

/** Position in the lattice; 0 = pass. */
export function verdictRank(verdict: Verdict): number {
  return rank.get(verdict) ?? 0
}

export function strongerVerdict(a: Verdict, b: Verdict): Verdict {
  return verdictRank(a) >= verdictRank(b) ? a : b
}

/** The overall verdict: `block` in only some of several markets is `geo-block`. */
export function overallVerdict(byMarket: Readonly<Record<string, Verdict>>): Verdict {
  const all = Object.values(byMarket)
  const strongest = all.reduce(strongerVerdict, 'pass')
  return strongest === 'block' && all.some((verdict) => verdict !== 'block') ? 'geo-block' : strongest
}

/** S1 illegal or unsafe · S2 legal formality · S3 platform standard · S4 quality. */
export const severities = ['S1', 'S2', 'S3', 'S4'] as const
export type Severity = (typeof severities)[number]

export const severityTitles: Record<Severity, Text> = {
  S1: { zh: '违法或不安全', en: 'Illegal or unsafe' },
  S2: { zh: '法定手续', en: 'Legal formality' },
  S3: { zh: '平台规范', en: 'Platform standard' },
  S4: { zh: '质量', en: 'Quality' },
}
