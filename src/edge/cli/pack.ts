import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { lintPacks } from '../../judgement/lifecycle/index.ts'
import { openDuck } from '../duckdb.ts'
import { caseCount, describePackProblem, loadOffline, runCases } from '../offline.ts'
import { readPacks } from '../pack-files.ts'
import type { CommandIo } from './command.ts'
import { callOperation } from './local.ts'

/** Runs all cases of one pack or of all packs and prints a diff for each failure. Exit code 1 when anything fails. */
export async function runPackTest(names: readonly string[], io: CommandIo): Promise<number> {
  const { packs, problems } = await loadOffline({ only: names.length > 0 ? names : undefined })
  for (const [pack, found] of problems)
    io.error(`✗ pack ${pack} is not valid:\n${found.map((item) => `  ${describePackProblem(item)}`).join('\n')}`)
  const warnings = await warningsOfAll()
  let passed = 0
  let failed = 0
  for (const pack of packs.filter((found) => !problems.has(found.header.id))) {
    const result = await runCases(pack)
    const traps = [...pack.cases, ...pack.batch.flatMap((batch) => batch.cases)].filter((found) => found.trap).length
    passed += result.passed
    failed += result.failures.length
    io.write(
      `${result.failures.length === 0 ? '✓' : '✗'} ${pack.header.id}@${pack.header.version}: ${result.passed} of ${caseCount(pack)} cases pass (${traps} traps)`,
    )
    for (const failure of result.failures)
      io.write(
        `  ✗ ${failure.case}${failure.trap ? ' (trap)' : ''}\n${failure.diff.map((line) => `      ${line}`).join('\n')}`,
      )
    for (const warning of warnings.get(pack.header.id) ?? [])
      io.write(`  ! ${warning.code}: ${describePackProblem(warning)}`)
  }
  io.write(`${passed} passed, ${failed} failed`)
  return failed > 0 || problems.size > 0 ? 1 : 0
}

/** Warnings look at all packs together: a feature may be read by another pack. */
async function warningsOfAll() {
  const { built } = await loadOffline({})
  const duck = await openDuck()
  try {
    return await lintPacks(built.programs, duck.parse)
  } finally {
    duck.close()
  }
}

export function listPacks(io: CommandIo): number {
  for (const [name, { pack, problems }] of readPacks())
    io.write(
      pack
        ? `${name}@${pack.header.version}  ${pack.strategies.length} strategies${pack.batch.length > 0 ? ` and ${pack.batch.length} batch strategies` : ''}, ${caseCount(pack)} cases  ${pack.header.title.en}`
        : `${name}  not valid: ${problems.length} problems`,
    )
  return 0
}

interface Exported {
  readonly files: readonly { readonly file: string; readonly text: string }[]
  readonly changes: readonly {
    readonly strategy: string
    readonly version: number
    readonly mode: string
    readonly canary: number | null
  }[]
}

/** `pack export`: the versions that the console published, as files to be committed, and what to change in those that are there. */
export async function exportPack(
  { pack, to }: { pack: string | undefined; to: string | undefined },
  io: CommandIo,
): Promise<number> {
  if (pack === undefined) {
    io.error('name the pack, e.g. pack export ads-cn --to packs/ads-cn')
    return 1
  }
  const { files, changes } = (await callOperation({
    ...{ name: 'packs.export', method: 'GET', path: `/v1/packs/${encodeURIComponent(pack)}/export` },
    input: { pack },
  })) as unknown as Exported
  for (const { file, text } of files) {
    if (to === undefined) io.write(`# ${file}\n${text}`)
    else {
      mkdirSync(dirname(join(to, file)), { recursive: true })
      writeFileSync(join(to, file), text)
      io.write(`wrote ${join(to, file)}`)
    }
  }
  for (const { strategy, version, mode, canary } of changes)
    io.write(
      mode === 'retired'
        ? `take ${strategy}@${version} out of its file: it is retired`
        : `set "mode: ${mode}"${canary === null ? '' : ` and "canary: ${canary}"`} for ${strategy}@${version}`,
    )
  if (files.length + changes.length === 0) io.write(`${pack}: the files say all there is`)
  return 0
}
