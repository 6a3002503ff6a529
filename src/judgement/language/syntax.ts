import type { Text } from '../../kernel/values.ts'
import type { Group } from './model.ts'

/** A part of the grammar that is not a function; `tree` names the node types of DuckDB's tree that it stands for. */
export interface SyntaxEntry {
  readonly tree: readonly string[]
  readonly group: Group
  readonly syntax: string
  readonly cost: number
  readonly doc: Text
  readonly example: string
}

export const syntaxTable: readonly SyntaxEntry[] = [
  {
    tree: ['CONJUNCTION_AND', 'CONJUNCTION_OR'],
    group: 'logic',
    syntax: 'a AND b, a OR b',
    cost: 0,
    doc: {
      en: 'Three-valued: AND is false when one side is false, OR is true when one side is true, whatever the NULLs. The cheapest side is evaluated first.',
      zh: '三值逻辑:AND 有一边为假即为假,OR 有一边为真即为真,与 NULL 无关。先算代价低的一边。',
    },
    example: "category = 'toys' AND price < 5",
  },
  {
    tree: ['OPERATOR_NOT'],
    group: 'logic',
    syntax: 'NOT a',
    cost: 0,
    doc: { en: 'NULL stays NULL.', zh: 'NULL 仍为 NULL。' },
    example: 'NOT refurbished',
  },
  {
    tree: ['OPERATOR_IS_NULL', 'OPERATOR_IS_NOT_NULL'],
    group: 'logic',
    syntax: 'a IS NULL, a IS NOT NULL',
    cost: 1,
    doc: { en: 'Never NULL.', zh: '结果不会是 NULL。' },
    example: 'brand IS NULL',
  },
  {
    tree: [
      'COMPARE_EQUAL',
      'COMPARE_NOTEQUAL',
      'COMPARE_LESSTHAN',
      'COMPARE_GREATERTHAN',
      'COMPARE_LESSTHANOREQUALTO',
      'COMPARE_GREATERTHANOREQUALTO',
    ],
    group: 'comparison',
    syntax: 'a = b, <>, <, <=, >, >=',
    cost: 1,
    doc: {
      en: "Texts compare by UTF-8 bytes; NaN equals NaN and is the greatest. A text constant takes the other side's type: '1' = quantity.",
      zh: "文本按 UTF-8 字节比较;NaN 等于 NaN 且最大。文本常量随另一边的类型:'1' = quantity。",
    },
    example: 'price >= 100',
  },
  {
    tree: ['COMPARE_DISTINCT_FROM', 'COMPARE_NOT_DISTINCT_FROM'],
    group: 'comparison',
    syntax: 'a IS DISTINCT FROM b, a IS NOT DISTINCT FROM b, a IS TRUE',
    cost: 1,
    doc: { en: 'Comparison in which NULL equals NULL; never NULL.', zh: '把 NULL 视为相等的比较;结果不会是 NULL。' },
    example: 'brand IS NOT DISTINCT FROM seller_id',
  },
  {
    tree: ['COMPARE_BETWEEN'],
    group: 'comparison',
    syntax: 'a BETWEEN low AND high, a NOT BETWEEN low AND high',
    cost: 1,
    doc: { en: 'low <= a AND a <= high.', zh: '即 low <= a AND a <= high。' },
    example: 'price BETWEEN 1 AND 5',
  },
  {
    tree: ['COMPARE_IN', 'COMPARE_NOT_IN'],
    group: 'comparison',
    syntax: 'a IN (x, y, …), a NOT IN (x, y, …)',
    cost: 1,
    doc: {
      en: 'True when equal to one; NULL when equal to none and something is NULL.',
      zh: '等于其一为真;都不等且有 NULL 时为 NULL。',
    },
    example: "currency IN ('EUR', 'GBP')",
  },
  {
    tree: ['CASE_EXPR'],
    group: 'choice',
    syntax: 'CASE WHEN a THEN x … [ELSE y] END, CASE v WHEN 1 THEN x … END, if(a, x, y)',
    cost: 1,
    doc: {
      en: 'The first branch whose condition is true; NULL counts as not true.',
      zh: '第一个条件为真的分支;NULL 不算真。',
    },
    example: "CASE WHEN price > 100 THEN 'high' ELSE 'low' END",
  },
  {
    tree: ['OPERATOR_COALESCE'],
    group: 'choice',
    syntax: 'coalesce(a, b, …), ifnull(a, b)',
    cost: 1,
    doc: { en: 'The first argument that is not NULL.', zh: '第一个不为 NULL 的参数。' },
    example: "coalesce(brand, 'none')",
  },
]

export function syntaxOf(type: unknown): SyntaxEntry | undefined {
  return syntaxTable.find((entry) => entry.tree.some((name) => name === type))
}
