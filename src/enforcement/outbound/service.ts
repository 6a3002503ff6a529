import { record } from '../../kernel/database.ts'
import { newId } from '../../kernel/ids.ts'
import { problem } from '../../kernel/problems.ts'
import { second } from '../../kernel/time.ts'
import { actionKind, actionKinds, actionStore } from '../actions/index.ts'
import { bodyOf, headerNames, mostAttempts, pauseAfter, sign, subjectOf, urlProblem } from './model.ts'
import * as store from './store.ts'

export interface OutboundInput {
  readonly db: store.OutboundDb
  readonly request: typeof fetch
  readonly log: (message: string) => void
  /** From 0 (included) to 1 (excluded). */
  readonly random?: () => number
  readonly timeoutMs?: number
}

export interface EndpointInput {
  readonly title: string
  readonly url: string
  readonly secret?: string | undefined
  readonly kinds?: readonly string[] | null | undefined
  readonly active?: boolean | undefined
}

export type Outbound = ReturnType<typeof createOutbound>

const newsSpan = 2000
const atOnce = 8
const consumerOf = (endpoint: string) => `webhook:${endpoint}`

interface Outcome {
  readonly status: number | null
  readonly detail: string
}

/**
 * Tells the marketplace what the ledger did: signed calls from the outbox, by a cursor for each endpoint. At least once, each
 * with the same idempotency key at every attempt, in order for each subject. What fails waits longer and longer; after
 * ten attempts it is a dead letter, which lets what follows it pass and can be tried again by hand.
 */
export function createOutbound({ db, request, log, random = Math.random, timeoutMs = 10_000 }: OutboundInput) {
  /** Puts what is new in the ledger into the queue of an endpoint: queue and cursor in one transaction, so each exactly once. */
  async function fill(endpoint: store.EndpointRow, now: number): Promise<boolean> {
    const consumer = consumerOf(endpoint.endpoint_id)
    const kinds = endpoint.kinds === null ? null : new Set(JSON.parse(endpoint.kinds) as string[])
    return db.transaction().execute(async (tx) => {
      const from = await actionStore.appliedPosition(tx as never, consumer)
      const { actions, next } = await store.newsAfter(tx, from, newsSpan)
      if (next === from) return false
      for (const { seq, action } of endpoint.active ? actions : []) {
        if (kinds !== null && !kinds.has(action.kind) && !kinds.has(forwardKind(action.kind))) continue
        await store.enqueue(tx, {
          endpoint_id: endpoint.endpoint_id,
          seq,
          action_id: action.action_id,
          subject: subjectOf(action),
          failures: 0,
          next_at: now,
        })
      }
      await actionStore.setApplied(tx as never, consumer, next)
      return true
    })
  }

  async function call(
    endpoint: store.EndpointRow,
    secret: string,
    queued: store.QueuedRow,
    now: number,
  ): Promise<Outcome> {
    const action = await actionStore.actionById(db as never, queued.action_id)
    if (!action) return { status: null, detail: 'the ledger does not hold this action' }
    const body = bodyOf(action)
    const timestamp = String(Math.floor(now / second))
    try {
      const answer = await request(endpoint.url, {
        method: 'POST',
        redirect: 'manual',
        signal: AbortSignal.timeout(timeoutMs),
        headers: {
          'content-type': 'application/json',
          'user-agent': 'aedile-webhook/1',
          [headerNames.timestamp]: timestamp,
          [headerNames.signature]: sign(secret, timestamp, body),
          [headerNames.key]: action.action_id,
          [headerNames.attempt]: String(queued.failures + 1),
        },
        body,
      })
      await answer.body?.cancel()
      return { status: answer.status, detail: answer.statusText.slice(0, 200) }
    } catch (error) {
      return { status: null, detail: reasonOf(error).slice(0, 300) }
    }
  }

  async function note(queued: store.QueuedRow, { status, detail }: Outcome, now: number): Promise<void> {
    const sent = status !== null && status >= 200 && status < 300
    const failures = sent ? 0 : queued.failures + 1
    const outcome = sent ? 'sent' : failures >= mostAttempts ? 'dead' : 'failed'
    await db.transaction().execute(async (tx) => {
      await store.attempt(tx, {
        at: now,
        endpoint_id: queued.endpoint_id,
        action_id: queued.action_id,
        seq: queued.seq,
        outcome,
        status,
        detail,
        actor: 'system',
      })
      if (outcome === 'failed')
        await store.postpone(tx, { ...queued, failures, next_at: now + pauseAfter(failures, random()) * second })
      else await store.dequeue(tx, queued)
    })
    if (outcome === 'dead')
      log(
        `webhook ${queued.endpoint_id}: ${queued.action_id} is a dead letter after ${failures} attempts (${status ?? detail})`,
      )
  }

  async function mustFind(id: string): Promise<store.EndpointRow> {
    const found = (await store.endpoints(db)).find((row) => row.endpoint_id === id)
    if (!found)
      throw problem({
        code: 'not_found',
        field: 'endpoint_id',
        value: id,
        detail: { zh: '没有这个接收端', en: 'No such endpoint' },
      })
    return found
  }

  async function save(
    endpoint_id: string,
    { title, url, secret, kinds = null, active = true }: EndpointInput,
    by: { actor: string; at: number; from: 'here' | 'kept' },
  ): Promise<store.EndpointRow> {
    checkEndpoint({ url, kinds })
    const row = {
      change_id: newId('whc'),
      at: by.at,
      endpoint_id,
      title,
      url,
      kinds: kinds === null ? null : JSON.stringify(kinds),
      active: active ? 1 : 0,
      cause: endpoint_id,
      actor: by.actor,
    }
    await db.transaction().execute(async (tx) => {
      await record(tx, 'webhook_endpoints', row)
      if (secret !== undefined)
        await tx.insertInto('webhook_secrets').values({ endpoint_id, at: by.at, secret }).execute()
      // A new receiver hears what happens from now on, not the whole past.
      if (by.from === 'here')
        await actionStore.setApplied(tx as never, consumerOf(endpoint_id), await store.lastNews(tx))
    })
    return row
  }

  return {
    endpoints: () => store.endpoints(db),
    find: mustFind,
    queueCounts: () => store.queueCounts(db),
    outcomeCounts: () => store.outcomeCounts(db),
    async deadLetters(): Promise<number> {
      const dead = (await store.outcomeCounts(db)).filter((row) => row.outcome === 'dead')
      return dead.reduce((sum, row) => sum + Number(row.n), 0)
    },
    lastAttempts: (filter: Parameters<typeof store.lastAttempts>[1]) => store.lastAttempts(db, filter),
    attemptsOf: (actionIds: readonly string[]) => store.attemptsOf(db, actionIds),
    queuedOf: (actionIds: readonly string[]) => store.queuedOf(db, actionIds),

    /** @throws invalid_input naming what is wrong with the address or the kinds. */
    create: (input: EndpointInput & { secret: string }, by: { id: string }, now: number) =>
      save(newId('whk'), input, { actor: by.id, at: now, from: 'here' }),
    /** A new version; without a secret the old one stays. @throws not_found, invalid_input. */
    async change(id: string, input: Partial<EndpointInput>, by: { id: string }, now: number) {
      const known = await mustFind(id)
      return save(
        id,
        {
          title: input.title ?? known.title,
          url: input.url ?? known.url,
          secret: input.secret,
          kinds: input.kinds === undefined ? (JSON.parse(known.kinds ?? 'null') as string[] | null) : input.kinds,
          active: input.active ?? known.active === 1,
        },
        { actor: by.id, at: now, from: 'kept' },
      )
    },

    /** Puts a dead letter back into the queue. @throws not_found, conflict when it is no dead letter. */
    async retry(endpointId: string, actionId: string, by: { id: string }, now: number): Promise<void> {
      await mustFind(endpointId)
      const mine = (await store.attemptsOf(db, [actionId])).filter((row) => row.endpoint_id === endpointId)
      const action = await actionStore.actionById(db as never, actionId)
      const last = mine.at(-1)
      if (last?.outcome !== 'dead' || !action)
        throw problem({
          code: 'conflict',
          field: 'action_id',
          value: actionId,
          detail: { zh: '它不是死信', en: 'It is no dead letter' },
          fix: {
            zh: '只有死信可以重发；等待中的会自动重试',
            en: 'Only dead letters are sent again by hand; what waits is tried by itself',
          },
        })
      await db.transaction().execute(async (tx) => {
        await store.attempt(tx, {
          at: now,
          endpoint_id: endpointId,
          action_id: actionId,
          seq: last.seq,
          outcome: 'requeued',
          status: null,
          detail: '',
          actor: by.id,
        })
        await store.enqueue(tx, {
          endpoint_id: endpointId,
          // In its own place: before whatever waits for the same subject and came later.
          seq: last.seq,
          action_id: actionId,
          subject: subjectOf(action),
          failures: 0,
          next_at: now,
        })
      })
    },

    /** One round: fills the queues from the ledger and calls what is due, at most eight at once for each endpoint. Returns how many were called. */
    async deliver(now: number): Promise<number> {
      let called = 0
      for (const endpoint of await store.endpoints(db)) {
        while (await fill(endpoint, now));
        const secret = endpoint.active ? (await store.secretOf(db, endpoint.endpoint_id))?.secret : undefined
        if (secret === undefined) continue
        const due = await store.dueCalls(db, { endpoint: endpoint.endpoint_id, now, limit: atOnce })
        await Promise.all(due.map(async (queued) => note(queued, await call(endpoint, secret, queued, now), now)))
        called += due.length
      }
      return called
    },
  }
}

const inverses = new Map(actionKinds.map((kind) => [kind.inverse, kind.id]))
/** The kind that an inverse takes back; itself for a kind that imposes. */
const forwardKind = (kind: string): string => inverses.get(kind) ?? kind

function checkEndpoint({ url, kinds }: Pick<EndpointInput, 'url' | 'kinds'>): void {
  const wrong = urlProblem(url)
  if (wrong)
    throw problem({
      code: 'invalid_input',
      field: 'url',
      value: url.replace(/\/\/[^@/]*@/, '//…@'),
      detail: wrong,
      fix: { zh: '例如 https://shop.example/hooks/aedile', en: 'For example https://shop.example/hooks/aedile' },
    })
  const unknown = kinds?.find((kind) => !actionKind(kind))
  if (unknown !== undefined)
    throw problem({
      code: 'invalid_input',
      field: 'kinds',
      value: unknown,
      detail: { zh: '没有这种处置', en: 'No such action' },
      fix: { zh: '见处置目录', en: `Use kinds of the catalogue: ${actionKinds.map((kind) => kind.id).join(', ')}` },
    })
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  if (error.name === 'TimeoutError') return 'no answer in time'
  const { cause } = error
  return cause instanceof Error ? `${error.message}: ${cause.message}` : error.message
}
