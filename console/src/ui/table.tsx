import { ArrowDown, ArrowUp } from 'lucide-react'
import { type ReactNode, useEffect, useRef, useState } from 'react'
import { useLocation } from 'wouter'
import { useOffer } from '../actions.ts'
import { useSay } from '../i18n.ts'

export interface ColumnOf<T> {
  id: string
  title: string
  cell: (row: T) => ReactNode
  number?: boolean
  /** A value to sort the loaded rows by; without it the column is not sortable. */
  sort?: (row: T) => string | number | null
  /** Names the row for screen readers; the first column if none says so. */
  head?: boolean
}

interface TableProps<T> {
  caption: string
  rows: readonly T[]
  columns: readonly ColumnOf<T>[]
  rowKey: (row: T) => string
  /** Where Enter leads. */
  rowTo?: (row: T) => string
  /** j, k and Enter work on this table; one table a page. */
  keyed?: boolean
  /** The main table of a page scrolls in itself, under its head; keyed tables always do. */
  tall?: boolean
}

interface Sort {
  id: string
  down: boolean
}

function sorted<T>(rows: readonly T[], columns: readonly ColumnOf<T>[], sort: Sort | null): readonly T[] {
  const by = columns.find(({ id }) => id === sort?.id)?.sort
  if (!sort || !by) return rows
  const order = new Intl.Collator(document.documentElement.lang === 'en' ? 'en' : 'zh-u-co-pinyin', { numeric: true })
  const compare = (a: string | number | null, b: string | number | null) => {
    if (a === null || b === null) return a === b ? 0 : a === null ? 1 : -1
    return typeof a === 'number' && typeof b === 'number' ? a - b : order.compare(String(a), String(b))
  }
  const up = [...rows].sort((a, b) => compare(by(a), by(b)))
  return sort.down ? up.reverse() : up
}

function HeadCell<T>({
  column,
  sort,
  onSort,
}: {
  column: ColumnOf<T>
  sort: Sort | null
  onSort: (next: Sort) => void
}) {
  const mine = sort?.id === column.id ? sort : null
  const direction = mine ? (mine.down ? 'descending' : 'ascending') : undefined
  return (
    <th scope="col" className={column.number ? 'num' : undefined} aria-sort={direction}>
      {column.sort ? (
        <button
          type="button"
          onClick={() => onSort({ id: column.id, down: mine ? !mine.down : column.number === true })}
        >
          {column.title}
          {mine && (mine.down ? <ArrowDown size={12} aria-hidden="true" /> : <ArrowUp size={12} aria-hidden="true" />)}
        </button>
      ) : (
        column.title
      )}
    </th>
  )
}

function useRowKeys<T>({ rows, rowTo, keyed }: { rows: readonly T[]; rowTo: TableProps<T>['rowTo']; keyed: boolean }) {
  const [active, setActive] = useState(-1)
  const [, navigate] = useLocation()
  const body = useRef<HTMLTableSectionElement>(null)
  const move = (step: number) => setActive((now) => Math.max(0, Math.min(rows.length - 1, now + step)))
  const open = () => {
    const row = rows[active]
    if (row !== undefined && rowTo) navigate(rowTo(row))
  }
  useEffect(() => {
    if (active < 0) return
    const row = body.current?.children[active]
    row?.scrollIntoView({ block: 'nearest' })
    row?.querySelector<HTMLElement>('a[href]')?.focus({ preventScroll: true })
  }, [active])
  useOffer(
    keyed
      ? [
          { id: 'list.down', label: 'action.next', group: 'list', keys: 'j', run: () => move(1) },
          { id: 'list.up', label: 'action.previous', group: 'list', keys: 'k', run: () => move(-1) },
          { id: 'list.open', label: 'action.open', group: 'list', keys: 'o', run: open },
        ]
      : [],
  )
  return { active, body }
}

/** A dense table: sticky head, sortable columns, row headers, j / k / o (Enter on the focused link) to move and open. */
export function Table<T>({ caption, rows, columns, rowKey, rowTo, keyed = false, tall = keyed }: TableProps<T>) {
  const { t } = useSay()
  const [sort, setSort] = useState<Sort | null>(null)
  const shown = sorted(rows, columns, sort)
  const { active, body } = useRowKeys({ rows: shown, rowTo, keyed })
  const head = columns.find((column) => column.head)?.id ?? columns[0]?.id
  return (
    <section
      className={tall ? 'tablewrap tall' : 'tablewrap'}
      aria-label={t('ui.table', { name: caption })}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard
      tabIndex={0}
    >
      <table className="grid">
        <caption className="sr">{caption}</caption>
        <thead>
          <tr>
            {columns.map((column) => (
              <HeadCell key={column.id} column={column} sort={sort} onSort={setSort} />
            ))}
          </tr>
        </thead>
        <tbody ref={body}>
          {shown.map((row, index) => (
            <tr key={rowKey(row)} data-active={index === active}>
              {columns.map((column) =>
                column.id === head ? (
                  <th key={column.id} scope="row" className={column.number ? 'num' : undefined}>
                    {column.cell(row)}
                  </th>
                ) : (
                  <td key={column.id} className={column.number ? 'num' : undefined}>
                    {column.cell(row)}
                  </td>
                ),
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}
