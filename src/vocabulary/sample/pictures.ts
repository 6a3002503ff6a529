import { crc32, deflateSync } from 'node:zlib'
import type { Box } from '../evidence.ts'

/* Pictures of the sample, drawn here: simple shapes, a made-up monogram, and across the bottom that they are generated. */

type Colour = readonly [red: number, green: number, blue: number]

interface Canvas {
  readonly width: number
  readonly height: number
  readonly pixels: Uint8Array
}

const ground: Colour = [236, 238, 242]
const gold: Colour = [232, 206, 130]
const grey: Colour = [96, 102, 116]

function createCanvas(width: number, height: number): Canvas {
  const canvas = { width, height, pixels: new Uint8Array(width * height * 3) }
  fill(canvas, () => true, ground)
  return canvas
}

/** Colours every pixel whose middle is inside. */
function fill({ width, height, pixels }: Canvas, inside: (x: number, y: number) => boolean, colour: Colour): void {
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) if (inside(x + 0.5, y + 0.5)) pixels.set(colour, (y * width + x) * 3)
}

/** A square of a letter. */
function dot({ width, pixels }: Canvas, left: number, top: number, { point, colour }: Pen): void {
  for (let y = top; y < top + point; y++)
    for (let x = left; x < left + point; x++) pixels.set(colour, (y * width + x) * 3)
}

interface Pen {
  /** Pixels of one point of a letter. */
  readonly point: number
  readonly colour: Colour
}

const rectangle =
  (left: number, top: number, wide: number, high: number, round = 0) =>
  (x: number, y: number): boolean => {
    const across = Math.max(left + round - x, 0, x - (left + wide - round))
    const down = Math.max(top + round - y, 0, y - (top + high - round))
    return round === 0 ? across === 0 && down === 0 : across ** 2 + down ** 2 <= round ** 2
  }

const ring =
  (middleX: number, middleY: number, outer: number, inner: number) =>
  (x: number, y: number): boolean => {
    const far = Math.hypot(x - middleX, y - middleY)
    return far <= outer && far >= inner
  }

/** Letters of five by seven points, a row each, the leftmost point the highest bit. */
const letters: Readonly<Record<string, readonly number[]>> = {
  A: [14, 17, 17, 31, 17, 17, 17],
  D: [30, 17, 17, 17, 17, 17, 30],
  E: [31, 16, 16, 30, 16, 16, 31],
  G: [14, 17, 16, 23, 17, 17, 14],
  L: [16, 16, 16, 16, 16, 16, 31],
  M: [17, 27, 21, 21, 17, 17, 17],
  N: [17, 25, 21, 19, 17, 17, 17],
  O: [14, 17, 17, 17, 17, 17, 14],
  P: [30, 17, 17, 30, 16, 16, 16],
  R: [30, 17, 17, 30, 20, 18, 17],
  S: [15, 16, 16, 14, 1, 1, 30],
  T: [31, 4, 4, 4, 4, 4, 4],
  V: [17, 17, 17, 17, 17, 10, 4],
}

function write(
  canvas: Canvas,
  text: string,
  { left, top, ...pen }: Pen & { readonly left: number; readonly top: number },
): void {
  for (const [index, letter] of [...text].entries())
    for (const [row, bits] of (letters[letter] ?? []).entries())
      for (let column = 0; column < 5; column++)
        if ((bits >> (4 - column)) & 1) dot(canvas, left + (index * 6 + column) * pen.point, top + row * pen.point, pen)
}

interface Drawing {
  /** The mark of a made-up brand, and where it stands. */
  readonly monogram: { readonly letter: 'V' | 'O'; readonly left: number; readonly top: number; readonly point: number }
  draw(canvas: Canvas): void
}

const drawings = {
  bag: {
    monogram: { letter: 'V', left: 212, top: 168, point: 11 },
    draw(canvas) {
      fill(canvas, ring(240, 130, 84, 66), [96, 62, 40])
      fill(canvas, rectangle(110, 120, 260, 150, 18), [128, 84, 54])
    },
  },
  wallet: {
    monogram: { letter: 'V', left: 300, top: 104, point: 8 },
    draw(canvas) {
      fill(canvas, rectangle(120, 90, 240, 160, 12), [60, 64, 82])
      fill(canvas, rectangle(120, 166, 240, 5), [92, 98, 120])
    },
  },
  watch: {
    monogram: { letter: 'O', left: 229, top: 178, point: 5 },
    draw(canvas) {
      fill(canvas, rectangle(206, 20, 68, 270, 8), [74, 60, 50])
      fill(canvas, ring(240, 155, 92, 0), [96, 104, 120])
      fill(canvas, ring(240, 155, 78, 0), [36, 42, 58])
      fill(canvas, rectangle(237, 100, 5, 58), ground)
      fill(canvas, rectangle(240, 155, 46, 5), ground)
    },
  },
  belt: {
    monogram: { letter: 'V', left: 221, top: 118, point: 12 },
    draw(canvas) {
      fill(canvas, rectangle(20, 130, 440, 60, 10), [50, 42, 38])
      fill(canvas, rectangle(196, 108, 110, 104, 10), [140, 112, 52])
    },
  },
} as const satisfies Record<string, Drawing>

export type SamplePicture = keyof typeof drawings
export const samplePictures = Object.keys(drawings) as SamplePicture[]

const width = 480
const height = 320

/** The id of a picture in the file store. */
export const samplePictureId = (name: SamplePicture): string => `fil_sample-${name}`

function draw(name: SamplePicture): Canvas {
  const canvas = createCanvas(width, height)
  const { monogram, draw: paint } = drawings[name]
  paint(canvas)
  write(canvas, monogram.letter, { ...monogram, colour: gold })
  write(canvas, 'GENERATED SAMPLE', { left: 12, top: 300, point: 2, colour: grey })
  return canvas
}

/** Where the monogram is, as a model of the marketplace would say it. */
export function sampleLogoBox(name: SamplePicture): Box {
  const { left, top, point } = drawings[name].monogram
  const share = (value: number, whole: number) => Math.round((value / whole) * 1000) / 1000
  return {
    x: share(left - point, width),
    y: share(top - point, height),
    width: share(point * 7, width),
    height: share(point * 9, height),
  }
}

/** The picture as a PNG file; the same bytes every time. */
export function drawSamplePicture(name: SamplePicture): Uint8Array {
  const canvas = draw(name)
  const rows = new Uint8Array(height * (width * 3 + 1))
  for (let y = 0; y < height; y++)
    rows.set(canvas.pixels.subarray(y * width * 3, (y + 1) * width * 3), y * (width * 3 + 1) + 1)
  const head = Buffer.alloc(13)
  head.writeUInt32BE(width, 0)
  head.writeUInt32BE(height, 4)
  // 8 bits, red green blue.
  head.set([8, 2, 0, 0, 0], 8)
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])
  const end = chunk('IEND', new Uint8Array())
  return new Uint8Array(Buffer.concat([signature, chunk('IHDR', head), chunk('IDAT', deflateSync(rows)), end]))
}

function chunk(kind: string, data: Uint8Array): Buffer {
  const body = Buffer.concat([Buffer.from(kind), data])
  const frame = Buffer.alloc(8)
  frame.writeUInt32BE(data.length, 0)
  frame.writeUInt32BE(crc32(body), 4)
  return Buffer.concat([frame.subarray(0, 4), body, frame.subarray(4)])
}
