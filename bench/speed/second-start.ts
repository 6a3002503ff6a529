import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { type Measure, measure, median, type Options, shown } from './measure.ts'

const program = fileURLToPath(new URL('../../src/main.ts', import.meta.url))

/** Starts the program on a data folder, waits until it answers, and ends it; milliseconds until it was ready. */
async function startOnce(folder: string): Promise<number> {
  const ready = join(folder, 'server.json')
  rmSync(ready, { force: true })
  const began = performance.now()
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', program, 'start', '--empty'], {
    env: { ...process.env, AEDILE_DATA: folder, PORT: '0' },
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  while (!existsSync(ready)) {
    if (child.exitCode !== null) throw new Error(`the program ended with ${child.exitCode}`)
    await pause(10)
  }
  const millis = performance.now() - began
  // A moment later it listens to signals, and closes its stores.
  await pause(500)
  child.kill('SIGTERM')
  await gone
  return millis
}

/** How long the whole program takes to start on a folder that it has used before. */
export async function secondStartMeasure({ say }: Options): Promise<Measure> {
  const folder = mkdtempSync(join(tmpdir(), 'aedile-bench-start-'))
  try {
    const first = await startOnce(folder)
    const later = []
    for (let round = 0; round < 3; round++) later.push(await startOnce(folder))
    say(`start of the program: first ${shown(first)} ms, later ${later.map(shown).join(', ')} ms`)
    const seconds = median(later) / 1000
    return measure({
      name: 'second-start',
      value: seconds,
      unit: 's',
      target: '< 5 s',
      pass: seconds < 5,
      notes: [`the whole program with its console, until it answers; the first start took ${shown(first / 1000)} s`],
    })
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
