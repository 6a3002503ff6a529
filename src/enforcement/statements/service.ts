import type { Decided } from '../../judgement/decisions/index.ts'
import { record } from '../../kernel/database.ts'
import { problem } from '../../kernel/problems.ts'
import type { Policy } from '../../vocabulary/packs/index.ts'
import { type ActionRow, actionStore } from '../actions/index.ts'
import { isAutomatic, needsStatement, statementOf } from './compose.ts'
import { selfCheck } from './self-check.ts'
import type { StatementSource } from './source.ts'
import * as store from './store.ts'
import { validateStatement } from './validate.ts'

/** What an action that is not the direct work of a strategy rests on: the decided event behind it, when there is one. */
export type Behind = (action: ActionRow) => Promise<Decided | null>

export interface StatementsInput {
  readonly db: store.StatementDb
  readonly policy: () => (id: string) => Policy | undefined
  readonly behind: Behind
  /** The notice from outside that an action answers, when one came before anything of ours found the matter. */
  readonly noticed?: (action: ActionRow) => Promise<Noticed | null>
}

/** Who gave notice (a reporter kind), and when it came in. */
export interface Noticed {
  readonly from: string
  readonly at: number
}

export type Statements = ReturnType<typeof createStatements>

const newsSpan = 2000

/** Who brought an event to notice: a report says so, everything else was found by ourselves. */
export function noticeOf({ type, data }: Decided['event']): string | null {
  if (type !== 'report.filed') return null
  const kind = data['reporter_kind']
  return typeof kind === 'string' && kind !== '' ? kind : 'user'
}

/** The row of a statement, or null when none is due for this action. */
export function statementRow(source: StatementSource, noticedAt: number | null): store.StatementRow | null {
  const payload = statementOf(source)
  if (!payload) return null
  return {
    puid: payload.puid,
    at: source.action.at,
    action_id: source.action.action_id,
    kind: source.action.kind,
    decision_ground: payload.decision_ground,
    category: payload.category,
    territorial_scope: JSON.stringify(payload.territorial_scope),
    source_type: payload.source_type,
    automated_detection: payload.automated_detection,
    automated_decision: payload.automated_decision,
    noticed_at: noticedAt,
    payload: JSON.stringify(payload),
    problems: JSON.stringify(validateStatement(payload)),
    doubts: JSON.stringify(selfCheck(payload, source)),
    cause: source.action.action_id,
    actor: 'system',
  }
}

/**
 * Makes a statement of reasons for every restriction that reaches an EU or EEA market, each exactly once: two consumers,
 * the journal for what strategies decided and the ledger's news for the rest, keep their cursor in the transaction of their rows.
 */
export function createStatements({ db, policy, behind, noticed = async () => null }: StatementsInput) {
  const consumers = { journal: 'statements', news: 'statements-news' }

  async function write(rows: readonly store.StatementRow[], consumer: string, next: number): Promise<void> {
    await db.transaction().execute(async (tx) => {
      const known = await store.knownPuids(
        tx,
        rows.map((row) => row.puid),
      )
      for (const row of rows) if (!known.has(row.puid)) await record(tx, 'statements', row)
      await actionStore.setApplied(tx as never, consumer, next)
    })
  }

  function rowOf(
    action: ActionRow,
    decided: Decided | null,
    points: number,
    notice: Noticed | null = null,
  ): store.StatementRow | null {
    const { event, decision } = decided ?? ledgerOnly(action)
    const noticeFrom = notice?.from ?? noticeOf(event)
    const source: StatementSource = {
      action,
      decision,
      event,
      policy: action.policy === null ? undefined : policy()(action.policy),
      points,
      decidedBy: isAutomatic(action.actor) ? 'strategy' : 'person',
      noticeFrom,
    }
    return statementRow(source, notice?.at ?? (noticeFrom === null || !decided ? null : decided.loggedAt))
  }

  const pointsOf = async (causes: readonly string[]) => {
    const points = new Map<string, number>()
    for (const entry of await actionStore.pointsByCause(db as never, causes))
      if (entry.type === 'violation') points.set(entry.cause, (points.get(entry.cause) ?? 0) + entry.points)
    return points
  }

  return {
    /** Journal consumer; give it only entries whose actions are in the ledger already. */
    async applyDecisions(batch: readonly Decided[], next: number): Promise<void> {
      const rows: store.StatementRow[] = []
      const acting = batch.filter(({ decision }) => decision.verdict !== 'pass')
      for (let from = 0; from < acting.length; from += 400) {
        const part = new Map(acting.slice(from, from + 400).map((decided) => [decided.decision.decision_id, decided]))
        const actions = (await actionStore.actionsByCause(db as never, [...part.keys()])).filter(needsStatement)
        const points = await pointsOf([...new Set(actions.map((action) => action.cause))])
        rows.push(
          ...actions.flatMap(
            (action) => rowOf(action, part.get(action.cause) ?? null, points.get(action.cause) ?? 0) ?? [],
          ),
        )
      }
      await write(rows, consumers.journal, next)
    },
    applied: () => actionStore.appliedPosition(db as never, consumers.journal),

    /** Consumes the ledger's news for actions that no journal entry made directly: reviewers, appeals, ladders, recalls. */
    async followNews(): Promise<void> {
      for (;;) {
        const seq = await actionStore.appliedPosition(db as never, consumers.news)
        const { rows: actions, next } = await store.newActions(db, seq, newsSpan)
        if (next === seq) return
        const due = actions.filter((action) => !action.cause.startsWith('dec_') && needsStatement(action))
        const points = await pointsOf([...new Set(due.map((action) => action.cause))])
        const rows: store.StatementRow[] = []
        for (const action of due)
          rows.push(
            ...[rowOf(action, await behind(action), points.get(action.cause) ?? 0, await noticed(action))].flatMap(
              (row) => row ?? [],
            ),
          )
        await write(rows, consumers.news, next)
      }
    },

    list: (filter: store.StatementFilter) => store.listStatements(db, filter),
    deliveries: (puids: readonly string[]) => store.deliveriesOf(db, puids),
    /** By puid or action id. @throws not_found. */
    async find(id: string): Promise<store.StatementRow> {
      const found = await store.statementById(db, id)
      if (!found)
        throw problem({
          code: 'not_found',
          field: 'id',
          value: id,
          detail: { zh: '没有这份理由说明', en: 'No such statement' },
          fix: { zh: '用 puid 或处置编号', en: 'Use a puid or the id of an action' },
        })
      return found
    },
  }
}

/** Stands in for the event when an action has none behind it, e.g. a sanction of a ladder. */
function ledgerOnly(action: ActionRow): Pick<Decided, 'event' | 'decision'> {
  const time = new Date(action.at / 1000).toISOString()
  const event = { id: action.action_id, source: 'ledger', type: 'ledger.action', time, data: {} }
  return {
    event,
    decision: {
      decision_id: action.cause,
      event: {
        ...event,
        subject_type: action.target_type,
        subject: action.target_id,
        party_type: action.party_type,
        party: action.party_id,
        site: null,
        logged_at: time,
      },
      verdict: 'pass',
      markets: {},
      findings: [],
      unknown: [],
      saw: {},
      engine: '',
    },
  }
}
