import { type Db, insertOnly, type Schema, type Tx } from '../../kernel/database.ts'

export interface AlertRow {
  alert_id: string
  at: number
  /**
   * `brake` = a strategy was taken out of action; `released` = a person let it act again; `channel` = something from outside
   * does not come or is not worked on; `recovered` = it does again; `deployment` = a batch strategy does not run as it should;
   * `settled` = it does again, or a person has taken note.
   */
  kind: 'brake' | 'released' | 'channel' | 'recovered' | 'deployment' | 'settled'
  level: 'watch' | 'warn'
  /** The strategy, or the channel. */
  strategy: string
  version: number
  title: string
  detail: string
  /** Where the run of hits began; what `recall --since` takes. */
  since: number | null
  /** The alert that a release answers. */
  ref: string | null
  position: number
  data: string
  cause: string
  actor: string
}

export interface LifecycleTables {
  alerts: AlertRow
  lifecycle_applied: { consumer: string; position: number }
}

export type LifecycleDb = Db<LifecycleTables>
export type LifecycleTx = Tx<LifecycleTables>

export const lifecycleSchema: Schema = {
  room: 'lifecycle',
  statements: [
    'CREATE TABLE alerts (alert_id TEXT PRIMARY KEY, at REAL NOT NULL, kind TEXT NOT NULL, level TEXT NOT NULL, strategy TEXT NOT NULL, version INTEGER NOT NULL, title TEXT NOT NULL, detail TEXT NOT NULL, since REAL, ref TEXT UNIQUE REFERENCES alerts(alert_id), position REAL NOT NULL, data TEXT NOT NULL, cause TEXT NOT NULL, actor TEXT NOT NULL)',
    'CREATE INDEX alerts_at ON alerts (at)',
    ...insertOnly('alerts'),
    'CREATE TABLE lifecycle_applied (consumer TEXT PRIMARY KEY, position REAL NOT NULL)',
  ],
}

const consumer = 'brakes'

export const applied = async (db: LifecycleDb): Promise<number> =>
  (await db.selectFrom('lifecycle_applied').select('position').where('consumer', '=', consumer).executeTakeFirst())
    ?.position ?? 0

export const setApplied = (tx: LifecycleTx, position: number) =>
  tx
    .insertInto('lifecycle_applied')
    .values({ consumer, position })
    .onConflict((on) => on.column('consumer').doUpdateSet({ position }))
    .execute()

export const findAlert = (db: LifecycleDb | LifecycleTx, id: string) =>
  db.selectFrom('alerts').selectAll().where('alert_id', '=', id).executeTakeFirst()

export const releaseOf = (db: LifecycleDb | LifecycleTx, id: string) =>
  db.selectFrom('alerts').selectAll().where('ref', '=', id).executeTakeFirst()

/** Brakes and releases in the order of the journal; at one position a pull comes before its release. */
export const alertsInOrder = (db: LifecycleDb) =>
  db
    .selectFrom('alerts')
    .selectAll()
    .where('kind', 'in', ['brake', 'released'])
    .orderBy('position')
    .orderBy('at')
    .execute()

/** Alerts about channels that nothing has answered yet. */
export const openChannelAlerts = (db: LifecycleDb | LifecycleTx) =>
  db
    .selectFrom('alerts')
    .leftJoin('alerts as answer', 'answer.ref', 'alerts.alert_id')
    .selectAll('alerts')
    .where('alerts.kind', '=', 'channel')
    .where('answer.alert_id', 'is', null)
    .execute()

/** Alerts about how strategies are deployed that nothing has answered. */
export const openDeployment = (db: LifecycleDb) =>
  db
    .selectFrom('alerts')
    .selectAll()
    .where('kind', '=', 'deployment')
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(selectFrom('alerts as answer').select('answer.alert_id').whereRef('answer.ref', '=', 'alerts.alert_id')),
      ),
    )
    .orderBy('at')
    .execute()

const hourMark = (at: number): string => `hour:${String(at).padStart(10, '0')}`

/** Remembers where the first event of an hour (since 1970) lies in the journal. */
export const markHour = (tx: LifecycleTx, at: number, position: number) =>
  tx
    .insertInto('lifecycle_applied')
    .values({ consumer: hourMark(at), position })
    .onConflict((on) => on.column('consumer').doNothing())
    .execute()

/** The position of the first event of that hour, or of an earlier one; 0 when none is known. */
export async function positionOfHour(db: LifecycleDb, at: number): Promise<number> {
  const row = await db
    .selectFrom('lifecycle_applied')
    .select('position')
    .where('consumer', '>=', hourMark(0))
    .where('consumer', '<=', hourMark(Math.max(0, at)))
    .orderBy('consumer', 'desc')
    .executeTakeFirst()
  return row?.position ?? 0
}

/** Alerts with whether they were answered, newest first. */
export const listAlerts = (db: LifecycleDb, filter: { open: boolean; limit: number; after?: string | undefined }) => {
  let query = db
    .selectFrom('alerts')
    .leftJoin('alerts as answer', 'answer.ref', 'alerts.alert_id')
    .selectAll('alerts')
    .select(['answer.at as released_at', 'answer.actor as released_by'])
    .where('alerts.kind', 'in', ['brake', 'channel', 'deployment'])
    .orderBy('alerts.at', 'desc')
    .orderBy('alerts.alert_id', 'desc')
    .limit(filter.limit)
  if (filter.open) query = query.where('answer.alert_id', 'is', null)
  if (filter.after !== undefined) query = query.where('alerts.at', '<', Number(filter.after))
  return query.execute()
}
