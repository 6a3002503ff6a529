import { hash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { blobFolder, blobPath, openBlobs } from '../../src/edge/media/blobs.ts'
import { imageHostsFrom, limitsFrom } from '../../src/edge/media/open.ts'
import { operator } from '../../src/edge/serve.ts'
import { roles } from '../../src/kernel/access/index.ts'
import { hour, nowMicros } from '../../src/kernel/time.ts'
import { bomb, bytesOf, picture } from '../pictures.ts'
import { type Ask, type House, listing, openHouse } from './harness.ts'

let house: House
let admin = ''
let reviewer = ''
const headers = { 'x-aedile': 'console' }
const sessions = new Map<string, string>()

async function invited(name: string): Promise<string> {
  const made = await house.call('POST', '/v1/invitations', {
    token: admin,
    body: { party_type: 'seller', party_id: `${name}-shop`, name },
  })
  const body = { invitation: made.body.invitation, login: name, password: `password of ${name}` }
  expect((await house.call('POST', '/v1/invitation/accept', { body })).status).toBe(200)
  const answer = await house.call('POST', '/v1/session', { body: { login: name, password: body.password } })
  return (answer.headers.get('set-cookie') ?? '').split(';')[0] ?? ''
}

interface As {
  readonly cookie?: string
  readonly token?: string
}
const as = (who: As): Ask => (who.cookie ? { cookie: who.cookie, headers } : { token: who.token ?? '' })

const upload = (who: As, raw: Uint8Array<ArrayBuffer>, type = 'image/png', query = '?name=photo.png') =>
  house.call('POST', `/v1/files${query}`, { ...as(who), raw, type })

const show = (who: As, id: string, what: '' | '/rendition' | '/original' = '/rendition') =>
  house.call('GET', `/v1/files/${id}${what}`, as(who))
const statuses = async (who: As, id: string) => [
  (await show(who, id, '')).status,
  (await show(who, id)).status,
  (await show(who, id, '/original')).status,
]

async function violation(name: string, title: string): Promise<{ notice: string; action: string; listing: string }> {
  const id = `${name}-${title}-${Math.random().toString(36).slice(2, 8)}`
  const event = listing({ listing_id: id, seller_id: `${name}-shop`, title: `${title} goods` })
  expect((await house.call('POST', '/v1/decide', { token: admin, body: event })).status).toBe(200)
  await house.app.settled()
  const { db } = house.app
  const notice = await db.selectFrom('notices').selectAll().where('subject_id', '=', id).executeTakeFirst()
  const action = await db.selectFrom('actions').selectAll().where('target_id', '=', id).executeTakeFirst()
  return { notice: notice?.notice_id ?? '', action: action?.action_id ?? '', listing: id }
}

beforeAll(async () => {
  house = await openHouse({ clock: true })
  admin = await house.token('administrator')
  reviewer = await house.token('reviewer')
  for (const name of ['anna', 'bert']) sessions.set(name, await invited(name))
})
afterAll(() => house.close())

const anna = () => ({ cookie: sessions.get('anna') ?? '' })
const bert = () => ({ cookie: sessions.get('bert') ?? '' })

describe('a file that is sent', () => {
  test('is on disk when it is acknowledged, and the same bytes from the same account are the same file', async () => {
    const bytes = await picture('crimson')
    const first = await upload(anna(), bytes)
    expect(first.body).toMatchObject({ name: 'photo.png', type: 'image/png', width: 80, height: 60, frames: 1 })
    const path = blobPath(blobFolder(house.folder), hash('sha256', bytes, 'hex'))
    expect(existsSync(path)).toBe(true)
    expect((await upload(anna(), bytes, 'image/png', '?name=again.png')).body.file_id).toBe(first.body.file_id)
    const other = await upload(bert(), bytes)
    expect(other.body.file_id).not.toBe(first.body.file_id)
  })

  test('is its bytes, not its name: what is disguised, marked up, empty, cut short or huge is refused, with field, value and fix', async () => {
    const png = await picture('indigo')
    const html = bytesOf('<!doctype html><script>alert(1)</script>')
    const svg = bytesOf('<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>')
    const refused: [string, Uint8Array<ArrayBuffer>, string, string][] = [
      ['html as png', html, 'image/png', 'body'],
      ['html as text', html, 'text/plain', 'body'],
      ['html as html', html, 'text/html', 'body'],
      ['svg', svg, 'image/svg+xml', 'body'],
      [
        'svg with a byte order mark as text',
        bytesOf(`\uFEFF \n<?xml version="1.0"?>${'<svg/>'}`),
        'text/plain',
        'body',
      ],
      ['png as jpeg', png, 'image/jpeg', 'content-type'],
      ['text as png', bytesOf('just words'), 'image/png', 'content-type'],
      ['program', new Uint8Array([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1, 0]), 'image/png', 'body'],
      ['binary as text', new Uint8Array([0x61, 0, 0x62]), 'text/plain', 'body'],
      ['nothing', new Uint8Array(), 'image/png', 'body'],
      ['cut short', png.slice(0, png.length - 25), 'image/png', 'body'],
      ['huge', bomb(20_000, 20_000), 'image/png', 'body'],
    ]
    for (const [name, bytes, type, field] of refused) {
      const answer = await upload(anna(), bytes, type)
      expect([name, answer.status, answer.body.code, answer.body.field]).toEqual([name, 422, 'file_refused', field])
      expect([name, typeof answer.body.fix?.zh, typeof answer.body.fix?.en]).toEqual([name, 'string', 'string'])
    }
    const json = await house.call('POST', '/v1/files', { ...as(anna()), body: { a: 1 } })
    expect([json.status, json.body.code]).toEqual([422, 'file_refused'])
    const large = await upload(anna(), new Uint8Array((10 << 20) + 1))
    expect([large.status, large.body.code]).toEqual([413, 'too_large'])
    expect((await upload({ token: await house.token('viewer') }, png)).body.code).toBe('not_allowed')
    // Other operations take no such bodies.
    expect((await house.call('POST', '/v1/decide', { token: admin, raw: png, type: 'image/png' })).status).toBe(400)
  })

  test('has a name that is only a name', async () => {
    const sent = await upload(
      anna(),
      await picture('khaki'),
      'image/png',
      `?name=${encodeURIComponent('../../e"v\u202Eil.html')}`,
    )
    expect(sent.body.name).toMatch(/^[^/\\"\u202E]+\.png$/)
    const answer = await show(anna(), sent.body.file_id, '/original')
    expect(answer.headers.get('content-disposition')).toMatch(/^attachment; filename="[\w. -]+\.png"/)
  })

  test('counts against the day of its account', async () => {
    const folder = await openHouse({
      clock: false,
      env: { AEDILE_FILES_DAY: '2', AEDILE_FILE_MB: '1', AEDILE_FILES_DAY_MB: '1' },
    })
    try {
      const token = await folder.token('reviewer')
      const send = (raw: Uint8Array<ArrayBuffer>, type = 'text/plain') =>
        folder.call('POST', '/v1/files', { token, raw, type })
      expect((await send(bytesOf('a'.repeat(700_000)))).status).toBe(200)
      const over = await send(bytesOf('b'.repeat(700_000)))
      expect([over.status, over.body.code]).toEqual([429, 'too_many_requests'])
      expect((await send(bytesOf('c'))).status).toBe(200)
      expect((await send(bytesOf('d'))).status).toBe(429)
      expect(
        (
          await folder.call('POST', '/v1/files', {
            token: await folder.token('qa'),
            raw: bytesOf('d'),
            type: 'text/plain',
          })
        ).status,
      ).toBe(200)
    } finally {
      await folder.close()
    }
  })

  test('goes after a day when nothing names it, with its bytes; what is attached stays', async () => {
    const bytes = await picture('orchid')
    const lone = await upload(anna(), bytes)
    const kept = await upload(anna(), await picture('plum'))
    const { notice } = await violation('anna', 'forbidden')
    const appealed = await house.call('POST', `/v1/my/violations/${notice}/appeal`, {
      ...as(anna()),
      body: { text: 'see', evidence: [{ kind: 'file', value: kept.body.file_id }] },
    })
    expect(appealed.status).toBe(200)
    const { files } = house.app.media
    await files.expire(nowMicros())
    expect(await statuses(anna(), lone.body.file_id)).toEqual([200, 200, 200])
    await files.expire(nowMicros() + 25 * hour)
    expect(await statuses(anna(), lone.body.file_id)).toEqual([404, 404, 404])
    expect(existsSync(blobPath(blobFolder(house.folder), hash('sha256', bytes, 'hex')))).toBe(false)
    expect(await statuses(anna(), kept.body.file_id)).toEqual([200, 200, 200])
    expect(await files.sweep()).toBe(0)
    await expect(house.app.db.deleteFrom('files').execute()).rejects.toThrow(/insert-only/)
    await expect(house.app.db.updateTable('file_links').set({ to_id: 'x' }).execute()).rejects.toThrow(/insert-only/)
  })
})

describe('who may see a file', () => {
  test('until it is attached only its sender; then whoever may read the appeal: the party, and staff by role', async () => {
    const bytes = await picture('salmon')
    const { file_id } = (await upload(anna(), bytes)).body
    const everybody: [string, As][] = [
      ['bert', bert()],
      ['nobody', {}],
    ]
    for (const role of roles) everybody.push([role, { token: await house.token(role) }])
    for (const [name, who] of everybody) {
      const expected = name === 'nobody' ? 401 : 404
      expect([name, await statuses(who, file_id)]).toEqual([name, [expected, expected, expected]])
    }
    const { notice } = await violation('anna', 'forbidden')
    const path = `/v1/my/violations/${notice}/appeal`
    const theirs = await house.call('POST', path, {
      ...as(bert()),
      body: { text: 'x', evidence: [{ kind: 'file', value: file_id }] },
    })
    expect(theirs.status).toBe(404)
    expect(
      (
        await house.call('POST', path, {
          ...as(anna()),
          body: { text: 'x', evidence: [{ kind: 'file', value: file_id }] },
        })
      ).status,
    ).toBe(200)
    for (const [name, who] of everybody) {
      const readers = ['administrator', 'strategist', 'analyst', 'reviewer', 'qa', 'viewer']
      const expected = name === 'nobody' ? 401 : readers.includes(name) ? 200 : 404
      expect([name, await statuses(who, file_id)]).toEqual([name, [expected, expected, expected]])
    }
    expect(await statuses(anna(), file_id)).toEqual([200, 200, 200])
    const [row] = (await house.call('GET', '/v1/appeals?status=open', { token: reviewer })).body.items.slice(-1)
    const detail = await house.call('GET', `/v1/appeals/${row.appeal_id}`, { token: reviewer })
    expect(detail.body.files).toMatchObject([{ file_id, image: true, width: 80 }])
    expect(detail.body.evidence).toEqual([{ kind: 'file', value: file_id }])
    expect((await house.call('GET', `/v1/my/violations/${notice}`, as(anna()))).body.appeal_files).toMatchObject([
      { file_id },
    ])
  })

  test('a file of somebody else cannot be attached, by whatever way', async () => {
    const { file_id } = (await upload(bert(), await picture('tomato'))).body
    const { notice, action } = await violation('anna', 'forbidden')
    const mine = await house.call('POST', `/v1/my/violations/${notice}/appeal`, {
      ...as(anna()),
      body: { text: 'x', evidence: [{ kind: 'file', value: file_id }] },
    })
    expect([mine.status, mine.body.field, mine.body.value]).toEqual([400, 'files', file_id])
    const evidence = [{ kind: 'file', value: file_id }]
    const staff = await house.call('POST', '/v1/appeals', {
      token: reviewer,
      body: { action_id: action, text: 'x', evidence },
    })
    expect([staff.status, staff.body.field]).toEqual([400, 'files'])
    // Refused as a whole: no appeal was filed.
    expect((await house.call('GET', `/v1/my/violations/${notice}`, as(anna()))).body.appeal).toBeNull()
    const filing = { kind: 'user_report', target_id: 'x', reason: 'counterfeit', text: 'this is a counterfeit product' }
    const open = await house.call('POST', '/v1/public/notices', { body: { ...filing, files: [file_id] } })
    expect([open.status, open.body.field]).toEqual([400, 'files'])
  })

  test('papers of a seller are personal: staff give a reason first, for an hour, audited; the seller sees its own', async () => {
    const { listing: id } = await violation('anna', 'doubtful')
    const found = await house.app.db
      .selectFrom('cases')
      .selectAll()
      .where('subject_id', '=', id)
      .executeTakeFirstOrThrow()
    await house.call('POST', `/v1/cases/${found.case_id}/lease`, { token: admin, body: {} })
    await house.call('POST', `/v1/cases/${found.case_id}/decide`, {
      token: admin,
      body: { outcome: 'request_evidence' },
    })
    await house.app.cases.settle(nowMicros() + 60e6)
    const [asked] = (await house.call('GET', '/v1/my/documents', as(anna()))).body.items
    const bytes = await picture('sienna', { format: 'jpeg' })
    const { file_id } = (await upload(anna(), bytes, 'image/jpeg', '?name=licence.jpg')).body
    const documents = [{ kind: 'licence', number: '42', file: file_id }]
    const sent = await house.call('POST', `/v1/my/documents/${asked.action_id}`, { ...as(anna()), body: { documents } })
    expect(sent.status).toBe(200)
    const [back] = (await house.call('GET', '/v1/my/documents', as(anna()))).body.items
    expect(back.answers[0].files).toMatchObject([{ file_id, name: 'licence.jpg' }])
    expect(await statuses(anna(), file_id)).toEqual([200, 200, 200])
    expect(await statuses(bert(), file_id)).toEqual([404, 404, 404])
    const person = await house.person('curious', 'reviewer')
    expect(await statuses(person, file_id)).toEqual([200, 403, 403])
    expect((await show(person, file_id, '')).body.access).toBe('reason')
    const listed = await house.call('GET', '/v1/documents', { token: admin })
    expect(listed.text).toContain(file_id)
    for (const said of [listed.text, (await show(person, file_id, '')).text]) expect(said).not.toContain('licence.jpg')
    const refused = await show(person, file_id)
    expect(refused.body.fix.en).toContain(`/v1/files/${file_id}/reveal`)
    const reveal = (who: As, reason: string) =>
      house.call('POST', `/v1/files/${file_id}/reveal`, { ...as(who), body: { reason } })
    expect((await reveal(person, 'short')).body.field).toBe('reason')
    expect((await reveal({ token: await house.token('viewer') }, 'a reason that is long enough')).status).toBe(403)
    expect((await reveal(person, 'compares the licence number with the register')).status).toBe(200)
    expect(await statuses(person, file_id)).toEqual([200, 200, 200])
    expect(await statuses(await house.person('other-one', 'reviewer'), file_id)).toEqual([200, 403, 403])
    const audit = await house.call('GET', '/v1/audit?q=files.reveal', { token: admin })
    expect(audit.body.items.find((row: { outcome: string }) => row.outcome === 'done')).toMatchObject({
      actor: 'curious',
      detail: 'compares the licence number with the register',
    })
  })

  test('somebody whose role holds for another site or market sees nothing of it', async () => {
    const { file_id } = (await upload(anna(), await picture('navy'))).body
    const { notice } = await violation('anna', 'forbidden')
    await house.call('POST', `/v1/my/violations/${notice}/appeal`, {
      ...as(anna()),
      body: { text: 'x', evidence: [{ kind: 'file', value: file_id }] },
    })
    const scoped = async (scope: { sites?: string[]; markets?: string[] }) => {
      const input = {
        name: JSON.stringify(scope),
        roles: ['reviewer'],
        expiresAt: null,
        by: operator,
        now: nowMicros(),
      }
      return { token: (await house.app.access.createToken({ ...input, ...scope })).token }
    }
    expect(await statuses(await scoped({ sites: ['test'] }), file_id)).toEqual([200, 200, 200])
    expect(await statuses(await scoped({ sites: ['elsewhere'] }), file_id)).toEqual([404, 404, 404])
  })

  test('an image for events is seen by who may read events of its site, and only a sender of events can send one', async () => {
    const sender = { token: await house.token('strategist') }
    const query = '?name=a.png&for=event&site=test'
    expect((await upload({ token: reviewer }, await picture('teal'), 'image/png', query)).status).toBe(403)
    const { file_id } = (await upload(sender, await picture('teal'), 'image/png', query)).body
    expect((await show({ token: await house.token('viewer') }, file_id)).status).toBe(200)
    expect((await show(anna(), file_id)).status).toBe(404)
    await house.app.media.files.expire(nowMicros() + 48 * hour)
    expect((await show({ token: reviewer }, file_id)).status).toBe(200)
  })
})

describe('what is handed out', () => {
  test('the rendition is ours to show; the original is the very bytes, only ever downloaded, in a sandbox', async () => {
    const bytes = await picture('black', { format: 'gif' })
    const { file_id } = (await upload(anna(), bytes, 'image/gif', '?name=x.gif')).body
    const ask = (what: string) =>
      fetch(`${house.url}/v1/files/${file_id}/${what}`, { headers: { cookie: anna().cookie } })
    const original = await ask('original')
    expect(Buffer.from(await original.arrayBuffer()).equals(Buffer.from(bytes))).toBe(true)
    const rendition = await ask('rendition')
    expect(rendition.headers.get('content-type')).toBe('image/webp')
    expect(rendition.headers.get('content-disposition')).toMatch(/^inline/)
    for (const answer of [original, rendition]) {
      expect(answer.headers.get('content-security-policy')).toBe("sandbox; default-src 'none'; frame-ancestors 'none'")
      expect(answer.headers.get('x-content-type-options')).toBe('nosniff')
      expect(answer.headers.get('cross-origin-resource-policy')).toBe('same-origin')
      expect(answer.headers.get('cache-control')).toBe('no-store')
    }
    expect(original.headers.get('content-disposition')).toMatch(/^attachment/)
    const text = await upload(anna(), bytesOf('plain words, 中文'), 'text/plain; charset=utf-8', '?name=words.txt')
    expect((await show(anna(), text.body.file_id)).status).toBe(404)
    expect((await show(anna(), text.body.file_id, '/original')).text).toBe('plain words, 中文')
    const pdf = await upload(anna(), bytesOf('%PDF-1.7\n'), 'application/pdf', '?name=p.pdf')
    expect((await show(anna(), pdf.body.file_id, '/original')).headers.get('content-disposition')).toMatch(
      /^attachment.*p\.pdf/,
    )
  })
})

describe('a notice of somebody without an account', () => {
  const filing = {
    kind: 'user_report',
    target_id: 'seen-thing',
    reason: 'counterfeit',
    text: 'this is a counterfeit product',
  }
  const send = (raw: Uint8Array<ArrayBuffer>) =>
    house.call('POST', '/v1/public/files?name=seen.png', { raw, type: 'image/png' })

  test('takes files that were sent before, once; the public cannot read them, those who read notices can', async () => {
    const sent = await send(await picture('violet'))
    expect(sent.status).toBe(200)
    const id = sent.body.file_id
    expect((await house.call('GET', `/v1/files/${id}/rendition`)).status).toBe(401)
    expect((await show({ token: admin }, id)).status).toBe(404)
    const filed = await house.call('POST', '/v1/public/notices', { body: { ...filing, files: [id] } })
    expect(filed.status).toBe(200)
    await house.app.inbound.tick(nowMicros())
    const again = await house.call('POST', '/v1/public/notices', {
      body: { ...filing, target_id: 'other', files: [id] },
    })
    expect([again.status, again.body.field]).toEqual([400, 'files'])
    expect((await show({ token: reviewer }, id)).status).toBe(200)
    expect((await show({ token: await house.token('partner') }, id)).status).toBe(404)
    expect((await show(anna(), id)).status).toBe(404)
    // The same bytes tell nobody that they were sent before.
    expect((await send(await picture('violet'))).body.file_id).not.toBe(id)
  })

  test('one address sends only so many', async () => {
    const bytes = await picture('beige')
    let last = 0
    for (let count = 0; count < 35 && last !== 429; count++) last = (await send(bytes)).status
    expect(last).toBe(429)
  })
})

describe('regions marked on images', () => {
  const box = { x: 0.1, y: 0.2, width: 0.3, height: 0.4 }

  async function doubted(images: string[]): Promise<{ caseId: string; listingId: string }> {
    const listingId = `pictured-${Math.random().toString(36).slice(2, 8)}`
    const event = listing({ listing_id: listingId, seller_id: 'anna-shop', title: 'doubtful goods', images })
    await house.call('POST', '/v1/decide', { token: admin, body: event })
    await house.app.settled()
    const row = await house.app.db
      .selectFrom('cases')
      .selectAll()
      .where('subject_id', '=', listingId)
      .executeTakeFirstOrThrow()
    return { caseId: row.case_id, listingId }
  }

  test('are seen by the next reviewer, told to the party as evidence, and stay with the decision', async () => {
    const { caseId, listingId } = await doubted(['https://img.example.com/a.png', 'https://img.example.com/b.png'])
    const mark = (body: object) => house.call('POST', `/v1/cases/${caseId}/marks`, { token: reviewer, body })
    const made = await mark({ image: 'https://img.example.com/b.png', box, note: 'a copied logo' })
    expect(made.body).toMatchObject({ field: 'images[1]', box, note: 'a copied logo' })
    const unwanted = await mark({ image: 'https://img.example.com/a.png', box })
    const other = await house.token('reviewer')
    const remove = (token: string, id: string) => house.call('DELETE', `/v1/marks/${id}`, { token })
    expect((await remove(other, unwanted.body.mark_id)).status).toBe(404)
    expect((await remove(reviewer, unwanted.body.mark_id)).status).toBe(200)
    expect((await house.call('GET', `/v1/cases/${caseId}`, { token: other })).body.marks).toMatchObject([
      { mark_id: made.body.mark_id, image: 'https://img.example.com/b.png', box },
    ])
    for (const [field, body] of [
      ['image', { image: 'https://img.example.com/none.png', box }],
      ['box', { image: 'https://img.example.com/a.png', box: { ...box, width: 0.95 } }],
      ['box', { image: 'https://img.example.com/a.png', box: { ...box, height: 0 } }],
      ['box.x', { image: 'https://img.example.com/a.png', box: { ...box, x: 2 } }],
    ] as const) {
      const wrong = await mark(body)
      expect([wrong.status, wrong.body.field]).toEqual([400, field])
    }
    expect(
      (
        await house.call('POST', `/v1/cases/${caseId}/marks`, {
          token: await house.token('viewer'),
          body: { image: 'x', box },
        })
      ).status,
    ).toBe(403)
    await house.call('POST', `/v1/cases/${caseId}/lease`, { token: reviewer, body: {} })
    await house.call('POST', `/v1/cases/${caseId}/decide`, { token: reviewer, body: { outcome: 'remove' } })
    expect((await mark({ image: 'https://img.example.com/a.png', box })).body.code).toBe('already_decided')
    expect((await remove(reviewer, made.body.mark_id)).body.code).toBe('already_decided')
    await house.app.cases.settle(nowMicros() + 60e6)
    await house.app.settled()
    const notice = (
      await house.app.db.selectFrom('notices').selectAll().where('subject_id', '=', listingId).execute()
    ).at(-1)
    const text = JSON.parse(notice?.text ?? '{}')
    expect(text.en.evidence).toContain('marked region of image 2: “a copied logo”')
    expect(text.zh.evidence).toContain('图片 2 中框出的区域：“a copied logo”')
    const action = await house.app.db
      .selectFrom('actions')
      .selectAll()
      .where('target_id', '=', listingId)
      .where('kind', '=', 'delist')
      .executeTakeFirstOrThrow()
    const filed = await house.call('POST', '/v1/appeals', {
      token: reviewer,
      body: { action_id: action.action_id, text: 'no', by: 'anna' },
    })
    const appeal = await house.call('GET', `/v1/appeals/${filed.body.appeal_id}`, { token: other })
    expect(appeal.body.case_marks).toMatchObject([{ field: 'images[1]', note: 'a copied logo' }])
    await expect(house.app.db.updateTable('marks').set({ x: 0 }).execute()).rejects.toThrow(/insert-only/)
  })

  test('a reviewer adds files of their own to a case, and nobody else’s', async () => {
    const { caseId } = await doubted([])
    const mine = (await upload({ token: reviewer }, await picture('purple'))).body.file_id
    const attach = (token: string, id: string) =>
      house.call('POST', `/v1/cases/${caseId}/files`, { token, body: { files: [id] } })
    expect((await attach(admin, mine)).status).toBe(400)
    expect((await attach(reviewer, mine)).body.files).toMatchObject([{ file_id: mine }])
    expect((await house.call('GET', `/v1/cases/${caseId}`, { token: admin })).body.files).toMatchObject([
      { file_id: mine },
    ])
    expect((await show({ token: admin }, mine)).status).toBe(200)
    expect((await show(anna(), mine)).status).toBe(404)
    const marked = await house.call('POST', `/v1/cases/${caseId}/marks`, {
      token: reviewer,
      body: { image: `file:${mine}`, box },
    })
    expect(marked.body.field).toBe('files[0]')
  })

  test('a reviewer marks what came with an appeal, and the one who decides it sees that', async () => {
    const { notice } = await violation('anna', 'forbidden')
    const { file_id } = (await upload(anna(), await picture('coral'))).body
    const filed = await house.call('POST', `/v1/my/violations/${notice}/appeal`, {
      ...as(anna()),
      body: { text: 'x', evidence: [{ kind: 'file', value: file_id }] },
    })
    const path = `/v1/appeals/${filed.body.appeal_id}`
    const marked = await house.call('POST', `${path}/marks`, {
      token: reviewer,
      body: { image: `file:${file_id}`, box },
    })
    expect([marked.status, marked.body.field]).toEqual([200, 'files[0]'])
    expect((await house.call('GET', path, { token: await house.token('qa') })).body.marks).toMatchObject([{ box }])
  })
})

test('bytes that no file needs, as a crash may leave them, are swept; those that are needed stay', async () => {
  const { media } = house.app
  const stray = blobFolder(house.folder)
  const kept = await upload(anna(), await picture('wheat'))
  const sha256 = await openBlobs(stray).put(bytesOf('left by a crash'))
  expect(await media.files.sweep()).toBeGreaterThan(0)
  expect(existsSync(blobPath(stray, sha256))).toBe(false)
  expect((await show(anna(), kept.body.file_id)).status).toBe(200)
})

test('pages may load images from our own server alone, unless the operator names hosts', async () => {
  const policyOf = async (at: House) => (await at.call('GET', '/', {})).headers.get('content-security-policy') ?? ''
  expect(await policyOf(house)).toContain("img-src 'self';")
  const open = await openHouse({ clock: false, env: { AEDILE_IMAGE_HOSTS: 'img.example.com, cdn.example.org:8443' } })
  try {
    expect(await policyOf(open)).toContain("img-src 'self' https://img.example.com https://cdn.example.org:8443;")
    const words = await open.call('GET', '/v1/vocabulary', { token: await open.token('viewer') })
    expect(words.body.image_hosts).toEqual(['https://img.example.com', 'https://cdn.example.org:8443'])
  } finally {
    await open.close()
  }
  for (const wrong of ['*', "'unsafe-inline'", 'http://img.example.com', 'img.example.com;script-src', 'localhost'])
    expect(() => imageHostsFrom({ AEDILE_IMAGE_HOSTS: wrong })).toThrow(/is no host/)
  expect(() => limitsFrom({ AEDILE_FILE_MB: 'many' })).toThrow(/AEDILE_FILE_MB/)
})
