import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type ColumnType, createLayout } from '../../kernel/values.ts'
import { type CloudEvent, createRowReader, type EventType, eventColumns, toValue } from './index.ts'

const kinds: readonly ColumnType[] = ['VARCHAR', 'DOUBLE', 'BIGINT', 'BOOLEAN', 'TIMESTAMP', 'VARCHAR[]', 'DOUBLE[]']
const fields = Object.fromEntries(kinds.map((kind, index) => [`f${index}`, kind]))
const type: EventType = {
  type: 'test.event',
  title: { zh: 'x', en: 'x' },
  subject: 'listing',
  idField: 'f0',
  fields,
  marketFields: [],
}

test('every field of an event becomes the value that its type asks for, whatever was sent', () => {
  const layout = createLayout(eventColumns([type], new Map()))
  const read = createRowReader(layout, [type])
  const sent = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.constant('\ud800x'),
    fc.double(),
    fc.integer(),
    fc.boolean(),
    fc.constant(null),
    fc.constant('2026-01-02T03:04:05Z'),
    fc.array(fc.string()),
    fc.array(fc.double()),
    fc.object(),
  )
  fc.assert(
    fc.property(fc.dictionary(fc.constantFrom(...Object.keys(fields)), sent), (data) => {
      const event = { id: 'a', source: 'b', type: type.type, subject: 'own', data } as unknown as CloudEvent
      const row = read(event, 1, 2)
      for (const [name, kind] of Object.entries(fields)) {
        const wanted = toValue(Object.hasOwn(data, name) ? data[name] : undefined, kind)
        expect(row[layout.slot(name)!]).toEqual(name === 'f0' ? (wanted ?? 'own') : wanted)
      }
    }),
  )
})
