import { expect, test } from 'vitest'
import { hour, parseTime } from '../../kernel/time.ts'
import { faultsOf, limits, type RunLook } from './integrity.ts'
import type { RunReport } from './model.ts'

const now = parseTime('2026-06-01T06:00:00Z') ?? 0
const strategy = { expires: '2030-01-01' }

const report = (seconds: number): RunReport => ({
  ...{ seconds, rows_in: 100, inputs: [], hits: 3, fresh: 3, repeats: 0, psi: null, faults: [] },
  canaries: { expected: 1, missed: [] },
})
const run = (seconds: number, other: Partial<RunLook> = {}): RunLook => ({
  ...{ run_id: `run_${seconds}`, version: 2, manual: false, status: 'applied', report: report(seconds) },
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
  expect(faults(run(500), ...past(10, { manual: true }))).toEqual([])
  expect(faults(run(11), run(500), ...past(10))).toEqual([])
})
