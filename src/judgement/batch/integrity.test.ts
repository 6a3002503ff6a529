import { expect, test } from 'vitest'
import { hour, parseTime } from '../../kernel/time.ts'
import { faultsOf, limits, type RunLook } from './integrity.ts'
import type { RunReport } from './model.ts'

const now = parseTime('2026-06-01T06:00:00Z') ?? 0
const strategy = { expires: '2030-01-01' }

const report = (seconds: number, hits = 3): RunReport => ({
  ...{ seconds, rows_in: 100, inputs: [], hits, fresh: 3, repeats: 0, psi: null, faults: [] },
  canaries: { expected: 1, missed: [] },
})
const run = (seconds: number, other: Partial<RunLook> = {}): RunLook => ({
  ...{ run_id: `run_${seconds}`, version: 2, kind: 'scheduled', status: 'applied', report: report(seconds) },
  ...other,
})
const faults = (...runs: RunLook[]) =>
  faultsOf({ strategy, runs, missed: [], unowned: null, now: now + hour }).map(({ kind, key }) => `${kind} ${key}`)
const past = (seconds: number, other: Partial<RunLook> = {}) =>
  Array.from({ length: limits.past }, () => run(seconds, other))

test('a run that takes five times its past and more than 30 s is told, with that run as its key', () => {
  expect(faults(run(50), ...past(10))).toEqual(['slow run_50'])
  expect(faults(run(49.9), ...past(10))).toEqual([])
  expect(faults(run(30), ...past(0.2))).toEqual(['slow run_30'])
  expect(faults(run(29.9), ...past(0.2))).toEqual([])
})

test('the past of a duration is answered, planned runs of the same version, and enough of them', () => {
  expect(faults(run(500), ...past(10).slice(1))).toEqual([])
  expect(faults(run(500), ...past(10, { version: 1 }))).toEqual([])
  expect(faults(run(500), ...past(10, { status: 'failed' }))).toEqual([])
  expect(faults(run(500), ...past(10, { kind: 'manual' }))).toEqual([])
  expect(faults(run(11), run(500), ...past(10))).toEqual([])
})

test('hits fall away against runs of the schedule only: a history that was played ends where it ends', () => {
  const many = (kind: RunLook['kind']) =>
    Array.from({ length: limits.past }, () => run(1, { kind, report: report(1, 40) }))
  const none = (kind: RunLook['kind']) => run(1, { kind, report: report(1, 0) })
  expect(faults(none('first'), ...many('first'))).toEqual([])
  expect(faults(none('scheduled'), ...many('first'))).toEqual([])
  expect(faults(none('scheduled'), ...many('scheduled'))).toEqual(['hit_decay run_1'])
  expect(faults(none('catch_up'), ...many('scheduled'))).toEqual(['hit_decay run_1'])
})
