import { actionStore, actionTitle, type MeasureRow, type PointsRow } from '../../enforcement/actions/index.ts'
import { hitEventTitle, hitEventType } from '../../judgement/decisions/index.ts'
import { formatTime } from '../../kernel/time.ts'
import type { Text } from '../../kernel/values.ts'
import { actionViews, appealView, noticeView } from '../../review/appeals/index.ts'
import { caseStore, caseView, outcomeTitles } from '../../review/cases/index.ts'
import { answerViews, createDocuments } from '../../review/documents/index.ts'
import { coreEventTypes } from '../../vocabulary/events/index.ts'
import { type Verdict, verdictTitles } from '../../vocabulary/verdicts.ts'
import { isoTime } from '../facts.ts'
import { layers, parseJson, type Subject, type TimelineItem, type TraceInput } from './model.ts'

const typeTitles = new Map([
  ...coreEventTypes.map((type) => [type.type, type.title] as const),
  [hitEventType, hitEventTitle],
])
const mostItems = 60

/** What happened to a subject, layer by layer, from the facts and the ledger. */
export function createTimeline({ facts, db, appeals, rules, strategyTitle }: TraceInput) {
  const documents = createDocuments(db)

  /** Events of a subject, or those that its party answers for. */
  async function decisionsOf(subject: Subject) {
    return facts.rows(
      `SELECT d.decision_id, d.logged_at, d.event_id, d.source, d.event_type, d.verdict, d.markets, d.saw, d.unknown, d.engine, d.subject_type, d.subject_id, e.data, e.time,
              (SELECT list(DISTINCT f.strategy ORDER BY f.strategy) FROM findings f WHERE f.decision_id = d.decision_id) AS strategies
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
        evidence: parseJson(row['evidence']),
        decision_id: row['decision_id'],
      },
    }
  }

  async function ledgerItems(subject: Subject): Promise<TimelineItem[]> {
    const actions = await actionStore.actionsOn(db, subject)
    const views = await actionViews(db, actions, rules())
    const causes = [...new Set(actions.map((row) => row.cause))]
    const points = (await actionStore.pointsByCause(db, causes)).concat(await actionStore.pointsOfParty(db, subject))
    const notices = await actionStore.noticesOn(db, subject)
    const measures = await actionStore.measuresOn(db, subject)
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
          title: pointsTitle(row),
          data: row,
        }),
      ),
      ...measures.map(
        (row): TimelineItem => ({
          at: formatTime(row.at),
          layer: 'enforced',
          kind: `measure.${row.type}`,
          id: row.measure_id,
          cause: row.cause,
          actor: row.actor,
          title: measureTitles[row.type],
          data: { reason: row.reason, ...(parseJson(row.data) as object) },
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
            data: { ...row, data: parseJson(row.data) },
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
        data: appealView(row, { caseId: null, notYou: false, now: Date.now() * 1000 }),
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

  async function documentItems(subject: Subject): Promise<TimelineItem[]> {
    const rows = await documents.on(subject)
    const views = await answerViews(documents, rows)
    return rows.map((row, index) => ({
      at: formatTime(row.at),
      layer: 'reviewed',
      kind: 'documents',
      id: row.answer_id,
      cause: row.cause,
      actor: row.actor,
      title: { zh: '收到证明材料', en: 'Documents received' },
      data: views[index],
    }))
  }

  async function timeline(subject: Subject): Promise<TimelineItem[]> {
    const parts = await Promise.all([
      journalItems(subject),
      ledgerItems(subject),
      reviewItems(subject),
      appealItems(subject),
      documentItems(subject),
    ])
    return parts
      .flat()
      .sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : layers.indexOf(a.layer) - layers.indexOf(b.layer)))
  }

  /** A seller is described by the newest event of the shop. */
  async function newestEvent(subject: Subject): Promise<Record<string, unknown> | null> {
    const [row] = await facts.rows(
      `SELECT id, source, type, time, subject, site, market, data FROM events
       WHERE (subject_type = $1 AND subject_id = $2) OR ($1 = 'seller' AND subject_type = 'shop' AND party_type = $1 AND party_id = $2)
       ORDER BY logged_at DESC LIMIT 1`,
      [subject.type, subject.id],
    )
    return row ? { ...row, time: isoTime(row['time']), data: parseJson(row['data']) } : null
  }

  return { timeline, newestEvent, decisionsOf }
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
        data: parseJson(row['data']),
        signals: parseJson(row['saw']),
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
      data: {
        verdict: row['verdict'],
        markets: parseJson(row['markets']),
        unknown: row['unknown'],
        engine: row['engine'],
      },
    },
  ]
}
const appealTitles: Record<string, Text> = {
  upheld: { zh: '申诉未支持', en: 'Appeal upheld the decision' },
  reduced: { zh: '申诉后减轻', en: 'Reduced on appeal' },
  overturned: { zh: '申诉改判', en: 'Overturned on appeal' },
}

const measureTitles: Readonly<Record<MeasureRow['type'], Text>> = {
  impose: { zh: '人工施加处置', en: 'Imposed by hand' },
  lift: { zh: '人工解除处置', en: 'Lifted by hand' },
  cure: { zh: '确认已整改', en: 'Mended in time' },
  credit: { zh: '登记良好经营', en: 'Good conduct noted' },
  quiz: { zh: '完成测验', en: 'Quiz taken' },
}

function pointsTitle({ type, points, class: name, quantity }: PointsRow): Text {
  switch (type) {
    case 'overturn':
      return { zh: `退回 ${points} 分`, en: `${points} points returned` }
    case 'cured':
      return { zh: `已整改，${points} 分不计`, en: `Mended in time: ${points} points never count` }
    case 'quiz':
      return { zh: `测验通过，返还 ${points} 分`, en: `Quiz passed: ${points} points returned` }
    case 'credit':
      return {
        zh: `良好经营（${name}${quantity ? ` ×${quantity}` : ''}）`,
        en: `Good conduct (${name}${quantity ? ` ×${quantity}` : ''})`,
      }
    default:
      return { zh: `记 ${points} 分（${name}）`, en: `${points} points (${name})` }
  }
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
