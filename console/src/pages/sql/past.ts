/** The queries that this browser has run, newest first. */
export interface Past {
  sql: string
  at: string
  rows: number | null
  seconds: number | null
}

const key = 'aedile.sql.history'

export function pastQueries(): Past[] {
  try {
    const stored: unknown = JSON.parse(localStorage.getItem(key) ?? '[]')
    return Array.isArray(stored) ? (stored as Past[]) : []
  } catch {
    return []
  }
}

export function rememberQuery(entry: Past): Past[] {
  const next = [entry, ...pastQueries().filter(({ sql }) => sql !== entry.sql)].slice(0, 50)
  localStorage.setItem(key, JSON.stringify(next))
  return next
}
