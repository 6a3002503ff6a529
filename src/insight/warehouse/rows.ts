import type { Decided } from '../../judgement/decisions/index.ts'
import { parseTime } from '../../kernel/time.ts'
import { createLayout, type Value } from '../../kernel/values.ts'
import { createRowReader, type EventType, eventColumns, isPersonal } from '../../vocabulary/events/index.ts'
import type { Evidence } from '../../vocabulary/evidence.ts'
import { type FactColumn, type FactTable, ledgerNames, tablesWith } from './tables.ts'

/** A row in the order of its table's columns; a TIMESTAMP is a number of microseconds, JSON is text. */
export type FactRow = readonly Value[]

export interface FactRows {
  readonly events: FactRow[]
  readonly decisions: FactRow[]
  readonly findings: FactRow[]
}

/** Everything that turns journal entries and ledger news into rows of the facts. */
export function createFactMapper(types: readonly EventType[]) {
  const layout = createLayout(eventColumns(types, new Map()))
  const read = createRowReader(layout, types)
  const tables = tablesWith(layout.columns)
  const byName = new Map(tables.map((table) => [table.name, table]))
  const eventTable = byName.get('events')
  const slots = (eventTable?.columns ?? []).map((column) => layout.slot(column.name))

  function eventRow({ event, decision, loggedAt, position }: Decided): FactRow {
    const row = read(event, parseTime(event.time ?? '') ?? loggedAt, loggedAt)
    const about = decision.event
    const fixed: Record<string, Value> = {
      position,
      logged_at: loggedAt,
      subject_type: about.subject_type,
      subject_id: about.subject,
      party_type: about.party_type,
      party_id: about.party,
      data: JSON.stringify(event.data),
    }
    return (eventTable?.columns ?? []).map((column, index) => {
      if (column.name in fixed) return fixed[column.name] ?? null
      const slot = slots[index]
      return slot === undefined ? null : (row[slot] ?? null)
    })
  }

  return {
    tables,
    /** Rows of the journal-fed tables for a batch of entries. */
    fromJournal(batch: readonly Decided[]): FactRows {
      return { events: batch.map(eventRow), decisions: batch.map(decisionRow), findings: batch.flatMap(findingRows) }
    },
    /** The row of a ledger table from its news; null for a kind that the facts do not keep. */
    fromNews(kind: string, json: string): { table: FactTable; row: FactRow } | null {
      const table = tables.find((found) => found.ledger === kind)
      if (!table) return null
      const source = JSON.parse(json) as Record<string, unknown>
      return {
        table,
        row: table.columns.map((column) => cell(source[ledgerNames[column.name] ?? column.name], column)),
      }
    },
  }
}

function cell(value: unknown, column: FactColumn): Value {
  if (value === undefined || value === null) return null
  if (column.type === 'JSON') return typeof value === 'string' ? value : JSON.stringify(value)
  return value as Value
}

function aboutOf({ decision }: Decided): Value[] {
  const { event } = decision
  return [
    event.id,
    event.source,
    event.type,
    event.subject_type,
    event.subject,
    event.party_type,
    event.party,
    event.site,
  ]
}

function decisionRow(decided: Decided): FactRow {
  const { decision, position, loggedAt } = decided
  const live = decision.findings.filter((finding) => finding.mode === 'live').length
  return [
    decision.decision_id,
    position,
    loggedAt,
    ...aboutOf(decided),
    decision.verdict,
    JSON.stringify(decision.markets),
    live,
    decision.unknown,
    JSON.stringify(decision.saw),
    decision.engine,
  ]
}

function findingRows(decided: Decided): FactRow[] {
  const { decision, loggedAt } = decided
  return decision.findings.map((finding, index) => [
    `${decision.decision_id}.${index}`,
    decision.decision_id,
    loggedAt,
    finding.strategy,
    finding.version,
    finding.policy,
    finding.severity,
    finding.verdict,
    finding.mode,
    finding.markets,
    ...aboutOf(decided),
    // A finding may rest on a personal value; who reads the facts sees that it does, the journal keeps which.
    JSON.stringify(finding.evidence.map(withoutPersonal)),
  ])
}

function withoutPersonal(item: Evidence): Evidence {
  if (!isPersonal(item.field)) return item
  const { text: _text, value: _value, term: _term, ...rest } = item
  return rest
}
