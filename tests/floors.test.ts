import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { expect, test } from 'vitest'

const root = join(import.meta.dirname, '..')
const source = join(root, 'src')

/** From the ground up: a floor uses those before it, never those after it. */
const floors = [
  'kernel',
  'vocabulary',
  'perception',
  'judgement',
  'enforcement',
  'review',
  'insight',
  'response',
  'edge',
  'main.ts',
]
const outside =
  /^(node:(fs|http|https|net|sqlite|child_process|worker_threads|dgram|tls)(\/|$)|@duckdb\/|fastify$|@fastify\/)/

interface Import {
  readonly from: string
  readonly to: string
  /** Path below src of a file of ours; null for a package. */
  readonly file: string | null
  readonly typeOnly: boolean
}

const isTest = (file: string) => /\.test\.ts$|(^|\/)(test-|fixtures\/)/.test(file)

function sourceFiles(): string[] {
  return readdirSync(source, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.ts$/.test(entry.name) && !entry.name.endsWith('.d.ts'))
    .map((entry) => relative(source, join(entry.parentPath, entry.name)))
    .sort()
}

/** `import`, `export … from` and `import()` of a file. */
function importsOf(file: string): Import[] {
  const text = readFileSync(join(source, file), 'utf8')
  const statements = text.matchAll(
    /^(?:import|export)\s+(type\s+)?(?:[^'"`;]*?\s+from\s+)?['"]([^'"]+)['"]|import\(\s*['"]([^'"]+)['"]\s*\)/gm,
  )
  return [...statements].map(([, type, named, dynamic]) => {
    const to = named ?? dynamic ?? ''
    const own = to.startsWith('.') ? relative(source, resolve(source, dirname(file), to)) : null
    return { from: file, to, file: own, typeOnly: type !== undefined }
  })
}

const files = sourceFiles()
const imports = files.flatMap(importsOf)
const built = imports.filter(({ from }) => !isTest(from))
const shown = ({ from, to }: Import) => `${from} imports ${to}`
const floorOf = (file: string) => floors.indexOf(file.split('/')[0] ?? '')

/** The room of a file: the nearest folder around it that has a door. */
function roomOf(file: string): string | null {
  for (let folder = dirname(file); folder !== '.'; folder = dirname(folder))
    if (existsSync(join(source, folder, 'index.ts'))) return folder
  return null
}

test('every file stands on a floor, and imports were really found', () => {
  expect(files.filter((file) => floorOf(file) < 0)).toEqual([])
  expect(built.length).toBeGreaterThan(500)
  expect(built.filter(({ file }) => file !== null && !existsSync(join(source, file))).map(shown)).toEqual([])
})

test('no floor calls upward', () => {
  expect(built.filter(({ from, file }) => file !== null && floorOf(file) > floorOf(from)).map(shown)).toEqual([])
})

test('a room is entered by its door: nobody outside imports anything but its index.ts', () => {
  const beside = imports.filter(({ from, file }) => {
    if (file === null) return false
    const room = roomOf(file)
    return room !== null && file !== join(room, 'index.ts') && !from.startsWith(`${room}/`)
  })
  expect(beside.map(shown)).toEqual([])
})

test('no import leads back to where it started', () => {
  const next = new Map<string, string[]>()
  for (const { from, file } of built) if (file !== null) next.set(from, [...(next.get(from) ?? []), file])
  const done = new Set<string>()
  const cycles: string[] = []
  const visit = (file: string, path: readonly string[]): void => {
    if (path.includes(file)) cycles.push([...path.slice(path.indexOf(file)), file].join(' → '))
    if (path.includes(file) || done.has(file)) return
    for (const to of next.get(file) ?? []) visit(to, [...path, file])
    done.add(file)
  }
  for (const file of files) visit(file, [])
  expect(cycles).toEqual([])
})

test('no two rooms depend on each other', () => {
  const rooms = new Map<string, Set<string>>()
  for (const { from, file } of built) {
    const [here, there] = [roomOf(from), file === null ? null : roomOf(file)]
    if (here !== null && there !== null && here !== there) rooms.set(here, (rooms.get(here) ?? new Set()).add(there))
  }
  const mutual = [...rooms].flatMap(([here, used]) =>
    [...used].filter((there) => rooms.get(there)?.has(here)).map((there) => `${here} ⇄ ${there}`),
  )
  expect(mutual).toEqual([])
})

test('the language is pure: it imports itself, the kernel and re2js', () => {
  const language = built.filter(({ from }) => from.startsWith('judgement/language/'))
  expect(language.length).toBeGreaterThan(50)
  expect(
    language
      .filter(({ to, file }) => (file === null ? to !== 're2js' : !/^(judgement\/language|kernel)\//.test(file)))
      .map(shown),
  ).toEqual([])
  const impure = files
    .filter((file) => file.startsWith('judgement/language/') && !isTest(file))
    .filter((file) =>
      /\b(Date\.now|Math\.random|process\.|globalThis|fetch\(|setTimeout|console\.)/.test(
        readFileSync(join(source, file), 'utf8'),
      ),
    )
  expect(impure).toEqual([])
})

test('files, network, processes, stores and the HTTP server are touched by the edge only', () => {
  expect(built.filter(({ from, to }) => outside.test(to) && floorOf(from) < floors.indexOf('edge')).map(shown)).toEqual(
    [],
  )
})

test('no file of the program imports tests, benchmarks or scripts', () => {
  expect(built.filter(({ file }) => file?.startsWith('..')).map(shown)).toEqual([])
})
