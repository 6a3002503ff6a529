import { evaluateExpressionSync } from '@gorules/zen-engine'
import { Engine } from 'json-rules-engine'
import { openDuck } from '../../src/edge/duckdb.ts'
import { checkExpression, compileSet, parseExpression } from '../../src/judgement/language/index.ts'
import { createLayout } from '../../src/kernel/values.ts'
import { type CloudEvent, createRowReader, type EventType, eventColumns } from '../../src/vocabulary/events/index.ts'
import {
  type Fields,
  fieldNames,
  makeEvents,
  makeRules,
  type Rule,
  toJsonRule,
  toSql,
  toZenExpression,
} from './conditions-input.ts'
import { growth, type Measure, measure, type Options, race, type Slice, shown } from './measure.ts'

const type: EventType = {
  type: 'bench.event',
  subject: 'listing',
  idField: 'n0',
  party: null,
  marketFields: [],
  fields: Object.fromEntries([
    ...fieldNames.numbers.map((name) => [name, 'DOUBLE'] as const),
    ...fieldNames.categories.map((name) => [name, 'VARCHAR'] as const),
    ...fieldNames.flags.map((name) => [name, 'BOOLEAN'] as const),
  ]),
} as unknown as EventType

/** An engine: from the parsed event to the numbers of the rules that hold. */
interface Contestant {
  hits(event: Fields): number[] | Promise<number[]>
  /** Only decides; nothing is collected that the engine does not give by itself. */
  decide(event: Fields): unknown
}

/** Ours, as the product runs it: the event becomes a row, the row goes through the compiled set. */
export async function ours(rules: readonly Rule[]): Promise<Contestant> {
  const duck = await openDuck()
  const layout = createLayout(eventColumns([type], new Map()))
  const checked = []
  for (const rule of rules) checked.push(checkExpression(await parseExpression(duck.parse, toSql(rule)), layout))
  duck.close()
  const run = compileSet(checked, layout)
  const read = createRowReader(layout, [type])
  const out = new Int8Array(rules.length)
  const resolve = () => null
  const decide = (event: Fields) =>
    run(read({ id: 'e', source: 's', type: type.type, data: event } as unknown as CloudEvent, 0, 0), resolve, out)
  return {
    decide,
    hits(event) {
      decide(event)
      return [...out.entries()].flatMap(([index, verdict]) => (verdict === 1 ? [index] : []))
    },
  }
}

function jsonRules(rules: readonly Rule[]): Contestant {
  const engine = new Engine(rules.map(toJsonRule))
  return {
    decide: (event) => engine.run(event),
    hits: async (event) => (await engine.run(event)).events.map((found) => Number(found.type)).sort((a, b) => a - b),
  }
}

/** One filter expression, evaluated synchronously: the fastest of ZEN's forms (decision nodes and tables measure 2 to 3 times slower). */
function zen(rules: readonly Rule[]): Contestant {
  const expression = toZenExpression(rules)
  return {
    decide: (event) => evaluateExpressionSync(expression, event),
    hits: (event) => evaluateExpressionSync(expression, event) as number[],
  }
}

/** Throws when two engines do not find the same rules; returns the share of rules that hold. */
async function sameHits(
  contestants: Readonly<Record<string, Contestant>>,
  events: readonly Fields[],
  rules: number,
): Promise<number> {
  let total = 0
  for (const event of events) {
    const answers = await Promise.all(
      Object.entries(contestants).map(async ([name, each]) => [name, (await each.hits(event)).join(' ')] as const),
    )
    const [first] = answers
    const other = answers.find(([, hits]) => hits !== first?.[1])
    if (first && other)
      throw new Error(`${first[0]} and ${other[0]} differ on ${JSON.stringify(event)}: ${first[1]} / ${other[1]}`)
    total += first?.[1] ? first[1].split(' ').length : 0
  }
  return total / events.length / rules
}

function slices(contestants: Readonly<Record<string, Contestant>>, events: readonly Fields[]): Record<string, Slice> {
  return Object.fromEntries(
    Object.entries(contestants).map(([name, { decide }]) => {
      let at = 0
      const few = name === 'aedile' ? 2000 : name === 'zen-engine' ? 40 : 4
      const slice: Slice = async () => {
        for (let done = 0; done < few; done++) {
          const answer = decide(events[at++ % events.length] as Fields)
          if (answer instanceof Promise) await answer
        }
        return few
      }
      return [name, slice]
    }),
  )
}

const targets: Readonly<Record<number, { jsonRules: number; zen: number }>> = {
  50: { jsonRules: 400, zen: 60 },
  500: { jsonRules: 800, zen: 40 },
}

export async function conditionMeasures({ quick, say }: Options): Promise<Measure[]> {
  const events = makeEvents(2000)
  const measures: Measure[] = []
  const pace = quick ? { rounds: 5, sliceMs: 120 } : { rounds: 9, sliceMs: 300 }
  for (const count of [50, 500]) {
    const rules = makeRules(count)
    const contestants = { aedile: await ours(rules), 'json-rules-engine': jsonRules(rules), 'zen-engine': zen(rules) }
    const share = await sameHits(contestants, events.slice(0, quick ? 60 : 300), count)
    say(`conditions, ${count}: hit sets are equal, ${(share * 100).toFixed(1)} % of the rules hold`)
    const rates = await race(slices(contestants, events), pace)
    const own = rates['aedile'] ?? Number.NaN
    const notes = [
      `${(share * 100).toFixed(1)} % of the rules hold; from the parsed event to verdicts, CPU time; hit sets equal on ${quick ? 60 : 300} events`,
    ]
    const goals = targets[count]
    for (const [peer, goal] of [
      ['json-rules-engine', goals?.jsonRules],
      ['zen-engine', goals?.zen],
    ] as const) {
      const theirs = rates[peer] ?? Number.NaN
      measures.push(
        measure({
          name: `conditions-${count}-vs-${peer}`,
          value: own,
          unit: 'events/CPU-s',
          peer,
          peer_value: theirs,
          ratio: own / theirs,
          target: `≥ ${goal}×`,
          pass: own / theirs >= (goal ?? 0),
          notes,
        }),
      )
    }
  }
  measures.push(await growthMeasure(events, quick))
  return measures
}

async function growthMeasure(events: readonly Fields[], quick: boolean): Promise<Measure> {
  const points = []
  const rates: string[] = []
  for (const size of quick ? [50, 100, 200, 400] : [500, 1000, 2000, 4000]) {
    const contestant = await ours(makeRules(size))
    const rate =
      (await race(slices({ aedile: contestant }, events), { rounds: 3, sliceMs: 150 }))['aedile'] ?? Number.NaN
    points.push({ size, cost: 1e6 / rate })
    rates.push(shown(rate))
  }
  const [first, last] = [points[0], points.at(-1)]
  return measure({
    name: 'conditions-growth',
    value: (last?.cost ?? 0) / (first?.cost ?? 1),
    unit: `× cost at 8× the conditions`,
    notes: [growth('conditions, cost an event', 'µs', points)],
  })
}
