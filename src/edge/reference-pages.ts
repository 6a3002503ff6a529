import { join } from 'node:path'
import { actionKinds } from '../enforcement/actions/index.ts'
import { tablesWith } from '../insight/warehouse/index.ts'
import { coreEventTypes, eventColumns } from '../vocabulary/events/index.ts'
import { openApp } from './app.ts'
import { openDuck } from './duckdb.ts'
import { allOperations } from './http/operations.ts'
import { actionReference, apiReference, factsReference, indicatorReference, noticeReference } from './reference.ts'
import { accessReference } from './reference-access.ts'
import { readIndicators } from './serve.ts'

/** The generated reference pages by file name, made from an empty program in `folder`. */
export async function referencePages(folder: string): Promise<Map<string, string>> {
  const app = await openApp({ folder, log: () => undefined })
  const duck = await openDuck()
  try {
    const indicators = readIndicators(join(app.packsFolder, 'indicators'))
    const operations = allOperations({
      app,
      parse: duck.parse,
      indicators: () => indicators,
      ingest: () => null,
      sample: () => null,
    })
    return new Map([
      ['actions.md', actionReference(actionKinds)],
      ['api.md', apiReference(operations)],
      ['access.md', accessReference(operations, 'en')],
      ['access.zh.md', accessReference(operations, 'zh')],
      ['facts.md', factsReference(tablesWith(eventColumns(coreEventTypes, new Map())))],
      ['indicators.md', indicatorReference(indicators)],
      ['notices.md', noticeReference()],
    ])
  } finally {
    await app.close()
    duck.close()
  }
}
