// `npm test`: sets up the browser, checks types and style, runs every test, and ends with one line of counts.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { buildConsole } from '../src/edge/serve.ts'
import { findChromium } from './chromium.ts'

const root = fileURLToPath(new URL('..', import.meta.url))
const filters = process.argv.slice(2)

function ensureChromium(): void {
  if (findChromium()) return
  const debian = existsSync('/etc/debian_version') && process.getuid?.() === 0
  if (!debian) {
    console.error(
      'The browser tests need Chromium. Install it (Debian/Ubuntu: apt-get install chromium; macOS: Google Chrome) or set CHROMIUM=/path/to/chromium.',
    )
    process.exit(1)
  }
  console.log('Installing Chromium and a CJK font from Debian…')
  for (const args of [
    ['update', '-qq'],
    ['install', '-y', '-qq', '--no-install-recommends', 'chromium', 'fonts-noto-cjk'],
  ]) {
    const done = spawnSync('apt-get', args, {
      stdio: ['ignore', 'ignore', 'inherit'],
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    })
    if (done.status !== 0) {
      console.error(`apt-get ${args.join(' ')} failed; install Chromium by hand or set CHROMIUM=/path/to/chromium`)
      process.exit(1)
    }
  }
}

function step(name: string, args: string[]): boolean {
  console.log(`\n— ${name}`)
  return spawnSync(process.execPath, args, { cwd: root, stdio: 'inherit' }).status === 0
}

ensureChromium()
buildConsole(console.log)
let failedSteps = 0
if (filters.length === 0) {
  const typescript = join(root, 'node_modules/typescript/bin/tsc')
  if (!step('types', [typescript, '-p', 'tsconfig.json'])) failedSteps++
  if (
    existsSync(join(root, 'console/tsconfig.json')) &&
    !step('types of the console', [typescript, '-p', 'console/tsconfig.json', '--noEmit'])
  )
    failedSteps++
}
const folder = mkdtempSync(join(tmpdir(), 'aedile-test-'))
const report = join(folder, 'report.json')
console.log('\n— tests')
const run = spawnSync(
  process.execPath,
  [
    join(root, 'node_modules/vitest/vitest.mjs'),
    'run',
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${report}`,
    ...filters,
  ],
  { cwd: root, stdio: 'inherit' },
)
const counts = existsSync(report)
  ? (JSON.parse(readFileSync(report, 'utf8')) as {
      numPassedTests: number
      numFailedTests: number
      numPendingTests: number
      numFailedTestSuites: number
    })
  : null
rmSync(folder, { recursive: true, force: true })
const failed = (counts?.numFailedTests ?? 0) + failedSteps
const broken = run.status !== 0 && failed === 0 ? 1 : 0
console.log(
  `\n${counts?.numPassedTests ?? 0} passed, ${failed + broken} failed${counts?.numPendingTests ? `, ${counts.numPendingTests} skipped` : ''}`,
)
process.exit(failed + broken > 0 ? 1 : 0)
