import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse as parseYaml } from 'yaml'
import type { Teams } from '../judgement/batch/index.ts'

const name = 'teams.yaml'

/** Reads `teams.yaml` of the packs; without the file there are no teams. @throws Error naming the team, the value and the fix. */
export function readTeams(packsFolder: string): Teams {
  const path = join(packsFolder, name)
  if (!existsSync(path)) return new Map()
  const raw: unknown = parseYaml(readFileSync(path, 'utf8')) ?? {}
  if (typeof raw !== 'object' || Array.isArray(raw))
    throw new Error(`${name}: write one team a line, e.g. "product-safety: [li, role:strategist]"`)
  return new Map(Object.entries(raw ?? {}).map(([team, members]) => [team, membersOf(team, members)]))
}

function membersOf(team: string, members: unknown): readonly string[] {
  if (Array.isArray(members) && members.every((member) => typeof member === 'string')) return members
  throw new Error(
    `${name}: ${team}: ${JSON.stringify(members)} is no list of members; write e.g. "[li, role:strategist]"`,
  )
}
