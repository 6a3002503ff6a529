import { formatTime } from '../../kernel/time.ts'
import type { Evidence } from '../../vocabulary/evidence.ts'
import type { FileView } from '../files/index.ts'
import type { MarkRow } from './store.ts'

/** So an event, a mark and the console name a file of ours where an image is meant. */
export const fileImage = (fileId: string): string => `file:${fileId}`

/** Where images of an event are named. */
const imageFields = ['images', 'evidence'] as const

/** The images of a thing, by where they stand: those of its event first, then those that were attached. */
export function imagesOf(
  data: Readonly<Record<string, unknown>>,
  files: readonly FileView[],
): { field: string; image: string }[] {
  const sent = imageFields.flatMap((field) => {
    const named = data[field]
    return Array.isArray(named)
      ? named.map((image, index) => ({ field: `${field}[${index}]`, image: String(image) }))
      : []
  })
  const attached = files
    .filter((file) => file.image && file.gone === null)
    .map((file, index) => ({ field: `files[${index}]`, image: fileImage(file.file_id) }))
  return [...sent, ...attached]
}

export const markView = (row: MarkRow) => ({
  mark_id: row.mark_id,
  at: formatTime(row.at),
  field: row.field,
  image: row.image,
  box: { x: row.x, y: row.y, width: row.width, height: row.height },
  note: row.note,
  by: row.actor,
  actor_id: row.actor,
})

/** A mark as evidence of a decision. */
export const markEvidence = (row: MarkRow): Evidence => ({
  field: row.field,
  image: row.image,
  box: { x: row.x, y: row.y, width: row.width, height: row.height },
  ...(row.note === '' ? {} : { text: row.note }),
})
