import { Type } from '@sinclair/typebox'
import { type Conduct, quizView } from '../../enforcement/conduct/index.ts'
import type { Access } from '../../kernel/access/index.ts'
import { type Context, type Operation, operation } from '../../kernel/operation.ts'
import { anything, listOf, paging } from '../../kernel/paging.ts'
import { problem } from '../../kernel/problems.ts'
import { formatTime } from '../../kernel/time.ts'
import { appealEvidence } from '../../review/appeals/index.ts'
import type { Portal } from './service.ts'

/** The party that asks. @throws not_found for a principal that is none. */
function partyOf({ principal }: Context): { type: string; id: string } {
  if (principal.party) return principal.party
  throw problem({
    code: 'not_found',
    field: 'party',
    detail: { zh: '你的账号没有绑定商家或达人', en: 'Your account is bound to no merchant or creator' },
    fix: { zh: '请使用平台发送的邀请链接登录', en: 'Sign in with the account that you made from the invitation' },
  })
}

const own = { permission: 'portal.use', scope: 'own' } as const
const notice = Type.String({ maxLength: 600 })

/** Everything that a merchant or creator can do. */
export function portalOperations(portal: Portal, conduct: Pick<Conduct, 'quiz' | 'answer'>): Operation[] {
  return [
    operation({
      ...own,
      name: 'my.overview',
      summary: { zh: '我的状况', en: 'My standing' },
      method: 'GET',
      path: '/v1/my',
      input: Type.Object({}),
      output: anything,
      errors: ['not_found'],
      run: async (context) => portal.overview(partyOf(context), context.now),
    }),
    operation({
      ...own,
      name: 'my.violations',
      summary: { zh: '我的违规', en: 'My violations' },
      method: 'GET',
      path: '/v1/my/violations',
      input: Type.Object(paging),
      output: listOf,
      errors: ['not_found'],
      run: async (context, { limit = 50, after }) => {
        const [at, id = ''] = (after ?? '').split('~')
        const cursor = after === undefined ? undefined : { at: Number(at) || 0, id }
        return portal.violations(partyOf(context), { limit, after: cursor, now: context.now })
      },
    }),
    operation({
      ...own,
      name: 'my.violation',
      summary: { zh: '一项违规：理由、如何修正、申诉', en: 'One violation: reasons, how to fix it, appeal' },
      method: 'GET',
      path: '/v1/my/violations/:notice_id',
      input: Type.Object({ notice_id: notice }),
      output: anything,
      errors: ['not_found'],
      run: async (context, { notice_id }) => portal.violation(partyOf(context), notice_id, context.now),
    }),
    operation({
      ...own,
      name: 'my.appeal',
      summary: { zh: '申诉', en: 'Appeal' },
      method: 'POST',
      path: '/v1/my/violations/:notice_id/appeal',
      errors: ['not_found', 'appeal_exists', 'appeal_closed'],
      input: Type.Object({
        notice_id: notice,
        text: Type.String({ minLength: 1, maxLength: 20_000, description: 'why it is wrong, 1 to 20,000 characters' }),
        evidence: Type.Optional(appealEvidence),
      }),
      output: anything,
      run: async (context, { notice_id, text, evidence = [] }) =>
        portal.appeal(partyOf(context), notice_id, { text, evidence, by: context.principal, now: context.now }),
    }),
    operation({
      ...own,
      name: 'my.quiz',
      summary: { zh: '我的一条扣分的测验题', en: 'The quiz about points of mine, without its answers' },
      method: 'GET',
      path: '/v1/my/points/:entry_id/quiz',
      input: Type.Object({ entry_id: notice }),
      output: anything,
      errors: ['not_found'],
      run: async (context, { entry_id }) => quizView(await conduct.quiz(entry_id, partyOf(context))),
    }),
    operation({
      ...own,
      name: 'my.quiz.answer',
      summary: { zh: '回答测验：每条扣分一次，全对返还积分', en: 'Answer the quiz, once; all right gives points back' },
      method: 'POST',
      path: '/v1/my/points/:entry_id/quiz',
      errors: ['not_found', 'invalid_input', 'too_late', 'conflict'],
      input: Type.Object({
        entry_id: notice,
        answers: Type.Record(Type.String(), Type.String(), { description: 'question id → option id' }),
      }),
      output: anything,
      run: async (context, { entry_id, answers }) => {
        const acting = { acting: partyOf(context), by: context.principal, now: context.now }
        const { pointsReturned, ...marked } = await conduct.answer(entry_id, answers, acting)
        return { ...marked, points_returned: pointsReturned }
      },
    }),
    operation({
      ...own,
      name: 'my.documents',
      summary: { zh: '需要我提供的材料', en: 'Documents that I was asked for' },
      method: 'GET',
      path: '/v1/my/documents',
      input: Type.Object({}),
      output: listOf,
      errors: ['not_found'],
      run: async (context) => ({ items: await portal.documents(partyOf(context)), next: null }),
    }),
    operation({
      ...own,
      name: 'my.documents.send',
      summary: { zh: '提交材料', en: 'Send documents' },
      method: 'POST',
      path: '/v1/my/documents/:action_id',
      errors: ['not_found'],
      input: Type.Object({
        action_id: Type.String({ maxLength: 600 }),
        text: Type.Optional(Type.String({ maxLength: 4000 })),
        documents: Type.Array(
          Type.Object({
            kind: Type.String({ minLength: 1, maxLength: 100 }),
            number: Type.String({ minLength: 1, maxLength: 200 }),
            issuer: Type.Optional(Type.String({ maxLength: 200 })),
            valid_until: Type.Optional(Type.String({ pattern: '^\\d{4}-\\d{2}-\\d{2}$', description: 'YYYY-MM-DD' })),
            file: Type.Optional(Type.String({ maxLength: 80, description: 'id of a file that you sent' })),
            link: Type.Optional(Type.String({ pattern: '^https://', maxLength: 2000, description: 'https://…' })),
          }),
          { minItems: 1, maxItems: 20, description: '1 to 20 documents' },
        ),
      }),
      output: anything,
      run: async (context, { action_id, text = '', documents }) =>
        portal.answer(
          partyOf(context),
          { actionId: action_id, text, documents },
          { by: context.principal, now: context.now },
        ),
    }),
  ]
}

const roleOfParty: Readonly<Record<string, 'merchant' | 'creator'>> = {
  seller: 'merchant',
  advertiser: 'merchant',
  creator: 'creator',
}

/** Links by which a merchant or creator gets an account; staff make them, who has the link uses it once. */
export function invitationOperations(access: Access): Operation[] {
  return [
    operation({
      name: 'invitations.create',
      summary: { zh: '邀请商家或达人', en: 'Invite a merchant or creator' },
      method: 'POST',
      path: '/v1/invitations',
      permission: 'portal.invite',
      scope: 'whole',
      auditDetail: ({ party_type, party_id }) => `${String(party_type)}/${String(party_id)}`,
      input: Type.Object({
        party_type: Type.Union(
          Object.keys(roleOfParty).map((type) => Type.Literal(type)),
          { description: Object.keys(roleOfParty).join(', ') },
        ),
        party_id: Type.String({ minLength: 1, maxLength: 1024 }),
        name: Type.String({ minLength: 1, maxLength: 100 }),
      }),
      output: anything,
      run: async ({ principal, now }, { party_type, party_id, name }) => {
        const role = roleOfParty[party_type] ?? 'merchant'
        const wanted = { name, role, party: { type: party_type, id: party_id } }
        const { invitation_id, secret, until } = await access.invitations.create(wanted, principal, now)
        return { invitation_id, invitation: secret, path: `/join#${secret}`, until: formatTime(until) }
      },
    }),
    operation({
      name: 'invitations.list',
      summary: { zh: '邀请', en: 'Invitations' },
      method: 'GET',
      path: '/v1/invitations',
      permission: 'portal.invite',
      scope: 'whole',
      input: Type.Object({}),
      output: listOf,
      run: async ({ now }) => ({
        items: (await access.invitations.list(200)).map((row) => ({
          invitation_id: row.invitation_id,
          name: row.name,
          role: row.role,
          party: { type: row.party_type, id: row.party_id },
          at: formatTime(row.at),
          until: formatTime(row.until),
          by: row.actor,
          status: row.used_at !== null ? 'used' : row.until < now ? 'over' : 'open',
        })),
        next: null,
      }),
    }),
    operation({
      name: 'invitation.get',
      summary: { zh: '查看邀请', en: 'What an invitation is for' },
      method: 'POST',
      path: '/v1/invitation',
      permission: 'public',
      audited: false,
      errors: ['not_found'],
      input: Type.Object({ invitation: Type.String({ maxLength: 200 }) }),
      output: anything,
      run: async ({ now }, { invitation }) => {
        const found = await access.invitations.mustFind(invitation, now)
        return {
          name: found.name,
          role: found.role,
          party: { type: found.party_type, id: found.party_id },
          until: formatTime(found.until),
        }
      },
    }),
    operation({
      name: 'invitation.accept',
      summary: { zh: '接受邀请并创建账号', en: 'Accept an invitation and make an account' },
      method: 'POST',
      path: '/v1/invitation/accept',
      permission: 'public',
      errors: ['not_found', 'conflict'],
      input: Type.Object({
        invitation: Type.String({ maxLength: 200 }),
        login: Type.String({ pattern: '^[A-Za-z0-9._@-]{2,64}$', description: '2 to 64 letters, digits, . _ @ -' }),
        password: Type.String({ minLength: 10, maxLength: 1000, description: 'at least 10 characters' }),
      }),
      output: anything,
      run: async ({ now }, { invitation, login, password }) => {
        await access.acceptInvitation(invitation, { login, password }, now)
        return { login }
      },
    }),
  ]
}
