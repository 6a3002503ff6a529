import { actionStore, actionTitle } from '../../enforcement/actions/index.ts'
import type { Text } from '../../kernel/values.ts'
import type { CaseEventRow } from '../cases/index.ts'
import { type AnsweredComplaint, answeredComplaint, complainant } from './complaints.ts'
import type { Intake } from './intake.ts'
import { type By, happen, reply } from './ledger.ts'
import { type NoticeOutcome, noticeOutcome } from './model.ts'
import { outcomeText } from './replies.ts'
import * as store from './store.ts'

const consumer = 'inbound-news'
const span = 2000

const noActions: Text = { zh: '', en: '' }

interface AppealNews {
  readonly appeal_id: string
  readonly appeal_event_id: string
  readonly outcome: string
  readonly at: number
  readonly actor: string
}

/** What was imposed for one cause, in words. */
async function actionsBy(tx: store.InboundTx, cause: string): Promise<Text> {
  const rows = await actionStore.actionsByCause(tx as never, [cause])
  const taken = rows.filter((row) => row.inverse_of === null)
  const list = (language: 'zh' | 'en') =>
    [...new Set(taken.map((found) => actionTitle(found.kind)[language]))].join(language === 'zh' ? '、' : ', ')
  return { zh: list('zh'), en: list('en') }
}

export interface OutcomesInput {
  readonly db: store.InboundDb
  readonly intake: Intake
}

/** Tells everybody who gave notice what came of it, whenever a case of theirs takes effect or an appeal changes it. */
export function createOutcomes({ db, intake }: OutcomesInput) {
  async function inform(
    tx: store.InboundTx,
    notice: store.ListedNotice,
    { outcome, actions, revised }: { outcome: NoticeOutcome; actions: Text; revised: boolean },
    by: By,
  ): Promise<void> {
    const decided = await happen(tx, notice, { type: revised ? 'revised' : 'decided', outcome }, by)
    await reply(tx, notice, { kind: 'outcome', text: outcomeText(outcome, { actions, revised }) }, by)
    await happen(tx, decided, { type: 'informed', outcome }, by)
  }

  async function decided(tx: store.InboundTx, row: CaseEventRow): Promise<void> {
    const outcome = row.type === 'appealed' ? 'no_action' : noticeOutcome(row.outcome)
    if (outcome === null) return
    const waiting = (await store.noticesOfCase(tx, row.case_id)).filter((notice) => notice.status === 'case')
    if (waiting.length === 0) return
    const actions = await actionsBy(tx, row.cause)
    for (const notice of waiting)
      await inform(
        tx,
        notice,
        { outcome, actions, revised: false },
        { cause: row.case_event_id, actor: row.actor, at: row.at },
      )
  }

  /** Whoever complained reads the answer; where the complaint was right, everybody of the case reads what was done. */
  async function complained(tx: store.InboundTx, row: AppealNews, answer: AnsweredComplaint): Promise<void> {
    const by = { cause: row.appeal_event_id, actor: row.actor, at: row.at }
    const actions = answer.right ? await actionsBy(tx, row.appeal_event_id) : noActions
    for (const notice of await store.noticesOfCase(tx, answer.caseId)) {
      if (notice.status !== 'informed') continue
      const theirs = complainant(notice) === answer.reporter
      const revises = answer.right && notice.outcome !== 'action'
      if (theirs && revises) await reviseNotice(tx, notice, { outcome: 'action', text: answer.text }, by)
      else if (theirs) await reply(tx, notice, { kind: 'outcome', text: answer.text }, by)
      else if (revises) await inform(tx, notice, { outcome: 'action', actions, revised: true }, by)
    }
  }

  async function appealDecided(tx: store.InboundTx, row: AppealNews): Promise<void> {
    const answer = await answeredComplaint(tx, row)
    if (answer) return complained(tx, row, answer)
    if (row.outcome !== 'overturned') return
    for (const { case_id } of await store.casesOfAppeal(tx, row.appeal_id))
      for (const notice of await store.noticesOfCase(tx, case_id))
        if (notice.status === 'informed' && notice.outcome === 'action')
          await inform(
            tx,
            notice,
            { outcome: 'no_action', actions: noActions, revised: true },
            { cause: row.appeal_event_id, actor: row.actor, at: row.at },
          )
  }

  /** One span of the ledger's news; false when there was nothing new. */
  async function step(): Promise<boolean> {
    const known = await db.selectFrom('applied').select('position').where('consumer', '=', consumer).executeTakeFirst()
    const from = known?.position ?? 0
    const { rows, next } = await store.caseNews(db, from, span)
    if (next === from) return false
    const orphans: { notice: store.ListedNotice; by: By }[] = []
    await db.transaction().execute(async (tx) => {
      for (const { kind, row } of rows) {
        const found = JSON.parse(row)
        if (kind === 'appeal_events') await appealDecided(tx, found)
        else if (found.type === 'effective' || found.type === 'appealed') await decided(tx, found)
        else if (found.type === 'withdrawn')
          for (const notice of await store.noticesOfCase(tx, found.case_id))
            if (notice.status === 'case')
              orphans.push({ notice, by: { cause: found.case_event_id, actor: 'inbound', at: found.at } })
      }
      // Before the cursor moves: a crash in between places them again, which finds them placed.
      if (orphans.length === 0) await setCursor(tx, next)
    })
    for (const { notice, by } of orphans) await intake.replace(notice, by)
    if (orphans.length > 0) await db.transaction().execute((tx) => setCursor(tx, next))
    return true
  }

  const setCursor = (tx: store.InboundTx, position: number) =>
    tx
      .insertInto('applied')
      .values({ consumer, position })
      .onConflict((on) => on.column('consumer').doUpdateSet({ position }))
      .execute()

  return {
    /** Consumes the ledger's news up to its end. */
    async followNews(): Promise<void> {
      while (await step());
    },
  }
}

/** Changes the outcome of a notice that was answered, because of something beside its case, and tells the notifier why. */
export async function reviseNotice(
  tx: store.InboundTx,
  notice: Pick<store.ListedNotice, 'notice_id'>,
  { outcome, text }: { outcome: NoticeOutcome; text: Text },
  by: By,
): Promise<void> {
  const found = await store.findNotice(tx, notice.notice_id)
  if (found?.status !== 'informed') return
  const revised = await happen(tx, found, { type: 'revised', outcome }, by)
  await reply(tx, found, { kind: 'outcome', text }, by)
  await happen(tx, revised, { type: 'informed', outcome }, by)
}
