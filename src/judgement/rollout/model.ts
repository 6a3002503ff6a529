import { createHash } from 'node:crypto'
import { canonicalJson } from '../../kernel/canonical.ts'
import type { Text } from '../../kernel/values.ts'
import type { PackProblem, Policy, RolloutState, Strategy } from '../../vocabulary/packs/index.ts'

/** Where a version stands; a draft is not a version yet. */
export type Standing = 'draft' | RolloutState

/** What may follow each standing. Publication is the step from draft to shadow; a canary may change its share. */
export const transitions: Readonly<Record<Standing, readonly RolloutState[]>> = {
  draft: ['shadow'],
  shadow: ['canary', 'retired'],
  canary: ['canary', 'live', 'shadow', 'retired'],
  live: ['shadow', 'retired'],
  retired: ['shadow'],
}

const power: Readonly<Record<Standing, number>> = { draft: 0, retired: 0, shadow: 1, canary: 2, live: 3 }

/** Whether a step lets a version do more than before: publication, and every step towards live. */
export function raises(from: Standing, to: RolloutState): boolean {
  return from === 'draft' || (power[to] >= power.canary && power[to] >= power[from])
}

/** Why a version needs a second person before it may act; null = one person is enough. */
export function secondPersonReason(
  strategy: Pick<Strategy, 'verdict' | 'actions'>,
  policy: Pick<Policy, 'severity' | 'points'> | undefined,
): Text | null {
  if (policy?.severity === 'S1' || policy?.severity === 'S2')
    return { zh: `严重度 ${policy.severity}`, en: `severity ${policy.severity}` }
  if ((policy?.points?.points ?? 0) > 0)
    return { zh: `规范会扣 ${policy?.points?.points} 分`, en: `its policy costs ${policy?.points?.points} points` }
  const actions = (strategy.actions ?? []).filter((action) => action !== 'none')
  if (actions.length > 0) return { zh: `处置：${actions.join('、')}`, en: `its actions: ${actions.join(', ')}` }
  if (strategy.verdict === 'block' && strategy.actions === undefined)
    return { zh: '结论为拦截，会下架对象', en: 'its verdict is block, which removes what it hits' }
  return null
}

/** Severities that are published only by somebody who says that they have seen the impact card. */
export const needsBacktest = (severity: string | undefined): boolean => severity === 'S1' || severity === 'S2'

/**
 * What a version does, as a hash. The same version never changes it. Title, note, owner, limits and rollout are not part of
 * it: they change nothing about which events it hits and what follows.
 */
export function identityOf(strategy: Strategy): string {
  const { id, version, policy, on, markets, when, verdict, evidence = [], actions = null } = strategy
  const text = canonicalJson({ id, version, policy, on, markets, when: when.trim(), verdict, evidence, actions })
  return createHash('sha256').update(text).digest('hex').slice(0, 16)
}

/** What a backtest of it depends on. */
export function conditionOf(strategy: Pick<Strategy, 'when' | 'on'>): string {
  const text = canonicalJson({ when: strategy.when.trim(), on: [...strategy.on].sort() })
  return createHash('sha256').update(text).digest('hex').slice(0, 16)
}

/** A strategy version by name. */
export interface VersionName {
  /** `<pack>/<strategy id>` */
  readonly strategy: string
  readonly version: number
}

export const keyOf = ({ strategy, version }: VersionName): string => `${strategy}@${version}`

/** The files that a published version adds to its pack. */
export const strategyFile = (id: string, version: number): string => `strategies/${id}@${version}.yaml`
export const caseFile = (id: string, version: number): string => `cases/${id}@${version}.yaml`

/** Something that keeps a draft from being published, and what to do about it. */
export interface Obstacle {
  readonly code:
    | 'invalid'
    | 'cases-failed'
    | 'no-firing-case'
    | 'no-trap'
    | 'no-backtest'
    | 'card-unconfirmed'
    | 'card-stale'
    | 'card-behind'
    | 'version-taken'
    | 'same-text'
  readonly message: Text
  readonly fix: Text
}

/** What a check of a draft says. */
export interface DraftCheck {
  /** The strategy as the text says it; null when the text cannot be read. */
  readonly strategy: Strategy | null
  readonly problems: readonly PackProblem[]
  readonly warnings: readonly (PackProblem & { readonly code: string })[]
  readonly severity: string | null
  readonly second_person: Text | null
  readonly needs_backtest: boolean
  /** Units of work of one evaluation: its own, and of the signals and windows that it reads. */
  readonly cost: { readonly own: number; readonly reads: number } | null
  readonly columns: readonly string[]
}
