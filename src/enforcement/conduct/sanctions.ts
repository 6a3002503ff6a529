import { record } from '../../kernel/database.ts'
import { derivedId } from '../../kernel/ids.ts'
import type { Text } from '../../kernel/values.ts'
import {
  type ActionRow,
  actionStore,
  type Enforcement,
  noticeRow,
  type PointsRow,
  type Rules,
} from '../actions/index.ts'
import {
  type Ladder,
  type SanctionInForce,
  type Standing,
  sanctionsWhileAppealed,
  standingOf,
} from '../standing/index.ts'
import { actionOfSanction, detailOf, historyOf, keyOf, type Party, type SanctionDetail } from './model.ts'
import * as store from './store.ts'

const consumer = 'conduct'
const newsSpan = 2000

/** What waits for the answer to an appeal; the floor of review knows. */
export interface Contesting {
  /** Violations of a party that are contested. */
  pointsOf(party: Party): Promise<ReadonlySet<string>>
  /** Parties whose appeals some news is about. */
  partiesIn(news: readonly { readonly kind: string; readonly row: string }[]): Promise<Party[]>
}

const nothingContested: Contesting = { pointsOf: async () => new Set(), partiesIn: async () => [] }

export interface SanctionsInput {
  readonly db: store.ConductDb
  readonly enforcement: Enforcement
  readonly rules: () => Rules
  readonly appeals?: Contesting
}

/**
 * Carries the sanctions of ladders out: whenever points of a party change, or time changes its standing, the sanctions that the fold
 * has in force and the actions that the ledger has in force are made equal. Each run starts from the ledger, so it can be
 * repeated without acting twice, and an overturn takes back what it no longer justifies.
 */
export function createSanctions({ db, enforcement, rules, appeals = nothingContested }: SanctionsInput) {
  async function settle(party: Party, now: number): Promise<void> {
    const contested = await appeals.pointsOf(party)
    await db.transaction().execute(async (tx) => {
      const rows = await actionStore.pointsOfParty(tx as never, party)
      for (const id of new Set(rows.map((row) => row.ladder))) {
        const ladder = rules().ladder?.(id)
        if (ladder)
          await settleLadder(tx, { ladder, party, rows: rows.filter((row) => row.ladder === id), contested, now })
      }
    })
  }

  async function settleLadder(tx: store.ConductTx, { ladder, party, rows, contested, now }: Settling): Promise<void> {
    const history = historyOf(ladder, rows)
    const when = { subject: party.id, at: Math.floor(now / 1000) }
    const standing = standingOf(ladder, history, when)
    const sanctions = sanctionsWhileAppealed(ladder, history, { ...when, contested })
    const all = (await store.sanctionActions(tx, party)).filter((row) => sanctionOf(row).ladder === ladder.id)
    const gone = await actionStore.reversals(
      tx as never,
      all.map((row) => row.action_id),
    )
    const held = new Map(
      all.filter((row) => !gone.has(row.action_id)).map((row) => [keyOf(sanctionOf(row), row.until), row]),
    )
    const wanted = new Map(
      sanctions.map((each) => {
        const until = each.until === null ? null : each.until * 1000
        return [keyOf(detailOf(ladder.id, each), until), each]
      }),
    )
    const last = rows.at(-1)
    const over = [...held].filter(([key]) => !wanted.has(key)).map(([, row]) => row)
    for (const row of over) {
      const lapsed = row.until !== null && row.until <= now
      if (lapsed) {
        await enforcement.runOut(tx, row, now)
        continue
      }
      const resting = rows.find((each) => each.entry_id === row.cause && contested.has(each.entry_id))
      const cause = resting?.entry_id ?? last?.entry_id ?? row.action_id
      await enforcement.reverse(tx, { actions: [row], points: [] }, { cause, actor: 'system', at: now })
    }
    const fresh = [...wanted].filter(([key]) => !held.has(key)).map(([, each]) => each)
    for (const [cause, sanctions] of Map.groupBy(fresh, (each) => each.cause))
      await impose(tx, {
        ladder,
        party,
        standing,
        sanctions,
        now,
        past: all,
        entry: rows.find((row) => row.entry_id === cause) ?? last,
      })
    const timer = { party_type: party.type, party_id: party.id, ladder: ladder.id }
    if (standing.nextChange === null) await store.dropTimer(tx, timer)
    else await store.setTimer(tx, { ...timer, due_at: standing.nextChange * 1000 })
  }

  interface Settling {
    readonly ladder: Ladder
    readonly party: Party
    readonly rows: readonly PointsRow[]
    readonly contested: ReadonlySet<string>
    readonly now: number
  }

  interface Imposing {
    readonly ladder: Ladder
    readonly party: Party
    readonly standing: Standing
    readonly sanctions: readonly SanctionInForce[]
    readonly now: number
    /** Every sanction of the ladder that was ever imposed on the party. */
    readonly past: readonly ActionRow[]
    readonly entry: PointsRow | undefined
  }

  async function impose(tx: store.ConductTx, found: Imposing): Promise<void> {
    const { ladder, party, standing, sanctions, now, past, entry } = found
    if (!entry) return
    const actions = sanctions.map((each) => actionRow(each, { ladder, party, now, past, entry }))
    const known = rules()
    const policy = known.policy(entry.policy ?? '')
    const [first] = sanctions
    const score = standing.ledgers.find((ledger) => ledger.id === first?.ledger)?.score
    const notice = noticeRow({
      rules: known,
      effects: { actions, points: [] },
      origin: { subject: party, party, cause: entry.entry_id, actor: 'system', at: now },
      policies: policy ? [policy] : [],
      evidence: [
        ...(score === undefined ? [] : [{ field: 'score', value: score }]),
        ...(first?.threshold == null ? [] : [{ field: 'milestone', value: first.threshold }]),
      ],
      title: '',
      automated: true,
      reason: first && reasonOf(ladder, first),
    })
    const id = derivedId('ntc', actions[0]?.action_id ?? entry.entry_id)
    await enforcement.write(tx, { actions, points: [] }, notice && { ...notice, notice_id: id })
  }

  /** A party that bears the points of another is told, with the reason. */
  async function tellJoint(row: PointsRow): Promise<void> {
    if (row.joint_of == null || row.type !== 'violation') return
    const id = derivedId('ntc', row.entry_id)
    if (await actionStore.noticeById(db as never, id)) return
    const party = { type: row.party_type, id: row.party_id }
    const known = rules()
    const policy = known.policy(row.policy ?? '')
    const notice = noticeRow({
      rules: known,
      effects: { actions: [], points: [row] },
      origin: { subject: party, party, cause: row.entry_id, actor: 'system', at: row.at },
      policies: policy ? [policy] : [],
      evidence: [],
      title: '',
      automated: true,
      reason: { zh: '关联方违规，按规则连带记分', en: 'a linked party broke the rule, and points are borne jointly' },
    })
    if (notice) await db.transaction().execute((tx) => record(tx, 'notices', { ...notice, notice_id: id }))
  }

  return {
    settle,
    /** Follows the news of the ledger: every party whose points changed, or who appeals or is answered, is settled. */
    async followNews(now: number): Promise<void> {
      for (;;) {
        const seq = await actionStore.appliedPosition(db as never, consumer)
        const { points, rows, next } = await store.newPoints(db, seq, newsSpan)
        if (next === seq) return
        const changed = points.map((row) => ({ type: row.party_type, id: row.party_id }))
        const concerned = [...changed, ...(await appeals.partiesIn(rows))]
        const parties = new Map(concerned.map((party) => [`${party.type}/${party.id}`, party]))
        for (const row of points) await tellJoint(row)
        for (const party of parties.values()) await settle(party, now)
        await db.transaction().execute((tx) => actionStore.setApplied(tx as never, consumer, next))
      }
    },
    /** Settles everybody whose standing changes by itself until `now`: sanctions end, cure windows close, points lapse. */
    async tick(now: number): Promise<number> {
      const due = await store.dueTimers(db, now)
      for (const row of due) {
        // A ladder that is gone has no next change.
        if (rules().ladder?.(row.ladder)) await settle({ type: row.party_type, id: row.party_id }, now)
        else await db.transaction().execute((tx) => store.dropTimer(tx, row))
      }
      return due.length
    },
  }
}

export type Sanctions = ReturnType<typeof createSanctions>

const sanctionOf = (row: ActionRow): SanctionDetail => JSON.parse(row.detail ?? '{}') as SanctionDetail

function actionRow(
  each: SanctionInForce,
  how: { ladder: Ladder; party: Party; now: number; past: readonly ActionRow[]; entry: PointsRow },
): ActionRow {
  const { ladder, party, now, past, entry } = how
  const detail = detailOf(ladder.id, each)
  const same = (row: ActionRow) => keyOf(sanctionOf(row), null) === keyOf(detail, null)
  return {
    // A sanction that comes back after it was taken back is another action.
    action_id: derivedId(
      'act',
      'san',
      each.cause,
      each.ledger,
      each.threshold ?? each.rule ?? '',
      each.kind,
      past.filter(same).length,
    ),
    at: now,
    kind: actionOfSanction(each.kind, party.type),
    target_type: party.type,
    target_id: party.id,
    party_type: party.type,
    party_id: party.id,
    markets: '["*"]',
    until: each.until === null ? null : each.until * 1000,
    policy: entry.policy,
    policy_version: entry.policy_version,
    strategy: null,
    strategy_version: null,
    severity: null,
    inverse_of: null,
    position: null,
    detail: JSON.stringify(detail),
    cause: entry.entry_id,
    actor: 'system',
  }
}

function reasonOf(ladder: Ladder, { threshold, rule, ledger }: SanctionInForce): Text {
  const milestone = ladder.ledgers
    .find((each) => each.id === ledger)
    ?.milestones.find((each) => each.threshold === threshold)
  const named = milestone?.title ?? ladder.repeats?.find((each) => each.id === rule)?.title ?? ladder.title
  return { zh: `${ladder.title.zh}：${named.zh}`, en: `${ladder.title.en}: ${named.en}` }
}
