import type { Text } from '../../kernel/values.ts'
import type { Policy } from '../../vocabulary/packs/index.ts'
import { type HarmClass, harmClasses, harmClassOf, harmTitles, type Settings } from './model.ts'

/** How a person wants to see harm: pictures blurred or grey, sound off. */
export interface Care {
  readonly blur: boolean
  readonly grey: boolean
  readonly mute: boolean
}
export const plainCare: Care = { blur: true, grey: true, mute: true }

/** What a person decided: when (microseconds), and by which policies the case was about. Newest first. */
export interface Worked {
  readonly at: number
  readonly policies: readonly string[]
}

export interface Exposure {
  readonly harm: HarmClass
  readonly title: Text
  readonly seen: number
  readonly budget: number
}

/** How much harm a person has seen and what is left; `streak` = how many cases in a row were of one harm class. */
export interface Load {
  readonly exposures: readonly Exposure[]
  readonly streak: { readonly harm: HarmClass; readonly cases: number } | null
  /** Minutes of work without a pause. */
  readonly minutes: number
}

/** A pause is this long without a decision. */
const pauseMicros = 10 * 60_000_000

/** Harm classes of a case by its policies. */
export function harmsOf(policies: readonly string[], policy: (id: string) => Policy | undefined): HarmClass[] {
  const found = policies.flatMap((id) => {
    const known = policy(id)
    const harm = known ? harmClassOf(known) : null
    return harm === null ? [] : [harm]
  })
  return [...new Set(found)]
}

/** The load of a day from what was decided in it. */
export function loadOf(
  worked: readonly Worked[],
  { settings, policy, now }: { settings: Settings; policy: (id: string) => Policy | undefined; now: number },
): Load {
  const harms = worked.map((item) => harmsOf(item.policies, policy))
  const exposures = harmClasses.map((harm) => ({
    harm,
    title: harmTitles[harm],
    seen: harms.filter((found) => found.includes(harm)).length,
    budget: settings.budgets[harm] ?? 0,
  }))
  const [latest] = harms[0] ?? []
  const end = latest === undefined ? 0 : harms.findIndex((found) => !found.includes(latest))
  return {
    exposures,
    streak: latest === undefined ? null : { harm: latest, cases: end === -1 ? harms.length : end },
    minutes: Math.floor(workedMicros(worked, now) / 60_000_000),
  }
}

/** How long somebody has worked without a pause, up to now: 0 after a pause. */
function workedMicros(worked: readonly Worked[], now: number): number {
  let start = now
  for (const { at } of worked) {
    if (start - at > pauseMicros) break
    start = at
  }
  return now - start
}

/** Whether a person can still take a case: no budget of its harms is used up, and no harm class goes on too long. */
export function canBear(load: Load, harms: readonly HarmClass[], settings: Settings): boolean {
  return harms.every((harm) => {
    const exposure = load.exposures.find((found) => found.harm === harm)
    const turning = load.streak?.harm === harm && load.streak.cases >= settings.rotate_after
    return !turning && (!exposure || exposure.seen < exposure.budget)
  })
}

/** What to say to somebody who should pause; null while they need not. */
export function breakOf(load: Load, settings: Settings): Text | null {
  const over = load.exposures.filter((exposure) => exposure.seen > 0 && exposure.seen >= exposure.budget)
  if (load.minutes >= settings.break_after_minutes)
    return {
      zh: `你已连续工作 ${load.minutes} 分钟，休息一下吧`,
      en: `You have worked for ${load.minutes} minutes without a pause: take a break`,
    }
  if (over.length === 0) return null
  return {
    zh: `今天已看够：${over.map(({ title }) => title.zh).join('、')}；这类案件今天不再分给你`,
    en: `Enough for today: ${over.map(({ title }) => title.en).join(', ')}; you get no more of these today`,
  }
}
