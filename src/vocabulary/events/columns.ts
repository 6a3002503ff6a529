import { parseTime } from '../../kernel/time.ts'
import type { Column, ColumnType, Layout, Row, Value } from '../../kernel/values.ts'
import { isDetection } from './detections.ts'
import type { CloudEvent } from './envelope.ts'
import type { EventType } from './types.ts'

/** Columns that every event has. */
export const envelopeColumns: readonly Column[] = (
  [
    ['id', 'VARCHAR'],
    ['source', 'VARCHAR'],
    ['type', 'VARCHAR'],
    ['time', 'TIMESTAMP'],
    ['subject', 'VARCHAR'],
    ['site', 'VARCHAR'],
    ['tenant', 'VARCHAR'],
    ['market', 'VARCHAR'],
    ['logged_at', 'TIMESTAMP'],
  ] as const
).map(([name, type]) => ({ name, type, cost: 0 }))

/** What `documents` flattens to. `valid_kinds` leaves out what has expired at the time of the event. */
const documentColumns: readonly [string, ColumnType][] = [
  ['documents.kinds', 'VARCHAR[]'],
  ['documents.valid_kinds', 'VARCHAR[]'],
  ['documents.numbers', 'VARCHAR[]'],
]

/** What `detections` flattens to: lists of one length. `boxes` has four numbers for each: x, y, width, height; NaN where there is no box. */
export const detectionColumns: readonly [string, ColumnType][] = [
  ['detections.labels', 'VARCHAR[]'],
  ['detections.scores', 'DOUBLE[]'],
  ['detections.images', 'VARCHAR[]'],
  ['detections.boxes', 'DOUBLE[]'],
]

/**
 * The flat columns of all event types: envelope, data fields, `documents.*`, `detections.*`, and the `attributes.*` that packs use.
 * @throws Error when two types give one field different types.
 */
export function eventColumns(types: readonly EventType[], attributes: ReadonlyMap<string, ColumnType>): Column[] {
  const columns = new Map<string, Column>(envelopeColumns.map((column) => [column.name, column]))
  const add = (name: string, type: ColumnType) => {
    const known = columns.get(name)
    if (known && known.type !== type)
      throw new Error(`field "${name}" is ${known.type} in one event type and ${type} in another; rename one`)
    if (!known) columns.set(name, { name, type, cost: 0 })
  }
  for (const type of types) {
    for (const [name, field] of Object.entries(type.fields)) {
      if (field === 'DOCUMENTS') for (const [column, of] of documentColumns) add(column, of)
      else if (field === 'DETECTIONS') for (const [column, of] of detectionColumns) add(column, of)
      else if (field !== 'OBJECT') add(name, field)
    }
  }
  for (const [name, type] of attributes) add(name, type)
  return [...columns.values()]
}

type Fill = (row: Row, event: CloudEvent, time: number) => void

/** Makes the function that turns an event into a row of `layout`; computed columns start as undefined. */
export function createRowReader(
  layout: Layout,
  types: readonly EventType[],
): (event: CloudEvent, time: number, loggedAt: number) => Row {
  const template: Row = layout.columns.map((column) => (column.cost > 0 ? undefined : null))
  const fills = new Map(types.map((type) => [type.type, fillsOf(type, layout)]))
  const at = (name: string) => layout.slot(name) ?? -1
  const [id, source, type, timeSlot, subject, site, tenant, market, logged] = envelopeColumns.map((column) =>
    at(column.name),
  ) as number[]
  return (event, time, loggedAt) => {
    const row = template.slice()
    row[id!] = event.id
    row[source!] = event.source
    row[type!] = event.type
    row[timeSlot!] = time
    row[subject!] = event.subject ?? null
    row[site!] = event.site ?? null
    row[tenant!] = event.tenant ?? null
    row[market!] = event.market ?? null
    row[logged!] = loggedAt
    for (const fill of fills.get(event.type) ?? []) fill(row, event, time)
    return row
  }
}

function fillsOf(type: EventType, layout: Layout): Fill[] {
  const fills: Fill[] = []
  const plain: PlainField[] = []
  for (const [name, field] of Object.entries(type.fields)) {
    if (field === 'OBJECT') fills.push(...objectFills(name, layout))
    else if (field === 'DOCUMENTS') fills.push(documentsFill(name, layout))
    else if (field === 'DETECTIONS') fills.push(detectionsFill(name, layout))
    else {
      const slot = layout.slot(name)
      if (slot !== undefined) plain.push({ name, slot, field })
    }
  }
  fills.unshift(
    generatedFill(plain) ??
      ((row, event) => {
        for (const { name, slot, field } of plain) row[slot] = toValue(event.data[name], field)
      }),
  )
  const idSlot = layout.slot(type.idField)
  if (idSlot !== undefined)
    fills.push((row, event) => {
      row[idSlot] ??= event.subject ?? null
    })
  return fills
}

interface PlainField {
  readonly name: string
  readonly slot: number
  readonly field: ColumnType
}

/** One function for all plain fields of a type: named property reads are several times faster than a loop over names. Undefined where the runtime forbids code generation. */
function generatedFill(fields: readonly PlainField[]): Fill | undefined {
  const lines = fields.map(({ name, slot, field }) => {
    const read = `v=d[${JSON.stringify(name)}];row[${slot}]=`
    if (field === 'DOUBLE') return `${read}typeof v==='number'?v:null`
    if (field === 'BOOLEAN') return `${read}typeof v==='boolean'?v:null`
    if (field === 'VARCHAR') return `${read}typeof v==='string'?v.toWellFormed():v==null?null:toValue(v,'VARCHAR')`
    return `${read}v==null?null:toValue(v,${JSON.stringify(field)})`
  })
  try {
    return new Function(
      'toValue',
      `"use strict";return function(row,event){const d=event.data;let v;${lines.join(';')}}`,
    )(toValue) as Fill
  } catch (error) {
    if (error instanceof EvalError) return undefined
    throw error
  }
}

function objectFills(name: string, layout: Layout): Fill[] {
  return layout.columns.flatMap((column, slot) => {
    if (!column.name.startsWith(`${name}.`) || column.cost > 0) return []
    const path = column.name.slice(name.length + 1).split('.')
    return [
      (row: Row, event: CloudEvent) => {
        row[slot] = toValue(path.reduce<unknown>(step, event.data[name]), column.type)
      },
    ]
  })
}

function step(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, key)
    ? (value as Record<string, unknown>)[key]
    : null
}

function documentsFill(name: string, layout: Layout): Fill {
  const [kinds, valid, numbers] = documentColumns.map(([column]) => layout.slot(column)) as (number | undefined)[]
  return (row, event, time) => {
    const documents = event.data[name]
    if (!Array.isArray(documents)) return
    const usable = documents.filter((document) => typeof document?.kind === 'string')
    const alive = usable.filter(
      (document) => typeof document.valid_until !== 'string' || (parseTime(document.valid_until) ?? 0) >= time,
    )
    if (kinds !== undefined) row[kinds] = usable.map((document) => document.kind)
    if (valid !== undefined) row[valid] = alive.map((document) => document.kind)
    if (numbers !== undefined) row[numbers] = usable.map((document) => `${document.kind}:${document.number ?? ''}`)
  }
}

function detectionsFill(name: string, layout: Layout): Fill {
  const [labels, scores, images, boxes] = detectionColumns.map(([column]) => layout.slot(column)) as (
    | number
    | undefined
  )[]
  return (row, event) => {
    const detections = event.data[name]
    if (!Array.isArray(detections)) return
    // What was journaled before the field had a meaning may be anything.
    const found = detections.filter(isDetection)
    if (labels !== undefined) row[labels] = found.map(({ label }) => label.toWellFormed())
    if (scores !== undefined) row[scores] = found.map(({ score }) => score)
    if (images !== undefined) row[images] = found.map(({ image }) => image.toWellFormed())
    if (boxes !== undefined)
      row[boxes] = found.flatMap(({ box }) => (box ? [box.x, box.y, box.width, box.height] : noBox))
  }
}

const noBox = [Number.NaN, Number.NaN, Number.NaN, Number.NaN]

/** One JSON value as a column value: ill-formed UTF-16 becomes U+FFFD, anything that does not fit becomes NULL. */
export function toValue(value: unknown, type: ColumnType): Value {
  if (value === undefined || value === null) return null
  switch (type) {
    case 'VARCHAR':
      return typeof value === 'string'
        ? value.toWellFormed()
        : typeof value === 'object'
          ? JSON.stringify(value).toWellFormed()
          : String(value)
    case 'DOUBLE':
      return typeof value === 'number' ? value : null
    case 'BIGINT':
      return Number.isSafeInteger(value) ? Number(value) : null
    case 'BOOLEAN':
      return typeof value === 'boolean' ? value : null
    case 'TIMESTAMP':
      return typeof value === 'string' ? parseTime(value) : null
    case 'VARCHAR[]':
      return Array.isArray(value) ? value.map((item) => String(item).toWellFormed()) : null
    case 'DOUBLE[]':
      return Array.isArray(value) ? value.map(Number) : null
  }
}
