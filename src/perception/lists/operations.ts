import { Type } from '@sinclair/typebox'
import { operation } from '../../kernel/operation.ts'
import { anything, listOf, paging } from '../../kernel/paging.ts'
import { problem } from '../../kernel/problems.ts'
import { day, formatTime, parseTime } from '../../kernel/time.ts'
import type { Lists } from './service.ts'

const listId = { list: Type.String({ maxLength: 64 }) }

export function listOperations(lists: Lists) {
  return [
    operation({
      name: 'lists.list',
      summary: { zh: '名单一览', en: 'All lists' },
      method: 'GET',
      path: '/v1/lists',
      permission: 'list.read',
      scope: 'shared',
      input: Type.Object({}),
      output: listOf,
      run: async ({ now }) => ({
        items: lists.all().map((list) => ({
          list: list.id,
          title: list['title'],
          owner: list['owner'],
          reason: list['reason'],
          source: list['source'] ?? null,
          entries: lists.count(list.id),
          expiring_7d: lists.expiring(list.id, now + 7 * day),
        })),
        next: null,
      }),
    }),
    operation({
      name: 'lists.get',
      summary: { zh: '名单条目', en: 'Entries of a list' },
      method: 'GET',
      path: '/v1/lists/:list',
      permission: 'list.read',
      scope: 'shared',
      errors: ['not_found'],
      input: Type.Object({ ...listId, ...paging, q: Type.Optional(Type.String({ maxLength: 200 })) }),
      output: anything,
      run: async (_context, { list, q = '', limit = 50, after }) => {
        const needle = q.toLowerCase()
        const all = lists.entries(list).filter((entry) => needle === '' || entry.value.toLowerCase().includes(needle))
        const from = Number(after ?? 0) || 0
        const { title, owner, reason } = lists.mustKnow(list)
        return {
          list,
          title,
          owner,
          reason,
          total: all.length,
          items: all.slice(from, from + limit).map((entry) => ({
            ...entry,
            expires_at: entry.expires_at === null ? null : formatTime(entry.expires_at),
            at: entry.at === 0 ? null : formatTime(entry.at),
          })),
          next: from + limit < all.length ? String(from + limit) : null,
        }
      },
    }),
    operation({
      name: 'lists.add',
      summary: { zh: '加入名单', en: 'Add to a list' },
      method: 'POST',
      path: '/v1/lists/:list/entries',
      permission: 'list.write',
      scope: 'whole',
      errors: ['not_found'],
      input: Type.Object({
        ...listId,
        value: Type.String({ minLength: 1, maxLength: 400 }),
        reason: Type.String({ minLength: 1, maxLength: 400, description: 'why it is on the list' }),
        expires_at: Type.Optional(Type.Union([Type.String(), Type.Null()])),
      }),
      output: anything,
      run: async ({ principal, now }, { list, value, reason, expires_at }) => {
        lists.mustKnow(list)
        const expires = expires_at ? parseTime(expires_at) : null
        if (expires_at && expires === null)
          throw problem({
            code: 'invalid_input',
            field: 'expires_at',
            value: expires_at,
            detail: { zh: '不是 ISO 时间', en: 'expires_at is not an ISO time' },
            fix: { zh: '例如 2027-01-31', en: 'e.g. 2027-01-31' },
          })
        return {
          added: await lists.add(list, [{ value, reason, expires_at: expires }], { actor: principal.id, at: now }),
        }
      },
    }),
    operation({
      name: 'lists.remove',
      summary: { zh: '移出名单', en: 'Remove from a list' },
      method: 'DELETE',
      path: '/v1/lists/:list/entries',
      permission: 'list.write',
      scope: 'whole',
      errors: ['not_found'],
      input: Type.Object({ ...listId, value: Type.String(), reason: Type.Optional(Type.String()) }),
      output: anything,
      run: async ({ principal, now }, { list, value, reason = '' }) => {
        await lists.remove(list, value, { actor: principal.id, at: now, reason })
        return {}
      },
    }),
  ]
}
