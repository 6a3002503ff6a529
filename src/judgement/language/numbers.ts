/** Number functions with DuckDB's results. NaN equals NaN and is the greatest number. */

export const largestInteger = Number.MAX_SAFE_INTEGER

/** Below 0, 0 or above 0 in DuckDB's order of doubles. */
export function compareNumber(a: number, b: number): number {
  if (a < b) return -1
  if (a > b) return 1
  if (a === b) return 0
  return (Number.isNaN(a) ? 1 : 0) - (Number.isNaN(b) ? 1 : 0)
}

/** Half away from zero, as C's `round`. */
export function roundHalfAway(value: number): number {
  const whole = Math.trunc(value)
  return Math.abs(value - whole) >= 0.5 ? whole + Math.sign(value) : whole
}

/** Half to even, as DuckDB casts a DOUBLE to an integer. */
export function roundHalfEven(value: number): number {
  const whole = Math.trunc(value)
  const rest = Math.abs(value - whole)
  if (rest < 0.5 || (rest === 0.5 && whole % 2 === 0)) return whole
  return whole + Math.sign(value)
}

/** `round(value, digits)`: scales by a power of ten, rounds, scales back. */
export function roundTo(value: number, digits: number): number {
  const scale = Number(`1e${Math.abs(digits)}`)
  if (digits < 0) {
    const rounded = roundHalfAway(value / scale) * scale
    return Number.isFinite(rounded) ? rounded : 0
  }
  const rounded = roundHalfAway(value * scale) / scale
  return Number.isFinite(rounded) ? rounded : value
}

/** TRY_CAST of a DOUBLE to BIGINT: NULL outside ±(2^53-1). */
export function integerOf(value: number): number | null {
  const rounded = roundHalfEven(value) + 0
  return Math.abs(rounded) <= largestInteger ? rounded : null
}

/** A DOUBLE as DuckDB prints it: shortest digits, `.0` for whole numbers, `e+16` from 1e16 and `e-05` below 1e-4. */
export function doubleText(value: number): string {
  if (Number.isNaN(value)) return 'nan'
  if (!Number.isFinite(value)) return value > 0 ? 'inf' : '-inf'
  if (value === 0) return Object.is(value, -0) ? '-0.0' : '0.0'
  const [digits = '', exponentText = '0'] = Math.abs(value).toExponential().split('e')
  const exponent = Number(exponentText)
  const sign = value < 0 ? '-' : ''
  if (exponent >= 16 || exponent < -4)
    return `${sign}${digits}e${exponent < 0 ? '-' : '+'}${String(Math.abs(exponent)).padStart(2, '0')}`
  return sign + placeDot(digits.replace('.', ''), exponent)
}

function placeDot(digits: string, exponent: number): string {
  if (exponent < 0) return `0.${'0'.repeat(-exponent - 1)}${digits}`
  const padded = digits.padEnd(exponent + 1, '0')
  return `${padded.slice(0, exponent + 1)}.${padded.slice(exponent + 1) || '0'}`
}

/** Texts that TRY_CAST reads as a DOUBLE; everything else is NULL. */
export const doublePattern = '^[ \\t\\n\\f\\r]*[-+]?([0-9]+\\.?[0-9]*|\\.[0-9]+)([eE][-+]?[0-9]+)?[ \\t\\n\\f\\r]*$'
/** Texts that TRY_CAST reads as a BIGINT: at most 15 digits before the point. */
export const integerPattern = '^[ \\t\\n\\f\\r]*[-+]?[0-9]{1,15}(\\.[0-9]+)?[ \\t\\n\\f\\r]*$'

const doubleForm = /^[ \t\n\f\r]*[-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?[ \t\n\f\r]*$/
const integerForm = /^[ \t\n\f\r]*([-+]?)([0-9]{1,15})(?:\.([0-9]+))?[ \t\n\f\r]*$/

export function doubleFromText(text: string): number | null {
  return doubleForm.test(text) ? Number(text) : null
}

export function integerFromText(text: string): number | null {
  const found = integerForm.exec(text)
  if (found === null) return null
  const [, sign, whole = '0', fraction = ''] = found
  const size = Number(whole) + (fraction >= '5' ? 1 : 0)
  return sign === '-' ? 0 - size : size
}

const trueTexts = new Set(['true', 't', '1', 'yes', 'y'])
const falseTexts = new Set(['false', 'f', '0', 'no', 'n'])

export function booleanFromText(text: string): boolean | null {
  const folded = text.replace(/[A-Z]/g, (letter) => letter.toLowerCase())
  return trueTexts.has(folded) ? true : falseTexts.has(folded) ? false : null
}
