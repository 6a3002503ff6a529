import { languageError } from './errors.ts'
import type { Parsed, ParseSql, RawNode, SerializedSql } from './model.ts'

const prefix = 'SELECT '
const longestText = 100_000
const deepestNesting = 400

/**
 * Lets DuckDB parse one expression and takes it out of its SELECT wrapper.
 * @throws LanguageError for syntax errors, more than one expression, FROM, aliases and texts over 100,000 characters.
 */
export async function parseExpression(parse: ParseSql, text: string): Promise<Parsed> {
  const expression = text.toWellFormed()
  refuseBeforeParsing(expression)
  const document = await parse(prefix + expression).catch((error: unknown) => {
    throw unreadable(expression, error)
  })
  if (document.error) throw parserError(expression, document)
  return { text: expression, tree: takeExpression(expression, document) }
}

function refuseBeforeParsing(text: string): void {
  if (text.length > longestText)
    throw languageError({
      code: 'cost',
      expression: text,
      position: longestText,
      text: {
        en: `The expression has ${text.length} characters; the limit is ${longestText}.`,
        zh: `表达式有 ${text.length} 个字符,上限为 ${longestText}。`,
      },
      suggestion: {
        en: 'Put long value lists into a list and test membership with its signal.',
        zh: '请把很长的取值放进名单,用名单信号来判断。',
      },
    })
  const nul = text.indexOf('\0')
  if (nul >= 0) throw syntaxError(text, nul, 'The expression contains a NUL character.')
  const deep = tooDeepAt(text)
  if (deep >= 0) throw nestingError(text, deep)
}

function tooDeepAt(text: string): number {
  let depth = 0
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index)
    if (unit === 0x28 || unit === 0x5b || unit === 0x7b) depth++
    else if (unit === 0x29 || unit === 0x5d || unit === 0x7d) depth--
    if (depth > deepestNesting) return index
  }
  return -1
}

/** The refusal for expressions that nest too deeply. */
export function nestingError(text: string, position: number) {
  return languageError({
    code: 'cost',
    expression: text,
    position,
    text: { en: 'The expression is nested too deeply.', zh: '表达式嵌套过深。' },
    suggestion: {
      en: 'Write AND and OR chains without brackets, replace equality chains by IN (…), or split the condition.',
      zh: '请去掉 AND、OR 链的多余括号,用 IN (…) 代替一串等式,或拆成几条条件。',
    },
  })
}

function parserError(text: string, document: SerializedSql) {
  const message = document.error_message ?? 'not readable'
  if (message.includes('Max expression depth')) return nestingError(text, -1)
  if (message.includes('Only SELECT statements'))
    return notOneExpression(text, text.indexOf(';'), 'more than one statement')
  const codePoints = document.position === undefined ? -1 : Number(document.position) - prefix.length
  const position = codePoints < 0 ? -1 : [...text].slice(0, codePoints).join('').length
  return syntaxError(text, position, `Syntax error: ${message}`)
}

function syntaxError(expression: string, position: number, message: string) {
  return languageError({
    code: 'syntax',
    expression,
    position,
    text: { en: message, zh: `语法错误:${message.replace(/^Syntax error: /, '')}` },
    suggestion: {
      en: "Write one SQL expression, for example: category LIKE 'toys/%' AND price < 5. Texts stand in single quotes, names that are SQL words in double ones.",
      zh: "请写一个 SQL 表达式,例如:category LIKE 'toys/%' AND price < 5。文本用单引号,是 SQL 关键字的名称用双引号。",
    },
  })
}

/** DuckDB writes numbers that JSON cannot hold; nothing else makes its tree unreadable. */
function unreadable(expression: string, error: unknown) {
  const huge = /[0-9.]+[eE]\+?[0-9]{3,}/.exec(expression)
  if (huge !== null) return syntaxError(expression, huge.index, `The number ${huge[0]} is too large for a DOUBLE.`)
  return syntaxError(expression, 0, `DuckDB could not read the expression: ${String(error).slice(0, 200)}`)
}

function notOneExpression(expression: string, position: number, what: string) {
  return languageError({
    code: 'not-in-subset',
    expression,
    position,
    text: { en: `Expected one expression, found ${what}.`, zh: `这里只能写一个表达式,却出现了 ${what}。` },
    suggestion: {
      en: 'Write only the expression, without SELECT, FROM, WHERE, AS or a semicolon.',
      zh: '请只写表达式本身,不要写 SELECT、FROM、WHERE、AS 或分号。',
    },
  })
}

const emptyParts = ['where_clause', 'having', 'qualify', 'sample'] as const
const emptyLists = ['modifiers', 'group_expressions', 'group_sets'] as const

function takeExpression(text: string, document: SerializedSql): RawNode {
  const statements = document.statements ?? []
  const node = statements[0]?.node
  if (statements.length !== 1 || node === undefined) throw notOneExpression(text, -1, 'more than one statement')
  if (node.type !== 'SELECT_NODE') throw notOneExpression(text, -1, 'a set operation')
  const from = asNode(node.from_table)
  if (from.type !== 'EMPTY') throw notOneExpression(text, offsetOf(text, from.query_location), 'a FROM clause')
  const extra = emptyParts.find((part) => node[part] !== null && node[part] !== undefined)
  if (extra !== undefined) throw notOneExpression(text, -1, extra.replace('_clause', '').toUpperCase())
  const list = emptyLists.find((part) => asList(node[part]).length > 0)
  if (list !== undefined) throw notOneExpression(text, -1, 'ORDER BY, LIMIT, DISTINCT or GROUP BY')
  const expressions = asList(node.select_list).map(asNode)
  const [first, second] = expressions
  if (first === undefined) throw notOneExpression(text, -1, 'nothing')
  if (second !== undefined) throw notOneExpression(text, offsetOf(text, second.query_location), 'a second expression')
  if (typeof first.alias === 'string' && first.alias !== '')
    throw notOneExpression(text, text.lastIndexOf(first.alias), `the alias "${first.alias}"`)
  return first
}

/** Reads one object of DuckDB's tree; anything else becomes an empty node, which the checker refuses. */
export function asNode(value: unknown): RawNode {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as RawNode) : {}
}

export function asList(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}

/** The location of a node, or of the first node below it that has one. */
export function locationOf(raw: RawNode): unknown {
  const open: unknown[] = [raw]
  for (let next = open.shift(); next !== undefined; next = open.shift()) {
    if (Array.isArray(next)) open.push(...next)
    else if (typeof next === 'object' && next !== null) {
      const { query_location: location } = asNode(next)
      if (typeof location === 'number' && location < 2 ** 40) return location
      open.push(...Object.values(next))
    }
  }
  return undefined
}

/** Turns DuckDB's byte offset in the wrapped statement into an index in the expression; -1 when there is none. */
export function offsetOf(text: string, location: unknown): number {
  if (typeof location !== 'number') return -1
  const bytes = location - prefix.length
  if (bytes < 0 || bytes > text.length * 3) return -1
  let seen = 0
  for (let index = 0; index < text.length; ) {
    if (seen >= bytes) return index
    const code = text.codePointAt(index) ?? 0
    seen += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4
    index += code > 0xffff ? 2 : 1
  }
  return seen >= bytes ? text.length : -1
}
