import { Type } from '@sinclair/typebox'
import { asJsonText, type Context, operation } from '../../kernel/operation.ts'
import { anything, listOf, page, paging } from '../../kernel/paging.ts'
import { type Problem, problem } from '../../kernel/problems.ts'
import { formatTime } from '../../kernel/time.ts'
import type { Decided } from './follow.ts'
import type { Landed, Offer, Pipeline, Submitted } from './pipeline.ts'
import type { Quarantine, Refused } from './quarantine.ts'

export interface ItemResult {
  readonly id: string | null
  readonly source: string | null
  readonly status: Submitted['status']
  readonly position?: number
  readonly decision_id?: string
  readonly verdict?: string
  readonly error?: Problem
  /** False when what was refused could not be kept in quarantine. */
  readonly quarantined?: boolean
}

const mostItems = 10_000

/** What became of each item of a batch; nothing is answered before it is durable, and a bad item does not stop the others. */
export async function submitBatch(
  pipeline: Pipeline,
  quarantine: Quarantine,
  input: { items: readonly Item[]; origin: string; now: number; history?: boolean },
): Promise<ItemResult[]> {
  const refused: Refused[] = []
  const refuse = (raw: unknown, found: Problem): ItemResult => {
    refused.push({ origin: input.origin, problem: found, raw })
    const about = typeof raw === 'object' && raw !== null ? (raw as { id?: unknown; source?: unknown }) : {}
    return {
      id: typeof about.id === 'string' ? about.id.slice(0, 1024) : null,
      source: typeof about.source === 'string' ? about.source.slice(0, 1024) : null,
      status: 'refused',
      error: found,
    }
  }
  const landed = await pipeline.submitMany(input.items, { history: input.history ?? false })
  const results = landed.map((found, index) => resultOf(found, input.items[index], refuse))
  try {
    await quarantine.keep(refused, input.now)
  } catch {
    // What was accepted stands. The caller learns that what was refused is kept nowhere, and still has it.
    return results.map((item) => (item.error ? { ...item, quarantined: false } : item))
  }
  return results
}

/** The answer for one item; `refuse` keeps it in quarantine, which has no use for an event that only could not be recorded. */
function resultOf(
  found: Landed,
  item: Item | undefined,
  refuse: (raw: unknown, problem: Problem) => ItemResult,
): ItemResult {
  if (found.status === 'refused') return refuse(found.raw, atLine(found.problem, item))
  const { id, source, status } = found
  if (status === 'unrecorded') return { id, source, status: 'refused', error: found.problem }
  const { position } = found
  if (status === 'conflict') return { ...refuse(found.raw, conflictProblem(id, source)), status, position }
  if (status === 'duplicate') return { id, source, status, position }
  const { decision_id, verdict } = found.judged
  return { id, source, status, position, decision_id, verdict }
}

/** Says of a line that is not JSON which one it is. */
function atLine(found: Problem, item: Item | undefined): Problem {
  if (found.code !== 'malformed_json' || item?.line === undefined) return found
  const { zh, en } = found.detail
  const detail = { zh: `第 ${item.line} 行${zh}`, en: `Line ${item.line} ${en}` }
  return { ...found, field: `line ${item.line}`, detail }
}

function conflictProblem(id: string, source: string): Problem {
  return {
    code: 'conflict',
    field: 'id',
    value: id,
    detail: {
      zh: `来源 ${source} 的事件 ${id} 已有不同内容，先到的保留`,
      en: `An event ${id} of source ${source} with other content is there already; the first one stands`,
    },
    fix: { zh: '内容变化时请使用新的 id', en: 'Give a changed event a new id' },
  }
}

const emptyBody: Problem = {
  code: 'invalid_input',
  field: 'body',
  value: null,
  detail: { zh: '请求体为空', en: 'The body is empty' },
  fix: {
    zh: '发送一个事件、事件数组，或 NDJSON（每行一个事件）',
    en: 'Send one event, an array of events, or NDJSON (one event a line)',
  },
}

/** What was sent: an array or NDJSON arrives under `body`, an object as it is; an event may have a field `body` of its own. */
function sentBody(input: Readonly<Record<string, unknown>>): unknown {
  const { body, ...rest } = input
  return body !== undefined && !('type' in rest) && !('data' in rest) ? body : input
}

/** A text that is no JSON is the whole body here, not a line of many. */
function aboutBody(found: Problem): Problem {
  if (found.code !== 'malformed_json') return found
  return {
    ...found,
    detail: { zh: `请求体${found.detail.zh}`, en: `The body ${found.detail.en}` },
    fix: {
      zh: '发送一个 JSON 对象；批量请用 /v1/events',
      en: 'Send one JSON object; /v1/events takes batches',
    },
  }
}

/** What was sent, when it came as text. */
function textOf(input: Readonly<Record<string, unknown>>): string | null {
  const { body, ...rest } = input
  return typeof body === 'string' && Object.keys(rest).length === 0 ? body : null
}

/** Whether nothing was sent at all; an empty list is something. */
function isEmpty(body: unknown): boolean {
  if (typeof body === 'string') return body.trim() === ''
  return typeof body !== 'object' || body === null || (!Array.isArray(body) && Object.keys(body).length === 0)
}

/** One event of what was sent, and its line where it came in lines. */
export type Item = Offer & { readonly line?: number }

/** Splits NDJSON, whose lines are parsed when their turn comes, or takes JSON. */
export function itemsOf(body: unknown): Item[] {
  if (typeof body === 'string') {
    const items: Item[] = []
    for (const [index, json] of body
      .replace(/^\uFEFF/, '')
      .split('\n')
      .entries())
      if (json.trim() !== '') items.push({ json, line: index + 1 })
    return items
  }
  if (Array.isArray(body)) return body.map((raw) => ({ raw: raw as unknown }))
  const wrapped = (body as { events?: unknown } | null)?.events
  return Array.isArray(wrapped) ? wrapped.map((raw) => ({ raw: raw as unknown })) : [{ raw: body }]
}

/** Events in, decisions out. */
export function decisionOperations({
  pipeline,
  quarantine,
  entryAt,
}: {
  pipeline: Pipeline
  quarantine: Quarantine
  entryAt: (position: number) => Promise<Decided>
}) {
  const keepBody = ({ principal, now }: Context, body: string, found: Problem) =>
    quarantine.keep([{ origin: principal.name, problem: found, raw: body }], now)
  return [
    operation({
      name: 'events.send',
      summary: { zh: '批量发送事件，逐条返回结果', en: 'Send events in a batch; one result an item' },
      method: 'POST',
      path: '/v1/events',
      permission: 'event.write',
      scope: { site: 'site' },
      audited: false,
      input: Type.Object(
        {
          events: Type.Optional(Type.Array(Type.Unknown(), { description: `at most ${mostItems} events` })),
          body: Type.Optional(Type.Unknown()),
        },
        { additionalProperties: true },
      ),
      output: anything,
      errors: ['malformed_json', 'disk_full', 'too_large'],
      keepMalformed: keepBody,
      run: async ({ now, principal }, input) => {
        const body = sentBody(input)
        if (isEmpty(body)) throw problem(emptyBody)
        const items = itemsOf(body)
        if (items.length > mostItems)
          throw problem({
            code: 'too_large',
            field: 'events',
            value: items.length,
            detail: { zh: `一次最多 ${mostItems} 条`, en: `At most ${mostItems} events a call` },
            fix: { zh: '分批发送', en: 'Send several batches' },
          })
        const results = await submitBatch(pipeline, quarantine, { items, origin: principal.name, now })
        const full = results.find((item) => item.error?.code === 'disk_full')
        if (full?.error && results.every((item) => item.status === 'refused')) throw problem(full.error)
        const count = (status: string) => results.filter((item) => item.status === status).length
        return {
          accepted: count('accepted'),
          duplicates: count('duplicate'),
          refused: count('refused') + count('conflict'),
          items: results,
        }
      },
    }),
    operation({
      name: 'decide',
      summary: { zh: '同步判定一个事件', en: 'Decide one event and wait for the answer' },
      method: 'POST',
      path: '/v1/decide',
      permission: 'event.decide',
      scope: { site: 'site' },
      audited: false,
      input: Type.Object({}, { additionalProperties: true }),
      output: anything,
      errors: ['malformed_json', 'conflict', 'disk_full', 'too_large'],
      textBody: true,
      // It quotes only what the caller has just sent.
      unmasked: true,
      keepMalformed: keepBody,
      run: async ({ now, principal }, input) => {
        const refuse = async (found: Problem): Promise<never> => {
          await quarantine.keep([{ origin: principal.name, problem: found, raw: textOf(input) ?? input }], now)
          throw problem(found)
        }
        const text = textOf(input)
        if (text === null ? isEmpty(input) : /^\s*(\{\s*\})?\s*$/.test(text)) throw problem(emptyBody)
        const submitted = text === null ? pipeline.submit(input) : pipeline.submitText(text)
        if (submitted.status === 'refused') return refuse(aboutBody(submitted.problem))
        const receipt = await submitted.durable
        if (submitted.status === 'accepted') return asJsonText(submitted.text)
        if (submitted.status === 'conflict') return refuse(conflictProblem(submitted.event.id, submitted.event.source))
        return { ...(await entryAt(receipt.position)).decision, duplicate: true }
      },
    }),
    operation({
      name: 'quarantine.list',
      summary: { zh: '隔离区', en: 'Quarantine' },
      method: 'GET',
      path: '/v1/quarantine',
      permission: 'import.read',
      scope: 'whole',
      input: Type.Object(paging),
      output: listOf,
      run: async (_context, { limit = 50, after }) => {
        const found = page(await quarantine.list({ limit: limit + 1, after }), limit, (row) => row.quarantine_id)
        return {
          ...found,
          items: found.items.map((row) => ({
            at: formatTime(row.at),
            source: row.origin,
            reason: JSON.parse(row.reason) as unknown,
            field: row.field,
            value: row.value,
            fix: JSON.parse(row.fix) as unknown,
            raw: row.raw.slice(0, 4000),
          })),
        }
      },
    }),
  ]
}
