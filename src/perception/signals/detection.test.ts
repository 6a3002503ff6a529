import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createLayout, type Value } from '../../kernel/values.ts'
import {
  coreEventTypes,
  createRowReader,
  type Detection,
  eventColumns,
  validateEvent,
} from '../../vocabulary/events/index.ts'
import { isBox } from '../../vocabulary/evidence.ts'
import { compileSignal } from './compile.ts'

const context = { lexicons: new Map(), lists: new Map() }
const seen = (more: object = {}) =>
  compileSignal({ id: 'seen', kind: 'detection', labels: ['knife'], ...more }, context)

const layout = createLayout(eventColumns(coreEventTypes, new Map()))
const readRow = createRowReader(layout, coreEventTypes)

/** Reads as the engine reads: an event, checked and flattened. */
function read(data: Record<string, unknown>): (column: string) => Value {
  const raw = { id: '1', source: 's', type: 'listing.submitted', data: { listing_id: 'l', ...data } }
  const types = new Map(coreEventTypes.map((type) => [type.type, type]))
  const checked = validateEvent(raw, { types, now: Date.UTC(2026, 0, 1) * 1000 })
  if ('problem' in checked) throw new Error(checked.problem.detail.en)
  const { event } = checked
  const row = readRow(event, 0, 0)
  return (column) => row[layout.slot(column) ?? -1] ?? null
}

const image = 'https://img.example/1.jpg'
const detection = (more: Partial<Detection> = {}): Detection => ({ image, label: 'knife', score: 0.9, ...more })

describe('a detection that came with the event', () => {
  test('is NULL where the event says nothing, 0 where the model saw nothing of it, else the best score', () => {
    const value = (data: Record<string, unknown>, more: object = {}) => seen(more).evaluate(read(data), 0).value
    expect(value({})).toBeNull()
    expect(value({ detections: [] })).toBe(0)
    expect(value({ detections: [detection({ label: 'spoon' })] })).toBe(0)
    expect(value({ detections: [detection({ score: 0.4 }), detection({ score: 0.7 })] })).toBe(0.7)
    expect(value({ detections: [detection({ score: 0.4 })] }, { least: 0.5 })).toBe(0)
    expect(value({ detections: [detection({ score: 0.5 })] }, { least: 0.5 })).toBe(0.5)
    expect(value({ detections: [detection({ label: 'KNIFE' })] })).toBe(0.9)
  })

  test('is evidence with its image and its box, the best first', () => {
    const box = { x: 0.1, y: 0.2, width: 0.3, height: 0.4 }
    const second = 'https://img.example/2.jpg'
    const data = { images: [image, second], detections: [detection({ score: 0.6 }), detection({ image: second, box })] }
    expect(seen().evaluate(read(data), 0).evidence).toEqual([
      { field: 'images[1]', image: second, box, tag: 'knife', value: 0.9 },
      { field: 'images[0]', image, tag: 'knife', value: 0.6 },
    ])
  })

  test('the value is the maximum over what counts, whatever came (property)', () => {
    const label = fc.constantFrom('knife', 'spoon', 'logo')
    const one = fc.record({ label, score: fc.double({ min: 0, max: 1, noNaN: true }) })
    fc.assert(
      fc.property(fc.array(one, { maxLength: 30 }), fc.double({ min: 0, max: 1, noNaN: true }), (all, least) => {
        const { value, evidence } = seen({ least }).evaluate(read({ detections: all.map(detection) }), 0)
        const counted = all.filter((each) => each.label === 'knife' && each.score >= least).map((each) => each.score)
        expect(value).toBe(counted.length === 0 ? 0 : Math.max(...counted))
        expect(evidence).toHaveLength(counted.length)
      }),
    )
  })

  test.each([
    ['a score above 1', detection({ score: 1.2 })],
    ['no label', detection({ label: '' })],
    ['a box outside', detection({ box: { x: 0.9, y: 0, width: 0.3, height: 0.1 } })],
    ['a box without height', detection({ box: { x: 0.1, y: 0, width: 0.3, height: 0 } })],
    ['a box of texts', { ...detection(), box: { x: '0', y: 0, width: 1, height: 1 } }],
    ['no image', { label: 'knife', score: 0.5 }],
    ['no object', 'knife'],
  ])('is refused with the event: %s', (_name, wrong) => {
    expect(() => read({ detections: [detection(), wrong] })).toThrow(/detections/)
  })

  test('a definition without labels or with a threshold that is none is refused', () => {
    expect(() => compileSignal({ id: 'seen', kind: 'detection' }, context)).toThrow(/labels/)
    expect(() => seen({ least: 2 })).toThrow(/least/)
    expect(() => seen({ field: 'images' })).toThrow(/field/)
  })
})

test('a box is inside its image or it is none', () => {
  const share = fc.double({ min: -0.5, max: 1.5, noNaN: true })
  fc.assert(
    fc.property(share, share, share, share, (x, y, width, height) => {
      const inside = x >= 0 && y >= 0 && width > 0 && height > 0 && x + width <= 1 && y + height <= 1
      if (inside) expect(isBox({ x, y, width, height })).toBe(true)
      if (x < 0 || y < 0 || width <= 0 || height <= 0 || x + width > 1.01 || y + height > 1.01)
        expect(isBox({ x, y, width, height })).toBe(false)
    }),
  )
  for (const none of [null, [], 'box', { x: 0 }, { x: Number.NaN, y: 0, width: 1, height: 1 }])
    expect(isBox(none)).toBe(false)
})
