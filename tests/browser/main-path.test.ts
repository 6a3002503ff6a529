import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { patience } from '../../scripts/chromium.ts'
import { buildConsole } from '../../src/edge/serve.ts'
import { caller } from '../server/harness.ts'
import { cleanOf } from './look.ts'
import { openBrowser, texts } from './open-console.ts'

// The program as `npm start` starts it, with the packs that it ships with.
const password = 'a-long-test-password'
const folder = mkdtempSync(join(tmpdir(), 'aedile-browser-'))
let server: ChildProcess
let browser: Awaited<ReturnType<typeof openBrowser>>
let base: string
let token: string

async function api(method: string, path: string, body?: unknown) {
  const answer = await caller(base)(method, path, { token, ...(body === undefined ? {} : { body }) })
  if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.status} ${answer.text}`)
  return answer.body
}

const waitFor = <T>(probe: () => Promise<T | undefined | false>) =>
  vi.waitUntil(probe, { timeout: 2 * patience, interval: 150 })

beforeAll(async () => {
  buildConsole(() => undefined)
  server = spawn(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', join(import.meta.dirname, '../../src/main.ts'), ...['start', '--empty']],
    {
      env: { ...process.env, AEDILE_DATA: folder, PORT: '0', AEDILE_ADMIN_PASSWORD: password },
      stdio: ['ignore', 'ignore', 'inherit'],
    },
  )
  const file = join(folder, 'server.json')
  await waitFor(async () => existsSync(file) && readFileSync(file, 'utf8') !== '')
  ;({ url: base, token } = JSON.parse(readFileSync(file, 'utf8')) as { url: string; token: string })
  for (const login of ['rita', 'sam'])
    await api('POST', '/v1/users', { login, name: login, roles: ['reviewer'], password })
  browser = await openBrowser(base)
})

afterAll(async () => {
  await browser?.close()
  const gone = new Promise((resolve) => server?.once('exit', resolve))
  server?.kill('SIGTERM')
  await gone
  rmSync(folder, { recursive: true, force: true })
})

interface Acting {
  readonly actions: readonly { in_force: boolean; inverse_of: string | null; action_id: string; kind: string }[]
  readonly standing: readonly { score: number }[]
}

describe.each(['zh', 'en'] as const)('the main path in %s', (language) => {
  const t = texts[language]
  const listing = `L-${language}`
  const seller = `S-${language}`
  const subject = async () => (await api('GET', `/v1/subjects/listing/${listing}`)) as Acting

  test('sign in → case → decide → the seller appeals → overturned → everything is restored', async () => {
    await api('POST', '/v1/events', {
      events: [
        {
          id: `e-${language}`,
          source: 'browser-test',
          type: 'listing.submitted',
          data: {
            listing_id: listing,
            seller_id: seller,
            title: 'Pepper spray for self-defence, 60 ml',
            category: 'outdoor/safety',
            ship_to: ['DE'],
          },
        },
      ],
    })
    const row = await waitFor(
      async () => ((await api('GET', `/v1/cases?q=${listing}`)).items as { case_id: string }[])[0],
    )

    const rita = await browser.signIn({ login: 'rita', password }, `/cases/${row.case_id}`, { language })
    await rita.locator('mark').first().waitFor()
    await cleanOf(rita, `the workspace in ${language}`)
    await rita.keyboard.press('6')
    await rita.keyboard.press('Control+Enter')

    const acting = await waitFor(async () => {
      const found = await subject()
      return found.actions.some((action) => action.kind === 'delist' && action.in_force) && found
    })
    expect(acting.actions.some((action) => action.in_force)).toBe(true)
    const standing = (await api('GET', `/v1/subjects/seller/${seller}`)) as Acting
    expect(standing.standing[0]?.score).toBeGreaterThan(0)

    const delisted = acting.actions.find((action) => action.kind === 'delist')
    await api('POST', '/v1/appeals', {
      action_id: delisted?.action_id,
      text: language === 'zh' ? '这是训练用的惰性喷雾' : 'It is an inert training spray',
      by: seller,
    })
    const [appeal] = (await api('GET', '/v1/appeals?status=open')).items as { appeal_id: string }[]

    await rita.goto(`${base}/appeals/${appeal?.appeal_id}`)
    await rita.getByText(t['appeal.notYou.title']).waitFor()
    await rita.context().close()

    const sam = await browser.signIn({ login: 'sam', password }, `/appeals/${appeal?.appeal_id}`, { language })
    await sam.getByRole('radio', { name: t['outcome.overturned'] }).check()
    await sam
      .getByLabel(t['appeal.note'], { exact: false })
      .first()
      .fill(
        language === 'zh'
          ? '证明文件显示为惰性训练喷雾，原判有误'
          : 'The papers show an inert training spray; the decision was wrong',
      )
    await cleanOf(sam, `the appeal in ${language}`)
    await sam.keyboard.press('Control+Enter')
    const restored = await waitFor(async () => {
      const found = await subject()
      return (
        found.actions.some((action) => action.inverse_of === delisted?.action_id) &&
        found.actions.every((action) => !action.in_force) &&
        found
      )
    })
    expect(restored.actions.filter((action) => action.inverse_of === delisted?.action_id)).toHaveLength(1)
    const after = (await api('GET', `/v1/subjects/seller/${seller}`)) as Acting
    expect(after.standing[0]?.score).toBe(0)

    await sam.goto(`${base}/trace/listing/${listing}`)
    for (const layer of ['perceived', 'identified', 'decided', 'enforced', 'reviewed', 'appealed'] as const)
      await sam
        .getByRole('heading', { name: t[`layer.${layer}`] })
        .first()
        .waitFor()
    await cleanOf(sam, `the trace in ${language}`)
    await sam.context().close()
  })
})
