import { type Box, isBox } from '../evidence.ts'

/** What a model of the marketplace saw on an image; `box` is absent when the label is about the whole image. */
export interface Detection {
  readonly image: string
  readonly label: string
  /** 0 to 1. */
  readonly score: number
  readonly box?: Box | null
}

/** So many of one event are taken. */
export const mostDetections = 200

/** A detection is a fact for decisions: one that is half there, or whose box lies outside its image, is none. */
export function isDetection(item: unknown): item is Detection {
  if (typeof item !== 'object' || item === null) return false
  const { image, label, score, box } = item as Record<string, unknown>
  return (
    typeof image === 'string' &&
    typeof label === 'string' &&
    label !== '' &&
    typeof score === 'number' &&
    score >= 0 &&
    score <= 1 &&
    (box === undefined || box === null || isBox(box))
  )
}
