import { useState } from 'react'
import { problemOf, write } from './api.ts'
import type { Problem } from './types.ts'

/** A call that changes something: busy while it runs, and what went wrong. `send` gives null when it was refused. */
export function useWrite() {
  const [problem, setProblem] = useState<Problem | null>(null)
  const [busy, setBusy] = useState(false)
  const send = async <T>(method: 'POST' | 'PUT' | 'DELETE', path: string, body: unknown = {}): Promise<T | null> => {
    setBusy(true)
    setProblem(null)
    try {
      return await write<T>(method, path, body)
    } catch (error) {
      setProblem(problemOf(error))
      return null
    } finally {
      setBusy(false)
    }
  }
  return { problem, busy, send }
}
