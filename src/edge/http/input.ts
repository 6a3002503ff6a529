import { Value, type ValueError } from '@sinclair/typebox/value'
import { scopesOf } from '../../kernel/access/index.ts'
import type { Context, Operation } from '../../kernel/operation.ts'
import { type Problem, problem, shorten } from '../../kernel/problems.ts'

/** A request that was let in. */
export interface Opened {
  readonly operation: Operation
  readonly context: Context
}

/** The parts of a request that hold its input. */
export interface Sent {
  readonly query?: unknown
  readonly params?: unknown
  readonly body?: unknown
}

/**
 * A JSON body as the operation takes it: parsed, or the text for one that parses it.
 * @throws SyntaxError when it is not JSON.
 */
export function readBody(opened: Opened | undefined, body: string): unknown {
  // Some writers put a byte order mark in front, which is no JSON.
  const text = body.charCodeAt(0) === 0xfeff ? body.slice(1) : body
  if (opened?.operation.textBody && scopesOf(opened.context.principal, opened.operation.permission) === null)
    return text
  return text.trim() === '' ? {} : (JSON.parse(text) as unknown)
}

/** What a caller hears whose body is not JSON; the operation that it was sent to may keep it first. */
export async function refusedBody(opened: Opened | undefined, body: string, error: unknown): Promise<Error> {
  const found = notJson(error instanceof Error ? error.message : String(error))
  await opened?.operation.keepMalformed?.(opened.context, body, found)
  return problem(found)
}

function notJson(reason: string): Problem {
  return {
    code: 'malformed_json',
    detail: { zh: `请求体不是 JSON：${reason}`, en: `The body is not JSON: ${reason}` },
    fix: {
      zh: '发送 JSON；批量可用 NDJSON（每行一个事件，坏行不影响其余）',
      en: 'Send JSON; for batches NDJSON works too (one event a line, a bad line does not stop the others)',
    },
  }
}

/** Whether a schema lets every object through, so that there is nothing to convert or check. */
function takesAnything({ input }: Operation): boolean {
  return Object.keys(input.properties).length === 0 && input.additionalProperties === true
}

/** Path, query and body as one object that fits the operation's schema; query texts become numbers and booleans where asked. */
export function inputOf(operation: Operation, request: Sent): unknown {
  const bodiless = operation.method === 'GET' || operation.method === 'DELETE' || operation.fileBody
  const body = bodiless ? {} : request.body
  const merged: Record<string, unknown> = {
    ...(request.query as object | undefined),
    ...(typeof body === 'object' && body !== null && !Array.isArray(body) ? body : { body }),
    ...(request.params as object | undefined),
  }
  if (merged['body'] === undefined) delete merged['body']
  if (takesAnything(operation)) return merged
  const converted = Value.Default(operation.input, Value.Convert(operation.input, merged))
  const [first] = Value.Errors(operation.input, converted)
  if (first) throw inputProblem(first)
  return converted
}

function inputProblem(error: ValueError): Error {
  const field = error.path.slice(1).replaceAll('/', '.')
  return problem({
    code: 'invalid_input',
    field,
    value: error.value === undefined ? null : shorten(error.value),
    detail: {
      zh: `字段 "${field}" 不合格：${error.message}（值 ${shorten(error.value ?? null)}）`,
      en: `Field "${field}": ${error.message} (value ${shorten(error.value ?? null)})`,
    },
    fix: {
      zh: error.schema.description ?? `参见 /openapi.json`,
      en: error.schema.description ?? 'See /openapi.json for what this field takes',
    },
  })
}
