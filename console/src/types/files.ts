/** A file that somebody sent; its bytes are asked for by id. */
export interface FileInfo {
  file_id: string
  name: string
  type: string
  image: boolean
  bytes: number
  width: number | null
  height: number | null
  /** More than 1 = an animation, of which the first picture is shown. */
  frames: number | null
  /** Why its bytes are gone. */
  gone: 'expired' | 'erased' | 'retention' | null
}

/** GET /v1/files/:id. `reason` = it may be seen after saying what for. */
export interface FileState extends FileInfo {
  at: string
  sha256: string
  access: 'open' | 'reason'
}

/** A region of an image, as fractions of its width and height. */
export interface Box {
  x: number
  y: number
  width: number
  height: number
}

/** What a strategy found on an image. */
export interface FoundBox {
  field: string
  image: string
  box: Box
  strategy: string
  label: string | null
  score: number | null
}

/** What a person pointed at on an image. */
export interface RegionMark {
  mark_id: string
  at: string
  field: string
  image: string
  box: Box
  note: string
  by: string
  actor_id: string
}
