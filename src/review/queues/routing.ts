import { checkExpression, compile, isLanguageError, parseExpression } from '../../judgement/language/index.ts'
import { hour, minute } from '../../kernel/time.ts'
import { createLayout, type Row, type Text, type Value } from '../../kernel/values.ts'
import { type SubjectType, subjectTitles } from '../../vocabulary/events/index.ts'
import { markets } from '../../vocabulary/markets.ts'
import type { Severity } from '../../vocabulary/verdicts.ts'
import { alwaysOpen, type Calendar } from '../calendars/index.ts'
import {
  type CaseFacts,
  caseColumns,
  defaultSla,
  type Queue,
  type QueueDefinition,
  type Routing,
  type RoutingInput,
  type RoutingProblem,
} from './model.ts'

const layout = createLayout(caseColumns)
const groupsOf = new Map(markets.map((market) => [market.id, market.groups]))

/** Routing without any file: every case waits in the queue that its policy names. */
export const plainRouting: Routing = routingOf([])

/**
 * Checks and compiles the queues. With any problem there is no routing: a queue that is left out would send its cases elsewhere.
 */
export async function buildRouting({
  queues,
  calendars,
  parse,
}: RoutingInput): Promise<{ routing: Routing; problems: readonly [] } | { routing: null; problems: RoutingProblem[] }> {
  const problems: RoutingProblem[] = []
  const known = new Map([alwaysOpen, ...calendars].map((calendar) => [calendar.id, calendar]))
  const rules: Rule[] = []
  const taken = new Set<string>()
  for (const definition of queues.toSorted((a, b) => a.order - b.order)) {
    const wrong = (message: Text, fix: Text) => void problems.push({ queue: definition.id, message, fix })
    for (const [field, value] of [
      ['id', definition.id],
      ['order', String(definition.order)],
    ] as const) {
      if (taken.has(`${field} ${value}`)) wrong(...twice(field, value))
      taken.add(`${field} ${value}`)
    }
    const calendar = known.get(definition.calendar ?? alwaysOpen.id)
    if (!calendar) {
      wrong(
        { zh: `没有日历 "${definition.calendar}"`, en: `there is no calendar "${definition.calendar}"` },
        { zh: `可用：${[...known.keys()].join('、')}`, en: `use one of: ${[...known.keys()].join(', ')}` },
      )
      continue
    }
    const matches = await conditionOf(definition, parse, wrong)
    if (matches) rules.push({ queue: queueOf(definition, calendar), matches })
  }
  return problems.length > 0 ? { routing: null, problems } : { routing: routingOf(rules), problems: [] }
}

interface Rule {
  readonly queue: Queue
  readonly matches: (row: Row) => boolean
}

function routingOf(rules: readonly Rule[]): Routing {
  const named = new Map(rules.map(({ queue }) => [queue.id, queue]))
  const queue = (id: string): Queue => {
    const found = named.get(id) ?? plainQueue(id)
    named.set(id, found)
    return found
  }
  return {
    queues: rules.map((rule) => rule.queue),
    route(found) {
      const row = rowOf(found)
      return rules.find((rule) => rule.matches(row))?.queue ?? queue(found.policy_queue)
    },
    queue,
  }
}

/** Queues that the shipped policies name; others are shown by their id. */
const titles: Readonly<Record<string, Text>> = {
  ugc: { zh: '互动内容', en: 'User content' },
  'product-safety': { zh: '商品安全', en: 'Product safety' },
  'product-compliance': { zh: '商品合规', en: 'Product compliance' },
  ads: { zh: '广告', en: 'Ads' },
  accounts: { zh: '账号与交易', en: 'Accounts and trade' },
  'account-safety': { zh: '账号安全', en: 'Account safety' },
  fraud: { zh: '欺诈', en: 'Fraud' },
  'intellectual-property': { zh: '知识产权', en: 'Intellectual property' },
}

function plainQueue(id: string): Queue {
  const title = titles[id] ??
    subjectTitles[id as SubjectType] ?? { zh: id, en: id.charAt(0).toUpperCase() + id.slice(1).replaceAll('-', ' ') }
  return {
    id,
    title,
    order: Number.MAX_SAFE_INTEGER,
    when: null,
    skills: [],
    languages: 'any',
    sla: defaultSla,
    calendar: alwaysOpen,
    blind: false,
    hidden: [],
  }
}

function queueOf(definition: QueueDefinition, calendar: Calendar): Queue {
  const sla = { ...defaultSla }
  for (const [severity, text] of Object.entries(definition.sla ?? {}))
    if (text !== undefined) sla[severity as Severity] = durationOf(text)
  return {
    id: definition.id,
    title: definition.title,
    order: definition.order,
    when: definition.when,
    skills: definition.skills ?? [],
    languages: definition.languages ?? 'any',
    sla,
    calendar,
    blind: definition.blind ?? false,
    hidden: definition.hidden_actions ?? [],
  }
}

/** Microseconds of `30m` or `4h`. */
export const durationOf = (text: string): number => Number(text.slice(0, -1)) * (text.endsWith('h') ? hour : minute)

async function conditionOf(
  definition: QueueDefinition,
  parse: RoutingInput['parse'],
  wrong: (message: Text, fix: Text) => void,
): Promise<((row: Row) => boolean) | null> {
  try {
    const checked = checkExpression(await parseExpression(parse, definition.when), layout)
    if (checked.type !== 'BOOLEAN')
      throw Object.assign(new Error(), {
        text: {
          zh: `条件的类型是 ${checked.type}，不是布尔值`,
          en: `the condition is ${checked.type}, not true or false`,
        },
        suggestion: { zh: '加上比较', en: 'compare it with something' },
      })
    const evaluate = compile(checked, layout)
    return (row) => evaluate(row, unresolved) === true
  } catch (error) {
    if (isLanguageError(error)) {
      wrong({ zh: `${error.text.zh}\n${error.caret}`, en: `${error.text.en}\n${error.caret}` }, error.suggestion)
      return null
    }
    const { text, suggestion } = error as { text?: Text; suggestion?: Text }
    if (!text || !suggestion) throw error
    wrong(text, suggestion)
    return null
  }
}

const unresolved = (): Value => null

const twice = (field: string, value: string): [Text, Text] => [
  { zh: `${field} ${value} 重复`, en: `${field} ${value} is used twice` },
  { zh: `改掉其中一个的 ${field}`, en: `give one of them another ${field}` },
]

/** Values in the order of {@link caseColumns}. */
function rowOf(found: CaseFacts): Row {
  const values: Record<string, Value> = {
    ...found,
    policy: found.policies[0] ?? null,
    regions: [...new Set(found.markets.flatMap((market) => groupsOf.get(market) ?? []))],
  }
  return caseColumns.map((column) => values[column.name] ?? null)
}
