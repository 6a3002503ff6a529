import { type ActionTables, actionStore, type Rules } from '../enforcement/actions/index.ts'
import type { Conduct } from '../enforcement/conduct/index.ts'
import { createZone, duePeriods, type OrderPeriod } from '../enforcement/standing/index.ts'
import type { Db } from '../kernel/database.ts'
import type { Facts } from './facts/client.ts'

export interface KeptOrdersInput {
  readonly db: Db<ActionTables>
  readonly facts: Pick<Facts, 'query' | 'caughtUp'>
  readonly conduct: Pick<Conduct, 'credit'>
  readonly rules: () => Rules
  /** The newest position of the journal. */
  readonly durable: () => number
}

const seller = 'seller'
const pageRows = 2000

/**
 * Credits sellers for orders that they kept, as their ladder says: once a period has settled, its orders are counted from the facts, by when
 * they were journaled. An order counts when its own decision did not hold it up (verdict `pass` or `label`) and no refund came until the period
 * settled. Every figure follows from the journal alone and the credit has the period as its key, so a second run files nothing.
 */
export function createKeptOrders({ db, facts, conduct, rules, durable }: KeptOrdersInput) {
  async function count(period: OrderPeriod, after: string): Promise<[id: string, orders: number][]> {
    const { rows } = await facts.query(
      `SELECT e.seller_id, count(DISTINCT e.order_id) AS orders
       FROM events e JOIN decisions d ON d.position = e.position
       WHERE e.type = 'order.placed' AND e.logged_at >= make_timestamp($1::BIGINT) AND e.logged_at < make_timestamp($2::BIGINT)
         AND e.seller_id > $4 AND e.order_id IS NOT NULL AND d.verdict IN ('pass', 'label')
         AND NOT EXISTS (
           SELECT 1 FROM events r WHERE r.type = 'order.refunded' AND r.order_id = e.order_id
             AND r.site IS NOT DISTINCT FROM e.site AND r.logged_at < make_timestamp($3::BIGINT))
       GROUP BY 1 ORDER BY 1 LIMIT ${pageRows}`,
      {
        trusted: true,
        limit: pageRows,
        timeoutMs: 120_000,
        params: [period.from * 1000, period.to * 1000, period.settled * 1000, after],
      },
    )
    return rows.map(([id, orders]) => [String(id), Number(orders)])
  }

  async function fileCredits(period: OrderPeriod, { name, now }: { name: string; now: number }): Promise<number> {
    let filed = 0
    for (let after = ''; ; ) {
      const page = await count(period, after)
      for (const [id, quantity] of page)
        await conduct.credit(
          { party: { type: seller, id }, class: name, quantity, reason: period.id, key: `kept-orders/${period.id}` },
          { id: 'system' },
          now,
        )
      filed += page.length
      const last = page.at(-1)
      if (!last || page.length < pageRows) return filed
      after = last[0]
    }
  }

  return {
    /** Files what is due at `now` (microseconds); returns how many credits. Waits for the facts to have the journal. */
    async tick(now: number): Promise<number> {
      const id = rules().ladderOf(seller)
      const ladder = id === null ? undefined : rules().ladder?.(id)
      if (!ladder?.keptOrders) return 0
      const consumer = `kept-orders/${ladder.id}`
      const filedTo = await actionStore.appliedPosition(db, consumer)
      const due = duePeriods(ladder.keptOrders, createZone(ladder.timeZone), {
        filedTo: filedTo > 0 ? filedTo : null,
        now: Math.floor(now / 1000),
      })
      let filed = 0
      for (const period of due) {
        if (!(await facts.caughtUp({ position: durable() }, 30_000))) return filed
        filed += await fileCredits(period, { name: ladder.keptOrders.class, now })
        await db.transaction().execute((tx) => actionStore.setApplied(tx, consumer, period.to))
      }
      return filed
    },
  }
}
