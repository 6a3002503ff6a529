import type { Text } from '../types.ts'
import type { CaseRow } from './cases.ts'

/** The answer behind the home page. */

export interface Overview {
  my_cases: CaseRow[]
  my_open: number
  queues: { queue: string; title: Text; open: number; overdue: number; oldest_at: string | null }[]
  alarms: { id: string; level: 'watch' | 'warn'; title: Text; detail: Text; at: string; link: string | null }[]
  changes: { at: string; kind: string; title: Text; link: string | null; actor: string | null }[]
  totals: {
    events: number
    decisions: number
    findings: number
    open_cases: number
    open_appeals: number
    events_per_second: number
  }
  ingest: { streaming: boolean; done: number; total: number; source: Text } | null
  sample: { generated: true; seed: number; note: Text } | null
  packs: { live: number; invalid: { pack: string; message: Text }[] }
}
