import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { TSchema } from '@sinclair/typebox'
import { Value } from '@sinclair/typebox/value'
import { parse as parseYaml } from 'yaml'
import type { ParseSql } from '../judgement/language/index.ts'
import type { Access } from '../kernel/access/index.ts'
import { type Db, part } from '../kernel/database.ts'
import type { Operation } from '../kernel/operation.ts'
import { shorten } from '../kernel/problems.ts'
import { type CalendarDefinition, calendarSchema } from '../review/calendars/index.ts'
import { type Cases, type CaseTables, floorOperations as caseFloorOperations } from '../review/cases/index.ts'
import {
  plainRouting,
  type QueueDefinition,
  type QueueTables,
  queueSchema,
  type Reviewer,
  type Routing,
  reviewerOf,
  reviewerOperations,
} from '../review/queues/index.ts'
import { createStaffing, type Floor as Staffing, staffingOperations } from '../review/staffing/index.ts'
import { type FloorRules, parseQueues, routingFrom } from './floor-rules.ts'

/** The review floor: the queues in force and what people can review. */
export interface Floor {
  readonly routing: () => Routing
  /** The same as plain data, for another process. */
  readonly rules: () => FloorRules
  readonly reviewerOf: (person: string) => Promise<Reviewer | null>
  /** What is wrong with the files that were read last; empty when they are in force. */
  readonly problems: () => readonly string[]
  /** Reads the files again; true when other queues are in force now. */
  reload(): Promise<boolean>
}

interface FloorInput {
  readonly db: Db<QueueTables>
  readonly packsFolder: string
  readonly parse: ParseSql
  readonly log: (message: string) => void
}

/** Queues and calendars from `packs/queues` and `packs/calendars`. Files with an error change nothing: what ran before goes on. */
export async function openFloor({ db, packsFolder, parse, log }: FloorInput): Promise<Floor> {
  let routing: Routing = plainRouting
  let rules: FloorRules = { queues: [], calendars: [], parsed: [] }
  let text = ''
  let problems: readonly string[] = []
  const reload = async (): Promise<boolean> => {
    const read = readFloor(packsFolder)
    if (read.text === text) return false
    text = read.text
    const asked = read.problems.length > 0 ? null : await parseQueues(read, parse)
    const built = asked && (await routingFrom(asked))
    problems = built ? built.problems : read.problems
    for (const problem of problems) log(`queues: ${problem}`)
    if (!asked || !built?.routing) {
      log(
        `queues: ${routing === plainRouting ? 'cases wait where their policy says' : 'the last valid queues stay in force'}`,
      )
      return false
    }
    routing = built.routing
    rules = asked
    return true
  }
  await reload()
  return {
    routing: () => routing,
    rules: () => rules,
    reviewerOf: (person) => reviewerOf(db, person),
    problems: () => problems,
    reload,
  }
}

export interface FloorParts {
  readonly db: Db<QueueTables & CaseTables>
  readonly cases: Cases
  readonly floor: Floor
  readonly access: Pick<Access, 'users'>
  readonly staffing: Staffing
}

/** What every queue has to do, and which cases will be late. */
export const openStaffing = ({ db, cases }: Pick<FloorParts, 'db' | 'cases'>): Staffing =>
  createStaffing({ db: part(db), cases })

/** The operations of the floor: presence, bulk decisions, and who can review what. */
export function floorOperations({ db, cases, floor, access, staffing }: FloorParts): Operation[] {
  return [
    ...caseFloorOperations(cases),
    ...staffingOperations(staffing),
    ...reviewerOperations({ db: part(db), routing: floor.routing, users: () => access.users() }),
  ]
}

interface FloorFiles extends Omit<FloorRules, 'parsed'> {
  readonly problems: readonly string[]
  /** Everything that was read; equal texts are equal queues. */
  readonly text: string
}

/** Reads the YAML files of queues and calendars below a folder of packs. */
export function readFloor(packsFolder: string): FloorFiles {
  const queues = readItems<QueueDefinition>(join(packsFolder, 'queues'), queueSchema)
  const calendars = readItems<CalendarDefinition>(join(packsFolder, 'calendars'), calendarSchema)
  return {
    queues: queues.items,
    calendars: calendars.items,
    problems: [...queues.problems, ...calendars.problems],
    text: queues.text + calendars.text,
  }
}

function readItems<Item>(folder: string, schema: TSchema): { items: Item[]; problems: string[]; text: string } {
  const items: Item[] = []
  const problems: string[] = []
  let text = ''
  if (!existsSync(folder)) return { items, problems, text }
  for (const name of readdirSync(folder)
    .filter((file) => /\.ya?ml$/.test(file))
    .sort()) {
    const content = readFileSync(join(folder, name), 'utf8')
    text += `${name}\0${content}\0`
    try {
      const found: unknown = parseYaml(content)
      for (const item of Array.isArray(found) ? found : [found]) {
        const [wrong] = Value.Errors(schema, item)
        if (wrong)
          problems.push(
            `${name}: ${wrong.path.slice(1).replaceAll('/', '.')}: ${wrong.schema.description ?? wrong.message} (value ${shorten(wrong.value)})`,
          )
        else items.push(item as Item)
      }
    } catch (error) {
      problems.push(`${name}: ${error instanceof Error ? error.message : String(error)}`)
    }
  }
  return { items, problems, text }
}
