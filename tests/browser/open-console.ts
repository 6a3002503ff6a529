import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { Page } from 'playwright-core'
import { vi } from 'vitest'
import { en } from '../../console/src/texts/en.ts'
import { zh } from '../../console/src/texts/zh.ts'
import { launchChromium, patience, settled, watchRequests } from '../../scripts/chromium.ts'
import { buildConsole } from '../../src/edge/serve.ts'
import { openHouse, testPacks } from '../server/harness.ts'

// Each step has its own patience; a whole test is as long as a busy machine makes it.
vi.setConfig({ testTimeout: 10 * patience, hookTimeout: 10 * patience })

export const texts = { en, zh }
export type Language = keyof typeof texts

/** How somebody looks at the console. */
export interface Look {
  readonly language?: Language
  readonly theme?: 'light' | 'dark'
  readonly width?: number
  readonly height?: number
}

/** A Chromium in front of the console at `url`. Every page has a session of its own. */
export async function openBrowser(url: string) {
  const browser = await launchChromium()
  const page = async (path: string, { language = 'en', theme = 'light', width = 1366, height = 768 }: Look = {}) => {
    // Without motion, so that nothing is looked at half-faded.
    const context = await browser.newContext({ viewport: { width, height }, reducedMotion: 'reduce' })
    await context.addInitScript((chosen) => localStorage.setItem('aedile.preferences', JSON.stringify(chosen)), {
      language,
      theme,
    })
    const made = await context.newPage()
    made.setDefaultTimeout(patience)
    watchRequests(made)
    await made.goto(`${url}${path}`)
    return made
  }
  return {
    /** The console at a path, for somebody who has not signed in. */
    page,
    /** Signs somebody in at a path and waits until that page is there. */
    async signIn(person: { login: string; password: string }, path = '/', look: Look = {}): Promise<Page> {
      const t = texts[look.language ?? 'en']
      const made = await page(path, look)
      await made.getByLabel(t['signIn.login']).fill(person.login)
      await made.getByLabel(t['signIn.password']).fill(person.password)
      await made.keyboard.press('Enter')
      await made.getByLabel(t['signIn.password']).waitFor({ state: 'detached' })
      await settled(made)
      return made
    },
    close: () => browser.close(),
  }
}

/** The test packs with more files, in a folder of their own. */
function packsWith(files: Readonly<Record<string, string>>): string {
  const packs = mkdtempSync(join(tmpdir(), 'aedile-browser-packs-'))
  cpSync(testPacks, packs, { recursive: true })
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(packs, name)), { recursive: true })
    writeFileSync(join(packs, name), text)
  }
  return packs
}

/** The real program with real stores and its console, and people who look at it in a real Chromium. `files` are added to the test packs. */
export async function openConsole({
  packs = testPacks,
  files,
}: {
  packs?: string
  files?: Record<string, string>
} = {}) {
  buildConsole(() => undefined)
  const own = files === undefined ? null : packsWith(files)
  const consoleFolder = join(import.meta.dirname, '../../dist/console')
  const house = await openHouse({ packs: own ?? packs, consoleFolder })
  const browser = await openBrowser(house.url)
  const token = await house.token('administrator')
  const passwords = new Map<string, string>()
  return {
    house,
    page: browser.page,
    /** A new person with these roles, who can sign in. */
    async person(login: string, ...roles: string[]): Promise<void> {
      passwords.set(login, (await house.person(login, ...roles)).password)
    },
    signIn: (login: string, path?: string, look?: Look) =>
      browser.signIn({ login, password: passwords.get(login) ?? '' }, path, look),
    /** Calls the API as an administrator. @throws unless it was done. */
    async api(method: string, path: string, body?: unknown) {
      const answer = await house.call(method, path, { token, ...(body === undefined ? {} : { body }) })
      if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.status} ${answer.text}`)
      return answer.body
    },
    async close(): Promise<void> {
      await browser.close()
      await house.close()
      if (own) rmSync(own, { recursive: true, force: true })
    },
  }
}

export type Shown = Awaited<ReturnType<typeof openConsole>>
