import type { ReactNode } from 'react'
import { useRead } from '../../api.ts'
import type { Page } from '../../types.ts'
import { Card } from '../../ui/basics.tsx'
import { Loaded } from '../../ui/states.tsx'
import { type ColumnOf, Table } from '../../ui/table.tsx'

interface ListProps<T> {
  path: string
  caption: string
  rowKey: (row: T) => string
  columns: ColumnOf<T>[]
  empty: ReactNode
}

/** Reads a list and shows it as a table, or the empty state. */
export function List<T>({ path, caption, rowKey, columns, empty }: ListProps<T>) {
  const query = useRead<Page<T>>(path)
  return (
    <Card flush>
      <Loaded query={query}>
        {({ items }) =>
          items.length === 0 ? empty : <Table caption={caption} tall rows={items} rowKey={rowKey} columns={columns} />
        }
      </Loaded>
    </Card>
  )
}
