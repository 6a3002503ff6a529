/** The part of DuckDB's `json_serialize_sql` answer that is looked at. */
export interface ParsedSql {
  readonly error: boolean
  readonly error_message?: string
  readonly statements?: readonly { readonly node: unknown }[]
}

const tableFunctions = new Set(['unnest', 'generate_series', 'range'])
// An import that runs twice must make the same events: nothing that differs from run to run.
const volatile = new Set([
  'random',
  'setseed',
  'uuid',
  'gen_random_uuid',
  'uuidv4',
  'uuidv7',
  'now',
  'today',
  'current_timestamp',
  'current_date',
  'current_time',
  'get_current_timestamp',
  'transaction_timestamp',
  'current_localtimestamp',
  'current_localtime',
  'nextval',
  'get_current_time',
  'txid_current',
  'current_query_id',
  'current_connection_id',
  'currval',
  'getenv',
  'getvariable',
])

// Words that DuckDB's parser hands on as column names.
const volatileNames = new Set(['current_timestamp', 'current_date', 'current_time', 'localtime', 'localtimestamp'])

/**
 * What makes `parsed` unfit for a recipe, or null: it must be one SELECT over `input` (and its own WITH names) that reads no
 * other table or file and gives the same answer every time.
 */
export function unsafeSql(parsed: ParsedSql, tables: readonly string[]): string | null {
  if (parsed.error) return parsed.error_message ?? 'not one SELECT'
  if (parsed.statements?.length !== 1) return `expected one SELECT, found ${parsed.statements?.length ?? 0} statements`
  const names = new Set(tables.map((name) => name.toLowerCase()))
  collectCtes(parsed.statements[0]?.node, names)
  return findUnsafe(parsed.statements[0]?.node, names)
}

function collectCtes(node: unknown, names: Set<string>): void {
  if (Array.isArray(node)) for (const inner of node) collectCtes(inner, names)
  else if (isRecord(node)) {
    const ctes = isRecord(node['cte_map']) ? node['cte_map']['map'] : null
    if (Array.isArray(ctes))
      for (const entry of ctes) if (isRecord(entry)) names.add(String(entry['key']).toLowerCase())
    for (const inner of Object.values(node)) collectCtes(inner, names)
  }
}

function findUnsafe(node: unknown, names: ReadonlySet<string>): string | null {
  if (Array.isArray(node)) return node.reduce<string | null>((found, inner) => found ?? findUnsafe(inner, names), null)
  if (!isRecord(node)) return null
  return (
    unsafeNode(node, names) ??
    Object.values(node).reduce<string | null>((found, inner) => found ?? findUnsafe(inner, names), null)
  )
}

function unsafeNode(node: Readonly<Record<string, unknown>>, names: ReadonlySet<string>): string | null {
  if (node['type'] === 'BASE_TABLE') {
    const name = String(node['table_name'])
    if (!names.has(name.toLowerCase()) || node['schema_name'] || node['catalog_name'])
      return `reads "${name}"; a recipe may read only ${[...names].map((n) => `"${n}"`).join(', ')}`
  }
  if (node['type'] === 'TABLE_FUNCTION' && isRecord(node['function'])) {
    const name = String(node['function']['function_name']).toLowerCase()
    if (!tableFunctions.has(name)) return `calls the table function "${name}"; a recipe may read only "input"`
  }
  const word = volatileWord(node)
  if (word !== null)
    return `uses "${word}", which differs from run to run; an import must make the same events every time`
  return null
}

function volatileWord(node: Readonly<Record<string, unknown>>): string | null {
  const names = node['column_names']
  if (node['class'] === 'COLUMN_REF' && Array.isArray(names))
    return names.length === 1 && volatileNames.has(String(names[0]).toLowerCase()) ? String(names[0]) : null
  if (node['class'] !== 'FUNCTION') return null
  const name = String(node['function_name']).toLowerCase()
  // age(t) measures from today; age(a, b) does not.
  const fromToday = name === 'age' && Array.isArray(node['children']) && node['children'].length === 1
  return volatile.has(name) || fromToday ? name : null
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
