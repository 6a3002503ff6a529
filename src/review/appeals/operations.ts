import { Type } from '@sinclair/typebox'
import { actionKind, actionStore, actionTitle, type Rules, suggestActions } from '../../enforcement/actions/index.ts'
import { operation } from '../../kernel/operation.ts'
import { anything, listOf, page, paging } from '../../kernel/paging.ts'
import { problem } from '../../kernel/problems.ts'
import { formatTime } from '../../kernel/time.ts'
import { severities } from '../../vocabulary/verdicts.ts'
import type { Cases } from '../cases/index.ts'
import { filesOf, fileView } from '../files/index.ts'
import { marksOn, markView } from '../marks/index.ts'
import { isInvolved } from './decide.ts'
import type { Filing } from './file.ts'
import { appealOutcomes } from './imposing.ts'
import type { Root } from './roots.ts'
import { type Appeals, bulkPhrase } from './service.ts'
import type { AppealDb, ListedAppeal } from './store.ts'
import { actionView, actionViews, appealView, noticeView } from './views.ts'

const outcome = Type.Union(appealOutcomes.map((each) => Type.Literal(each)))
const note = Type.String({ minLength: 1, maxLength: 4000, description: 'the reason that the party will read' })
/** What supports an appeal, as every way to file one takes it. */
export const appealEvidence = Type.Array(
  Type.Object({
    kind: Type.Union([Type.Literal('text'), Type.Literal('reference'), Type.Literal('file')], {
      description:
        'text, reference (a document number, an address, an event id), or file (the id of a file that you sent)',
    }),
    value: Type.String({ minLength: 1, maxLength: 4000 }),
  }),
  { maxItems: 20 },
)

export interface AppealOperationsInput {
  readonly appeals: Appeals
  readonly cases: Cases
  readonly db: AppealDb
  readonly rules: () => Rules
}

export function appealOperations({ appeals, cases, db, rules }: AppealOperationsInput) {
  async function view(row: ListedAppeal, { me, now, root }: { me: string; now: number; root?: Root }) {
    const known = root ?? (await appeals.rootOf(row.root))
    return appealView(row, { caseId: known.cases[0]?.case_id ?? null, notYou: isInvolved(known, me), now })
  }

  return [
    operation({
      name: 'appeals.list',
      summary: { zh: '申诉列表', en: 'List appeals' },
      method: 'GET',
      path: '/v1/appeals',
      permission: 'appeal.read',
      scope: 'rows',
      input: Type.Object({
        ...paging,
        status: Type.Optional(
          Type.Union([Type.Literal('open'), Type.Literal('decided'), Type.Literal('overdue')], {
            description: 'open, decided or overdue',
          }),
        ),
        side: Type.Optional(
          Type.Union([Type.Literal('subject'), Type.Literal('reporter')], { description: 'subject or reporter' }),
        ),
      }),
      output: listOf,
      run: async ({ principal, now }, { limit = 50, after, status, side }) => {
        const rows = await appeals.list({ status, side, limit: limit + 1, after, now })
        const found = page(rows, limit, (row) => row.appeal_id)
        return { ...found, items: await Promise.all(found.items.map((row) => view(row, { me: principal.id, now }))) }
      },
    }),
    operation({
      name: 'appeals.file',
      summary: { zh: '提交申诉（被处置方或举报人）', en: 'File an appeal, for the subject or for a reporter' },
      method: 'POST',
      path: '/v1/appeals',
      permission: 'appeal.file',
      scope: { id: ['action_id', 'notice_id'] },
      errors: ['invalid_input', 'not_found', 'appeal_exists', 'appeal_closed'],
      input: Type.Object({
        action_id: Type.Optional(Type.String()),
        notice_id: Type.Optional(Type.String()),
        entry_id: Type.Optional(Type.String({ maxLength: 600, description: 'points without a restriction' })),
        case_id: Type.Optional(Type.String({ description: 'the case whose outcome a reporter appeals against' })),
        reporter_id: Type.Optional(Type.String({ minLength: 1, maxLength: 200 })),
        text: Type.String({ minLength: 1, maxLength: 20_000, description: 'why it is wrong, 1 to 20,000 characters' }),
        evidence: Type.Optional(appealEvidence),
        by: Type.Optional(Type.String()),
        language: Type.Optional(Type.String()),
      }),
      output: anything,
      run: async (
        { principal, now },
        { action_id, entry_id, notice_id, case_id, reporter_id, text, evidence: shown, by },
      ) => {
        // Whoever takes an appeal down for somebody else has not filed it: that person may still decide it.
        const who = by ?? reporter_id
        const what = {
          text,
          evidence: shown,
          sender: principal,
          by: { id: who === undefined ? principal.id : `for:${who}` },
          now,
        }
        const filed = await appeals.file(
          case_id === undefined
            ? { ...what, side: 'subject', actionId: await aboutAction(action_id ?? entry_id, notice_id) }
            : { ...what, ...reporterOf(case_id, reporter_id) },
        )
        return {
          appeal_id: filed.appeal_id,
          due_at: formatTime(filed.due_at),
          level: filed.level,
          chance: filed.chance,
        }
      },
    }),
    operation({
      name: 'appeals.get',
      summary: { zh: '申诉详情', en: 'One appeal' },
      method: 'GET',
      path: '/v1/appeals/:appeal_id',
      permission: 'appeal.read',
      scope: { id: 'appeal_id' },
      input: Type.Object({ appeal_id: Type.String() }),
      output: anything,
      errors: ['not_found'],
      run: async ({ principal, now }, { appeal_id }) => detail(await appeals.find(appeal_id), principal.id, now),
    }),
    operation({
      name: 'appeals.decide',
      summary: { zh: '处理申诉（由另一位审核员）', en: 'Decide an appeal; another reviewer does it' },
      method: 'POST',
      path: '/v1/appeals/:appeal_id/decide',
      permission: 'appeal.decide',
      scope: { id: 'appeal_id' },
      errors: ['invalid_input', 'not_found', 'already_decided', 'same_reviewer'],
      input: Type.Object({
        appeal_id: Type.String(),
        outcome,
        note,
        keep_action_ids: Type.Optional(Type.Array(Type.String())),
        keep_points: Type.Optional(Type.Boolean({ description: 'true = a reduced decision keeps its points' })),
        impose: Type.Optional(
          Type.Array(
            Type.Object({
              kind: Type.String({ maxLength: 60 }),
              days: Type.Optional(Type.Union([Type.Integer({ minimum: 1, maximum: 3650 }), Type.Null()])),
              markets: Type.Optional(Type.Array(Type.String({ maxLength: 8 }), { minItems: 1 })),
            }),
            { maxItems: 5, description: "what a reporter's appeal that succeeds imposes" },
          ),
        ),
      }),
      output: anything,
      run: async ({ principal, now }, { appeal_id, keep_action_ids, keep_points, impose, ...decided }) => {
        const done = await appeals.decide(
          appeal_id,
          {
            ...decided,
            keep: keep_action_ids,
            keepPoints: keep_points,
            impose: impose?.map((each) => ({ markets: ['*'], ...each })),
          },
          principal,
          now,
        )
        const shown = (row: Parameters<typeof actionView>[0]) => actionView(row, undefined, rules())
        return {
          restored: done.restored.map(shown),
          imposed: done.imposed.map(shown),
          points_returned: done.pointsReturned,
          label_id: done.labelId,
          precision: done.precision,
        }
      },
    }),
    operation({
      name: 'appeals.bulk',
      summary: {
        zh: '批量处理申诉：先预览，键入确认后执行',
        en: 'Decide many appeals alike: preview, then apply what was typed to confirm',
      },
      method: 'POST',
      path: '/v1/appeals/bulk',
      permission: 'appeal.decide',
      scope: { id: 'appeal_ids' },
      errors: ['invalid_input'],
      input: Type.Object({
        appeal_ids: Type.Array(Type.String({ maxLength: 80 }), { minItems: 1, maxItems: 200 }),
        outcome: Type.Union([Type.Literal('upheld'), Type.Literal('overturned')], {
          description: 'upheld or overturned; what is reduced is decided one by one',
        }),
        note,
        confirm: Type.Optional(Type.String({ maxLength: 60, description: 'left out = only a preview' })),
      }),
      output: anything,
      run: async ({ principal, now }, { appeal_ids, confirm, ...decided }) => {
        const lines =
          confirm === undefined
            ? await appeals.previewMany(appeal_ids, decided, principal)
            : await appeals.decideMany(appeal_ids, decided, { by: principal, now, confirm })
        return {
          applied: confirm !== undefined,
          confirm: bulkPhrase(decided.outcome, lines.length),
          decidable: lines.filter((line) => line.refused === null).length,
          restored: lines.reduce((sum, line) => sum + line.restored, 0),
          points: lines.reduce((sum, line) => sum + line.points, 0),
          items: lines.map(({ appealId, ...line }) => ({ appeal_id: appealId, ...line })),
        }
      },
    }),
    operation({
      name: 'notices.get',
      summary: { zh: '告知书', en: 'One notice' },
      method: 'GET',
      path: '/v1/notices/:notice_id',
      permission: 'case.read',
      scope: { id: 'notice_id' },
      input: Type.Object({ notice_id: Type.String() }),
      output: anything,
      errors: ['not_found'],
      run: async (_context, { notice_id }) => {
        const row = await actionStore.noticeById(db, notice_id)
        if (!row)
          throw problem({
            code: 'not_found',
            field: 'notice_id',
            value: notice_id,
            detail: { zh: '没有这份告知书', en: 'No such notice' },
          })
        return noticeView(row)
      },
    }),
  ]

  async function detail(row: ListedAppeal, me: string, now: number) {
    const root = await appeals.rootOf(row.root)
    const alive = await appeals.inForce(root)
    const entry = root.position === null ? null : await cases.entryAt(root.position)
    const notices = await actionStore.noticesByCause(db, [...new Set(root.actions.map((action) => action.cause))])
    const resting = row.outcome === null ? await appeals.suspendedBy(row.appeal_id) : []
    return {
      ...(await view(row, { me, now, root })),
      actions: await actionViews(db, root.actions, rules()),
      notice: notices[0] ? noticeView(notices[0]) : null,
      event: entry?.event ?? null,
      decision: entry?.decision ?? null,
      files: (await filesOf(db, 'appeal', [row.appeal_id])).map(fileView),
      marks: (await marksOn(db, 'appeal', [row.appeal_id])).map(markView),
      // What those who decided before pointed at.
      case_marks: (
        await marksOn(
          db,
          'case',
          root.cases.map((found) => found.case_id),
        )
      ).map(markView),
      trace: `/trace/${row.subject_type}/${row.subject_id}`,
      what_would_be_restored:
        row.side === 'reporter'
          ? []
          : [
              ...alive.actions.map((action) => ({
                title: actionTitle(actionKind(action.kind)?.inverse ?? action.kind),
              })),
              ...alive.points.map((entry_) => ({
                title: { zh: `退回 ${entry_.points} 分`, en: `${entry_.points} points returned` },
              })),
            ],
      suspended: resting.map((action) => ({ action_id: action.action_id, title: actionTitle(action.kind) })),
      earlier: await Promise.all(
        root.appeals
          .filter((other) => other.appeal_id !== row.appeal_id)
          .map((other) => view(other, { me, now, root })),
      ),
      suggestions: row.side === 'reporter' ? suggestionsFor(row, root) : [],
      precision: await precisionOf(row, root),
    }
  }

  /** What could be imposed when a reporter is right, the least restrictive that fits first marked. */
  function suggestionsFor(row: ListedAppeal, root: Root) {
    const severity = severities.find((each) => each === root.cases[0]?.severity) ?? 'S3'
    return suggestActions({ subjectType: row.subject_type, severity, repeats: 0, someMarkets: false }).map(
      ({ kind, suggested, excessive }) => ({ kind: kind.id, title: kind.title, suggested, excessive }),
    )
  }

  /** What the outcome did to the precision of the strategies; empty while the appeal is open. */
  async function precisionOf(row: ListedAppeal, root: Root) {
    if (row.decided_cause === null) return []
    const label = await db.selectFrom('labels').selectAll().where('cause', '=', row.decided_cause).executeTakeFirst()
    if (!label || root.decision === '') return []
    return appeals.precision(label.label_id, JSON.parse(label.strategies) as string[])
  }

  async function aboutAction(actionId: string | undefined, noticeId: string | undefined): Promise<string> {
    const found = actionId ?? (noticeId ? await actionOfNotice(noticeId) : undefined)
    if (found) return found
    throw problem({
      code: 'invalid_input',
      field: 'action_id',
      value: null,
      detail: {
        zh: '需要 action_id 或 notice_id（举报人：case_id 与 reporter_id）',
        en: 'Name the action_id or the notice_id that the appeal is about (a reporter: case_id and reporter_id)',
      },
    })
  }

  async function actionOfNotice(id: string): Promise<string | undefined> {
    const row = await actionStore.noticeById(db, id)
    const ids = row ? (JSON.parse(row.action_ids) as string[]) : []
    const rows = await Promise.all(ids.map((action) => actionStore.actionById(db, action)))
    const restriction = rows.find((action) => action && actionKind(action.kind)?.restrictive)?.action_id
    // A notice about joint points names no action: its cause is the entry.
    return restriction ?? (row && (await actionStore.pointsById(db, row.cause)) ? row.cause : undefined)
  }
}

function reporterOf(
  caseId: string,
  reporter: string | undefined,
): Pick<Filing & { side: 'reporter' }, 'side' | 'caseId' | 'acting'> {
  if (reporter === undefined)
    throw problem({
      code: 'invalid_input',
      field: 'reporter_id',
      value: null,
      detail: { zh: '举报人申诉需要 reporter_id', en: 'An appeal of a reporter names the reporter_id' },
    })
  return { side: 'reporter', caseId, acting: { type: 'reporter', id: reporter } }
}
