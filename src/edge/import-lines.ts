import { closeSync, createReadStream, openSync, writeSync } from 'node:fs'
import { problem } from '../kernel/problems.ts'

/** Appends to a file through a buffer of 1 MiB. */
export interface Writer {
  write(bytes: Uint8Array): void
  text(text: string): void
  close(): void
}

export function openWriter(path: string): Writer {
  const file = openSync(path, 'wx', 0o600)
  const buffer = Buffer.allocUnsafe(1 << 20)
  let used = 0
  const put = (bytes: Uint8Array): void => {
    try {
      for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at)
    } catch (error) {
      if (!(error instanceof Error) || !('code' in error) || error.code !== 'ENOSPC') throw error
      throw problem({
        code: 'disk_full',
        field: 'TMPDIR',
        detail: {
          zh: '临时目录所在的磁盘已满，没有导入任何内容',
          en: 'the disk of the temporary folder is full; nothing was imported',
        },
        fix: { zh: '腾出空间，或用 TMPDIR 指定别处', en: 'free space there, or set TMPDIR to another disk' },
      })
    }
  }
  const flush = (): void => {
    if (used > 0) put(buffer.subarray(0, used))
    used = 0
  }
  const write = (bytes: Uint8Array): void => {
    if (used + bytes.length > buffer.length) flush()
    if (bytes.length > buffer.length) put(bytes)
    else {
      buffer.set(bytes, used)
      used += bytes.length
    }
  }
  return {
    write,
    text: (text) => write(Buffer.from(text)),
    close: () => {
      flush()
      closeSync(file)
    },
  }
}

const chunkRows = 2000

/** Reads a text file line by line in chunks of some thousand. Only "\n" ends a line: JSON may hold U+2028 as it is. */
export async function* readChunks<T>(path: string, read: (line: string) => T): AsyncGenerator<T[]> {
  let chunk: T[] = []
  let open = ''
  for await (const part of createReadStream(path, { encoding: 'utf8', highWaterMark: 256 * 1024 })) {
    const lines = (open + part).split('\n')
    open = lines.pop() ?? ''
    for (const line of lines) chunk.push(read(line))
    if (chunk.length >= chunkRows) {
      yield chunk
      chunk = []
    }
  }
  if (chunk.length > 0) yield chunk
}
