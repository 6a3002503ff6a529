import { actionStore } from '../../enforcement/actions/index.ts'
import { actionViews, appealView, noticeView } from '../../review/appeals/index.ts'
import { caseView } from '../../review/cases/index.ts'
import { type SubjectType, subjectTitles } from '../../vocabulary/events/index.ts'
import { isoTime } from '../facts.ts'
import { layers, type Subject, type TimelineItem, type TraceInput } from './model.ts'
import { createTimeline } from './timeline.ts'

export type Traces = ReturnType<typeof createTraces>

/** Answers "why?" for any object: what was perceived, identified, decided, enforced, reviewed and appealed, joined by cause. */
export function createTraces(input: TraceInput) {
  const { facts, db, cases, appeals, rules, standing } = input
  const { timeline, newestEvent, decisionsOf } = createTimeline(input)

  /** The subject behind any id that a person may hold: an event, decision, case, action or appeal. */
  async function subjectOf(type: string, id: string): Promise<Subject | null> {
    const bySql: Record<string, string> = {
      event: 'SELECT subject_type, subject_id FROM events WHERE id = $1 ORDER BY logged_at DESC LIMIT 1',
      decision: 'SELECT subject_type, subject_id FROM decisions WHERE decision_id = $1 LIMIT 1',
      case: 'SELECT subject_type, subject_id FROM cases WHERE case_id = $1 LIMIT 1',
      action: 'SELECT target_type AS subject_type, target_id AS subject_id FROM actions WHERE action_id = $1 LIMIT 1',
      appeal: 'SELECT subject_type, subject_id FROM appeals WHERE appeal_id = $1 LIMIT 1',
    }
    const sql = bySql[type]
    if (sql === undefined) return { type, id }
    const [row] = await facts.rows(sql, [id])
    return row ? { type: String(row['subject_type']), id: String(row['subject_id']) } : null
  }

  return {
    timeline,
    newestEvent,
    subjectOf,

    /** The layers of one subject, and the edges from every record to the one that made it. */
    async trace(subject: Subject) {
      const items = await timeline(subject)
      const known = new Set(items.map((item) => item.id))
      return {
        subject: { ...subject, title: await titleOf(subject) },
        layers: Object.fromEntries(layers.map((layer) => [layer, items.filter((item) => item.layer === layer)])),
        links: items.flatMap((item) => [
          ...(item.cause !== null && known.has(item.cause) ? [{ from: item.cause, to: item.id }] : []),
          ...decisionLinks(item),
        ]),
      }
    },

    async subject(subject: Subject, now: number) {
      const [newest, actions, found, filed, decided, notices, items, score, related] = await Promise.all([
        newestEvent(subject),
        actionStore.actionsOn(db, subject),
        cases.on(subject),
        appeals.on(subject),
        decisionsOf(subject),
        actionStore.noticesOn(db, subject),
        timeline(subject),
        standing(subject, now),
        relatedTo(subject),
      ])
      return {
        ...subject,
        title: titleFrom(newest?.['data'], subject.id),
        type_title: subjectTitles[subject.type as SubjectType] ?? { zh: subject.type, en: subject.type },
        site: newest?.['site'] ?? null,
        facts: newest?.['data'] ?? {},
        standing: score,
        actions: await actionViews(db, actions, rules()),
        cases: found.map((row) => caseView(row, rules(), now)),
        appeals: filed.map((row) => appealView(row, { caseId: null, notYou: false, now })),
        decisions: decided.map((row) => ({
          decision_id: row['decision_id'],
          at: isoTime(row['logged_at']),
          event_id: row['event_id'],
          type: row['event_type'],
          verdict: row['verdict'],
          subject: { type: row['subject_type'], id: row['subject_id'] },
          strategies: row['strategies'] ?? [],
        })),
        notices: notices.map(noticeView),
        related,
        timeline: items,
        known: decided.length > 0 || actions.length > 0,
      }
    },

    async search(filter: { q: string; type?: string | undefined; limit: number }) {
      const rows = await facts.rows(
        `SELECT subject_type AS type, subject_id AS id, any_value(site) AS site, max(logged_at) AS last_at, arg_max(coalesce(title, headline, name, left("text", 80)), logged_at) AS title
         FROM events WHERE ($1 = '' OR subject_id = $1 OR contains(lower(coalesce(title, headline, name, "text", '')), lower($1)) OR party_id = $1) AND ($2 = '' OR subject_type = $2)
         GROUP BY ALL ORDER BY last_at DESC LIMIT ${filter.limit}`,
        [filter.q, filter.type ?? ''],
      )
      const parties =
        filter.q === ''
          ? []
          : await facts.rows(
              `SELECT party_type AS type, party_id AS id, any_value(site) AS site, max(logged_at) AS last_at, party_id AS title FROM events WHERE party_id = $1 AND ($2 = '' OR party_type = $2) GROUP BY ALL`,
              [filter.q, filter.type ?? ''],
            )
      return Promise.all(
        [...parties, ...rows].map(async (row) => {
          const subject = { type: String(row['type']), id: String(row['id']) }
          const actions = await actionViews(db, await actionStore.actionsOn(db, subject), rules())
          const open = (await cases.on(subject)).filter((found) => found.status === 'open').length
          return {
            ...subject,
            title: row['title'] ?? subject.id,
            site: row['site'],
            last_at: isoTime(row['last_at']),
            open_cases: open,
            actions_in_force: actions.filter((action) => action.in_force).length,
          }
        }),
      )
    },
  }

  async function titleOf(subject: Subject): Promise<string> {
    return titleFrom((await newestEvent(subject))?.['data'], subject.id)
  }

  async function relatedTo(subject: Subject) {
    const rows = await facts.rows(
      `SELECT subject_type AS type, subject_id AS id, party_type, party_id, arg_max(coalesce(title, headline, name, left("text", 60)), logged_at) AS title FROM events
       WHERE (subject_type = $1 AND subject_id = $2) OR (party_type = $1 AND party_id = $2) GROUP BY ALL LIMIT 12`,
      [subject.type, subject.id],
    )
    const parties = new Map(
      rows.flatMap((row) =>
        row['party_id'] && !(row['party_type'] === subject.type && row['party_id'] === subject.id)
          ? [
              [
                `${row['party_type']}/${row['party_id']}`,
                {
                  type: row['party_type'],
                  id: row['party_id'],
                  title: row['party_id'],
                  why: { zh: '责任方', en: 'Answers for it' },
                },
              ] as const,
            ]
          : [],
      ),
    )
    const theirs = rows
      .filter((row) => row['id'] !== subject.id)
      .map((row) => ({
        type: row['type'],
        id: row['id'],
        title: row['title'] ?? row['id'],
        why: { zh: '同一责任方', en: 'Same party' },
      }))
    return [...parties.values(), ...theirs].slice(0, 12)
  }
}

/** A finding is why a decision came out as it did. */
function decisionLinks(item: TimelineItem): { from: string; to: string }[] {
  const decision = item.kind === 'finding' ? (item.data as { decision_id?: unknown }).decision_id : undefined
  return typeof decision === 'string' ? [{ from: item.id, to: decision }] : []
}

function titleFrom(data: unknown, fallback: string): string {
  const record = (data ?? {}) as Record<string, unknown>
  for (const field of ['title', 'headline', 'name', 'text', 'body'])
    if (typeof record[field] === 'string' && record[field] !== '') return String(record[field]).slice(0, 120)
  return fallback
}
