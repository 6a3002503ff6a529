/** Counts of right and wrong answers; `positive` means that something is wrong with the row. */
export interface Counts {
  readonly hit: number
  readonly falseAlarm: number
  readonly miss: number
  readonly pass: number
}

export const noCounts: Counts = { hit: 0, falseAlarm: 0, miss: 0, pass: 0 }

/** Counts with one more answer. */
export function counted(counts: Counts, positive: boolean, flagged: boolean): Counts {
  if (positive) return flagged ? { ...counts, hit: counts.hit + 1 } : { ...counts, miss: counts.miss + 1 }
  return flagged ? { ...counts, falseAlarm: counts.falseAlarm + 1 } : { ...counts, pass: counts.pass + 1 }
}

/** A share with its Wilson 95 % interval; value is null where there is nothing to divide by. */
export interface Share {
  readonly value: number | null
  readonly low: number
  readonly high: number
  readonly part: number
  readonly whole: number
}

const z = 1.959964

/** Wilson score interval of `part` out of `whole` at 95 %. */
export function share(part: number, whole: number): Share {
  if (whole === 0) return { value: null, low: 0, high: 1, part, whole }
  const p = part / whole
  const scale = 1 + (z * z) / whole
  const centre = (p + (z * z) / (2 * whole)) / scale
  const half = (z * Math.sqrt((p * (1 - p)) / whole + (z * z) / (4 * whole * whole))) / scale
  return { value: p, low: Math.max(0, centre - half), high: Math.min(1, centre + half), part, whole }
}

export const precision = (counts: Counts): Share => share(counts.hit, counts.hit + counts.falseAlarm)
export const recall = (counts: Counts): Share => share(counts.hit, counts.hit + counts.miss)
export const falseAlarms = (counts: Counts): Share => share(counts.falseAlarm, counts.falseAlarm + counts.pass)

/** Harmonic mean of precision and recall; 0 where nothing was hit. */
export function f1(counts: Counts): number {
  const whole = 2 * counts.hit + counts.falseAlarm + counts.miss
  return whole === 0 ? 0 : (2 * counts.hit) / whole
}

/** `0.947 [0.92–0.97]`, or `—`. */
export function shown({ value, low, high }: Share): string {
  return value === null ? '—' : `${value.toFixed(3)} [${low.toFixed(2)}–${high.toFixed(2)}]`
}
