import type { DeclaredList } from '../../perception/lists/index.ts'
import type { NamedList } from '../../perception/signals/index.ts'
import type { LoadedPack, Pack, PackProblem } from '../../vocabulary/packs/index.ts'
import type { ParseSql } from '../language/index.ts'
import { type BuildInput, type Built, buildPrograms } from './build.ts'

export interface PackStatus {
  readonly pack: string
  /** The version that runs now; null when none ever was valid. */
  readonly running: Pack | null
  /** Why the files on disk are not what runs; empty = they are. */
  readonly problems: readonly PackProblem[]
  readonly loadedAt: number
}

export interface PackManagerInput {
  read(): ReadonlyMap<string, LoadedPack> | Promise<ReadonlyMap<string, LoadedPack>>
  /** The last valid version of a pack whose files are not valid now; absent = what ran before. */
  fallback?(name: string): Pack | null
  parse: ParseSql
  declareLists(lists: readonly DeclaredList[]): ReadonlyMap<string, NamedList>
  /** The register of brands; absent = what asks it cannot tell. */
  authorised?: BuildInput['authorised']
  now(): number
}

export type PackManager = ReturnType<typeof createPackManager>

/** Loads packs and keeps the last valid version of each running when the files on disk are not valid. */
export function createPackManager({ read, fallback, parse, declareLists, authorised, now }: PackManagerInput) {
  let statuses = new Map<string, PackStatus>()
  let fingerprint: string | null = null

  async function build(packs: readonly Pack[]): Promise<Built> {
    return buildPrograms({
      packs,
      parse,
      lists: declareLists(packs.flatMap((pack) => pack.lists as readonly DeclaredList[])),
      authorised,
    })
  }

  const lastValid = (name: string): Pack | null => fallback?.(name) ?? statuses.get(name)?.running ?? null

  return {
    statuses: () => [...statuses.values()],
    /** Reads the packs again; null when nothing has changed. */
    async load(): Promise<Built | null> {
      const next = new Map<string, PackStatus>()
      const found = await read()
      // A folder that is empty for a moment (a checkout, a mount) must not switch every strategy off.
      if (found.size === 0 && statuses.size > 0) return null
      for (const [name, loaded] of found) {
        const before = statuses.get(name)
        const unchanged = loaded.pack !== null && before?.running?.fingerprint === loaded.pack.fingerprint
        next.set(name, {
          pack: name,
          running: loaded.pack ?? lastValid(name),
          problems: loaded.problems,
          loadedAt: unchanged && before ? before.loadedAt : now(),
        })
      }
      let built = await build(running(next))
      while (built.problems.size > 0) {
        for (const [name, problems] of built.problems) {
          const before = lastValid(name)
          const usable = before !== null && before.fingerprint !== next.get(name)?.running?.fingerprint ? before : null
          next.set(name, { pack: name, running: usable, problems, loadedAt: now() })
        }
        const again = await build(running(next))
        if (again.problems.size === 0) {
          built = again
          break
        }
        built = again
      }
      statuses = next
      if (built.programs.fingerprint === fingerprint) return null
      fingerprint = built.programs.fingerprint
      return built
    },
  }
}

function running(statuses: ReadonlyMap<string, PackStatus>): Pack[] {
  return [...statuses.values()].flatMap((status) => status.running ?? [])
}
