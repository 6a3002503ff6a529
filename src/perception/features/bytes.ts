/** Little-endian bytes, written and read in order. */
export interface ByteWriter {
  uint(value: number): void
  float(value: number): void
  text(value: string): void
  /** Texts that stand in the bytes already: what the caller calls them, and their running number from 1. */
  readonly texts: Map<number, number>
  /** What was written so far. */
  done(): Uint8Array
}

export interface ByteReader {
  uint(): number
  float(): number
  text(): string
  /** What the caller calls the texts read so far, in their order. */
  readonly texts: number[]
}

const encoder = new TextEncoder()
const decoder = new TextDecoder('utf-8', { ignoreBOM: true })

export function createWriter(): ByteWriter {
  let bytes = new Uint8Array(4096)
  let view = new DataView(bytes.buffer)
  let length = 0
  const room = (needed: number): number => {
    if (length + needed > bytes.length) {
      const wider = new Uint8Array(Math.max(bytes.length * 2, length + needed))
      wider.set(bytes.subarray(0, length))
      bytes = wider
      view = new DataView(bytes.buffer)
    }
    length += needed
    return length - needed
  }
  // `room` may replace `view` and `bytes`, so it is asked first.
  const uint = (value: number): void => {
    const at = room(4)
    view.setUint32(at, value, true)
  }
  return {
    uint,
    texts: new Map(),
    float(value) {
      const at = room(8)
      view.setFloat64(at, value, true)
    },
    text(value) {
      const encoded = encoder.encode(value)
      uint(encoded.length)
      const at = room(encoded.length)
      bytes.set(encoded, at)
    },
    done: () => bytes.slice(0, length),
  }
}

/** Reads what a writer wrote. Every read throws RangeError at the end of the bytes. */
export function createReader(bytes: Uint8Array): ByteReader {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  let position = 0
  const step = (size: number): number => {
    position += size
    return position - size
  }
  const uint = (): number => view.getUint32(step(4), true)
  return {
    uint,
    texts: [],
    float: () => view.getFloat64(step(8), true),
    text() {
      const size = uint()
      if (position + size > bytes.length) throw new RangeError('a text reaches beyond the end')
      return decoder.decode(bytes.subarray(position, step(size) + size))
    },
  }
}

/** Puts pieces cut anywhere back together into the frames that `frame` made. */
export function* unframe(pieces: Iterable<Uint8Array>): Generator<Uint8Array> {
  let rest: Uint8Array = new Uint8Array(0)
  for (const piece of pieces) {
    rest = rest.length === 0 ? piece : join(rest, piece)
    while (rest.length >= 4) {
      const size = new DataView(rest.buffer, rest.byteOffset).getUint32(0, true)
      if (rest.length < 4 + size) break
      yield rest.subarray(4, 4 + size)
      rest = rest.subarray(4 + size)
    }
  }
  if (rest.length > 0)
    throw new Error(`the snapshot ends in the middle of a piece (${rest.length} bytes are left over)`)
}

/** The bytes with their length before them. */
export function frame(bytes: Uint8Array): Uint8Array {
  const framed = new Uint8Array(bytes.length + 4)
  new DataView(framed.buffer).setUint32(0, bytes.length, true)
  framed.set(bytes, 4)
  return framed
}

function join(left: Uint8Array, right: Uint8Array): Uint8Array {
  const joined = new Uint8Array(left.length + right.length)
  joined.set(left)
  joined.set(right, left.length)
  return joined
}
