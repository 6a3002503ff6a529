import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Value } from '@sinclair/typebox/value'
import { newId } from '../../kernel/ids.ts'
import { problemOf } from '../../kernel/problems.ts'
import { nowMicros } from '../../kernel/time.ts'
import { openApp } from '../app.ts'
import { openDuck } from '../duckdb.ts'
import { allOperations } from '../http/operations.ts'
import { dataFolder, operator } from '../serve.ts'

/** One operation of the program, by name, with its route for a server that runs. */
export interface Call {
  readonly name: string
  readonly path: string
  /** Absent = POST. A GET has its input in the path. */
  readonly method?: 'GET' | 'POST'
  readonly input: Readonly<Record<string, unknown>>
}

interface Running {
  readonly url: string
  readonly token: string
}

/** The server that works on the data folder, or null when none does. */
export async function runningServer(folder = dataFolder()): Promise<Running | null> {
  const file = join(folder, 'server.json')
  if (!existsSync(file)) return null
  const running = JSON.parse(readFileSync(file, 'utf8')) as Running
  const alive = await fetch(`${running.url}/v1/health`).then(
    (answer) => answer.ok,
    () => false,
  )
  return alive ? running : null
}

/** Runs an operation on the server that works on the data folder, or on the folder itself when none does. @throws Error with detail and fix. */
export async function callOperation(call: Call): Promise<Record<string, unknown>> {
  const running = await runningServer()
  if (running) return callServer(running, call)
  const folder = dataFolder()
  if (!existsSync(join(folder, 'journal')))
    throw new Error(`there is no data in ${folder}: start Aedile once, or set AEDILE_DATA to the data folder`)
  return callFolder(folder, call)
}

async function callServer(
  { url, token }: Running,
  { path, input, method = 'POST' }: Call,
): Promise<Record<string, unknown>> {
  const answer = await fetch(`${url}${path}`, {
    method,
    headers: {
      authorization: `Bearer ${token}`,
      ...(method === 'POST' ? { 'content-type': 'application/json' } : {}),
    },
    ...(method === 'POST' ? { body: JSON.stringify(input) } : {}),
  })
  const body = (await answer.json()) as Record<string, unknown>
  if (!answer.ok) throw new Error(describe(body))
  return body
}

async function callFolder(folder: string, { name, input, path }: Call): Promise<Record<string, unknown>> {
  const app = await openApp({ folder, log: (line) => void process.stderr.write(`${line}\n`) })
  const duck = await openDuck()
  try {
    const operation = allOperations({
      app,
      parse: duck.parse,
      indicators: () => [],
      ingest: () => null,
      sample: () => null,
    }).find((found) => found.name === name)
    if (!operation) throw new Error(`there is no operation ${name}`)
    const values = Value.Default(operation.input, { ...input })
    const [wrong] = Value.Errors(operation.input, values)
    if (wrong)
      throw new Error(
        `${wrong.path.slice(1)}: ${wrong.schema.description ?? wrong.message} (value ${JSON.stringify(wrong.value)})`,
      )
    await app.settled()
    const context = { principal: operator, requestId: newId('req'), now: nowMicros() }
    const answer = await operation.run(context, values as never)
    if (operation.audited)
      await app.access.audit({
        at: context.now,
        actor: operator.id,
        operation: name,
        target: path,
        outcome: 'done',
        request_id: context.requestId,
        detail: '',
      })
    return answer as Record<string, unknown>
  } catch (error) {
    const found = problemOf(error)
    throw found ? new Error(describe(found)) : error
  } finally {
    await app.close()
    duck.close()
  }
}

function describe(body: object): string {
  const { detail, fix, caret } = body as { detail?: { en?: string }; fix?: { en?: string }; caret?: string }
  return [detail?.en ?? JSON.stringify(body), ...(caret ? [caret] : []), ...(fix?.en ? [`fix: ${fix.en}`] : [])].join(
    '\n',
  )
}
