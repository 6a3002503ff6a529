import { openDuck } from '../../src/edge/duckdb.ts'
import { checkExpression, compileSet, parseExpression } from '../../src/judgement/language/index.ts'
import { createLayout } from '../../src/kernel/values.ts'
import { createRowReader, eventColumns } from '../../src/vocabulary/events/index.ts'
import { fieldNames, makeEvents, makeRules, toSql } from './conditions-input.ts'
import { race } from './measure.ts'

const type: any = {
  type: 'bench.event',
  subject: 'listing',
  idField: 'n0',
  party: null,
  marketFields: [],
  fields: Object.fromEntries([
    ...fieldNames.numbers.map((n) => [n, 'DOUBLE']),
    ...fieldNames.categories.map((n) => [n, 'VARCHAR']),
    ...fieldNames.flags.map((n) => [n, 'BOOLEAN']),
  ]),
}
const duck = await openDuck()
const layout = createLayout(eventColumns([type], new Map()))
const events = makeEvents(2000)
for (const n of [50, 100, 500, 5000]) {
  const rules = makeRules(n)
  const checked = []
  for (const r of rules) checked.push(checkExpression(await parseExpression(duck.parse, toSql(r)), layout))
  const t = performance.now()
  const run = compileSet(checked, layout)
  console.log(n, 'compile ms', performance.now() - t)
  const read = createRowReader(layout, [type])
  const out = new Int8Array(n)
  const evs = events.map((e) => ({ id: 'e', source: 's', type: type.type, data: e }) as any)
  const rows = evs.map((e) => read(e, 0, 0))
  const resolve = () => null
  console.log(
    await race(
      {
        read: () => {
          for (const e of evs) read(e, 0, 0)
          return 2000
        },
        run: () => {
          for (const r of rows) run(r, resolve, out)
          return 2000
        },
      },
      { rounds: 5, sliceMs: 100 },
    ),
  )
}
duck.close()
