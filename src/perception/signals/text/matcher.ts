/** Finds every occurrence of many terms in one pass over a text (Aho–Corasick in a double array). */
export interface Matcher {
  /** Number of terms. */
  readonly size: number
  /** Memory of the automaton. */
  readonly bytes: number
  /**
   * Calls `visit(term, start, end)` for every occurrence, overlapping ones included, ordered by end, longer first.
   * `term` is the index in the list given to `buildMatcher`. A `visit` that returns false ends the scan.
   */
  scan(text: string, visit: (term: number, start: number, end: number) => boolean | undefined): void
}

/** Growing double array; `check[t] = parent + 1`, 0 = free. Free cells form a ring through cell 0. */
interface Cells {
  base: Int32Array
  check: Int32Array
  next: Int32Array
  previous: Int32Array
  size: number
  /** every cell from here on is free */
  end: number
}

function link(cells: Cells, from: number): void {
  for (let cell = from; cell < cells.size; cell++) {
    const last = cells.previous[0]!
    cells.next[last] = cell
    cells.previous[cell] = last
    cells.next[cell] = 0
    cells.previous[0] = cell
  }
}

function widen(array: Int32Array, size: number): Int32Array<ArrayBuffer> {
  const wider = new Int32Array(size)
  wider.set(array)
  return wider
}

function grow(cells: Cells, atLeast: number): void {
  const from = cells.size
  const size = Math.max(atLeast + 1, from * 2)
  cells.base = widen(cells.base, size)
  cells.check = widen(cells.check, size)
  cells.next = widen(cells.next, size)
  cells.previous = widen(cells.previous, size)
  cells.size = size
  link(cells, from)
}

function take(cells: Cells, cell: number, parent: number): void {
  const after = cells.next[cell]!
  const before = cells.previous[cell]!
  cells.next[before] = after
  cells.previous[after] = before
  cells.check[cell] = parent + 1
  if (cell >= cells.end) cells.end = cell + 1
}

const triesBeforeTheEnd = 64

function fits(cells: Cells, base: number, codes: readonly number[]): boolean {
  for (const code of codes) {
    const cell = base + code
    if (cell < cells.size && cells.check[cell] !== 0) return false
  }
  return true
}

function findBase(cells: Cells, codes: readonly number[]): number {
  const first = codes[0]!
  let tries = 0
  for (let cell = cells.next[0]!; cell !== 0 && tries < triesBeforeTheEnd; cell = cells.next[cell]!) {
    const base = cell - first
    if (base < 0) continue
    tries++
    if (fits(cells, base, codes)) return base
  }
  // crowded: start behind the last used cell instead of searching on
  return cells.end
}

interface Trie {
  readonly cells: Cells
  readonly fail: Int32Array
  readonly out: Int32Array
  readonly dict: Int32Array
}

interface Node {
  readonly state: number
  readonly from: number
  readonly to: number
  readonly depth: number
}

interface Plan {
  readonly sorted: readonly string[]
  readonly alphabet: Uint16Array
}

function childrenOf(plan: Plan, node: Node): { codes: number[]; starts: number[] } {
  const codes: number[] = []
  const starts: number[] = []
  let last = 0
  for (let i = node.from; i < node.to; i++) {
    const term = plan.sorted[i]!
    if (term.length <= node.depth) continue
    const code = plan.alphabet[term.charCodeAt(node.depth)]!
    if (code === last) continue
    last = code
    codes.push(code)
    starts.push(i)
  }
  return { codes, starts }
}

/** Breadth first, so that a state's failure link points to a state whose children are already placed. */
function buildTrie(plan: Plan): Trie {
  const cells: Cells = {
    base: new Int32Array(1),
    check: new Int32Array(1),
    next: new Int32Array(1),
    previous: new Int32Array(1),
    size: 1,
    end: 1,
  }
  grow(cells, 1024)
  cells.check[0] = -1
  const trie = {
    cells,
    fail: new Int32Array(cells.size),
    out: new Int32Array(cells.size),
    dict: new Int32Array(cells.size),
  }
  const queue: Node[] = [{ state: 0, from: 0, to: plan.sorted.length, depth: 0 }]
  for (let head = 0; head < queue.length; head++) {
    const node = queue[head]!
    const { codes, starts } = childrenOf(plan, node)
    if (codes.length === 0) continue
    const base = findBase(cells, codes)
    if (base + codes.at(-1)! >= cells.size) grow(cells, base + codes.at(-1)!)
    if (trie.fail.length < cells.size) {
      trie.fail = widen(trie.fail, cells.size)
      trie.out = widen(trie.out, cells.size)
      trie.dict = widen(trie.dict, cells.size)
    }
    cells.base[node.state] = base
    codes.forEach((code, i) => {
      const from = starts[i]!
      const to = starts[i + 1] ?? node.to
      placeChild({ plan, trie, node, code }, { state: base + code, from, to, depth: node.depth + 1 })
      queue.push({ state: base + code, from, to, depth: node.depth + 1 })
    })
  }
  return trie
}

function placeChild(at: { plan: Plan; trie: Trie; node: Node; code: number }, child: Node): void {
  const { plan, trie, node, code } = at
  take(trie.cells, child.state, node.state)
  if (plan.sorted[child.from]!.length === child.depth) trie.out[child.state] = child.from + 1
  if (node.state === 0) return
  const { base, check } = trie.cells
  let state = trie.fail[node.state]!
  while (true) {
    const target = base[state]! + code
    if (check[target] === state + 1) {
      trie.fail[child.state] = target
      break
    }
    if (state === 0) break
    state = trie.fail[state]!
  }
  const fail = trie.fail[child.state]!
  trie.dict[child.state] = trie.out[fail] !== 0 ? fail : trie.dict[fail]!
}

function alphabetOf(terms: readonly string[]): { alphabet: Uint16Array; letters: number } {
  const used = new Uint8Array(65536)
  for (const term of terms) for (let i = 0; i < term.length; i++) used[term.charCodeAt(i)] = 1
  const alphabet = new Uint16Array(65536)
  let letters = 0
  for (let unit = 0; unit < 65536; unit++) if (used[unit] === 1) alphabet[unit] = ++letters
  return { alphabet, letters }
}

interface Order {
  /** distinct non-empty terms in code unit order */
  readonly sorted: string[]
  /** indexes of the caller's terms, grouped by sorted term; group i is `[first[i], first[i + 1])` */
  readonly owners: Int32Array
  readonly first: Int32Array
}

function orderOf(terms: readonly string[]): Order {
  const indexes = Array.from(terms.keys()).filter((index) => terms[index] !== '')
  indexes.sort((a, b) => (terms[a]! < terms[b]! ? -1 : terms[a]! > terms[b]! ? 1 : a - b))
  const sorted: string[] = []
  const first: number[] = []
  indexes.forEach((index, position) => {
    if (sorted.length > 0 && sorted.at(-1) === terms[index]) return
    sorted.push(terms[index]!)
    first.push(position)
  })
  first.push(indexes.length)
  return { sorted, owners: Int32Array.from(indexes), first: Int32Array.from(first) }
}

/**
 * Builds a matcher over UTF-16 code units. Terms are matched as they are: fold terms and text the same way first.
 * Equal terms are all reported; empty terms never match.
 */
export function buildMatcher(terms: readonly string[]): Matcher {
  const { sorted, owners, first } = orderOf(terms)
  const { alphabet, letters } = alphabetOf(sorted)
  const trie = buildTrie({ sorted, alphabet })
  // room for every code behind the last base, so that the inner loop never reads outside
  const size = trie.cells.size + letters + 1
  const base = widen(trie.cells.base, size)
  const check = widen(trie.cells.check, size)
  const { fail, out, dict } = trie
  const lengths = Int32Array.from(sorted, (term) => term.length)
  return {
    size: terms.length,
    bytes:
      (base.length + check.length + fail.length + out.length + dict.length + owners.length + first.length) * 4 + 131072,
    scan(text, visit) {
      let state = 0
      for (let i = 0; i < text.length; i++) {
        const code = alphabet[text.charCodeAt(i)]!
        if (code === 0) {
          state = 0
          continue
        }
        let target = base[state]! + code
        while (check[target] !== state + 1) {
          if (state === 0) {
            target = 0
            break
          }
          state = fail[state]!
          target = base[state]! + code
        }
        state = target
        if (out[state] === 0 && dict[state] === 0) continue
        for (let hit = out[state] === 0 ? dict[state]! : state; hit !== 0; hit = dict[hit]!) {
          const term = out[hit]! - 1
          for (let owner = first[term]!; owner < first[term + 1]!; owner++) {
            if (visit(owners[owner]!, i + 1 - lengths[term]!, i + 1) === false) return
          }
        }
      }
    },
  }
}
