import type { Text } from '../../kernel/values.ts'
import { formOf } from './check-call.ts'
import { functions } from './functions.ts'
import { casts } from './functions-cast.ts'
import type { Group, Overload } from './model.ts'
import { syntaxTable } from './syntax.ts'

type Language = keyof Text

const groups: Readonly<Record<Group, Text>> = {
  logic: { en: 'Logic', zh: '逻辑' },
  comparison: { en: 'Comparison', zh: '比较' },
  choice: { en: 'Choice', zh: '选择' },
  number: { en: 'Numbers', zh: '数字' },
  text: { en: 'Texts', zh: '文本' },
  pattern: { en: 'Patterns', zh: '模式' },
  list: { en: 'Lists', zh: '列表' },
  time: { en: 'Time', zh: '时间' },
  cast: { en: 'Conversions', zh: '转换' },
}

const intro: Text = {
  en: `# The language of conditions

<!-- Generated from the tables in src/judgement/language by renderReference. -->

A condition is a SQL expression in DuckDB's dialect. DuckDB parses it; it is checked against the columns, compiled to
JavaScript for events, and printed back as DuckDB SQL for history. Both give the same value on every row.

- **Missing data is NULL.** A strategy whose condition is NULL does not fire and is counted as unknown.
- **Types**: VARCHAR, DOUBLE, BIGINT inside ±(2^53-1), BOOLEAN, TIMESTAMP (UTC, microseconds), lists of VARCHAR or DOUBLE.
- **Numbers**: whole literals are BIGINT, all others DOUBLE. Arithmetic is DOUBLE; NaN equals NaN and is the greatest number.
- **Texts** are sequences of code points and compare by their UTF-8 bytes; unpaired surrogates in the input become U+FFFD.
- **Text constants** take the type of the other side: \`'12.5' = price\`, \`time > '2026-01-31'\`. Columns are never converted silently.
- **Nothing fails on a row.** Where DuckDB would stop a query (\`sqrt(-1)\`), the value is NULL. CAST is allowed where it
  cannot fail, everything else is TRY_CAST.
- **Patterns** are constants in RE2 syntax and run in linear time.
- **Names** that are SQL words stand in double quotes: \`"order"\`. Fields inside fields use dots: \`attributes.ce_mark\`.
- **Cost**: each evaluation may cost 2000 units; a comparison is 1, a regular expression 20 and more.
- **Not part of it**: subqueries, aggregates, windows (define a feature), functions that change from call to call
  (\`now()\`, \`random()\`), functions whose last digit depends on the machine (\`ln\`, \`exp\`, \`pow\`), anything that reads
  files or the network.

A **feature** is one window: \`agg([DISTINCT] x) [FILTER (WHERE condition)] OVER (PARTITION BY key [, …] ORDER BY logged_at
RANGE BETWEEN INTERVAL n unit PRECEDING AND CURRENT ROW)\` with count, sum, avg, min, max, first, last and ranges up to 400
days. Seconds since the last event of a key: \`epoch(logged_at - lag(logged_at) OVER (PARTITION BY key ORDER BY logged_at))\`.
`,
  zh: `# 条件语言

<!-- 由 src/judgement/language 中的表经 renderReference 生成。 -->

条件是 DuckDB 方言的 SQL 表达式。由 DuckDB 解析,对照列检查,编译成 JavaScript 处理事件,再打印回 DuckDB SQL 处理历史。两者在每一行上的值相同。

- **缺失数据是 NULL。** 条件为 NULL 的策略不触发,计为未知。
- **类型**:VARCHAR、DOUBLE、±(2^53-1) 内的 BIGINT、BOOLEAN、TIMESTAMP(UTC,微秒)、VARCHAR 或 DOUBLE 的列表。
- **数字**:整数字面量是 BIGINT,其余为 DOUBLE。运算按 DOUBLE;NaN 等于 NaN 且最大。
- **文本** 是码点序列,按 UTF-8 字节比较;输入中不成对的代理项变为 U+FFFD。
- **文本常量** 随另一边的类型:\`'12.5' = price\`、\`time > '2026-01-31'\`。列从不被暗中转换。
- **任何一行都不会失败。** DuckDB 会中断之处(\`sqrt(-1)\`)得 NULL。不会失败的转换可用 CAST,其他用 TRY_CAST。
- **模式** 是 RE2 语法的常量,线性时间运行。
- **名称** 若是 SQL 关键字须加双引号:\`"order"\`。嵌套字段用点:\`attributes.ce_mark\`。
- **代价**:每次求值上限 2000;一次比较为 1,一个正则为 20 以上。
- **不包括**:子查询、聚合、窗口(请定义特征)、每次结果不同的函数(\`now()\`、\`random()\`)、末位随机器而变的函数(\`ln\`、\`exp\`、\`pow\`)、任何读文件或联网的东西。

**特征** 是一个窗口:\`agg([DISTINCT] x) [FILTER (WHERE 条件)] OVER (PARTITION BY 键 [, …] ORDER BY logged_at
RANGE BETWEEN INTERVAL n 单位 PRECEDING AND CURRENT ROW)\`,聚合为 count、sum、avg、min、max、first、last,范围最长 400 天。
距同一键上次事件的秒数:\`epoch(logged_at - lag(logged_at) OVER (PARTITION BY 键 ORDER BY logged_at))\`。
`,
}

const heads: Text = {
  en: '| form | result | cost | meaning | example |\n| --- | --- | --- | --- | --- |',
  zh: '| 写法 | 结果 | 代价 | 含义 | 例子 |\n| --- | --- | --- | --- | --- |',
}

/** The reference page of the language, from the same tables that the checker and the compiler use. */
export function renderReference(language: Language): string {
  const sections = Object.entries(groups).map(([group, title]) => {
    const rows = [
      ...syntaxRows(group, language),
      ...[...functions, ...casts].filter((entry) => entry.group === group).map((entry) => functionRow(entry, language)),
    ]
    return `## ${title[language]}\n\n${heads[language]}\n${[...new Set(rows)].join('\n')}\n`
  })
  return `${intro[language]}\n${sections.join('\n')}`
}

function syntaxRows(group: string, language: Language): string[] {
  return syntaxTable
    .filter((entry) => entry.group === group)
    .map(({ syntax, cost, doc, example }) => row([code(syntax), '', String(cost), doc[language], code(example)]))
}

function functionRow(entry: Overload, language: Language): string {
  const aliases = (entry.aliases ?? []).filter((name) => /^[a-z]/.test(name))
  const form = entry.syntax ?? formOf(entry)
  const also = aliases.length === 0 ? '' : ` (= ${aliases.map(code).join(', ')})`
  return row([code(form) + also, entry.result, String(entry.cost), entry.doc[language], code(entry.example)])
}

function row(cells: readonly string[]): string {
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`
}

function code(text: string): string {
  return text === '' ? '' : `\`${text}\``
}
