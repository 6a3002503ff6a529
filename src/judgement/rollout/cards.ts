import { createHash } from 'node:crypto'
import { canonicalJson } from '../../kernel/canonical.ts'
import { formatTime } from '../../kernel/time.ts'
import type { TrialRow } from './store.ts'

/** The least that an impact card says. */
export interface TrialSummary {
  readonly hits: number
  readonly events: number
}

/** The impact card that a request for publication rests on, as it was when it was confirmed. */
export interface KeptCard {
  readonly card_id: string
  readonly at: string
  readonly actor: string
  /** The revision of the draft that it was computed from. */
  readonly revision: number
  /** Hash of the condition and its event types: another condition makes the card stale. */
  readonly condition: string
  /** Hash of the figures. */
  readonly hash: string
  readonly figures: Readonly<Record<string, unknown>> & TrialSummary
}

/** What is kept of a card: its figures, without the single events and sellers that it lists. */
export function figuresOf<Card extends TrialSummary>(card: Card): TrialSummary {
  return { ...card, by_seller: [], sample: [], nearest_misses: [] }
}

export function cardOf(trial: TrialRow): KeptCard {
  const figures = JSON.parse(trial.summary) as KeptCard['figures']
  return {
    card_id: trial.trial_id,
    at: formatTime(trial.at),
    actor: trial.actor,
    revision: trial.revision,
    condition: trial.condition,
    hash: createHash('sha256').update(canonicalJson(figures)).digest('hex').slice(0, 16),
    figures,
  }
}

/** The card that a request for publication names. */
export function cardOfRequest(input: unknown, trials: readonly TrialRow[]): KeptCard | null {
  const id = typeof input === 'object' && input !== null && 'card_id' in input ? input.card_id : null
  const trial = trials.find((found) => found.trial_id === id)
  return trial ? cardOf(trial) : null
}
