import { isAscii, isUtf8 } from 'node:buffer'
import { createReadStream, type ReadStream } from 'node:fs'
import { open, stat } from 'node:fs/promises'
import { createGunzip } from 'node:zlib'
import { importLimits, refuseFile } from '../perception/imports/index.ts'

export interface FileBytes {
  /** Unpacked bytes in chunks; throws a problem on a damaged gzip. */
  readonly chunks: AsyncIterable<Buffer>
  readonly size: number
  /** True when the file begins as a gzip does. */
  readonly gzip: boolean
  /** Bytes of the file on disk that were consumed so far. */
  consumed(): number
}

/** Opens a file of any size for reading once, unpacking gzip (known by its first bytes, not by its name). */
export async function openBytes(path: string): Promise<FileBytes> {
  const found = await stat(path).catch(() => null)
  if (!found?.isFile())
    throw refuseFile({
      refusal: 'no_such_file',
      value: path,
      zh: `找不到文件 ${path}`,
      en: `there is no file ${path}`,
      fix: { zh: '检查路径', en: 'check the path' },
    })
  if (found.size === 0)
    throw refuseFile({
      refusal: 'empty_file',
      value: path,
      zh: '文件是空的（0 字节）',
      en: 'the file is empty (0 bytes)',
      fix: { zh: '重新取得文件', en: 'fetch the file again' },
    })
  const gzip = (await firstBytes(path, 2)).equals(Buffer.from([0x1f, 0x8b]))
  let raw: ReadStream | null = null
  const chunks = async function* () {
    raw = createReadStream(path, { highWaterMark: 256 * 1024 })
    yield* gzip ? unpack(raw, found.size) : raw
  }
  return { chunks: chunks(), size: found.size, gzip, consumed: () => raw?.bytesRead ?? 0 }
}

/** The first `count` bytes of a file on disk. */
export async function firstBytes(path: string, count: number): Promise<Buffer> {
  const file = await open(path)
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(count), 0, count, 0)
    return buffer.subarray(0, bytesRead)
  } finally {
    await file.close()
  }
}

async function* unpack(raw: ReadStream, size: number): AsyncGenerator<Buffer> {
  const gunzip = createGunzip({ chunkSize: 256 * 1024 })
  let good = 0
  raw.on('error', (error) => gunzip.destroy(error))
  try {
    for await (const chunk of raw.pipe(gunzip)) {
      good += chunk.length
      if (good > importLimits.unpackedBytes) throw tooLarge(good)
      yield chunk
    }
  } catch (error) {
    if (!(error instanceof Error) || !('code' in error) || !String(error.code).startsWith('Z_')) throw error
    const cut = error.code === 'Z_BUF_ERROR'
    throw refuseFile({
      refusal: cut ? 'truncated_gzip' : 'damaged_gzip',
      value: { bytes: size, unpacked: good },
      zh: cut
        ? `gzip 在 ${size} 字节处中断，之前解压出的 ${good} 字节完好`
        : `gzip 已损坏（${error.message}），之前解压出的 ${good} 字节完好`,
      en: cut
        ? `the gzip breaks off after ${size} bytes; ${good} unpacked bytes before that were good`
        : `the gzip is damaged (${error.message}); ${good} unpacked bytes before that were good`,
      fix: { zh: '重新下载完整的文件', en: 'fetch the whole file again' },
    })
  } finally {
    raw.destroy()
    gunzip.destroy()
  }
}

function tooLarge(bytes: number): Error {
  return refuseFile({
    refusal: 'too_large',
    value: bytes,
    zh: `解压后超过 ${importLimits.unpackedBytes} 字节`,
    en: `the file unpacks to more than ${importLimits.unpackedBytes} bytes`,
    fix: { zh: '拆成几个文件', en: 'split it into several files' },
  })
}

export type Encoding = 'auto' | 'utf-8' | 'gb18030' | 'utf-16le'

/** Text as UTF-8 bytes. `transcoded` tells, once reading has begun, whether U+FFFD marks bytes that did not fit the encoding. */
export interface Utf8Text {
  readonly chunks: AsyncIterable<Buffer>
  transcoded(): boolean
}

/** Turns file bytes into UTF-8 without a byte order mark. Bytes that fit no encoding stay as they are and fail row by row. */
export function toUtf8(chunks: AsyncIterable<Buffer>, wanted: Encoding): Utf8Text {
  const seen = { transcoded: false }
  return { chunks: transcode(chunks, wanted, seen), transcoded: () => seen.transcoded }
}

async function* transcode(
  chunks: AsyncIterable<Buffer>,
  wanted: Encoding,
  seen: { transcoded: boolean },
): AsyncGenerator<Buffer> {
  let encoding = wanted
  let decoder: InstanceType<typeof TextDecoder> | null = null
  let first = true
  for await (let chunk of chunks) {
    if (first) {
      const mark = byteOrderMark(chunk)
      if (mark.encoding !== null) encoding = mark.encoding
      chunk = chunk.subarray(mark.length)
      first = false
    }
    if (encoding === 'auto') {
      if (isAscii(chunk)) {
        yield chunk
        continue
      }
      encoding = guessEncoding(chunk)
    }
    if (encoding === 'utf-8') yield chunk
    else {
      decoder ??= new TextDecoder(encoding)
      seen.transcoded = true
      yield Buffer.from(decoder.decode(chunk, { stream: true }))
    }
  }
  if (decoder) yield Buffer.from(decoder.decode())
}

function byteOrderMark(chunk: Buffer): { encoding: Encoding | null; length: number } {
  if (chunk[0] === 0xef && chunk[1] === 0xbb && chunk[2] === 0xbf) return { encoding: 'utf-8', length: 3 }
  if (chunk[0] === 0xff && chunk[1] === 0xfe) return { encoding: 'utf-16le', length: 2 }
  return { encoding: null, length: 0 }
}

/**
 * UTF-8 or GB18030, from the first bytes that are not ASCII. GB18030 accepts nearly any bytes, Latin-1 and Big5 text too, so
 * it is chosen only when nine in ten high bytes form pairs of the common Chinese range, or when what it reads holds the most
 * frequent characters of traditional Chinese, which lie outside of that range; else a wrong guess would import garbage.
 */
function guessEncoding(chunk: Buffer): Encoding {
  if (isUtf8(chunk)) return 'utf-8'
  const text = new TextDecoder('utf-8').decode(chunk)
  let bad = 0
  let good = 0
  for (const character of text) {
    if (character === '�') bad++
    else if (character > '\u007f') good++
  }
  if (bad <= good / 5) return 'utf-8'
  let pairs = 0
  let high = 0
  for (let at = 0; at < chunk.length; at++) {
    const lead = chunk[at] ?? 0
    if (lead < 0x80) continue
    const trail = chunk[at + 1] ?? 0xa1
    const common = (lead >= 0xb0 && lead <= 0xf7 && trail >= 0xa1) || (lead >= 0xa1 && lead <= 0xa9 && trail >= 0xa1)
    high++
    if (common) {
      pairs++
      at++
    }
  }
  return pairs / high >= 0.9 || readsAsChinese(chunk) ? 'gb18030' : 'utf-8'
}

/** Frequent in running text and in the names of goods; every tenth character or more, while a wrong reading hits one in a hundred. */
const frequent = new Set(
  '的一是不了在人有我他這個們中來上大為和國地到以說時要就出會可也你對生能而子那得於著下自之年過發後作里用道行所然家種事成方多經去法學如都同現當沒動面起看定天分還進好小部其些主樣理心本前開但因只從想實日無力它與長把機十民第公此已工使情明性知全三又關點正業外將兩高間由問很最重並物手應向頭文體政美相見被利什二等產或新己制身果加西月話合回特代內信表化老給世位次度門任常先海通教東聲提立及比員解水名真論處走義各入幾口認條平系氣題爾更別打女變四神總何電數安少報才結反受目太量再感建務做接必場件計管期市直資命山金指克許統區保至隊形社便空決治展馬科司基色品用效能健康保養改善調減輕增強預防有助維持膚髮體',
)

function readsAsChinese(chunk: Buffer): boolean {
  let text: string
  try {
    text = new TextDecoder('gb18030', { fatal: true }).decode(chunk, { stream: true })
  } catch {
    return false
  }
  let high = 0
  let known = 0
  for (const character of text) {
    if (character <= '\u007f') continue
    high++
    if (frequent.has(character)) known++
  }
  return known / high >= 0.1
}
