import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type House, listing, openHouse } from '../../../tests/server/harness.ts'
import { verifyAudit } from '../../kernel/access/index.ts'
import { part } from '../../kernel/database.ts'
import { day, nowMicros } from '../../kernel/time.ts'
import { runForget } from '../cli/erasure.ts'
import { shippedPacks } from '../pack-files.ts'
import { openSqlite } from '../sqlite.ts'
import { forget } from './forget.ts'
import { readRetention, runRetention } from './retention.ts'

/* A buyer, Petra, with data of every kind in every store, and Ralf, who stays. Every byte of the folder is searched. */
const petra = {
  phone: '+49 151 5551234 99',
  email: 'petra.planted@example.org',
  address: 'Gepflanzte Straße 7, 10115 Berlin "Hinterhof"',
  ip: '203.0.113.77',
  device_id: 'device-of-petra-4711',
  payment_instrument: 'DE02-1203-0000-0000-2020-51',
  recipient_name: 'Petra Planted',
}
const wrote = 'I, Petra from Gepflanzte Strasse, say: contact me on wechat petra_planted_88 for a refund'
const ralf = {
  phone: '+49 160 7770001',
  email: 'ralf@example.org',
  address: 'Rosenweg 1',
  ip: '198.51.100.9',
  device_id: 'device-of-ralf',
  payment_instrument: 'DE99-0000',
  recipient_name: 'Ralf Remains',
}

/** Bytes of files; text, so that they are found wherever they lie as they are. */
const photographed = 'PHOTOGRAPH-OF-PETRA: her passport lies on the table'
const shared = 'PHOTOGRAPH-OF-GOODS: sent by both'

let folder = ''
let house: House
let before: Record<string, string> = {}
/** Under the address of her account, and under one that no event knows. */
const noticed = {
  name: 'Petra P. Anmelderin',
  text: 'Ich habe diese Tasche gekauft: die Naht ist falsch, das Logo auch.',
}
const elsewhere = {
  email: 'petra.elsewhere@example.org',
  name: 'P. from elsewhere',
  text: 'The second bag is a copy too.',
}
const stays = { email: ralf.email, name: 'Ralf R. Notifier', text: 'I have bought this and it is broken badly.' }
const secrets = [
  ...[...Object.values(petra), wrote, photographed, 'petra-passport'],
  ...[...Object.values(noticed), ...Object.values(elsewhere)],
]

const known = { actor: 'test', emails: [elsewhere.email] }

/** Files of the folder that hold any form of a text. */
function filesWith(text: string): string[] {
  const forms = [text, JSON.stringify(text).slice(1, -1)].map((form) => Buffer.from(form, 'utf8'))
  return readdirSync(folder, { recursive: true })
    .map(String)
    .filter((name) => statSync(join(folder, name)).isFile())
    .filter((name) => {
      const bytes = readFileSync(join(folder, name))
      return forms.some((form) => bytes.includes(form))
    })
}

async function send(type: string, data: Record<string, unknown>, id: string): Promise<void> {
  const token = await house.token('administrator')
  const body = { id, source: 'shop', type, site: 'test', time: '2026-06-01T08:00:00Z', data }
  const answer = await house.call('POST', '/v1/decide', { token, body })
  if (answer.status !== 200) throw new Error(answer.text)
}

async function fill(name: string, data: Record<string, string>): Promise<void> {
  await send('account.registered', { account_id: name, ...data }, `${name}-1`)
  await send(
    'order.placed',
    { order_id: `o-${name}`, buyer_id: name, seller_id: 's1', amount: 9, ...data },
    `${name}-2`,
  )
  await send(
    'message.sent',
    { content_id: `c-${name}`, author_id: name, text: name === 'petra' ? wrote : 'hello' },
    `${name}-3`,
  )
  await send('order.shipped', { order_id: `o-${name}`, buyer_id: name, seller_id: 's1', ...data }, `${name}-4`)
}

/** Sends a file as an image of events, and answers with the name that events call it. */
async function sendFile(text: string, name: string, role: string): Promise<string> {
  const token = await house.token(role)
  const raw = new Uint8Array(Buffer.from(text))
  const answer = await house.call('POST', `/v1/files?for=event&name=${name}`, { token, raw, type: 'text/plain' })
  if (answer.status !== 200) throw new Error(answer.text)
  return `file:${answer.body.file_id}`
}

const versions = async () =>
  Object.fromEntries(
    (await house.app.facts.rows('SELECT decision_id, verdict FROM decisions')).map((row) => [
      String(row['decision_id']),
      String(row['verdict']),
    ]),
  )

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'aedile-forget-'))
  house = await openHouse({ packs: shippedPacks, folder })
  await fill('petra', petra)
  await fill('ralf', ralf)
  const photos = [
    await sendFile(photographed, 'petra-passport.txt', 'administrator'),
    await sendFile(shared, 'goods.txt', 'administrator'),
  ]
  const about = { target_id: 'l-1', text: wrote, images: photos }
  await send('review.posted', { content_id: 'r-petra', author_id: 'petra', ...about }, 'petra-5')
  const same = [await sendFile(shared, 'ralf-goods.txt', 'strategist')]
  await send('review.posted', { content_id: 'r-ralf', author_id: 'ralf', text: 'good', images: same }, 'ralf-5')
  const token = await house.token('administrator')
  await house.call('POST', '/v1/decide', {
    token,
    body: { id: 'bad', source: 'shop', type: 'order.placed', time: 'never', data: { buyer_id: 'petra', ...petra } },
  })
  for (const about of [{ email: petra.email.toUpperCase(), ...noticed }, elsewhere, stays])
    await house.call('POST', '/v1/public/notices', {
      body: { kind: 'user_report', target_type: 'listing', target_id: 'bag', reason: 'counterfeit', ...about },
    })
  await house.app.settled()
  before = await versions()
  await house.close()
}, 60_000)
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('forgetting a buyer', () => {
  test('a dry run counts and changes nothing; the data really is in journal and state', async () => {
    for (const secret of secrets) expect([secret, filesWith(secret).length > 0]).toEqual([secret, true])
    expect(filesWith(petra.phone)).toEqual(
      expect.arrayContaining([expect.stringMatching(/^journal\//), 'state.sqlite']),
    )
    const dry = await forget(folder, { type: 'account', id: 'petra' }, { ...known, dryRun: true, reason: '' })
    expect(dry).toMatchObject({ events: 7, dry_run: true })
    expect(dry.rows['inbound_contacts']).toBe(2)
    expect(dry.rows['quarantine']).toBe(1)
    expect(dry.rows['files']).toBe(2)
    expect(filesWith(photographed)).toEqual([expect.stringMatching(/^blobs\//)])
    expect(filesWith(petra.phone).length).toBeGreaterThan(0)
  })

  test('the command refuses a name that is none, and a reason that is missing', async () => {
    const said: string[] = []
    const io = { write: (line: string) => void said.push(line), error: (line: string) => void said.push(line) }
    expect(await runForget({ subject: 'petra', dryRun: false }, io)).toBe(1)
    expect(await runForget({ subject: 'account:petra', dryRun: false }, io)).toBe(1)
    expect(said.join('\n')).toMatch(/names nobody[\s\S]*--reason is missing/)
  })

  test('leaves no byte of it in any file of the data folder, also after a new start', async () => {
    const reason = 'asked for erasure, art. 17 GDPR'
    const done = await forget(folder, { type: 'account', id: 'petra' }, { ...known, dryRun: false, reason })
    expect(done.events).toBe(7)
    for (const text of Object.values(stays)) expect([text, filesWith(text).length > 0]).toEqual([text, true])
    for (const secret of secrets) expect([secret, filesWith(secret)]).toEqual([secret, []])
    house = await openHouse({ packs: shippedPacks, folder })
    await house.app.settled()
    for (const secret of secrets) expect([secret, filesWith(secret)]).toEqual([secret, []])
    expect(filesWith(ralf.email).length).toBeGreaterThan(0)
    expect(filesWith('petra-1').length).toBeGreaterThan(0)
    // Somebody else sent the same bytes: theirs stay.
    expect(filesWith(shared)).toEqual([expect.stringMatching(/^blobs\//)])
    const ends = await house.app.db.selectFrom('file_ends').selectAll().execute()
    expect(ends.map((row) => row.reason)).toEqual(['erased', 'erased'])
  }, 60_000)

  test('every decision is still there with its verdict, and a replay calls what cannot be compared forgotten', async () => {
    expect(await versions()).toEqual(before)
    const replayed = await house.app.replay({})
    expect(replayed).toMatchObject({ decisions: 13, compared: 6, forgotten: 7, differences: 0 })
    const token = await house.token('administrator')
    const trace = await house.call('GET', '/v1/subjects/account/petra', { token })
    expect([trace.status, trace.body.decisions.length > 0]).toEqual([200, true])
  })

  test('the ledger is insert-only again, the audit chain is whole, and a tombstone says who was forgotten and why', async () => {
    await expect(house.app.db.deleteFrom('news').execute()).rejects.toThrow(/insert-only/)
    await expect(house.app.db.updateTable('quarantine').set({ raw: '' }).execute()).rejects.toThrow(/insert-only/)
    expect((await verifyAudit(part(house.app.db))).broken).toBeNull()
    expect(await house.app.db.selectFrom('forgettings').selectAll().execute()).toMatchObject([
      { subject_type: 'account', subject_id: 'petra', reason: 'asked for erasure, art. 17 GDPR' },
    ])
  })

  test('events go on: the journal takes new ones, and the same call again finds nothing', async () => {
    await send('account.signed_in', { account_id: 'ralf', ip: ralf.ip }, 'ralf-9')
    await house.app.settled()
    await house.close()
    const again = { dryRun: false, reason: 'the same request again', actor: 'test' }
    expect(await forget(folder, { type: 'account', id: 'petra' }, again)).toMatchObject({ events: 0, values: 0 })
    house = await openHouse({ packs: shippedPacks, folder })
    await house.app.settled()
    expect(Object.keys(await versions())).toHaveLength(14)
    await house.close()
  }, 60_000)
})

test('retention erases what is over by class and nothing else; the plan counts the same', async () => {
  house = await openHouse({ folder })
  const token = await house.token('administrator')
  await house.call('POST', '/v1/decide', { token, body: listing({ title: 'forbidden', seller_id: 's7' }) })
  await house.app.settled()
  await house.close()
  const keep = readRetention(shippedPacks)
  expect(keep).toMatchObject({ personal_events: 730 * day, audit: null })
  const none = await runRetention(folder, keep, { dryRun: true })
  expect(none.map((row) => row.over)).toEqual(none.map(() => 0))
  const now = nowMicros() + 800 * day
  const plan = await runRetention(folder, keep, { dryRun: true, now })
  const counts = Object.fromEntries(plan.map((row) => [row.class, row.over]))
  expect(counts).toMatchObject({ personal_events: 4, contacts: 1, quarantine: 1, notices: 0, files: 0 })
  expect(filesWith(shared)).toHaveLength(1)
  expect(await runRetention(folder, keep, { dryRun: false, now })).toEqual(plan)
  expect(filesWith(ralf.email)).toEqual([])
  expect(filesWith(ralf.address)).toEqual([])
  const { raw, close } = openSqlite(join(folder, 'state.sqlite'))
  expect(raw.prepare('SELECT count(*) AS n FROM quarantine').get()?.['n']).toBe(0)
  expect(raw.prepare('SELECT text FROM notices').get()?.['text']).not.toBe('[erased]')
  close()
  const late = await runRetention(folder, keep, { dryRun: false, now: now + 1100 * day })
  expect(late.find((row) => row.class === 'notices')?.over).toBe(1)
  expect(late.find((row) => row.class === 'files')?.over).toBe(1)
  expect(filesWith(shared)).toEqual([])
  house = await openHouse({ folder })
  await house.app.settled()
  expect(await house.app.facts.rows('SELECT DISTINCT "text" AS t FROM notices')).toEqual([{ t: '[erased]' }])
  await house.close()
}, 60_000)
