import type { Layout, Text } from '../../kernel/values.ts'
import type { Pack, PackProblem, Place } from '../../vocabulary/packs/index.ts'
import {
  type Checked,
  checkExpression,
  compareValues,
  interpret,
  isLanguageError,
  type Node,
  type ParseSql,
  parseExpression,
  toDuckSql,
} from '../language/index.ts'
import type { CompiledStrategy, Programs } from '../strategies/index.ts'

/** Something in a valid pack that is probably a slip. It does not keep the pack from running. */
export interface PackWarning extends PackProblem {
  readonly code: 'never-true' | 'always-true' | 'unused-feature' | 'no-owner' | 'duplicate' | 'subsumed'
}

interface Read {
  readonly strategy: CompiledStrategy
  readonly place: Place | undefined
  readonly checked: Checked
  readonly atoms: ReadonlySet<string>
}

/** Looks at every strategy, feature and list of the running packs without any event. By pack id. */
export async function lintPacks(programs: Programs, parse: ParseSql): Promise<Map<string, PackWarning[]>> {
  const warnings = new Map<string, PackWarning[]>(programs.packs.map((pack) => [pack.header.id, []]))
  const warn = (
    pack: string,
    place: Place | undefined,
    code: PackWarning['code'],
    [message, fix]: [Text, Text],
  ): void =>
    void warnings.get(pack)?.push({ code, file: place?.file ?? 'pack.yaml', line: place?.line ?? 1, message, fix })
  const reads = await readAll(programs, parse)
  for (const { strategy, place, checked } of reads) {
    const constant = alwaysIs(checked.node)
    if (constant === false) warn(strategy.pack, place, 'never-true', neverText(strategy.id))
    if (constant === true) warn(strategy.pack, place, 'always-true', alwaysText(strategy.id))
  }
  for (const { strategy, place, other, same } of overlaps(reads))
    warn(strategy.pack, place, same ? 'duplicate' : 'subsumed', overlapText(strategy.id, other.name, same))
  for (const pack of programs.packs) {
    for (const feature of unusedFeatures(pack, programs))
      warn(pack.header.id, pack.places.get(`features:${feature}`), 'unused-feature', unusedText(feature))
    for (const list of pack.lists)
      if (/^(|-|\?|none|nobody|tbd|n\/a|无|待定)$/i.test(list.owner.trim()))
        warn(pack.header.id, pack.places.get(`lists:${list.id}`), 'no-owner', ownerText(list.id))
  }
  return warnings
}

async function readAll(programs: Programs, parse: ParseSql): Promise<Read[]> {
  const places = new Map(programs.packs.map((pack) => [pack.header.id, pack.places]))
  const reads: Read[] = []
  for (const strategy of programs.versions.values()) {
    try {
      const checked = checkExpression(await parseExpression(parse, strategy.when), programs.layout)
      reads.push({
        strategy,
        checked,
        place: places.get(strategy.pack)?.get(`strategies:${strategy.id}@${strategy.version}`),
        atoms: new Set(parts(checked.node, 'and').map((node) => textOf(node))),
      })
    } catch (error) {
      if (!isLanguageError(error)) throw error
    }
  }
  return reads
}

const textOf = (node: Node): string => toDuckSql({ text: '', node, type: node.type, columns: [], cost: 0 })

function parts(node: Node, kind: 'and' | 'or'): Node[] {
  return node.kind === kind ? node.args.flatMap((arg) => parts(arg, kind)) : [node]
}

const noLayout: Layout = { columns: [], slot: () => undefined }

function readsColumns(node: unknown): boolean {
  if (Array.isArray(node)) return node.some(readsColumns)
  if (typeof node !== 'object' || node === null) return false
  const found = node as { kind?: unknown }
  if (found.kind === 'column') return true
  return Object.entries(node).some(
    ([key, value]) => key !== 'target' && key !== 'bound' && key !== 'location' && readsColumns(value),
  )
}

/** The answer of a condition whatever the event, as far as constants tell: true, false (or NULL), or null = it depends. */
export function alwaysIs(node: Node): boolean | null {
  if (!readsColumns(node))
    return interpret({ text: '', node, type: node.type, columns: [], cost: 0 }, noLayout)([], () => null) === true
  if (node.kind === 'and') {
    const all = parts(node, 'and')
    const known = all.map(alwaysIs)
    if (known.includes(false) || contradict(factsOf(node, true))) return false
    return known.every((value) => value === true) ? true : null
  }
  if (node.kind === 'or') {
    const all = parts(node, 'or')
    const known = all.map(alwaysIs)
    if (known.includes(true)) return true
    // True for every value that is there: whether NULL was meant to be left out or forgotten, the text misleads.
    if (contradict(factsOf(node, false))) return true
    return known.every((value) => value === false) ? false : null
  }
  if (node.kind === 'not') {
    const inner = alwaysIs(node.arg)
    return inner === null ? null : !inner
  }
  return null
}

type Constant = string | number | boolean
/** What one comparison says about one column. */
type Fact = { readonly column: string } & (
  | { readonly is: 'null' }
  | { readonly is: 'present' }
  | { readonly is: '=' | '<>' | '<' | '<=' | '>' | '>='; readonly value: Constant }
  | { readonly is: 'in'; readonly values: readonly Constant[] }
)

const opposite = { '=': '<>', '<>': '=', '<': '>=', '<=': '>', '>': '<=', '>=': '<' } as const
const mirrored = { '=': '=', '<>': '<>', '<': '>', '<=': '>=', '>': '<', '>=': '<=' } as const

/** Everything that must be so when `node` holds (or, with `holds` false, when it does not), as far as single comparisons say. */
function factsOf(node: Node, holds: boolean): Fact[] {
  if (node.kind === 'not') return factsOf(node.arg, !holds)
  if (node.kind === (holds ? 'and' : 'or'))
    return (node as Node & { kind: 'and' | 'or' }).args.flatMap((arg) => factsOf(arg, holds))
  return [factOf(node, holds) ?? []].flat()
}

/** The comparison of a column with a constant as a fact; with `holds` false, its opposite. */
function factOf(node: Node, holds: boolean): Fact | null {
  if (node.kind === 'is-null' && node.arg.kind === 'column')
    return { column: node.arg.name, is: node.negated === holds ? 'present' : 'null' }
  if (node.kind === 'in' && node.left.kind === 'column' && node.negated !== holds) {
    const values = node.list.map(constantOf)
    return values.every((value) => value !== null)
      ? { column: node.left.name, is: 'in', values: values as Constant[] }
      : null
  }
  if (node.kind !== 'compare') return null
  const [column, constant, operator] =
    node.left.kind === 'column'
      ? [node.left, node.right, node.operator]
      : [node.right, node.left, mirrored[node.operator]]
  const value = constantOf(constant)
  if (column.kind !== 'column' || value === null) return null
  return { column: column.name, is: holds ? operator : opposite[operator], value }
}

function constantOf(node: Node): Constant | null {
  const value = node.kind === 'constant' ? node.value : null
  return value === null || typeof value === 'object' ? null : value
}

/** Whether no value of a column can meet all facts about it. */
function contradict(facts: readonly Fact[]): boolean {
  const byColumn = Map.groupBy(facts, (fact) => fact.column)
  return [...byColumn.values()].some((about) => {
    const isNull = about.some((fact) => fact.is === 'null')
    if (isNull) return about.some((fact) => fact.is !== 'null')
    const candidates = about.flatMap((fact) =>
      fact.is === '=' ? [[fact.value]] : fact.is === 'in' ? [fact.values] : [],
    )
    const [first] = candidates
    if (first) return !first.some((value) => about.every((fact) => meets(value, fact)))
    return emptyRange(about)
  })
}

function meets(value: Constant, fact: Fact): boolean {
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

/** `x > 5 AND x < 3`: every lower bound must leave room below every upper bound. */
function emptyRange(facts: readonly Fact[]): boolean {
  const lower = facts.flatMap((fact) => (fact.is === '>' || fact.is === '>=' ? [fact] : []))
  const upper = facts.flatMap((fact) => (fact.is === '<' || fact.is === '<=' ? [fact] : []))
  return lower.some((low) =>
    upper.some((high) => {
      const order = compareValues(low.value, high.value)
      return order > 0 || (order === 0 && (low.is === '>' || high.is === '<'))
    }),
  )
}

const covers = (wide: readonly string[], narrow: readonly string[]): boolean =>
  wide.includes('*') || narrow.every((item) => wide.includes(item))
const ranks = ['label', 'evidence', 'review', 'block']

/** Strategies of one mode that say what another says already: the same parts, or more of them for no stronger verdict. */
function overlaps(
  reads: readonly Read[],
): { strategy: CompiledStrategy; place: Place | undefined; other: CompiledStrategy; same: boolean }[] {
  const byAtom = new Map<string, Read[]>()
  for (const read of reads) for (const atom of read.atoms) byAtom.set(atom, [...(byAtom.get(atom) ?? []), read])
  return reads.flatMap((read, index) => {
    const near = new Set([...read.atoms].flatMap((atom) => byAtom.get(atom) ?? []))
    const other = [...near].find(
      (wide) =>
        wide !== read &&
        isWithin(read, wide) &&
        !(wide.atoms.size === read.atoms.size && isWithin(wide, read) && reads.indexOf(wide) > index),
    )
    return other
      ? [
          {
            strategy: read.strategy,
            place: read.place,
            other: other.strategy,
            same: other.atoms.size === read.atoms.size,
          },
        ]
      : []
  })
}

function isWithin({ strategy, atoms }: Read, wide: Read): boolean {
  const wider = wide.strategy
  return (
    strategy.policy === wider.policy &&
    strategy.mode === wider.mode &&
    ranks.indexOf(wider.verdict) >= ranks.indexOf(strategy.verdict) &&
    covers(wider.on, strategy.on) &&
    covers(wider.markets, strategy.markets) &&
    [...wide.atoms].every((atom) => atoms.has(atom))
  )
}

function unusedFeatures(pack: Pack, programs: Programs): string[] {
  const read = new Set(
    [...programs.versions.values()].flatMap((strategy) => [...strategy.columns, ...(strategy.evidence ?? [])]),
  )
  const inSignals = JSON.stringify(programs.packs.map((found) => found.signals))
  return pack.features.map((feature) => feature.id).filter((id) => !read.has(id) && !inSignals.includes(`"${id}"`))
}

const both = (zh: string, en: string): Text => ({ zh, en })
const neverText = (id: string): [Text, Text] => [
  both(`策略 "${id}" 的条件永远不成立`, `the condition of "${id}" can never be true`),
  both('检查互相矛盾的比较', 'look for comparisons that exclude each other'),
]
const alwaysText = (id: string): [Text, Text] => [
  both(`策略 "${id}" 的条件永远成立`, `the condition of "${id}" is always true`),
  both('去掉恒真的部分', 'remove the part that is true whatever the event'),
]
const unusedText = (id: string): [Text, Text] => [
  both(`特征 "${id}" 没有任何策略使用`, `no strategy reads the feature "${id}"`),
  both('删除它，或在策略中使用；每个窗口都占内存', 'remove it or use it: every window takes memory'),
]
const ownerText = (id: string): [Text, Text] => [
  both(`名单 "${id}" 没有负责人`, `the list "${id}" has no owner`),
  both('写明由谁负责清理过期条目', 'name who keeps it and removes stale entries'),
]
const overlapText = (id: string, other: string, same: boolean): [Text, Text] => [
  same
    ? both(`策略 "${id}" 与 "${other}" 的条件相同`, `"${id}" has the same condition as "${other}"`)
    : both(`策略 "${id}" 命中的都已被 "${other}" 命中`, `everything that "${id}" hits is hit by "${other}" already`),
  both('保留一条，或改写条件', 'keep one of them, or change a condition'),
]
