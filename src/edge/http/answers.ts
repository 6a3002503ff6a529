import type { FastifyReply } from 'fastify'
import { type Problem, problemCatalogue, problemOf } from '../../kernel/problems.ts'
import { storeProblem } from '../sqlite.ts'

/** Any error as a problem from the catalogue; what nobody foresaw goes into the log and tells nothing else. */
export function toProblem(error: unknown, log: (message: string) => void): Problem {
  const found = problemOf(error) ?? (error instanceof Error && 'problem' in error ? (error.problem as Problem) : null)
  if (found) return found
  const stored = storeProblem(error)
  if (stored) return stored
  const raised = error as { code?: string; statusCode?: number; message?: string; stack?: string }
  if (raised.code === 'FST_ERR_CTP_BODY_TOO_LARGE')
    return {
      code: 'too_large',
      detail: {
        zh: '请求体超过上限（一般 16 MiB，公开表单 64 KiB，文件按设置）',
        en: 'The body is larger than this address takes (16 MiB, public forms 64 KiB, files as set)',
      },
      fix: {
        zh: '分批发送，或用导入；表单请缩短文字、改用链接；文件请缩小后再传',
        en: 'Send smaller batches, or use an import; in a form, shorten the text and give links; make a file smaller',
      },
    }
  if (raised.statusCode && raised.statusCode < 500)
    return { code: 'invalid_input', detail: { zh: String(raised.message), en: String(raised.message) } }
  log(`request failed: ${raised.stack ?? raised.message ?? error}`)
  return {
    code: 'internal',
    detail: { zh: '内部错误，已记录', en: 'Something failed here; it is in the log under this request id' },
  }
}

export const problemType = 'application/problem+json; charset=utf-8'

/** RFC 9457 problem details. */
export function problemText(found: Problem, requestId: string): { status: number; text: string } {
  const { status, title } = problemCatalogue[found.code]
  const type = `urn:aedile:problem:${found.code}`
  return { status, text: JSON.stringify({ type, title, status, request_id: requestId, ...found }) }
}

export function sendProblem(reply: FastifyReply, found: Problem, requestId: string): FastifyReply {
  const { status, text } = problemText(found, requestId)
  return reply.code(status).header('content-type', problemType).send(text)
}
