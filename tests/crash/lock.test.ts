import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { lockFolder } from '../../src/edge/files.ts'

let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'aedile-lock-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function start(): ChildProcess {
  return spawn(process.execPath, [join(import.meta.dirname, 'lock-holder.ts'), folder], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
}

test('the second process on a data folder refuses, naming pid and folder; after kill -9 the next one gets it', async () => {
  const holder = start()
  if (holder.stdout) await once(holder.stdout, 'data')
  expect(() => lockFolder(folder)).toThrow(`process ${holder.pid} already works on the data folder ${folder}`)
  holder.kill('SIGKILL')
  await once(holder, 'exit')
  const lock = lockFolder(folder)
  expect(() => lockFolder(folder)).toThrow(`process ${process.pid} already`)
  lock.release()
  lock.release()
  lockFolder(folder).release()
})

test('of several processes that start at once on the leftovers of a killed one, exactly one gets the folder', async () => {
  const starters = Array.from({ length: 4 }, start)
  const fates = await Promise.all(
    starters.map(async (child) => {
      const locked = child.stdout ? once(child.stdout, 'data').then(() => 'locked') : 'no output'
      const refused = once(child, 'exit').then(() => 'refused')
      return Promise.race([locked, refused])
    }),
  )
  for (const child of starters) child.kill('SIGKILL')
  expect(fates.sort()).toEqual(['locked', 'refused', 'refused', 'refused'])
})
