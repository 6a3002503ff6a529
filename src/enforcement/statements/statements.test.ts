import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { migrate, openSqlite } from '../../edge/sqlite.ts'
import type { Decided } from '../../judgement/decisions/index.ts'
import { newsSchema, record } from '../../kernel/database.ts'
import type { Policy } from '../../vocabulary/packs/index.ts'
import { type ActionRow, actionKinds, actionSchema } from '../actions/index.ts'
import {
  createSender,
  createStatements,
  isMapped,
  needsStatement,
  personalDataIn,
  puidOf,
  type Statement,
  type StatementSource,
  type StatementTables,
  selfCheck,
  statementOf,
  statementSchema,
  territorialScope,
  validateBatch,
  validateStatement,
  withoutPersonalData,
} from './index.ts'

const at = Date.UTC(2026, 10, 1) * 1000
const action: ActionRow = {
  action_id: 'act_dec_0k.0',
  at,
  kind: 'delist',
  target_type: 'listing',
  target_id: 'L1',
  party_type: 'seller',
  party_id: 'S1',
  markets: '["DE","GR","GB"]',
  until: null,
  policy: 'p1',
  policy_version: 1,
  strategy: 'pack/s',
  strategy_version: 2,
  severity: 'S1',
  inverse_of: null,
  cause: 'dec_0k',
  actor: 'strategy',
  position: null,
} as ActionRow
const policy: Policy = {
  id: 'p1',
  version: 1,
  title: { zh: '无', en: 'No CE mark' },
  text: { zh: '无', en: 'text' },
  severity: 'S1',
  verification: 'source',
  legal_basis: {
    instrument: 'Regulation (EU) 2023/988',
    article: 'Art. 9',
    url: 'https://eur-lex.europa.eu/eli/reg/2023/988',
  },
  notice: { what: { zh: '无', en: 'The listing shows no CE mark.' }, fix: { zh: '无', en: 'Add it.' } },
  dsa: { category: 'STATEMENT_CATEGORY_UNSAFE_AND_PROHIBITED_PRODUCTS', keywords: ['KEYWORD_UNSAFE_PRODUCTS'] },
}
const event = {
  id: 'e1',
  source: 't',
  type: 'listing.submitted',
  time: '2026-10-31T10:00:00Z',
  data: {
    listing_id: 'L1',
    title: 'Toy of Max Mustermann, call +49 170 1234567',
    language: 'de-DE',
    attributes: { gtin: '4006381333931' },
  },
}
const finding = {
  strategy: 'pack/s',
  version: 2,
  policy: 'p1',
  policy_version: 1,
  severity: 'S1' as const,
  verdict: 'block' as const,
  mode: 'live' as const,
  markets: ['DE'],
  evidence: [{ field: 'title', text: 'call +49 170 1234567', tag: 'contact' }],
}
const decision: Decided['decision'] = {
  decision_id: 'dec_0k',
  event: {
    ...event,
    subject_type: 'listing',
    subject: 'L1',
    party_type: 'seller',
    party: 'S1',
    site: null,
    logged_at: event.time,
  },
  verdict: 'block',
  markets: { DE: 'block' },
  findings: [finding],
  unknown: [],
  saw: {},
  engine: 'x',
}
const source: StatementSource = { action, decision, event, policy, points: 6, decidedBy: 'strategy' }
const made = (change: Partial<StatementSource> = {}): Statement =>
  statementOf({ ...source, ...change }) ?? expect.fail('no statement')

test('a statement says what was done, where, why, on what and by whom, and is valid', () => {
  const statement = made()
  expect(validateStatement(statement)).toEqual([])
  expect(statement).toMatchObject({
    puid: 'act_dec_0k-_0',
    decision_visibility: ['DECISION_VISIBILITY_CONTENT_DISABLED'],
    end_date_visibility_restriction: null,
    decision_ground: 'DECISION_GROUND_ILLEGAL_CONTENT',
    illegal_content_legal_ground: 'Regulation (EU) 2023/988 Art. 9',
    content_type: ['CONTENT_TYPE_PRODUCT'],
    category: 'STATEMENT_CATEGORY_UNSAFE_AND_PROHIBITED_PRODUCTS',
    category_specification: ['KEYWORD_UNSAFE_PRODUCTS'],
    territorial_scope: ['DE', 'GR'],
    content_language: 'DE',
    content_date: '2026-10-31',
    application_date: '2026-11-01',
    content_id: { 'EAN-13': '4006381333931' },
    account_type: 'ACCOUNT_TYPE_BUSINESS',
    source_type: 'SOURCE_VOLUNTARY',
    automated_detection: 'Yes',
    automated_decision: 'AUTOMATED_DECISION_FULLY',
  })
  expect(selfCheck(statement, source)).toEqual([])
})

test('the facts quote nobody: no words of the content, no id, no number of a person', () => {
  const { decision_facts: facts } = made()
  for (const word of ['Mustermann', '170', 'L1', 'S1', 'call']) expect(facts).not.toContain(word)
  expect(facts).toContain('contact')
  fc.assert(
    fc.property(fc.emailAddress(), fc.ipV4(), fc.stringMatching(/^\+49 1\d{2} \d{7}$/), (email, ip, phone) => {
      expect(personalDataIn(withoutPersonalData(`a ${email} b ${ip} c ${phone} d`))).toBeNull()
    }),
  )
  expect(withoutPersonalData('in force since 2024-12-13')).toBe('in force since 2024-12-13')
})

test('every restrictive kind of action has its place in art. 17(1), and every kind gives a valid statement', () => {
  for (const kind of actionKinds) {
    const statement = statementOf({ ...source, action: { ...action, kind: kind.id } })
    expect(statement !== null, kind.id).toBe(kind.restrictive)
    if (statement) expect([kind.id, validateStatement(statement)]).toEqual([kind.id, []])
    if (kind.restrictive) expect([kind.id, isMapped(kind.id)]).toEqual([kind.id, true])
  }
})

test('every kind on every subject in its scope, timed or not, with a law or without: valid, its own puid, batches of at most 100', () => {
  const statements = actionKinds
    .filter((kind) => kind.restrictive)
    .flatMap((kind) =>
      kind.scope.flatMap((target_type) =>
        [null, at + 86_400_000_000].flatMap((until) =>
          [policy, { ...policy, legal_basis: undefined }, undefined].map((ground, index) => {
            const action_id = `act_${kind.id}-${target_type}.${until ?? 'open'}.${index}`
            const party_type = ['seller', 'creator', 'advertiser', 'account'].includes(target_type)
              ? target_type
              : 'seller'
            const found = { ...action, action_id, kind: kind.id, target_type, party_type, until }
            return statementOf({ ...source, action: found, policy: ground as Policy | undefined })
          }),
        ),
      ),
    )
  expect(statements.length).toBeGreaterThan(300)
  expect(statements.filter((statement) => statement === null || validateStatement(statement).length > 0)).toEqual([])
  expect(new Set(statements.map((statement) => statement?.puid)).size).toBe(statements.length)
  for (let from = 0; from < statements.length; from += 100)
    expect(validateBatch(statements.slice(from, from + 100))).toEqual({})
  expect(validateBatch(statements.slice(0, 101))).not.toEqual({})
})

test('a statement is due for a restriction in the EU or EEA only, and never for taking one back', () => {
  expect(needsStatement({ ...action, markets: '["GB","US"]' })).toBe(false)
  expect(needsStatement({ ...action, inverse_of: 'act_1' })).toBe(false)
  expect(needsStatement({ ...action, kind: 'warn' })).toBe(false)
  expect(territorialScope(['EU'])).toHaveLength(27)
  expect(territorialScope(['*'])).toHaveLength(30)
  expect(territorialScope(['NO', 'EL', 'CH'])).toEqual(['GR', 'NO'])
})

test.each([
  ['trusted_flagger', 'SOURCE_TRUSTED_FLAGGER'],
  ['buyer', 'SOURCE_ARTICLE_16'],
  ['rights_holder', 'SOURCE_ARTICLE_16'],
  ['authority', 'SOURCE_TYPE_OTHER_NOTIFICATION'],
  [null, 'SOURCE_VOLUNTARY'],
])('a notice from %s is sent as %s', (noticeFrom, expected) => {
  const statement = made({ noticeFrom })
  expect(statement.source_type).toBe(expected)
  expect(selfCheck(statement, { ...source, noticeFrom })).toEqual([])
})

test('a reviewer who decides on a proposal is partly automated, one without a proposal not at all', () => {
  const reviewed = { ...action, actor: 'usr_1', strategy: null }
  expect(made({ action: reviewed, decidedBy: 'person' })).toMatchObject({
    automated_detection: 'Yes',
    automated_decision: 'AUTOMATED_DECISION_PARTIALLY',
  })
  expect(made({ action: reviewed, decidedBy: 'person', decision: { ...decision, findings: [] } })).toMatchObject({
    automated_detection: 'No',
    automated_decision: 'AUTOMATED_DECISION_NOT_AUTOMATED',
  })
})

test('the self-check finds what the schema cannot: inverted automation, wrong source, wrong ground, a stray keyword', () => {
  const doubts = (change: Partial<Statement>) =>
    selfCheck({ ...made(), ...change } as Statement, source).map((found) => found.field)
  expect(doubts({ automated_decision: 'AUTOMATED_DECISION_NOT_AUTOMATED' })).toContain('automated_decision')
  expect(doubts({ automated_detection: 'No' })).toContain('automated_detection')
  expect(doubts({ source_type: 'SOURCE_TRUSTED_FLAGGER' })).toContain('source_type')
  expect(doubts({ decision_ground: 'DECISION_GROUND_INCOMPATIBLE_CONTENT' })).toContain('decision_ground')
  expect(doubts({ category_specification: ['KEYWORD_NUDITY'] })).toContain('category_specification')
  expect(doubts({ end_date_visibility_restriction: '2026-10-01' })).toContain('end_date_visibility_restriction')
  expect(doubts({ decision_facts: 'mail max@example.org' })).toContain('decision_facts')
})

test('different actions never share a puid, and every puid is allowed', () => {
  fc.assert(
    fc.property(fc.stringMatching(/^[A-Za-z0-9._-]{1,40}$/), fc.stringMatching(/^[A-Za-z0-9._-]{1,40}$/), (a, b) => {
      expect(puidOf(a)).toMatch(/^[A-Za-z0-9_-]+$/)
      expect(puidOf(a) === puidOf(b)).toBe(a === b)
    }),
  )
})

async function ledger() {
  const { db, raw } = openSqlite<StatementTables>(':memory:')
  migrate(raw, [newsSchema, actionSchema, statementSchema])
  const statements = createStatements({ db: db as never, policy: () => () => policy, behind: async () => decided(9) })
  const act = (change: Partial<ActionRow>) =>
    (db as never as { transaction(): { execute(run: (tx: never) => Promise<void>): Promise<void> } })
      .transaction()
      .execute((tx) => record<StatementTables, 'actions'>(tx, 'actions', { ...action, ...change } as never))
  return {
    db: db as never,
    raw,
    statements,
    act,
    count: () => Number(raw.prepare('SELECT count(*) AS n FROM statements').get()?.['n']),
  }
}
const decided = (n: number): Decided => ({
  position: n,
  next: n + 1,
  loggedAt: at,
  event,
  decision: { ...decision, decision_id: `dec_${n}` },
})

test('each restriction gets one statement, however often the journal or the news are read', async () => {
  const { statements, act, count, raw } = await ledger()
  for (let n = 0; n < 5; n++) await act({ action_id: `act_${n}`, cause: `dec_${n}` })
  await act({ action_id: 'act_manual', cause: 'cev_1', actor: 'usr_1', strategy: null })
  await act({ action_id: 'act_us', cause: 'dec_1', markets: '["US"]' })
  const batch = [0, 1, 2, 3, 4].map(decided)
  await Promise.all([statements.applyDecisions(batch, 5), statements.followNews()])
  await statements.applyDecisions(batch, 5)
  raw.exec("UPDATE applied SET position = 0 WHERE consumer = 'statements-news'")
  await statements.followNews()
  expect(count()).toBe(6)
  expect(await statements.applied()).toBe(5)
  expect(raw.prepare("SELECT count(*) AS n FROM news WHERE kind = 'statements'").get()?.['n']).toBe(6)
  expect(
    raw.prepare("SELECT count(*) AS n FROM statements WHERE problems != '[]' OR doubts != '[]'").get()?.['n'],
  ).toBe(0)
  expect(
    raw.prepare("SELECT automated_decision AS a FROM statements WHERE action_id = 'act_manual'").get()?.['a'],
  ).toBe('AUTOMATED_DECISION_PARTIALLY')
  expect(() => raw.exec('DELETE FROM statements')).toThrow('insert-only')
})

/** Another company's side: validates like the database, keeps puids, and fails on demand. */
async function receiver() {
  const kept = new Set<string>()
  const state = { mode: 'ok' as 'ok' | 'down' | 'lose-answer', refuse: '', calls: 0 }
  const server = createServer((request, response) => {
    const parts: Buffer[] = []
    request.on('data', (part: Buffer) => parts.push(part))
    request.on('end', () => {
      const answer = (status: number, body: unknown) =>
        response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
      if (request.headers.authorization !== 'Bearer secret') return answer(401, { message: 'Unauthenticated.' })
      if (request.method === 'GET')
        return kept.has(request.url?.split('/').at(-1) ?? '')
          ? answer(302, { message: 'statement of reason found' })
          : answer(404, {})
      state.calls++
      if (state.mode === 'down') return answer(503, {})
      const { statements } = JSON.parse(Buffer.concat(parts).toString()) as { statements: Statement[] }
      const errors = validateBatch(statements) as Record<string, unknown>
      for (const [index, { puid }] of statements.entries())
        if (puid === state.refuse) errors[`statement_${index}`] = { category: ['The selected category is invalid.'] }
      if (Object.keys(errors).length > 0) return answer(422, { errors })
      if (statements.some(({ puid }) => kept.has(puid)))
        return answer(422, {
          message: 'The identifier given is not unique within this platform.',
          errors: { puid: ['not unique'] },
        })
      for (const { puid } of statements) kept.add(puid)
      return state.mode === 'lose-answer' ? request.socket.destroy() : answer(201, { statements })
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    kept,
    state,
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/v1`,
    close: () => server.close(),
  }
}

test('sending survives a database that is down, loses its answer or refuses one: each statement arrives once, dead letters are visible', async () => {
  const { db, statements, act, raw } = await ledger()
  for (let n = 0; n < 130; n++) await act({ action_id: `act_${n}`, cause: `dec_${n}`, at: at + n })
  await statements.applyDecisions(
    Array.from({ length: 130 }, (_, n) => decided(n)),
    130,
  )
  const other = await receiver()
  const sender = createSender({ url: other.url, token: 'secret', db, request: fetch, log: () => undefined })
  let now = at
  const drain = async () => {
    for (let round = 0; round < 20; round++) {
      now += 3_600_000_000
      await sender.sendOnce(now)
    }
  }
  other.state.mode = 'down'
  await sender.sendOnce(now)
  expect(await sender.sendOnce(now + 1)).toBe(0)
  expect(other.state.calls).toBeLessThanOrEqual(2)
  other.state.mode = 'lose-answer'
  now += 3_600_000_000
  await sender.sendOnce(now)
  other.state.mode = 'ok'
  other.state.refuse = 'act_120'
  await drain()
  expect(other.kept.size).toBe(129)
  const dead = await statements.list({ limit: 10, delivery: 'dead' })
  expect(dead.map((row) => row.puid)).toEqual(['act_120'])
  expect(
    raw
      .prepare("SELECT count(DISTINCT puid) AS n, count(*) AS rows FROM statement_deliveries WHERE outcome = 'sent'")
      .get(),
  ).toMatchObject({ n: 129, rows: 129 })
  expect((await statements.deliveries(['act_120'])).at(-1)?.detail).toContain('category')
  other.close()
})
