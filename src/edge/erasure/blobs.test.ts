import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { type As, type House, listing, openHouse } from '../../../tests/server/harness.ts'
import { nowMicros } from '../../kernel/time.ts'
import { forget } from './forget.ts'

const folder = mkdtempSync(join(tmpdir(), 'aedile-forget-files-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** Files of the data folder that hold a text. */
const filesWith = (text: string): string[] =>
  readdirSync(folder, { recursive: true })
    .map(String)
    .filter((name) => statSync(join(folder, name)).isFile() && readFileSync(join(folder, name)).includes(text))

async function send(house: House, by: As, text: string, path = '/v1/files'): Promise<string> {
  const raw = new Uint8Array(Buffer.from(text))
  const answer = await house.call('POST', `${path}?name=${text.slice(0, 6)}.txt`, { ...by, raw, type: 'text/plain' })
  if (answer.status !== 200) throw new Error(answer.text)
  return answer.body.file_id
}

async function signedIn(house: House, token: string, name: string): Promise<As> {
  const party = { party_type: 'seller', party_id: `${name}-shop`, name }
  const made = await house.call('POST', '/v1/invitations', { token, body: party })
  const body = { invitation: made.body.invitation, login: name, password: `password of ${name}` }
  await house.call('POST', '/v1/invitation/accept', { body })
  const answer = await house.call('POST', '/v1/session', { body: { login: name, password: body.password } })
  const cookie = (answer.headers.get('set-cookie') ?? '').split(';')[0] ?? ''
  return { cookie, headers: { 'x-aedile': 'console' } }
}

/** Everything to which a file of a seller can be attached. */
async function fill(house: House, name: string): Promise<void> {
  const token = await house.token('administrator')
  for (const title of ['forbidden', 'doubtful']) {
    const about = { listing_id: `${name}-${title}`, seller_id: `${name}-shop`, title: `${title} goods` }
    await house.call('POST', '/v1/decide', { token, body: listing(about, { id: `${name}-${title}` }) })
  }
  await house.app.settled()
  const { db } = house.app
  const seller = await signedIn(house, token, name)
  const [notice] = await db.selectFrom('notices').selectAll().where('party_id', '=', `${name}-shop`).execute()
  const appealed = await house.call('POST', `/v1/my/violations/${notice?.notice_id}/appeal`, {
    ...seller,
    body: {
      text: 'see',
      evidence: [{ kind: 'file', value: await send(house, seller, `APPEAL-FILE-OF-${name}`) }],
    },
  })
  expect(appealed.status).toBe(200)
  const found = await db
    .selectFrom('cases')
    .selectAll()
    .where('subject_id', '=', `${name}-doubtful`)
    .executeTakeFirstOrThrow()
  const path = `/v1/cases/${found.case_id}`
  const added = await house.call('POST', `${path}/files`, {
    token,
    body: { files: [await send(house, { token }, `CASE-FILE-ABOUT-${name}`)] },
  })
  expect(added.status).toBe(200)
  await house.call('POST', `${path}/lease`, { token, body: {} })
  await house.call('POST', `${path}/decide`, { token, body: { outcome: 'request_evidence' } })
  await house.app.cases.settle(nowMicros() + 60e6)
  const [asked] = (await house.call('GET', '/v1/my/documents', seller)).body.items
  const file = await send(house, seller, `DOCUMENT-FILE-OF-${name}`)
  const documents = [{ kind: 'licence', number: `number-of-${name}`, file }]
  const sent = await house.call('POST', `/v1/my/documents/${asked.action_id}`, { ...seller, body: { documents } })
  expect(sent.status).toBe(200)
  await send(house, seller, `UNATTACHED-FILE-OF-${name}`)
}

test('forgetting a seller takes its files away, to whatever they are attached; those of another seller stay', async () => {
  let house = await openHouse({ folder })
  for (const name of ['petra', 'ralf']) await fill(house, name)
  const photo = await send(house, {}, 'NOTICE-FILE-OF-A-PERSON', '/v1/public/files')
  const filing = { kind: 'user_report', target_id: 'x', reason: 'counterfeit', text: 'this is a counterfeit product' }
  const filed = await house.call('POST', '/v1/public/notices', {
    body: { ...filing, name: 'Nora', email: 'nora@example.org', files: [photo] },
  })
  expect(filed.status).toBe(200)
  await house.app.settled()
  const row = await house.app.db.selectFrom('inbound_filings').select('source_id').executeTakeFirstOrThrow()
  await house.close()
  const texts = (name: string) =>
    ['APPEAL-FILE-OF', 'CASE-FILE-ABOUT', 'DOCUMENT-FILE-OF', 'UNATTACHED-FILE-OF'].map((text) => `${text}-${name}`)
  for (const text of [...texts('petra'), ...texts('ralf'), 'NOTICE-FILE-OF-A-PERSON'])
    expect([text, filesWith(text)]).toEqual([text, [expect.stringMatching(/^blobs\//)]])

  const reason = { dryRun: false, reason: 'asked for erasure', actor: 'test' }
  const done = await forget(folder, { type: 'seller', id: 'petra-shop' }, reason)
  expect(done.rows['files']).toBe(4)
  for (const text of texts('petra')) expect([text, filesWith(text)]).toEqual([text, []])
  for (const text of texts('ralf')) expect([text, filesWith(text).length]).toEqual([text, 1])

  expect(filesWith('NOTICE-FILE-OF-A-PERSON')).toHaveLength(1)
  const person = await forget(folder, { type: 'account', id: row.source_id }, reason)
  expect(person.rows['files']).toBe(1)
  expect(filesWith('NOTICE-FILE-OF-A-PERSON')).toEqual([])

  house = await openHouse({ folder })
  await house.app.settled()
  const token = await house.token('administrator')
  const appeals = await house.call('GET', '/v1/appeals?status=open', { token })
  const theirs = appeals.body.items.find((appeal: { party: { id: string } }) => appeal.party.id === 'petra-shop')
  const detail = await house.call('GET', `/v1/appeals/${theirs.appeal_id}`, { token })
  expect(detail.body.files).toMatchObject([{ gone: 'erased', name: '[erased]' }])
  const gone = detail.body.files[0].file_id
  for (const what of ['', '/rendition', '/original'])
    expect((await house.call('GET', `/v1/files/${gone}${what}`, { token })).status).toBe(404)
  await house.close()
}, 120_000)
