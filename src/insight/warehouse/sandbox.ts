import { type Problem, problem } from '../../kernel/problems.ts'

/** What DuckDB's `json_serialize_sql` says of a text. */
export interface SqlTree {
  readonly error: boolean
  readonly error_message?: string
  readonly position?: string
  readonly statements?: readonly unknown[]
}

/** Table functions that only make rows out of their arguments. Everything else could read what is outside the facts. */
const tableFunctions = new Set([
  'range',
  'generate_series',
  'unnest',
  'json_each',
  'json_tree',
  'repeat_row',
  'duckdb_functions',
  'duckdb_keywords',
])
/** Scalar functions that tell or touch what is outside the facts. */
const forbidden = new Set([
  'getenv',
  'current_setting',
  'getvariable',
  'read_blob',
  'read_text',
  'write_log',
  'pg_read_file',
  'query',
  'query_table',
  'nextval',
  'currval',
  'set_config',
  'force_checkpoint',
  'checkpoint',
  'json_execute_serialized_sql',
  'json_deserialize_sql',
  'duckdb_secrets',
  'duckdb_settings',
  'getvariable',
  'txid_current',
  'parse_duckdb_log_message',
  'glob',
  'json_serialize_plan',
])

/**
 * Accepts one SELECT over the facts and nothing else.
 * @throws sql_refused with the reason, and the position when DuckDB gives one.
 */
export function checkAnalystSql(tree: SqlTree): void {
  if (tree.error) {
    const message = tree.error_message ?? 'not valid SQL'
    if (/only select/i.test(message)) throw refused('只能运行 SELECT 查询', 'only a SELECT can run here')
    throw refused(
      `SQL 语法错误：${message}`,
      `the SQL does not parse: ${message}`,
      tree.position === undefined ? {} : { position: Number(tree.position) },
    )
  }
  if (tree.statements?.length !== 1) throw refused('一次只能运行一条语句', 'one statement at a time')
  visit(tree.statements[0])
}

function visit(node: unknown): void {
  if (Array.isArray(node)) {
    for (const item of node) visit(item)
    return
  }
  if (typeof node !== 'object' || node === null) return
  const record = node as Record<string, unknown>
  if (record['type'] === 'TABLE_FUNCTION') checkTableFunction(record['function'])
  else if (record['class'] === 'FUNCTION') checkFunction(String(record['function_name'] ?? ''))
  if (record['type'] === 'BASE_TABLE') checkTable(record)
  // DESCRIBE and SUMMARIZE of a query are harmless; SHOW without one tells about databases and variables.
  if (record['type'] === 'SHOW_REF' && record['query'] === null)
    throw refused('不允许 SHOW；见编辑器旁的表清单', 'SHOW is not allowed: see the table list beside the editor')
  for (const value of Object.values(record)) visit(value)
}

function checkTableFunction(node: unknown): void {
  const name = String((node as { function_name?: unknown } | null)?.function_name ?? '').toLowerCase()
  if (!tableFunctions.has(name))
    throw refused(
      `不允许使用表函数 ${name}()`,
      `the table function ${name}() is not allowed: queries read the facts only`,
    )
}

function checkFunction(name: string): void {
  if (forbidden.has(name.toLowerCase()))
    throw refused(`不允许使用函数 ${name}()`, `the function ${name}() is not allowed: it reaches outside the facts`)
}

function checkTable(record: Record<string, unknown>): void {
  const name = String(record['table_name'] ?? '')
  const schema = String(record['schema_name'] ?? '')
  if (/[./\\:*?]/.test(name))
    throw refused(`不能读取文件 "${name}"`, `"${name}" looks like a file; queries read the facts only`)
  const described = schema === 'information_schema' && /^(tables|columns|schemata)$/i.test(name)
  if (schema !== '' && schema !== 'analyst' && !described)
    throw refused(`不能读取 ${schema}.${name}`, `${schema}.${name} is not part of the facts`)
  if (/^(duckdb_|pragma_|sqlite_|pg_|followed$)/i.test(name))
    throw refused(
      `不能读取系统表 ${name}`,
      `the system table ${name} is not part of the facts; see the table list beside the editor`,
    )
}

function refused(zh: string, en: string, extra: Partial<Problem> = {}): Error {
  return problem({ code: 'sql_refused', detail: { zh, en }, ...extra })
}
