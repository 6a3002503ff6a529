import fc from 'fast-check'
import { expect, test } from 'vitest'
import { testPackFiles } from '../../../tests/fixtures/trial-pack.ts'
import { loadFiles } from '../../edge/pack-files.ts'
import type { RolloutState, Strategy } from '../../vocabulary/packs/index.ts'
import { draftText } from './check.ts'
import { composePack, type FileStep, filesActor, ownFiles } from './compose.ts'
import { identityOf, raises, transitions } from './model.ts'
import type { PublishedRow, RolloutRow } from './store.ts'

interface Written {
  readonly version: number
  readonly mode: 'live' | 'shadow'
}

const filesOf = (versions: readonly Written[]) =>
  testPackFiles({
    strategies: versions.map(({ version, mode }) => ({ id: 's', version, mode, when: `price > ${version}` })),
  })

const strategyOf = (version: number): Strategy => {
  const { pack } = loadFiles(filesOf([{ version, mode: 'shadow' }]))
  if (!pack?.strategies[0]) throw new Error('the test pack is not valid')
  return pack.strategies[0]
}

/** A house in small: the files, the ledger, and what the program does with both. */
function createHouse(first: readonly Written[]) {
  let written = first
  const published: PublishedRow[] = []
  const rollouts: RolloutRow[] = []
  const compose = () => composePack(filesOf(written), { published, rollouts }, loadFiles)
  const add = (row: Omit<RolloutRow, 'rollout_id' | 'at' | 'position' | 'reason' | 'cause'>) =>
    rollouts.push({ ...row, rollout_id: `${rollouts.length}`, at: 0, position: 0, reason: '', cause: '' })
  const keep = (steps: readonly FileStep[]) => {
    for (const { written: _written, ...step } of steps) add({ ...step, actor: filesActor })
  }
  const standing = (version: number): RolloutState | 'draft' =>
    rollouts.findLast((row) => row.version === version)?.to_state ?? 'draft'
  const versions = () => [...new Set(rollouts.map((row) => row.version))]
  const step = (version: number, to: RolloutState) => {
    const from = standing(version)
    if (!transitions[from].includes(to)) return
    if (to === 'canary' && versions().some((other) => other !== version && standing(other) === 'canary')) return
    const row = { pack: 'trial', strategy: 'trial/s', identity: identityOf(strategyOf(version)), actor: 'usr' }
    add({ ...row, version, from_state: from, to_state: to, canary: to === 'canary' ? 10 : null })
    if (to !== 'live') return
    for (const other of versions())
      if (other !== version && standing(other) === 'live')
        add({ ...row, version: other, from_state: 'live', to_state: 'retired', canary: null })
  }
  return {
    compose,
    keep,
    standing,
    step,
    ledger: { published, rollouts },
    hasText: (version: number) =>
      written.some((one) => one.version === version) || published.some((row) => row.version === version),
    write(next: readonly Written[]) {
      const before = written
      written = next
      const found = compose()
      if (found.loaded.pack) keep(found.steps)
      else written = before
    },
    publish(version: number) {
      if (versions().includes(version)) return
      const text = draftText(strategyOf(version))
      const identity = identityOf(strategyOf(version))
      const row = { version_id: `${version}`, pack: 'trial', strategy: 'trial/s', version, at: 0, text, cases: '' }
      published.push({ ...row, identity, draft_id: 'd', cause: '', actor: 'usr' })
      step(version, 'shadow')
    },
  }
}

const state = fc.constantFrom<RolloutState>('shadow', 'canary', 'live', 'retired')
const change = fc.oneof(
  fc.record({ do: fc.constant('step' as const), version: fc.integer({ min: 1, max: 5 }), to: state }),
  fc.record({ do: fc.constant('publish' as const), version: fc.integer({ min: 2, max: 5 }) }),
  fc.record({
    do: fc.constant('write' as const),
    files: fc.uniqueArray(
      fc.record({
        version: fc.integer({ min: 1, max: 5 }),
        mode: fc.constantFrom<'live' | 'shadow'>('live', 'shadow'),
      }),
      { selector: (one) => one.version, maxLength: 3 },
    ),
  }),
)

test('whatever people and files do in turn, what runs is what the last steps say: one live, one canary, and no step twice', () => {
  fc.assert(
    fc.property(fc.array(change, { maxLength: 14 }), (changes) => {
      const house = createHouse([{ version: 1, mode: 'live' }])
      house.keep(house.compose().steps)
      for (const one of changes) {
        if (one.do === 'step') house.step(one.version, one.to)
        if (one.do === 'publish') house.publish(one.version)
        if (one.do === 'write') house.write(one.files)
        const { loaded, steps } = house.compose()
        expect(loaded.problems).toEqual([])
        expect(steps).toEqual([])
        const running = new Map((loaded.pack?.strategies ?? []).map((strategy) => [strategy.version, strategy.mode]))
        for (const version of [1, 2, 3, 4, 5]) {
          const stands = house.standing(version)
          const runs = stands !== 'draft' && stands !== 'retired' && house.hasText(version)
          expect([version, running.get(version) ?? null]).toEqual([version, runs ? stands : null])
        }
        const modes = [...running.values()]
        expect(modes.filter((mode) => mode === 'live').length).toBeLessThan(2)
        expect(modes.filter((mode) => mode === 'canary').length).toBeLessThan(2)
      }
    }),
    { numRuns: 150 },
  )
}, 60_000)

test('a pack of which nothing was published and no step was taken is its folder, fingerprint included', () => {
  const house = createHouse([{ version: 1, mode: 'live' }])
  house.keep(house.compose().steps)
  expect(house.compose().loaded.pack?.fingerprint).toBe(
    loadFiles(filesOf([{ version: 1, mode: 'live' }])).pack?.fingerprint,
  )
})

test('taking off what was laid over gives the files of the folder back', () => {
  const house = createHouse([{ version: 1, mode: 'live' }])
  house.keep(house.compose().steps)
  house.publish(2)
  house.step(2, 'canary')
  house.step(2, 'live')
  const composed = house.compose().loaded.pack?.files ?? new Map()
  expect([...composed.keys()]).toContain('rollout.yaml')
  expect(ownFiles(composed, house.ledger)).toEqual(filesOf([{ version: 1, mode: 'live' }]))
})

test('another text under a version that ran is refused and the next number named', () => {
  const house = createHouse([{ version: 1, mode: 'live' }])
  house.keep(house.compose().steps)
  house.publish(2)
  const files = filesOf([{ version: 1, mode: 'live' }])
  files.set('strategies.yaml', files.get('strategies.yaml')?.replace('price > 1', 'price > 7') ?? '')
  expect(composePack(files, house.ledger, loadFiles).loaded.problems).toMatchObject([
    { file: 'strategies.yaml', fix: { en: 'set "version: 3", or put the text back' } },
  ])
})

test('only publication and steps towards acting ask for a second person', () => {
  const asking = (Object.entries(transitions) as [keyof typeof transitions, readonly RolloutState[]][]).flatMap(
    ([from, next]) => next.filter((to) => raises(from, to)).map((to) => `${from} → ${to}`),
  )
  expect(asking).toEqual(['draft → shadow', 'shadow → canary', 'canary → canary', 'canary → live'])
})
