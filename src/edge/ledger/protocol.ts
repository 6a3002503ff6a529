import type { Subject } from '../../review/inbound/index.ts'
import type { FloorRules } from '../floor-rules.ts'
import type { PackRules } from '../rules.ts'

/** Messages to the process that writes the ledger. */
export type ToLedger =
  | { readonly kind: 'packs'; readonly id: number; readonly packs: readonly PackRules[] }
  | { readonly kind: 'queues'; readonly id: number; readonly queues: FloorRules }
  | { readonly kind: 'follow'; readonly id: number }
  /** Answers `positions`; null when it could not be found out. */
  | { readonly kind: 'positions'; readonly id: number; readonly found: readonly [string, number][] | null }
  | { readonly kind: 'stop' }

/** Messages from it. `done` answers `packs`, `queues` and `follow`; after `follow`, all that was durable when it was asked is in the ledger. */
export type FromLedger =
  | { readonly kind: 'done'; readonly id: number }
  | { readonly kind: 'grown' }
  /** Asks for the newest decisions about subjects, which the facts know. */
  | { readonly kind: 'positions'; readonly id: number; readonly subjects: readonly Subject[]; readonly before: number }
  | { readonly kind: 'log'; readonly line: string }
