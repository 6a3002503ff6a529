import sharp from 'sharp'
import { afterEach, describe, expect, test } from 'vitest'
import { bomb, bytesOf, picture } from '../../../tests/pictures.ts'
import { createDecoder, type Decoder, type DecoderLimits } from './decoder.ts'

const open: Decoder[] = []
function decoder(limits: Partial<DecoderLimits> = {}): Decoder {
  const made = createDecoder({ timeMs: 60_000, ...limits })
  open.push(made)
  return made
}
afterEach(() => {
  for (const each of open.splice(0)) each.close()
})

const rendition = async (by: Decoder, bytes: Uint8Array) => {
  const decoded = await by.decode(bytes)
  if (!('rendition' in decoded)) throw new Error(`not decoded: ${decoded.failure}`)
  return decoded.rendition
}
const failure = async (by: Decoder, bytes: Uint8Array) => {
  const decoded = await by.decode(bytes)
  return 'failure' in decoded ? decoded.failure : 'decoded'
}

describe('the process that decodes', () => {
  test('writes every allowed format again as WebP, in another process', async () => {
    const by = decoder()
    for (const format of ['png', 'jpeg', 'webp', 'gif'] as const) {
      const made = await rendition(by, await picture('teal', { format }))
      expect([format, made.width, made.height, made.frames]).toEqual([format, 80, 60, 1])
      expect((await sharp(made.bytes).metadata()).format).toBe('webp')
    }
    expect(by.pid()).not.toBeNull()
    expect(by.pid()).not.toBe(process.pid)
  })

  test('leaves nothing of the original but its pixels, upright: no place, no name, nothing behind the end of the file', async () => {
    const plain = await picture('navy', { width: 200, height: 100, format: 'jpeg' })
    const exif = { IFD0: { Copyright: 'SECRET-OWNER', Artist: 'SECRET-ARTIST' } }
    const told = await sharp(plain).withExif(exif).withMetadata({ orientation: 6 }).jpeg().toBuffer()
    const polyglot = new Uint8Array(Buffer.concat([told, Buffer.from('<script>SECRET-TAIL</script>')]))
    expect(Buffer.from(polyglot).includes('SECRET-ARTIST')).toBe(true)
    const made = await rendition(decoder(), polyglot)
    expect(Buffer.from(made.bytes).includes('SECRET')).toBe(false)
    expect([made.width, made.height]).toEqual([100, 200])
    const { width, height, exif: left, orientation } = await sharp(made.bytes).metadata()
    expect([width, height, left, orientation]).toEqual([100, 200, undefined, undefined])
  })

  test('shows a large picture small, and counts the pictures of an animation', async () => {
    const wide = await rendition(decoder(), await picture('olive', { width: 6000, height: 300 }))
    expect([wide.width, (await sharp(wide.bytes).metadata()).width]).toEqual([6000, 2048])
    const frames = await Promise.all(['red', 'green', 'blue'].map((colour) => picture(colour)))
    const moving = await sharp(frames.map(Buffer.from), { join: { animated: true } })
      .gif()
      .toBuffer()
    expect((await rendition(decoder(), moving)).frames).toBe(3)
  })

  test('refuses what is no whole image of an allowed format, and goes on', async () => {
    const by = decoder()
    const png = await picture('maroon')
    const bad: [string, Uint8Array][] = [
      ['cut short', png.subarray(0, png.length - 30)],
      ['head alone', png.subarray(0, 40)],
      ['svg', bytesOf('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>')],
      ['tiff', new Uint8Array(await sharp(png).tiff().toBuffer())],
      ['noise', new Uint8Array(5000).map((_, index) => (index * 7919) % 256)],
    ]
    for (const format of ['jpeg', 'webp', 'gif'] as const) {
      const whole = await picture('maroon', { format })
      bad.push([`${format} cut short`, whole.subarray(0, whole.length - 20)])
    }
    for (const [name, bytes] of bad) expect([name, await failure(by, bytes)]).toEqual([name, 'broken'])
    expect((await rendition(by, png)).width).toBe(80)
  })

  test('does not unpack a picture of huge size out of a small file', async () => {
    const small = bomb(16_000, 16_000)
    expect(small.length).toBeLessThan(1_000_000)
    expect(await failure(decoder(), small)).toBe('large')
  })

  test('is killed when a picture takes too long; the next one gets a new process', async () => {
    const by = decoder({ timeMs: 1 })
    expect(await failure(by, await picture('gray'))).toBe('time')
    expect(by.pid()).toBeNull()
    const patient = decoder()
    const first = rendition(patient, await picture('gray'))
    const pid = patient.pid() ?? expect.unreachable()
    process.kill(pid, 'SIGKILL')
    await expect(first).rejects.toThrow(/broken/)
    await rendition(patient, await picture('gray'))
    expect(patient.pid()).not.toBe(pid)
  })

  test('ends when it takes too much memory; whoever waits hears it, and those behind are asked again', async () => {
    const by = decoder({ memoryMb: 20 })
    const answers = await Promise.all([1, 2, 3].map(async () => failure(by, await picture('pink'))))
    expect(answers).toEqual(['memory', 'memory', 'memory'])
  })

  test('lets only so many wait, and answers everybody when it is closed', async () => {
    const by = decoder({ waiting: 2 })
    const image = await picture('gold')
    const all = Array.from({ length: 6 }, () => failure(by, image))
    by.close()
    expect((await Promise.all(all)).every((answer) => answer === 'busy')).toBe(true)
  })
})
