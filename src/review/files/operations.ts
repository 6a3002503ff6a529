import { Type } from '@sinclair/typebox'
import { asFile, type Context, operation, type Principal, type SentFile } from '../../kernel/operation.ts'
import { anything } from '../../kernel/paging.ts'
import { problem } from '../../kernel/problems.ts'
import type { RateLimit } from '../../kernel/rate-limit.ts'
import { formatTime } from '../../kernel/time.ts'
import { fileView, maskedFileView, publicSender } from './model.ts'
import type { Files } from './service.ts'

export interface FileOperationsInput {
  readonly files: Files
  /** Files without an account from one address. */
  readonly limit: RateLimit
  /** Notes why somebody wants to see a file with personal data. Resolves with when that ends (microseconds). */
  readonly reveal: (principal: Principal, fileId: string, given: { reason: string; now: number }) => Promise<number>
}

/** Whoever can put a file to use. */
const senders = ['portal.use', 'case.decide', 'appeal.file', 'inbound.file', 'event.write'] as const

const named = { name: Type.Optional(Type.String({ maxLength: 300, description: 'what the file is called' })) }
const one = Type.Object({ file_id: Type.String({ maxLength: 80 }) })

export function fileOperations({ files, limit, reveal }: FileOperationsInput) {
  return [
    operation({
      name: 'files.upload',
      summary: {
        zh: '上传文件（正文为文件内容，名称写在查询参数 name）',
        en: 'Send a file: the body is its bytes, its name is in the query',
      },
      method: 'POST',
      path: '/v1/files',
      permission: 'signed-in',
      scope: 'own',
      fileBody: true,
      mostBytes: files.limits.fileBytes,
      errors: ['not_allowed', 'file_refused', 'too_large', 'too_many_requests', 'disk_full'],
      input: Type.Object({
        ...named,
        for: Type.Optional(
          Type.Literal('event', { description: 'event: an image that events will name as file:<file_id>' }),
        ),
        site: Type.Optional(Type.String({ maxLength: 200, description: 'with for=event: the site of those events' })),
      }),
      output: anything,
      run: async ({ principal, now, file }, { name = '', for: use, site = '' }) => {
        if (!senders.some((permission) => principal.permissions.has(permission))) throw mayNotSend(principal)
        if (use === 'event' && !principal.permissions.has('event.write')) throw mayNotSend(principal)
        const added = await files.add({ ...sentFile(file), name }, principal, now)
        if (use === 'event') await files.attachToEvents(added.file_id, { site, sender: principal, now })
        return fileView(added)
      },
    }),
    operation({
      name: 'files.upload_public',
      summary: { zh: '为公开通知上传附件（无需登录）', en: 'Send a file for a public notice, without signing in' },
      method: 'POST',
      path: '/v1/public/files',
      permission: 'public',
      fileBody: true,
      mostBytes: files.limits.publicFileBytes,
      errors: ['file_refused', 'too_large', 'too_many_requests', 'disk_full'],
      input: Type.Object(named),
      output: anything,
      run: async (context, { name = '' }) => {
        mustBeWithin(limit, context)
        return fileView(await files.add({ ...sentFile(context.file), name }, publicSender, context.now))
      },
    }),
    operation({
      name: 'files.get',
      summary: { zh: '文件信息', en: 'What is known of a file, and whether you may see it' },
      method: 'GET',
      path: '/v1/files/:file_id',
      permission: 'signed-in',
      scope: 'own',
      errors: ['not_found'],
      input: one,
      output: anything,
      run: async ({ principal, now }, { file_id }) => {
        const { file, access } = await files.find(file_id, principal, now)
        const view = access === 'open' ? fileView(file) : maskedFileView(file)
        return { ...view, at: formatTime(file.at), sha256: file.sha256, access }
      },
    }),
    operation({
      name: 'files.rendition',
      summary: {
        zh: '图片副本：重新编码，不含元数据',
        en: 'The rendition of an image: encoded anew, without metadata',
      },
      method: 'GET',
      path: '/v1/files/:file_id/rendition',
      permission: 'signed-in',
      scope: 'own',
      unmasked: true,
      errors: ['not_found', 'not_allowed'],
      input: one,
      output: anything,
      run: async ({ principal, now }, { file_id }) =>
        asFile({ ...(await files.rendition(file_id, principal, now)), inline: true }),
    }),
    operation({
      name: 'files.original',
      summary: { zh: '下载原件', en: 'Download the file as it was sent' },
      method: 'GET',
      path: '/v1/files/:file_id/original',
      permission: 'signed-in',
      scope: 'own',
      unmasked: true,
      audited: true,
      errors: ['not_found', 'not_allowed', 'store_unavailable'],
      input: one,
      output: anything,
      run: async ({ principal, now }, { file_id }) =>
        asFile({ ...(await files.original(file_id, principal, now)), inline: false }),
    }),
    operation({
      name: 'files.reveal',
      summary: {
        zh: '说明理由后查看含个人信息的文件（限时，记入审计）',
        en: 'See a file with personal data for a reason; for an hour, audited',
      },
      method: 'POST',
      path: '/v1/files/:file_id/reveal',
      permission: 'personal.read',
      scope: 'own',
      errors: ['not_found'],
      auditDetail: ({ reason }) => String(reason),
      input: Type.Object({
        file_id: Type.String({ maxLength: 80 }),
        reason: Type.String({
          minLength: 10,
          maxLength: 400,
          description: 'what you need it for, 10 to 400 characters',
        }),
      }),
      output: anything,
      run: async ({ principal, now }, { file_id, reason }) => {
        await files.find(file_id, principal, now)
        return { file_id, until: formatTime(await reveal(principal, file_id, { reason, now })) }
      },
    }),
  ]
}

function sentFile(file: SentFile | undefined): SentFile {
  if (file) return file
  throw problem({
    code: 'file_refused',
    field: 'body',
    value: null,
    detail: { zh: '没有收到文件', en: 'There is no file in the body' },
    fix: {
      zh: '把文件内容直接作为请求体，content-type 写它的类型，例如 image/png',
      en: 'Send the bytes of the file as the body, with its type as content-type, e.g. image/png',
    },
  })
}

const mayNotSend = ({ roles }: Principal): Error =>
  problem({
    code: 'not_allowed',
    field: 'permission',
    value: roles.join(', '),
    detail: {
      zh: '你的角色不提交任何可附文件的内容',
      en: 'With your roles there is nothing that you could attach a file to',
    },
    fix: { zh: '请管理员授予审核等角色', en: 'Ask an administrator for a role that files or decides' },
  })

function mustBeWithin(limit: RateLimit, { address, now }: Context): void {
  if (limit.take(address ?? '', now)) return
  throw problem({
    code: 'too_many_requests',
    detail: { zh: '此网络地址上传的文件过多', en: 'Too many files from this network address' },
    fix: { zh: '请一小时后再试', en: 'Try again in an hour' },
  })
}
