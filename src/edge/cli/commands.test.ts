import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

const main = fileURLToPath(new URL('../../main.ts', import.meta.url))

interface Ended {
  readonly code: number | null
  readonly out: string
  readonly error: string
}

/** Runs the program; with `closeEarly` the reader goes away after the first bytes, as `head` does. */
function run(args: readonly string[], closeEarly = false): Promise<Ended> {
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', main, ...args])
  let out = ''
  let error = ''
  child.stdout.on('data', (bytes: Buffer) => {
    out += bytes
    if (closeEarly) child.stdout.destroy()
  })
  child.stderr.on('data', (bytes: Buffer) => {
    error += bytes
  })
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, out, error })))
}

describe('the command line', () => {
  it('ends quietly when the reader of its output goes away', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'aedile-cli-'))
    try {
      const rows = join(folder, 'rows.ndjson')
      writeFileSync(rows, `{"a":"${'x'.repeat(100)}"}\n`.repeat(20_000))
      const ended = await run(['expr', '--expression', 'a', '--rows', rows, '--json'], true)
      expect(ended).toMatchObject({ code: 0, error: '' })
    } finally {
      rmSync(folder, { recursive: true })
    }
  }, 30_000)

  it('explains one command with --help, and all of them with help', async () => {
    const one = await run(['feature', '--help'])
    expect(one).toMatchObject({ code: 0, error: '' })
    expect(one.out).toContain('--definition')
    expect(one.out).not.toContain('--expression')
    expect((await run(['help', 'feature'])).out).toBe(one.out)
    expect((await run(['help'])).out).toContain('expr --expression')
  }, 30_000)

  it('names an unknown command and an unknown option', async () => {
    const command = await run(['featrue'])
    expect(command.code).toBe(1)
    expect(command.error).toContain('unknown command "featrue"')
    const option = await run(['expr', '--bogus'])
    expect(option.code).toBe(1)
    expect(option.error).toMatch(/^Unknown option '--bogus'\nusage: /)
  }, 30_000)
})
