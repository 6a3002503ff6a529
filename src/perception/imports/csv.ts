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

/**
 * Splits CSV bytes into records without decoding them, keeping line numbers. A broken record costs only its first line:
 * reading goes on with the next one, so that a stray quote cannot swallow the rows after it.
 * @example const scan = scanCsv(format, sink); for await (const chunk of file) scan.push(chunk); scan.end()
 */
export function scanCsv(format: CsvFormat, sink: CsvSink): { push(chunk: Uint8Array): void; end(): void } {
  const { delimiter, quote, fieldBytes, recordBytes } = format
  let buffer: Uint8Array = new Uint8Array(0)
  let record = 0 // start of the record
  let at = 0
  let field = 0
  let state = fieldStart
  let line = 1
  let inner = 0 // newlines inside the record
  let firstEnd = -1 // behind the record's first newline
  let columns = 1
  let odd = false
  let high = false
  let nul = false
  let longField = false

  const begin = (from: number): void => {
    record = at = field = from
    state = fieldStart
    inner = 0
    firstEnd = -1
    columns = 1
    odd = high = nul = longField = false
  }
  const resume = (): void => {
    if (firstEnd >= 0) {
      line++
      begin(firstEnd)
    } else state = skipping
  }
  const fail = (fault: CsvFault): void => {
    const end = firstEnd >= 0 ? firstEnd - 1 : Math.min(at, record + 4096)
    sink.fault(fault, line, buffer.subarray(record, end))
    resume()
  }
  const finish = (end: number, next: number): void => {
    if (end - field > fieldBytes) longField = true
    if (
      end === record ||
      sink.record({ buffer, start: record, end, line, columns, odd, high, nul, longField }) ||
      firstEnd < 0
    ) {
      line += inner + 1
      begin(next)
    } else resume()
  }

  /** Reads on until the bytes run out; `final` says that no more come. */
  const scan = (final: boolean): void => {
    while (at < buffer.length) {
      const byte = buffer[at]!
      if (state === skipping) {
        if (byte === newline) {
          line++
          begin(at + 1)
        } else at++
        continue
      }
      if (at - record > recordBytes) {
        fail('record_too_long')
        continue
      }
      if (byte >= 0x80) high = true
      else if (byte === 0) nul = true
      if (state === quoted) {
        if (byte === quote) state = afterQuote
        else if (byte === newline) {
          inner++
          if (firstEnd < 0) firstEnd = at + 1
        }
        at++
      } else if (byte === delimiter) {
        if (at - field > fieldBytes) longField = true
        columns++
        field = ++at
        state = fieldStart
      } else if (byte === newline) finish(at, at + 1)
      else if (byte === carriage) {
        if (at + 1 === buffer.length && !final) return
        if (at + 1 === buffer.length || buffer[at + 1] === newline) {
          finish(at, Math.min(at + 2, buffer.length))
        } else if (state === afterQuote) fail('text_after_quote')
        else {
          odd = true
          state = unquoted
          at++
        }
      } else if (byte === quote) {
        if (state === unquoted) odd = true
        else state = quoted
        at++
      } else if (state === afterQuote) fail('text_after_quote')
      else {
        state = unquoted
        at++
      }
    }
  }
  return {
    push: (chunk) => {
      if (record === buffer.length || state === skipping) {
        buffer = chunk
        if (state === skipping) at = record = 0
        else begin(0)
      } else {
        const joined = new Uint8Array(buffer.length - record + chunk.length)
        joined.set(buffer.subarray(record))
        joined.set(chunk, buffer.length - record)
        buffer = joined
        at -= record
        field -= record
        if (firstEnd >= 0) firstEnd -= record
        record = 0
      }
      scan(false)
    },
    end: () => {
      scan(true)
      while (record < buffer.length && state !== skipping) {
        if (state === quoted) fail('unclosed_quote')
        else finish(buffer.length, buffer.length)
        scan(true)
      }
    },
  }
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
