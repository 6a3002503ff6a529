import { spawnSync } from 'node:child_process'
import {
  closeSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { runFactsRebuild } from '../../src/edge/cli/facts.ts'
import { runJournalRepair } from '../../src/edge/cli/journal.ts'
import { listing } from '../server/harness.ts'
import { startServer } from './server-process.ts'

const root = mkdtempSync(join(tmpdir(), 'aedile-stores-'))
const whole = join(root, 'whole')
let token = ''
afterAll(() => rmSync(root, { recursive: true, force: true }))

const counts =
  'SELECT (SELECT count(*) FROM events), (SELECT count(*) FROM findings), (SELECT count(*) FROM actions), (SELECT count(*) FROM points), (SELECT count(*) FROM cases), (SELECT count(*) FROM quarantine)'
const expected = [[60, 12, 12, 6, 6, 1]]

/** A data folder with events, consequences, cases and quarantine, closed cleanly. */
beforeAll(async () => {
  mkdirSync(whole)
  const server = await startServer(whole)
  const events = Array.from({ length: 60 }, (_, number) =>
    listing({ title: number % 10 === 0 ? 'forbidden' : number % 10 === 5 ? 'doubtful' : 'fine' }),
  )
  const sent = await server.call('POST', '/v1/events', {
    token: server.token,
    body: [...events, listing({ price: 'x' })],
  })
  expect(sent.body).toMatchObject({ accepted: 60, refused: 1 })
  await sql(server, expected)
  token = server.token
  expect(await server.end()).toEqual({ code: 0, signal: null })
})

async function sql(server: Awaited<ReturnType<typeof startServer>>, wanted: unknown): Promise<void> {
  for (let tries = 0; ; tries++) {
    const answer = await server.call('POST', '/v1/sql', { token: server.token, body: { sql: counts } })
    if (tries > 400 || JSON.stringify(answer.body.rows) === JSON.stringify(wanted))
      return expect(answer.body.rows).toEqual(wanted)
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

function copy(name: string): string {
  const folder = join(root, name)
  cpSync(whole, folder, { recursive: true })
  return folder
}

function damage(file: string, at: number, bytes: number): void {
  const descriptor = openSync(file, 'r+')
  writeSync(descriptor, Buffer.alloc(bytes, 0xa5), 0, bytes, at)
  closeSync(descriptor)
}

const output = () => {
  const lines: string[] = []
  return {
    lines,
    io: { write: (line: string) => void lines.push(line), error: (line: string) => void lines.push(line) },
  }
}

test('a second process on the folder refuses and names the first; the first goes on', async () => {
  const folder = copy('two')
  const first = await startServer(folder)
  try {
    const info = readdirSync(folder)
    await expect(startServer(folder)).rejects.toThrow(
      new RegExp(`process ${first.process.pid} already works on the data folder`),
    )
    expect(readdirSync(folder).length).toBeGreaterThanOrEqual(info.length - 1)
    expect((await first.call('POST', '/v1/decide', { token: first.token, body: listing() })).status).toBe(200)
    const { io } = output()
    await expect(runFactsRebuild(folder, io)).rejects.toThrow(/already works on/)
    await expect(runJournalRepair(folder, io)).rejects.toThrow(/already works on/)
  } finally {
    await first.end()
  }
})

test('the second start keeps everything, the token included', async () => {
  const server = await startServer(copy('second'))
  expect(server.token).toBe(token)
  await sql(server, expected)
  await server.end()
})

test.each([
  ['its head', 0, 4096],
  ['its middle', 8192, 12_288],
] as const)('a damaged state store (%s): refuses to start, says which file and what to do', async (name, at, bytes) => {
  const folder = copy(`state ${name}`)
  damage(join(folder, 'state.sqlite'), at, bytes)
  await expect(startServer(folder)).rejects.toThrow(
    /state store .*state\.sqlite cannot be used: .*restore the file from a backup/s,
  )
})

test.each([
  ['its head', 0, 4096],
  ['the second header', 4096, 8192],
  ['all of it', 0, 500_000],
] as const)(
  'damaged facts (%s): refuses to start, says which file and the command; the command makes them anew',
  async (name, at, bytes) => {
    const folder = copy(`facts ${name}`)
    damage(join(folder, 'facts.duckdb'), at, bytes)
    await expect(startServer(folder)).rejects.toThrow(
      /facts store .*facts\.duckdb cannot be opened: .*aedile -- facts rebuild/,
    )
    const { lines, io } = output()
    expect(await runFactsRebuild(folder, io)).toBe(0)
    expect(lines.at(-1)).toMatch(/made anew in .* s: 60 events, 12 findings, 12 actions, 6 cases/)
    const server = await startServer(folder)
    await sql(server, expected)
    await server.end()
  },
)

test('facts that are missing are made anew by the start itself', async () => {
  const folder = copy('missing')
  rmSync(join(folder, 'facts.duckdb'))
  const server = await startServer(folder)
  await sql(server, expected)
  await server.end()
})

test('a damaged journal: refuses to start, says which file and the command; the command says what is lost, the rest is there', async () => {
  const folder = copy('journal')
  const [segment = ''] = readdirSync(join(folder, 'journal')).filter((name) => name.endsWith('.log'))
  const file = join(folder, 'journal', segment)
  damage(file, Math.floor(statSync(file).size / 2), 64)
  await expect(startServer(folder)).rejects.toThrow(/journal is damaged: .*\.log at byte \d+.*journal repair/)
  const { lines, io } = output()
  expect(await runJournalRepair(folder, io)).toBe(0)
  expect(lines.join('\n')).toMatch(/lost: \d+ bytes of .*\.log.*\nThe journal can be read again: 5\d entries/)
  const server = await startServer(folder)
  try {
    const again = await server.call('POST', '/v1/events', {
      token: server.token,
      body: [listing({ title: 'forbidden' })],
    })
    expect(again.body.accepted).toBe(1)
    for (let tries = 0; tries < 60; tries++) {
      const answer = await server.call('POST', '/v1/sql', {
        token: server.token,
        body: {
          sql: 'SELECT count(*) FROM actions WHERE target_id IN (SELECT subject_id FROM events ORDER BY position DESC LIMIT 1)',
        },
      })
      if (answer.body.rows[0][0] === 1) return
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
    throw new Error('the event after the repair had no consequences')
  } finally {
    await server.end()
  }
})

test('an undamaged journal is repaired by doing nothing', async () => {
  const { lines, io } = output()
  expect(await runJournalRepair(copy('sound'), io)).toBe(0)
  expect(lines).toEqual(['Nothing is damaged: 60 entries.'])
  expect(await runJournalRepair(join(root, 'nowhere'), io)).toBe(1)
})

/** A file system of its own in memory, where the machine allows mounting one. */
function mountSmall(path: string): boolean {
  mkdirSync(path)
  return spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=24m', 'none', path]).status === 0
}

test('a full disk: writes are refused and say why, reading goes on, and with space again everything is caught up', async (context) => {
  const folder = join(root, 'full')
  if (!mountSmall(folder)) return context.skip('mounting a small file system is not allowed here')
  try {
    cpSync(whole, folder, { recursive: true })
    const server = await startServer(folder)
    const call = (method: string, path: string, body?: unknown) =>
      server.call(method, path, { token: server.token, ...(body === undefined ? {} : { body }) })
    await sql(server, expected)
    const text = 'x'.repeat(200_000)
    let refusal: { status: number; code: string; detail: string } | null = null
    let accepted = 0
    for (let number = 0; number < 300 && refusal === null; number++) {
      const answer = await call('POST', '/v1/decide', listing({ description: text, title: 'fine' }))
      if (answer.status === 200) accepted++
      else refusal = { status: answer.status, code: answer.body.code, detail: answer.body.detail.en }
    }
    expect(refusal).toMatchObject({
      status: 507,
      code: 'disk_full',
      detail: expect.stringMatching(/no space left|disk .* is full/),
    })
    writeFileSync(join(folder, 'rest'), '')
    spawnSync('sh', ['-c', `cat /dev/zero > '${join(folder, 'rest')}'`])
    const batch = await call('POST', '/v1/events', [listing({ description: text }), listing({ description: text })])
    expect([batch.status, batch.body.code]).toEqual([507, 'disk_full'])
    const written = await call('POST', '/v1/users', { login: 'full', name: 'x'.repeat(90), roles: ['viewer'] })
    expect([written.status, written.body.code]).toEqual([507, 'disk_full'])

    // Reading goes on, for longer than the clocks of the followers tick.
    await new Promise((resolve) => setTimeout(resolve, 2500))
    for (const path of [
      '/v1/health',
      '/v1/cases',
      '/v1/overview',
      '/v1/packs',
      '/v1/audit',
      '/v1/quarantine',
      '/v1/session',
    ]) {
      const answer = await call('GET', path)
      expect([path, answer.status]).toEqual([path, path === '/v1/session' ? 401 : 200])
    }
    expect((await call('POST', '/v1/sql', { sql: 'SELECT count(*) >= 60 FROM events' })).body.rows).toEqual([[true]])
    expect(server.process.exitCode).toBe(null)

    rmSync(join(folder, 'rest'))
    spawnSync('mount', ['-o', 'remount,size=192m', folder])
    const again = await call('POST', '/v1/decide', listing({ title: 'forbidden' }))
    expect(again.status).toBe(200)
    await sql(server, [[60 + accepted + 1, 13, 13, 7, 6, 1]])
    await server.end()
  } finally {
    spawnSync('umount', ['-l', folder])
  }
}, 60_000)

test('a limit on the size of files: the journal that reaches it refuses with disk_full, reading goes on', async () => {
  const folder = copy('limit')
  const server = await startServer(folder, { shell: `trap '' XFSZ; ulimit -f ${(3 << 20) / 512}; exec "$@"` })
  const text = 'x'.repeat(200_000)
  const answers = []
  for (let number = 0; number < 18; number++)
    answers.push(await server.call('POST', '/v1/decide', { token: server.token, body: listing({ description: text }) }))
  expect([...new Set(answers.map((answer) => answer.status))]).toEqual([200, 507])
  expect(answers.at(-1)?.body).toMatchObject({
    code: 'disk_full',
    detail: { en: expect.stringMatching(/EFBIG/), zh: expect.stringMatching(/超出限额/) },
  })
  expect((await server.call('GET', '/v1/cases', { token: server.token })).body.total).toBe(6)
  await server.end()
})
