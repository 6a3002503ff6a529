import type { CaseDb, CaseTx } from './store.ts'

export interface Taking {
  readonly case_id: string
  readonly holder: string
  readonly holder_name: string
  readonly until: number
  /** True when the case is on the person's screen, false when it is prepared for them. */
  readonly shown: boolean
}

/** Takes or renews a lease; false when somebody else holds it. One statement, so that two people never both get it. */
export async function takeLease(db: CaseDb | CaseTx, { shown, ...lease }: Taking, now: number): Promise<boolean> {
  const done = await db
    .insertInto('leases')
    .values({ ...lease, since: now, shown_at: shown ? now : null })
    .onConflict((on) =>
      on
        .column('case_id')
        .doUpdateSet((row) => {
          const mine = row
            .case()
            .when(row.and([row('leases.holder', '=', lease.holder), row('leases.until', '>', now)]))
          return {
            ...lease,
            since: mine.then(row.ref('leases.since')).else(now).end(),
            shown_at: mine
              .then(row.fn.coalesce('leases.shown_at', row.val(shown ? now : null)))
              .else(shown ? now : null)
              .end(),
          }
        })
        .where((or) => or.or([or('leases.holder', '=', lease.holder), or('leases.until', '<=', now)])),
    )
    .executeTakeFirst()
  return Number(done.numInsertedOrUpdatedRows ?? 0) > 0
}

export const dropLease = (db: CaseDb | CaseTx, id: string, holder: string) =>
  db.deleteFrom('leases').where('case_id', '=', id).where('holder', '=', holder).execute()

/** Nobody holds it any longer. */
export const dropLeases = (tx: CaseTx, id: string) => tx.deleteFrom('leases').where('case_id', '=', id).execute()

export const leaseOf = (db: CaseDb | CaseTx, id: string, now: number) =>
  db.selectFrom('leases').selectAll().where('case_id', '=', id).where('until', '>', now).executeTakeFirst()

/** Who is on which case now. */
export const presentLeases = (db: CaseDb, now: number) =>
  db
    .selectFrom('leases')
    .innerJoin('cases', 'cases.case_id', 'leases.case_id')
    .innerJoin('case_state', 'case_state.case_id', 'leases.case_id')
    .where('leases.until', '>', now)
    .where('case_state.status', '=', 'open')
    .select((pick) => [
      'leases.case_id',
      'leases.holder',
      'leases.holder_name',
      'leases.since',
      'leases.shown_at',
      'leases.until',
      'cases.title',
      'cases.subject_id',
      'cases.severity',
      pick.fn.coalesce('case_state.queue', 'cases.queue').as('queue'),
    ])
    .orderBy('leases.since')
    .limit(500)
    .execute()
