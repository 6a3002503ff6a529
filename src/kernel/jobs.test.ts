import { expect, test } from 'vitest'
import { createRunner, type DueJob } from './jobs.ts'

const minute = 60_000_000

test('whoever asks while it runs waits for the same pass: nothing runs twice', async () => {
  let running = 0
  let most = 0
  const ran: string[] = []
  const job = (key: string): DueJob => ({
    key,
    async run() {
      running++
      most = Math.max(most, running)
      await new Promise((resolve) => setTimeout(resolve, 5))
      running--
      ran.push(key)
    },
  })
  const runner = createRunner({
    now: () => 0,
    everyMs: 1e6,
    failed: () => undefined,
    due: async () => [job('a'), job('b')],
  })
  await Promise.all([runner.tick(), runner.tick(), runner.tick()])
  expect([ran, most]).toEqual([['a', 'b'], 1])
})

test('what fails waits longer each time and holds up nobody else; success clears it', async () => {
  const ran: string[] = []
  let broken = true
  const runner = createRunner({
    now: () => 0,
    everyMs: 1e6,
    backoff: minute,
    failed: (key) => ran.push(`${key} failed`),
    due: async () => [
      {
        key: 'bad',
        run: async () => {
          if (broken) throw new Error('no')
          ran.push('bad ran')
        },
      },
      { key: 'good', run: async () => void ran.push('good') },
    ],
  })
  const tick = async (minutes: number) => {
    ran.length = 0
    await runner.tick(minutes * minute)
    return [...ran]
  }
  expect(await tick(0)).toEqual(['bad failed', 'good'])
  expect(await tick(0.5)).toEqual(['good'])
  expect(await tick(1)).toEqual(['bad failed', 'good'])
  expect(await tick(2.5)).toEqual(['good'])
  broken = false
  expect(await tick(3)).toEqual(['bad ran', 'good'])
  broken = true
  expect(await tick(3.1)).toEqual(['bad failed', 'good'])
})

test('after stop nothing starts, and stop waits for what runs', async () => {
  const ran: string[] = []
  const runner = createRunner({
    now: () => 0,
    everyMs: 1e6,
    failed: () => undefined,
    due: async () =>
      ['first', 'second'].map((key) => ({
        key,
        run: async () => {
          await new Promise((resolve) => setTimeout(resolve, 10))
          ran.push(key)
        },
      })),
  })
  void runner.tick()
  await new Promise((resolve) => setTimeout(resolve, 2))
  await runner.stop()
  expect(ran).toEqual(['first'])
  await runner.tick()
  expect(ran).toEqual(['first'])
})
