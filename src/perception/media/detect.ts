import type { MediaType } from './model.ts'

/** What the bytes are, whatever they are called; `markup` and `unknown` are never taken. */
export type Detected = MediaType | 'markup' | 'empty' | 'unknown'

const starts = (bytes: Uint8Array, prefix: readonly number[], at = 0): boolean =>
  prefix.every((byte, index) => bytes[at + index] === byte)

const ascii = (text: string): number[] => [...text].map((letter) => letter.charCodeAt(0))
const png = [0x89, ...ascii('PNG\r\n'), 0x1a, 0x0a]

/** Decides the type by the first bytes, and that text is text by all of them. */
export function detectMedia(bytes: Uint8Array): Detected {
  if (bytes.length === 0) return 'empty'
  if (starts(bytes, png)) return 'image/png'
  if (starts(bytes, [0xff, 0xd8, 0xff])) return 'image/jpeg'
  if (starts(bytes, ascii('GIF87a')) || starts(bytes, ascii('GIF89a'))) return 'image/gif'
  if (starts(bytes, ascii('RIFF')) && starts(bytes, ascii('WEBP'), 8)) return 'image/webp'
  if (starts(bytes, ascii('%PDF-'))) return 'application/pdf'
  return detectText(bytes)
}

/** Markup that a browser would run or show as a page: HTML, SVG, XML. */
const markup = /^\s*<(?:[!?a-z])/i

function detectText(bytes: Uint8Array): Detected {
  let text: string
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return 'unknown'
  }
  // Control characters but for tab, line feed, form feed and carriage return are in no text.
  if (/[\u0000-\u0008\u000b\u000e-\u001f\u007f]/.test(text)) return 'unknown'
  return markup.test(text) ? 'markup' : 'text/plain'
}
