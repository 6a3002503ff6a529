/** A window over past events as `GET /v1/features` gives it. */
export interface FeatureState {
  id: string
  pack: string
  sql: string
  on: string[]
  /** Seconds; null = everything before. */
  range: number | null
  state: 'ready' | 'learning'
}

export interface FeatureStates {
  items: FeatureState[]
  history_from: string | null
  learning: { events: number; upto: string | null } | null
  memory: { keys: number; events: number; bytes: number; bytes_per_key: number }
}
