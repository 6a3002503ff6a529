import { type Rules, titleOf } from '../../enforcement/actions/index.ts'
import type { Decided } from '../../judgement/decisions/index.ts'
import { record } from '../../kernel/database.ts'
import type { Text } from '../../kernel/values.ts'
import { eventFacts, openCasesOn, openNoticeCase } from '../cases/index.ts'
import type { Routing } from '../queues/index.ts'
import { classById, classOf, keywordOf, type PolicyClass } from './classes.ts'
import { type CalendarOf, deadlineOf, priorityShare } from './deadlines.ts'
import { kindOfReporter, kindRules, type NoticeKind, noticeKinds } from './kinds.ts'
import { type By, happen, reply } from './ledger.ts'
import { suspendedUntil } from './misuse.ts'
import { anonymous, marketsOf, noticeIdOf } from './model.ts'
import { heldText, outcomeText, receiptText, rejectedText } from './replies.ts'
import * as store from './store.ts'

/** Events of our own carry this in front of their source; the rest says through which channel they came. */
export const ownSource = 'inbound/'

export interface Subject {
  readonly type: string
  readonly id: string
}

export interface IntakeInput {
  readonly db: store.InboundDb
  readonly rules: () => Rules
  readonly entryAt: (position: number) => Promise<Decided>
  /** The newest decided event about each subject that was journaled before `before`, by `type/id`. */
  readonly targetsOf: (subjects: readonly Subject[], before: number) => Promise<ReadonlyMap<string, Decided>>
  /** Policies that a notice may be about: those of its class, with findings on the target or with the keyword of its reason first. */
  readonly policiesFor: (about: { category: string; keyword: string }, target: Decided | null) => string[]
  /** The queues in force, and when people work in a market. */
  readonly routing: () => Routing
  readonly calendarOf: CalendarOf
  /** Whether a rights-holder has earned priority for a reason; nobody has where this is not said. */
  readonly isTrusted?: (source: string, reason: string, now: number) => Promise<boolean>
  /** Microseconds since 1970 UTC. */
  readonly clock: () => number
}

export type Intake = ReturnType<typeof createIntake>

const text = (value: unknown): string => (typeof value === 'string' ? value : '')
const keyOf = ({ type, id }: Subject): string => `${type}/${id}`

/** What our own forms add to a `report.filed`; empty for reports that came as events. */
function noticePart(event: Decided['event']): Readonly<Record<string, unknown>> {
  const part = event.data['notice']
  return event.source.startsWith(ownSource) && typeof part === 'object' && part !== null
    ? (part as Record<string, unknown>)
    : {}
}

/** The subject that a report is about; the kind is what the target is, or what the reporter called it. */
export const subjectOfReport = ({ event, decision }: Decided): Subject => ({
  type: text(event.data['target_type']) || 'listing',
  id: text(event.data['target_id']) || decision.event.subject,
})

/** The row of a notice from its `report.filed`, whichever way that came. */
export function noticeRow(decided: Decided, recordedAt: number, calendarOf: CalendarOf): store.InboundNoticeRow {
  const { event, loggedAt, position } = decided
  const part = noticePart(event)
  const kind = noticeKinds.find((known) => known === part['kind']) ?? kindOfReporter(event.data['reporter_kind'])
  const found = classOf(event.data['reason'])
  const territory = Array.isArray(part['territory']) ? part['territory'] : []
  const markets = marketsOf([...territory, ...(territory.length === 0 && event.market ? [event.market] : [])])
  // The clock of imported history starts when it is imported.
  const from = Math.max(loggedAt, recordedAt)
  const { due, rule } = deadlineOf({ kind, classId: found.id, severity: found.severity, markets, from }, calendarOf)
  const subject = subjectOfReport(decided)
  const via = event.source.startsWith(ownSource) ? event.source.slice(ownSource.length) : event.source
  return {
    notice_id: noticeIdOf(event.source, event.id),
    at: loggedAt,
    recorded_at: recordedAt,
    kind,
    channel: `${kind}:${via}`,
    source_id: text(event.data['reporter_id']) || anonymous,
    external_id: event.id,
    subject_type: subject.type,
    subject_id: subject.id,
    class: found.id,
    reason: text(event.data['reason']) || 'other',
    markets: JSON.stringify(markets),
    site: event.site ?? null,
    due_at: due,
    deadline_rule: rule,
    position,
    cause: decided.decision.decision_id,
    actor: event.source.startsWith(ownSource) ? 'notifier' : event.source,
  }
}

/** How queues and priorities call who brought a case, e.g. `report:trusted_flagger/src_1`. */
export const sourceName = (notice: Pick<store.InboundNoticeRow, 'kind' | 'source_id'>): string =>
  `report:${kindRules[notice.kind as NoticeKind].reporters[0]}/${notice.source_id}`

const noActions: Text = { zh: '', en: '' }

/** Turns every `report.filed` of the journal into a notice, and puts it where it is decided. */
export function createIntake(input: IntakeInput) {
  const { db, rules, entryAt, targetsOf, policiesFor, routing, calendarOf, isTrusted, clock } = input
  const consumer = 'inbound'

  /** The case that a notice goes into: that of an earlier one, an open one of a strategy on the same thing, or its own. */
  async function caseFor(
    tx: store.InboundTx,
    notice: store.ListedNotice,
    { report, target, by }: { report: Decided; target: Decided | null; by: By },
  ): Promise<{ caseId: string; joined: boolean }> {
    const subject = { type: notice.subject_type, id: notice.subject_id }
    const found = classById(notice.class)
    const earlier = await store.openBundle(tx, { ...subject, classId: found.id })
    if (earlier) return { caseId: earlier.case_id, joined: true }
    const open = (await openCasesOn(tx, subject)).find((row) => sameClass(row.policies, found, rules()))
    if (open) return { caseId: open.case_id, joined: true }
    const about = target ?? report
    const policies = policiesFor({ category: found.category, keyword: keywordOf(notice.reason) }, target)
    const party = target?.decision.event
    const named = JSON.parse(notice.markets) as string[]
    const tries = (await store.eventsOf(tx, notice.notice_id)).filter((event) => event.type === 'bundled').length
    const row = {
      at: by.at,
      queue: rules().policy(policies[0] ?? '')?.queue ?? subject.type,
      severity: found.severity,
      subject_type: subject.type,
      subject_id: subject.id,
      title: (target ? titleOf(target.event) : '') || subject.id,
      party_type: party?.party_type ?? null,
      party_id: party?.party ?? null,
      site: notice.site ?? party?.site ?? null,
      markets: JSON.stringify(named.length > 0 ? named : target ? Object.keys(target.decision.markets) : ['*']),
      policies: JSON.stringify(policies),
      due_at: notice.due_at,
      position: about.position,
      decision_id: about.decision.decision_id,
      cause: tries === 0 ? notice.notice_id : `${notice.notice_id}.${tries}`,
    }
    const facts = { ...eventFacts(about), source: sourceName(notice) }
    return { caseId: await openNoticeCase(tx, row, { facts, routing }), joined: false }
  }

  /** Puts a received notice where it is decided: into a case, or on to customer service. */
  async function place(
    tx: store.InboundTx,
    notice: store.ListedNotice,
    { report, target, by }: { report: Decided; target: Decided | null; by: By },
  ): Promise<void> {
    if (classById(notice.class).route === 'refer' && notice.kind !== 'authority_order') {
      const decided = await happen(tx, notice, { type: 'decided', outcome: 'referred' }, by)
      await reply(
        tx,
        notice,
        { kind: 'outcome', text: outcomeText('referred', { actions: noActions, revised: false }) },
        by,
      )
      await happen(tx, decided, { type: 'informed', outcome: 'referred' }, by)
      return
    }
    const { caseId, joined } = await caseFor(tx, notice, { report, target, by })
    await happen(tx, notice, { type: 'bundled', caseId, data: { joined } }, by)
  }

  /** The row of a notice; a trusted rights-holder is heard as early as a trusted flagger would be. */
  async function rowOf(report: Decided): Promise<store.InboundNoticeRow> {
    const row = noticeRow(report, Math.max(report.loggedAt, clock()), calendarOf)
    if (row.kind !== 'rights_notice' || row.source_id === anonymous) return row
    if (!(await isTrusted?.(row.source_id, row.reason, row.recorded_at))) return row
    const due = row.recorded_at + (row.due_at - row.recorded_at) * priorityShare
    return { ...row, due_at: due, deadline_rule: 'trusted-notifier' }
  }

  async function take(
    tx: store.InboundTx,
    row: store.InboundNoticeRow,
    { report, target }: { report: Decided; target: Decided | null },
  ): Promise<void> {
    if (await store.knownNotice(tx, row.notice_id)) return
    await record(tx, 'inbound_notices', row)
    const fresh: store.ListedNotice = { ...row, status: 'received', case_id: null, outcome: null, decided_at: null }
    await store.setState(tx, {
      notice_id: row.notice_id,
      status: 'received',
      case_id: null,
      outcome: null,
      decided_at: null,
    })
    const by = { cause: row.cause, actor: 'inbound', at: row.recorded_at }
    await reply(tx, row, { kind: 'receipt', text: receiptText(row.kind as NoticeKind, row.due_at) }, by)
    let notice = fresh
    if (row.kind === 'authority_order') notice = await happen(tx, notice, { type: 'acknowledged' }, by)
    const lacking = rejection(report)
    if (lacking.length > 0) {
      await happen(tx, notice, { type: 'rejected', data: { missing: lacking } }, by)
      await reply(tx, row, { kind: 'rejected', text: rejectedText(lacking) }, by)
      return
    }
    // Orders of authorities are not suspended: art. 23 is about notices and complaints.
    const until =
      row.kind === 'authority_order' ? null : suspendedUntil(await store.measuresOf(tx, row.source_id), by.at)
    if (until !== null) {
      await happen(tx, notice, { type: 'held', data: { until } }, by)
      await reply(tx, row, { kind: 'held', text: heldText(until) }, by)
      return
    }
    await place(tx, notice, { report, target, by })
  }

  return {
    /** Journal consumer: rows and cursor in one transaction, so every report becomes one notice, once. */
    async applyReports(batch: readonly Decided[], next: number): Promise<void> {
      const reports = batch.filter(({ decision }) => decision.event.type === 'report.filed')
      const first = reports[0]
      const targets =
        first === undefined
          ? new Map<string, Decided>()
          : await targetsOf(reports.map(subjectOfReport), reports.at(-1)?.position ?? 0)
      const rows: { row: store.InboundNoticeRow; report: Decided }[] = []
      for (const report of reports) rows.push({ report, row: await rowOf(report) })
      await db.transaction().execute(async (tx) => {
        for (const { report, row } of rows)
          await take(tx, row, { report, target: targets.get(keyOf(subjectOfReport(report))) ?? null })
        await tx
          .insertInto('applied')
          .values({ consumer, position: next })
          .onConflict((on) => on.column('consumer').doUpdateSet({ position: next }))
          .execute()
      })
    },
    async applied(): Promise<number> {
      const row = await db.selectFrom('applied').select('position').where('consumer', '=', consumer).executeTakeFirst()
      return row?.position ?? 0
    },

    /** Places a notice again: its case went away undecided, or its source may be heard again. */
    async replace(notice: store.ListedNotice, by: By, before?: (tx: store.InboundTx) => Promise<store.ListedNotice>) {
      const report = await entryAt(notice.position)
      const subject = { type: notice.subject_type, id: notice.subject_id }
      const target = (await targetsOf([subject], Number.MAX_SAFE_INTEGER)).get(keyOf(subject)) ?? null
      await db.transaction().execute(async (tx) => {
        const now = before ? await before(tx) : await store.findNotice(tx, notice.notice_id)
        if (now && (now.status === 'received' || now.status === 'case')) await place(tx, now, { report, target, by })
      })
    },
  }
}

/** Reports that came as events need little: something that they are about, and a word of why. */
function rejection({ event }: Decided): ('target_id' | 'reason')[] {
  if (event.source.startsWith(ownSource)) return []
  const lacking: ('target_id' | 'reason')[] = []
  if (text(event.data['target_id']).trim() === '') lacking.push('target_id')
  if (text(event.data['reason']).trim() === '' && text(event.data['text']).trim() === '') lacking.push('reason')
  return lacking
}

const sameClass = (policies: string, { category, id }: PolicyClass, rules: Rules): boolean =>
  id !== 'other' &&
  (JSON.parse(policies) as string[]).some((policy) => rules.policy(policy)?.dsa?.category === category)
