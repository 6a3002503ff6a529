import type { ParseSql, SerializedSql } from '../judgement/language/index.ts'
import { type CalendarDefinition, compileCalendar } from '../review/calendars/index.ts'
import { buildRouting, type QueueDefinition, type Routing } from '../review/queues/index.ts'

/** Queues and calendars as plain data, with their conditions as DuckDB parsed them: any process can make the same routing of it. */
export interface FloorRules {
  readonly queues: readonly QueueDefinition[]
  readonly calendars: readonly CalendarDefinition[]
  readonly parsed: readonly (readonly [select: string, tree: SerializedSql])[]
}

/** Has DuckDB parse every condition once and keeps its answers. */
export async function parseQueues(
  { queues, calendars }: Omit<FloorRules, 'parsed'>,
  parse: ParseSql,
): Promise<FloorRules> {
  const parsed = new Map<string, SerializedSql>()
  await make({ queues, calendars }, async (select) => {
    const tree = await parse(select)
    parsed.set(select, tree)
    return tree
  })
  return { queues, calendars, parsed: [...parsed] }
}

/** The routing that the rules describe, or what is wrong with them. */
export function routingFrom({ parsed, ...rules }: FloorRules) {
  const known = new Map(parsed)
  return make(rules, async (select) => {
    const tree = known.get(select)
    if (!tree) throw new Error(`a condition was not parsed: ${select}`)
    return tree
  })
}

async function make(
  { queues, calendars }: Omit<FloorRules, 'parsed'>,
  parse: ParseSql,
): Promise<{ routing: Routing | null; problems: readonly string[] }> {
  try {
    const built = await buildRouting({ queues, calendars: calendars.map(compileCalendar), parse })
    return {
      routing: built.routing,
      problems: built.problems.map(({ queue, message, fix }) => `queue "${queue}": ${message.en}\n    fix: ${fix.en}`),
    }
  } catch (error) {
    return { routing: null, problems: [error instanceof Error ? error.message : String(error)] }
  }
}
