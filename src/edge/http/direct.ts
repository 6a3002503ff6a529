import type { Access } from '../../kernel/access/index.ts'
import { jsonTextOf, type Operation } from '../../kernel/operation.ts'
import type { Answered, Asked } from '../door/index.ts'
import { problemText, problemType, toProblem } from './answers.ts'
import { authorise } from './authorise.ts'
import { inputOf, readBody, refusedBody } from './input.ts'

export const jsonType = 'application/json; charset=utf-8'

/**
 * Runs one operation for requests that the door read: the same checks and the same answers as its route gives.
 * @throws Error when the operation is audited: its route does that.
 */
export function createDirect(
  operation: Operation,
  { access, log }: { access: Access; log: (message: string) => void },
): (asked: Asked) => Promise<Answered> {
  const { method, path: url, permission } = operation
  if (operation.audited) throw new Error(`${operation.name} is audited; give the door one that is not`)
  const run = async ({ id, authorization, address, body }: Asked): Promise<string> => {
    const asking = { id, ip: address, method, url, headers: { authorization } }
    const context = await authorise(asking, { permission, audited: null }, access)
    const opened = { operation, context }
    let read: unknown
    try {
      read = readBody(opened, body)
    } catch (error) {
      throw await refusedBody(opened, body, error)
    }
    const answer = await operation.run(context, inputOf(operation, { body: read }) as never)
    return jsonTextOf(answer) ?? JSON.stringify(answer ?? {})
  }
  return async (asked) => {
    try {
      return { number: asked.number, status: 200, type: jsonType, body: await run(asked) }
    } catch (error) {
      const { status, text } = problemText(toProblem(error, log), asked.id)
      return { number: asked.number, status, type: problemType, body: text }
    }
  }
}
