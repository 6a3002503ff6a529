import type { Access } from '../../kernel/access/index.ts'
import { fileOf, type Operation } from '../../kernel/operation.ts'

const fields = new Set(['actor', 'by', 'decided_by'])

/** Ids of people and tokens become names on the way out: the ledger keeps ids, readers want to know who. */
export function withNames(operation: Operation, access: Access): Operation {
  if (operation.method !== 'GET') return operation
  return {
    ...operation,
    async run(context, input) {
      const answer = await operation.run(context, input)
      if (fileOf(answer)) return answer
      const [users, tokens] = await Promise.all([access.users(), access.tokens()])
      const names = new Map([
        ...users.map((user) => [user.user_id, user.name] as const),
        ...tokens.map((token) => [token.token_id, token.name] as const),
      ])
      return rename(answer, names)
    },
  }
}

function rename(value: unknown, names: ReadonlyMap<string, string>): unknown {
  if (Array.isArray(value)) return value.map((item) => rename(item, names))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => {
      if (fields.has(key) && typeof inner === 'string') return [key, names.get(inner) ?? inner.replace(/^for:/, '')]
      // What a marketplace sent is evidence: it is shown as it came.
      return [key, key === 'event' || key === 'data' ? inner : rename(inner, names)]
    }),
  )
}
