import { Type } from '@sinclair/typebox'
import type { Rules } from '../../enforcement/actions/index.ts'
import { hitEventType, type Pipeline } from '../../judgement/decisions/index.ts'
import { alertView, type Lifecycle } from '../../judgement/lifecycle/index.ts'
import type { PackManager } from '../../judgement/strategies/index.ts'
import { operation } from '../../kernel/operation.ts'
import { anything } from '../../kernel/paging.ts'
import { formatTime } from '../../kernel/time.ts'
import type { Text } from '../../kernel/values.ts'
import type { Appeals } from '../../review/appeals/index.ts'
import { type Cases, caseView, outcomeTitles } from '../../review/cases/index.ts'
import { type FactsReader, isoTime } from '../facts.ts'

export { vocabularyOperations } from './vocabulary.ts'

export interface OverviewInput {
  readonly facts: FactsReader
  readonly pipeline: Pipeline
  readonly packs: PackManager
  readonly cases: Cases
  readonly appeals: Appeals
  readonly rules: () => Rules
  readonly lifecycle: Lifecycle
  /** Outside calls that were given up. */
  readonly deadLetters: () => Promise<number>
  /** What streams in at the moment, and what the sample is; null when there is none. */
  readonly ingest: () => { streaming: boolean; done: number; total: number; source: Text } | null
  readonly sample: () => { generated: true; seed: number; note: Text } | null
}

interface Alarm {
  readonly id: string
  readonly level: 'watch' | 'warn'
  readonly title: Text
  readonly detail: Text
  readonly at: string
  readonly link: string
}

/** What a person needs to see first: my queue, alarms, what changed. */
export function overviewOperations(input: OverviewInput) {
  const { facts, pipeline, packs, cases, appeals, rules } = input
  const queueTitle = (id: string): Text => cases.routing().queue(id).title
  return [
    operation({
      name: 'overview',
      summary: { zh: '首页', en: 'Home' },
      method: 'GET',
      path: '/v1/overview',
      permission: 'overview.read',
      scope: 'rows',
      input: Type.Object({}),
      output: anything,
      run: async ({ principal, now }) => {
        const [mine, queues, totals, changes, openAppeals, brakes, lateAppeals, deadLetters] = await Promise.all([
          cases.list({ status: 'mine', holder: principal.id, now, limit: 5 }),
          cases.queues(now),
          facts.rows(totalsSql),
          facts.rows(changesSql),
          appeals.open(),
          input.lifecycle.alerts({ open: true, limit: 20 }),
          appeals.overdue(now),
          input.deadLetters(),
        ])
        const [counted] = totals
        return {
          my_cases: mine.items.map((row) => caseView(row, rules(), now, { hidden: cases.hides(row, principal) })),
          my_open: mine.total,
          queues: queues
            .map((row) => ({
              queue: row.queue,
              title: queueTitle(row.queue),
              open: Number(row.open),
              overdue: Number(row.overdue),
              oldest_at: row.oldest_at === null ? null : formatTime(Number(row.oldest_at)),
            }))
            .sort((a, b) => b.overdue - a.overdue || b.open - a.open),
          alarms: [
            ...brakes.map(brakeAlarm),
            ...outsideAlarms({ now, lateAppeals, deadLetters }),
            ...alarmsOf({ queues, now, openAppeals }),
          ],
          changes: changes.map((row) => ({
            at: isoTime(row['ts']),
            kind: row['kind'],
            title: changeTitle(row),
            link: row['link'],
            actor: row['actor'],
          })),
          totals: {
            events: Number(counted?.['events'] ?? 0),
            decisions: Number(counted?.['decisions'] ?? 0),
            findings: Number(counted?.['findings'] ?? 0),
            open_cases: queues.reduce((sum, row) => sum + Number(row.open), 0),
            open_appeals: openAppeals,
            events_per_second: pipeline.counts().perSecond,
          },
          ingest: input.ingest(),
          sample: input.sample(),
          packs: { live: packs.statuses().filter((status) => status.running).length, invalid: invalidPacks() },
        }
      },
    }),
  ]

  function invalidPacks() {
    return packs
      .statuses()
      .filter((status) => status.problems.length > 0)
      .map((status) => ({ pack: status.pack, message: status.problems[0]?.message ?? { zh: '', en: '' } }))
  }

  /** Promises to people outside that were not kept. */
  function outsideAlarms({
    now,
    lateAppeals,
    deadLetters,
  }: {
    now: number
    lateAppeals: number
    deadLetters: number
  }): Alarm[] {
    const at = formatTime(now)
    const alarm = (id: string, link: string, title: Text, detail: Text): Alarm => ({
      id,
      level: 'warn',
      at,
      link,
      title,
      detail,
    })
    return [
      ...(lateAppeals > 0
        ? [
            alarm(
              'appeals:overdue',
              '/appeals?status=overdue',
              { zh: `${lateAppeals} 个申诉逾期`, en: `${lateAppeals} appeals are overdue` },
              { zh: '先处理最早的一个', en: 'Start with the oldest' },
            ),
          ]
        : []),
      ...(deadLetters > 0
        ? [
            alarm(
              'webhooks:dead',
              '/webhooks?outcome=dead',
              { zh: `${deadLetters} 次外部调用未送达`, en: `${deadLetters} outside calls were not delivered` },
              { zh: '检查接收端后重发', en: 'Mend the endpoint, then send them again' },
            ),
          ]
        : []),
    ]
  }

  function alarmsOf({
    queues,
    now,
    openAppeals,
  }: {
    queues: Awaited<ReturnType<Cases['queues']>>
    now: number
    openAppeals: number
  }): Alarm[] {
    const at = formatTime(now)
    const late = queues
      .filter((row) => Number(row.overdue) > 0)
      .map(
        (row): Alarm => ({
          id: `overdue:${row.queue}`,
          level: 'warn',
          at,
          link: `/queue?queue=${row.queue}`,
          title: {
            zh: `${queueTitle(row.queue).zh}：${row.overdue} 件超时`,
            en: `${queueTitle(row.queue).en}: ${row.overdue} overdue`,
          },
          detail: { zh: '先处理最紧急的一件', en: 'Start with the most urgent one' },
        }),
      )
    const broken = packs
      .statuses()
      .filter((status) => status.problems.length > 0)
      .map(
        (status): Alarm => ({
          id: `pack:${status.pack}`,
          level: 'warn',
          at: formatTime(status.loadedAt),
          link: `/packs/${status.pack}`,
          title: { zh: `规则包 ${status.pack} 不合格`, en: `Pack ${status.pack} is not valid` },
          detail: status.running
            ? { zh: '仍运行上一个有效版本', en: 'The last valid version keeps running' }
            : { zh: '没有在运行的版本', en: 'No version of it is running' },
        }),
      )
    const waiting: Alarm[] =
      openAppeals > 0
        ? [
            {
              id: 'appeals',
              level: 'watch',
              at,
              link: '/appeals',
              title: { zh: `${openAppeals} 件申诉待处理`, en: `${openAppeals} appeals wait` },
              detail: { zh: '须由另一位审核员处理', en: 'Another reviewer than the first decides' },
            },
          ]
        : []
    return [...broken, ...late, ...waiting]
  }
}

function brakeAlarm(row: Parameters<typeof alertView>[0]): Alarm {
  const { alert_id, kind, level, title, detail, at, strategy } = alertView(row)
  const page = kind === 'deployment' ? 'batch' : 'strategies'
  const link = kind === 'channel' ? `/inbound?channel=${encodeURIComponent(strategy)}` : `/${page}/${strategy}`
  return { id: alert_id, level, title, detail, at, link }
}

const totalsSql = `SELECT (SELECT count(*) FROM events WHERE type <> '${hitEventType}') AS events, (SELECT count(*) FROM decisions) AS decisions, (SELECT count(*) FROM findings) AS findings`

const changesSql = `
  WITH last AS (
    SELECT recorded_at AS ts, 'case' AS kind, type AS what, outcome AS extra, case_id AS id, '/cases/' || case_id AS link, actor FROM case_events WHERE type IN ('decided', 'undone', 'escalated')
    UNION ALL SELECT recorded_at, 'appeal', 'filed', NULL, appeal_id, '/appeals/' || appeal_id, actor FROM appeals
    UNION ALL SELECT recorded_at, 'appeal', 'decided', outcome, appeal_id, '/appeals/' || appeal_id, actor FROM appeal_events
    ORDER BY ts DESC LIMIT 12),
  things AS (
    SELECT case_id AS id, subject_type, subject_id FROM cases WHERE case_id IN (SELECT id FROM last)
    UNION ALL SELECT appeal_id, subject_type, subject_id FROM appeals WHERE appeal_id IN (SELECT id FROM last)),
  names AS (
    SELECT t.id, arg_max(coalesce(e.title, e.headline, left(e."text", 60), t.subject_id), e.logged_at) AS name
    FROM things t JOIN events e ON e.subject_type = t.subject_type AND e.subject_id = t.subject_id GROUP BY t.id)
  SELECT last.*, coalesce(names.name, last.id) AS name FROM last LEFT JOIN names USING (id) ORDER BY ts DESC`

const caseWords: Readonly<Record<string, Text>> = outcomeTitles

const appealWords: Readonly<Record<string, Text>> = {
  upheld: { zh: '维持', en: 'upheld' },
  reduced: { zh: '减轻', en: 'reduced' },
  overturned: { zh: '改判', en: 'overturned' },
}

/** What happened first, then to what: a narrow place cuts the end. */
function changeTitle(row: Record<string, unknown>): Text {
  const name = String(row['name'] ?? '')
  const extra = String(row['extra'] ?? '')
  if (row['kind'] === 'appeal') {
    if (row['what'] === 'filed') return { zh: `收到申诉：${name}`, en: `Appeal filed: ${name}` }
    const word = appealWords[extra] ?? { zh: extra, en: extra }
    return { zh: `申诉${word.zh}：${name}`, en: `Appeal ${word.en}: ${name}` }
  }
  if (row['what'] === 'undone') return { zh: `撤回判定：${name}`, en: `Decision undone: ${name}` }
  if (row['what'] === 'escalated') return { zh: `已升级：${name}`, en: `Escalated: ${name}` }
  const title = caseWords[extra] ?? { zh: extra, en: extra }
  return { zh: `${title.zh}：${name}`, en: `${title.en}: ${name}` }
}
