import {
  addBatch,
  finishTally,
  type ImportBatch,
  type ImportProgress,
  type ImportSummary,
  type SinkResult,
  startTally,
} from './model.ts'
import { readRecipe, type StagedFile } from './read.ts'
import type { Recipe } from './recipe.ts'

export interface ImportRun {
  /** Takes one batch; the next one is read when it is done. Batches with no event carry only quarantined rows or list entries. */
  sink(batch: ImportBatch): Promise<SinkResult>
  onProgress?(progress: ImportProgress): void
  /** A monotonic clock in milliseconds. */
  clock(): number
}

/**
 * Imports a staged file: every batch goes to the sink, the figures come back.
 * Ids and times come from the file alone, so that a second run makes the same events, which the journal knows already.
 * @throws a problem when the file must be refused as a whole; the sink has seen nothing then.
 */
export async function importStaged(recipe: Recipe, staged: StagedFile, run: ImportRun): Promise<ImportSummary> {
  const began = run.clock()
  const tally = startTally(recipe.id)
  tally.rowsRead = staged.rows
  let done = 0
  for await (const batch of readRecipe(recipe, staged)) {
    addBatch(tally, batch, await run.sink(batch))
    tally.rowsAfterSteps += batch.rows
    done += batch.rows > 0 ? batch.rows : batch.quarantined.length
    run.onProgress?.({
      phase: 'importing',
      done: Math.min(done, staged.rows),
      total: staged.rows,
      events: tally.eventsMade,
    })
  }
  return finishTally(tally, (run.clock() - began) / 1000)
}
