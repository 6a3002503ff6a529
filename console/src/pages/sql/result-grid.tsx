import { useVirtualizer } from '@tanstack/react-virtual'
import { useRef } from 'react'
import { useSay } from '../../i18n.ts'
import type { Cell, SqlReply } from '../../types.ts'

const rowHeight = 26
const isNumber = (type: string) => /INT|DOUBLE|DECIMAL|FLOAT|REAL|NUMERIC/i.test(type)

export function cellText(value: Cell): string {
  if (value === null) return 'NULL'
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}

/** A width in characters that fits the name and the first rows, within bounds. */
function widths(reply: SqlReply): string {
  return reply.columns
    .map((column, index) => {
      const longest = Math.max(
        column.name.length + 2,
        ...reply.rows.slice(0, 60).map((row) => cellText(row[index] ?? null).length),
      )
      return `${Math.min(Math.max(longest, 7), 42) + 3}ch`
    })
    .join(' ')
}

/** Thousands of rows, of which only those in sight are in the page. */
export function ResultGrid({ reply }: { reply: SqlReply }) {
  const { t } = useSay()
  const frame = useRef<HTMLDivElement>(null)
  const virtual = useVirtualizer({
    count: reply.rows.length,
    getScrollElement: () => frame.current,
    estimateSize: () => rowHeight,
    overscan: 16,
  })
  const columns = { gridTemplateColumns: widths(reply) }
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard
    <div className="results" ref={frame} tabIndex={0} role="region" aria-label={t('sql.result')}>
      <div
        role="table"
        aria-label={t('sql.result')}
        aria-rowcount={reply.rows.length + 1}
        aria-colcount={reply.columns.length}
      >
        <div role="rowgroup" className="resulthead">
          <div role="row" className="resultrow" style={columns} aria-rowindex={1}>
            {reply.columns.map((column) => (
              <span
                key={column.name}
                role="columnheader"
                className={isNumber(column.type) ? 'num' : ''}
                title={column.type}
              >
                {column.name}
              </span>
            ))}
          </div>
        </div>
        <div role="rowgroup" className="resultbody" style={{ height: virtual.getTotalSize() }}>
          {virtual.getVirtualItems().map((item) => (
            <div
              key={item.key}
              role="row"
              className="resultrow"
              aria-rowindex={item.index + 2}
              style={{ ...columns, transform: `translateY(${item.start}px)` }}
            >
              {reply.columns.map((column, index) => {
                const value = reply.rows[item.index]?.[index] ?? null
                const kind = value === null ? 'null' : isNumber(column.type) ? 'num' : ''
                return (
                  <span key={column.name} role="cell" className={kind} title={cellText(value)}>
                    {cellText(value)}
                  </span>
                )
              })}
            </div>
          ))}
        </div>
      </div>
    </div>
  )
}
