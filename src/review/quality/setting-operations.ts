import { Type } from '@sinclair/typebox'
import { operation } from '../../kernel/operation.ts'
import { anything } from '../../kernel/paging.ts'
import { settingsSchema } from './model.ts'
import type { Quality } from './service.ts'

/** Shares and budgets. */
export function settingOperations(quality: Quality) {
  return [
    operation({
      name: 'quality.settings',
      summary: { zh: '质检与关怀的设置', en: 'Settings of quality and care' },
      method: 'GET',
      path: '/v1/quality/settings',
      permission: 'quality.read',
      scope: 'whole',
      input: Type.Object({}),
      output: anything,
      run: async () => ({ ...(await quality.settings()) }),
    }),
    operation({
      name: 'quality.change_settings',
      summary: { zh: '修改质检与关怀的设置', en: 'Change settings of quality and care' },
      method: 'PUT',
      path: '/v1/quality/settings',
      permission: 'quality.write',
      scope: 'whole',
      input: settingsSchema,
      output: anything,
      run: async ({ principal, now }, input) => ({ ...(await quality.change(input as never, principal, now)) }),
    }),
  ]
}
