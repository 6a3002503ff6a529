import { splitFields } from './csv.ts'
import { refuseColumns } from './reasons.ts'
import { type RecipeFile, sourceColumns } from './recipe.ts'

/** Where each declared column stands in the file (null = the file lacks this optional one). */
export interface Header {
  readonly places: readonly (number | null)[]
  /** Columns that a row of this file has. */
  readonly width: number
  /** False when the first record is data already. */
  readonly present: boolean
}

/**
 * Finds the declared columns in the first record of a file.
 * @throws a problem that names the missing columns, what was found, and the delimiter that would fit.
 */
export function placeColumns(
  file: RecipeFile,
  record: string,
  format: { delimiter: string; quote: string | null },
): Header {
  const columns = sourceColumns(file)
  const required = columns.filter((column) => !column.optional)
  const cells = splitFields(record, format.delimiter, format.quote)
  const find = (names: readonly string[], among: readonly string[]) => {
    const plain = among.map(plainName)
    const at = names.map((name) => plain.indexOf(plainName(name))).find((place) => place >= 0)
    return at ?? null
  }
  const missing = required.filter((column) => find(column.headers, cells) === null)
  const header = file.header ?? 'present'
  if (header !== 'absent' && missing.length === 0)
    return { places: columns.map((column) => find(column.headers, cells)), width: cells.length, present: true }
  // Without a header the required columns stand in the order declared.
  if (header !== 'present' && cells.length === required.length && missing.length === required.length)
    return {
      places: columns.map((column) => (column.optional ? null : required.indexOf(column))),
      width: cells.length,
      present: false,
    }
  const other = [',', ';', '\t', '|'].find(
    (delimiter) =>
      delimiter !== format.delimiter &&
      required.every((column) => find(column.headers, splitFields(record, delimiter, format.quote)) !== null),
  )
  throw refuseColumns({
    missing: missing.map((column) => column.name),
    expected: required.map((column) => column.name),
    found: cells,
    delimiter: other ?? null,
  })
}

function plainName(name: string): string {
  return name.trim().toLowerCase()
}
