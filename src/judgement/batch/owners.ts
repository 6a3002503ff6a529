import type { Text } from '../../kernel/values.ts'

/** Somebody who may sign in. */
export interface Person {
  readonly login: string
  readonly roles: readonly string[]
}

/** Members by team: logins, or `role:<name>` for everybody who holds a role. */
export type Teams = ReadonlyMap<string, readonly string[]>

/** What a running strategy of either kind says about its owner. */
export interface Owned {
  readonly name: string
  readonly version: number
  readonly owner?: string | undefined
}

/**
 * Why nobody active stands behind an owner; null = somebody does. An owner is `user:<login>` of a person who can sign in,
 * or a team with at least one such member.
 */
export function ownerFault(owner: string, { people, teams }: { people: readonly Person[]; teams: Teams }): Text | null {
  if (owner === '') return { zh: '没有负责人', en: 'nobody owns it' }
  if (owner.startsWith('user:')) {
    const login = owner.slice('user:'.length)
    if (people.some((person) => person.login === login)) return null
    return { zh: `负责人 ${owner} 已不在职或不存在`, en: `its owner ${owner} is not an active person` }
  }
  const members = teams.get(owner)
  if (!members)
    return {
      zh: `teams.yaml 中没有团队 ${owner}`,
      en: `its owner ${owner} is no team of teams.yaml and no user:<login>`,
    }
  if (members.some((member) => people.some((person) => isMember(person, member)))) return null
  return { zh: `团队 ${owner} 没有在职成员`, en: `its owner, the team ${owner}, has no active member` }
}

const isMember = ({ login, roles }: Person, member: string): boolean =>
  member.startsWith('role:') ? roles.includes(member.slice('role:'.length)) : login === member

/** Strategies by owner, those of one owner together: one alert names them all. */
export function byOwner(strategies: readonly Owned[]): ReadonlyMap<string, readonly Owned[]> {
  const inOrder = [...strategies].sort((a, b) => (a.name < b.name ? -1 : 1))
  return Map.groupBy(inOrder, ({ owner = '' }) => owner.trim())
}
