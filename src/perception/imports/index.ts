export { type CsvFormat, type CsvRecord, quoteField, scanCsv, splitFields } from './csv.ts'
export { type Header, placeColumns } from './header.ts'
export {
  type ImportBatch,
  type ImportedLabel,
  type ImportProgress,
  type ImportSummary,
  importLimits,
  type ListEntry,
  type Quarantined,
  type SinkResult,
  shortenValues,
} from './model.ts'
export { broken, jsonDepth, readRecipe, type StagedFile } from './read.ts'
export { type BuiltInReason, builtInReasons, refuseFile } from './reasons.ts'
export { type Recipe, type RecipeFile, recipeSchema, type SourceColumn, sourceColumns } from './recipe.ts'
export { type ImportRun, importStaged } from './service.ts'
export { sqlName, sqlText } from './sql.ts'
export { type CheckedRecipe, checkRecipe, type RecipeCheck } from './validate.ts'
