import type { Principal } from '../../kernel/operation.ts'
import { problem } from '../../kernel/problems.ts'
import { type Queue, refusalOf } from '../queues/index.ts'
import type { Room } from './effects.ts'
import { leaseMicros } from './model.ts'
import { inOrder, mostUrgent, type OrderInput, type Ranked, rank } from './order.ts'
import * as store from './store.ts'
import { dropLease, presentLeases, takeLease } from './store-leases.ts'
import { conflicted, openQueues, openSources, queueCounts, type Waiting, waitingAll } from './store-waiting.ts'

export interface NextFilter {
  readonly queue?: string | undefined
  /** Cases that this reviewer passed over. */
  readonly skip: readonly string[]
  /** True when the case goes on the screen at once, false when it is prepared for later. */
  readonly shown?: boolean
}

/** How many candidates are read at a time when several people ask at once. */
const candidates = 16

export function takingVerbs(room: Room) {
  const { db, routing, credibilityOf, mustFind, mustBeFree } = room

  const orderAt = (now: number): OrderInput => ({ routing: routing(), credibilityOf, now })
  const mostCredible = async () => Math.max(0.01, ...(await openSources(db)).map(credibilityOf))
  const lease = (id: string, by: Principal, { now, shown }: { now: number; shown: boolean }) =>
    takeLease(db, { case_id: id, holder: by.id, holder_name: by.name, until: now + leaseMicros, shown }, now)

  /** The most urgent cases, over several queues. */
  async function ranked(
    queues: readonly Queue[],
    { now, take, accept }: { now: number; take: number; accept: (rows: readonly Waiting[]) => Promise<Waiting[]> },
  ): Promise<Ranked[]> {
    await room.freshen(now)
    const credible = await mostCredible()
    const found: Ranked[] = []
    for (const queue of queues)
      found.push(...(await mostUrgent(db, { ...orderAt(now), queue, take, accept, mostCredible: credible })))
    return found.sort(inOrder).slice(0, take)
  }

  const queuesWithCases = async (only?: string): Promise<Queue[]> =>
    (only === undefined ? await openQueues(db) : [only]).map((id) => routing().queue(id))

  return {
    /** The priority of a case now, with its factors. */
    priority: (found: store.ListedCase, now: number) => rank(found, orderAt(now)),

    /** Open cases, most urgent first. Without other filters than the queue, the queue is not read as a whole. */
    async listByPriority(
      filter: store.CaseFilter,
      offset: number,
    ): Promise<{ items: store.ListedCase[]; total: number }> {
      const { now, queue, limit } = filter
      const narrow = filter.severity ?? filter.market ?? filter.q ?? (filter.status === 'mine' ? 'mine' : undefined)
      const take = offset + limit
      const counts = await queueCounts(db, now)
      const wanted = counts.filter((row) => queue === undefined || row.queue === queue)
      await room.freshen(now)
      const all = async () =>
        (await waitingAll(db, filter)).map((row) => ({ ...row, priority: rank(row, orderAt(now)) })).sort(inOrder)
      const some = () =>
        ranked(
          wanted.map((row) => routing().queue(row.queue)),
          { now, take, accept: async (rows) => rows.filter((row) => (row.only_by ?? filter.holder) === filter.holder) },
        )
      const found = narrow === undefined ? await some() : await all()
      const items = await store.casesById(
        db,
        found.slice(offset, take).map((row) => row.case_id),
        now,
      )
      const total = narrow === undefined ? wanted.reduce((sum, row) => sum + Number(row.open), 0) : found.length
      return { items, total }
    },

    /**
     * Leases the most urgent case that this person may take, by priority over all queues they can work in; null when there is none.
     * However many people ask at once, two never get the same case.
     */
    async next({ queue, skip, shown = true }: NextFilter, by: Principal, now: number): Promise<string | null> {
      const reviewer = (await room.reviewerOf?.(by.id)) ?? null
      const passed = new Set(skip)
      const instead = queue === undefined ? await room.quality?.instead(by, now) : null
      if (instead && !passed.has(instead) && (await lease(instead, by, { now, shown }))) return instead
      const bearable = await room.quality?.bearable(by, now)
      const accept = async (rows: readonly Waiting[]) => {
        const free = rows.filter(
          (row) =>
            (row.only_by === null || row.only_by === by.id) &&
            row.not_by !== by.id &&
            bearable?.(JSON.parse(row.policies) as string[]) !== false &&
            (row.holder === null || row.holder === by.id) &&
            !passed.has(row.case_id) &&
            refusalOf(routing().queue(row.queue), row.language, reviewer) === null,
        )
        const ids = free.map((row) => row.case_id)
        const conflicts = await conflicted(db, ids, by.id)
        const involved = await room.involvedIn?.(
          free.map((row) => row.decision_id),
          by.id,
        )
        return free.filter((row) => !conflicts.has(row.case_id) && !involved?.has(row.decision_id))
      }
      for (;;) {
        const found = await ranked(await queuesWithCases(queue), { now, take: candidates, accept })
        for (const { case_id } of found) {
          if (await lease(case_id, by, { now, shown })) return case_id
          // Somebody was quicker: never offered again in this call, so that the loop ends.
          passed.add(case_id)
        }
        if (found.length < candidates) return null
      }
    },

    /** Takes or renews a case for the person who has it on the screen. @throws not_leased, not_allowed, same_reviewer. */
    async lease(id: string, by: Principal, now: number): Promise<number> {
      const found = await mustFind(id, now)
      await mustBeFree(found, by)
      if (!(await lease(id, by, { now, shown: true })))
        throw problem({
          code: 'not_leased',
          field: 'case_id',
          value: id,
          detail: { zh: '另一位审核员正在处理', en: 'Another reviewer holds this case' },
        })
      return now + leaseMicros
    },
    release: (id: string, by: Principal) => dropLease(db, id, by.id),
    /** Who is on which case now; a person of whom nothing was heard for {@link leaseMicros} is gone. */
    present: (now: number) => presentLeases(db, now),
    queues: (now: number) => queueCounts(db, now),
  }
}
