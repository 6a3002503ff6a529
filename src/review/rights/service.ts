import { actionStore, type Enforcement } from '../../enforcement/actions/index.ts'
import { record } from '../../kernel/database.ts'
import { derivedId, newId } from '../../kernel/ids.ts'
import type { Principal } from '../../kernel/operation.ts'
import { problem } from '../../kernel/problems.ts'
import { day } from '../../kernel/time.ts'
import type { Text } from '../../kernel/values.ts'
import { type CalendarOf, reviseNotice, tellNotifier } from '../inbound/index.ts'
import {
  type Answer,
  authorisedFor,
  brandOf,
  type ClaimEvent,
  type ClaimStatus,
  claimTransitions,
  nextClaim,
  type Question,
} from './model.ts'
import * as store from './store.ts'
import { type CounterTimer, counterTimer } from './timers.ts'
import { type NotifierOutcome, type Trust, trustOf } from './trust.ts'
import { type Suggestion, suggestWritings } from './writings.ts'

export type Rights = ReturnType<typeof createRights>

export interface RightsInput {
  readonly db: store.RightsDb
  readonly enforcement: Enforcement
  readonly calendarOf: CalendarOf
  /** Called when the register or an authorisation has changed, before the change is answered. */
  readonly changed?: () => Promise<void>
}

type ClaimNotice = Awaited<ReturnType<typeof store.claimNotices>>[number]

/** A rights-holder notice with its counter-notice and the timer that follows from it. */
export interface Claim {
  readonly notice: ClaimNotice
  readonly status: ClaimStatus
  readonly events: readonly store.ClaimEventRow[]
  readonly timer: CounterTimer | null
}

/** A violation counts this long (AliExpress: records of infringements are valid for 365 days), and this many make a repeat infringer. */
export const repeatDays = 365
export const repeatLeast = 3

/** The register of rights and authorisations, counter-notices with their timers, and the trust of notifiers. */
export function createRights({ db, enforcement, calendarOf, changed = async () => {} }: RightsInput) {
  function claimOf(notice: ClaimNotice, events: readonly store.ClaimEventRow[]): Claim {
    const status = statusOf(notice, events)
    const countered = events.find((row) => row.type === 'countered')
    const timer = countered ? counterTimer(countered.at, JSON.parse(notice.markets) as string[], calendarOf) : null
    return { notice, status, events, timer }
  }

  async function claims(filter: Parameters<typeof store.claimNotices>[1], tx: store.RightsDb | store.RightsTx = db) {
    const notices = await store.claimNotices(tx, filter)
    const events = Map.groupBy(
      await store.claimEventsOf(
        tx,
        notices.map((row) => row.notice_id),
      ),
      (row) => row.notice_id,
    )
    return notices.map((notice) => claimOf(notice, events.get(notice.notice_id) ?? []))
  }

  async function mustFind(id: string, tx: store.RightsDb | store.RightsTx = db): Promise<Claim> {
    const [found] = await claims({ limit: 1, id }, tx)
    if (!found)
      throw problem({
        code: 'not_found',
        field: 'notice_id',
        value: id,
        detail: { zh: '没有这份权利人通知', en: 'No such rights-holder notice' },
      })
    return found
  }

  async function write(
    tx: store.RightsTx,
    claim: Claim,
    { type, text = '' }: { type: ClaimEvent; text?: string },
    by: { actor: string; at: number },
  ): Promise<string> {
    nextClaim(claim.status, type)
    const id = derivedId('clm', claim.notice.notice_id, type)
    await record(tx, 'ip_claim_events', {
      claim_event_id: id,
      at: by.at,
      notice_id: claim.notice.notice_id,
      type,
      text,
      data: '{}',
      cause: claim.notice.notice_id,
      actor: by.actor,
    })
    return id
  }

  /** Takes back what the case of a claim has done, and tells the notifier why. */
  async function restore(
    tx: store.RightsTx,
    claim: Claim,
    { text, cause }: { text: Text; cause: string },
    by: { actor: string; at: number },
  ): Promise<void> {
    const causes = claim.notice.case_id === null ? [] : await store.effectsOfCase(tx, claim.notice.case_id)
    const actions = await actionStore.actionsByCause(tx as never, causes)
    const points = await actionStore.pointsByCause(tx as never, causes)
    const back = { cause, ...by }
    await enforcement.reverse(tx as never, { actions, points }, back)
    await reviseNotice(tx as never, claim.notice, { outcome: 'no_action', text }, back)
  }

  const refuse = (claim: Claim, type: ClaimEvent): Error =>
    problem({
      code: 'conflict',
      field: 'notice_id',
      value: claim.notice.notice_id,
      detail: {
        zh: `当前状态（${claim.status}）不能执行 ${type}`,
        en: `A claim that is ${claim.status} cannot be ${type}`,
      },
      fix:
        type === 'countered'
          ? {
              zh: '只有因通知被移除、仍在生效的内容可以反通知',
              en: 'Only what was removed because of the notice can be countered',
            }
          : { zh: '先有反通知', en: 'A counter-notice comes first' },
    })

  return {
    claims,
    find: mustFind,
    rights: async () =>
      (await store.rights(db)).map((row) => ({
        ...store.rightOf(row),
        documents: JSON.parse(row.documents) as string[],
      })),
    authorisations: async () => (await store.authorisations(db)).map(store.authorisationOf),

    /** Registers or changes a right. */
    async saveRight(
      right: Omit<store.RightRow, 'row_id' | 'at' | 'right_id' | 'actor'> & { right_id?: string | undefined },
      by: Principal,
      now: number,
    ): Promise<{ right_id: string }> {
      const right_id = right.right_id ?? newId('ipr')
      await db
        .transaction()
        .execute((tx) => record(tx, 'ip_rights', { ...right, right_id, row_id: newId('ipw'), at: now, actor: by.id }))
      await changed()
      return { right_id }
    },

    /** Registers or changes an authorisation. @throws not_found, conflict when the chain would be longer than three links. */
    async saveAuthorisation(
      found: Omit<store.AuthorisationRow, 'row_id' | 'at' | 'authorisation_id' | 'actor'> & {
        authorisation_id?: string | undefined
      },
      by: Principal,
      now: number,
    ): Promise<{ authorisation_id: string }> {
      const authorisation_id = found.authorisation_id ?? newId('aut')
      await db.transaction().execute(async (tx) => {
        const all = new Map((await store.authorisations(tx)).map((row) => [row.authorisation_id, row]))
        mustBeShort(found.parent, authorisation_id, all)
        await record(tx, 'ip_authorisations', {
          ...found,
          authorisation_id,
          row_id: newId('auw'),
          at: now,
          actor: by.id,
        })
      })
      await changed()
      return { authorisation_id }
    },

    /** Whether a seller is authorised for a brand, by any of its writings, in a market. */
    async authorised(
      asked: Question,
    ): Promise<Answer & { brand: string; owners: readonly string[]; suggestions: readonly Suggestion[] }> {
      const rights = (await store.rights(db)).map(store.rightOf)
      const brand = brandOf(asked.brand, rights)
      const all = (await store.authorisations(db)).map((row) => {
        const found = store.authorisationOf(row)
        return { ...found, brand: brandOf(found.brand, rights) }
      })
      const owners = rights.filter((right) => !right.ended && brandOf(right.brand, rights) === brand)
      return {
        ...authorisedFor({ ...asked, brand }, all),
        brand,
        owners: [...new Set(owners.map((right) => right.owner))],
        // A brand that nobody registered may be one that is written to look like another.
        suggestions: owners.length === 0 ? suggestWritings(asked.brand, rights) : [],
      }
    },

    /** The seller says that nothing is infringed: it is forwarded to the notifier and the timer of the market runs. */
    async counter(id: string, text: string, by: Principal, now: number): Promise<Claim> {
      await db.transaction().execute(async (tx) => {
        const claim = await mustFind(id, tx)
        if (claimTransitions[claim.status].countered === null) throw refuse(claim, 'countered')
        const cause = await write(tx, claim, { type: 'countered', text }, { actor: by.id, at: now })
        const timer = counterTimer(now, JSON.parse(claim.notice.markets) as string[], calendarOf)
        await tellNotifier(
          tx as never,
          claim.notice,
          { kind: 'counter', text: forwarded(text, timer) },
          { cause, actor: by.id, at: now },
        )
      })
      return mustFind(id)
    },

    /** The notifier shows in time that it has sued or complained: what was removed stays so. @throws too_late. */
    async prove(id: string, text: string, by: { actor: string; now: number }): Promise<Claim> {
      await db.transaction().execute(async (tx) => {
        const claim = await mustFind(id, tx)
        if (claimTransitions[claim.status].proved === null) throw refuse(claim, 'proved')
        if (claim.timer && claim.timer.proofUntil < by.now)
          throw problem({
            code: 'too_late',
            field: 'notice_id',
            value: id,
            detail: { zh: '证明期限已过', en: 'The time to show it is over' },
          })
        await write(tx, claim, { type: 'proved', text }, { actor: by.actor, at: by.now })
      })
      return mustFind(id)
    },

    /** Restores what was removed where the time for a proof is over. Doing it twice does nothing more. Returns how many. */
    async tick(now: number): Promise<number> {
      let restored = 0
      for (const { notice_id } of await store.counteredNotices(db))
        await db.transaction().execute(async (tx) => {
          const claim = await mustFind(notice_id, tx)
          if (claim.status !== 'countered' || !claim.timer || claim.timer.proofUntil > now) return
          const by = { actor: 'system', at: now }
          const cause = await write(tx, claim, { type: 'expired' }, by)
          await restore(tx, claim, { text: ranOut, cause }, by)
          restored++
        })
      return restored
    },

    /** Trust of a notifier in all, or for one reason. */
    async trust(source: string, now: number, reason?: string): Promise<Trust> {
      const found = await claims({ limit: 5000, source })
      return trustOf(
        found.filter((claim) => reason === undefined || claim.notice.reason === reason).flatMap(outcomeOf),
        now,
      )
    },
    notifiers: () => store.notifiers(db),

    /** Parties against whom claims of the last year stand, most first; claims within three days count once. */
    async infringers(
      now: number,
    ): Promise<{ party_type: string; party_id: string; violations: number; repeat: boolean }[]> {
      const standing = (await claims({ limit: 20_000 })).filter(
        ({ status, notice }) =>
          (status === 'removed' || status === 'in_court') &&
          notice.party_id !== null &&
          (notice.decided_at ?? 0) > now - repeatDays * day,
      )
      return [...Map.groupBy(standing, ({ notice }) => `${notice.party_type}/${notice.party_id}`).values()]
        .map((found) => {
          const violations = countOnce(found.map(({ notice }) => notice.decided_at ?? 0))
          const { party_type, party_id } = found[0]?.notice ?? {}
          return {
            party_type: party_type ?? '',
            party_id: party_id ?? '',
            violations,
            repeat: violations >= repeatLeast,
          }
        })
        .toSorted((a, b) => b.violations - a.violations || a.party_id.localeCompare(b.party_id))
    },
  }
}

/** Serious violations within three days count once (AliExpress IPR rules). */
export function countOnce(times: readonly number[]): number {
  let last = Number.NEGATIVE_INFINITY
  let count = 0
  for (const at of times.toSorted((a, b) => a - b))
    if (at - last > 3 * day) {
      count++
      last = at
    }
  return count
}

/** The status of a claim: what was decided on the notice, then its own events. */
export function statusOf(
  notice: { outcome: string | null; status: string },
  events: readonly { type: string }[],
): ClaimStatus {
  let status: ClaimStatus = 'open'
  const own = events.map((row) => row.type as ClaimEvent)
  // A claim with events was removed once, whatever the notice says since.
  if (own.length > 0 || notice.outcome === 'action') status = nextClaim(status, 'removed')
  else if (notice.outcome === 'no_action' || notice.status === 'withdrawn' || notice.status === 'rejected')
    status = nextClaim(status, 'refused')
  for (const type of own) status = nextClaim(status, type)
  const takenBack = notice.outcome === 'no_action' && own.length > 0 && claimTransitions[status].retracted !== null
  return takenBack ? nextClaim(status, 'retracted') : status
}

function outcomeOf({ status, notice }: Claim): NotifierOutcome[] {
  const at = notice.decided_at
  if (at === null || notice.outcome === 'evidence_asked') return []
  if (status === 'restored') return [{ at, kind: 'countered' }]
  return status === 'refused' ? [{ at, kind: 'refused' }] : status === 'open' ? [] : [{ at, kind: 'upheld' }]
}

/** @throws not_found, conflict. */
function mustBeShort(parent: string | null, id: string, all: ReadonlyMap<string, store.AuthorisationRow>): void {
  let links = 1
  for (let at = parent; at !== null; links++) {
    const found = all.get(at)
    if (!found)
      throw problem({
        code: 'not_found',
        field: 'parent',
        value: at,
        detail: { zh: '没有这份上级授权', en: 'No such authorisation to pass on from' },
      })
    if (links >= 3 || at === id)
      throw problem({
        code: 'conflict',
        field: 'parent',
        value: parent,
        detail: { zh: '授权链最多三级', en: 'A chain of authorisations has at most three links' },
        fix: { zh: '请品牌方直接授权', en: 'Have the owner authorise the seller directly' },
      })
    at = found.parent
  }
}

const forwarded = (text: string, { proofUntil }: CounterTimer): Text => {
  const until = new Date(proofUntil / 1000).toISOString().slice(0, 10)
  return {
    zh: `对方提交了不侵权声明：\n${text}\n请在 ${until} 前提交已投诉或已起诉的证明，否则将恢复。`,
    en: `The other side says that nothing is infringed:\n${text}\nShow by ${until} that you have gone to court or to the authority; otherwise what was removed is put back.`,
  }
}

const ranOut: Text = {
  zh: '期限内没有收到你已投诉或起诉的证明，已恢复原状。',
  en: 'No proof came in time that you had gone to court or to the authority, so what was removed has been put back.',
}
