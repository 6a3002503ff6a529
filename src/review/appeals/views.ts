import {
  type ActionRow,
  actionKind,
  actionStore,
  actionTitle,
  appealDaysOf,
  type NoticeRow,
  type Rules,
} from '../../enforcement/actions/index.ts'
import { day, formatTime } from '../../kernel/time.ts'
import type { AppealDb, ListedAppeal } from './store.ts'

/** An action as people see it. */
export function actionView(row: ActionRow, reversedBy: ActionRow | undefined, rules: Rules) {
  const restrictive = row.inverse_of === null && (actionKind(row.kind)?.restrictive ?? false)
  const days = restrictive ? appealDaysOf(rules, row.party_type ?? '', [row]) : 0
  return {
    action_id: row.action_id,
    kind: row.kind,
    title: actionTitle(row.kind),
    target: { type: row.target_type, id: row.target_id },
    party: row.party_id === null ? null : { type: row.party_type, id: row.party_id },
    markets: JSON.parse(row.markets) as string[],
    at: formatTime(row.at),
    until: row.until === null ? null : formatTime(row.until),
    in_force: row.inverse_of === null && !reversedBy,
    reversed_by: reversedBy?.action_id ?? null,
    inverse_of: row.inverse_of,
    cause: row.cause,
    policy: row.policy,
    strategy: row.strategy === null ? null : `${row.strategy}@${row.strategy_version}`,
    actor: row.actor,
    // What ran out by itself can still be appealed against: its points can be given back.
    appealable: restrictive && (!reversedBy || reversedBy.cause === row.action_id),
    appeal_until: restrictive ? formatTime(row.at + days * day) : null,
    detail: row.detail == null ? null : (JSON.parse(row.detail) as Record<string, unknown>),
    expired: reversedBy?.cause === row.action_id,
  }
}

export async function actionViews(db: AppealDb, rows: readonly ActionRow[], rules: Rules) {
  const reversed = await actionStore.reversals(
    db,
    rows.map((row) => row.action_id),
  )
  return rows.map((row) => actionView(row, reversed.get(row.action_id), rules))
}

export function noticeView(row: NoticeRow) {
  return {
    notice_id: row.notice_id,
    to: { type: row.party_type, id: row.party_id },
    subject: { type: row.subject_type, id: row.subject_id },
    at: formatTime(row.at),
    text: JSON.parse(row.text) as unknown,
    action_ids: JSON.parse(row.action_ids) as string[],
    deadline: row.deadline === null ? null : formatTime(row.deadline),
  }
}

export function appealView(row: ListedAppeal, extra: { caseId: string | null; notYou: boolean; now: number }) {
  return {
    appeal_id: row.appeal_id,
    status: row.outcome ?? 'open',
    action_ids: JSON.parse(row.action_ids) as string[],
    case_id: extra.caseId,
    subject: { type: row.subject_type, id: row.subject_id, title: row.subject_id },
    party: row.party_id === null ? null : { type: row.party_type, id: row.party_id, name: row.party_id },
    by: row.actor,
    text: row.text,
    filed_at: formatTime(row.at),
    due_at: formatTime(row.due_at),
    decided_at: row.decided_at === null ? null : formatTime(row.decided_at),
    decided_by: row.decided_by,
    note: row.note,
    not_you: extra.notYou,
    root: row.root,
    side: row.side,
    level: row.level,
    chance: row.chance,
    evidence: JSON.parse(row.evidence) as { kind: string; value: string }[],
    overdue: row.outcome === null && row.due_at < extra.now,
  }
}
