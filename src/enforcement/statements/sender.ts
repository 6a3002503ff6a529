import { newId } from '../../kernel/ids.ts'
import { second } from '../../kernel/time.ts'
import type { Statement } from './schema.ts'
import * as store from './store.ts'
import { batchMost } from './validate.ts'

export interface SenderInput {
  /** Base of the API, e.g. `https://transparency.dsa.ec.europa.eu/api/v1`. */
  readonly url: string
  readonly token: string
  readonly db: store.StatementDb
  readonly request: typeof fetch
  readonly log: (message: string) => void
}

/** Attempts before a statement becomes a dead letter, and the pause before attempt n (seconds, doubling, at most an hour). */
export const sendAttempts = 12
const pauseOf = (failures: number): number => Math.min(3600, 5 * 2 ** failures) * second

type Outcome = Pick<store.DeliveryRow, 'outcome' | 'detail'>

/**
 * Sends waiting statements in batches of at most 100. A batch is atomic on the other side, so the statements that it
 * refuses become dead letters and the rest goes again. Idempotent by `puid`: when an answer was lost, the database says
 * that the puid exists, and the statement counts as sent.
 */
export function createSender({ url, token, db, request, log }: SenderInput) {
  const base = url.replace(/\/+$/, '')
  const headers = { authorization: `Bearer ${token}`, accept: 'application/json', 'content-type': 'application/json' }

  async function exists(puid: string): Promise<boolean> {
    const answer = await request(`${base}/statement/existing-puid/${encodeURIComponent(puid)}`, {
      headers,
      redirect: 'manual',
      signal: AbortSignal.timeout(30_000),
    })
    await answer.body?.cancel()
    return answer.status === 302 || answer.status === 200
  }

  /** What became of each statement; one that is missing in the answer waits for the next round. */
  async function post(batch: readonly Statement[]): Promise<Map<string, Outcome>> {
    const answer = await request(`${base}/statements`, {
      method: 'POST',
      headers,
      body: JSON.stringify({ statements: batch }),
      signal: AbortSignal.timeout(60_000),
    })
    const text = await answer.text()
    if (answer.status === 201) return new Map(batch.map(({ puid }) => [puid, { outcome: 'sent', detail: '201' }]))
    if (answer.status !== 422) throw new Error(`${answer.status} ${text.slice(0, 300)}`)
    const refused = refusals(text, batch)
    if (refused.size > 0) return refused
    const found = new Map<string, Outcome>()
    for (const { puid } of batch)
      if (await exists(puid)) found.set(puid, { outcome: 'sent', detail: 'was there already' })
    if (found.size === 0) throw new Error(`422 ${text.slice(0, 300)}`)
    return found
  }

  async function note(outcomes: ReadonlyMap<string, Outcome>, now: number): Promise<void> {
    await db.transaction().execute(async (tx) => {
      for (const [puid, outcome] of outcomes)
        await tx
          .insertInto('statement_deliveries')
          .values({ delivery_id: newId('dlv'), at: now, puid, ...outcome })
          .execute()
    })
  }

  return {
    /** One batch; returns how many statements found their end (sent or dead). 0 = nothing waits or all are in a pause. */
    async sendOnce(now: number): Promise<number> {
      const waiting = await store.waitingStatements(db, batchMost)
      const failures = new Map<string, { count: number; last: number }>()
      for (const row of await store.deliveriesOf(
        db,
        waiting.map(({ puid }) => puid),
      ))
        failures.set(row.puid, { count: (failures.get(row.puid)?.count ?? 0) + 1, last: row.at })
      const due = waiting.filter(({ puid }) => {
        const failed = failures.get(puid)
        return !failed || failed.last + pauseOf(failed.count) <= now
      })
      if (due.length === 0) return 0
      try {
        const outcomes = await post(due.map(({ payload }) => JSON.parse(payload) as Statement))
        await note(outcomes, now)
        return outcomes.size
      } catch (error) {
        const detail = error instanceof Error ? error.message : String(error)
        log(`statements: ${due.length} were not sent: ${detail}`)
        const outcomes = new Map(
          due.map(({ puid }) => [
            puid,
            {
              outcome: (failures.get(puid)?.count ?? 0) + 1 >= sendAttempts ? ('dead' as const) : ('failed' as const),
              detail: detail.slice(0, 1000),
            },
          ]),
        )
        await note(outcomes, now)
        return [...outcomes.values()].filter(({ outcome }) => outcome === 'dead').length
      }
    },
  }
}

/** Statements that a 422 names as `statement_<index>`, with the reasons; empty when the answer names none. */
function refusals(text: string, batch: readonly Statement[]): Map<string, Outcome> {
  const found = new Map<string, Outcome>()
  let errors: unknown
  try {
    errors = (JSON.parse(text) as { errors?: unknown }).errors
  } catch {
    return found
  }
  if (typeof errors !== 'object' || errors === null) return found
  for (const [key, reasons] of Object.entries(errors)) {
    const statement = batch[Number(/^statement_(\d+)$/.exec(key)?.[1] ?? Number.NaN)]
    if (statement) found.set(statement.puid, { outcome: 'refused', detail: JSON.stringify(reasons).slice(0, 1000) })
  }
  return found
}
