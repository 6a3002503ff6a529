import type { Text } from '../values.ts'

/** Permissions by role. A role holds exactly what is listed: nothing is implied. */
const everyone = [
  'overview.read',
  'subject.read',
  'case.read',
  'appeal.read',
  'pack.read',
  'indicator.read',
  'list.read',
  'vocabulary.read',
  'inbound.read',
] as const
const analyst = [
  ...everyone,
  'sql.run',
  'event.read',
  'import.read',
  'strategy.try',
  'strategy.draft',
  'statement.read',
] as const
const reviewer = [
  ...everyone,
  'case.decide',
  'appeal.decide',
  'appeal.file',
  'event.read',
  'action.impose',
  'standing.write',
  'personal.read',
  'portal.invite',
] as const
const strategist = [
  'approval.read',
  ...analyst,
  'pack.test',
  'list.write',
  'event.decide',
  'event.write',
  'import.write',
  'recall.run',
  'batch.run',
  'batch.approve',
  'strategy.publish',
  'strategy.approve',
] as const

export const rolePermissions = {
  administrator: [
    ...new Set([
      ...strategist,
      ...reviewer,
      'user.write',
      'user.read',
      'token.write',
      'audit.read',
      'quality.read',
      'quality.write',
      'inbound.file',
      'inbound.manage',
      'webhook.read',
      'webhook.write',
      'portal.invite',
      'personal.read',
    ]),
  ],
  strategist: [...strategist],
  analyst: [...analyst],
  reviewer: [...reviewer],
  qa: [
    ...reviewer,
    'quality.read',
    'quality.write',
    'audit.read',
    'statement.read',
    'inbound.manage',
    'inbound.file',
    'webhook.read',
  ],
  viewer: [...everyone],
  partner: ['inbound.file'],
  merchant: ['portal.use'],
  creator: ['portal.use'],
} as const satisfies Record<string, readonly string[]>

export type Role = keyof typeof rolePermissions

export const roleTitles: Record<Role, Text> = {
  administrator: { zh: '管理员', en: 'Administrator' },
  strategist: { zh: '策略师', en: 'Strategist' },
  analyst: { zh: '分析师', en: 'Analyst' },
  reviewer: { zh: '审核员', en: 'Reviewer' },
  qa: { zh: '质检', en: 'QA' },
  viewer: { zh: '只读', en: 'Viewer' },
  partner: { zh: '外部来源（仅令牌提交通知）', en: 'Outside source (files notices by token)' },
  merchant: { zh: '商家', en: 'Merchant' },
  creator: { zh: '达人', en: 'Creator' },
}

/** Roles of people outside: only an invitation gives them, bound to one party. */
export const outsideRoles: ReadonlySet<string> = new Set<Role>(['merchant', 'creator'])

export const roles = Object.keys(rolePermissions) as Role[]

/** The union of what `roles` may do; unknown roles give nothing. */
export function permissionsOf(held: readonly string[]): Set<string> {
  return new Set(held.flatMap((role) => (role in rolePermissions ? rolePermissions[role as Role] : [])))
}
