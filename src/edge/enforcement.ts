import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import {
  type ActionTables,
  actionOperations,
  createMeasures,
  type Enforcement,
  type Measures,
  type Rules,
} from '../enforcement/actions/index.ts'
import {
  type Conduct,
  type ConductTables,
  type Contesting,
  checkQuiz,
  conductOperations,
  createConduct,
  createLinks,
  createSanctions,
  fastLane,
  type Links,
  type Quiz,
  type Sanctions,
  tierRights,
} from '../enforcement/conduct/index.ts'
import {
  createOutbound,
  type Outbound,
  type OutboundTables,
  outboundOperations,
} from '../enforcement/outbound/index.ts'
import { type Db, part } from '../kernel/database.ts'
import type { Operation } from '../kernel/operation.ts'
import { nowMicros } from '../kernel/time.ts'
import { type AppealTables, appellantsOf, contestedPoints } from '../review/appeals/index.ts'

export type EnforcementTables = OutboundTables & ConductTables & ActionTables & AppealTables

/** Services over the ledger: measures by hand, standing, links, the outside call. */
export interface OpenEnforcement {
  readonly measures: Measures
  readonly outbound: Outbound
  readonly conduct: Conduct
  readonly links: Links
  readonly sanctions: Sanctions
  operations(): Operation[]
}

export interface EnforcementParts {
  readonly db: Db<EnforcementTables>
  readonly enforcement: Enforcement
  readonly rules: () => Rules
  readonly log: (message: string) => void
}

/** The lane that the tier of a party gives its cases, from the ledger as it stands in the same transaction. */
export const laneIn =
  (rules: () => Rules) =>
  async (tx: Db<ActionTables>, party: { type: string; id: string }, now: number): Promise<string | null> =>
    (await tierRights(tx, { rules: rules(), party, now })).has(fastLane) ? fastLane : null

/** What is contested, as the floor of review has it. */
export const contestingIn = (db: Db<EnforcementTables>): Contesting => ({
  pointsOf: (party) => contestedPoints(part(db), party),
  partiesIn: (news) => appellantsOf(part(db), news),
})

export function openEnforcement({
  db,
  enforcement,
  rules,
  log,
  quizzes,
  wake,
}: EnforcementParts & { quizzes: readonly Quiz[]; wake: () => void }): OpenEnforcement {
  const measures = createMeasures({ db: part(db), enforcement, rules })
  const outbound = createOutbound({ db: part(db), request: fetch, log })
  const conduct = createConduct({ db: part(db), enforcement, rules, quizzes: () => quizzes })
  const links = createLinks({ db: part(db), enforcement })
  return {
    measures,
    outbound,
    conduct,
    links,
    sanctions: createSanctions({ db: part(db), enforcement, rules, appeals: contestingIn(db) }),
    operations: () => [
      ...actionOperations({ db: part(db), measures }),
      ...outboundOperations(outbound, wake),
      ...conductOperations({ conduct, links }),
    ],
  }
}

const tickEveryMs = 1000

/**
 * What time and the ledger itself bring about, in the process that writes the ledger: timed actions end, sanctions of ladders are
 * carried out, the marketplace is told. `settle` is the part that changes the ledger; calls go out on their own.
 */
export function followEnforcement({
  db,
  enforcement,
  rules,
  log,
  ready,
}: EnforcementParts & {
  /** False until the policies are known: a notice names them. */
  ready: () => boolean
}): {
  settle(): Promise<void>
  stop(): Promise<void>
} {
  const sanctions = createSanctions({ db: part(db), enforcement, rules, appeals: contestingIn(db) })
  const outbound = createOutbound({ db: part(db), request: fetch, log })
  const failed = (error: unknown) =>
    log(`enforcement: ${error instanceof Error ? (error.stack ?? error.message) : error}`)
  let stopped = false
  let settling: Promise<void> = Promise.resolve()
  const settle = (): Promise<void> => {
    settling = settling
      .then(async () => {
        if (!ready()) return
        while (!stopped && (await enforcement.expire(nowMicros())) > 0);
        if (!stopped) await sanctions.followNews(nowMicros())
        if (!stopped) await sanctions.tick(nowMicros())
      })
      .catch(failed)
    return settling
  }
  let calling: Promise<void> | null = null
  const call = async (): Promise<void> => {
    while (!stopped && (await outbound.deliver(nowMicros())) > 0);
  }
  const clock = setInterval(() => {
    void settle()
    calling ??= call()
      .catch(failed)
      .finally(() => {
        calling = null
      })
  }, tickEveryMs)
  return {
    settle,
    async stop() {
      stopped = true
      clearInterval(clock)
      await Promise.all([settling, calling])
    },
  }
}

/** The quizzes of the first folder of packs that has some; one that is not valid is left out and named in the log. */
export function readQuizzes(packs: readonly string[], log: (message: string) => void): Quiz[] {
  const folder = packs.map((each) => join(each, 'quizzes')).find(existsSync)
  if (folder === undefined) return []
  return readdirSync(folder)
    .filter((name) => name.endsWith('.yaml'))
    .sort()
    .flatMap((name) => {
      const { quiz, problems } = checkQuiz(parse(readFileSync(join(folder, name), 'utf8')))
      for (const found of problems) log(`packs/quizzes/${name}: ${found}`)
      return quiz === null ? [] : [quiz]
    })
}
