/** Lets at most `most` calls of one key through in any `windowMicros`; remembers at most `keys` keys. */
export interface RateLimit {
  /** True when the call may go on; a call that may not is not counted. */
  take(key: string, now: number): boolean
}

/** In memory: what a restart forgets is one window. */
export function createRateLimit({
  most,
  windowMicros,
  keys = 20_000,
}: {
  most: number
  windowMicros: number
  keys?: number
}): RateLimit {
  const calls = new Map<string, number[]>()
  return {
    take(key, now) {
      const recent = (calls.get(key) ?? []).filter((at) => at > now - windowMicros)
      const open = recent.length < most
      if (open) recent.push(now)
      // Put at the end: the front of the map is who has been quiet the longest.
      calls.delete(key)
      calls.set(key, recent)
      const [oldest] = calls.keys()
      if (calls.size > keys && oldest !== undefined) calls.delete(oldest)
      return open
    },
  }
}
