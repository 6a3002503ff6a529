import type { Traces } from '../insight/traces/index.ts'
import type { Context, Operation } from '../kernel/operation.ts'
import type { Cases } from '../review/cases/index.ts'

type Answer = Record<string, unknown>

interface Item {
  readonly layer: string
  readonly data?: unknown
}

/** Of what happened, only what the marketplace itself sent stays, without the signals that were computed on it. */
const untelling = (items: readonly Item[]): Item[] =>
  items
    .filter((item) => item.layer === 'perceived')
    .map(({ data, ...item }) => ({ ...item, data: { ...(data as Answer), signals: {} } }))

/** What each of these operations leaves out while the subject waits in a blind queue that the reader works in. */
const redactions: Readonly<Record<string, (answer: Answer) => Answer>> = {
  'trace.get': (answer) => ({
    ...answer,
    layers: Object.fromEntries(
      Object.entries(answer['layers'] as Record<string, Item[]>).map(([layer, items]) => [layer, untelling(items)]),
    ),
    links: [],
    blind: true,
  }),
  'subjects.get': (answer) => ({
    ...answer,
    decisions: [],
    actions: [],
    notices: [],
    cases: [],
    timeline: untelling(answer['timeline'] as Item[]),
    blind: true,
  }),
}

/** Keeps the proposal of a blind case from reviewers by every way that leads to it, not only by the case itself. */
export function withBlindness(
  operation: Operation,
  { cases, traces }: { cases: Cases; traces: Pick<Traces, 'subjectOf'> },
): Operation {
  const redact = redactions[operation.name]
  if (!redact) return operation
  return {
    ...operation,
    async run(context, input) {
      const answer = (await operation.run(context, input)) as Answer
      return (await isBlind(context, input as Answer)) ? redact(answer) : answer
    },
  }

  async function isBlind({ principal }: Context, input: Answer): Promise<boolean> {
    if (!principal.permissions.has('case.decide') || !cases.routing().queues.some((queue) => queue.blind)) return false
    const subject = await traces.subjectOf(String(input['type']), String(input['id']))
    return subject !== null && (await cases.on(subject)).some((found) => cases.hides(found, principal))
  }
}
