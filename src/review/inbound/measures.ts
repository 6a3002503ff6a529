import { record } from '../../kernel/database.ts'
import { derivedId, newId } from '../../kernel/ids.ts'
import type { Principal } from '../../kernel/operation.ts'
import { problem } from '../../kernel/problems.ts'
import { day } from '../../kernel/time.ts'
import type { Intake } from './intake.ts'
import { happen } from './ledger.ts'
import { type MisuseLimits, measureDue, misuseLimits, suspendedUntil } from './misuse.ts'
import { anonymous, foundedBy, type NoticeOutcome } from './model.ts'
import * as store from './store.ts'

export interface MeasuresInput {
  readonly db: store.InboundDb
  readonly intake: Intake
  readonly limits?: MisuseLimits
}

/** Misuse of notices: what reviewers mark, what follows, the appeal against it, and its end. */
export function createMeasures({ db, intake, limits = misuseLimits }: MeasuresInput) {
  async function mustFind(id: string): Promise<store.MeasureRow> {
    const found = await store.measureById(db, id)
    if (!found)
      throw problem({
        code: 'not_found',
        field: 'measure_id',
        value: id,
        detail: { zh: '没有这条措施', en: 'No such measure' },
      })
    return found
  }

  const rowOf = (
    row: Pick<store.MeasureRow, 'measure_id' | 'at' | 'source_id' | 'kind' | 'cause' | 'actor'> &
      Partial<store.MeasureRow>,
  ) => ({
    until: null,
    reason: '',
    data: '{}',
    ref: null,
    ...row,
  })

  /** Warns or suspends a source when that is due. */
  async function judge(tx: store.InboundTx, source: string, by: { cause: string; at: number }): Promise<string | null> {
    const measures = await store.measuresOf(tx, source)
    const manifest = new Set(measures.flatMap((row) => (row.kind === 'manifest' ? [row.cause] : [])))
    const decided = await tx
      .selectFrom('inbound_notices')
      .innerJoin('inbound_state', 'inbound_state.notice_id', 'inbound_notices.notice_id')
      .select(['inbound_notices.notice_id', 'inbound_state.outcome', 'inbound_state.decided_at'])
      .where('inbound_notices.source_id', '=', source)
      .where('inbound_state.decided_at', 'is not', null)
      .execute()
    const judged = decided.flatMap((row) =>
      foundedBy(row.outcome as NoticeOutcome) === null
        ? []
        : [{ at: markedAt(row, measures), manifest: manifest.has(row.notice_id) }],
    )
    const kind = measureDue(judged, measures, by.at, limits)
    if (kind === null) return null
    const count = judged.filter((found) => found.manifest).length
    await record(
      tx,
      'inbound_measures',
      rowOf({
        measure_id: derivedId('mis', kind, by.cause),
        at: by.at,
        source_id: source,
        kind,
        until: kind === 'suspended' ? by.at + limits.suspensionDays * day : null,
        reason: 'manifestly unfounded notices',
        data: JSON.stringify({ manifest: count, decided: judged.length, limits }),
        cause: by.cause,
        actor: 'inbound',
      }),
    )
    return kind
  }

  return {
    list: (limit: number) => store.allMeasures(db, limit),
    of: (source: string) => store.measuresOf(db, source),

    /**
     * A reviewer says that a notice which came to nothing was manifestly unfounded: no evidence, plainly wrong, or vexatious.
     * Enough of them bring a warning, then a suspension. @throws conflict when the notice was right or is not decided.
     */
    async mark(
      notice: store.ListedNotice,
      reason: string,
      by: Principal,
      now: number,
    ): Promise<{ measure: string | null }> {
      if (notice.outcome !== 'no_action' || notice.source_id === anonymous)
        throw problem({
          code: 'conflict',
          field: 'notice_id',
          value: notice.notice_id,
          detail: {
            zh: '只有已处理、未采取措施且来源可识别的通知可以标记为明显无根据',
            en: 'Only a notice that was decided without a measure, and whose source can be told, can be marked as manifestly unfounded',
          },
        })
      const id = derivedId('mis', 'manifest', notice.notice_id)
      return db.transaction().execute(async (tx) => {
        if (await store.measureById(tx, id)) return { measure: null }
        await record(
          tx,
          'inbound_measures',
          rowOf({
            measure_id: id,
            at: now,
            source_id: notice.source_id,
            kind: 'manifest',
            reason,
            cause: notice.notice_id,
            actor: by.id,
          }),
        )
        return { measure: await judge(tx, notice.source_id, { cause: id, at: now }) }
      })
    },

    /** The notifier contests a warning or a suspension; once for each. @throws conflict, not_found. */
    async appeal(id: string, { source, text }: { source: string; text: string }, now: number): Promise<void> {
      const found = await mustFind(id)
      if (found.source_id !== source || !(found.kind === 'warned' || found.kind === 'suspended'))
        throw problem({
          code: 'not_found',
          field: 'measure_id',
          value: id,
          detail: { zh: '没有这条措施', en: 'No such measure' },
        })
      const appealId = derivedId('mis', 'appealed', id)
      await db.transaction().execute(async (tx) => {
        if (await store.measureById(tx, appealId))
          throw problem({
            code: 'conflict',
            field: 'measure_id',
            value: id,
            detail: { zh: '已经申诉过', en: 'It has been contested already' },
          })
        await record(
          tx,
          'inbound_measures',
          rowOf({
            measure_id: appealId,
            at: now,
            source_id: source,
            kind: 'appealed',
            reason: text,
            ref: id,
            cause: id,
            actor: 'notifier',
          }),
        )
      })
    },

    /** Somebody else than who marked the notices keeps or lifts a measure. @throws same_reviewer, conflict, not_found. */
    async settle(id: string, decided: { lift: boolean; reason: string }, by: Principal, now: number): Promise<void> {
      const found = await mustFind(id)
      const all = await store.measuresOf(db, found.source_id)
      if (
        !(found.kind === 'warned' || found.kind === 'suspended') ||
        all.some((row) => row.ref === id && (row.kind === 'lifted' || row.kind === 'kept'))
      )
        throw problem({
          code: 'conflict',
          field: 'measure_id',
          value: id,
          detail: {
            zh: '不是可以处理的措施，或已经处理',
            en: 'It is no warning or suspension, or it is settled already',
          },
        })
      if (all.some((row) => row.kind === 'manifest' && row.actor === by.id && row.at <= found.at))
        throw problem({
          code: 'same_reviewer',
          field: 'measure_id',
          value: id,
          detail: { zh: '须由没有标记过其通知的人员处理', en: 'Somebody who marked none of its notices must decide' },
        })
      await db.transaction().execute((tx) =>
        record(
          tx,
          'inbound_measures',
          rowOf({
            measure_id: newId('mis'),
            at: now,
            source_id: found.source_id,
            kind: decided.lift ? 'lifted' : 'kept',
            reason: decided.reason,
            ref: id,
            cause: id,
            actor: by.id,
          }),
        ),
      )
    },

    /** Notices that were held and need not be any longer are processed. Doing it twice does nothing more. */
    async release(now: number): Promise<number> {
      let released = 0
      for (const { source_id } of await store.sourcesHeld(db)) {
        if (suspendedUntil(await store.measuresOf(db, source_id), now) !== null) continue
        for (const notice of await store.heldNotices(db, source_id)) {
          const by = { cause: derivedId('rel', notice.notice_id), actor: 'inbound', at: now }
          await intake.replace(notice, by, async (tx) => {
            const fresh = (await store.findNotice(tx, notice.notice_id)) ?? notice
            return fresh.status === 'held' ? happen(tx, fresh, { type: 'released' }, by) : fresh
          })
          released++
        }
      }
      return released
    },
  }
}

/** When it became known that a notice was manifestly unfounded; when it was decided for the others. */
function markedAt(
  row: { notice_id: string; decided_at: number | null },
  measures: readonly store.MeasureRow[],
): number {
  return measures.find((found) => found.kind === 'manifest' && found.cause === row.notice_id)?.at ?? row.decided_at ?? 0
}
