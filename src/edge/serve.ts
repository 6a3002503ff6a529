import { spawnSync } from 'node:child_process'
import { chmodSync, existsSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { FastifyInstance } from 'fastify'
import { parse as parseYaml } from 'yaml'
import { checkIndicator, type Indicator } from '../insight/indicators/index.ts'
import { permissionsOf, roles } from '../kernel/access/index.ts'
import type { Operation, Principal } from '../kernel/operation.ts'
import { nowMicros } from '../kernel/time.ts'
import { type App, openApp } from './app.ts'
import { type Door, openDoor } from './door/index.ts'
import { openDuck } from './duckdb.ts'
import { createDirect } from './http/direct.ts'
import { importRoutes } from './http/import-routes.ts'
import { allOperations } from './http/operations.ts'
import { createServer } from './http/server.ts'
import { imageHostsFrom } from './media/open.ts'
import { watchPacks } from './pack-files.ts'
import { createSampleStream } from './sample-stream.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))

/** The person on the machine itself: commands run beside the server act as this principal. */
export const operator: Principal = {
  id: 'operator',
  name: 'operator',
  kind: 'system',
  roles: [...roles],
  permissions: permissionsOf(roles),
}

export interface ServeOptions {
  readonly empty?: boolean
  readonly folder?: string
  readonly port?: number
  readonly packs?: string
  /** False = the API without building the console's pages. */
  readonly console?: boolean
}

/** The data folder: `AEDILE_DATA`, or `data` beside the program. */
export function dataFolder(): string {
  return resolve(process.env['AEDILE_DATA'] ?? join(root, 'data'))
}

const sampleWeeks = 6

const healthRoute = {
  name: 'health',
  summary: { zh: '运行状况', en: 'Whether it runs, and how far its stores are' },
  permission: 'public',
  errors: [],
}

/** The HTTP face of an open house: every operation, the imports, the sample. `close` closes the house as well. */
export async function composeServer(
  app: App,
  {
    say,
    log,
    consoleFolder,
    env = process.env,
  }: {
    say: (line: string) => void
    log: (line: string) => void
    consoleFolder: string | null
    /** Settings; those of the process unless given. */
    env?: Readonly<Record<string, string | undefined>>
  },
) {
  const duck = await openDuck()
  const sample = createSampleStream(app, { say, log })
  const imageHosts = imageHostsFrom(env)
  const indicators = readIndicators(join(app.packsFolder, 'indicators'))
  const operations = allOperations({
    app,
    parse: duck.parse,
    indicators: () => indicators,
    ingest: sample.ingest,
    sample: sample.about,
    imageHosts,
  })
  const imports = importRoutes(app, join(app.packsFolder, 'recipes'))
  const server = await createServer({
    operations,
    access: app.access,
    consoleFolder,
    log,
    imageHosts,
    routes: (instance, tools) => {
      imports(instance, tools)
      instance.get('/v1/health', { config: { described: healthRoute } }, async () => ({
        status: 'ok',
        position: app.journal.durable(),
        uptime_s: Math.round((nowMicros() - app.startedAt) / 1e6),
        stores: { journal: app.journal.stats(), facts: app.facts.progress() },
      }))
    },
  })
  let door: Door | null = null
  return {
    server,
    sample,
    operations,
    /** Opens the port; answers its address. */
    async listen(at: { port: number; host: string }): Promise<string> {
      door = await openHouseDoor({ server, operations, app, log, at })
      return door.url
    },
    async close() {
      await sample.stop()
      await door?.close()
      await server.close()
      await app.close()
      duck.close()
    },
  }
}

/** The port of a server: decisions go straight to their operation, everything else to the server's routes. */
export async function openHouseDoor({
  server,
  operations,
  app,
  log,
  at,
}: {
  server: FastifyInstance
  operations: readonly Operation[]
  app: Pick<App, 'access' | 'folder'>
  log: (line: string) => void
  at: { port: number; host: string }
}): Promise<Door> {
  const decide = operations.find(({ name }) => name === 'decide')
  if (!decide) throw new Error('there is no operation "decide" for the door')
  // Only the door knocks, and it may ask again at any time: the server must not end a connection just then.
  server.server.keepAliveTimeout = 0
  const direct = createDirect(decide, { access: app.access, log })
  return openDoor({ inner: server, decide: direct, folder: app.folder, log, ...at })
}

/** Starts everything, prints where it is, and runs until it is told to stop; then drains and closes. */
export async function serve(options: ServeOptions): Promise<number> {
  const started = performance.now()
  const folder = options.folder ?? dataFolder()
  const say = (line: string) => void process.stdout.write(`${line}\n`)
  const log = (line: string) => void process.stderr.write(`${line}\n`)
  if (options.console !== false) buildConsole(say)
  const app = await openApp({ folder, log, ...(options.packs ? { packs: options.packs } : {}) })
  const { listen, sample, close } = await composeOrClose(app, {
    say,
    log,
    consoleFolder: join(root, 'dist', 'console'),
  })
  const port = options.port ?? Number(process.env['PORT'] ?? 8420)
  const host = process.env['HOST'] ?? '127.0.0.1'
  let url: string
  try {
    url = await listen({ port, host })
  } catch (error) {
    await close()
    throw (error as { code?: string }).code === 'EADDRINUSE'
      ? new Error(`port ${port} is taken; stop the other program or start with PORT=8421`)
      : error
  }
  // Only now that the server listens: a password that was made for a start that failed would never be shown.
  const admin = await app.access.firstAdministrator(nowMicros(), process.env['AEDILE_ADMIN_PASSWORD'] || undefined)
  const secret = await localToken(app, folder)
  writeFileSync(join(folder, 'server.json'), JSON.stringify({ url, pid: process.pid, token: secret }), { mode: 0o600 })
  chmodSync(join(folder, 'server.json'), 0o600)
  say(`\nAedile is ready after ${((performance.now() - started) / 1000).toFixed(1)} s.  控制台已就绪。`)
  say(`  URL       ${url}`)
  if (admin)
    say(
      `  login     ${admin.login}\n  password  ${admin.password}   (shown once; change it in your profile · 仅显示一次，请在个人设置中修改)`,
    )
  else say('  sign in with your account · 请用已有账号登录')
  // The sample plays two months in a minute: batch strategies get the runs that they would have had meanwhile.
  void (options.empty ? Promise.resolve() : sample.start()).then(async () => {
    if (sample.seedOf() !== null) await app.batchClock.playHistory(sampleWeeks)
    app.batchClock.start()
    await app.batchClock.tick()
  })
  const stopWatching = watchPacks(
    app.packsFolder,
    () =>
      void app
        .reloadPacks()
        .then(undefined, (error) => log(`packs: ${error instanceof Error ? error.message : error}`)),
  )
  await stopSignal()
  say('\nStopping: finishing requests, closing stores…')
  stopWatching()
  rmSync(join(folder, 'server.json'), { force: true })
  await close()
  return 0
}

async function composeOrClose(...[app, options]: Parameters<typeof composeServer>) {
  try {
    return await composeServer(app, options)
  } catch (error) {
    await app.close()
    throw error
  }
}

function stopSignal(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve())
  })
}

/** A token for commands on this machine, kept in a file that only the owner of the data folder can read. */
async function localToken(app: Awaited<ReturnType<typeof openApp>>, folder: string): Promise<string> {
  const file = join(folder, 'local-token')
  if (existsSync(file)) {
    const secret = readFileSync(file, 'utf8').trim()
    if (await app.access.byToken(secret, nowMicros())) return secret
  }
  const { token } = await app.access.createToken({
    name: 'local command line',
    roles: ['administrator'],
    expiresAt: null,
    by: operator,
    now: nowMicros(),
  })
  writeFileSync(file, token, { mode: 0o600 })
  return token
}

export function readIndicators(folder: string): Indicator[] {
  if (!existsSync(folder)) return []
  return readdirSync(folder)
    .filter((name) => name.endsWith('.yaml'))
    .flatMap((name) =>
      (parseYaml(readFileSync(join(folder, name), 'utf8')) as unknown[]).map((raw) => checkIndicator(raw, name)),
    )
}

function newest(folder: string): number {
  return Math.max(
    0,
    ...readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => statSync(join(entry.parentPath, entry.name)).mtimeMs),
  )
}

/** Builds the console when it is missing or older than its sources. It is swapped in whole, so that who serves or builds it at the same time is not hurt. */
export function buildConsole(say: (line: string) => void): void {
  const folder = join(root, 'dist', 'console')
  const built = join(folder, 'index.html')
  if (existsSync(built) && statSync(built).mtimeMs >= newest(join(root, 'console', 'src'))) return
  say('Building the console…')
  const fresh = `${folder}-${process.pid}`
  const done = spawnSync(
    process.execPath,
    [
      join(root, 'node_modules', 'vite', 'bin', 'vite.js'),
      'build',
      '--config',
      join(root, 'console', 'vite.config.ts'),
      ...['--outDir', fresh, '--emptyOutDir', '--logLevel', 'error'],
    ],
    { cwd: root, encoding: 'utf8' },
  )
  if (done.status !== 0) throw new Error(`the console could not be built:\n${done.stderr || done.stdout}`)
  swapIn(fresh, folder)
}

/** Puts a folder where another is. Whoever swaps at the same time brings the same: one of the two is then enough. */
function swapIn(fresh: string, folder: string): void {
  const old = `${fresh}-old`
  const unless = (codes: readonly string[], work: () => void) => {
    try {
      work()
    } catch (error) {
      if (!codes.includes((error as { code?: string }).code ?? '')) throw error
    }
  }
  unless(['ENOENT'], () => renameSync(folder, old))
  unless(['ENOTEMPTY', 'EEXIST'], () => renameSync(fresh, folder))
  for (const gone of [fresh, old]) rmSync(gone, { recursive: true, force: true })
}
