import { record } from '../../kernel/database.ts'
import { derivedId, newId } from '../../kernel/ids.ts'
import { problem } from '../../kernel/problems.ts'
import type { Text } from '../../kernel/values.ts'
import type { ActionTx, Enforcement, PointsRow, Rules } from '../actions/index.ts'
import { findClass } from '../standing/index.ts'
import type { Party } from './model.ts'
import * as store from './store.ts'

/** How two parties can belong together. */
export const linkKinds = {
  'sells-for': { zh: '为其带货', en: 'Sells for' },
  promotes: { zh: '推广合作', en: 'Promotes' },
  operates: { zh: '代运营', en: 'Operates' },
  'same-owner': { zh: '同一经营主体', en: 'Same owner' },
  'same-device': { zh: '同一设备或账户', en: 'Same device or account' },
} as const satisfies Record<string, Text>
export type LinkKind = keyof typeof linkKinds
export const isLinkKind = (kind: string): kind is LinkKind => Object.hasOwn(linkKinds, kind)

export interface NewLink {
  readonly kind: LinkKind
  readonly a: Party
  readonly b: Party
  readonly evidence: string
  /** When it began and, where that is known, ends; microseconds. */
  readonly since: number
  readonly until: number | null
}

const isHeld = (link: store.ListedLink, at: number): boolean =>
  link.since <= at &&
  (link.until === null || at < link.until) &&
  link.mistaken !== 1 &&
  (link.ended_at === null || at < link.ended_at)

/** The other side of a link. */
export const otherSide = (link: store.LinkRow, { type, id }: Party): Party =>
  link.a_type === type && link.a_id === id ? { type: link.b_type, id: link.b_id } : { type: link.a_type, id: link.a_id }

/**
 * The points that linked parties bear together with violations: each on the ladder of its own kind, as the `joint` rules of that
 * ladder say, through the link with the largest share. Joint points cause no further ones.
 */
export function jointPoints(rules: () => Rules) {
  return async (tx: ActionTx, entries: readonly PointsRow[]): Promise<PointsRow[]> => {
    const found: PointsRow[] = []
    for (const entry of entries.filter((row) => row.joint_of == null)) {
      const party = { type: entry.party_type, id: entry.party_id }
      const links = (await store.linksOf(tx as never, party)).filter((link) => isHeld(link, entry.at))
      const best = new Map<string, PointsRow>()
      for (const link of links) {
        const row = jointRow(entry, { link, other: otherSide(link, party) }, rules())
        if (row === null) continue
        const key = `${row.party_type}/${row.party_id}`
        if ((best.get(key)?.points ?? 0) < row.points) best.set(key, row)
      }
      found.push(...best.values())
    }
    return found
  }
}

function jointRow(
  entry: PointsRow,
  { link, other }: { link: store.LinkRow; other: Party },
  rules: Rules,
): PointsRow | null {
  const ladder = rules.ladder?.(rules.ladderOf(other.type) ?? '')
  const rule = ladder?.joint?.find(
    (each) => each.links.includes(link.kind) && (each.classes === undefined || each.classes.includes(entry.class)),
  )
  if (ladder === undefined || rule === undefined) return null
  const named = findClass(ladder, entry.class)
  const into = named?.type === 'violation' ? named : findClass(ladder, rule.class)
  if (into === undefined) return null
  // On the same ladder a share of what was given; on another the points have another weight, so a share of its own.
  const whole = ladder.id === entry.ladder ? entry.points : into.points.default
  const points = Math.round(whole * rule.share)
  if (points <= 0) return null
  return {
    ...entry,
    entry_id: derivedId('pts', 'joint', entry.entry_id, link.link_id),
    ladder: ladder.id,
    party_type: other.type,
    party_id: other.id,
    class: into.id,
    points,
    joint_of: entry.entry_id,
    link_id: link.link_id,
    cause: entry.entry_id,
    actor: 'system',
  }
}

/** Links between parties: noted with their evidence, ended, or withdrawn as a mistake together with what they brought. */
export function createLinks({ db, enforcement }: { db: store.ConductDb; enforcement: Enforcement }) {
  return {
    of: (party: Party) => store.linksOf(db, party),

    /** @throws invalid_input for a party that is linked with itself, or a time that ends before it begins. */
    async link(wanted: NewLink, by: { id: string }, now: number): Promise<store.LinkRow> {
      const { a, b, since, until } = wanted
      if (a.type === b.type && a.id === b.id)
        throw problem({
          code: 'invalid_input',
          field: 'b',
          value: b.id,
          detail: { zh: '不能与自己关联', en: 'A party is not linked with itself' },
        })
      if (until !== null && until <= since)
        throw problem({
          code: 'invalid_input',
          field: 'until',
          value: new Date(until / 1000).toISOString(),
          detail: { zh: '结束须晚于开始', en: 'It must end after it began' },
        })
      const row: store.LinkRow = {
        link_id: newId('lnk'),
        at: now,
        kind: wanted.kind,
        a_type: a.type,
        a_id: a.id,
        b_type: b.type,
        b_id: b.id,
        evidence: wanted.evidence,
        since,
        until,
        cause: `${a.type}/${a.id}`,
        actor: by.id,
      }
      await db.transaction().execute((tx) => record(tx, 'links', row))
      return row
    },

    /** Ends a link; as a mistake it never was, and the points that it brought are taken back. @throws not_found, conflict. */
    async end(
      id: string,
      { reason, mistaken }: { reason: string; mistaken: boolean },
      { by, now }: { by: { id: string }; now: number },
    ): Promise<{ pointsReturned: number }> {
      return db.transaction().execute(async (tx) => {
        const link = await store.linkById(tx, id)
        if (!link)
          throw problem({
            code: 'not_found',
            field: 'link_id',
            value: id,
            detail: { zh: '没有这条关联', en: 'No such link' },
          })
        if (link.ended_at !== null)
          throw problem({
            code: 'conflict',
            field: 'link_id',
            value: id,
            detail: { zh: '关联已经结束', en: 'The link has ended already' },
          })
        const cause = derivedId('lke', id)
        await record(tx, 'link_ends', {
          link_end_id: cause,
          at: now,
          link_id: id,
          until: now,
          mistaken: mistaken ? 1 : 0,
          reason,
          cause: id,
          actor: by.id,
        })
        if (!mistaken) return { pointsReturned: 0 }
        const { pointsReturned } = await enforcement.reverse(
          tx,
          { actions: [], points: await store.pointsOfLink(tx, id) },
          { cause, actor: by.id, at: now },
        )
        return { pointsReturned }
      })
    },
  }
}

export type Links = ReturnType<typeof createLinks>
