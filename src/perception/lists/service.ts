import type { Db } from '../../kernel/database.ts'
import { problem } from '../../kernel/problems.ts'
import { formatTime } from '../../kernel/time.ts'
import { compileList, type NamedList } from '../signals/index.ts'
import { allChanges, insertChanges, type ListChangeRow, type ListTables } from './store.ts'

/** A list as a pack declares it, with the entries that ship with the pack. */
export interface DeclaredList {
  readonly id: string
  readonly entries?: readonly (
    | string
    | { readonly value: string; readonly reason?: string; readonly expires_at?: string }
  )[]
  readonly [other: string]: unknown
}

export interface Entry {
  readonly value: string
  readonly reason: string
  readonly expires_at: number | null
  readonly actor: string
  readonly at: number
}

export type Lists = Awaited<ReturnType<typeof openLists>>

/**
 * The lists of all packs with what people and imports added. Changes are rows that are never updated; an entry is in the
 * list when its last change added it. A change counts for the next event.
 */
export async function openLists(db: Db<ListTables>) {
  const added = new Map<string, Map<string, Entry>>()
  const declared = new Map<string, DeclaredList>()
  const compiled = new Map<string, NamedList>()
  for (const row of await allChanges(db)) apply(row)

  function apply(row: ListChangeRow): void {
    const entries = added.get(row.list) ?? new Map<string, Entry>()
    added.set(row.list, entries)
    if (row.change === 'remove') entries.delete(row.value)
    else
      entries.set(row.value, {
        value: row.value,
        reason: row.reason,
        expires_at: row.expires_at,
        actor: row.actor,
        at: row.at,
      })
    compiled.delete(row.list)
  }

  function current(id: string): NamedList {
    const known = compiled.get(id)
    if (known) return known
    const base = declared.get(id)
    const entries = [
      ...(base?.entries ?? []),
      ...[...(added.get(id)?.values() ?? [])].map((entry) => ({
        value: entry.value,
        reason: entry.reason,
        added_by: entry.actor,
        ...(entry.expires_at === null ? {} : { expires_at: formatTime(entry.expires_at) }),
      })),
    ]
    const list = compileList({ ...base, id, entries })
    compiled.set(id, list)
    return list
  }

  function mustKnow(id: string): DeclaredList {
    const found = declared.get(id)
    if (!found)
      throw problem({
        code: 'not_found',
        field: 'list',
        value: id,
        detail: { zh: `没有名单 "${id}"`, en: `There is no list "${id}"` },
        fix: { zh: `可用：${[...declared.keys()].join('、')}`, en: `Lists: ${[...declared.keys()].join(', ')}` },
      })
    return found
  }

  return {
    /** Takes over what the packs declare now; returns the lists for the programs, each always up to date. */
    declare(lists: readonly DeclaredList[]): Map<string, NamedList> {
      declared.clear()
      compiled.clear()
      for (const list of lists) declared.set(list.id, list)
      return new Map(lists.map((list) => [list.id, live(list.id)]))
    },
    all: () => [...declared.values()],
    count: (id: string) => (declared.get(id)?.entries?.length ?? 0) + (added.get(id)?.size ?? 0),
    expiring: (id: string, before: number) =>
      [...(added.get(id)?.values() ?? [])].filter((entry) => entry.expires_at !== null && entry.expires_at < before)
        .length,
    entries(id: string): Entry[] {
      const shipped = (mustKnow(id).entries ?? []).map((entry) =>
        typeof entry === 'string'
          ? { value: entry, reason: '', expires_at: null, actor: 'pack', at: 0 }
          : { value: entry.value, reason: entry.reason ?? '', expires_at: null, actor: 'pack', at: 0 },
      )
      return [...(added.get(id)?.values() ?? []), ...shipped]
    },
    /** Adds entries; one that is there already with the same reason and expiry changes nothing. Returns how many are new. */
    async add(
      id: string,
      entries: readonly { value: string; reason: string; expires_at: number | null }[],
      by: { actor: string; at: number },
    ): Promise<number> {
      const known = added.get(id)
      const fresh = entries.filter((entry) => {
        const old = known?.get(entry.value)
        return !old || old.reason !== entry.reason || old.expires_at !== entry.expires_at
      })
      const rows = fresh.map((entry) => ({
        at: by.at,
        list: id,
        value: entry.value,
        change: 'add' as const,
        reason: entry.reason,
        expires_at: entry.expires_at,
        actor: by.actor,
      }))
      await insertChanges(db, rows)
      rows.forEach(apply)
      return rows.length
    },
    async remove(id: string, value: string, by: { actor: string; at: number; reason: string }): Promise<void> {
      mustKnow(id)
      if (!added.get(id)?.has(value))
        throw problem({
          code: 'not_found',
          field: 'value',
          value,
          detail: {
            zh: '名单里没有这一项（随包发布的条目请改规则包）',
            en: 'The list has no such entry (entries that ship with a pack are changed in the pack)',
          },
        })
      const row = {
        at: by.at,
        list: id,
        value,
        change: 'remove' as const,
        reason: by.reason,
        expires_at: null,
        actor: by.actor,
      }
      await insertChanges(db, [row])
      apply(row)
    },
    mustKnow,
  }

  function live(id: string): NamedList {
    return {
      id,
      get owner() {
        return current(id).owner
      },
      get size() {
        return current(id).size
      },
      find: (value, at) => current(id).find(value, at),
      occurrences: (text, at) => current(id).occurrences(text, at),
    }
  }
}
