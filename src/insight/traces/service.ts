import type { Rules } from '../../enforcement/actions/index.ts'
import { actionStore, actionTitle, type PointsRow } from '../../enforcement/actions/index.ts'
import { type Ladder, type StandingEvent, standingOf } from '../../enforcement/standing/index.ts'
import { formatTime } from '../../kernel/time.ts'
import type { Text } from '../../kernel/values.ts'
import { type AppealDb, type Appeals, actionViews, appealView, noticeView } from '../../review/appeals/index.ts'
import { type Cases, caseStore, caseView, outcomeTitles } from '../../review/cases/index.ts'
import { coreEventTypes, type SubjectType, subjectTitles } from '../../vocabulary/events/index.ts'
import { type Verdict, verdictTitles } from '../../vocabulary/verdicts.ts'
import { type FactsReader, isoTime } from '../facts.ts'

export const layers = ['perceived', 'identified', 'decided', 'enforced', 'reviewed', 'appealed'] as const
export type Layer = (typeof layers)[number]

/** One thing that happened to a subject, and the record that made it happen. */
export interface TimelineItem {
  readonly at: string
  readonly layer: Layer
  readonly kind: string
  readonly title: Text
  readonly id: string
  readonly cause: string | null
  readonly actor: string
  readonly data: unknown
}

export interface Subject {
  readonly type: string
  readonly id: string
}

export interface TraceInput {
  readonly facts: FactsReader
  readonly db: AppealDb
  readonly cases: Cases
  readonly appeals: Appeals
  readonly rules: () => Rules
  readonly ladders: ReadonlyMap<string, Ladder>
  /** What a strategy is called; undefined when no running pack has it. */
  readonly strategyTitle: (strategy: string) => Text | undefined
}

const typeTitles = new Map(coreEventTypes.map((type) => [type.type, type.title]))
const mostItems = 60

export type Traces = ReturnType<typeof createTraces>

/** Answers "why?" for any object: what was perceived, identified, decided, enforced, reviewed and appealed, joined by cause. */
export function createTraces({ facts, db, cases, appeals, rules, ladders, strategyTitle }: TraceInput) {
  /** Events of a subject, or those that its party answers for. */
  async function decisionsOf(subject: Subject) {
    return facts.rows(
      `SELECT d.decision_id, d.logged_at, d.event_id, d.source, d.event_type, d.verdict, d.markets, d.saw, d.unknown, d.engine, d.subject_type, d.subject_id, e.data, e.time
       FROM decisions d JOIN events e ON e.position = d.position
       WHERE (d.subject_type = $1 AND d.subject_id = $2) OR (d.party_type = $1 AND d.party_id = $2)
       ORDER BY d.logged_at DESC LIMIT ${mostItems}`,
      [subject.type, subject.id],
    )
  }

  async function journalItems(subject: Subject): Promise<TimelineItem[]> {
    const decisions = await decisionsOf(subject)
    if (decisions.length === 0) return []
    const ids = decisions.map((row) => String(row['decision_id']))
    const findings = await facts.rows(
      `SELECT * FROM findings WHERE list_contains(string_split($1, ','), decision_id) ORDER BY logged_at`,
      [ids.join(',')],
    )
    return [...decisions.flatMap(perceivedAndDecided), ...findings.map(identified)]
  }

  function identified(row: Record<string, unknown>): TimelineItem {
    const live = row['mode'] === 'live'
    const named = strategyTitle(String(row['strategy'])) ?? { zh: String(row['strategy']), en: String(row['strategy']) }
    return {
      at: isoTime(row['logged_at']) ?? '',
      layer: 'identified',
      kind: 'finding',
      id: String(row['finding_id']),
      cause: `event:${row['source']}/${row['event_id']}`,
      actor: String(row['strategy']),
      title: {
        zh: `${named.zh} 命中（${verdictTitles[row['verdict'] as Verdict]?.zh ?? row['verdict']}${live ? '' : '，空跑'}）`,
        en: `${named.en} fired (${verdictTitles[row['verdict'] as Verdict]?.en ?? row['verdict']}${live ? '' : ', shadow'})`,
      },
      data: {
        strategy: row['strategy'],
        version: row['version'],
        policy: row['policy'],
        severity: row['severity'],
        verdict: row['verdict'],
        mode: row['mode'],
        markets: row['markets'],
        evidence: parse(row['evidence']),
        decision_id: row['decision_id'],
      },
    }
  }

  async function ledgerItems(subject: Subject): Promise<TimelineItem[]> {
    const actions = await actionStore.actionsOn(db, subject)
    const views = await actionViews(db, actions)
    const causes = [...new Set(actions.map((row) => row.cause))]
    const points = (await actionStore.pointsByCause(db, causes)).concat(await actionStore.pointsOfParty(db, subject))
    const notices = await actionStore.noticesOn(db, subject)
    return [
      ...actions.map(
        (row, index): TimelineItem => ({
          at: formatTime(row.at),
          layer: 'enforced',
          kind: 'action',
          id: row.action_id,
          cause: row.cause,
          actor: row.actor,
          title: actionTitle(row.kind),
          data: views[index],
        }),
      ),
      ...[...new Map(points.map((row) => [row.entry_id, row])).values()].map(
        (row): TimelineItem => ({
          at: formatTime(row.at),
          layer: 'enforced',
          kind: 'points',
          id: row.entry_id,
          cause: row.cause,
          actor: row.actor,
          title:
            row.type === 'overturn'
              ? { zh: `退回 ${row.points} 分`, en: `${row.points} points returned` }
              : { zh: `记 ${row.points} 分（${row.class}）`, en: `${row.points} points (${row.class})` },
          data: row,
        }),
      ),
      ...notices.map(
        (row): TimelineItem => ({
          at: formatTime(row.at),
          layer: 'enforced',
          kind: 'notice',
          id: row.notice_id,
          cause: row.cause,
          actor: row.actor,
          title: { zh: '发出告知书', en: 'Notice sent' },
          data: noticeView(row),
        }),
      ),
    ]
  }

  async function reviewItems(subject: Subject): Promise<TimelineItem[]> {
    const found = await caseStore.casesOn(db, subject, Date.now() * 1000)
    const events = (await Promise.all(found.map((row) => caseStore.eventsOfCase(db, row.case_id)))).flat()
    const labels = await actionStore.labelsOn(db, subject)
    return [
      ...found.map(
        (row): TimelineItem => ({
          at: formatTime(row.at),
          layer: 'reviewed',
          kind: 'case',
          id: row.case_id,
          cause: row.cause,
          actor: 'strategy',
          title: { zh: '开立案件', en: 'Case opened' },
          data: caseView(row, rules(), Date.now() * 1000),
        }),
      ),
      ...events
        .filter((row) => row.type !== 'opened')
        .map(
          (row): TimelineItem => ({
            at: formatTime(row.at),
            layer: 'reviewed',
            kind: `case.${row.type}`,
            id: row.case_event_id,
            cause: row.type === 'effective' ? row.cause : row.case_id,
            actor: row.actor,
            title: eventTitle(row),
            data: { ...row, data: parse(row.data) },
          }),
        ),
      ...labels.map(
        (row): TimelineItem => ({
          at: formatTime(row.at),
          layer: row.origin === 'appeal' ? 'appealed' : 'reviewed',
          kind: 'label',
          id: row.label_id,
          cause: row.cause,
          actor: row.actor,
          title:
            row.label === 'ok' ? { zh: '标注：正常', en: 'Label: ok' } : { zh: '标注：违规', en: 'Label: violation' },
          data: row,
        }),
      ),
    ]
  }

  async function appealItems(subject: Subject): Promise<TimelineItem[]> {
    return (await appeals.on(subject)).flatMap((row): TimelineItem[] => [
      {
        at: formatTime(row.at),
        layer: 'appealed',
        kind: 'appeal',
        id: row.appeal_id,
        cause: row.cause,
        actor: row.actor,
        title: { zh: '提出申诉', en: 'Appeal filed' },
        data: appealView(row, { caseId: null, notYou: false }),
      },
      ...(row.outcome === null
        ? []
        : [
            {
              at: formatTime(row.decided_at ?? 0),
              layer: 'appealed' as const,
              kind: `appeal.${row.outcome}`,
              id: String(row.decided_cause),
              cause: row.appeal_id,
              actor: String(row.decided_by),
              title: appealTitles[row.outcome] ?? { zh: row.outcome, en: row.outcome },
              data: { outcome: row.outcome, note: row.note },
            },
          ]),
    ])
  }

  async function timeline(subject: Subject): Promise<TimelineItem[]> {
    const parts = await Promise.all([
      journalItems(subject),
      ledgerItems(subject),
      reviewItems(subject),
      appealItems(subject),
    ])
    return parts
      .flat()
      .sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : layers.indexOf(a.layer) - layers.indexOf(b.layer)))
  }

  async function newestEvent(subject: Subject): Promise<Record<string, unknown> | null> {
    const [row] = await facts.rows(
      'SELECT id, source, type, time, subject, site, market, data FROM events WHERE subject_type = $1 AND subject_id = $2 ORDER BY logged_at DESC LIMIT 1',
      [subject.type, subject.id],
    )
    return row ? { ...row, time: isoTime(row['time']), data: parse(row['data']) } : null
  }

  async function standing(subject: Subject) {
    const entries = await actionStore.pointsOfParty(db, subject)
    const overturned = new Set(entries.flatMap((row) => (row.type === 'overturn' && row.ref ? [row.ref] : [])))
    return [...new Set(entries.map((row) => row.ladder))].flatMap((id) => {
      const ladder = ladders.get(id)
      if (!ladder) return []
      const mine = entries.filter((row) => row.ladder === id)
      const now = standingOf(ladder, mine.map(standingEvent), { subject: subject.id, at: Date.now() })
      return now.ledgers.map((ledger) => {
        const declared = ladder.ledgers.find((found) => found.id === ledger.id)
        return {
          ledger: `${id}/${ledger.id}`,
          title: declared?.title ?? ladder.title,
          score: ledger.score,
          scale: declared?.scale ?? 'up',
          crossed: ledger.crossed,
          thresholds: (declared?.milestones ?? []).map((milestone) => ({
            at: milestone.threshold,
            title: milestone.title,
          })),
          sanctions: now.sanctions.map((sanction) => ({
            kind: sanction.kind,
            title: { zh: sanction.kind, en: sanction.kind },
            from: formatTime(sanction.from * 1000),
            until: sanction.until === null ? null : formatTime(sanction.until * 1000),
          })),
          entries: mine
            .filter((row) => row.type === 'violation')
            .map((row) => ({
              id: row.entry_id,
              at: formatTime(row.at),
              class: row.class,
              points: row.points,
              cause: row.cause,
              expires_at: null,
              reversed: overturned.has(row.entry_id),
            })),
        }
      })
    })
  }

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
    standing,
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
        standing(subject),
        relatedTo(subject),
      ])
      return {
        ...subject,
        title: titleFrom(newest?.['data'], subject.id),
        type_title: subjectTitles[subject.type as SubjectType] ?? { zh: subject.type, en: subject.type },
        site: newest?.['site'] ?? null,
        facts: newest?.['data'] ?? {},
        standing: score,
        actions: await actionViews(db, actions),
        cases: found.map((row) => caseView(row, rules(), now)),
        appeals: filed.map((row) => appealView(row, { caseId: null, notYou: false })),
        decisions: decided.map((row) => ({
          decision_id: row['decision_id'],
          at: isoTime(row['logged_at']),
          event_id: row['event_id'],
          type: row['event_type'],
          verdict: row['verdict'],
          subject: { type: row['subject_type'], id: row['subject_id'] },
          strategies: [],
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
          const actions = await actionViews(db, await actionStore.actionsOn(db, subject))
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

function perceivedAndDecided(row: Record<string, unknown>): TimelineItem[] {
  const at = isoTime(row['logged_at']) ?? ''
  const eventId = `event:${row['source']}/${row['event_id']}`
  const type = String(row['event_type'])
  const verdict = verdictTitles[row['verdict'] as Verdict] ?? { zh: String(row['verdict']), en: String(row['verdict']) }
  return [
    {
      at,
      layer: 'perceived',
      kind: type,
      id: eventId,
      cause: null,
      actor: String(row['source']),
      title: typeTitles.get(type) ?? { zh: type, en: type },
      data: {
        id: row['event_id'],
        source: row['source'],
        type,
        time: isoTime(row['time']),
        data: parse(row['data']),
        signals: parse(row['saw']),
      },
    },
    {
      at,
      layer: 'decided',
      kind: 'decision',
      id: String(row['decision_id']),
      cause: eventId,
      actor: 'strategy',
      title: verdict,
      data: { verdict: row['verdict'], markets: parse(row['markets']), unknown: row['unknown'], engine: row['engine'] },
    },
  ]
}

function standingEvent(row: PointsRow): StandingEvent {
  const overturn = row.type === 'overturn'
  return {
    id: row.entry_id,
    time: Math.floor(row.at / 1000),
    subject: row.party_id,
    type: overturn ? 'overturn' : 'violation',
    class: overturn ? null : row.class,
    points: overturn ? null : row.points,
    ref: row.ref,
    content: null,
    severity: null,
    quantity: null,
    cureDays: null,
    linked: [],
  }
}

/** A finding is why a decision came out as it did. */
function decisionLinks(item: TimelineItem): { from: string; to: string }[] {
  const decision = item.kind === 'finding' ? (item.data as { decision_id?: unknown }).decision_id : undefined
  return typeof decision === 'string' ? [{ from: item.id, to: decision }] : []
}

const appealTitles: Record<string, Text> = {
  upheld: { zh: '申诉未支持', en: 'Appeal upheld the decision' },
  reduced: { zh: '申诉后减轻', en: 'Reduced on appeal' },
  overturned: { zh: '申诉改判', en: 'Overturned on appeal' },
}

function eventTitle(row: { type: string; outcome: string | null }): Text {
  const outcome = outcomeTitles[row.outcome as keyof typeof outcomeTitles]
  if (row.type === 'decided')
    return { zh: `审核判定：${outcome?.zh ?? ''}`, en: `Reviewer decided: ${outcome?.en ?? ''}` }
  if (row.type === 'effective') return { zh: '判定生效', en: 'Decision took effect' }
  if (row.type === 'undone') return { zh: '撤回判定', en: 'Decision undone' }
  if (row.type === 'appealed') return { zh: '因申诉改判结案', en: 'Closed: overturned on appeal' }
  return { zh: '升级处理', en: 'Escalated' }
}

function titleFrom(data: unknown, fallback: string): string {
  const record = (data ?? {}) as Record<string, unknown>
  for (const field of ['title', 'headline', 'name', 'text', 'body'])
    if (typeof record[field] === 'string' && record[field] !== '') return String(record[field]).slice(0, 120)
  return fallback
}

function parse(value: unknown): unknown {
  if (typeof value !== 'string') return value
  try {
    return JSON.parse(value)
  } catch {
    return value
  }
}
