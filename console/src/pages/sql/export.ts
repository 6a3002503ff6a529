import type { Cell, SqlReply } from '../../types/insight.ts'

const quote = (value: Cell): string => {
  const text = value === null ? '' : typeof value === 'object' ? JSON.stringify(value) : String(value)
  return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

/** The result as CSV (RFC 4180), with a byte order mark so that spreadsheets read Chinese rightly. */
export const toCsv = (reply: SqlReply): string =>
  `\ufeff${[reply.columns.map(({ name }) => quote(name)), ...reply.rows.map((row) => row.map(quote))].map((row) => row.join(',')).join('\r\n')}\r\n`

/** Tab-separated, which pastes into any spreadsheet. */
export const toTsv = (reply: SqlReply): string =>
  [
    reply.columns.map(({ name }) => name),
    ...reply.rows.map((row) => row.map((value) => (value === null ? '' : String(value).replace(/[\t\n]/g, ' ')))),
  ]
    .map((row) => row.join('\t'))
    .join('\n')

export function download(name: string, text: string) {
  const url = URL.createObjectURL(new Blob([text], { type: 'text/csv;charset=utf-8' }))
  const link = Object.assign(document.createElement('a'), { href: url, download: name })
  link.click()
  setTimeout(() => URL.revokeObjectURL(url), 1000)
}
