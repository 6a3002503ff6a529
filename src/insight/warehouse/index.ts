export { createFactMapper, type FactRow, type FactRows } from './rows.ts'
export { checkAnalystSql, type SqlTree } from './sandbox.ts'
export { createTableSql, type FactColumn, type FactTable, factTables, ledgerNames, tablesWith } from './tables.ts'
