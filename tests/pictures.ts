import { crc32, deflateSync } from 'node:zlib'
import sharp from 'sharp'

/** A picture of one colour with a white corner, as a file of some format. */
export async function picture(
  colour: string,
  { width = 80, height = 60, format = 'png' as 'png' | 'jpeg' | 'webp' | 'gif' } = {},
): Promise<Uint8Array<ArrayBuffer>> {
  const corner = { create: { width: width / 4, height: height / 4, channels: 3, background: 'white' } } as const
  const bytes = await sharp({ create: { width, height, channels: 3, background: colour } })
    .composite([{ input: await sharp(corner).png().toBuffer(), left: 0, top: 0 }])
    .toFormat(format)
    .toBuffer()
  return new Uint8Array(bytes)
}

function chunk(kind: string, data: Uint8Array): Buffer {
  const body = Buffer.concat([Buffer.from(kind), data])
  const frame = Buffer.alloc(8)
  frame.writeUInt32BE(data.length, 0)
  frame.writeUInt32BE(crc32(body), 4)
  return Buffer.concat([frame.subarray(0, 4), body, frame.subarray(4)])
}

/** A whole, valid PNG of this size, black in one bit a pixel, so that it is very small as a file. */
export function bomb(width: number, height: number): Uint8Array<ArrayBuffer> {
  const head = Buffer.alloc(13)
  head.writeUInt32BE(width, 0)
  head.writeUInt32BE(height, 4)
  head.set([1, 0, 0, 0, 0], 8)
  const pixels = deflateSync(Buffer.alloc(height * (Math.ceil(width / 8) + 1)))
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])
  const parts = [signature, chunk('IHDR', head), chunk('IDAT', pixels), chunk('IEND', Buffer.alloc(0))]
  return new Uint8Array(Buffer.concat(parts))
}

export const bytesOf = (text: string): Uint8Array<ArrayBuffer> => new Uint8Array(Buffer.from(text))
