import { createHash } from 'node:crypto'

/** JSON with the keys of every object in order: equal content gives equal text, whatever order it was sent in. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`
  if (typeof value === 'object' && value !== null) {
    const record = value as Record<string, unknown>
    const parts: string[] = []
    for (const key of Object.keys(record).sort()) {
      const inner = record[key]
      if (inner !== undefined) parts.push(`${JSON.stringify(key)}:${canonicalJson(inner)}`)
    }
    return `{${parts.join(',')}}`
  }
  return JSON.stringify(value) ?? 'null'
}

/** 160-bit fingerprint of the canonical form. */
export function fingerprint(value: unknown): Uint8Array {
  return createHash('sha1').update(canonicalJson(value)).digest()
}
