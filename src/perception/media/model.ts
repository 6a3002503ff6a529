import type { Text } from '../../kernel/values.ts'

/** Kinds of file that may be sent. Only images are ever decoded, and that in a process of its own; the others are kept and handed out. */
export const mediaTypes = {
  'image/png': { title: { zh: 'PNG 图片', en: 'PNG image' }, extension: 'png', image: true },
  'image/jpeg': { title: { zh: 'JPEG 图片', en: 'JPEG image' }, extension: 'jpg', image: true },
  'image/webp': { title: { zh: 'WebP 图片', en: 'WebP image' }, extension: 'webp', image: true },
  'image/gif': { title: { zh: 'GIF 图片', en: 'GIF image' }, extension: 'gif', image: true },
  'application/pdf': { title: { zh: 'PDF 文档', en: 'PDF document' }, extension: 'pdf', image: false },
  'text/plain': { title: { zh: '纯文本', en: 'Plain text' }, extension: 'txt', image: false },
} as const satisfies Record<string, { title: Text; extension: string; image: boolean }>

export type MediaType = keyof typeof mediaTypes

export const isMediaType = (type: string): type is MediaType => Object.hasOwn(mediaTypes, type)
export const isImage = (type: string): boolean => isMediaType(type) && mediaTypes[type].image

/**
 * Where bytes are kept, by the SHA-256 of what they are. Plain functions: the embedded store keeps files in the data folder, another
 * one could keep objects elsewhere.
 */
export interface Blobs {
  /** Keeps bytes and answers with their hash (hex) once they are durable; the same bytes again are kept once. */
  put(bytes: Uint8Array): Promise<string>
  /** Null when there are none. @throws store_unavailable when what is kept is not what was put. */
  read(hash: string): Promise<Uint8Array | null>
  remove(hash: string): Promise<void>
  /** Hashes of everything that is kept. */
  list(): Promise<string[]>
}

/** What a reviewer sees of an image: decoded and written again, upright, without anything but its pixels. */
export interface Rendition {
  /** WebP. */
  readonly bytes: Uint8Array
  /** Size in pixels of the upright original. */
  readonly width: number
  readonly height: number
  /** More than 1 = an animation; its first picture is what is shown. */
  readonly frames: number
}

export const renditionType = 'image/webp'

/** Why an image cannot be shown: `large` too many pixels, `broken` not decodable, `time` or `memory` used up, `busy` too many wait. */
export type DecodeFailure = 'large' | 'broken' | 'time' | 'memory' | 'busy'
export type Decoded = { readonly rendition: Rendition } | { readonly failure: DecodeFailure }

/** Decodes an image somewhere where it can do no harm. */
export type DecodeImage = (bytes: Uint8Array) => Promise<Decoded>

/** More pixels than this are not decoded: 50 megapixels take some 200 MB. */
export const mostPixels = 50_000_000
/** Longest side of a rendition in pixels. */
export const renditionSide = 2048
