import type { Text } from '../../kernel/values.ts'
import { type Pack, type PackProblem, type Place, placeOf } from '../../vocabulary/packs/index.ts'
import { type Checked, checkExpression, isLanguageError, type ParseSql, parseExpression } from '../language/index.ts'
import type { CompiledStrategy, Programs } from '../strategies/index.ts'
import { alwaysIs, factsOf, implies, neverFalse } from './reason.ts'

/** Something in a valid pack that is probably a slip. It does not keep the pack from running. */
export interface PackWarning extends PackProblem {
  readonly code:
    | 'never-true'
    | 'always-true'
    | 'never-false'
    | 'unused-feature'
    | 'unused-signal'
    | 'unused-list'
    | 'no-owner'
    | 'duplicate'
    | 'subsumed'
    | 'contradicted'
  /** Id of the strategy, window, signal or list. */
  readonly about: string
}

interface Read {
  readonly strategy: CompiledStrategy
  readonly place: Place | undefined
  readonly checked: Checked
  /** What its conditions are about, to find others that it can be compared with. */
  readonly keys: ReadonlySet<string>
}

/** Looks at one strategy version (`<pack>/<id>@<version>`) beside all others, without any event. */
export async function lintVersion(programs: Programs, key: string, parse: ParseSql): Promise<PackWarning[]> {
  const mine = programs.versions.get(key)
  if (!mine) return []
  const rivals = [...programs.versions.values()].filter((strategy) => strategy.policy === mine.policy)
  const reads = await readAll(programs, rivals, parse)
  const at = reads.findIndex((read) => read.strategy === mine)
  const read = reads[at]
  if (!read) return []
  const found = [constantFinding(mine.id, read.checked)]
  for (const other of reads) {
    const kind = other.strategy.name === mine.name ? null : overlapOf(read, other, true)
    if (kind) found.push(overlapFinding(mine.id, other.strategy.name, kind))
  }
  const { file = 'pack.yaml', line = 1 } = read.place ?? {}
  return found.flatMap((one) => (one ? [{ ...one, file, line }] : []))
}

/** Looks at every strategy, window, signal and list of the running packs without any event. By pack id. */
export async function lintPacks(programs: Programs, parse: ParseSql): Promise<Map<string, PackWarning[]>> {
  const warnings = new Map<string, PackWarning[]>(programs.packs.map((pack) => [pack.header.id, []]))
  const warn = (pack: string, place: Place | undefined, found: Finding): void =>
    void warnings.get(pack)?.push({ ...found, file: place?.file ?? 'pack.yaml', line: place?.line ?? 1 })
  const reads = await readAll(programs, [...programs.versions.values()], parse)
  for (const { strategy, place, checked } of reads) {
    const found = constantFinding(strategy.id, checked)
    if (found) warn(strategy.pack, place, found)
  }
  for (const { read, other, kind } of overlaps(reads))
    warn(read.strategy.pack, read.place, overlapFinding(read.strategy.id, other, kind))
  const used = usedNames(programs)
  for (const pack of programs.packs) for (const [place, found] of unread(pack, used)) warn(pack.header.id, place, found)
  return warnings
}

type Finding = Pick<PackWarning, 'code' | 'about' | 'message' | 'fix'>

async function readAll(programs: Programs, strategies: readonly CompiledStrategy[], parse: ParseSql): Promise<Read[]> {
  const packs = new Map(programs.packs.map((pack) => [pack.header.id, pack]))
  const reads: Read[] = []
  for (const strategy of strategies) {
    try {
      const checked = checkExpression(await parseExpression(parse, strategy.when), programs.layout)
      const pack = packs.get(strategy.pack)
      reads.push({
        strategy,
        checked,
        place: pack ? placeOf(pack, strategy) : undefined,
        keys: new Set([...factsOf(checked.node, true).map((fact) => fact.about), ...checked.columns]),
      })
    } catch (error) {
      if (!isLanguageError(error)) throw error
    }
  }
  return reads
}

function constantFinding(id: string, { node }: Checked): Finding | null {
  const constant = alwaysIs(node)
  if (constant === false)
    return {
      ...{ code: 'never-true', about: id },
      message: both(`策略 "${id}" 的条件永远不成立`, `the condition of "${id}" can never be true`),
      fix: both('检查互相矛盾的比较', 'look for comparisons that exclude each other'),
    }
  if (constant === true)
    return {
      ...{ code: 'always-true', about: id },
      message: both(`策略 "${id}" 的条件永远成立`, `the condition of "${id}" is always true`),
      fix: both('去掉恒真的部分', 'remove the part that is true whatever the event'),
    }
  if (neverFalse(node))
    return {
      ...{ code: 'never-false', about: id },
      message: both(
        `策略 "${id}" 的条件只要数据存在就成立`,
        `the condition of "${id}" is true for every event whose data is there`,
      ),
      fix: both(
        '去掉互补的比较，或改写为 IS NOT NULL',
        'remove comparisons that complete each other, or say IS NOT NULL',
      ),
    }
  return null
}

const covers = (wide: readonly string[], narrow: readonly string[]): boolean =>
  wide.includes('*') || narrow.every((item) => wide.includes(item))
const meet = (one: readonly string[], other: readonly string[]): boolean =>
  one.includes('*') || other.includes('*') || one.some((item) => other.includes(item))
const ranks = ['label', 'evidence', 'review', 'block']
/** Most strategies that one is compared with; a pack of thousands still loads at once. */
const mostCompared = 200

type OverlapKind = 'duplicate' | 'subsumed' | 'contradicted'

/** Strategies that say what another one says already, or something else about the very same events. */
function overlaps(reads: readonly Read[]): { read: Read; other: string; kind: OverlapKind }[] {
  const byKey = new Map<string, number[]>()
  for (const [index, { strategy, keys }] of reads.entries())
    for (const key of keys) {
      const name = `${strategy.policy}\0${key}`
      const known = byKey.get(name)
      if (known) known.push(index)
      else byKey.set(name, [index])
    }
  return reads.flatMap((read, index) => {
    const near = new Set([...read.keys].flatMap((key) => byKey.get(`${read.strategy.policy}\0${key}`) ?? []))
    for (const at of [...near].slice(0, mostCompared)) {
      const other = reads[at]
      const kind = other && other.strategy.name !== read.strategy.name ? overlapOf(read, other, index > at) : null
      if (other && kind) return [{ read, other: other.strategy.name, kind }]
    }
    return []
  })
}

/** `later`: of two that say the same, the later one is the one to name. */
function overlapOf(read: Read, wide: Read, later: boolean): OverlapKind | null {
  const [mine, other] = [read.strategy, wide.strategy]
  if (mine.policy !== other.policy || !implies(read.checked.node, wide.checked.node)) return null
  const same = implies(wide.checked.node, read.checked.node)
  if (same && mine.verdict !== other.verdict && meet(mine.on, other.on) && meet(mine.markets, other.markets))
    return later ? 'contradicted' : null
  if (mine.mode !== other.mode || ranks.indexOf(other.verdict) < ranks.indexOf(mine.verdict)) return null
  if (!covers(other.on, mine.on) || !covers(other.markets, mine.markets)) return null
  const equal = same && covers(mine.on, other.on) && covers(mine.markets, other.markets)
  if (!equal) return 'subsumed'
  return later ? 'duplicate' : null
}

function overlapFinding(id: string, other: string, kind: OverlapKind): Finding {
  const messages: Record<OverlapKind, Text> = {
    duplicate: both(`策略 "${id}" 与 "${other}" 的条件相同`, `"${id}" has the same condition as "${other}"`),
    subsumed: both(
      `策略 "${id}" 命中的都已被 "${other}" 命中`,
      `everything that "${id}" hits is hit by "${other}" already`,
    ),
    contradicted: both(
      `策略 "${id}" 与 "${other}" 命中相同的事件，但结论不同`,
      `"${id}" hits the same events as "${other}" and says something else about them`,
    ),
  }
  return {
    ...{ code: kind, about: id, message: messages[kind] },
    fix: both('保留一条，或改写条件', 'keep one of them, or change a condition'),
  }
}

/** Every name that a strategy, a window or a signal reads; a name that merely occurs in a text counts as read. */
function usedNames(programs: Programs): ReadonlySet<string> {
  const used = new Set<string>()
  const addWords = (text: string): void => {
    for (const [word] of text.matchAll(/[A-Za-z0-9_.-]+/g)) used.add(word)
  }
  for (const strategy of programs.versions.values())
    for (const name of [...strategy.columns, ...(strategy.evidence ?? [])]) used.add(name)
  for (const pack of programs.packs) {
    for (const feature of pack.features) addWords(feature.sql)
    for (const { id: _id, title: _title, ...rest } of pack.signals) addWords(JSON.stringify(rest))
    for (const strategy of pack.strategies) addWords(strategy.when)
  }
  return used
}

const noOwner = /^(|-|\?|none|nobody|tbd|n\/a|无|待定)$/i

function* unread(pack: Pack, used: ReadonlySet<string>): Generator<[Place | undefined, Finding]> {
  for (const { id } of pack.features)
    if (!used.has(id))
      yield [
        pack.places.get(`features:${id}`),
        {
          ...{ code: 'unused-feature', about: id },
          message: both(`特征 "${id}" 没有任何策略使用`, `no strategy reads the feature "${id}"`),
          fix: both('删除它，或在策略中使用；每个窗口都占内存', 'remove it or use it: every window takes memory'),
        },
      ]
  for (const { id } of pack.signals)
    if (!used.has(id))
      yield [
        pack.places.get(`signals:${id}`),
        {
          ...{ code: 'unused-signal', about: id },
          message: both(`信号 "${id}" 没有任何策略使用`, `no strategy reads the signal "${id}"`),
          fix: both('删除它，或在策略中使用', 'remove it, or use it in a condition'),
        },
      ]
  for (const list of pack.lists) {
    const place = pack.places.get(`lists:${list.id}`)
    if (!used.has(list.id))
      yield [
        place,
        {
          ...{ code: 'unused-list', about: list.id },
          message: both(`名单 "${list.id}" 没有任何信号查询`, `no signal asks the list "${list.id}"`),
          fix: both('删除它，或用 kind: list 的信号查询', 'remove it, or ask it by a signal of kind list'),
        },
      ]
    if (noOwner.test(list.owner.trim()))
      yield [
        place,
        {
          ...{ code: 'no-owner', about: list.id },
          message: both(`名单 "${list.id}" 没有负责人`, `the list "${list.id}" has no owner`),
          fix: both('写明由谁负责清理过期条目', 'name who keeps it and removes stale entries'),
        },
      ]
  }
}

const both = (zh: string, en: string): Text => ({ zh, en })
