import { createMining, miningOperations } from '../insight/discovery/index.ts'
import type { App } from './app.ts'

/** Mining over the facts and the backtest of a running program. */
export function openMining({ facts, backtest, pipeline }: Pick<App, 'facts' | 'backtest' | 'pipeline'>) {
  return miningOperations(createMining({ facts, backtest, programs: () => pipeline.engine().programs }), facts)
}
