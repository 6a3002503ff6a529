const newline = 10
const carriage = 13

export interface CsvFormat {
  /** Byte of the delimiter; -1 = the whole line is one field (NDJSON). */
  readonly delimiter: number
  /** Byte of the quote; -1 = quotes are ordinary characters. */
  readonly quote: number
  readonly fieldBytes: number
  readonly recordBytes: number
}

/** One record as bytes `buffer[start, end)` without its line ending, and what was seen in it. */
export interface CsvRecord {
  readonly buffer: Uint8Array
  readonly start: number
  readonly end: number
  /** Physical line on which it starts, from 1. */
  readonly line: number
  readonly columns: number
  /** Holds quotes inside an unquoted field or a lone CR: quote its fields before handing it on. */
  readonly odd: boolean
  /** Holds bytes ≥ 0x80: check the encoding. */
  readonly high: boolean
  readonly nul: boolean
  readonly longField: boolean
}

export type CsvFault = 'unclosed_quote' | 'text_after_quote' | 'record_too_long'

export interface CsvSink {
  /** Returns false to refuse the record: only its first physical line is lost then, the rest is read again. */
  record(record: CsvRecord): boolean
  fault(fault: CsvFault, line: number, bytes: Uint8Array): void
}

const fieldStart = 0
const unquoted = 1
const quoted = 2
const afterQuote = 3
const skipping = 4

interface Scanner {
  readonly format: CsvFormat
  readonly sink: CsvSink
  buffer: Uint8Array
  /** Where the record, the field and the next byte stand in the buffer. */
  record: number
  field: number
  at: number
  state: number
  line: number
  /** Line breaks inside the record, and where its second physical line begins (-1 = it has one line). */
  inner: number
  secondLine: number
  columns: number
  odd: boolean
  high: boolean
  nul: boolean
  longField: boolean
}

/**
 * Splits CSV bytes into records without decoding them, keeping line numbers. A broken record costs only its first line:
 * reading goes on with the next one, so that a stray quote cannot swallow the rows after it.
 * @example const scan = scanCsv(format, sink); for await (const chunk of file) scan.push(chunk); scan.end()
 */
export function scanCsv(format: CsvFormat, sink: CsvSink): { push(chunk: Uint8Array): void; end(): void } {
  const scanner: Scanner = {
    ...{ format, sink, buffer: new Uint8Array(0), record: 0, field: 0, at: 0, state: fieldStart, line: 1 },
    ...{ inner: 0, secondLine: -1, columns: 1, odd: false, high: false, nul: false, longField: false },
  }
  return {
    push: (chunk) => {
      append(scanner, chunk)
      scan(scanner, false)
    },
    end: () => {
      scan(scanner, true)
      while (scanner.record < scanner.buffer.length && scanner.state !== skipping) {
        if (scanner.state === quoted) fail(scanner, 'unclosed_quote')
        else finish(scanner, scanner.buffer.length, scanner.buffer.length)
        scan(scanner, true)
      }
    },
  }
}

/** Keeps the bytes of the open record and adds the chunk. */
function append(scanner: Scanner, chunk: Uint8Array): void {
  if (scanner.state === skipping) {
    scanner.buffer = chunk
    scanner.at = scanner.record = 0
  } else if (scanner.record === scanner.buffer.length) {
    scanner.buffer = chunk
    begin(scanner, 0)
  } else {
    const kept = scanner.buffer.subarray(scanner.record)
    const joined = new Uint8Array(kept.length + chunk.length)
    joined.set(kept)
    joined.set(chunk, kept.length)
    scanner.at -= scanner.record
    scanner.field -= scanner.record
    if (scanner.secondLine >= 0) scanner.secondLine -= scanner.record
    scanner.record = 0
    scanner.buffer = joined
  }
}

/** Reads on until the bytes run out; `final` says that no more come. */
function scan(scanner: Scanner, final: boolean): void {
  const { delimiter, quote, recordBytes } = scanner.format
  while (scanner.at < scanner.buffer.length) {
    const byte = scanner.buffer[scanner.at]!
    if (scanner.state === skipping) skip(scanner, byte)
    else if (scanner.at - scanner.record > recordBytes) fail(scanner, 'record_too_long')
    else {
      if (byte >= 0x80) scanner.high = true
      else if (byte === 0) scanner.nul = true
      if (scanner.state === quoted) takeQuoted(scanner, byte)
      else if (byte === delimiter) takeDelimiter(scanner)
      else if (byte === newline) finish(scanner, scanner.at, scanner.at + 1)
      else if (byte === carriage) {
        if (scanner.at + 1 === scanner.buffer.length && !final) return
        takeCarriage(scanner)
      } else if (byte === quote) {
        if (scanner.state === unquoted) scanner.odd = true
        else scanner.state = quoted
        scanner.at++
      } else if (scanner.state === afterQuote) fail(scanner, 'text_after_quote')
      else {
        scanner.state = unquoted
        scanner.at++
      }
    }
  }
}

function skip(scanner: Scanner, byte: number): void {
  scanner.at++
  if (byte !== newline) return
  scanner.line++
  begin(scanner, scanner.at)
}

function takeQuoted(scanner: Scanner, byte: number): void {
  scanner.at++
  if (byte === scanner.format.quote) scanner.state = afterQuote
  else if (byte === newline) {
    scanner.inner++
    if (scanner.secondLine < 0) scanner.secondLine = scanner.at
  }
}

function takeDelimiter(scanner: Scanner): void {
  if (scanner.at - scanner.field > scanner.format.fieldBytes) scanner.longField = true
  scanner.columns++
  scanner.field = ++scanner.at
  scanner.state = fieldStart
}

/** A CR before LF (or at the very end) ends the record; a lone one is text. */
function takeCarriage(scanner: Scanner): void {
  const next = scanner.at + 1
  if (next === scanner.buffer.length || scanner.buffer[next] === newline)
    finish(scanner, scanner.at, Math.min(next + 1, scanner.buffer.length))
  else if (scanner.state === afterQuote) fail(scanner, 'text_after_quote')
  else {
    scanner.odd = true
    scanner.state = unquoted
    scanner.at = next
  }
}

function begin(scanner: Scanner, from: number): void {
  scanner.record = scanner.at = scanner.field = from
  scanner.state = fieldStart
  scanner.inner = 0
  scanner.secondLine = -1
  scanner.columns = 1
  scanner.odd = scanner.high = scanner.nul = scanner.longField = false
}

/** Goes on behind the first physical line of a refused record. */
function resume(scanner: Scanner): void {
  if (scanner.secondLine < 0) scanner.state = skipping
  else {
    scanner.line++
    begin(scanner, scanner.secondLine)
  }
}

function fail(scanner: Scanner, fault: CsvFault): void {
  const { record, at, secondLine } = scanner
  const end = secondLine >= 0 ? secondLine - 1 : Math.min(at, record + 4096)
  scanner.sink.fault(fault, scanner.line, scanner.buffer.subarray(record, end))
  resume(scanner)
}

/** Hands the record `[record, end)` on; the next one begins at `next`. */
function finish(scanner: Scanner, end: number, next: number): void {
  const { buffer, record: start, line, columns, odd, high, nul, secondLine } = scanner
  const longField = scanner.longField || end - scanner.field > scanner.format.fieldBytes
  const blank = end === start
  if (
    blank ||
    scanner.sink.record({ buffer, start, end, line, columns, odd, high, nul, longField }) ||
    secondLine < 0
  ) {
    scanner.line += scanner.inner + 1
    begin(scanner, next)
  } else resume(scanner)
}

/** The fields of one record as texts, quotes removed. Quotes inside an unquoted field stay. */
export function splitFields(text: string, delimiter: string, quote: string | null): string[] {
  const fields: string[] = []
  let at = 0
  while (at <= text.length) {
    if (quote !== null && text[at] === quote) {
      let value = ''
      let from = at + 1
      let close = text.indexOf(quote, from)
      while (close >= 0 && text[close + 1] === quote) {
        value += text.slice(from, close + 1)
        from = close + 2
        close = text.indexOf(quote, from)
      }
      const end = close < 0 ? text.length : close
      fields.push(value + text.slice(from, end))
      at = end + 2
    } else {
      const next = text.indexOf(delimiter, at)
      fields.push(text.slice(at, next < 0 ? text.length : next))
      at = next < 0 ? text.length + 1 : next + 1
    }
  }
  return fields
}

/** One CSV field, always quoted. */
export function quoteField(value: string): string {
  return `"${value.replaceAll('"', '""')}"`
}
