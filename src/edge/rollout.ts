import type { Backtest } from '../judgement/backtest/index.ts'
import type { Pipeline } from '../judgement/decisions/index.ts'
import type { ParseSql } from '../judgement/language/index.ts'
import type { Brakes } from '../judgement/lifecycle/index.ts'
import {
  createRollout,
  type FileStep,
  type Ledger,
  ownFiles,
  type Rollout,
  type RolloutTables,
} from '../judgement/rollout/index.ts'
import { buildPrograms, type PackManager } from '../judgement/strategies/index.ts'
import type { FourEyes } from '../kernel/access/index.ts'
import type { Db } from '../kernel/database.ts'
import { nowMicros } from '../kernel/time.ts'
import type { Journal } from '../perception/journal/index.ts'
import type { LoadedPack, Pack } from '../vocabulary/packs/index.ts'
import { packLists, runCases } from './offline.ts'
import { loadFiles, packFolders } from './pack-files.ts'

export interface RolloutOpening {
  readonly db: Db<RolloutTables>
  readonly fourEyes: FourEyes
  readonly packsFolder: string
  /** The files of packs that were in charge last, by folder. */
  readonly inCharge: ReadonlyMap<string, ReadonlyMap<string, string>>
  readonly parse: ParseSql
  readonly journal: Journal
  readonly brakes: Brakes
  /** These exist only after the first packs are in charge. */
  readonly later: () => { pipeline: Pipeline; backtest: Backtest; reload: () => Promise<unknown> }
}

export interface OpenRollout {
  readonly rollout: Rollout
  /** The last valid files of a pack as they run: steps take effect also while newer files are not valid. */
  lastValid(name: string): Pack | null
  /** The packs as they run: their folders, what was published in the console, and where every version stands. */
  readPacks(): Promise<ReadonlyMap<string, LoadedPack>>
  /** Keeps the steps that the files asked for, for every pack that is valid; call it before the packs are in charge. */
  keepSteps(packs: PackManager): Promise<void>
}

/** Rollout with the files of packs. */
export function openRollout({
  db,
  fourEyes,
  packsFolder,
  inCharge,
  parse,
  journal,
  brakes,
  later,
}: RolloutOpening): OpenRollout {
  const build = (packs: readonly Pack[]) => buildPrograms({ packs, parse, lists: packLists(packs) })
  const rollout = createRollout({
    db,
    fourEyes,
    parse,
    build,
    load: loadFiles,
    runCases: (pack) => runCases(pack, { parse }),
    programs: () => later().pipeline.engine().programs,
    backtest: (asked) => later().backtest.run({ ...asked, on: [...asked.on] }),
    reload: () => later().reload(),
    position: () => journal.durable(),
    recalled: (strategy, version) => brakes.stateOf(strategy, version).held === 'recall',
  })
  let steps = new Map<string, readonly FileStep[]>()
  let ledger: Ledger = { published: [], rollouts: [] }
  let read: ReadonlyMap<string, ReadonlyMap<string, string>> = new Map()
  const valid = new Map(inCharge)
  return {
    rollout,
    async readPacks() {
      ledger = await rollout.ledger()
      read = packFolders(packsFolder)
      const composed = [...read].map(([name, files]) => [name, rollout.compose(files, ledger)] as const)
      steps = new Map(composed.map(([name, found]) => [name, found.steps]))
      return new Map(composed.map(([name, { loaded }]) => [name, loaded]))
    },
    lastValid(name) {
      const files = valid.get(name)
      return files ? rollout.compose(ownFiles(files, ledger), ledger).loaded.pack : null
    },
    async keepSteps(packs) {
      for (const { pack, problems, running } of packs.statuses()) {
        if (problems.length > 0 || running === null) continue
        const files = read.get(pack)
        if (files) valid.set(pack, files)
        const asked = steps.get(pack) ?? []
        steps.delete(pack)
        await rollout.keepFileSteps(asked, { fingerprint: running.fingerprint, now: nowMicros() })
      }
    },
  }
}
