import { formatTime } from '../../kernel/time.ts'
import type { Text, Value } from '../../kernel/values.ts'
import type { CloudEvent } from '../../vocabulary/events/index.ts'
import type { Programs } from '../strategies/index.ts'
import type { Decision, Evidence, Finding } from './model.ts'
import { stored } from './stored.ts'

/** The type of the entries that batch strategies journal: one for each subject and window. Nobody can send it. */
export const hitEventType = 'batch.hit'
export const hitEventTitle: Text = { zh: '批量策略命中', en: 'Found by a batch strategy' }

/** A subject that a run of a batch strategy found, and what the query said of it. */
export interface Hit {
  /** `<pack>/<id>` */
  readonly strategy: string
  readonly version: number
  readonly run_id: string
  /** ISO times: after the first, up to the second. */
  readonly window_from: string
  readonly window_to: string
  readonly subject_type: string
  readonly subject_id: string
  readonly party_type: string | null
  readonly party_id: string | null
  readonly score: number
  /** The other columns of the query, in their order. */
  readonly evidence: Readonly<Record<string, Value>>
}

/** The event of a hit: its key is strategy version, window and subject, so it can be journaled once only. */
export function hitEvent(hit: Hit, at: number): CloudEvent {
  return {
    id: `${hit.window_from}/${hit.window_to}/${hit.subject_type}:${hit.subject_id}`,
    source: `batch/${hit.strategy}@${hit.version}`,
    type: hitEventType,
    time: formatTime(at),
    subject: hit.subject_id,
    data: { ...hit },
  }
}

/**
 * The decision about one hit, from the journaled hit and the packs in charge: what the query found is an input, as the
 * value of a window or a list hit is; verdict, markets, policy and severity are computed. The same hit and the same packs
 * give the same decision, which is what replay compares.
 * @returns null when the packs do not hold this version of the strategy.
 */
export function decideHit(
  programs: Programs,
  { event, loggedAt, held }: { event: CloudEvent; loggedAt: number; held: Finding['held'] },
): Decision | null {
  const hit = event.data as unknown as Hit
  const strategy = programs.batch.get(hit.strategy)
  if (!strategy || strategy.version !== hit.version) return null
  const live = strategy.mode === 'live' && held === undefined
  const markets = strategy.markets ?? ['*']
  const verdict = live ? strategy.verdict : 'pass'
  return {
    decision_id: `dec_${loggedAt.toString(36).padStart(11, '0')}`,
    event: {
      id: event.id,
      source: event.source,
      type: event.type,
      subject_type: hit.subject_type,
      subject: hit.subject_id,
      party_type: hit.party_type,
      party: hit.party_id,
      site: event.site ?? null,
      time: event.time ?? formatTime(loggedAt),
      logged_at: formatTime(loggedAt),
    },
    verdict,
    markets: Object.fromEntries(markets.map((market) => [market, verdict])),
    findings: [
      {
        strategy: hit.strategy,
        version: hit.version,
        policy: strategy.policy,
        policy_version: strategy.policyVersion,
        severity: strategy.severity,
        verdict: strategy.verdict,
        mode: live ? 'live' : 'shadow',
        markets,
        evidence: evidenceOf(hit, strategy.tell ?? []),
        ...(held === undefined ? {} : { held }),
      },
    ],
    unknown: [],
    saw: {},
    engine: programs.fingerprint,
  }
}

/** The party is told the period and what the strategy names; other columns may speak of other people. */
function evidenceOf(hit: Hit, tell: readonly string[]): Evidence[] {
  return [
    { field: 'period', value: `${hit.window_from.slice(0, 10)} – ${hit.window_to.slice(0, 10)}` },
    { field: 'score', value: hit.score, internal: true },
    ...Object.entries(hit.evidence).map(
      ([field, value]): Evidence =>
        tell.includes(field) ? { field, value: stored(value) } : { field, value: stored(value), internal: true },
    ),
  ]
}
