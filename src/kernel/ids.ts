import { randomFillSync } from 'node:crypto'

/** Random bytes are drawn in bulk: every request has an id. */
const pool = new Uint8Array(4096)
let drawn = pool.length

function randomByte(): number {
  if (drawn === pool.length) {
    randomFillSync(pool)
    drawn = 0
  }
  return pool[drawn++] ?? 0
}

const alphabet = '0123456789abcdefghjkmnpqrstvwxyz'

/**
 * A new id: prefix, 9 characters of time (milliseconds, so ids sort by age), 11 random characters (55 bits).
 * @example newId('case') // 'case_01jdz3k9q7x2m4n8p1r5s'
 */
export function newId(prefix: string, atMillis = Date.now()): string {
  let time = ''
  for (let rest = atMillis, i = 0; i < 10; i++, rest = Math.floor(rest / 32)) time = alphabet[rest % 32] + time
  let random = ''
  for (let i = 0; i < 11; i++) random += alphabet[randomByte() % 32]
  return `${prefix}_${time}${random}`
}

/** An id that is the same whenever the same effect is made from the same cause; parts are joined, not hashed. */
export function derivedId(prefix: string, ...parts: (string | number)[]): string {
  return `${prefix}_${parts.join('.').replace(/[^A-Za-z0-9._-]/g, '-')}`
}
