import type { Text } from '../../kernel/values.ts'
import type { Severity, Verdict } from '../../vocabulary/verdicts.ts'
import { type Row, rows, type Strength } from './kinds.ts'

/** How long an action may hold, in days; `most` null = until it is lifted. */
export interface Duration {
  readonly usual: number | null
  readonly most: number | null
}

/** A consequence that can be imposed, the one that takes it back, and the call that tells the marketplace. */
export interface ActionKind {
  readonly id: string
  readonly title: Text
  readonly inverse: string
  readonly inverseTitle: Text
  /** False for what only asks or informs: nothing to appeal against. */
  readonly restrictive: boolean
  /** Kinds of subject that it can be imposed on. */
  readonly scope: readonly string[]
  readonly strength: Strength
  readonly duration: Duration
  /** Names of the outside calls: when it is imposed and when it is taken back. */
  readonly call: { readonly impose: string; readonly reverse: string }
}

const informs = new Set(['warn', 'request_documents'])

/** Every action has an inverse: second law of the ledger. */
export const actionKinds: readonly ActionKind[] = rows.map(read)

function read(row: Row): ActionKind {
  const [id, title, inverse, inverseTitle, scope, strength, duration, call] = row
  return {
    id,
    title: { zh: title[0], en: title[1] },
    inverse,
    inverseTitle: { zh: inverseTitle[0], en: inverseTitle[1] },
    restrictive: !informs.has(id),
    scope,
    strength,
    duration: { usual: duration[0], most: duration[1] },
    call: { impose: call[0], reverse: call[1] },
  }
}

const byId = new Map(actionKinds.map((found) => [found.id, found]))
const byInverse = new Map(actionKinds.map((found) => [found.inverse, found]))

export function actionKind(id: string): ActionKind | undefined {
  return byId.get(id)
}

/** The title of an action or of an inverse. */
export function actionTitle(id: string): Text {
  return byId.get(id)?.title ?? byInverse.get(id)?.inverseTitle ?? { zh: id, en: id }
}

/** The outside call of an action or of an inverse; undefined for a kind that the catalogue does not know. */
export function outsideCall(id: string): string | undefined {
  return byId.get(id)?.call.impose ?? byInverse.get(id)?.call.reverse
}

const blocking: Record<string, string> = {
  content: 'remove_content',
  video: 'remove_content',
  live: 'stop_live',
  account: 'challenge_account',
  order: 'hold_order',
  report: 'remove_content',
}

/** The least restrictive action that carries a verdict out for a kind of subject; none for `pass`. */
export function defaultAction(verdict: Verdict, subjectType: string): string | null {
  switch (verdict) {
    case 'pass':
      return null
    case 'label':
      return 'label'
    case 'evidence':
      return 'request_documents'
    case 'review':
      return null
    case 'geo-block':
      return 'geo_block'
    case 'block':
      return blocking[subjectType] ?? 'block_publish'
  }
}

/** What a person who chooses knows of the matter. */
export interface Matter {
  readonly subjectType: string
  readonly severity: Severity
  /** Earlier violations of the same policy by the same party that still stand. */
  readonly repeats: number
  /** True when the matter concerns only some of the markets that the subject is offered in. */
  readonly someMarkets: boolean
}

export interface Suggestion {
  readonly kind: ActionKind
  readonly suggested: boolean
  /** True for what takes away more than the severity asks for. */
  readonly excessive: boolean
}

/** Formal faults are asked about, minor ones pointed out, illegal goods stopped. */
const wanted: Readonly<Record<Severity, Strength>> = { S4: 1, S3: 2, S2: 3, S1: 4 }
/** From how many repeats on one step more is proportionate. */
const repeatsPerStep = 3

/** The strength that a matter asks for: its severity, one step more for every three repeats, never to the end for good. */
export function strengthFor({ severity, repeats }: Pick<Matter, 'severity' | 'repeats'>): Strength {
  const steps = wanted[severity] + Math.floor(Math.max(0, repeats) / repeatsPerStep)
  return steps >= 4 ? 4 : steps === 3 ? 3 : steps === 2 ? 2 : 1
}

/**
 * Every action that fits the subject, least restrictive first; the first that is as strong as the matter asks for is suggested
 * (DSA art. 14(4) and 17: diligent, objective and proportionate). Where only some markets are concerned, a block there
 * comes before anything that would hold everywhere.
 */
export function suggestActions(matter: Matter): Suggestion[] {
  const asked = strengthFor(matter)
  const fitting = actionKinds
    .filter((kind) => kind.scope.includes(matter.subjectType))
    .filter((kind) => kind.id !== 'geo_block' || matter.someMarkets)
    .toSorted((a, b) => a.strength - b.strength)
  const local = matter.someMarkets && asked >= 3 ? fitting.find((kind) => kind.id === 'geo_block') : undefined
  const chosen = local ?? fitting.find((kind) => kind.strength >= asked) ?? fitting.at(-1)
  return fitting.map((kind) => ({
    kind,
    suggested: kind === chosen,
    excessive: kind.strength > (chosen?.strength ?? 5),
  }))
}
