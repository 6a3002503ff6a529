import type { Text } from '../../kernel/values.ts'
import {
  type DecodeFailure,
  type Detected,
  isImage,
  isMediaType,
  mediaTypes,
  mostPixels,
} from '../../perception/media/index.ts'
import type { AttachedFile, FileRow, LinkType } from './store.ts'

/** How much may be sent. */
export interface FileLimits {
  /** Bytes of one file. */
  readonly fileBytes: number
  /** Bytes that one account may send in 24 hours. */
  readonly dayBytes: number
  /** Files that one account may send in 24 hours. */
  readonly dayFiles: number
  /** Bytes of one file that comes without signing in. */
  readonly publicFileBytes: number
  /** Bytes of files without an account that wait to be attached, in all. */
  readonly publicWaitingBytes: number
}

export const usualLimits: FileLimits = {
  fileBytes: 10 << 20,
  dayBytes: 200 << 20,
  dayFiles: 200,
  publicFileBytes: 5 << 20,
  publicWaitingBytes: 500 << 20,
}

/** A file that nothing names goes after so long. */
export const orphanHours = 24

/** Files that one appeal, notice, answer or case may name. */
export const mostAttached = 10

/** Who sends or reads as far as files are concerned. */
export interface Sender {
  readonly id: string
  readonly party?: { readonly type: string; readonly id: string } | undefined
}

/** Whoever sends without an account. */
export const publicSender: Sender = { id: 'public' }

/** Whether a file is this person's own: by the account, or by the merchant or creator that both accounts belong to. */
export function isSender(file: FileRow, { id, party }: Sender): boolean {
  return file.actor === id || (party !== undefined && file.party_type === party.type && file.party_id === party.id)
}

/** Papers that parties send name and show persons: staff give a reason before they see them. */
export const isPersonalLink = (type: LinkType): boolean => type === 'document'

/** A file as lists show it, without anything from which its bytes could be had. */
export function fileView(row: FileRow & Partial<Pick<AttachedFile, 'gone'>>) {
  return {
    file_id: row.file_id,
    name: row.name,
    type: row.type,
    image: isImage(row.type),
    bytes: row.bytes,
    width: row.width,
    height: row.height,
    frames: row.frames,
    gone: row.gone ?? null,
  }
}
export type FileView = ReturnType<typeof fileView>

/** The same for who has given no reason yet: what somebody calls a paper tells whose it is. */
export const maskedFileView = (row: Parameters<typeof fileView>[0]): FileView => ({
  ...fileView(row),
  name: `document.${isMediaType(row.type) ? mediaTypes[row.type].extension : 'bin'}`,
})

/** The name under which it is downloaded: what the sender called it, without what a file system could take for something else. */
export function safeName(name: string, type: keyof typeof mediaTypes): string {
  const bare = (name.split(/[\\/]/).at(-1) ?? '')
    .normalize('NFC')
    .replace(/[\u0000-\u001f\u007f\u202a-\u202e\u2066-\u2069<>:"|?*;%]/g, '_')
    .replace(/^\.+/, '')
    .trim()
    .slice(0, 120)
  const { extension } = mediaTypes[type]
  return bare.toLowerCase().endsWith(`.${extension}`)
    ? bare
    : `${bare.replace(/\.[^.]{1,8}$/, '') || 'file'}.${extension}`
}

/** What is said of bytes that are no file of an allowed type. */
export const detectedTexts: Readonly<Record<Exclude<Detected, keyof typeof mediaTypes>, Text>> = {
  markup: { zh: '内容是 HTML、SVG 或 XML', en: 'it is HTML, SVG or XML' },
  empty: { zh: '文件是空的', en: 'it is empty' },
  unknown: { zh: '内容不是任何允许的类型', en: 'it is none of the types that are allowed' },
}

export const failureTexts: Readonly<Record<DecodeFailure, Text>> = {
  large: {
    zh: `图片超过 ${mostPixels / 1e6} 百万像素`,
    en: `the image has more than ${mostPixels / 1e6} million pixels`,
  },
  broken: { zh: '图片不完整或已损坏', en: 'the image is cut short or damaged' },
  time: { zh: '图片解码超时', en: 'the image takes too long to decode' },
  memory: { zh: '图片解码占用内存过多', en: 'the image takes too much memory to decode' },
  busy: { zh: '等待处理的图片过多', en: 'too many images are waiting' },
}

export const allowedTypes: Text = {
  zh: 'PNG、JPEG、WebP、GIF、PDF 或纯文本',
  en: 'PNG, JPEG, WebP, GIF, PDF or plain text',
}
