import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createEngine, type Engine } from '../judgement/decisions/index.ts'
import type { ParseSql } from '../judgement/language/index.ts'
import { buildPrograms } from '../judgement/strategies/index.ts'
import { loadPack, type Pack } from '../vocabulary/packs/index.ts'
import { packLists } from './offline.ts'

/** The folder below the data folder that keeps every pack version that was ever in charge. */
const keptIn = (folder: string): string => join(folder, 'packs')

/** Keeps the files of `packs`, each distinct version once, named by its fingerprint. Call it before they are in charge. */
export function keepPacks(folder: string, packs: readonly Pack[]): void {
  mkdirSync(keptIn(folder), { recursive: true })
  const known = new Set(readdirSync(keptIn(folder)))
  for (const pack of packs) {
    const name = `${pack.fingerprint}.json`
    if (known.has(name)) continue
    const text = JSON.stringify({
      pack: pack.header.id,
      version: pack.header.version,
      fingerprint: pack.fingerprint,
      files: Object.fromEntries(pack.files),
    })
    writeFileSync(join(keptIn(folder), `${name}.new`), text, { flush: true })
    renameSync(join(keptIn(folder), `${name}.new`), join(keptIn(folder), name))
  }
}

const inChargeFile = (folder: string): string => join(keptIn(folder), 'in-charge.json')

/** Notes which version of each pack is in charge, by its folder, for a start that finds files that are not valid. */
export function keepInCharge(folder: string, statuses: readonly { pack: string; running: Pack | null }[]): void {
  const names = statuses.flatMap(({ pack, running }) => (running ? [[pack, running.fingerprint] as const] : []))
  writeFileSync(`${inChargeFile(folder)}.new`, JSON.stringify(Object.fromEntries(names)), { flush: true })
  renameSync(`${inChargeFile(folder)}.new`, inChargeFile(folder))
}

/** The files of the packs that were in charge last, by folder. */
export function packsInCharge(folder: string): Map<string, ReadonlyMap<string, string>> {
  if (!existsSync(inChargeFile(folder))) return new Map()
  const names = JSON.parse(readFileSync(inChargeFile(folder), 'utf8')) as Record<string, string>
  return new Map(
    Object.entries(names).flatMap(([name, fingerprint]) => {
      const pack = readKept(folder, fingerprint)
      return 'missing' in pack ? [] : [[name, pack.files] as const]
    }),
  )
}

function readKept(folder: string, fingerprint: string): Pack | { missing: string } {
  const file = join(keptIn(folder), `${fingerprint}.json`)
  if (!/^[0-9a-f]+$/.test(fingerprint) || !existsSync(file))
    return { missing: `packs/${fingerprint}.json is not in the data folder` }
  const { files } = JSON.parse(readFileSync(file, 'utf8')) as { files: Record<string, string> }
  const { pack, problems } = loadPack(new Map(Object.entries(files)), fingerprint)
  return (
    pack ?? {
      missing: `packs/${fingerprint}.json is not valid any more: ${problems[0]?.message.en ?? 'unknown problem'}`,
    }
  )
}

/** Builds the engine that a stored decision names, from the kept files, or says what is missing. One build per name. */
export function createKeptEngines(
  folder: string,
  parse: ParseSql,
): (fingerprint: string) => Promise<Engine | { missing: string }> {
  const built = new Map<string, Promise<Engine | { missing: string }>>()
  async function build(fingerprint: string): Promise<Engine | { missing: string }> {
    const packs: Pack[] = []
    for (const part of fingerprint.split(' ').filter((text) => text !== '')) {
      const pack = readKept(folder, part.slice(part.lastIndexOf(':') + 1))
      if ('missing' in pack) return { missing: `${part}: ${pack.missing}` }
      packs.push(pack)
    }
    const { programs, plans, problems } = await buildPrograms({ packs, parse, lists: packLists(packs) })
    if (problems.size > 0 || programs.fingerprint !== fingerprint)
      return { missing: `the kept packs no longer build: ${[...problems.keys()].join(', ')}` }
    return createEngine(programs, plans)
  }
  return (fingerprint) => {
    const known = built.get(fingerprint) ?? build(fingerprint)
    built.set(fingerprint, known)
    return known
  }
}
