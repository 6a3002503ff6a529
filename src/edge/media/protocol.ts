import type { DecodeFailure, Rendition } from '../../perception/media/index.ts'

/** What the main process asks: one image. */
export interface DecodeJob {
  readonly id: number
  readonly bytes: Uint8Array
}

export type DecodeReply = { readonly id: number } & (
  | { readonly rendition: Rendition }
  | { readonly failure: Extract<DecodeFailure, 'large' | 'broken'> }
)

/** The child ends with this code when it has used more memory than it may. */
export const memoryExit = 86
