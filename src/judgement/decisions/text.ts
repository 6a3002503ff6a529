import type { Layout, Row, Value } from '../../kernel/values.ts'
import type { Decision } from './model.ts'
import { stored } from './stored.ts'

/** A decision whose `saw` still stands in the row. */
export type Draft = Omit<Decision, 'saw' | 'engine'>

/** Writes decisions as the journal keeps them: the text that `JSON.stringify` makes of the decision, at a quarter of its cost. */
export function createDecisionWriter(
  { columns }: Layout,
  { slots, engine }: { slots: readonly number[]; engine: string },
): (draft: Draft, row: Row) => string {
  const first = slots.map((slot) => `${JSON.stringify(columns[slot]?.name)}:`)
  const names = first.map((name) => `,${name}`)
  // Most of what a decision sees are small counts: name and number are one piece then.
  const small = names.map((name) => counts.slice(0, smallCounts).map((count) => name + count))
  const end = `},"engine":${JSON.stringify(engine)}}`
  return (draft, row) => {
    count = 0
    writeHead(draft)
    writeMarkets(draft.markets)
    writeList('},"findings":[', draft.findings)
    writeList('],"unknown":[', draft.unknown)
    parts[count++] = '],"saw":{'
    let sees = false
    for (let index = 0; index < slots.length; index++) {
      const value = row[slots[index] as number]
      if (value === undefined || value === null) continue
      if (sees && typeof value === 'number') {
        const known = value < smallCounts ? small[index]?.[value] : undefined
        if (known !== undefined) {
          parts[count++] = known
          continue
        }
      }
      parts[count++] = (sees ? names : first)[index] as string
      parts[count++] = valueText(value)
      sees = true
    }
    parts[count++] = end
    parts.length = count
    return parts.join('')
  }
}

/** One list for all decisions, joined once: a text that grows piece by piece leaves thrice its length of garbage. */
const parts: string[] = []
let count = 0

/** Adds a text behind a piece that ends with its opening quote. */
function writeText(before: string, text: string): void {
  parts[count++] = before
  parts[count++] = isPlain(text) ? text : JSON.stringify(text).slice(1, -1)
}

function writeTextOrNull(name: string, text: string | null): void {
  parts[count++] = name
  parts[count++] = text === null ? 'null' : quoted(text)
}

function writeHead({ decision_id, event, verdict }: Draft): void {
  writeText('{"decision_id":"', decision_id)
  writeText('","event":{"id":"', event.id)
  writeText('","source":"', event.source)
  writeText('","type":"', event.type)
  writeText('","subject_type":"', event.subject_type)
  writeText('","subject":"', event.subject)
  writeTextOrNull('","party_type":', event.party_type)
  writeTextOrNull(',"party":', event.party)
  writeTextOrNull(',"site":', event.site)
  writeText(',"time":"', event.time)
  writeText('","logged_at":"', event.logged_at)
  writeText('"},"verdict":"', verdict)
}

function writeMarkets(markets: Decision['markets']): void {
  let before = '","markets":{"'
  for (const market in markets) {
    writeText(before, market)
    writeText('":"', markets[market] as string)
    before = '","'
  }
  // A decision has one market at least: where none is named it is `*`.
  parts[count++] = '"'
}

/** The items without their brackets. */
function writeList(start: string, list: readonly unknown[]): void {
  parts[count++] = start
  if (list.length > 0) parts[count++] = JSON.stringify(list).slice(1, -1)
}

/** `0` to `999`, and `.01` to `.99` without a last 0. */
const counts = Array.from({ length: 1000 }, (_, count) => String(count))
const smallCounts = 32
const hundredths = Array.from({ length: 100 }, (_, part) => String(part / 100).slice(1))

/** Most numbers are counts and sums of prices, whose digits are known without the search for the shortest that mean them. */
function numberText(value: number): string {
  if (value >= 0 && value < 1000 && Math.trunc(value) === value) return counts[value] as string
  const cents = Math.round(value * 100)
  if (cents / 100 !== value || value < 0 || value > 1e9)
    return Number.isFinite(value) ? String(value) : quoted(String(stored(value)))
  const whole = Math.floor(cents / 100)
  return (whole < 1000 ? (counts[whole] as string) : String(whole)) + (hundredths[cents - whole * 100] as string)
}

function valueText(value: NonNullable<Value>): string {
  if (typeof value === 'number') return numberText(value)
  if (typeof value === 'string') return quoted(value)
  return typeof value === 'boolean' ? String(value) : JSON.stringify(value)
}

/** A text as JSON. */
const quoted = (text: string): string => (isPlain(text) ? `"${text}"` : JSON.stringify(text))

/** Whether a text is the same in JSON. Long ones are not looked at: searching them costs more than it saves. */
function isPlain(text: string): boolean {
  if (text.length > 64) return false
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at)
    if (unit < 0x20 || unit === 0x22 || unit === 0x5c || unit >= 0xd800) return false
  }
  return true
}
