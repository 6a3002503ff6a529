/** Reads the outline of an RE2 pattern: what its groups hold and how they repeat. */

interface Alternative {
  atoms: number
  /** The last atom repeats without an upper bound. */
  loose: boolean
}

interface Group {
  readonly start: number
  readonly alternatives: Alternative[]
}

/** The first group of the form `(a+)+`: an unlimited repeat of nothing but an unlimited repeat. Undefined when there is none. */
export function nestedRepeat(source: string): string | undefined {
  const open: Group[] = [{ start: 0, alternatives: [{ atoms: 0, loose: false }] }]
  let index = 0
  while (index < source.length) {
    const group = open[open.length - 1]
    const alternative = group?.alternatives.at(-1)
    if (group === undefined || alternative === undefined) return undefined
    const unit = source[index]
    if (unit === '(') {
      const flags = /^\(\?[a-zA-Z-]*(:|\))/.exec(source.slice(index, index + 20))
      index += flags?.[0].length ?? 1
      if (flags?.[1] !== ')') open.push({ start: index, alternatives: [{ atoms: 0, loose: false }] })
    } else if (unit === '|') {
      group.alternatives.push({ atoms: 0, loose: false })
      index++
    } else {
      const inner = unit === ')' ? open.pop() : undefined
      const end = unit === ')' ? index + 1 : atomEnd(source, index)
      const repeat = readRepeat(source, end)
      const holds = inner?.alternatives.some(({ atoms, loose }) => atoms === 1 && loose) ?? false
      if (holds && repeat.unlimited) return source.slice(source.lastIndexOf('(', (inner?.start ?? 1) - 1), repeat.end)
      const outer = open[open.length - 1]?.alternatives.at(-1)
      if (outer !== undefined) {
        outer.atoms++
        outer.loose = repeat.unlimited || (holds && repeat.end === end)
      }
      index = repeat.end
    }
  }
  return undefined
}

/** Where the escape, class or character at `index` ends. */
function atomEnd(source: string, index: number): number {
  if (source[index] === '\\') return index + (/^\\[pP]\{[^}]*\}/.exec(source.slice(index, index + 40))?.[0].length ?? 2)
  return source[index] === '[' ? classEnd(source, index) : index + 1
}

/** Where a class such as `[^]a\]]` ends; named classes inside keep their brackets. */
function classEnd(source: string, start: number): number {
  let index = start + 1
  if (source[index] === '^') index++
  if (source[index] === ']') index++
  while (index < source.length && source[index] !== ']') {
    const named = source.startsWith('[:', index) ? source.indexOf(':]', index) : -1
    index = named > 0 ? named + 2 : index + (source[index] === '\\' ? 2 : 1)
  }
  return index + 1
}

function readRepeat(source: string, index: number): { end: number; unlimited: boolean } {
  const found = /^(\*|\+|\?|\{[0-9]+(?:,[0-9]*)?\})\??/.exec(source.slice(index, index + 20))
  if (found === null) return { end: index, unlimited: false }
  const mark = found[1] ?? ''
  return { end: index + found[0].length, unlimited: mark === '*' || mark === '+' || mark.endsWith(',}') }
}

/** Number of capturing groups. */
export function countGroups(source: string): number {
  let groups = 0
  let index = 0
  while (index < source.length) {
    if (source[index] === '(' && source[index + 1] !== '?') groups++
    index = source[index] === '(' ? index + 1 : atomEnd(source, index)
  }
  return groups
}
