import type { ColumnType, Layout, Resolve, Row, Text, Value } from '../../kernel/values.ts'

/** Types inside an expression: the column types, intervals, and NULL before its neighbours give it a type. */
export type Type = ColumnType | 'INTERVAL' | 'NULL'

/** A constant span of time as DuckDB keeps it: three parts that do not mix when added to a timestamp. */
export interface Interval {
  readonly months: number
  readonly days: number
  readonly micros: number
}

interface NodeBase {
  readonly type: Type
  /** True when the value is always a whole number although its type is DOUBLE (sums of integers). */
  readonly integral?: boolean
  readonly nullable: boolean
  /** DuckDB's location (bytes into the wrapped statement); `offsetOf` turns it into an index. */
  readonly location: unknown
  /** Work of one evaluation in units; a comparison is 1. */
  readonly cost: number
  /** Cost of the lazy columns below this node. */
  readonly lazyCost: number
  readonly depth: number
}

export type CompareOperator = '=' | '<>' | '<' | '<=' | '>' | '>='

/** The typed tree that the interpreter, the compiler and the SQL printer read. */
export type Node =
  | (NodeBase & { readonly kind: 'constant'; readonly value: Value; readonly interval?: Interval })
  | (NodeBase & { readonly kind: 'column'; readonly slot: number; readonly name: string })
  | (NodeBase & {
      readonly kind: 'call'
      readonly target: Overload
      readonly args: readonly Node[]
      readonly bound?: Bound
    })
  | (NodeBase & { readonly kind: 'and' | 'or'; readonly args: readonly Node[] })
  | (NodeBase & { readonly kind: 'not'; readonly arg: Node })
  | (NodeBase & { readonly kind: 'is-null'; readonly arg: Node; readonly negated: boolean })
  | (NodeBase & {
      readonly kind: 'compare'
      readonly operator: CompareOperator
      readonly left: Node
      readonly right: Node
    })
  | (NodeBase & { readonly kind: 'distinct'; readonly negated: boolean; readonly left: Node; readonly right: Node })
  | (NodeBase & { readonly kind: 'in'; readonly negated: boolean; readonly left: Node; readonly list: readonly Node[] })
  | (NodeBase & { readonly kind: 'case'; readonly branches: readonly Branch[]; readonly otherwise: Node })
  | (NodeBase & { readonly kind: 'coalesce'; readonly args: readonly Node[] })

export interface Branch {
  readonly when: Node
  readonly result: Node
}

/** A function whose constant arguments are already worked in; `call` takes the remaining arguments. */
export interface Bound {
  readonly call: (...values: never[]) => Value
  /** JavaScript for the call, given code for the remaining arguments (all not null) and a way to name a constant. */
  readonly emit?: (args: readonly string[], constant: (value: unknown) => string) => string
  /** Extra cost, for example the size of a regular expression. */
  readonly cost?: number
}

export interface Parameter {
  /** 'TEXTUAL': any scalar, cast to VARCHAR. 'SAME': all such arguments get one common scalar type. */
  readonly type: ColumnType | 'INTERVAL' | 'TEXTUAL' | 'SAME' | 'LIST' | 'ELEMENT'
  /** The argument must be a constant. */
  readonly constant?: boolean
}

/** One signature of a whitelisted function or operator. Compiler, interpreter, checker and reference page read it. */
export interface Overload {
  readonly name: string
  readonly aliases?: readonly string[]
  readonly parameters: readonly Parameter[]
  /** The last parameter may repeat, zero or more times. */
  readonly variadic?: boolean
  readonly result: Type | 'SAME' | 'ELEMENT'
  readonly cost: number
  /** 'propagate': NULL when any argument is NULL (default). 'handled': the implementation sees NULL. */
  readonly nulls?: 'propagate' | 'handled'
  /** The result may be NULL although no argument is. */
  readonly partial?: boolean
  /** The result is a whole number when all number arguments are. */
  readonly keepsIntegral?: boolean
  readonly call: (...values: never[]) => Value
  readonly emit?: (args: readonly string[]) => string
  /** Positions of the arguments that `bind` works in; by default the constant ones. */
  readonly consumes?: readonly number[]
  /** Works constant arguments in at load; throws Error with a reason for the author. */
  readonly bind?: (
    constants: readonly (Value | undefined)[],
    intervals: readonly (Interval | undefined)[],
  ) => Bound | undefined
  /** DuckDB's form. */
  readonly sql: (args: readonly string[]) => string
  readonly group: Group
  readonly syntax?: string
  readonly doc: Text
  readonly example: string
}

export type Group = 'logic' | 'comparison' | 'number' | 'text' | 'pattern' | 'list' | 'time' | 'cast' | 'choice'

/** An expression that DuckDB parsed; nothing is checked yet. */
export interface Parsed {
  readonly text: string
  readonly tree: RawNode
}

/** A node of DuckDB's serialized tree. */
export type RawNode = { readonly [key: string]: unknown }

/** A checked expression: every name known, every type right, inside the subset and the cost bound. */
export interface Checked {
  readonly text: string
  readonly node: Node
  readonly type: Type
  /** Names of the columns it reads, in order of first appearance. */
  readonly columns: readonly string[]
  /** Units of work of one evaluation, without lazy columns. */
  readonly cost: number
}

export type Evaluate = (row: Row, resolve: Resolve) => Value
export type EvaluateSet = (row: Row, resolve: Resolve, out: Int8Array) => void

export type ErrorCode =
  | 'syntax'
  | 'unknown-column'
  | 'type'
  | 'not-in-subset'
  | 'regex-not-constant'
  | 'regex-invalid'
  | 'cost'
  | 'feature'

/** What is wrong with an expression, where, and what to write instead. Thrown as an Error with these fields. */
export interface LanguageError extends Error {
  readonly code: ErrorCode
  readonly text: Text
  readonly expression: string
  /** UTF-16 index in the expression, -1 when unknown. */
  readonly position: number
  /** The line of the expression and a second line with `^` under the position. */
  readonly caret: string
  readonly suggestion: Text
}

/** What a check needs to know. */
export interface CheckContext {
  readonly text: string
  readonly layout: Layout
}

/** The document that DuckDB's json_serialize_sql returns. */
export interface SerializedSql {
  error: boolean
  error_type?: string
  error_message?: string
  error_subtype?: string
  position?: string
  statements?: { node: Record<string, unknown> }[]
}

export type ParseSql = (select: string) => Promise<SerializedSql>
