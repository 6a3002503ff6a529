import { randomBytes } from 'node:crypto'
import { fingerprint } from '../../kernel/canonical.ts'
import { record } from '../../kernel/database.ts'
import { newId } from '../../kernel/ids.ts'
import { problem } from '../../kernel/problems.ts'
import { formatTime } from '../../kernel/time.ts'
import type { Text } from '../../kernel/values.ts'
import { attachFiles, type Sender } from '../files/index.ts'
import { classOf } from './classes.ts'
import { type CalendarOf, deadlineOf } from './deadlines.ts'
import { ownSource } from './intake.ts'
import { fieldTexts, kindRules, type NoticeKind } from './kinds.ts'
import { hashSecret, marketsOf, missingFields, noticeIdOf } from './model.ts'
import { receiptText } from './replies.ts'
import * as store from './store.ts'

/** A notice as somebody files it. Name and address go to the contacts, never into an event. */
export interface Filing {
  readonly kind: NoticeKind
  readonly external_id?: string | undefined
  readonly target_type?: string | undefined
  readonly target_id?: string | undefined
  readonly reason?: string | undefined
  readonly text?: string | undefined
  readonly location?: string | undefined
  readonly market?: string | undefined
  readonly territory?: readonly string[] | undefined
  readonly site?: string | undefined
  readonly language?: 'zh' | 'en' | undefined
  readonly name?: string | undefined
  readonly email?: string | undefined
  readonly good_faith?: boolean | undefined
  readonly perjury?: boolean | undefined
  readonly evidence?: readonly string[] | undefined
  readonly right_owner?: string | undefined
  readonly right_number?: string | undefined
  readonly issuing_authority?: string | undefined
  readonly legal_basis?: string | undefined
  readonly order_reference?: string | undefined
  readonly tracking_number?: string | undefined
  /** Ids of files that whoever files has sent. */
  readonly files?: readonly string[] | undefined
}

export interface Filer {
  /** Who files, by a name that measures can hold on to. */
  readonly sourceId: string
  /** Through which channel, e.g. `form` or `api/src_eurobrands`. */
  readonly via: string
  readonly actor: string
  /** Who sent the files. */
  readonly sender: Sender
}

export interface Receipt {
  readonly notice_id: string
  /** Secret with which the notifier follows the notice; shown once. */
  readonly token: string
  readonly due_at: number
  readonly deadline_rule: string
  readonly text: Text
}

export interface FilingInput {
  readonly db: store.InboundDb
  readonly calendarOf: CalendarOf
  /** Journals the event and resolves when it is durable. @throws a problem when it may not be acknowledged. */
  readonly submit: (event: Readonly<Record<string, unknown>>) => Promise<void>
}

const carried = [
  'location',
  'language',
  'good_faith',
  'perjury',
  'right_owner',
  'right_number',
  'issuing_authority',
  'legal_basis',
  'order_reference',
  'tracking_number',
] as const

/** Takes a notice: known and durable before its receipt, the same one again gets the same number. */
export function createFiling({ db, submit, calendarOf }: FilingInput) {
  return async function file(filing: Filing, by: Filer, now: number): Promise<Receipt> {
    mustBeComplete(filing)
    const source = `${ownSource}${by.via}`
    const externalId = filing.external_id ?? newId('ext')
    const noticeId = noticeIdOf(source, externalId)
    const contentHash = Buffer.from(fingerprint({ ...filing, external_id: externalId, source: by.sourceId })).toString(
      'hex',
    )
    const token = randomBytes(24).toString('base64url')
    const at = await db.transaction().execute(async (tx) => {
      const known = await store.findFiling(tx, noticeId)
      if (known && known.content_hash !== contentHash) throw another(externalId)
      if (!known) {
        await record(tx, 'inbound_filings', {
          notice_id: noticeId,
          at: now,
          kind: filing.kind,
          source_id: by.sourceId,
          content_hash: contentHash,
          actor: by.actor,
        })
        await tx
          .insertInto('inbound_contacts')
          .values({
            notice_id: noticeId,
            name: filing.name ?? null,
            email: filing.email ?? null,
            language: filing.language ?? 'en',
          })
          .execute()
        await attachFiles(tx, filing.files ?? [], { to: { type: 'notice', id: noticeId }, sender: by.sender, now })
      }
      await tx
        .insertInto('inbound_receipts')
        .values({ token_hash: hashSecret(token), notice_id: noticeId, at: now })
        .execute()
      return known?.at ?? now
    })
    await submit(eventOf(filing, { source, externalId, sourceId: by.sourceId, at }))
    const { due, rule } = dueOf(filing, at, calendarOf)
    return { notice_id: noticeId, token, due_at: due, deadline_rule: rule, text: receiptText(filing.kind, due) }
  }
}

export const filingMarkets = ({ market, territory }: Filing): string[] =>
  marketsOf([...(territory ?? []), ...(territory === undefined && market !== undefined ? [market] : [])])

function dueOf(filing: Filing, from: number, calendarOf: CalendarOf) {
  const { id, severity } = classOf(filing.reason)
  return deadlineOf({ kind: filing.kind, classId: id, severity, markets: filingMarkets(filing), from }, calendarOf)
}

/** @throws invalid_input for the first field that the kind and the markets ask for and that is missing. */
function mustBeComplete(filing: Filing): void {
  const missing = missingFields(
    filing.kind,
    marketsOf([filing.market, ...(filing.territory ?? [])].filter(Boolean)),
    // A file shows as much as a link does.
    { ...filing, evidence: [...(filing.evidence ?? []), ...(filing.files ?? [])] },
  )
  const [first] = missing
  if (first === undefined) return
  const { title, fix } = fieldTexts[first]
  const kind = kindRules[filing.kind].title
  throw problem({
    code: 'invalid_input',
    field: first,
    value: filing[first] ?? null,
    detail: {
      zh: `${kind.zh}缺少「${title.zh}」`,
      en: `This ${kind.en.toLowerCase()} lacks: ${title.en}`,
    },
    fix,
    missing,
  })
}

const another = (externalId: string): Error =>
  problem({
    code: 'conflict',
    field: 'external_id',
    value: externalId,
    detail: {
      zh: '同一来源已用这个编号提交过内容不同的通知',
      en: 'This source has filed a notice with other content under this id',
    },
    fix: { zh: '换一个 external_id，或原样重发', en: 'Use another external_id, or send the same again' },
  })

/** The event that a filing becomes; the same whenever it is made from the same filing. */
function eventOf(
  filing: Filing,
  { source, externalId, sourceId, at }: { source: string; externalId: string; sourceId: string; at: number },
) {
  const details = Object.fromEntries(
    carried.flatMap((field) => (filing[field] === undefined ? [] : [[field, filing[field]]])),
  )
  return {
    specversion: '1.0',
    id: externalId,
    source,
    type: 'report.filed',
    time: formatTime(at),
    ...(filing.site === undefined ? {} : { site: filing.site }),
    ...(filing.market === undefined ? {} : { market: filing.market }),
    data: {
      reporter_id: sourceId,
      reporter_kind: kindRules[filing.kind].reporters[0],
      target_id: filing.target_id,
      target_type: filing.target_type ?? 'listing',
      reason: filing.reason,
      text: filing.text ?? '',
      evidence: filing.evidence ?? [],
      notice: {
        kind: filing.kind,
        ...details,
        ...(filing.territory === undefined ? {} : { territory: filing.territory }),
      },
    },
  }
}
