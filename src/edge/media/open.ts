import type { Personal } from '../../insight/personal/index.ts'
import { findPlace, maySee, type PlaceTables, scopesOf } from '../../kernel/access/index.ts'
import { type Db, part } from '../../kernel/database.ts'
import type { Operation, Principal } from '../../kernel/operation.ts'
import { createRateLimit } from '../../kernel/rate-limit.ts'
import { hour, nowMicros } from '../../kernel/time.ts'
import { type AppealTables, appealStore } from '../../review/appeals/index.ts'
import { type DocumentTables, findAnswer } from '../../review/documents/index.ts'
import {
  createFiles,
  type FileLimits,
  type FileLinkRow,
  type Files,
  type FileTables,
  fileOperations,
  usualLimits,
} from '../../review/files/index.ts'
import { blobFolder, openBlobs } from './blobs.ts'
import { createDecoder, type Decoder } from './decoder.ts'

export type MediaTables = FileTables & AppealTables & DocumentTables & PlaceTables

/** Limits by `AEDILE_FILE_MB`, `AEDILE_PUBLIC_FILE_MB`, `AEDILE_FILES_DAY_MB` and `AEDILE_FILES_DAY`. @throws Error for what is no number. */
export function limitsFrom(env: Readonly<Record<string, string | undefined>>): FileLimits {
  const number = (name: string, unit: number): number | undefined => {
    const asked = env[name]
    if (asked === undefined || asked === '') return undefined
    const found = Number(asked)
    if (!(found > 0)) throw new Error(`${name} is "${asked}"; set a number above 0 / ${name} 须为大于 0 的数字`)
    return Math.floor(found * unit)
  }
  const mebibyte = 2 ** 20
  return {
    ...usualLimits,
    fileBytes: number('AEDILE_FILE_MB', mebibyte) ?? usualLimits.fileBytes,
    publicFileBytes: number('AEDILE_PUBLIC_FILE_MB', mebibyte) ?? usualLimits.publicFileBytes,
    dayBytes: number('AEDILE_FILES_DAY_MB', mebibyte) ?? usualLimits.dayBytes,
    dayFiles: number('AEDILE_FILES_DAY', 1) ?? usualLimits.dayFiles,
  }
}

/**
 * Hosts whose images the console may load, by `AEDILE_IMAGE_HOSTS` (`img.example.com, cdn.example.org`); none unless it is set, so that
 * no browser of a reviewer calls a stranger's server. @throws Error for what is no host.
 */
export function imageHostsFrom(env: Readonly<Record<string, string | undefined>>): string[] {
  return (env['AEDILE_IMAGE_HOSTS'] ?? '')
    .split(/[\s,]+/)
    .filter(Boolean)
    .map((host) => {
      if (!/^[a-z0-9-]+(\.[a-z0-9-]+)+(:\d{1,5})?$/i.test(host))
        throw new Error(
          `AEDILE_IMAGE_HOSTS: "${host}" is no host; write e.g. img.example.com / "${host}" 不是主机名，例如 img.example.com`,
        )
      return `https://${host.toLowerCase()}`
    })
}

/** What reading a thing needs. */
const permissionFor: Readonly<Record<FileLinkRow['to_type'], string>> = {
  appeal: 'appeal.read',
  case: 'case.read',
  document: 'case.read',
  notice: 'inbound.read',
  event: 'subject.read',
}

/** Whether somebody may read what a file is attached to: a party its own appeals and papers, staff what their roles and places allow. */
export function readingOf(db: Db<MediaTables>): (principal: Principal, link: FileLinkRow) => Promise<boolean> {
  async function isOwn({ party }: Principal, link: FileLinkRow): Promise<boolean> {
    if (!party) return false
    const found =
      link.to_type === 'appeal'
        ? await appealStore.findAppeal(part(db), link.to_id)
        : link.to_type === 'document'
          ? await findAnswer(part(db), link.to_id)
          : undefined
    return found?.party_type === party.type && found.party_id === party.id
  }
  return async (principal, link) => {
    if (principal.party) return isOwn(principal, link)
    const permission = permissionFor[link.to_type]
    if (!principal.permissions.has(permission)) return false
    const scopes = scopesOf(principal, permission)
    if (scopes === null) return true
    // The markets of events are known when they are decided, not when their images are sent: the site decides.
    if (link.to_type === 'event') return scopes.some(({ sites }) => sites.length === 0 || sites.includes(link.to_id))
    const place = await findPlace(part(db), link.to_id)
    return place !== undefined && maySee(scopes, place)
  }
}

export interface Media {
  readonly files: Files
  readonly decoder: Decoder
  operations(): Operation[]
  close(): void
}

export interface MediaInput {
  readonly folder: string
  readonly db: Db<MediaTables>
  readonly personal: Personal
  readonly log: (message: string) => void
  readonly clock: boolean
  readonly env: Readonly<Record<string, string | undefined>>
}

/** Files: kept in the data folder, decoded in a process of their own, orphans taken away every hour. */
export function openMedia({ folder, db, personal, log, clock, env }: MediaInput): Media {
  const decoder = createDecoder()
  const files = createFiles({
    db: part(db),
    blobs: openBlobs(blobFolder(folder)),
    decode: decoder.decode,
    limits: limitsFrom(env),
    mayRead: readingOf(db),
    isRevealed: (principal, fileId, now) => personal.isFileOpen({ actor: principal.id, fileId, now }),
  })
  const tidy = () =>
    void files.expire(nowMicros()).catch((error) => log(`files: ${error instanceof Error ? error.message : error}`))
  const timer = clock ? setInterval(tidy, hour / 1000).unref() : null
  if (clock) void files.sweep().then(tidy, (error) => log(`files: ${error instanceof Error ? error.message : error}`))
  return {
    files,
    decoder,
    operations: () =>
      fileOperations({
        files,
        limit: createRateLimit({ most: publicFilesPerHour, windowMicros: hour }),
        reveal: (principal, fileId, { reason, now }) =>
          personal.revealFile({ actor: principal.id, fileId, now }, { links: () => files.linksOf(fileId), reason }),
      }),
    close() {
      if (timer) clearInterval(timer)
      decoder.close()
    },
  }
}

/** Files that one network address may send in an hour without an account. */
const publicFilesPerHour = 30
