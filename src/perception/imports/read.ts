import type { CloudEvent } from '../../vocabulary/events/index.ts'
import { type ImportBatch, type ImportedLabel, type ListEntry, type Quarantined, shortenValues } from './model.ts'
import { type BuiltInReason, builtInReasons, refuseFile } from './reasons.ts'
import type { Recipe } from './recipe.ts'
import { importSelect, refusalSelect } from './sql.ts'

/** A file that was checked, unpacked and decoded whole into a private copy, so that a broken file is refused before its first row counts. */
export interface StagedFile {
  /** Rows found, the malformed ones included. */
  readonly rows: number
  /** SELECT of `line` and the declared columns as VARCHAR; null for events that are taken as they are. */
  readonly source: string | null
  /** Malformed rows, in chunks. */
  rejects(): AsyncIterable<readonly Quarantined[]>
  /** Rows of a SELECT in its order, in chunks of some thousand. A SELECT that fails must fail before its first row. */
  query(select: string): AsyncIterable<readonly (readonly unknown[])[]>
  /** Lines of a file of events, in chunks. */
  lines(): AsyncIterable<readonly { readonly line: number; readonly text: string }[]>
  close(): Promise<void>
}

/**
 * Streams a staged file through a recipe: malformed rows first, then rows in the recipe's order.
 * Memory stays bounded: a batch holds some thousand rows.
 * @throws a problem when a `refuse_file` check fails or the recipe's SQL meets a value that it cannot take.
 */
export async function* readRecipe(recipe: Recipe, staged: StagedFile): AsyncGenerator<ImportBatch> {
  if (staged.source !== null) await refuseWhereAsked(recipe, staged, staged.source)
  for await (const quarantined of staged.rejects()) yield { ...nothing, quarantined }
  if (staged.source === null) yield* readEvents(staged)
  else {
    try {
      for await (const rows of staged.query(importSelect(recipe, staged.source))) yield mapRows(recipe, rows)
    } catch (error) {
      throw explainSql(recipe, error)
    }
  }
}

const nothing: ImportBatch = { events: [], lines: [], labels: [], listEntries: [], quarantined: [], rows: 0 }

async function refuseWhereAsked(recipe: Recipe, staged: StagedFile, source: string): Promise<void> {
  const select = refusalSelect(recipe, source)
  if (select === null) return
  for await (const rows of staged.query(select)) {
    const [line, failed, values] = rows[0] ?? []
    const check = recipe.contract?.[Number(failed)]
    if (!check) return
    throw refuseFile({
      refusal: check.id,
      field: check.check,
      value: values,
      zh: `第 ${line} 行不满足 "${check.id}"：${check.reason.zh}`,
      en: `line ${line} fails "${check.id}": ${check.reason.en}`,
      fix: { zh: '改正文件后再导入', en: 'correct the file and import it again' },
    })
  }
}

/** A result is computed whole before its first row, so nothing of the file has reached the sink. */
function explainSql(recipe: Recipe, error: unknown): unknown {
  if (!(error instanceof Error) || !/^(Conversion|Invalid Input|Out of Range|Parser|Binder) Error/.test(error.message))
    return error
  const refused = refuseFile({
    refusal: 'recipe_failed',
    field: recipe.id,
    value: error.message,
    zh: `配方 ${recipe.id} 的 SQL 遇到无法处理的值：${error.message}`,
    en: `the SQL of recipe ${recipe.id} met a value that it cannot take: ${error.message}`,
    fix: {
      zh: '在配方里用 TRY_CAST，并加一条 contract 检查',
      en: 'use TRY_CAST in the recipe and add a contract check for the row',
    },
  })
  return Object.assign(refused, { cause: error })
}

interface Draft {
  readonly events: CloudEvent[]
  readonly lines: number[]
  readonly labels: ImportedLabel[]
  readonly listEntries: ListEntry[]
  readonly quarantined: Quarantined[]
}

const draft = (): Draft => ({ events: [], lines: [], labels: [], listEntries: [], quarantined: [] })

function mapRows(recipe: Recipe, rows: readonly (readonly unknown[])[]): ImportBatch {
  const batch = draft()
  for (const [at, failed, payload] of rows) {
    const line = Number(at)
    const text = String(payload)
    if (failed !== null) batch.quarantined.push(failedRow(recipe, line, Number(failed), text))
    else mapRow(recipe, line, text, batch)
  }
  return { ...batch, rows: rows.length }
}

function failedRow(recipe: Recipe, line: number, failed: number, payload: string): Quarantined {
  const { __failed: _, line: __, ...values } = toRecord(parseLoosely(payload))
  const check = recipe.contract?.[failed]
  if (!check) throw new Error(`recipe "${recipe.id}" has no check number ${failed}`)
  return { line, reason: check.id, text: check.reason, values: shortenValues(values) }
}

/** A row that is broken whatever it means. */
export function broken(line: number, reason: BuiltInReason, values: Readonly<Record<string, unknown>>): Quarantined {
  return { line, reason, text: builtInReasons[reason], values: shortenValues(values) }
}

function mapRow(recipe: Recipe, line: number, payload: string, batch: Draft): void {
  const members = parseOrNull(payload)
  if (members === null) {
    batch.quarantined.push(broken(line, 'not_a_number', toRecord(parseLoosely(payload))))
    return
  }
  for (let index = 0; index < (recipe.events?.length ?? 0); index++) {
    const event = members[`e${index}`]
    if (isRecord(event)) takeEvent(event, { line, batch, label: members['label'], kind: members['kind'] })
  }
  for (const [index, entry] of (recipe.lists ?? []).entries()) {
    const made = members[`l${index}`]
    if (isRecord(made)) takeEntries(entry.list, made, batch.listEntries)
  }
}

function takeEvent(
  made: Record<string, unknown>,
  from: { line: number; batch: Draft; label: unknown; kind: unknown },
): void {
  const { line, batch } = from
  for (const field of ['id', 'source', 'time'] as const)
    if (typeof made[field] !== 'string' || made[field] === '') {
      batch.quarantined.push(broken(line, `no_${field}`, toRecord(made['data'])))
      return
    }
  const event: Record<string, unknown> = { specversion: '1.0' }
  for (const [name, value] of Object.entries(made))
    if (value !== null && name !== 'data')
      event[name] = name === 'time' ? String(value).replace('.000000Z', 'Z') : value
  event['data'] = withoutNulls(toRecord(made['data']))
  // The recipe's struct has exactly these members and id, source and time were checked above.
  batch.events.push(event as unknown as CloudEvent)
  batch.lines.push(line)
  if (from.label === 'violation' || from.label === 'ok')
    batch.labels.push({
      source: String(made['source']),
      event: String(made['id']),
      label: from.label,
      kind: typeof from.kind === 'string' ? from.kind : null,
    })
}

function withoutNulls(values: Record<string, unknown>): Record<string, unknown> {
  const kept: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(values)) {
    if (value === null) continue
    if (!isRecord(value)) kept[name] = value
    else {
      const inner = withoutNulls(value)
      if (Object.keys(inner).length > 0) kept[name] = inner
    }
  }
  return kept
}

function takeEntries(list: string, made: Record<string, unknown>, into: ListEntry[]): void {
  const text = (value: unknown) => (typeof value === 'string' && value !== '' ? value : null)
  for (const value of Array.isArray(made['value']) ? made['value'] : [made['value']])
    if (value !== null && value !== undefined && value !== '')
      into.push({
        list,
        value: String(value),
        reason: text(made['reason']) ?? list,
        expires: text(made['expires']),
        note: text(made['note']),
      })
}

async function* readEvents(staged: StagedFile): AsyncGenerator<ImportBatch> {
  for await (const lines of staged.lines()) {
    const batch = draft()
    for (const { line, text } of lines) {
      const event = parseLoosely(text)
      if (typeof event === 'string') batch.quarantined.push(broken(line, 'not_json', { text }))
      else if (!isRecord(event)) batch.quarantined.push(broken(line, 'not_an_object', { text }))
      else {
        // The shape of an event is checked where all events arrive, so that a file and HTTP get the same answers.
        batch.events.push(event as unknown as CloudEvent)
        batch.lines.push(line)
      }
    }
    yield { ...batch, rows: lines.length }
  }
}

function parseOrNull(text: string): Record<string, unknown> | null {
  const value = parseLoosely(text)
  return isRecord(value) ? value : null
}

function parseLoosely(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

function toRecord(value: unknown): Record<string, unknown> {
  return isRecord(value) ? value : { value }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** How deeply brackets nest in a JSON text, without parsing it. */
export function jsonDepth(text: string): number {
  let depth = 0
  let deepest = 0
  let inText = false
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (inText) {
      if (code === 92) at++
      else if (code === 34) inText = false
    } else if (code === 34) inText = true
    else if (code === 123 || code === 91) deepest = Math.max(deepest, ++depth)
    else if (code === 125 || code === 93) depth--
  }
  return deepest
}
