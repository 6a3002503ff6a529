import { join } from 'node:path'
import type { Operation } from '../kernel/operation.ts'
import { maskPersonal } from '../vocabulary/events/index.ts'
import { openSqlite } from './sqlite.ts'

/** The secret that pseudonyms of this house are made with. @throws Error when the state store has none. */
export function readSalt(folder: string): string {
  const { raw, close } = openSqlite(join(folder, 'state.sqlite'), { readOnly: true })
  try {
    return String(raw.prepare('SELECT salt FROM personal_salt').get()?.['salt'] ?? '')
  } finally {
    close()
  }
}

/** Personal data leaves the house as pseudonyms, but for operations that are there to show it. */
export function withMasks(operation: Operation, salt: string): Operation {
  // What became of a batch of events holds ids and verdicts only, and there are very many of them.
  if (operation.unmasked || operation.permission === 'event.write') return operation
  return {
    ...operation,
    run: async (context, input) => maskPersonal(await operation.run(context, input), salt),
  }
}
