import { createHash } from 'node:crypto'
import { compileList, type NamedList } from '../../perception/signals/index.ts'
import { coreEventTypes, validateEvent } from '../../vocabulary/events/index.ts'
import { loadPack, type Pack } from '../../vocabulary/packs/index.ts'
import type { Admitted } from '../decisions/index.ts'

const both = (text: string) => ({ zh: text, en: text })

export interface TestPack {
  readonly id?: string
  readonly version?: string
  readonly strategies: readonly (Readonly<Record<string, unknown>> & { readonly id: string; readonly when: string })[]
  readonly features?: readonly Readonly<Record<string, unknown>>[]
  readonly signals?: readonly Readonly<Record<string, unknown>>[]
  readonly lists?: readonly Readonly<Record<string, unknown>>[]
  readonly policies?: readonly Readonly<Record<string, unknown>>[]
}

/** The files of a small pack: policies P1 (two points) and P2, strategies that block listings live unless they say otherwise. */
export function testPackFiles({
  id = 'trial',
  version = '1.0.0',
  strategies,
  features = [],
  signals = [],
  lists = [],
}: TestPack): Map<string, string> {
  const policy = (name: string) => ({
    id: name,
    version: 1,
    title: both(name),
    text: both(name),
    severity: 'S2',
    verification: 'unverified',
    notice: { what: both('what'), fix: both('fix') },
    points: { class: 'serious', points: 2 },
  })
  return new Map(
    Object.entries({
      'pack.yaml': { id, version, title: both(id), owner: 'test', jurisdiction: ['EU'] },
      'policies.yaml': [policy('P1'), policy('P2')],
      'strategies.yaml': strategies.map((strategy) => ({
        version: 1,
        title: both(strategy.id),
        policy: 'P1',
        on: ['listing.submitted'],
        markets: ['*'],
        verdict: 'block',
        mode: 'live',
        owner: 'test',
        ...strategy,
      })),
      'features.yaml': features.map((feature) => ({ title: both('feature'), on: ['listing.submitted'], ...feature })),
      'signals.yaml': signals,
      'lists.yaml': lists.map((list) => ({ title: both('list'), owner: 'test', reason: both('reason'), ...list })),
    }).map(([file, content]) => [file, JSON.stringify(content)]),
  )
}

/** @throws Error naming the first problem. */
export function testPack(found: TestPack): Pack {
  const files = testPackFiles(found)
  const { pack, problems } = loadPack(
    files,
    createHash('sha256')
      .update(JSON.stringify([...files]))
      .digest('hex')
      .slice(0, 12),
  )
  if (!pack) throw new Error(JSON.stringify(problems[0]))
  return pack
}

export function testLists(pack: Pack): Map<string, NamedList> {
  return new Map(pack.lists.map((list) => [list.id, compileList({ ...list, entries: list.entries ?? [] })]))
}

const types = new Map(coreEventTypes.map((type) => [type.type, type]))

/** A listing as the pipeline admits it. `at` in microseconds since 1970 UTC. */
export function listing(id: string, at: number, data: Readonly<Record<string, unknown>> = {}): Admitted {
  const found = validateEvent(
    {
      id,
      source: 'test',
      type: 'listing.submitted',
      time: new Date(at / 1000).toISOString(),
      data: { listing_id: id, seller_id: 'S1', title: 'thing', price: 1, ship_to: ['DE'], ...data },
    },
    { types, now: at },
  )
  if ('problem' in found) throw new Error(found.problem.detail.en)
  return { ...found, loggedAt: at }
}
