import type { Layout } from '../../kernel/values.ts'
import { compareValues, interpret, type Node, toDuckSql } from '../language/index.ts'

/**
 * What a condition can be, as a set: true, false, NULL. An over-approximation: what is in the set may never happen, what is
 * not in it cannot happen whatever the event.
 */
export interface Possible {
  readonly true: boolean
  readonly false: boolean
  readonly null: boolean
}

/** The text of a node in DuckDB's form: equal texts have equal values on every row. */
export const textOf = (node: Node): string => toDuckSql({ text: '', node, type: node.type, columns: [], cost: 0 })

/** The parts that AND (or OR) joins, at any depth. */
export function parts(node: Node, kind: 'and' | 'or'): Node[] {
  return node.kind === kind ? node.args.flatMap((arg) => parts(arg, kind)) : [node]
}

const noLayout: Layout = { columns: [], slot: () => undefined }

function readsColumns(node: unknown): boolean {
  if (Array.isArray(node)) return node.some(readsColumns)
  if (typeof node !== 'object' || node === null) return false
  if ((node as { kind?: unknown }).kind === 'column') return true
  return Object.entries(node).some(
    ([key, value]) => key !== 'target' && key !== 'bound' && key !== 'location' && readsColumns(value),
  )
}

/** What a condition can be. Boolean logic, and comparisons of one text with constants; everything else is taken as open. */
export function possible(node: Node): Possible {
  if (!readsColumns(node)) {
    const value = interpret({ text: '', node, type: node.type, columns: [], cost: 0 }, noLayout)([], () => null)
    return { true: value === true, false: value === false, null: value === null }
  }
  if (node.kind === 'not') {
    const inner = possible(node.arg)
    return { true: inner.false, false: inner.true, null: inner.null }
  }
  if (node.kind === 'and' || node.kind === 'or') return junction(node)
  if (node.kind === 'is-null' || node.kind === 'distinct') return { true: true, false: true, null: false }
  return { true: true, false: true, null: node.nullable }
}

/** AND is true when all parts are, false when one is, and NULL only when none is false and one is NULL; OR the other way round. */
function junction(node: Node & { kind: 'and' | 'or' }): Possible {
  const isAnd = node.kind === 'and'
  const all = parts(node, node.kind).map((part) => {
    const { true: yes, false: no, null: unknown } = possible(part)
    return isAnd ? { keeps: yes, decides: no, unknown } : { keeps: no, decides: yes, unknown }
  })
  const keeps = all.every((part) => part.keeps) && !contradict(factsOf(node, isAnd))
  const decides = all.some((part) => part.decides)
  const unknown = all.some((part) => part.unknown) && all.every((part) => part.keeps || part.unknown)
  return isAnd ? { true: keeps, false: decides, null: unknown } : { true: decides, false: keeps, null: unknown }
}

/** True when the condition holds whatever the event, false when it never does (it is false or NULL), null when it depends. */
export function alwaysIs(node: Node): boolean | null {
  const { true: yes, false: no, null: unknown } = possible(node)
  if (!yes) return false
  return no || unknown ? null : true
}

/** True when it holds for every event whose data is there, but not for one whose data is missing. */
export const neverFalse = (node: Node): boolean => {
  const { true: yes, false: no, null: unknown } = possible(node)
  return yes && !no && unknown && !namesNull(node)
}

/** A NULL that the text itself names is no data that is missing. */
function namesNull(node: unknown): boolean {
  if (Array.isArray(node)) return node.some(namesNull)
  if (typeof node !== 'object' || node === null) return false
  const found = node as { kind?: unknown; value?: unknown }
  if (found.kind === 'constant') return found.value === null
  return Object.entries(node).some(([key, value]) => key !== 'target' && key !== 'bound' && namesNull(value))
}

type Constant = string | number | boolean
/** What one comparison says about one column, or about one expression by its text. */
export type Fact = { readonly about: string; readonly whole: boolean } & (
  | { readonly is: 'null' }
  | { readonly is: 'present' }
  | { readonly is: '=' | '<>' | '<' | '<=' | '>' | '>='; readonly value: Constant }
  | { readonly is: 'in'; readonly values: readonly Constant[] }
)

const opposite = { '=': '<>', '<>': '=', '<': '>=', '<=': '>', '>': '<=', '>=': '<' } as const
const mirrored = { '=': '=', '<>': '<>', '<': '>', '<=': '>=', '>': '<', '>=': '<=' } as const

/** Everything that must be so when `node` is true (or, with `holds` false, when it is false), as far as single comparisons say. */
export function factsOf(node: Node, holds: boolean): Fact[] {
  if (node.kind === 'not') return factsOf(node.arg, !holds)
  if (node.kind === (holds ? 'and' : 'or'))
    return (node as Node & { kind: 'and' | 'or' }).args.flatMap((arg) => factsOf(arg, holds))
  if (node.kind === 'and' || node.kind === 'or') return []
  const fact = factOf(node, holds)
  return [...(fact ?? []), ...presentIn(node)]
}

const keyOf = (node: Node): Pick<Fact, 'about' | 'whole'> => ({ about: textOf(node), whole: node.type === 'BIGINT' })

/** One atom as facts that are together equal to it; null when it is none that this reasoning knows. */
export function factOf(node: Node, holds: boolean): Fact[] | null {
  if (node.kind === 'is-null') return [{ ...keyOf(node.arg), is: node.negated === holds ? 'present' : 'null' }]
  if (node.kind === 'in') {
    const values = node.list.map(constantOf)
    if (!values.every((value) => value !== null)) return null
    const about = keyOf(node.left)
    if (node.negated !== holds) return [{ ...about, is: 'in', values }]
    return values.map((value) => ({ ...about, is: '<>', value }))
  }
  if (node.kind === 'compare') {
    const [left, right, operator] =
      constantOf(node.right) === null
        ? [node.right, node.left, mirrored[node.operator]]
        : [node.left, node.right, node.operator]
    const value = constantOf(right)
    if (value !== null) return [{ ...keyOf(left), is: holds ? operator : opposite[operator], value }]
  }
  // Any other condition is an expression that is true or false: the same text cannot be both.
  if (node.type === 'BOOLEAN' && node.kind !== 'constant') return [{ ...keyOf(node), is: '=', value: holds }]
  return null
}

function constantOf(node: Node): Constant | null {
  const value = node.kind === 'constant' ? node.value : null
  return value === null || typeof value === 'object' ? null : value
}

/** The columns that cannot be NULL when a condition is true or false: NULL would have come through. */
function presentIn(node: Node): Fact[] {
  if (node.kind === 'column') return [{ ...keyOf(node), is: 'present' }]
  if (node.kind === 'compare') return [...presentIn(node.left), ...presentIn(node.right)]
  if (node.kind === 'in') return presentIn(node.left)
  if (node.kind === 'call' && (node.target.nulls ?? 'propagate') === 'propagate') return node.args.flatMap(presentIn)
  return []
}

const groups = (facts: readonly Fact[]): ReadonlyMap<string, readonly Fact[]> =>
  Map.groupBy(facts, (fact) => fact.about)

/** Whether no value can meet all facts about one of the texts. */
export function contradict(facts: readonly Fact[]): boolean {
  return [...groups(facts).values()].some((about) => {
    if (about.some((fact) => fact.is === 'null')) return about.some((fact) => fact.is !== 'null')
    const values = candidates(about)
    return values ? values.length === 0 : emptyRange(about)
  })
}

/** The values that meet all facts, where equality or a list names them; null when only bounds do. */
function candidates(about: readonly Fact[]): readonly Constant[] | null {
  const named = about.flatMap((fact) => (fact.is === '=' ? [[fact.value]] : fact.is === 'in' ? [fact.values] : []))
  const [first] = named.length > 0 ? named : [onlyValue(about)]
  return first ? first.filter((value) => about.every((fact) => meets(value, fact))) : null
}

/** `x >= 5 AND x <= 5` names one value as `x = 5` does. */
function onlyValue(about: readonly Fact[]): readonly Constant[] | null {
  const low = bounds(about, 'low')
  const high = bounds(about, 'high')
  const found = low.find(
    (one) => one.is === '>=' && high.some((other) => other.is === '<=' && compareValues(one.value, other.value) === 0),
  )
  return found ? [found.value] : null
}

type Bound = { readonly is: '<' | '<=' | '>' | '>='; readonly value: Constant }

/** Lower or upper bounds; of whole numbers the strict ones become inclusive. */
function bounds(about: readonly Fact[], side: 'low' | 'high'): Bound[] {
  const [strict, inclusive] = side === 'low' ? (['>', '>='] as const) : (['<', '<='] as const)
  return about.flatMap((fact): Bound[] => {
    if (fact.is !== strict && fact.is !== inclusive) return []
    const { value } = fact
    if (!fact.whole || typeof value !== 'number' || !Number.isSafeInteger(value)) return [{ is: fact.is, value }]
    return [{ is: inclusive, value: fact.is === inclusive ? value : value + (side === 'low' ? 1 : -1) }]
  })
}

export function meets(value: Constant, fact: Fact): boolean {
  if (fact.is === 'present') return true
  if (fact.is === 'null') return false
  if (fact.is === 'in') return fact.values.some((other) => compareValues(value, other) === 0)
  const order = compareValues(value, fact.value)
  switch (fact.is) {
    case '=':
      return order === 0
    case '<>':
      return order !== 0
    case '<':
      return order < 0
    case '<=':
      return order <= 0
    case '>':
      return order > 0
    case '>=':
      return order >= 0
  }
}

/** `x > 5 AND x < 3`: a lower bound must leave room below every upper bound. */
function emptyRange(about: readonly Fact[]): boolean {
  return bounds(about, 'low').some((low) =>
    bounds(about, 'high').some((high) => {
      const order = compareValues(low.value, high.value)
      return order > 0 || (order === 0 && (low.is === '>' || high.is === '<'))
    }),
  )
}

/** Whether `narrow` being true makes `wide` true, as far as single comparisons and equal texts say. Never wrongly yes. */
export function implies(narrow: Node, wide: Node): boolean {
  if (wide.kind === 'and') return parts(wide, 'and').every((part) => implies(narrow, part))
  if (narrow.kind === 'or') return parts(narrow, 'or').every((part) => implies(part, wide))
  if (wide.kind === 'or' && parts(wide, 'or').some((part) => implies(narrow, part))) return true
  const text = textOf(wide)
  if (parts(narrow, 'and').some((part) => textOf(part) === text)) return true
  // A part of AND that is an OR itself may settle it alone.
  if (narrow.kind === 'and' && parts(narrow, 'and').some((part) => part.kind === 'or' && implies(part, wide)))
    return true
  const wanted = wide.kind === 'not' ? factOf(wide.arg, false) : factOf(wide, true)
  if (!wanted || wide.kind === 'or' || (wide.kind === 'not' && /^(and|or|not)$/.test(wide.arg.kind))) return false
  const known = groups(factsOf(narrow, true))
  return wanted.every((fact) => follows(known.get(fact.about) ?? [], fact))
}

/** Whether every value that meets `known` meets `fact`. */
function follows(known: readonly Fact[], fact: Fact): boolean {
  if (known.length === 0) return false
  if (fact.is === 'null') return known.some((one) => one.is === 'null')
  if (known.some((one) => one.is === 'null')) return false
  if (fact.is === 'present') return true
  const values = candidates(known)
  if (values) return values.every((value) => meets(value, fact))
  if (fact.is === '<>')
    return (
      known.some((one) => one.is === '<>' && compareValues(one.value, fact.value) === 0) ||
      [...bounds(known, 'low'), ...bounds(known, 'high')].some((bound) => !within(fact.value, bound))
    )
  const side = fact.is === '>' || fact.is === '>=' ? 'low' : fact.is === '<' || fact.is === '<=' ? 'high' : null
  const [wanted] = side ? bounds([fact], side) : []
  if (!side || !wanted) return false
  return bounds(known, side).some((bound) => tighter(bound, wanted, side))
}

const within = (value: Constant, { is, value: edge }: Bound): boolean => {
  const order = compareValues(value, edge)
  return is === '>' ? order > 0 : is === '>=' ? order >= 0 : is === '<' ? order < 0 : order <= 0
}

function tighter(bound: Bound, wanted: Bound, side: 'low' | 'high'): boolean {
  const order = compareValues(bound.value, wanted.value) * (side === 'low' ? 1 : -1)
  if (order !== 0) return order > 0
  return wanted.is === '>=' || wanted.is === '<=' || bound.is === wanted.is
}
