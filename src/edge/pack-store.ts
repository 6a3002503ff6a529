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
