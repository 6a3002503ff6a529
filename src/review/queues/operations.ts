import { Type } from '@sinclair/typebox'
import { operation } from '../../kernel/operation.ts'
import { anything, listOf } from '../../kernel/paging.ts'
import { problem } from '../../kernel/problems.ts'
import { formatTime } from '../../kernel/time.ts'
import type { Routing } from './model.ts'
import { type QueueDb, reviewerFrom, reviewerRows, writeReviewer } from './store.ts'

export interface ReviewerOperationsInput {
  readonly db: QueueDb
  readonly routing: () => Routing
  readonly users: () => Promise<readonly { user_id: string; name: string; roles: string; disabled: number }[]>
}

/** Queues in force, and what people can review. */
export function reviewerOperations({ db, routing, users }: ReviewerOperationsInput) {
  return [
    operation({
      name: 'queues.list',
      summary: { zh: '审核队列及分派规则', en: 'Queues and their routing rules' },
      method: 'GET',
      path: '/v1/queues',
      permission: 'case.read',
      scope: 'rows',
      input: Type.Object({}),
      output: listOf,
      run: async () => ({
        items: routing().queues.map((queue) => ({
          queue: queue.id,
          title: queue.title,
          when: queue.when,
          skills: queue.skills,
          languages: queue.languages,
          sla_minutes: Object.fromEntries(Object.entries(queue.sla).map(([id, micros]) => [id, micros / 60e6])),
          calendar: { id: queue.calendar.id, title: queue.calendar.title },
          blind: queue.blind,
          hidden_actions: queue.hidden,
        })),
        next: null,
      }),
    }),
    operation({
      name: 'reviewers.list',
      summary: { zh: '审核员的技能与语言', en: 'Skills and languages of reviewers' },
      method: 'GET',
      path: '/v1/reviewers',
      permission: 'case.read',
      scope: 'whole',
      input: Type.Object({}),
      output: listOf,
      run: async () => {
        const rows = new Map((await reviewerRows(db)).map((row) => [row.user_id, row]))
        const people = (await users()).filter(
          (user) => user.disabled === 0 && /reviewer|qa|administrator/.test(user.roles),
        )
        return {
          items: people.map(({ user_id, name }) => {
            const row = rows.get(user_id)
            return {
              user_id,
              name,
              ...(row ? reviewerFrom(row) : { skills: null, languages: null }),
              changed_at: row ? formatTime(row.at) : null,
              by: row?.actor ?? null,
            }
          }),
          next: null,
        }
      },
    }),
    operation({
      name: 'reviewers.set',
      summary: { zh: '设置审核员的技能与语言', en: 'Say what a person can review' },
      method: 'PUT',
      path: '/v1/reviewers/:user_id',
      permission: 'user.write',
      scope: 'whole',
      errors: ['not_found'],
      input: Type.Object({
        user_id: Type.String(),
        skills: Type.Array(
          Type.String({ pattern: '^[a-z0-9][a-z0-9-]{0,39}$', description: 'lower-case letters, digits, -' }),
          {
            maxItems: 50,
          },
        ),
        languages: Type.Array(Type.String({ pattern: '^[a-z]{2}$', description: 'ISO 639-1, e.g. zh' }), {
          maxItems: 50,
        }),
      }),
      output: anything,
      run: async ({ principal, now }, { user_id, skills, languages }) => {
        if (!(await users()).some((user) => user.user_id === user_id))
          throw problem({
            code: 'not_found',
            field: 'user_id',
            value: user_id,
            detail: { zh: '没有这个人', en: 'No such person' },
          })
        await writeReviewer(db, { user: user_id, skills, languages, actor: principal.id, at: now })
        return {}
      },
    }),
  ]
}
