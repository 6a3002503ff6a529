import { Type } from '@sinclair/typebox'
import { operation } from '../../kernel/operation.ts'
import { anything, listOf } from '../../kernel/paging.ts'
import { problem } from '../../kernel/problems.ts'
import type { Traces } from './service.ts'

const subject = Type.Object({ type: Type.String({ maxLength: 40 }), id: Type.String({ maxLength: 1024 }) })

export function traceOperations(traces: Traces, settled: () => Promise<void>) {
  return [
    operation({
      name: 'subjects.search',
      summary: { zh: '搜索治理对象', en: 'Search subjects' },
      method: 'GET',
      path: '/v1/subjects',
      permission: 'subject.read',
      scope: 'rows',
      input: Type.Object({
        q: Type.Optional(Type.String({ maxLength: 200 })),
        type: Type.Optional(Type.String()),
        limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 100, default: 30 })),
      }),
      output: listOf,
      run: async (_context, { q = '', type, limit = 30 }) => ({
        items: await traces.search({ q: q.trim(), type, limit }),
        next: null,
      }),
    }),
    operation({
      name: 'subjects.get',
      summary: { zh: '治理对象详情', en: 'One subject' },
      method: 'GET',
      path: '/v1/subjects/:type/:id',
      permission: 'subject.read',
      scope: 'rows',
      input: subject,
      output: anything,
      errors: ['not_found'],
      run: async ({ now }, input) => {
        await settled()
        const { known, ...found } = await traces.subject(input, now)
        if (!known)
          throw problem({
            code: 'not_found',
            field: 'id',
            value: `${input.type}/${input.id}`,
            detail: { zh: '没有这个对象', en: 'No such subject' },
          })
        return found
      },
    }),
    operation({
      name: 'trace.get',
      summary: {
        zh: '四层追溯：感知→识别→判定→处置，及复核与申诉',
        en: 'Four-layer trace: perceived, identified, decided, enforced; then reviewed and appealed',
      },
      method: 'GET',
      path: '/v1/trace/:type/:id',
      permission: 'subject.read',
      scope: 'rows',
      input: subject,
      output: anything,
      errors: ['not_found'],
      run: async (_context, { type, id }) => {
        await settled()
        const found = await traces.subjectOf(type, id)
        const traced = found && (await traces.trace(found))
        if (!traced || Object.values(traced.layers).every((items) => items.length === 0))
          throw problem({
            code: 'not_found',
            field: 'id',
            value: `${type}/${id}`,
            detail: { zh: '没有找到', en: 'Nothing has this id' },
          })
        return traced
      },
    }),
  ]
}
