import { createEngine } from '../../src/judgement/decisions/index.ts'
import { type CloudEvent, createRowReader } from '../../src/vocabulary/events/index.ts'
import { buildShop } from './bulk.ts'
import { growth, type Measure, measure, type Options, shown } from './measure.ts'
import { orderSource } from './shop.ts'

/** Events a CPU-second through the window store alone, and the memory of a key. */
async function run(features: number, events: number): Promise<{ micros: number; keys: number; bytesPerKey: number }> {
  const built = await buildShop({ strategies: 5, features })
  const { features: store, programs } = createEngine({ ...built.programs }, built.plans)
  const read = createRowReader(programs.layout, [...programs.types.values()])
  const source = orderSource({ events, days: 10 })
  let [spent, loggedAt] = [0, 0]
  for (let done = 0; done < events; done += 10_000) {
    const rows = source(10_000).map((text) => {
      const event = JSON.parse(text) as CloudEvent
      const time = Date.parse(event.time ?? '') * 1000
      loggedAt = Math.max(loggedAt + 1, time)
      return { row: read(event, time, loggedAt), loggedAt }
    })
    const before = process.threadCpuUsage()
    for (const each of rows) store.observe(each.row, () => null, each.loggedAt)
    const { user, system } = process.threadCpuUsage(before)
    spent += user + system
  }
  const { keys, bytesPerKey } = store.stats()
  return { micros: spent / events, keys, bytesPerKey }
}

export async function windowMeasures({ quick, say }: Options): Promise<Measure[]> {
  const base = quick ? 20_000 : 100_000
  const points = []
  for (const times of [1, 2, 4, 8]) points.push({ size: base * times, ...(await run(20, base * times)) })
  const counts = []
  for (const features of [5, 10, 20]) counts.push({ size: features, cost: (await run(features, base * 2)).micros })
  const last = points.at(-1)
  if (!last) return []
  say(`windows: ${shown(1e6 / last.micros)} events a CPU-second, ${shown(last.bytesPerKey)} bytes a key`)
  const notes = [
    growth(
      'CPU an event by events',
      'µs',
      points.map(({ size, micros }) => ({ size, cost: micros })),
    ),
    growth('CPU an event by windows', 'µs', counts),
    `${shown(last.keys)} keys live at the end; six partitions, count, sum, avg and count(DISTINCT), exact`,
  ]
  return [
    measure({ name: 'windows-20', value: 1e6 / last.micros, unit: 'events/CPU-s', notes }),
    measure({
      name: 'windows-memory',
      value: last.bytesPerKey,
      unit: 'bytes/key',
      notes: [`${shown(last.keys)} keys, all windows of a key together`],
    }),
  ]
}
