// A server in a process of its own: `echo` answers with the body, `aedile` is the program with the bench pack.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fastify from 'fastify'
import { openApp } from '../../src/edge/app.ts'
import { openDuck } from '../../src/edge/duckdb.ts'
import { allOperations } from '../../src/edge/http/operations.ts'
import { createServer } from '../../src/edge/http/server.ts'
import { openHouseDoor, operator } from '../../src/edge/serve.ts'
import { writePack } from './start.ts'

const report = (ready: { url: string; token: string }) => process.send?.(ready)

async function echo(): Promise<void> {
  const app = fastify()
  app.post('/v1/decide', async (request) => request.body)
  report({ url: await app.listen({ port: 0, host: '127.0.0.1' }), token: '' })
  process.once('message', () => void app.close().then(() => process.exit(0)))
}

async function aedile(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'aedile-bench-http-'))
  const packs = writePack(50)
  const log = (line: string) => process.stderr.write(`${line}\n`)
  const app = await openApp({ folder, packs, log })
  const duck = await openDuck()
  const input = { app, parse: duck.parse, indicators: () => [], ingest: async () => ({}), sample: () => ({}) }
  const operations = allOperations(input as unknown as Parameters<typeof allOperations>[0])
  const server = await createServer({ operations, access: app.access, consoleFolder: null, log })
  const { token } = await app.access.createToken({
    name: 'bench',
    roles: ['administrator'],
    expiresAt: null,
    by: operator,
    now: Date.now() * 1000,
  })
  const at = { port: 0, host: '127.0.0.1' }
  const door = await openHouseDoor({ server, operations, app: { access: app.access, folder }, log, at })
  report({ url: door.url, token })
  process.once('message', async () => {
    await door.close()
    await server.close()
    await app.close()
    duck.close()
    rmSync(folder, { recursive: true, force: true })
    rmSync(packs, { recursive: true, force: true })
    process.exit(0)
  })
}

await (process.argv[2] === 'echo' ? echo() : aedile())
