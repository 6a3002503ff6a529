import {
  type ActionRow,
  actionKind,
  actionStore,
  actionTitle,
  type NoticeRow,
  type Rules,
} from '../../enforcement/actions/index.ts'
import type { Principal } from '../../kernel/operation.ts'
import { problem, problemOf } from '../../kernel/problems.ts'
import { formatTime } from '../../kernel/time.ts'
import type { AppealEvidence, Appeals } from '../../review/appeals/index.ts'
import { answerViews, type Documents, type SentDocument } from '../../review/documents/index.ts'
import { filesOf, fileView } from '../../review/files/index.ts'
import type { TraceInput } from '../traces/index.ts'
import * as store from './store.ts'

export interface PortalInput {
  readonly db: TraceInput['db']
  readonly appeals: Appeals
  readonly documents: Documents
  readonly rules: () => Rules
  readonly standing: TraceInput['standing']
}

export type Portal = ReturnType<typeof createPortal>
type Filed = Awaited<ReturnType<Appeals['on']>>[number]

/** What a merchant or creator sees of its own affairs. Every read starts from the party; nothing of others can be asked for. */
export function createPortal({ db, appeals, documents, rules, standing }: PortalInput) {
  async function mustFind(party: store.Party, id: string): Promise<NoticeRow> {
    const found = await store.findNotice(db, party, id)
    if (!found) throw notFound('notice_id', id)
    return found
  }

  async function actionsOf(party: store.Party, notice: NoticeRow) {
    const rows = await store.actionsOf(db, party, JSON.parse(notice.action_ids) as string[])
    const reversed = await actionStore.reversals(
      db,
      rows.map((row) => row.action_id),
    )
    return rows.map((row) => ({ row, lifted: reversed.get(row.action_id) }))
  }

  /** The appeal that concerns what a notice tells of. */
  function appealOn(notice: NoticeRow, filed: readonly Filed[]): Filed | undefined {
    const ids = new Set(JSON.parse(notice.action_ids) as string[])
    // Newest first: of several levels the last one counts.
    return filed.find((row) => (JSON.parse(row.action_ids) as string[]).some((id) => ids.has(id)))
  }

  async function summary(
    party: store.Party,
    notice: NoticeRow,
    { filed, now }: { filed: readonly Filed[]; now: number },
  ) {
    const actions = await actionsOf(party, notice)
    const appeal = appealOn(notice, filed)
    const restricting = actions.filter(({ row }) => actionKind(row.kind)?.restrictive)
    const alive = restricting.filter(({ row, lifted }) => !lifted && (row.until === null || row.until > now))
    const step = await stepOn(party, alive[0] ?? restricting[0], now)
    const points = (await actionStore.pointsByCause(db, [notice.cause])).filter((row) => row.type === 'violation')
    const returned = await actionStore.overturnedPoints(
      db,
      points.map((row) => row.entry_id),
    )
    const counting = points.filter((row) => !returned.has(row.entry_id))
    const { zh, en } = JSON.parse(notice.text) as { zh: { title: string }; en: { title: string } }
    return {
      notice_id: notice.notice_id,
      at: formatTime(notice.at),
      title: { zh: zh.title, en: en.title },
      subject: { type: notice.subject_type, id: notice.subject_id },
      status: statusOf({
        alive: alive.length,
        restricting: restricting.length,
        counting: counting.length,
        asked: actions.some(({ row, lifted }) => row.kind === 'request_documents' && !lifted),
        appeal,
      }),
      points: counting.reduce((sum, row) => sum + row.points, 0),
      actions: actions.map(({ row, lifted }) => actionView(row, lifted)),
      appeal: appealView(appeal),
      appeal_until: step?.open
        ? formatTime(step.until * 1000)
        : notice.deadline === null
          ? null
          : formatTime(notice.deadline),
      may_appeal: step?.open === true,
      // A further chance at the same level needs something new.
      needs_evidence: step?.open === true && step.chance > 1,
      chances_left: step?.left ?? 0,
      why_not: step === null || step.open ? null : step.why,
    }
  }

  /** The next appeal against one action, with evidence that is new; null when nothing restricts. */
  async function stepOn(
    party: store.Party,
    action: { row: ActionRow } | undefined,
    now: number,
  ): Promise<Awaited<ReturnType<Appeals['step']>> | { open: false; why: 'reversed'; left: 0 } | null> {
    if (!action) return null
    try {
      return await appeals.step({ actionId: action.row.action_id, acting: party, evidence: true, now })
    } catch (error) {
      if (problemOf(error)?.code === 'appeal_closed') return { open: false, why: 'reversed', left: 0 }
      throw error
    }
  }

  return {
    async overview(party: store.Party, now: number) {
      const filed = await appeals.on(party)
      const notices = await store.listNotices(db, party, { limit: 200, after: undefined })
      const found = await Promise.all(notices.map((notice) => summary(party, notice, { filed, now })))
      const asked = await this.documents(party)
      return {
        party,
        standing: await standing(party, now),
        violations: found.filter(({ status }) => status === 'in_force' || status === 'appealed').length,
        appeals_open: found.filter(({ status }) => status === 'appealed').length,
        documents_open: asked.filter(({ open }) => open).length,
      }
    },

    async violations(
      party: store.Party,
      { limit, after, now }: { limit: number; after: { at: number; id: string } | undefined; now: number },
    ) {
      const filed = await appeals.on(party)
      const rows = await store.listNotices(db, party, { limit: limit + 1, after })
      const items = await Promise.all(rows.slice(0, limit).map((notice) => summary(party, notice, { filed, now })))
      const last = rows[limit - 1]
      return { items, next: rows.length > limit && last ? `${last.at}~${last.notice_id}` : null }
    },

    /** @throws not_found, also for what belongs to somebody else. */
    async violation(party: store.Party, id: string, now: number) {
      const notice = await mustFind(party, id)
      const filed = await appeals.on(party)
      const appeal = appealOn(notice, filed)
      const answer = appeal?.decided_cause ? await store.answerTo(db, party, appeal.decided_cause) : undefined
      const policy = notice.policy === null ? undefined : rules().policy(notice.policy)
      return {
        ...(await summary(party, notice, { filed, now })),
        statement: JSON.parse(notice.text) as unknown,
        policy: policy ? { title: policy.title, text: policy.text } : null,
        ended: (await store.endsOf(db, party, JSON.parse(notice.action_ids) as string[])).map((row) => ({
          at: formatTime(row.at),
          text: JSON.parse(row.text) as unknown,
        })),
        appeal_text: appeal?.text ?? null,
        appeal_files: appeal ? (await filesOf(db, 'appeal', [appeal.appeal_id])).map(fileView) : [],
        answer: answer ? (JSON.parse(answer.text) as unknown) : null,
      }
    },

    /** @throws not_found, appeal_closed, appeal_exists. */
    async appeal(
      party: store.Party,
      id: string,
      { by, now, ...said }: { text: string; evidence: readonly AppealEvidence[]; by: Principal; now: number },
    ) {
      const notice = await mustFind(party, id)
      const actions = await actionsOf(party, notice)
      const restricting = actions.filter(({ row }) => actionKind(row.kind)?.restrictive)
      // What ran out by itself can still be appealed against: its points can be given back.
      const about = restricting.find(({ lifted }) => !lifted) ?? restricting[0]
      if (!about)
        throw problem({
          code: 'appeal_closed',
          field: 'notice_id',
          value: id,
          detail: { zh: '其中没有限制措施', en: 'There is no restriction in it' },
        })
      const filed = await appeals.file({
        side: 'subject',
        actionId: about.row.action_id,
        acting: party,
        ...said,
        by,
        now,
      })
      return { appeal_id: filed.appeal_id, due_at: formatTime(filed.due_at) }
    },

    /** What documents the party was asked for, and what it has sent. */
    async documents(party: store.Party) {
      const asked = await store.documentRequests(db, party)
      const ids = asked.map((row) => row.action_id)
      const [lifted, rows] = await Promise.all([actionStore.reversals(db, ids), documents.to(ids)])
      const sent = await answerViews(documents, rows, { own: true })
      return asked.map((row) => {
        const answers = sent.filter((answer) => answer.action_id === row.action_id)
        const policy = row.policy === null ? undefined : rules().policy(row.policy)
        return {
          action_id: row.action_id,
          at: formatTime(row.at),
          subject: { type: row.target_type, id: row.target_id },
          what: policy?.notice.fix ?? actionTitle(row.kind),
          policy: policy?.title ?? null,
          open: !lifted.has(row.action_id) && answers.length === 0,
          answers,
        }
      })
    },

    /** @throws not_found, also for what was asked of somebody else. */
    async answer(
      party: store.Party,
      { actionId, ...sent }: { actionId: string; text: string; documents: readonly SentDocument[] },
      { by, now }: { by: Principal; now: number },
    ) {
      const [action] = (await store.actionsOf(db, party, [actionId])).filter((row) => row.kind === 'request_documents')
      if (!action) throw notFound('action_id', actionId)
      return documents.answer(action, sent, { party, sender: by, now })
    },
  }
}

function notFound(field: string, value: string): Error {
  return problem({ code: 'not_found', field, value, detail: { zh: '没有找到', en: 'Not found' } })
}

/** What has become of a violation, in one word. */
function statusOf(found: {
  readonly alive: number
  readonly restricting: number
  readonly counting: number
  readonly asked: boolean
  readonly appeal: Filed | undefined
}): 'in_force' | 'appealed' | 'asked' | 'restored' | 'over' {
  if (found.appeal && found.appeal.outcome === null) return 'appealed'
  if (found.alive > 0 || found.counting > 0) return 'in_force'
  if (found.asked) return 'asked'
  return found.appeal?.outcome === 'overturned' || found.restricting > 0 ? 'restored' : 'over'
}

/** No names of people inside: the party hears from the marketplace. */
function actionView(row: ActionRow, lifted: ActionRow | undefined) {
  return {
    action_id: row.action_id,
    title: actionTitle(row.kind),
    markets: JSON.parse(row.markets) as string[],
    from: formatTime(row.at),
    until: row.until === null ? null : formatTime(row.until),
    lifted_at: lifted ? formatTime(lifted.at) : null,
  }
}

function appealView(row: Filed | undefined) {
  if (!row) return null
  return {
    appeal_id: row.appeal_id,
    status: row.outcome ?? 'open',
    filed_at: formatTime(row.at),
    due_at: formatTime(row.due_at),
    decided_at: row.decided_at === null ? null : formatTime(row.decided_at),
    note: row.note,
  }
}
