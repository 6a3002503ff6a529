import { isUtf8 } from 'node:buffer'
import {
  type BuiltInReason,
  broken,
  type CsvRecord,
  type Header,
  importLimits,
  jsonDepth,
  placeColumns,
  type Quarantined,
  quoteField,
  type RecipeFile,
  refuseFile,
  scanCsv,
  sourceColumns,
  splitFields,
} from '../perception/imports/index.ts'
import type { Utf8Text } from './import-bytes.ts'
import type { Writer } from './import-lines.ts'

/** Where staging puts good rows and refused rows. */
export interface Outputs {
  readonly rows: Writer
  readonly rejects: Writer
}

export interface StagedRows {
  /** Rows found, refused ones included. */
  rows: number
  readonly header: Header | null
  readonly delimiter: string
}

const decode = (record: CsvRecord) =>
  Buffer.from(record.buffer.buffer, record.buffer.byteOffset + record.start, record.end - record.start)

/** Writes a refused row. */
export function reject(outputs: Outputs, row: Quarantined): void {
  outputs.rejects.text(`${JSON.stringify(row)}\n`)
}

/** The fault of a record's bytes, or null. After transcoding, U+FFFD marks what did not fit the encoding. */
function byteFault(record: CsvRecord, bytes: Buffer, transcoded: boolean): BuiltInReason | null {
  if (record.longField) return 'field_too_long'
  if (record.nul) return 'nul_byte'
  if (record.high && (!isUtf8(bytes) || (transcoded && bytes.includes('�')))) return 'bad_encoding'
  return null
}

export interface Staging {
  readonly outputs: Outputs
  /** Called after each chunk of the file. */
  tick(): void
}

/** Checks CSV or TSV and writes `line,<row>` for every good row. */
export async function stageCsv(text: Utf8Text, file: RecipeFile, staging: Staging): Promise<StagedRows> {
  const delimiter = file.delimiter ?? (file.format === 'tsv' ? '\t' : ',')
  const quote = file.quote === 'none' ? null : '"'
  const take = rowWriter(text, staging.outputs, { delimiter, quote })
  const { fieldBytes, recordBytes } = importLimits
  let header: Header | null = null
  let rows = 0
  const scan = scanCsv(
    { delimiter: delimiter.charCodeAt(0), quote: quote === null ? -1 : 34, fieldBytes, recordBytes },
    {
      record: (record) => {
        if (header === null) {
          const first = decode(record).toString()
          if (file.skip_until !== undefined && splitFields(first, delimiter, quote)[0] !== file.skip_until) return true
          header = placeColumns(file, first, { delimiter, quote })
          if (header.present) return true
        }
        rows++
        return take(record, header.width)
      },
      fault: (fault, line, bytes) => {
        rows++
        reject(staging.outputs, broken(line, fault, { row: Buffer.from(bytes.subarray(0, 2000)).toString() }))
      },
    },
  )
  for await (const chunk of text.chunks) {
    scan.push(chunk)
    staging.tick()
  }
  scan.end()
  if (header === null) throw refuseNoHeader(file)
  return { rows, header, delimiter }
}

type RowWriter = (record: CsvRecord, width: number) => boolean

function rowWriter(text: Utf8Text, outputs: Outputs, format: { delimiter: string; quote: string | null }): RowWriter {
  const separator = Buffer.from(format.delimiter)
  const end = Buffer.from('\n')
  return (record, width) => {
    const bytes = decode(record)
    const fault = byteFault(record, bytes, text.transcoded()) ?? (record.columns === width ? null : 'column_count')
    if (fault !== null) {
      const counts = fault === 'column_count' ? { columns: record.columns, expected: width } : {}
      reject(outputs, broken(record.line, fault, { row: bytes.toString('utf8', 0, 2000), ...counts }))
      return fault !== 'column_count'
    }
    outputs.rows.text(String(record.line))
    outputs.rows.write(separator)
    if (record.odd || format.quote === null) {
      const fields = splitFields(bytes.toString(), format.delimiter, format.quote)
      outputs.rows.text(fields.map(quoteField).join(format.delimiter))
    } else outputs.rows.write(bytes)
    outputs.rows.write(end)
    return true
  }
}

function refuseNoHeader(file: RecipeFile): Error {
  const expected = sourceColumns(file)
    .map((column) => column.name)
    .join(', ')
  return refuseFile({
    refusal: 'no_header',
    field: file.skip_until ?? 'header',
    zh: `没有找到表头${file.skip_until ? `（以 "${file.skip_until}" 开头的行）` : ''}；应有列 [${expected}]`,
    en: `no header row was found${file.skip_until ? ` (a row that starts with "${file.skip_until}")` : ''}; expected columns [${expected}]`,
    fix: { zh: '检查文件是否完整，是否用对了配方', en: 'check that the file is whole and the recipe the right one' },
  })
}

/** For each declared column the names under which an object may carry it. */
export type JsonColumns = readonly (readonly string[])[]

export interface TextLine {
  readonly line: number
  readonly text: string
}

/** Checks one JSON object and writes the declared columns as CSV; nested values stay JSON text. */
export function takeJson(outputs: Outputs, columns: JsonColumns, { line, text }: TextLine): void {
  const read = readObject(text)
  if ('reason' in read) {
    reject(outputs, broken(line, read.reason, { text, error: read.error }))
    return
  }
  const texts = columns.map((names) =>
    toText(names.map((name) => read.fields.get(name)).find((found) => found !== undefined)),
  )
  const fault = texts.some(tooLong) ? 'field_too_long' : texts.some((field) => field.includes('\0')) ? 'nul_byte' : null
  if (fault !== null)
    reject(outputs, broken(line, fault, Object.fromEntries(columns.map((names, index) => [names[0], texts[index]]))))
  else outputs.rows.text(`${line},${texts.map((field) => (field === '' ? '' : quoteField(field))).join(',')}\n`)
}

function readObject(text: string): { fields: ReadonlyMap<string, unknown> } | { reason: BuiltInReason; error: string } {
  if (jsonDepth(text) > importLimits.depth) return { reason: 'too_deep', error: '' }
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value !== 'object' || value === null || Array.isArray(value))
      return { reason: 'not_an_object', error: '' }
    return { fields: new Map(Object.entries(value)) }
  } catch (error) {
    return { reason: 'not_json', error: error instanceof Error ? error.message : '' }
  }
}

function tooLong(field: string): boolean {
  return field.length > importLimits.fieldBytes / 4 && Buffer.byteLength(field) > importLimits.fieldBytes
}

function toText(value: unknown): string {
  if (value === undefined || value === null) return ''
  return typeof value === 'string' ? value : typeof value === 'object' ? JSON.stringify(value) : String(value)
}

/** Splits NDJSON into lines; `take` gets the good ones. Returns how many lines there were. */
export async function stageLines(text: Utf8Text, staging: Staging, take: (line: TextLine) => void): Promise<number> {
  const { recordBytes } = importLimits
  let rows = 0
  const scan = scanCsv(
    { delimiter: -1, quote: -1, fieldBytes: recordBytes, recordBytes },
    {
      record: (record) => {
        rows++
        const bytes = decode(record)
        const fault = byteFault(record, bytes, text.transcoded())
        if (fault === null) take({ line: record.line, text: bytes.toString() })
        else reject(staging.outputs, broken(record.line, fault, { text: bytes.toString('utf8', 0, 2000) }))
        return true
      },
      fault: (fault, line, bytes) => {
        rows++
        reject(staging.outputs, broken(line, fault, { text: Buffer.from(bytes.subarray(0, 2000)).toString() }))
      },
    },
  )
  for await (const chunk of text.chunks) {
    scan.push(chunk)
    staging.tick()
  }
  scan.end()
  return rows
}
