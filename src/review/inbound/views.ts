import type { Decided } from '../../judgement/decisions/index.ts'
import { formatTime } from '../../kernel/time.ts'
import type { Text } from '../../kernel/values.ts'
import { type ChannelView, channelTitle } from './channels.ts'
import { classById, policyClasses } from './classes.ts'
import { deadlineRules, platformSpans, priorityKinds, priorityShare, type Span } from './deadlines.ts'
import { fieldTexts, kindRules, type NoticeKind, noticeKinds } from './kinds.ts'
import { misuseLimits } from './misuse.ts'
import type * as store from './store.ts'

const time = (micros: number | null): string | null => (micros === null ? null : formatTime(micros))

/** A notice as lists show it. */
export function noticeView(row: store.ListedNotice, now: number) {
  return {
    notice_id: row.notice_id,
    kind: row.kind,
    kind_title: kindRules[row.kind as NoticeKind]?.title ?? { zh: row.kind, en: row.kind },
    channel: row.channel,
    channel_title: channelTitle(row.channel),
    source: row.source_id,
    subject: { type: row.subject_type, id: row.subject_id },
    class: row.class,
    class_title: classById(row.class).title,
    reason: row.reason,
    markets: JSON.parse(row.markets) as string[],
    site: row.site,
    status: row.status,
    outcome: row.outcome,
    case_id: row.case_id,
    received_at: formatTime(row.at),
    due_at: formatTime(row.due_at),
    deadline_rule: row.deadline_rule,
    overdue: ['received', 'held', 'case'].includes(row.status) && row.due_at < now,
    decided_at: time(row.decided_at),
  }
}

/** What was said, as its event has it. */
export function contentView({ event }: Decided) {
  return {
    text: event.data['text'] ?? null,
    evidence: event.data['evidence'] ?? [],
    details: event.data['notice'] ?? {},
    event: { id: event.id, source: event.source },
  }
}

export const eventView = (row: store.InboundEventRow) => ({
  at: formatTime(row.at),
  type: row.type,
  case_id: row.case_id,
  outcome: row.outcome,
  data: JSON.parse(row.data) as unknown,
  actor: row.actor,
})

export const replyView = (row: store.ReplyRow) => ({
  at: formatTime(row.at),
  kind: row.kind,
  text: JSON.parse(row.text) as Text,
})

export const measureView = (row: store.MeasureRow) => ({
  measure_id: row.measure_id,
  at: formatTime(row.at),
  source: row.source_id,
  kind: row.kind,
  until: time(row.until),
  reason: row.reason,
  ref: row.ref,
  cause: row.cause,
  actor: row.actor,
})

export const sourceView = (row: store.SourceRow) => ({
  source_id: row.source_id,
  name: row.name,
  kinds: JSON.parse(row.kinds) as string[],
  country: row.country,
  token_id: row.token_id,
  ended: row.ended === 1,
  at: formatTime(row.at),
})

export const channelView = (view: ChannelView) => ({
  channel: view.channel,
  title: channelTitle(view.channel),
  kind: view.kind,
  all: view.all,
  open: view.open,
  late: view.late,
  last_at: time(view.lastAt),
  last_decided_at: time(view.lastDecidedAt),
  oldest_open_at: time(view.oldestOpenAt),
  silent_after_hours: view.silentAfter === null ? null : Math.round(view.silentAfter / 36e7) / 10,
  declared_hours: view.every === null ? null : view.every / 36e8,
  live: view.live,
  troubles: view.troubles,
})

/** A span in words. */
export const spanText = (span: Span): Text => {
  if ('hours' in span) return { zh: `${span.hours} 小时`, en: `${span.hours} h` }
  return 'days' in span
    ? { zh: `${span.days} 天`, en: `${span.days} days` }
    : { zh: `${span.workingDays} 个工作日`, en: `${span.workingDays} working days` }
}

/** Kinds, required fields, reasons and deadlines, as the form and the reference show them. */
export function rulesView() {
  return {
    kinds: noticeKinds.map((kind) => {
      const { title, who, reporters, requires } = kindRules[kind]
      return { kind, title, who, reporters, requires }
    }),
    fields: fieldTexts,
    classes: policyClasses.map(({ id, title, category, severity, route, reasons }) => ({
      id,
      title,
      category,
      severity,
      route,
      reasons,
    })),
    deadlines: deadlineRules.map(({ id, kinds, classes, markets, within, basis, verification }) => ({
      id,
      kinds,
      classes: classes ?? null,
      markets,
      within: spanText(within),
      basis,
      verification,
    })),
    platform: Object.entries(platformSpans).map(([severity, span]) => ({ severity, within: spanText(span) })),
    priority: { kinds: [...priorityKinds], share: priorityShare },
    misuse: misuseLimits,
  }
}
