import { describe, expect, test } from 'vitest'
import { caseCount, describePackProblem, loadOffline, runCases } from '../src/edge/offline.ts'
import { readPacks, shippedPacks } from '../src/edge/pack-files.ts'
import { readTeams } from '../src/edge/teams.ts'

const shipped = [...readPacks()]

test('packs are shipped', () => {
  expect(shipped.map(([name]) => name)).toEqual(expect.arrayContaining(['ads-cn', 'products-eu', 'ugc', 'accounts']))
})

test('all shipped packs are valid together', async () => {
  const { problems, built } = await loadOffline({})
  expect(
    [...problems].flatMap(([pack, found]) => found.map((problem) => `${pack}/${describePackProblem(problem)}`)),
  ).toEqual([])
  expect(built.programs.packs).toHaveLength(shipped.length)
})

test('every strategy of a shipped pack has an owner that is a team', async () => {
  const { programs } = (await loadOffline({})).built
  const teams = readTeams(shippedPacks)
  const owned = [...programs.strategies.values(), ...programs.batch.values()]
  expect(owned.filter(({ owner = '' }) => !teams.has(owner)).map(({ name, owner }) => `${name}: ${owner}`)).toEqual([])
})

describe.each(shipped)('pack %s', (_name, { pack }) => {
  test('has at least 40 cases, half of them traps that must pass', () => {
    const traps = pack?.cases.filter((found) => found.trap) ?? []
    expect(pack?.cases.length).toBeGreaterThanOrEqual(40)
    expect(traps.length * 2).toBeGreaterThanOrEqual((pack?.cases.length ?? 0) - 1)
  })

  test('decides every one of its cases as the case says', async () => {
    if (!pack) throw new Error('the pack is not valid')
    const { failures, passed } = await runCases(pack)
    expect(failures.map((failure) => `${failure.case}\n${failure.diff.join('\n')}`)).toEqual([])
    expect(passed).toBe(caseCount(pack))
  })
})
