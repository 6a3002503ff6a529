import { actionStore } from '../../enforcement/actions/index.ts'
import type { NextStep } from '../../enforcement/standing/index.ts'
import { problem } from '../../kernel/problems.ts'
import { formatTime } from '../../kernel/time.ts'
import type { Text } from '../../kernel/values.ts'
import type { Appeals, ListedAppeal } from '../appeals/index.ts'
import { type By, reply } from './ledger.ts'
import { anonymous, type NoticeOutcome } from './model.ts'
import { complaintText } from './replies.ts'
import * as store from './store.ts'

/** A decision that somebody who gave notice may complain about: nothing was done, or, to their mind, too little. */
const contestable: readonly (string | null)[] = ['no_action', 'action'] satisfies NoticeOutcome[]

export interface ComplaintState {
  /** Complaints of this notifier about the case of the notice, oldest first. */
  readonly filed: readonly ListedAppeal[]
  /** What the next one would be, or why there is none; null = there is no decision to complain about. */
  readonly next: NextStep | null
}

/** Under which name a notifier complains: the source, or, where nobody knows who it was, this one notice. */
export const complainant = (notice: Pick<store.ListedNotice, 'notice_id' | 'source_id'>): string =>
  notice.source_id === anonymous ? notice.notice_id : notice.source_id

/**
 * Complaints of notifiers about what was decided on their notice (DSA art. 20: open for six months from the day they were informed, free
 * of charge). They are appeals of the reporter's side: somebody else decides, and what is imposed then can be appealed against in turn.
 */
export function createComplaints({ db, appeals }: { db: store.InboundDb; appeals: Appeals }) {
  /** What the complaint is about. The window starts anew when an appeal of the other side changed the outcome. */
  async function matterOf(notice: store.ListedNotice | undefined) {
    if (notice?.status !== 'informed' || notice.case_id === null || !contestable.includes(notice.outcome)) return null
    const informed = (await store.eventsOf(db, notice.notice_id)).filter((row) => row.type === 'informed').at(-1)
    return {
      caseId: notice.case_id,
      acting: { type: 'reporter', id: complainant(notice) },
      since: informed?.at ?? notice.decided_at ?? notice.at,
    }
  }

  return {
    async of(notice: store.ListedNotice | undefined, now: number): Promise<ComplaintState> {
      const matter = await matterOf(notice)
      if (!notice || !matter) return { filed: [], next: null }
      return {
        filed: await appeals.ofReporter(matter.caseId, matter.acting),
        next: await appeals.reporterStep({ ...matter, now }),
      }
    },

    /** Files a complaint and gives its receipt. @throws conflict when nothing is decided; appeal_exists, appeal_closed saying why. */
    async file(
      notice: store.ListedNotice | undefined,
      { text, evidence }: { text: string; evidence: readonly string[] },
      now: number,
    ): Promise<void> {
      const matter = await matterOf(notice)
      if (!notice || !matter)
        throw problem({
          code: 'conflict',
          field: 'notice_id',
          value: notice?.notice_id ?? null,
          detail: { zh: '这份通知还没有可以投诉的决定', en: 'There is no decision on this notice to complain about' },
          fix: { zh: '等到判定后再投诉', en: 'Complain when it is decided' },
        })
      const filed = await appeals.file({
        side: 'reporter',
        ...matter,
        text,
        evidence: evidence.map((value) => ({ kind: 'reference' as const, value })),
        by: { id: `for:${matter.acting.id}` },
        now,
      })
      const by: By = { cause: filed.appeal_id, actor: 'inbound', at: now }
      await db
        .transaction()
        .execute((tx) => reply(tx, notice, { kind: 'complaint', text: complaintText(filed.due_at) }, by))
    },
  }
}

/** What a decided complaint means for the notices of its case. */
export interface AnsweredComplaint {
  readonly caseId: string
  readonly reporter: string
  /** True = the notifier was right, and something was imposed. */
  readonly right: boolean
  /** What whoever complained is told. */
  readonly text: Text
}

/** Reads the answer to a complaint that an appeal event stands for; null when the event is about an appeal of the other side. */
export async function answeredComplaint(
  db: store.InboundDb | store.InboundTx,
  event: { appeal_id: string; appeal_event_id: string; outcome: string },
): Promise<AnsweredComplaint | null> {
  const appeal = await store.reporterAppeal(db, event.appeal_id)
  if (!appeal?.party_id) return null
  const told = await actionStore.noticesByCause(db as never, [event.appeal_event_id])
  // What was imposed is told to the other side under the same cause.
  const notice = told.find((row) => row.party_type === 'reporter' && row.party_id === appeal.party_id)
  const said = notice ? (JSON.parse(notice.text) as Record<'zh' | 'en', { body: string }>) : null
  return {
    caseId: appeal.cause,
    reporter: appeal.party_id,
    right: event.outcome !== 'upheld',
    text: { zh: said?.zh.body ?? '', en: said?.en.body ?? '' },
  }
}

/** Complaints as the notifier and the staff see them. */
export function complaintView({ filed, next }: ComplaintState) {
  return {
    open: next?.open === true,
    until: next?.open ? formatTime(next.until * 1000) : null,
    level: next?.open ? next.level : null,
    left: next?.left ?? 0,
    why: next === null || next.open ? null : next.why,
    filed: filed.map((row) => ({
      appeal_id: row.appeal_id,
      filed_at: formatTime(row.at),
      due_at: formatTime(row.due_at),
      status: row.outcome ?? 'open',
    })),
  }
}
