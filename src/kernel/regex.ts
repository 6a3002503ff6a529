import { RE2JS } from 're2js'

/** A regular expression in RE2 syntax; every match runs in time linear in the text. */
export interface LinearRegex {
  readonly source: string
  /** True when the pattern occurs anywhere in `text`. */
  test(text: string): boolean
  /** Spans `[start, end)` in UTF-16 units of every non-overlapping match, left to right. */
  spans(text: string): [start: number, end: number][]
  /** The text of `group` (0 = the whole match) of the first match, or null. */
  extract(text: string, group: number): string | null
  /** Replaces the first or every match; `replacement` uses RE2's `\1` for groups. */
  replace(text: string, replacement: string, all: boolean): string
}

/**
 * Compiles an RE2 pattern. Backtracking engines are never used for anybody's pattern.
 * @throws Error with RE2's reason when the pattern is not RE2 syntax (look-around and back-references are not).
 */
export function compileRegex(source: string, options: { ignoreCase?: boolean } = {}): LinearRegex {
  const pattern = RE2JS.compile(source, options.ignoreCase ? RE2JS.CASE_INSENSITIVE : 0)
  return {
    source,
    test: (text) => pattern.test(text),
    spans(text) {
      const matcher = pattern.matcher(text)
      const found: [number, number][] = []
      while (matcher.find()) found.push([matcher.start(), matcher.end()])
      return found
    },
    extract(text, group) {
      const matcher = pattern.matcher(text)
      return matcher.find() ? matcher.group(group) : null
    },
    replace(text, replacement, all) {
      const matcher = pattern.matcher(text)
      const java = replacement.replace(/\$/g, '\\$').replace(/\\(\d)/g, '$$$1')
      return all ? matcher.replaceAll(java) : matcher.replaceFirst(java)
    },
  }
}
