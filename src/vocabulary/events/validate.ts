import { type Problem, problem, shorten } from '../../kernel/problems.ts'
import { day, formatTime, parseTime } from '../../kernel/time.ts'
import { isDetection, mostDetections } from './detections.ts'
import type { CloudEvent } from './envelope.ts'
import type { EventType, FieldType } from './types.ts'

export const limits = {
  fieldCharacters: 262_144,
  depth: 32,
  eventCharacters: 1_048_576,
  earliest: '2000-01-01T00:00:00Z',
  aheadMicros: day,
} as const

const earliest = parseTime(limits.earliest) ?? 0

export type Validated =
  | { readonly event: CloudEvent; readonly type: EventType; readonly time: number }
  | { readonly problem: Problem }

interface Check {
  readonly types: ReadonlyMap<string, EventType>
  /** Wall clock in microseconds; an event may be at most a day ahead of it. */
  readonly now: number
  /** `isCleanText` holds of the text that the event was parsed from, so it need not be searched. */
  readonly clean?: boolean
}

/**
 * Checks one event as it came in. Unknown extra fields are welcome; a known field of a wrong type is not.
 * The answer names the field, the value and the fix.
 */
export function validateEvent(raw: unknown, check: Check): Validated {
  try {
    return accept(raw, check)
  } catch (error) {
    if (error instanceof Error && 'problem' in error) return { problem: error.problem as Problem }
    throw error
  }
}

function accept(raw: unknown, { types, now, clean = false }: Check): Validated {
  if (!isRecord(raw))
    throw wrong(
      'event',
      raw,
      'an event is a JSON object',
      '事件必须是一个 JSON 对象',
      'send {"id":…,"source":…,"type":…,"data":{…}}',
    )
  for (const field of ['id', 'source', 'type'] as const) {
    const value = raw[field]
    if (typeof value !== 'string' || value === '' || value.length > 1024)
      throw wrong(
        field,
        value,
        `"${field}" must be a text of 1 to 1024 characters`,
        `"${field}" 必须是 1 到 1024 个字符的文本`,
        `set "${field}"`,
      )
  }
  if (String(raw['source']).startsWith('batch/'))
    throw wrong(
      'source',
      raw['source'],
      '"source" begins with "batch/", which is kept for batch strategies',
      '"source" 以 "batch/" 开头，该前缀保留给批量策略',
      'name the source of the event in another way',
    )
  const type = types.get(String(raw['type']))
  if (!type) throw unknownType(String(raw['type']), types)
  if (!isRecord(raw['data']))
    throw wrong(
      'data',
      raw['data'],
      '"data" must be an object',
      '"data" 必须是对象',
      'put the fields of the event under "data"',
    )
  for (const field of ['subject', 'site', 'tenant', 'market'] as const) {
    const value = raw[field]
    if (value !== undefined && value !== null && typeof value !== 'string')
      throw wrong(
        field,
        value,
        `"${field}" must be a text`,
        `"${field}" 必须是文本`,
        `send "${field}" as a text or leave it out`,
      )
  }
  if (!clean && !isClean(raw, 0)) scan(raw, '', 0)
  const time = checkTime(raw['time'], now)
  checkFields(raw['data'], type)
  const subject = raw['data'][type.idField] ?? raw['subject']
  if (typeof subject !== 'string' || subject === '')
    throw wrong(
      `data.${type.idField}`,
      subject,
      `"${type.type}" needs data.${type.idField}`,
      `"${type.type}" 缺少 data.${type.idField}`,
      `set data.${type.idField} (or the envelope's "subject") to the id of the ${type.subject}`,
    )
  return { event: raw as unknown as CloudEvent, type, time }
}

function unknownType(name: string, types: ReadonlyMap<string, EventType>): Error {
  const nearest = [...types.keys()].sort((a, b) => common(b, name) - common(a, name)).slice(0, 3)
  return wrong(
    'type',
    name,
    'unknown event type',
    '未知的事件类型',
    `use one of the known types, e.g. ${nearest.join(', ')}; a pack may add types`,
  )
}

function common(a: string, b: string): number {
  let score = 0
  for (let i = 0; i + 2 <= b.length; i++) if (a.includes(b.slice(i, i + 2))) score++
  return score
}

function checkTime(value: unknown, now: number): number {
  if (value === undefined || value === null) return now
  const time = typeof value === 'string' ? parseTime(value) : null
  if (time === null)
    throw wrong(
      'time',
      value,
      '"time" is not an ISO 8601 time',
      '"time" 不是 ISO 8601 时间',
      'send e.g. "2026-11-01T08:30:00Z"',
    )
  if (time > now + limits.aheadMicros)
    throw wrong(
      'time',
      value,
      '"time" is more than a day in the future',
      '"time" 比现在晚一天以上',
      `send a time before ${formatTime(now + limits.aheadMicros)}; check the sender's clock and zone`,
    )
  if (time < earliest)
    throw wrong(
      'time',
      value,
      '"time" is before the year 2000',
      '"time" 早于 2000 年',
      'send when it happened; 1970 usually means seconds sent as milliseconds or an empty clock',
    )
  return time
}

const fieldLists = new WeakMap<EventType, readonly [string, FieldType][]>()

function fieldsOf(type: EventType): readonly [string, FieldType][] {
  const known = fieldLists.get(type)
  if (known) return known
  const fields = Object.entries(type.fields)
  fieldLists.set(type, fields)
  return fields
}

function checkFields(data: Record<string, unknown>, type: EventType): void {
  for (const [name, expected] of fieldsOf(type)) {
    const value = data[name]
    if (value === undefined || value === null || fits(value, expected)) continue
    throw wrong(
      `data.${name}`,
      value,
      `"${name}" must be ${kinds[expected].en}`,
      `"${name}" 必须是${kinds[expected].zh}`,
      `send ${kinds[expected].example}, or leave "${name}" out`,
    )
  }
}

const kinds: Record<FieldType, { en: string; zh: string; example: string }> = {
  VARCHAR: { en: 'a text', zh: '文本', example: '"text"' },
  DOUBLE: { en: 'a number', zh: '数字', example: '12.5' },
  BIGINT: { en: 'a whole number', zh: '整数', example: '12' },
  BOOLEAN: { en: 'true or false', zh: '布尔值', example: 'true' },
  TIMESTAMP: { en: 'an ISO 8601 time', zh: 'ISO 8601 时间', example: '"2026-11-01T08:30:00Z"' },
  'VARCHAR[]': { en: 'a list of texts', zh: '文本列表', example: '["a","b"]' },
  'DOUBLE[]': { en: 'a list of numbers', zh: '数字列表', example: '[1,2]' },
  OBJECT: { en: 'an object', zh: '对象', example: '{"key":"value"}' },
  DOCUMENTS: {
    en: 'a list of documents',
    zh: '文件列表',
    example: '[{"kind":"eu_declaration","number":"…","valid_until":"2027-01-01"}]',
  },
  DETECTIONS: {
    en: 'a list of at most 200 detections, with a score from 0 to 1 and a box inside the image',
    zh: '检测结果列表，最多 200 项，score 为 0 到 1，box 在图片之内',
    example: '[{"image":"https://…","label":"knife","score":0.91,"box":{"x":0.1,"y":0.2,"width":0.3,"height":0.4}}]',
  },
}

function fits(value: unknown, type: FieldType): boolean {
  switch (type) {
    case 'VARCHAR':
      return typeof value === 'string'
    case 'DOUBLE':
      return typeof value === 'number' && Number.isFinite(value)
    case 'BIGINT':
      return Number.isSafeInteger(value)
    case 'BOOLEAN':
      return typeof value === 'boolean'
    case 'TIMESTAMP':
      return typeof value === 'string' && parseTime(value) !== null
    case 'VARCHAR[]':
      return Array.isArray(value) && value.every((item) => typeof item === 'string')
    case 'DOUBLE[]':
      return Array.isArray(value) && value.every((item) => typeof item === 'number')
    case 'OBJECT':
      return isRecord(value)
    case 'DOCUMENTS':
      return (
        Array.isArray(value) &&
        value.every((item) => isRecord(item) && (item['kind'] === undefined || typeof item['kind'] === 'string'))
      )
    case 'DETECTIONS':
      return Array.isArray(value) && value.length <= mostDetections && value.every(isDetection)
  }
}

/**
 * Whether an event parsed from this JSON can only have texts, names and depths that `validateEvent` takes: a text cannot be
 * longer than what it was parsed from, JSON writes NUL as an escape, and every level opens with a bracket.
 */
export function isCleanText(json: string): boolean {
  if (json.length > limits.fieldCharacters || json.includes('\\u0000')) return false
  let opened = 0
  for (const bracket of ['{', '[']) {
    for (let at = json.indexOf(bracket); at >= 0; at = json.indexOf(bracket, at + 1))
      if (++opened >= limits.depth) return false
  }
  return true
}

/** Whether `scan` would find nothing; quick, because nearly every event is clean. */
function isClean(value: unknown, depth: number): boolean {
  if (typeof value === 'string') return value.length <= limits.fieldCharacters && !value.includes('\u0000')
  if (value === null || typeof value !== 'object') return true
  if (depth >= limits.depth) return false
  if (Array.isArray(value)) return value.every((inner) => isClean(inner, depth + 1))
  const record = value as Record<string, unknown>
  for (const key of Object.keys(record)) if (key.includes('\u0000') || !isClean(record[key], depth + 1)) return false
  return true
}

/** Walks every value once: depth, length and NUL characters, which several stores cannot hold. */
function scan(value: unknown, path: string, depth: number): void {
  if (typeof value === 'string') scanText(value, path)
  if (value === null || typeof value !== 'object') return
  if (depth >= limits.depth)
    throw wrong(
      path.split('.').slice(0, 4).join('.'),
      `${depth} levels`,
      `nested more than ${limits.depth} levels deep`,
      `嵌套超过 ${limits.depth} 层`,
      'send the part that risk strategies need, flat',
    )
  for (const [key, inner] of Object.entries(value)) {
    if (key.includes('\u0000'))
      throw wrong(
        path || 'event',
        key,
        'a field name holds a NUL character',
        '字段名含有 NUL 字符',
        'remove the character',
      )
    scan(inner, path === '' ? key : `${path}.${key}`, depth + 1)
  }
}

function scanText(value: string, path: string): void {
  if (value.length > limits.fieldCharacters)
    throw wrong(
      path,
      value,
      `longer than ${limits.fieldCharacters} characters`,
      `超过 ${limits.fieldCharacters} 个字符`,
      'send the text in parts, or a reference to the full text',
    )
  if (value.includes('\u0000'))
    throw wrong(
      path,
      value.replaceAll('\u0000', '␀'),
      'holds a NUL character',
      '含有 NUL 字符',
      'remove the character U+0000',
    )
}

function wrong(field: string, value: unknown, en: string, zh: string, fix: string): Error {
  return problem({
    code: 'invalid_input',
    field,
    value: value === undefined ? null : shorten(value),
    detail: {
      en: `${en} (field ${field}, value ${shorten(value ?? null)})`,
      zh: `${zh}（字段 ${field}，值 ${shorten(value ?? null)}）`,
    },
    fix: { en: fix, zh: fix },
  })
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
