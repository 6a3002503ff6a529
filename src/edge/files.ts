import {
  closeSync,
  fdatasync,
  fstatSync,
  fsyncSync,
  ftruncate,
  mkdirSync,
  openSync,
  constants as osFlags,
  readdirSync,
  read as readFile,
  readFileSync,
  readSync,
  renameSync,
  rmSync,
  writeFileSync,
  writeSync,
  writev,
} from 'node:fs'
import { resolve } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { promisify } from 'node:util'
import type { Files, OpenFile } from '../perception/journal/index.ts'

const sync = promisify(fdatasync)
const cut = promisify(ftruncate)
/** Below this size a write into the page cache is cheaper than a thread hop. */
const directWriteBytes = 64 * 1024

/** The real file system. Call it once in the composition root and pass it down. */
export function openFiles(): Files {
  return {
    makeFolder: (path) => void mkdirSync(path, { recursive: true }),
    list: (folder) => readdirSync(folder),
    open: openOne,
    rename: renameSync,
    remove: (path) => rmSync(path, { force: true }),
    syncFolder(path) {
      // Windows cannot open a folder; its file systems journal names by themselves.
      if (process.platform === 'win32') return
      const descriptor = openSync(path, 'r')
      try {
        fsyncSync(descriptor)
      } finally {
        closeSync(descriptor)
      }
    },
  }
}

function openOne(path: string, mode: 'read' | 'write'): OpenFile {
  const descriptor = openSync(path, mode === 'read' ? 'r' : osFlags.O_RDWR | osFlags.O_CREAT, 0o640)
  return {
    size: () => fstatSync(descriptor).size,
    readSync(target, offset) {
      let done = 0
      while (done < target.length) {
        const got = readSync(descriptor, target, done, target.length - done, offset + done)
        if (got === 0) break
        done += got
      }
      return done
    },
    read: (target, offset) => readAll(descriptor, target, offset),
    write: (parts, offset) => writeAll(descriptor, parts, offset),
    writeSync: (bytes, offset) => writeAllSync(descriptor, bytes, offset),
    datasync: () => sync(descriptor),
    truncate: (length) => cut(descriptor, length),
    close: () => closeSync(descriptor),
  }
}

function readAll(descriptor: number, target: Uint8Array, offset: number): Promise<number> {
  return new Promise((done, fail) => {
    const step = (have: number): void => {
      readFile(descriptor, target, have, target.length - have, offset + have, (error, got) => {
        if (error) fail(error)
        else if (got === 0 || have + got === target.length) done(have + got)
        else step(have + got)
      })
    }
    step(0)
  })
}

async function writeAll(descriptor: number, parts: readonly Uint8Array[], offset: number): Promise<void> {
  const total = parts.reduce((sum, part) => sum + part.length, 0)
  const [first] = parts
  if (first !== undefined && parts.length === 1 && total <= directWriteBytes)
    return writeAllSync(descriptor, first, offset)
  let rest = parts.filter((part) => part.length > 0)
  for (let at = offset; rest.length > 0; ) {
    const written = await writeSome(descriptor, rest, at)
    at += written
    rest = dropBytes(rest, written)
  }
}

function writeSome(descriptor: number, parts: readonly Uint8Array[], offset: number): Promise<number> {
  return new Promise((done, fail) =>
    writev(descriptor, parts.slice(0, 1024), offset, (error, written) => (error ? fail(error) : done(written))),
  )
}

function dropBytes(parts: readonly Uint8Array[], count: number): Uint8Array[] {
  let left = count
  const rest: Uint8Array[] = []
  for (const part of parts) {
    if (left < part.length) rest.push(left === 0 ? part : part.subarray(left))
    left = Math.max(0, left - part.length)
  }
  return rest
}

function writeAllSync(descriptor: number, bytes: Uint8Array, offset: number): void {
  for (let done = 0; done < bytes.length; )
    done += writeSync(descriptor, bytes, done, bytes.length - done, offset + done)
}

/** Holds a data folder until `release`, or until the process ends in any way. */
export interface FolderLock {
  release(): void
}

/** An unreachable database would be closed by the garbage collector, and the lock with it. */
const heldLocks = new Set<DatabaseSync>()

/** Who holds a folder. */
interface Holder {
  pid: number
  /** Start of that process in clock ticks since boot, where the system tells it: pids are used again. */
  started: string
}

/**
 * Makes this process the only one on `folder` (which must exist). The lock is the operating system's, taken through
 * SQLite on `aedile.lock`: it ends with the process, so one that was killed leaves nothing to clean up, and two
 * starters cannot both win. `aedile.pid` only names the holder for the message.
 * @throws Error naming the holder's pid and the folder when another process has it.
 */
export function lockFolder(folder: string): FolderLock {
  const pidFile = `${folder}/aedile.pid`
  const database = new DatabaseSync(`${folder}/aedile.lock`)
  try {
    database.exec('PRAGMA busy_timeout = 250; PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE')
  } catch (cause) {
    database.close()
    if (!(cause instanceof Error) || !cause.message.includes('locked')) throw cause
    throw new Error(refusal(resolve(folder), readHolder(pidFile)), { cause })
  }
  try {
    writeFileSync(pidFile, JSON.stringify({ pid: process.pid, started: startOf(process.pid) } satisfies Holder))
  } catch {
    // A full disk: the lock holds all the same, only the message will not name the pid.
  }
  heldLocks.add(database)
  return {
    release() {
      if (!heldLocks.delete(database)) return
      rmSync(pidFile, { force: true })
      database.close()
    },
  }
}

function refusal(folder: string, holder: Holder | null): string {
  const who = holder ? `process ${holder.pid}` : 'another process'
  return `${who} already works on the data folder ${folder}; stop it first, or set AEDILE_DATA to another folder / 数据目录 ${folder} 正被${holder ? `进程 ${holder.pid} ` : '另一进程'}使用;请先停止它,或将 AEDILE_DATA 设为其他目录`
}

/** The holder as written, or null when that process is gone or its pid belongs to another one now. */
function readHolder(pidFile: string): Holder | null {
  try {
    const holder: unknown = JSON.parse(readFileSync(pidFile, 'utf8'))
    if (typeof holder !== 'object' || holder === null || !('pid' in holder) || !('started' in holder)) return null
    const { pid, started } = holder
    if (typeof pid !== 'number' || typeof started !== 'string' || startOf(pid) !== started) return null
    return { pid, started }
  } catch {
    return null
  }
}

/** Start time of a process: field 22 of /proc/<pid>/stat; empty where there is no /proc. */
function startOf(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? ''
  } catch {
    return ''
  }
}
