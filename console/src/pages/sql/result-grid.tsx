import { useVirtualizer } from '@tanstack/react-virtual'
import { useRef } from 'react'
import { useSay } from '../../i18n.ts'
import type { Cell, SqlReply } from '../../types/insight.ts'

const rowHeight = 26
const isNumber = (type: string) => /INT|DOUBLE|DECIMAL|FLOAT|REAL|NUMERIC/i.test(type)

export function cellText(value: Cell): string {
  if (value === null) return 'NULL'
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}

/** A width in characters that fits the name and the first rows, within bounds. */
function widthOf(reply: SqlReply, index: number): string {
  const name = reply.columns[index]?.name ?? ''
  const texts = reply.rows.slice(0, 60).map((row) => cellText(row[index] ?? null).length)
  return `${Math.min(Math.max(name.length + 2, 7, ...texts), 42) + 3}ch`
}

function Row({ reply, index }: { reply: SqlReply; index: number }) {
  const row = reply.rows[index] ?? []
  return (
    <tr aria-rowindex={index + 2}>
      {reply.columns.map((column, at) => {
        const value = row[at] ?? null
        const text = cellText(value)
        return (
          <td key={column.name} className={value === null ? 'null' : isNumber(column.type) ? 'num' : ''} title={text}>
            {text}
          </td>
        )
      })}
    </tr>
  )
}

/** Thousands of rows, of which only those in sight are in the page; empty rows above and below keep the height. */
export function ResultGrid({ reply }: { reply: SqlReply }) {
  const { t } = useSay()
  const frame = useRef<HTMLElement>(null)
  const virtual = useVirtualizer({
    count: reply.rows.length,
    getScrollElement: () => frame.current,
    estimateSize: () => rowHeight,
    overscan: 16,
  })
  const items = virtual.getVirtualItems()
  const above = items[0]?.start ?? 0
  const below = virtual.getTotalSize() - (items.at(-1)?.end ?? 0)
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard
    <section className="results" ref={frame} tabIndex={0} aria-label={t('ui.table', { name: t('sql.result') })}>
      <table aria-rowcount={reply.rows.length + 1}>
        <caption className="sr">{t('sql.result')}</caption>
        <colgroup>
          {reply.columns.map((column, index) => (
            <col key={column.name} style={{ width: widthOf(reply, index) }} />
          ))}
        </colgroup>
        <thead>
          <tr aria-rowindex={1}>
            {reply.columns.map((column) => (
              <th key={column.name} scope="col" className={isNumber(column.type) ? 'num' : ''} title={column.type}>
                {column.name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {above > 0 && <tr style={{ height: above }} />}
          {items.map((item) => (
            <Row key={item.key} reply={reply} index={item.index} />
          ))}
          {below > 0 && <tr style={{ height: below }} />}
        </tbody>
      </table>
    </section>
  )
}
