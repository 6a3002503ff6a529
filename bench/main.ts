// `npm run bench`: how fast, against peers in the same run. --quick small inputs, --only NAME one group, --json a line a measure.
import { fork } from 'node:child_process'
import { availableParallelism, cpus, loadavg } from 'node:os'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { backtestMeasures } from './speed/backtest.ts'
import { bulkMeasures } from './speed/bulk.ts'
import { conditionMeasures } from './speed/conditions.ts'
import { httpMeasures } from './speed/http.ts'
import { type Measure, type Options, shown } from './speed/measure.ts'
import { queueMeasures } from './speed/queue.ts'
import { reviewMeasures } from './speed/review.ts'
import { startMeasures } from './speed/start.ts'
import { windowMeasures } from './speed/windows.ts'

const groups: Readonly<Record<string, (options: Options) => Promise<Measure[]>>> = {
  conditions: conditionMeasures,
  bulk: bulkMeasures,
  decide: httpMeasures,
  backtest: backtestMeasures,
  queue: queueMeasures,
  review: reviewMeasures,
  start: startMeasures,
  windows: windowMeasures,
}

/** Runs one group in a process of its own, so that one's memory and compiled code do not touch another's. */
function runGroup(name: string, quick: boolean): Promise<Measure[]> {
  return new Promise((resolve, reject) => {
    const args = ['--group', name, ...(quick ? ['--quick'] : [])]
    const child = fork(fileURLToPath(import.meta.url), args, { stdio: ['ignore', 2, 2, 'ipc'] })
    let measures: Measure[] | null = null
    child.on('message', (found: Measure[]) => {
      measures = found
    })
    child.on('exit', (code) => (measures ? resolve(measures) : reject(new Error(`group ${name} ended with ${code}`))))
  })
}

function failed(name: string, error: unknown): Measure {
  const reason = error instanceof Error ? error.message : String(error)
  return {
    name,
    value: Number.NaN,
    unit: '',
    peer: null,
    peer_value: null,
    ratio: null,
    target: 'runs',
    pass: false,
    notes: [reason],
  }
}

function line({ name, value, unit, peer, peer_value, ratio, target, pass }: Measure): string {
  const cells = [
    name.padEnd(36),
    `${shown(value)} ${unit}`.padEnd(30),
    peer === null ? ''.padEnd(32) : `${peer} ${shown(peer_value ?? Number.NaN)}`.padEnd(32),
    ratio === null ? ''.padEnd(9) : `${shown(ratio)}×`.padEnd(9),
    (target ?? '').padEnd(22),
    pass === null ? '' : pass ? 'met' : 'MISSED',
  ]
  return cells.join('  ')
}

function print(measures: readonly Measure[]): void {
  console.log(
    `Node ${process.versions.node}, ${availableParallelism()} cores, ${cpus()[0]?.model ?? ''}, load ${loadavg()[0]?.toFixed(1)}`,
  )
  let before = ''
  for (const found of measures) {
    console.log(line(found))
    const notes = found.notes.join('\n    ')
    if (notes !== '' && notes !== before) console.log(`    ${notes}`)
    before = notes
  }
}

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      quick: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      only: { type: 'string' },
      group: { type: 'string' },
    },
  })
  const { quick, json, only, group } = values
  if (group !== undefined) {
    const measures = await groups[group]?.({ quick, say: (text) => void process.stderr.write(`${text}\n`) })
    process.send?.(measures, () => process.exit(0))
    return 0
  }
  const chosen = Object.keys(groups).filter((name) => only === undefined || only === name)
  if (chosen.length === 0) {
    console.error(`there is no group "${only}"; groups: ${Object.keys(groups).join(', ')}`)
    return 2
  }
  const measures: Measure[] = []
  for (const name of chosen) {
    const found = await runGroup(name, quick).catch((error: unknown) => [failed(name, error)])
    measures.push(...found)
    if (json) for (const each of found) console.log(JSON.stringify(each))
  }
  if (!json) print(measures)
  return measures.some(({ pass }) => pass === false) ? 1 : 0
}

process.exitCode = await main()
