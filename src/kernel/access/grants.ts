import { newId } from '../ids.ts'
import type { Grant, Principal, Scope } from '../operation.ts'
import { problem } from '../problems.ts'
import { outsideRoles, permissionsOf, roles } from './roles.ts'
import { isWithin, scopesOf } from './scope.ts'
import * as store from './store.ts'

export interface NewGrant extends Grant {
  readonly userId: string
  readonly reason: string
}

export const grantOf = (row: { role: string; sites: string; markets: string }): Grant => ({
  role: row.role,
  sites: JSON.parse(row.sites) as string[],
  markets: JSON.parse(row.markets) as string[],
})

/**
 * Roles that people hold, and where: inserted with actor and reason, ended by a row of their own, never changed.
 * `changed` is called whenever what somebody may do has changed.
 */
export function createGrants(db: store.AccessDb, changed: (userId: string) => Promise<void>) {
  async function insert(grant: NewGrant, by: { id: string }, now: number): Promise<string> {
    const id = newId('grt')
    await db
      .insertInto('grants')
      .values({
        grant_id: id,
        at: now,
        user_id: grant.userId,
        role: grant.role,
        sites: JSON.stringify(grant.sites),
        markets: JSON.stringify(grant.markets),
        reason: grant.reason,
        actor: by.id,
      })
      .execute()
    return id
  }

  const finish = (id: string, by: { id: string }, { reason, now }: { reason: string; now: number }) =>
    db
      .insertInto('grant_ends')
      .values({ grant_id: id, at: now, reason, actor: by.id })
      .onConflict((on) => on.doNothing())
      .execute()

  async function note(userId: string): Promise<void> {
    const held = await store.grantsInForce(db, userId)
    await store.changeUser(db, userId, { roles: JSON.stringify([...new Set(held.map((row) => row.role))]) })
    await changed(userId)
  }

  return {
    of: (userId: string) => store.grantsInForce(db, userId),
    all: () => store.grantsInForce(db),
    insert,
    /** @throws not_found, not_allowed when the giver does not hold all of it there. */
    async add(grant: NewGrant, by: Principal, now: number): Promise<{ grant_id: string }> {
      if (!(await store.findUser(db, grant.userId))) throw noSuch('user_id', grant.userId)
      requireRoles([grant.role], by, grant)
      const grant_id = await insert(grant, by, now)
      await note(grant.userId)
      return { grant_id }
    },
    /** @throws not_found, not_allowed, conflict for one's own administrator role. */
    async end(id: string, by: Principal, { reason, now }: { reason: string; now: number }): Promise<void> {
      const found = await store.findGrant(db, id)
      if (!found) throw noSuch('grant_id', id)
      const grant = grantOf(found)
      if (!outsideRoles.has(grant.role)) requireRoles([grant.role], by, grant)
      if (found.user_id === by.id && found.role === 'administrator') throw ownRole()
      await finish(id, by, { reason, now })
      await note(found.user_id)
    },
    /** Replaces all grants of a person by `wanted`, held everywhere. */
    async replace(userId: string, wanted: readonly string[], by: Principal, now: number): Promise<void> {
      requireRoles(wanted, by)
      const reason = 'roles changed'
      const held = await store.grantsInForce(db, userId)
      for (const row of held) await finish(row.grant_id, by, { reason, now })
      for (const role of wanted) await insert({ userId, role, sites: [], markets: [], reason }, by, now)
      await note(userId)
    },
  }
}

function noSuch(field: string, value: string): Error {
  return problem({ code: 'not_found', field, value, detail: { zh: '没有找到', en: 'Not found' } })
}

export function ownRole(): Error {
  return problem({
    code: 'conflict',
    detail: {
      zh: '不能停用自己或取消自己的管理员角色',
      en: 'You cannot disable yourself or drop your own administrator role',
    },
  })
}

/** Nobody hands out a permission that they do not hold, nor for a place where they do not hold it. */
export function requireRoles(
  wanted: readonly string[],
  by: Principal,
  where: Scope = { sites: [], markets: [] },
): void {
  const unknown = wanted.find((role) => !(roles as string[]).includes(role))
  if (unknown !== undefined)
    throw problem({
      code: 'invalid_input',
      field: 'roles',
      value: unknown,
      detail: { zh: `未知角色 "${unknown}"`, en: `Unknown role "${unknown}"` },
      fix: { zh: `可用：${roles.join('、')}`, en: `One of: ${roles.join(', ')}` },
    })
  const outside = wanted.find((role) => outsideRoles.has(role))
  if (outside !== undefined && by.kind !== 'system')
    throw problem({
      code: 'not_allowed',
      field: 'roles',
      value: outside,
      detail: {
        zh: `${outside} 角色只能通过邀请获得，并绑定一个主体`,
        en: `The role ${outside} comes only by an invitation, which binds it to one party`,
      },
    })
  const beyond = [...permissionsOf(wanted)].find(
    (permission) => !by.permissions.has(permission) || !isWithin(where, scopesOf(by, permission)),
  )
  if (beyond !== undefined)
    throw problem({
      code: 'not_allowed',
      detail: {
        zh: `你没有（或不在该范围内拥有）${beyond} 权限，不能授予`,
        en: `You do not hold ${beyond} there and cannot grant it`,
      },
    })
}
