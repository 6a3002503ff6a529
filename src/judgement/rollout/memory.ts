const mostRemembered = 50

/** Answers by what they depend on, so that opening a draft again costs nothing; failures are not kept. */
export function createMemory<Answer>() {
  const known = new Map<string, Promise<Answer>>()
  return (key: string, make: () => Promise<Answer>): Promise<Answer> => {
    const found = known.get(key)
    if (found) return found
    const made = make()
    known.set(key, made)
    made.catch(() => known.delete(key))
    const [oldest] = known.keys()
    if (known.size > mostRemembered && oldest !== undefined) known.delete(oldest)
    return made
  }
}
