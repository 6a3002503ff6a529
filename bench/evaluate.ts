// npm run evaluate [-- --json] [--set NAME] [--kinds] [--part dev|test]
// Judges the shipped packs on published labelled sets and on the generated marketplace, batch strategies too (--set batch). Rows are split by hash into dev (for writing
// rules and training) and test. A set whose files are not here is skipped with the reason.
import { parseArgs } from 'node:util'
import { loadOffline } from '../src/edge/offline.ts'
import { type BatchResult, batchMeasures, measureBatch } from './evaluate/batch.ts'
import { f1, falseAlarms, precision, recall, shown } from './evaluate/figures.ts'
import { type Measure, measureSet, measuresOf, type SetResult } from './evaluate/measure.ts'
import { measureSample, type SampleResult, sampleMeasures } from './evaluate/sample.ts'
import { sets } from './evaluate/sets.ts'

const { values } = parseArgs({
  options: {
    json: { type: 'boolean' },
    set: { type: 'string', multiple: true },
    kinds: { type: 'boolean' },
    seed: { type: 'string' },
    days: { type: 'string' },
  },
})
const print = (text: string) => (values.json ? undefined : console.log(text))

function printSet(result: SetResult): void {
  print(`\n${result.set.id} — ${result.set.credit}`)
  print(
    `  pack ${result.set.pack}, ${result.microsPerEvent.toFixed(0)} µs per event${result.refused > 0 ? `, ${result.refused} rows refused` : ''}`,
  )
  for (const { part, counts, bayes, flagAll } of result.parts) {
    const n = counts.hit + counts.miss + counts.falseAlarm + counts.pass
    print(
      `  ${part.padEnd(4)} n=${n}  precision ${shown(precision(counts))}  recall ${shown(recall(counts))}  F1 ${f1(counts).toFixed(3)}  false alarms ${shown(falseAlarms(counts))}`,
    )
    if (part === 'test' && bayes)
      print(
        `       naive Bayes     precision ${shown(precision(bayes))}  recall ${shown(recall(bayes))}  F1 ${f1(bayes).toFixed(3)}  false alarms ${shown(falseAlarms(bayes))}`,
      )
    if (part === 'test' && flagAll.hit > 0)
      print(`       flag everything precision ${shown(precision(flagAll))}  F1 ${f1(flagAll).toFixed(3)}`)
  }
  if (values.kinds || result.set.byKind)
    for (const [kind, counts] of [...result.kinds].sort())
      print(
        `       ${kind.padEnd(26)} ${counts.hit + counts.miss > 0 ? `found ${shown(recall(counts))} of ${counts.hit + counts.miss}` : `false alarms ${shown(falseAlarms(counts))} of ${counts.falseAlarm + counts.pass}`}`,
      )
}

function printSample(result: SampleResult): void {
  print(
    `\nsample — generated marketplace, packs ${result.packs.join(', ')}: ${result.events} events, ${result.microsPerEvent.toFixed(0)} µs per event`,
  )
  print(
    `  precision ${shown(result.precision)}  false alarms among ordinary events ${shown(result.falseAlarms)} of ${result.falseAlarms.whole}`,
  )
  for (const { kind, expected, right } of result.kinds)
    print(
      `       ${kind.padEnd(30)} ${expected === 'violation' || expected === 'ring' ? 'found' : 'left alone'} ${shown(right)} of ${right.whole}`,
    )
  for (const [strategy, count] of [...result.wrong].sort((a, b) => b[1] - a[1]))
    print(`       wrongly stopped by ${strategy}: ${count}`)
}

function printBatch({ id, credit, baseline, parts, seconds }: BatchResult): void {
  print(`\n${id} — ${credit}`)
  print(`  one run over all of it: ${seconds.toFixed(1)} s`)
  for (const { part, mine, baseline: simple } of parts)
    for (const [who, counts] of [
      ['strategy', mine],
      [baseline, simple],
    ] as const)
      print(
        `  ${part.padEnd(4)} ${who.padEnd(26)} precision ${shown(precision(counts))}  recall ${shown(recall(counts))}  F1 ${f1(counts).toFixed(3)}  false alarms ${shown(falseAlarms(counts))}`,
      )
}

const wanted = (id: string) => values.set === undefined || values.set.includes(id)
const known = [...sets.map(({ id }) => id), 'sample', 'batch']
const unknown = values.set?.find((id) => !known.includes(id))
if (unknown !== undefined) {
  console.error(`unknown set ${JSON.stringify(unknown)}; one of: ${known.join(', ')}`)
  process.exit(2)
}
const shipped = new Set((await loadOffline({})).packs.map((pack) => pack.header.id))
const measures: Measure[] = []
for (const set of sets.filter(({ id }) => wanted(id))) {
  const result = shipped.has(set.pack) ? await measureSet(set) : { absent: `pack ${set.pack} is not here or not valid` }
  if ('absent' in result) console.error(`${set.id} skipped: ${result.absent}`)
  else {
    printSet(result)
    measures.push(...measuresOf(result))
    measures.push({
      name: `evaluate.${set.id}.time`,
      value: result.microsPerEvent,
      unit: 'µs/event',
      peer: null,
      peer_value: null,
      ratio: null,
      target: null,
      pass: null,
    })
  }
}
if (wanted('sample')) {
  const result = await measureSample({ seed: Number(values.seed ?? 20_261_122), days: Number(values.days ?? 60) })
  printSample(result)
  measures.push(...sampleMeasures(result))
}
if (wanted('batch'))
  for (const result of await measureBatch()) {
    if ('absent' in result) console.error(`batch skipped: ${result.absent}`)
    else {
      printBatch(result)
      measures.push(...batchMeasures(result))
    }
  }
if (values.json) for (const line of measures) console.log(JSON.stringify(line))
else {
  const judged = measures.filter(({ pass }) => pass !== null)
  print(`\n${judged.filter(({ pass }) => pass).length} of ${judged.length} targets reached`)
  for (const { name, value, target } of judged.filter(({ pass }) => !pass))
    print(`  below target: ${name} ${value?.toFixed(3)} (target ${target})`)
}
