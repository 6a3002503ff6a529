import { Type } from '@sinclair/typebox'
import { operation } from '../../kernel/operation.ts'
import { anything } from '../../kernel/paging.ts'
import type { Quality } from './service.ts'

/** What somebody has seen today, and how they want to see it. */
export function careOperations(quality: Quality) {
  return [
    operation({
      name: 'care.mine',
      summary: { zh: '我今天的有害内容接触量与休息提示', en: 'What I have seen today, and whether to pause' },
      method: 'GET',
      path: '/v1/care',
      permission: 'case.decide',
      scope: 'own',
      input: Type.Object({}),
      output: anything,
      run: async ({ principal, now }) => ({ ...(await quality.care(principal.id, now)) }),
    }),
    operation({
      name: 'care.set',
      summary: { zh: '设置模糊、灰度与静音', en: 'Blur, grey and mute' },
      method: 'PUT',
      path: '/v1/care',
      permission: 'case.decide',
      scope: 'own',
      audited: false,
      input: Type.Object({ blur: Type.Boolean(), grey: Type.Boolean(), mute: Type.Boolean() }),
      output: anything,
      run: async ({ principal }, care) => {
        await quality.setCare(principal.id, care)
        return { ...care }
      },
    }),
  ]
}
