import { record } from '../../kernel/database.ts'
import { newId } from '../../kernel/ids.ts'
import { problem } from '../../kernel/problems.ts'
import { hour } from '../../kernel/time.ts'
import {
  type ComplaintEvent,
  type ComplaintStatus,
  complaintStatus,
  complaintTransitions,
  missingSteps,
  stepTitles,
} from './model.ts'
import * as store from './store.ts'

export interface NewComplaint {
  readonly source: string
  readonly complainant: string
  readonly subject: { readonly type: string; readonly id: string } | null
  readonly text: string
  readonly severity: 'S1' | 'S2' | 'S3' | 'S4'
}

/** Time to the closing of a complaint by severity; a platform default. */
const dueHours = { S1: 24, S2: 72, S3: 168, S4: 336 } as const

export type Complaints = ReturnType<typeof createComplaints>

/** Negative complaints: each closes only with root cause, fix, verified effect and reply. */
export function createComplaints(db: store.ComplaintDb) {
  async function mustFind(tx: store.ComplaintDb | store.ComplaintTx, id: string) {
    const found = await store.complaintById(tx, id)
    if (!found)
      throw problem({
        code: 'not_found',
        field: 'complaint_id',
        value: id,
        detail: { zh: '没有这个投诉', en: 'No such complaint' },
      })
    const events = await store.complaintEvents(tx, [id])
    return { ...found, events, status: complaintStatus(events.map((row) => row.type as ComplaintEvent)) }
  }

  return {
    find: (id: string) => mustFind(db, id),

    async list(filter: Parameters<typeof store.listComplaints>[1]) {
      const rows = await store.listComplaints(db, filter)
      const events = Map.groupBy(
        await store.complaintEvents(
          db,
          rows.map((row) => row.complaint_id),
        ),
        (row) => row.complaint_id,
      )
      return rows.map((row) => {
        const own = events.get(row.complaint_id) ?? []
        return { ...row, events: own, status: complaintStatus(own.map((each) => each.type as ComplaintEvent)) }
      })
    },

    async file(wanted: NewComplaint, by: { id: string }, now: number): Promise<store.ComplaintRow> {
      const row: store.ComplaintRow = {
        complaint_id: newId('cpl'),
        at: now,
        source: wanted.source,
        complainant: wanted.complainant,
        subject_type: wanted.subject?.type ?? null,
        subject_id: wanted.subject?.id ?? null,
        text: wanted.text,
        severity: wanted.severity,
        due_at: now + dueHours[wanted.severity] * hour,
        cause: wanted.source,
        actor: by.id,
      }
      await db.transaction().execute((tx) => record(tx, 'complaints', row))
      return row
    },

    /** Notes a step, or closes. @throws not_found; conflict naming what is missing first. */
    async note(
      id: string,
      { type, text, refs = [] }: { type: ComplaintEvent; text: string; refs?: readonly string[] | undefined },
      { by, now }: { by: { id: string }; now: number },
    ): Promise<ComplaintStatus> {
      return db.transaction().execute(async (tx) => {
        const found = await mustFind(tx, id)
        const next = complaintTransitions[found.status][type]
        if (next === undefined) throw refusal(found.status, type)
        await record(tx, 'complaint_events', {
          complaint_event_id: newId('cpe'),
          at: now,
          complaint_id: id,
          type,
          text,
          refs: JSON.stringify(refs),
          cause: found.events.at(-1)?.complaint_event_id ?? id,
          actor: by.id,
        })
        return next
      })
    },
  }
}

function refusal(status: ComplaintStatus, type: ComplaintEvent) {
  const missing = missingSteps(status)
  if (status === 'closed')
    return problem({
      code: 'conflict',
      field: 'type',
      value: type,
      detail: { zh: '投诉已经关闭', en: 'The complaint is closed' },
    })
  const [first] = missing
  const named = (language: 'zh' | 'en') =>
    missing.map((step) => stepTitles[step][language]).join(language === 'zh' ? '、' : ', ')
  return problem({
    code: 'conflict',
    field: 'type',
    value: type,
    missing,
    detail: {
      zh: missing.length === 0 ? '四步已完成，可以关闭' : `还缺：${named('zh')}`,
      en: missing.length === 0 ? 'All four steps are done: it can close' : `Missing: ${named('en')}`,
    },
    fix: {
      zh: first === undefined ? '写 closed' : `先写明${stepTitles[first].zh}`,
      en: first === undefined ? 'Send closed' : `Note the ${stepTitles[first].en.toLowerCase()} first`,
    },
  })
}
