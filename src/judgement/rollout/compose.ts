import { stringify } from 'yaml'
import type {
  LoadedPack,
  Pack,
  PackProblem,
  RolloutEntry,
  RolloutState,
  Strategy,
} from '../../vocabulary/packs/index.ts'
import { placeOf } from '../../vocabulary/packs/index.ts'
import { caseFile, identityOf, keyOf, type Standing, strategyFile } from './model.ts'
import type { PublishedRow, RolloutRow } from './store.ts'

/** A step that the files of a pack ask for: a version that is new, gone, or has another mode than the files had before. */
export type FileStep = Pick<RolloutRow, 'pack' | 'strategy' | 'version' | 'canary' | 'identity'> & {
  readonly from_state: Standing
  readonly to_state: RolloutState
  /** The version as the files have it; null for one that is gone from them. */
  readonly written: Strategy | null
}

export interface Composed {
  readonly loaded: LoadedPack
  /** To be recorded when the pack is put in charge. */
  readonly steps: readonly FileStep[]
}

export interface Ledger {
  readonly published: readonly PublishedRow[]
  /** Oldest first. */
  readonly rollouts: readonly RolloutRow[]
}

/** The actor of steps that the files of a pack ask for. */
export const filesActor = 'pack-files'

interface Stand {
  readonly state: RolloutState
  readonly canary: number | null
}

/**
 * A pack as it runs: its own files, the versions that were published in the console, and where every version stands. The
 * last step counts, whether a person took it or the files changed their mode. `load` reads a set of files.
 */
export function composePack(
  files: ReadonlyMap<string, string>,
  ledger: Ledger,
  load: (files: ReadonlyMap<string, string>) => LoadedPack,
): Composed {
  const base = load(files)
  if (base.pack === null) return { loaded: base, steps: [] }
  const { pack } = base
  const id = pack.header.id
  const rows = Map.groupBy(
    ledger.rollouts.filter((row) => row.pack === id),
    keyOf,
  )
  const changed = pack.strategies.flatMap((strategy) => changedText(pack, strategy, rows) ?? [])
  if (changed.length > 0) return { loaded: { pack: null, problems: changed }, steps: [] }
  const { steps, stands } = standsOfFiles(pack, rows)
  const own = new Set(pack.strategies.map((strategy) => `${id}/${strategy.id}@${strategy.version}`))
  const more = new Map<string, string>()
  const entries: RolloutEntry[] = []
  for (const row of ledger.published.filter((found) => found.pack === id && !own.has(keyOf(found)))) {
    const last = rows.get(keyOf(row))?.at(-1)
    const stand = stands.get(keyOf(row)) ?? (last ? standOf(last) : null)
    if (stand === null || stand.state === 'retired') continue
    const name = row.strategy.slice(id.length + 1)
    more.set(strategyFile(name, row.version), row.text)
    if (stand.state === 'live' && row.cases.trim() !== '') more.set(caseFile(name, row.version), row.cases)
    if (stand.state !== 'shadow') entries.push(entryOf(name, row.version, stand))
  }
  for (const strategy of pack.strategies) {
    const stand = stands.get(`${id}/${strategy.id}@${strategy.version}`)
    if (stand && (stand.state !== strategy.mode || stand.canary !== (strategy.canary ?? null)))
      entries.push(entryOf(strategy.id, strategy.version, stand))
  }
  if (more.size === 0 && entries.length === 0) return { loaded: base, steps }
  const all = new Map([...files, ...more])
  if (entries.length > 0) all.set('rollout.yaml', stringify(entries))
  return { loaded: load(all), steps }
}

/** The files of a pack without those that were laid over it. */
export function ownFiles(files: ReadonlyMap<string, string>, { published }: Ledger): ReadonlyMap<string, string> {
  const own = new Map(files)
  own.delete('rollout.yaml')
  for (const { pack, strategy, version, text, cases } of published) {
    const id = strategy.slice(pack.length + 1)
    if (own.get(strategyFile(id, version)) === text) own.delete(strategyFile(id, version))
    if (own.get(caseFile(id, version)) === cases) own.delete(caseFile(id, version))
  }
  return own
}

const standOf = (row: Pick<RolloutRow, 'to_state' | 'canary'>): Stand => ({ state: row.to_state, canary: row.canary })

const gone: Stand = { state: 'retired', canary: null }

const entryOf = (strategy: string, version: number, { state, canary }: Stand): RolloutEntry => ({
  strategy,
  version,
  state,
  ...(canary === null ? {} : { canary }),
})

/** Where the versions in the pack's own files stand, and the steps that the files ask for since they were last in charge. */
function standsOfFiles(
  pack: Pack,
  rows: ReadonlyMap<string, readonly RolloutRow[]>,
): { steps: FileStep[]; stands: Map<string, Stand> } {
  const steps: FileStep[] = []
  const stands = new Map<string, Stand>()
  for (const strategy of pack.strategies) {
    const name = { strategy: `${pack.header.id}/${strategy.id}`, version: strategy.version }
    const known = rows.get(keyOf(name)) ?? []
    const asked = known.findLast((row) => row.actor === filesActor)
    const last = known.at(-1)
    const wanted: Stand = { state: strategy.mode, canary: strategy.canary ?? null }
    const unchanged = asked !== undefined && asked.to_state === wanted.state && asked.canary === wanted.canary
    if (unchanged && last) {
      stands.set(keyOf(name), standOf(last))
      continue
    }
    stands.set(keyOf(name), wanted)
    steps.push(stepOf(pack, name, { last, to: wanted, identity: identityOf(strategy), written: strategy }))
  }
  for (const [key, known] of rows) {
    const last = known.at(-1)
    const asked = known.findLast((row) => row.actor === filesActor)
    // A version that the files never had, or gave up before, is not theirs to retire.
    if (!last || !asked || asked.to_state === 'retired' || stands.has(key)) continue
    stands.set(key, gone)
    steps.push(stepOf(pack, last, { last, to: gone, identity: last.identity, written: null }))
  }
  return { steps, stands }
}

function stepOf(
  pack: Pack,
  { strategy, version }: { strategy: string; version: number },
  found: { last: RolloutRow | undefined; to: Stand; identity: string; written: Strategy | null },
): FileStep {
  const { last, to, identity, written } = found
  return {
    pack: pack.header.id,
    strategy,
    version,
    written,
    from_state: last?.to_state ?? 'draft',
    to_state: to.state,
    canary: to.canary,
    identity,
  }
}

/** The same version never changes what it does. */
function changedText(
  pack: Pack,
  strategy: Strategy,
  rows: ReadonlyMap<string, readonly RolloutRow[]>,
): PackProblem | null {
  const name = `${pack.header.id}/${strategy.id}`
  const first = rows.get(`${name}@${strategy.version}`)?.[0]
  if (!first || first.identity === identityOf(strategy)) return null
  const versions = [...rows.keys()].flatMap((key) =>
    key.startsWith(`${name}@`) ? [Number(key.slice(name.length + 1))] : [],
  )
  const next = Math.max(...versions) + 1
  return {
    ...(placeOf(pack, strategy) ?? { file: 'strategies.yaml', line: 1 }),
    message: {
      zh: `策略 "${strategy.id}" 的版本 ${strategy.version} 已经运行过，其内容不能再改`,
      en: `version ${strategy.version} of "${strategy.id}" has run already and its text was changed`,
    },
    fix: { zh: `改为 "version: ${next}"，或恢复原文`, en: `set "version: ${next}", or put the text back` },
  }
}
