import type { Decided } from '../../judgement/decisions/index.ts'
import { record } from '../../kernel/database.ts'
import { newId } from '../../kernel/ids.ts'
import type { Principal } from '../../kernel/operation.ts'
import { problem } from '../../kernel/problems.ts'
import type { Appeals } from '../appeals/index.ts'
import { isFromNotice, withdrawCase } from '../cases/index.ts'
import { filesOf, publicSender } from '../files/index.ts'
import { createChannels } from './channels.ts'
import { createComplaints } from './complaints.ts'
import { type Credibility, credibility, type Tally } from './credibility.ts'
import { createFiling, type Filing, type FilingInput, type Receipt } from './filing.ts'
import { createIntake, type IntakeInput, sourceName } from './intake.ts'
import { kindRules, type NoticeField, type NoticeKind } from './kinds.ts'
import { type By, happen, reply } from './ledger.ts'
import { createMeasures, type MeasuresInput } from './measures.ts'
import { anonymous, foundedBy, hashSecret, type NoticeOutcome, personSource } from './model.ts'
import { createOutcomes } from './outcomes.ts'
import { rejectedText } from './replies.ts'
import * as store from './store.ts'

export type Inbound = ReturnType<typeof createInbound>

export interface WorkInput extends IntakeInput {
  readonly limits?: MeasuresInput['limits']
}

export interface InboundInput extends WorkInput, FilingInput {
  readonly appeals: Appeals
}

/** What happens to notices by itself: taken from the journal, told of outcomes, held and released, and channels watched. */
export function createInboundWork(input: WorkInput) {
  const { db } = input
  const intake = createIntake(input)
  const outcomes = createOutcomes({ db, intake })
  const measures = createMeasures({ db, intake, ...(input.limits ? { limits: input.limits } : {}) })
  const channels = createChannels({ db })
  return {
    intake,
    measures,
    channels,
    followNews: outcomes.followNews,
    /** One turn of the clock: news of cases, suspensions that are over, heartbeats. Doing it twice does nothing more. */
    async tick(now: number): Promise<{ released: number; raised: number; recovered: number }> {
      await outcomes.followNews()
      const released = await measures.release(now)
      return { released, ...(await channels.watch(now)) }
    },
  }
}

/** Everything that comes from outside: one intake, from the receipt to the outcome that the notifier is told. */
export function createInbound(input: InboundInput) {
  const { db } = input
  const work = createInboundWork(input)
  const file = createFiling(input)

  async function mustFind(id: string): Promise<store.ListedNotice> {
    const found = await store.findNotice(db, id)
    if (!found) throw noSuchNotice(id)
    return found
  }

  return {
    ...work,
    complaints: createComplaints(input),
    list: (filter: store.NoticeFilter) => store.listNotices(db, filter),
    find: mustFind,
    ofCase: (caseId: string) => store.noticesOfCase(db, caseId),
    events: (id: string) => store.eventsOf(db, id),
    replies: (id: string) => store.repliesOf(db, id),
    contact: (id: string) => store.contactOf(db, id),
    /** Files that came with a notice. */
    files: (id: string) => filesOf(db, 'notice', [id]),
    sources: () => store.sources(db),
    entryAt: (position: number): Promise<Decided> => input.entryAt(position),

    /** A notice from somebody who need not have an account: a user report or a rights-holder notice. @throws not_allowed. */
    async filePublic(filing: Filing, now: number): Promise<Receipt> {
      if (kindRules[filing.kind].who !== 'anyone')
        throw problem({
          code: 'not_allowed',
          field: 'kind',
          value: filing.kind,
          detail: { zh: '此类通知需要令牌', en: 'This kind of notice needs a token' },
          fix: { zh: '请管理员登记来源并发放令牌', en: 'Ask for a registered source and a token' },
        })
      const sourceId = filing.email ? personSource(filing.email) : anonymous
      return file(filing, { sourceId, via: 'form', actor: 'public', sender: publicSender }, now)
    },

    /** A notice with a token: of a registered source for its kinds, or by staff for anybody. @throws not_allowed, not_found. */
    async fileAs(filing: Filing & { source?: string | undefined }, by: Principal, now: number): Promise<Receipt> {
      const { source: named, ...rest } = filing
      const all = (await store.sources(db)).filter((row) => row.ended === 0)
      const own = all.find((row) => row.token_id === by.id)
      const staff = by.permissions.has('inbound.manage')
      const source = staff && named !== undefined ? all.find((row) => row.source_id === named) : own
      if (staff && named !== undefined && !source)
        throw problem({
          code: 'not_found',
          field: 'source',
          value: named,
          detail: { zh: '没有这个来源', en: 'No such source' },
          fix: { zh: '先登记来源', en: 'Register the source first' },
        })
      if (source ? !(JSON.parse(source.kinds) as string[]).includes(filing.kind) : !staff) throw notFor(filing.kind)
      const sourceId = source?.source_id ?? (filing.email ? personSource(filing.email) : by.id)
      const via = `api/${source?.source_id ?? 'staff'}`
      return file(rest, { sourceId, via, actor: by.id, sender: by }, now)
    },

    /** The notice that a receipt opens. @throws not_found for a wrong number or secret, whichever it is. */
    async follow(id: string, token: string) {
      if (!(await store.receiptFor(db, id, hashSecret(token)))) throw noSuchNotice(id)
      const [notice, filing] = [await store.findNotice(db, id), await store.findFiling(db, id)]
      if (!notice && !filing) throw noSuchNotice(id)
      return { notice, filing, replies: await store.repliesOf(db, id), events: await store.eventsOf(db, id) }
    },

    /** The notifier takes a notice back; a case that rests on nothing else is closed. @throws conflict when it is decided. */
    async withdraw(id: string, token: string, now: number): Promise<void> {
      if (!(await store.receiptFor(db, id, hashSecret(token)))) throw noSuchNotice(id)
      await db.transaction().execute(async (tx) => {
        const notice = await store.findNotice(tx, id)
        if (!notice || !['received', 'held', 'case'].includes(notice.status))
          throw problem({
            code: 'conflict',
            field: 'notice_id',
            value: id,
            detail: { zh: '已处理或尚未登记，不能撤回', en: 'It is decided already, or not taken in yet' },
          })
        const by = { cause: id, actor: 'notifier', at: now }
        await happen(tx, notice, { type: 'withdrawn' }, by)
        await closeEmpty(tx, notice.case_id, by)
      })
    },

    /** Staff send a notice back that cannot be processed, naming what it lacks. @throws conflict when it is decided. */
    async reject(id: string, fields: readonly NoticeField[], by: Principal, now: number): Promise<void> {
      await mustFind(id)
      await db.transaction().execute(async (tx) => {
        const found = await store.findNotice(tx, id)
        if (found?.status !== 'received' && found?.status !== 'case')
          throw problem({
            code: 'conflict',
            field: 'notice_id',
            value: id,
            detail: { zh: '已处理，不能退回', en: 'It is decided already and cannot be sent back' },
          })
        const cause = { cause: id, actor: by.id, at: now }
        await happen(tx, found, { type: 'rejected', data: { missing: fields } }, cause)
        await reply(tx, found, { kind: 'rejected', text: rejectedText(fields) }, cause)
        await closeEmpty(tx, found.case_id, cause)
      })
    },

    /**
     * How far a source can be trusted, from the outcomes of its notices: in all, and for one reason when `reason` is given.
     * Queues may use the mean as the credibility of who reported.
     */
    async credibilityOf(source: string, reason?: string): Promise<Credibility> {
      const rows = await store.outcomesOf(db, source)
      return credibility(tally(rows.filter((row) => reason === undefined || row.reason === reason)))
    },

    /** Outcomes of every source that has any, by the name that queues call it. */
    async tallies(): Promise<ReadonlyMap<string, Tally>> {
      const rows = await store.allOutcomes(db)
      return new Map(
        [...Map.groupBy(rows, sourceName)].flatMap(([name, found]) => {
          const counted = tally(found)
          return counted.founded + counted.unfounded > 0 ? [[name, counted] as const] : []
        }),
      )
    },

    /** Credibility of a source by reason. */
    async credibilityByReason(source: string) {
      const rows = await store.outcomesOf(db, source)
      return [...Map.groupBy(rows, (row) => row.reason)]
        .map(([reason, found]) => ({ reason, ...credibility(tally(found)) }))
        .toSorted((a, b) => b.decided - a.decided)
    },

    /** Registers or changes a source; `ended` stops it. */
    async saveSource(
      source: {
        source_id?: string | undefined
        name: string
        kinds: readonly NoticeKind[]
        country?: string | undefined
        token_id?: string | undefined
        ended?: boolean | undefined
      },
      by: Principal,
      now: number,
    ): Promise<{ source_id: string }> {
      const id = source.source_id ?? newId('src')
      await db.transaction().execute((tx) =>
        record(tx, 'inbound_sources', {
          row_id: newId('srw'),
          at: now,
          source_id: id,
          name: source.name,
          kinds: JSON.stringify(source.kinds),
          country: source.country ?? null,
          token_id: source.token_id ?? null,
          ended: source.ended ? 1 : 0,
          actor: by.id,
        }),
      )
      return { source_id: id }
    },
  }
}

/** Closes a case that rested on notices alone when none is left. */
async function closeEmpty(tx: store.InboundTx, caseId: string | null, by: By): Promise<void> {
  if (caseId === null) return
  const rest = (await store.noticesOfCase(tx, caseId)).filter((row) => row.status === 'case')
  const found = await tx.selectFrom('cases').select('cause').where('case_id', '=', caseId).executeTakeFirst()
  if (rest.length === 0 && found && isFromNotice(found)) await withdrawCase(tx, caseId, by)
}

function tally(rows: readonly { outcome: string | null }[]) {
  const founded = rows.map((row) => foundedBy(row.outcome as NoticeOutcome))
  return {
    founded: founded.filter((value) => value === true).length,
    unfounded: founded.filter((value) => value === false).length,
  }
}

const noSuchNotice = (id: string): Error =>
  problem({
    code: 'not_found',
    field: 'notice_id',
    value: id,
    detail: { zh: '没有这个编号，或口令不对', en: 'No such number, or the code does not fit' },
    fix: { zh: '使用回执上的编号与口令', en: 'Use number and code of the receipt' },
  })

const notFor = (kind: NoticeKind): Error =>
  problem({
    code: 'not_allowed',
    field: 'kind',
    value: kind,
    detail: {
      zh: `这个令牌没有登记为「${kindRules[kind].title.zh}」的来源`,
      en: `This token is not registered as a source of this kind: ${kindRules[kind].title.en}`,
    },
    fix: { zh: '请管理员登记来源', en: 'Ask an administrator to register the source' },
  })
