import type { Text } from './values.ts'

/** Every error that a caller can meet: HTTP status and title. One catalogue for API, command line and docs. */
export const problemCatalogue = {
  malformed_json: { status: 400, title: { zh: 'JSON 无法解析', en: 'The body is not JSON' } },
  invalid_input: { status: 400, title: { zh: '输入不合格', en: 'The input does not fit' } },
  sign_in_required: { status: 401, title: { zh: '需要登录', en: 'Sign in first' } },
  sign_in_failed: { status: 401, title: { zh: '账号或密码不对', en: 'Wrong login or password' } },
  not_allowed: { status: 403, title: { zh: '没有权限', en: 'Not allowed' } },
  same_reviewer: { status: 403, title: { zh: '不能复核自己的决定', en: 'You made the first decision' } },
  same_person: { status: 403, title: { zh: '须由另一个人批准', en: 'Another person must approve' } },
  not_found: { status: 404, title: { zh: '没有找到', en: 'Not found' } },
  // Not 408: browsers send a request again that was answered so.
  sql_timeout: { status: 422, title: { zh: '查询超时', en: 'The query ran out of time' } },
  conflict: { status: 409, title: { zh: '与现有记录冲突', en: 'Conflicts with what is there' } },
  already_decided: { status: 409, title: { zh: '案件已经判定', en: 'The case is decided already' } },
  not_leased: { status: 409, title: { zh: '你没有领取这个案件', en: 'You do not hold this case' } },
  too_late: { status: 409, title: { zh: '已超过可撤回的时间', en: 'Too late to undo' } },
  appeal_exists: { status: 409, title: { zh: '已经申诉过', en: 'An appeal exists already' } },
  appeal_closed: { status: 409, title: { zh: '申诉期已过或处罚已撤销', en: 'No appeal is open for this' } },
  sql_memory: { status: 413, title: { zh: '查询占用内存过多', en: 'The query ran out of memory' } },
  too_large: { status: 413, title: { zh: '内容过大', en: 'Too large' } },
  file_refused: { status: 422, title: { zh: '文件被拒绝', en: 'The file is refused' } },
  expression_refused: { status: 422, title: { zh: '表达式被拒绝', en: 'The expression is refused' } },
  sql_refused: { status: 422, title: { zh: 'SQL 被拒绝', en: 'The SQL is refused' } },
  pack_invalid: { status: 422, title: { zh: '规则包不合格', en: 'The pack is not valid' } },
  too_many_requests: { status: 429, title: { zh: '请求过于频繁', en: 'Too many requests' } },
  internal: { status: 500, title: { zh: '内部错误', en: 'Internal error' } },
  disk_full: { status: 507, title: { zh: '磁盘已满，暂停写入', en: 'The disk is full; writes are refused' } },
  store_unavailable: { status: 503, title: { zh: '存储暂不可用', en: 'A store is not available' } },
} as const satisfies Record<string, { status: number; title: Text }>

export type ProblemCode = keyof typeof problemCatalogue

/** What went wrong, which field and value, and what to do about it. */
export interface Problem {
  readonly code: ProblemCode
  readonly detail: Text
  readonly field?: string
  readonly value?: unknown
  readonly fix?: Text
  readonly [extra: string]: unknown
}

const marker = Symbol('problem')

/** An Error that carries a {@link Problem}; throw it and the edge answers with problem+json. */
export function problem(found: Problem): Error & { problem: Problem } {
  return Object.assign(new Error(found.detail.en), { problem: found, [marker]: true })
}

/** The problem inside `error`, or null when it is some other failure. */
export function problemOf(error: unknown): Problem | null {
  return error instanceof Error && marker in error && 'problem' in error ? (error.problem as Problem) : null
}

/** Shortens a value for an error message, so that a 5 MB field does not come back. */
export function shorten(value: unknown, most = 80): string {
  const text = typeof value === 'string' ? value : asJson(value)
  return text.length > most ? `${text.slice(0, most)}… (${text.length} characters)` : text
}

function asJson(value: unknown): string {
  try {
    return JSON.stringify(value) ?? String(value)
  } catch {
    return 'a value that is nested too deep to be shown'
  }
}
