import type { Recipe, RecipeEvent } from './recipe.ts'

/** Quotes a name for SQL. */
export function sqlName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`
}

/** Quotes a text for SQL. */
export function sqlText(value: string): string {
  return `'${value.replaceAll("'", "''")}'`
}

// The line break keeps a trailing `--` comment from swallowing the parenthesis.
const expression = (sql: string): string => `(${sql}\n)`

/** `WITH …` that runs the recipe's cleaning steps over `source`; the last relation is called `cleaned`. */
export function cleaningCtes(recipe: Recipe, source: string, upTo = recipe.steps?.length ?? 0): string {
  const names = ['step_0']
  const ctes = [`step_0 AS (${source}\n)`]
  for (const [index, step] of (recipe.steps ?? []).slice(0, upTo).entries()) {
    names.push(`step_${index + 1}`)
    ctes.push(`step_${index + 1} AS (WITH input AS (SELECT * FROM step_${index}) SELECT * FROM (${step.sql}\n))`)
  }
  return `WITH ${ctes.join(',\n')},\ncleaned AS (SELECT * FROM ${names.at(-1)})`
}

function eventStruct(event: RecipeEvent): string {
  const text = (sql: string | undefined) => (sql === undefined ? 'NULL' : `CAST(${expression(sql)} AS VARCHAR)`)
  const data = Object.entries(event.data).map(([name, sql]) => {
    if (typeof sql === 'string') return `${sqlText(name)}: ${expression(sql)}`
    return `${sqlText(name)}: {${Object.entries(sql)
      .map(([key, inner]) => `${sqlText(key)}: ${expression(inner)}`)
      .join(', ')}}`
  })
  const fields = [
    `'id': ${text(event.id)}`,
    `'source': ${text(event.source)}`,
    `'type': ${sqlText(event.type)}`,
    `'time': strftime(TRY_CAST(${expression(event.time)} AS TIMESTAMP), '%Y-%m-%dT%H:%M:%S.%fZ')`,
    ...(['subject', 'site', 'tenant', 'market'] as const)
      .filter((name) => event[name] !== undefined)
      .map((name) => `'${name}': ${text(event[name])}`),
    `'data': {${data.join(', ')}}`,
  ]
  return guarded(event.when, `{${fields.join(', ')}}`)
}

function guarded(when: string | undefined, struct: string): string {
  return when === undefined ? struct : `CASE WHEN ${expression(when)} THEN ${struct} END`
}

/** The members of a row's result, by key: `e0…` events, `l0…` list entries, `label`, `kind`. */
export function memberExpressions(recipe: Recipe): Map<string, string> {
  const members = new Map<string, string>()
  for (const [index, event] of (recipe.events ?? []).entries()) members.set(`e${index}`, eventStruct(event))
  for (const [index, entry] of (recipe.lists ?? []).entries()) {
    const fields = [`'value': ${expression(entry.value)}`, `'reason': CAST(${expression(entry.reason)} AS VARCHAR)`]
    if (entry.expires !== undefined)
      fields.push(`'expires': strftime(TRY_CAST(${expression(entry.expires)} AS TIMESTAMP), '%Y-%m-%dT%H:%M:%SZ')`)
    if (entry.note !== undefined) fields.push(`'note': CAST(${expression(entry.note)} AS VARCHAR)`)
    members.set(`l${index}`, guarded(entry.when, `{${fields.join(', ')}}`))
  }
  if (recipe.labels) {
    members.set('label', `CAST(${expression(recipe.labels.label)} AS VARCHAR)`)
    if (recipe.labels.kind !== undefined) members.set('kind', `CAST(${expression(recipe.labels.kind)} AS VARCHAR)`)
  }
  return members
}

/** A check passes when it is TRUE; FALSE and NULL fail. */
function failures(recipe: Recipe): string {
  const whens = (recipe.contract ?? []).map(
    (check, index) => `WHEN ${expression(check.check)} IS NOT TRUE THEN ${index}`,
  )
  return whens.length === 0 ? 'CAST(NULL AS INTEGER)' : `CASE ${whens.join(' ')} END`
}

/**
 * The one SELECT of an import: line, number of the first failed check (NULL = none), and JSON of either what the row
 * becomes or the row itself.
 */
export function importSelect(recipe: Recipe, source: string): string {
  const members = [...memberExpressions(recipe)].map(([key, sql]) => `${sqlText(key)}: ${sql}`)
  return `${cleaningCtes(recipe, source)}
SELECT line, __failed, CASE WHEN __failed IS NULL THEN CAST(to_json({${members.join(',\n')}}) AS VARCHAR) ELSE CAST(to_json(input) AS VARCHAR) END AS payload
FROM (SELECT *, ${failures(recipe)} AS __failed FROM cleaned) input
${recipe.order_by === undefined ? '' : `ORDER BY ${recipe.order_by}, line`}`
}

/** Finds the first row that a `refuse_file` check rejects; null when the recipe has no such check. */
export function refusalSelect(recipe: Recipe, source: string): string | null {
  const strict = (recipe.contract ?? [])
    .map((check, index) => ({ ...check, index }))
    .filter((check) => check.on_fail === 'refuse_file')
  if (strict.length === 0) return null
  const whens = strict.map((check) => `WHEN ${expression(check.check)} IS NOT TRUE THEN ${check.index}`).join(' ')
  return `${cleaningCtes(recipe, source)}
SELECT line, CASE ${whens} END AS failed, CAST(to_json(input) AS VARCHAR) AS payload FROM cleaned input WHERE CASE ${whens} END IS NOT NULL ORDER BY line LIMIT 1`
}
