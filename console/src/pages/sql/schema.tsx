import { useState } from 'react'
import { useSay } from '../../i18n.ts'
import type { SqlTable } from '../../types/insight.ts'

/** Tables and columns; a press writes the name into the query. */
export function Schema({ tables, onInsert }: { tables: readonly SqlTable[]; onInsert: (text: string) => void }) {
  const say = useSay()
  const [filter, setFilter] = useState('')
  const wanted = filter.toLowerCase()
  const fits = (table: SqlTable) =>
    wanted === '' ||
    table.name.includes(wanted) ||
    table.columns.some((column) => column.name.toLowerCase().includes(wanted))
  return (
    <div className="schema">
      <input
        className="input"
        type="search"
        placeholder={say.t('sql.filter')}
        aria-label={say.t('sql.filter')}
        value={filter}
        onChange={(event) => setFilter(event.target.value)}
      />
      <ul>
        {tables.filter(fits).map((table) => (
          <li key={table.name}>
            <details open={wanted !== ''}>
              <summary title={say.text(table.title)}>
                <code>{table.name}</code>
                <span className="muted small">{say.compact(table.rows)}</span>
              </summary>
              <p className="muted small">{say.text(table.title)}</p>
              <ul>
                {table.columns.map((column) => (
                  <li key={column.name}>
                    <button
                      type="button"
                      onClick={() => onInsert(column.name)}
                      title={say.text(column.title) || column.type}
                    >
                      <code>{column.name}</code>
                      <span className="muted small">{column.type}</span>
                    </button>
                  </li>
                ))}
              </ul>
            </details>
          </li>
        ))}
      </ul>
    </div>
  )
}
