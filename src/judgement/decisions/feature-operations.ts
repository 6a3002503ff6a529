import { Type } from '@sinclair/typebox'
import { operation } from '../../kernel/operation.ts'
import { anything } from '../../kernel/paging.ts'
import { formatTime } from '../../kernel/time.ts'
import type { Journal } from '../../perception/journal/index.ts'
import type { Engine } from './engine.ts'
import type { Pipeline } from './pipeline.ts'

/**
 * A window, and whether decisions see it. `learning`: it is being fed the past beside the engine that decides, which does
 * not know it yet, so that no decision ever sees a window that is only half full.
 */
interface FeatureRow {
  readonly id: string
  readonly pack: string
  readonly sql: string
  readonly on: readonly string[]
  /** Seconds; null = everything before. */
  readonly range: number | null
  readonly state: 'ready' | 'learning'
}

function rowsOf(engine: Engine, state: FeatureRow['state']): FeatureRow[] {
  return engine.programs.features.map(({ id, pack, sql, on, rangeMicros }) => ({
    ...{ id, pack, sql, on: [...on], state },
    range: rangeMicros === null ? null : rangeMicros / 1e6,
  }))
}

/** Windows with their state and what they cost. */
export function featureOperations({ pipeline, journal }: { pipeline: Pipeline; journal: Journal }) {
  return [
    operation({
      name: 'features.list',
      summary: {
        zh: '特征（历史窗口）及其状态与内存',
        en: 'Features (windows over the past), their state and their memory',
      },
      method: 'GET',
      path: '/v1/features',
      permission: 'pack.read',
      scope: 'shared',
      input: Type.Object({}),
      output: anything,
      run: async () => {
        const ready = rowsOf(pipeline.engine(), 'ready')
        const learning = pipeline.learning()
        const known = new Set(ready.map(({ id, sql }) => `${id} ${sql}`))
        const coming = learning
          ? rowsOf(learning.engine, 'learning').filter(({ id, sql }) => !known.has(`${id} ${sql}`))
          : []
        const [first] = await journal.read(0, { limit: 1 })
        const { keys, entries, bytes, bytesPerKey } = pipeline.engine().features.stats()
        return {
          items: [...ready, ...coming].sort((a, b) => a.id.localeCompare(b.id, 'en')),
          next: null,
          /** The oldest event there is: a window that reaches further back holds no more than that. */
          history_from: first ? formatTime(first.loggedAt) : null,
          learning: learning && {
            events: learning.events,
            upto: Number.isFinite(learning.upto) ? formatTime(learning.upto) : null,
          },
          memory: { keys, events: entries, bytes, bytes_per_key: Math.round(bytesPerKey) },
        }
      },
    }),
  ]
}
