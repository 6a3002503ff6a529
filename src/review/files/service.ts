import { newId } from '../../kernel/ids.ts'
import type { Principal, SentFile } from '../../kernel/operation.ts'
import { problem } from '../../kernel/problems.ts'
import { day, hour } from '../../kernel/time.ts'
import {
  type Blobs,
  type DecodeImage,
  detectMedia,
  isImage,
  isMediaType,
  type MediaType,
  mediaTypes,
  type Rendition,
  renditionType,
} from '../../perception/media/index.ts'
import { attachFiles } from './attach.ts'
import {
  allowedTypes,
  detectedTexts,
  type FileLimits,
  failureTexts,
  isPersonalLink,
  isSender,
  orphanHours,
  publicSender,
  type Sender,
  safeName,
} from './model.ts'
import * as store from './store.ts'

export interface FilesInput {
  readonly db: store.FileDb
  readonly blobs: Blobs
  readonly decode: DecodeImage
  readonly limits: FileLimits
  /** Whether somebody may read what a file is attached to. */
  readonly mayRead: (principal: Principal, link: store.FileLinkRow) => Promise<boolean>
  /** Whether this person has given a reason for seeing this file that still holds. */
  readonly isRevealed: (principal: Principal, fileId: string, now: number) => Promise<boolean>
}

export type Files = ReturnType<typeof createFiles>

/** `reason` = only after saying what for. */
export type FileAccess = 'open' | 'reason' | 'none'

/** Files that people send as evidence: checked, kept, handed out to whoever may read what they are attached to, and gone in the end. */
export function createFiles({ db, blobs, decode, limits, mayRead, isRevealed }: FilesInput) {
  // Keeping bytes and taking them away go one after the other: what is put while the last file with the same bytes goes must stay.
  let last: Promise<unknown> = Promise.resolve()
  function alone<Answer>(work: () => Promise<Answer>): Promise<Answer> {
    const mine = last.then(work, work)
    last = mine.catch(() => undefined)
    return mine
  }

  async function dropBlobs(hashes: readonly string[]): Promise<void> {
    for (const each of new Set(hashes)) {
      const needed = await store.neededBlobs(db, each)
      if (!needed.has(each)) await blobs.remove(each)
    }
  }

  async function mustFit(tx: store.FileDb | store.FileTx, bytes: number, by: Sender, now: number): Promise<void> {
    if (by.id === publicSender.id) {
      if ((await store.waitingBytes(tx, by.id)) + bytes > limits.publicWaitingBytes) throw tooManyWaiting()
      return
    }
    const sent = await store.sentSince(tx, by.id, now - day)
    if (sent.bytes + bytes > limits.dayBytes || sent.files >= limits.dayFiles) throw overQuota(sent, limits)
  }

  async function render(bytes: Uint8Array): Promise<Rendition> {
    const decoded = await decode(bytes)
    if ('rendition' in decoded) return decoded.rendition
    if (decoded.failure === 'busy')
      throw problem({
        code: 'too_many_requests',
        detail: failureTexts.busy,
        fix: { zh: '请稍后重试', en: 'Try again in a moment' },
      })
    throw refusal(failureTexts[decoded.failure], {
      zh: '用图片编辑器重新保存（可缩小尺寸）后再上传',
      en: 'Save it again with an image editor, smaller if need be, and send that',
    })
  }

  return {
    limits,

    /**
     * Keeps a file: its type is what its bytes are, an image must decode, and it is durable when this resolves. The same bytes from
     * the same account are the same file.
     * @throws file_refused, too_large, too_many_requests.
     */
    async add(sent: SentFile & { name: string; id?: string }, by: Sender, now: number): Promise<store.FileRow> {
      const { bytes } = sent
      const isPublic = by.id === publicSender.id
      mustBeSmall(bytes.length, isPublic ? limits.publicFileBytes : limits.fileBytes)
      const type = typeOf(sent)
      await mustFit(db, bytes.length, by, now)
      const rendition = isImage(type) ? await render(bytes) : null
      return alone(async () => {
        const sha256 = await blobs.put(bytes)
        // Nobody without an account may learn by sending something that somebody else has sent it.
        const known = isPublic ? undefined : await store.sameFile(db, sha256, by.id)
        if (known) return known
        const shown = rendition === null ? null : await blobs.put(rendition.bytes)
        const row: store.FileRow = {
          file_id: sent.id ?? newId('fil', now / 1000),
          at: now,
          sha256,
          bytes: bytes.length,
          type,
          name: safeName(sent.name, type),
          rendition: shown,
          width: rendition?.width ?? null,
          height: rendition?.height ?? null,
          frames: rendition?.frames ?? null,
          party_type: by.party?.type ?? null,
          party_id: by.party?.id ?? null,
          cause: 'upload',
          actor: by.id,
        }
        try {
          await db.transaction().execute(async (tx) => {
            await mustFit(tx, bytes.length, by, now)
            await store.insertFile(tx, row)
          })
        } catch (error) {
          await dropBlobs([sha256, ...(shown === null ? [] : [shown])])
          throw error
        }
        return row
      })
    },

    /** The file and how this person may read it. @throws not_found also for what this person may not know of. */
    async find(id: string, principal: Principal, now: number): Promise<{ file: store.FileRow; access: FileAccess }> {
      const file = await store.findFile(db, id)
      const access = file ? await accessTo(file, principal, now) : 'none'
      if (!file || access === 'none') throw noSuchFile(id)
      return { file, access }
    },

    /** What is to be shown of an image. @throws not_found, not_allowed without a reason where one is needed. */
    async rendition(id: string, principal: Principal, now: number) {
      const { file, access } = await this.find(id, principal, now)
      mustBeOpen(access, id)
      const bytes = file.rendition === null ? null : await blobs.read(file.rendition)
      if (bytes === null) throw noSuchFile(id)
      return { bytes, type: renditionType, name: `${file.file_id}.webp` }
    },

    /** The bytes as they were sent. @throws not_found, not_allowed, store_unavailable when they are damaged. */
    async original(id: string, principal: Principal, now: number) {
      const { file, access } = await this.find(id, principal, now)
      mustBeOpen(access, id)
      const bytes = await blobs.read(file.sha256)
      if (bytes === null) throw noSuchFile(id)
      return { bytes, type: file.type, name: file.name }
    },

    linksOf: (id: string) => store.linksOf(db, id),

    /** Says that events of a site name this file: whoever may read events there may see it. */
    attachToEvents: (id: string, { site, sender, now }: { site: string; sender: Sender; now: number }): Promise<void> =>
      db.transaction().execute((tx) => attachFiles(tx, [id], { to: { type: 'event', id: site }, sender, now })),

    /** Ends files that nothing names for a day, and takes their bytes away. Returns how many. */
    async expire(now: number): Promise<number> {
      const found = await store.orphans(db, now - orphanHours * hour)
      for (const file of found)
        await alone(async () => {
          const ended = await db.transaction().execute(async (tx) => {
            // Attached since it was looked up: it stays.
            if ((await store.linksOf(tx, file.file_id)).length > 0) return false
            await store.endFile(tx, {
              file_id: file.file_id,
              at: now,
              reason: 'expired',
              cause: file.file_id,
              actor: 'system',
            })
            return true
          })
          if (ended) await dropBlobs([file.sha256, ...(file.rendition === null ? [] : [file.rendition])])
        })
      return found.length
    },

    /** Takes bytes away that no file needs: a crash may leave some between keeping bytes and noting the file. */
    sweep: (): Promise<number> =>
      alone(async () => {
        const needed = await store.neededBlobs(db)
        const idle = (await blobs.list()).filter((each) => !needed.has(each))
        for (const each of idle) await blobs.remove(each)
        return idle.length
      }),
  }

  async function accessTo(file: store.FileRow, principal: Principal, now: number): Promise<FileAccess> {
    const links = await store.linksOf(db, file.file_id)
    if (links.length === 0) return isSender(file, principal) ? 'open' : 'none'
    const readable = await Promise.all(links.map((link) => mayRead(principal, link)))
    if (!readable.includes(true)) return 'none'
    const own = principal.party !== undefined && isSender(file, principal)
    if (own || !links.some((link) => isPersonalLink(link.to_type))) return 'open'
    return (await isRevealed(principal, file.file_id, now)) ? 'open' : 'reason'
  }
}

function mustBeSmall(bytes: number, most: number): void {
  if (bytes <= most) return
  throw problem({
    code: 'too_large',
    field: 'body',
    value: bytes,
    detail: {
      zh: `文件 ${megabytes(bytes)} MiB，上限 ${megabytes(most)} MiB`,
      en: `The file has ${megabytes(bytes)} MiB; at most ${megabytes(most)} MiB are taken`,
    },
    fix: { zh: '缩小图片或拆分文档后再上传', en: 'Make the image smaller, or split the document' },
  })
}

const megabytes = (bytes: number): string => (bytes / 2 ** 20).toFixed(1)

/** @throws file_refused when the bytes are of no allowed type, or of another one than the sender says. */
function typeOf({ bytes, declared }: SentFile): MediaType {
  const found = detectMedia(bytes)
  if (!isMediaType(found))
    throw refusal(detectedTexts[found], { zh: `请上传${allowedTypes.zh}`, en: `Send ${allowedTypes.en}` })
  const named = declared.split(';')[0]?.trim().toLowerCase() ?? ''
  if (named !== found)
    throw problem({
      code: 'file_refused',
      field: 'content-type',
      value: named,
      detail: {
        zh: `声明为 ${named}，内容却是${mediaTypes[found].title.zh}`,
        en: `It is called ${named}, and its bytes are a ${mediaTypes[found].title.en}`,
      },
      fix: { zh: `content-type 写 ${found}，或换一个文件`, en: `Send content-type ${found}, or another file` },
    })
  return found
}

const refusal = (detail: { zh: string; en: string }, fix: { zh: string; en: string }): Error =>
  problem({
    code: 'file_refused',
    field: 'body',
    value: null,
    detail: { zh: `文件被拒绝：${detail.zh}`, en: `The file is refused: ${detail.en}` },
    fix,
  })

function overQuota(sent: { files: number; bytes: number }, limits: FileLimits): Error {
  return problem({
    code: 'too_many_requests',
    field: 'body',
    value: sent.bytes,
    detail: {
      zh: `24 小时内已上传 ${sent.files} 个文件、${megabytes(sent.bytes)} MiB；上限 ${limits.dayFiles} 个、${megabytes(limits.dayBytes)} MiB`,
      en: `This account sent ${sent.files} files and ${megabytes(sent.bytes)} MiB in 24 hours; ${limits.dayFiles} files and ${megabytes(limits.dayBytes)} MiB may be sent`,
    },
    fix: { zh: '明天再上传，或只上传必要的文件', en: 'Send the rest tomorrow, or only what is needed' },
  })
}

const tooManyWaiting = (): Error =>
  problem({
    code: 'too_many_requests',
    detail: { zh: '等待提交的附件过多，暂不接收新附件', en: 'Too many files wait to be filed; none is taken now' },
    fix: { zh: '请先提交文字与链接，或稍后再试', en: 'File text and links without files, or try again later' },
  })

export const noSuchFile = (id: string): Error =>
  problem({
    code: 'not_found',
    field: 'file_id',
    value: id,
    detail: { zh: '没有这个文件，或你无权查看', en: 'No such file, or none that you may see' },
  })

function mustBeOpen(access: FileAccess, id: string): void {
  if (access === 'open') return
  throw problem({
    code: 'not_allowed',
    field: 'file_id',
    value: id,
    detail: { zh: '这是个人信息：查看前须说明理由', en: 'This is personal data: say what you need it for first' },
    fix: { zh: `POST /v1/files/${id}/reveal，写明理由`, en: `POST /v1/files/${id}/reveal with a reason` },
  })
}
