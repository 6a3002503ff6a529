import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type CsvFault, quoteField, scanCsv, splitFields } from './csv.ts'

interface Found {
  rows: string[][]
  lines: number[]
  faults: [CsvFault, number][]
}

function read(text: string, options: { chunk?: number; width?: number; recordBytes?: number } = {}): Found {
  const bytes = Buffer.from(text)
  const found: Found = { rows: [], lines: [], faults: [] }
  const scan = scanCsv(
    { delimiter: 44, quote: 34, fieldBytes: 100, recordBytes: options.recordBytes ?? 10_000 },
    {
      record: ({ buffer, start, end, line, columns }) => {
        if (options.width !== undefined && columns !== options.width) {
          found.faults.push(['unclosed_quote', line])
          return false
        }
        const row = splitFields(Buffer.from(buffer.subarray(start, end)).toString(), ',', '"')
        expect(row).toHaveLength(columns)
        found.rows.push(row)
        found.lines.push(line)
        return true
      },
      fault: (fault, line) => found.faults.push([fault, line]),
    },
  )
  const chunk = options.chunk ?? bytes.length
  for (let at = 0; at < bytes.length; at += chunk) scan.push(bytes.subarray(at, at + chunk))
  scan.end()
  return found
}

const cell = fc.string({ unit: fc.constantFrom('a', 'é', '好', '"', ',', '\n', '\r', ' ', "'"), maxLength: 6 })
const plain = fc.string({ unit: fc.constantFrom('a', '好', ' ', "'", '-'), minLength: 1, maxLength: 6 })

describe('CSV records', () => {
  test('what was written quoted is read back, however the bytes are cut into chunks', () => {
    fc.assert(
      fc.property(
        fc.array(fc.array(cell, { minLength: 2, maxLength: 4 }), { maxLength: 8 }),
        fc.integer({ min: 1, max: 9 }),
        fc.constantFrom('\n', '\r\n'),
        (rows, chunk, end) => {
          const text = rows.map((row) => row.map(quoteField).join(',') + end).join('')
          expect(read(text, { chunk })).toEqual({ ...read(text), rows })
        },
      ),
      { numRuns: 500 },
    )
  })
  test('unquoted fields and a last line without a line break are read', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(plain, plain), { minLength: 1 }), fc.integer({ min: 1, max: 5 }), (rows, chunk) => {
        expect(read(rows.map((row) => row.join(',')).join('\n'), { chunk }).rows).toEqual(rows)
      }),
    )
  })
  test('any bytes end: every line is in a record or a fault, and nothing hangs', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('"', ',', '\n', '\r', 'a'), maxLength: 60 }),
        fc.integer({ min: 1, max: 7 }),
        (text, chunk) => {
          const whole = read(text, { width: 2 })
          expect(read(text, { width: 2, chunk })).toEqual(whole)
          const filled = text.split('\n').filter((line) => line.replaceAll('\r', '') !== '').length
          if (filled > 0) expect(whole.rows.length + whole.faults.length).toBeGreaterThan(0)
        },
      ),
      { numRuns: 2000 },
    )
  })
  test('a quote that is never closed costs its own line, not the rows after it', () => {
    expect(read('a,b\n1,"open\n2,x\n3,y\n', { width: 2 })).toEqual({
      rows: [
        ['a', 'b'],
        ['2', 'x'],
        ['3', 'y'],
      ],
      lines: [1, 3, 4],
      faults: [['unclosed_quote', 2]],
    })
  })
  test('text behind a closing quote costs its own line', () => {
    expect(read('"a"x,b\n1,2\n', { width: 2 })).toEqual({
      rows: [['1', '2']],
      lines: [2],
      faults: [['text_after_quote', 1]],
    })
  })
  test('line numbers count the line breaks inside quoted fields', () => {
    expect(read('"a\nb\nc",1\nd,2\n').lines).toEqual([1, 4])
  })
  test('a record above the limit is refused once and memory does not hold the rest of its line', () => {
    expect(read(`a,${'x'.repeat(5000)}\nb,1\n`, { recordBytes: 1000, chunk: 64 })).toEqual({
      rows: [['b', '1']],
      lines: [2],
      faults: [['record_too_long', 1]],
    })
  })
  test('quotes inside an unquoted field are text', () => {
    expect(read('5" nail,2\n').rows).toEqual([['5" nail', '2']])
  })
})
