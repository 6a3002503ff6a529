import type { Ladder, SanctionInForce, StandingEvent } from './model.ts'
import { standingOf } from './service.ts'

/**
 * The sanctions that hold while some violations are contested. Where the ladder lets them rest, a sanction is left out that would not be in
 * force (by kind and scope) without the contested violations; nothing is ever added, and points and thresholds stay as they are. The time
 * of a sanction goes on while it rests: what runs out meanwhile does not come back.
 * @param at milliseconds since 1970 UTC
 */
export function sanctionsWhileAppealed(
  ladder: Ladder,
  events: readonly StandingEvent[],
  { subject, at, contested }: { subject: string; at: number; contested: ReadonlySet<string> },
): readonly SanctionInForce[] {
  const { sanctions } = standingOf(ladder, events, { subject, at })
  if (ladder.whileAppealed !== 'rest' || contested.size === 0) return sanctions
  const without = events.filter(
    (event) => !contested.has(event.id) && !(event.ref !== null && contested.has(event.ref)),
  )
  const kept = new Set(standingOf(ladder, without, { subject, at }).sanctions.map(nameOf))
  return sanctions.filter((each) => kept.has(nameOf(each)))
}

const nameOf = ({ kind, scope }: SanctionInForce): string => JSON.stringify([kind, scope])
