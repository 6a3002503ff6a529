import type { Value } from '../kernel/values.ts'

/** A region of an image, as fractions (0–1) of its width and height from the upper left corner. */
export interface Box {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

/** Why a strategy fired, or what a person points at: a span of a field, a region of an image, a list entry, or the value of a column that the condition read. */
export interface Evidence {
  readonly field: string
  readonly value?: Value
  readonly start?: number
  readonly end?: number
  readonly text?: string
  readonly term?: string
  readonly tag?: string
  readonly list?: string
  /** The image that it is about, as the event names it; `field` says which one, e.g. `images[1]`. */
  readonly image?: string
  readonly box?: Box
  /** The list signal that saw it: lists change, so a replay takes the hit from here. */
  readonly signal?: string
  /** For the platform's own people: it may name others, or tell how the strategy works. Notices leave it out. */
  readonly internal?: true
}

/** Whether a value is a region that lies within an image. */
export function isBox(value: unknown): value is Box {
  if (typeof value !== 'object' || value === null) return false
  const { x, y, width, height } = value as Record<string, unknown>
  const numbers = [x, y, width, height]
  if (!numbers.every((each) => typeof each === 'number' && each >= 0 && each <= 1)) return false
  const [left, top, wide, high] = numbers as number[]
  // Senders compute in 32 bits: a hair over the edge is on the edge.
  return wide! > 0 && high! > 0 && left! + wide! <= 1.000001 && top! + high! <= 1.000001
}
