import { Value, type ValueError } from '@sinclair/typebox/value'
import { LineCounter, parseDocument } from 'yaml'
import { type Problem, shorten } from '../../kernel/problems.ts'
import type { Text } from '../../kernel/values.ts'
import { type Recipe, recipeSchema, sourceColumns } from './recipe.ts'
import { type ParsedSql, unsafeSql } from './safety.ts'
import { cleaningCtes, importSelect, memberExpressions, sqlName } from './sql.ts'

/** What checking a recipe needs from DuckDB: its parser, and its binder (null = fine, else the message with candidates). */
export interface RecipeCheck {
  parse(select: string): Promise<ParsedSql>
  bind(select: string): Promise<string | null>
}

export type CheckedRecipe = { readonly recipe: Recipe } | { readonly problems: readonly Problem[] }

type Report = (path: readonly (string | number)[], detail: Text, fix: Text, value?: unknown) => void

/**
 * Reads one recipe file: YAML, schema, then every SQL text parsed and bound against the declared columns.
 * Each problem names file, line, field, value and fix.
 */
export async function checkRecipe(text: string, fileName: string, check: RecipeCheck): Promise<CheckedRecipe> {
  const counter = new LineCounter()
  const document = parseDocument(text, { lineCounter: counter })
  const problems: Problem[] = []
  const report: Report = (path, detail, fix, value) => {
    const node = nodeAt(document, path)
    problems.push({
      code: 'pack_invalid',
      file: fileName,
      line: node === null ? 1 : counter.linePos(node).line,
      field: path.join('.'),
      detail,
      fix,
      ...(value === undefined ? {} : { value: shorten(value, 200) }),
    })
  }
  for (const error of document.errors)
    problems.push({
      code: 'pack_invalid',
      file: fileName,
      line: counter.linePos(error.pos[0]).line,
      field: '',
      detail: { zh: `YAML 无法解析：${error.message}`, en: `not valid YAML: ${error.message}` },
      fix: { zh: '修正这一行', en: 'correct this line' },
    })
  if (problems.length > 0) return { problems }
  const raw: unknown = document.toJS()
  for (const error of [...Value.Errors(recipeSchema, raw)].slice(0, 10)) reportSchema(error, report)
  if (problems.length > 0 || !Value.Check(recipeSchema, raw)) return { problems }
  checkShape(raw, report)
  if (problems.length === 0 && raw.file) await checkSql(raw, check, report)
  return problems.length > 0 ? { problems } : { recipe: raw }
}

function nodeAt(document: ReturnType<typeof parseDocument>, path: readonly (string | number)[]): number | null {
  for (let length = path.length; length > 0; length--) {
    const node = document.getIn(path.slice(0, length), true)
    if (typeof node === 'object' && node !== null && 'range' in node && Array.isArray(node.range))
      return Number(node.range[0])
  }
  return null
}

function reportSchema(error: ValueError, report: Report): void {
  const path = error.path
    .split('/')
    .slice(1)
    .map((part) => (/^\d+$/.test(part) ? Number(part) : part.replaceAll('~1', '/')))
  const hint = error.schema['description'] ? ` (${String(error.schema['description'])})` : ''
  const value = error.value === undefined ? 'nothing' : shorten(error.value)
  report(
    path,
    {
      zh: `${path.join('.')} 不合格：${error.message}，实际是 ${value}`,
      en: `${path.join('.')}: ${error.message}, found ${value}`,
    },
    { zh: `按配方格式改正${hint}`, en: `correct it as the recipe format says${hint}` },
    error.value,
  )
}

function checkShape(recipe: Recipe, report: Report): void {
  if (recipe.as_is === undefined && !recipe.file)
    report(
      ['file'],
      { zh: '缺少 file', en: '"file" is missing' },
      { zh: '写明 format 和 columns，或用 as_is: cloudevents', en: 'give format and columns, or as_is: cloudevents' },
    )
  if (recipe.as_is === undefined && !recipe.events?.length && !recipe.lists?.length)
    report(
      ['events'],
      { zh: '配方既不产生事件也不填名单', en: 'the recipe makes no events and fills no list' },
      { zh: '加上 events 或 lists', en: 'add events or lists' },
    )
  if (recipe.as_is !== undefined && (recipe.file || recipe.events || recipe.steps))
    report(
      ['as_is'],
      { zh: 'as_is 不能与 file、steps、events 同用', en: 'as_is goes without file, steps and events' },
      { zh: '删去其中一种', en: 'keep one of them' },
    )
  const once = (part: 'steps' | 'contract') => {
    const seen = new Set<string>()
    for (const [index, item] of (recipe[part] ?? []).entries()) {
      if (seen.has(item.id))
        report(
          [part, index, 'id'],
          { zh: `id "${item.id}" 重复`, en: `id "${item.id}" occurs twice` },
          { zh: '换一个 id', en: 'give it another id' },
          item.id,
        )
      seen.add(item.id)
    }
  }
  once('steps')
  once('contract')
  const names = new Set<string>(['line'])
  for (const [index, column] of (recipe.file ? sourceColumns(recipe.file) : []).entries()) {
    if (names.has(column.name.toLowerCase()))
      report(
        ['file', 'columns', index],
        {
          zh: `列名 "${column.name}" 重复或被保留（line 是行号）`,
          en: `column "${column.name}" occurs twice or is reserved ("line" is the line number)`,
        },
        { zh: '用 name/from 改名', en: 'rename it with name/from' },
        column.name,
      )
    names.add(column.name.toLowerCase())
  }
}

async function checkSql(recipe: Recipe, check: RecipeCheck, report: Report): Promise<void> {
  let sound = true
  const refuse = (path: readonly (string | number)[], sql: string, why: string): void => {
    sound = false
    report(
      path,
      { zh: `${path.join('.')} 的 SQL 被拒绝：${why}`, en: `the SQL of ${path.join('.')} is refused: ${why}` },
      {
        zh: '改正这段 SQL；只能读 input，只能是一个 SELECT 或一个表达式',
        en: 'correct this SQL; it may read only "input" and must be one SELECT or one expression',
      },
      sql,
    )
  }
  for (const [index, step] of (recipe.steps ?? []).entries()) {
    const why = unsafeSql(await check.parse(step.sql), ['input'])
    if (why !== null) refuse(['steps', index, 'sql'], step.sql, why)
  }
  for (const [path, sql] of expressions(recipe)) {
    const why = unsafeSql(await check.parse(`SELECT (${sql}\n)`), [])
    if (why !== null) refuse(path, sql, why)
  }
  if (!sound || (await check.bind(importSelect(recipe, emptySource(recipe)))) === null) return
  await locate(recipe, check, refuse)
  if (sound) refuse(['events'], '', (await check.bind(importSelect(recipe, emptySource(recipe)))) ?? '')
}

/** The declared columns without a row, so that SQL can be bound before there is a file. */
function emptySource(recipe: Recipe): string {
  const columns = recipe.file
    ? sourceColumns(recipe.file).map((column) => `, CAST(NULL AS VARCHAR) AS ${sqlName(column.name)}`)
    : []
  return `SELECT CAST(NULL AS BIGINT) AS line${columns.join('')} WHERE false`
}

/** Finds which step or expression the binder rejects. */
async function locate(
  recipe: Recipe,
  check: RecipeCheck,
  refuse: (path: readonly (string | number)[], sql: string, why: string) => void,
): Promise<void> {
  for (const [index, step] of (recipe.steps ?? []).entries()) {
    const why = await check.bind(`${cleaningCtes(recipe, emptySource(recipe), index + 1)} SELECT line FROM cleaned`)
    if (why !== null) return refuse(['steps', index, 'sql'], step.sql, why)
  }
  for (const [path, sql] of expressions(recipe)) {
    const why = await check.bind(`${cleaningCtes(recipe, emptySource(recipe))} SELECT (${sql}\n) FROM cleaned input`)
    if (why !== null) refuse(path, sql, why)
  }
  for (const [key, sql] of memberExpressions(recipe)) {
    const why = await check.bind(`${cleaningCtes(recipe, emptySource(recipe))} SELECT ${sql} FROM cleaned input`)
    if (why !== null)
      refuse([key.startsWith('e') ? 'events' : key.startsWith('l') && key !== 'label' ? 'lists' : 'labels'], sql, why)
  }
}

/** Every SQL expression of a recipe with its place. */
function expressions(recipe: Recipe): [path: (string | number)[], sql: string][] {
  const found: [(string | number)[], string][] = []
  for (const [index, item] of (recipe.contract ?? []).entries()) found.push([['contract', index, 'check'], item.check])
  for (const [index, event] of (recipe.events ?? []).entries())
    for (const [field, sql] of Object.entries(event))
      if (field === 'data') {
        for (const [name, value] of Object.entries(event.data)) {
          if (typeof value === 'string') found.push([['events', index, 'data', name], value])
          else
            for (const [key, inner] of Object.entries(value)) found.push([['events', index, 'data', name, key], inner])
        }
      } else if (field !== 'type' && typeof sql === 'string') found.push([['events', index, field], sql])
  for (const [field, sql] of Object.entries(recipe.labels ?? {})) found.push([['labels', field], sql])
  for (const [index, entry] of (recipe.lists ?? []).entries())
    for (const [field, sql] of Object.entries(entry)) if (field !== 'list') found.push([['lists', index, field], sql])
  return found
}
