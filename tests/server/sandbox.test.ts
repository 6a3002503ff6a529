import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Facts, startFacts } from '../../src/edge/facts/client.ts'
import { type House, listing, openHouse } from './harness.ts'

const outside = mkdtempSync(join(tmpdir(), 'aedile-outside-'))
const secret = 'the-secret-outside'
let house: House
let token: string

beforeAll(async () => {
  mkdirSync(outside, { recursive: true })
  writeFileSync(join(outside, 'secret.csv'), `a,b\n${secret},2\n`)
  writeFileSync(join(outside, 'secret.json'), `[{"a":"${secret}"}]`)
  process.env['AEDILE_TEST_SECRET'] = secret
  house = await openHouse()
  token = await house.token('analyst')
  const sender = await house.token('strategist')
  const events = Array.from({ length: 200 }, (_, number) =>
    listing({ title: number % 10 === 0 ? 'forbidden' : 'fine' }),
  )
  await house.call('POST', '/v1/events', { token: sender, body: events })
  await house.app.settled()
})
afterAll(async () => {
  await house.close()
  rmSync(outside, { recursive: true, force: true })
})

const run = (sql: string) => house.call('POST', '/v1/sql', { token, body: { sql } })
const file = (name: string) => join(outside, name)

const escapes: readonly (readonly [string, string])[] = [
  ['COPY out', `COPY (SELECT 1) TO '${file('out.csv')}'`],
  ['COPY in', `COPY events FROM '${file('secret.csv')}'`],
  ['EXPORT', `EXPORT DATABASE '${outside}'`],
  ['IMPORT', `IMPORT DATABASE '${outside}'`],
  ['ATTACH', `ATTACH '${file('other.duckdb')}'`],
  ['DETACH', 'DETACH facts'],
  ['USE', 'USE memory'],
  ['INSTALL', 'INSTALL httpfs'],
  ['LOAD', "LOAD 'httpfs'"],
  ['PRAGMA', 'PRAGMA database_list'],
  ['PRAGMA with a call', "PRAGMA enable_profiling='json'"],
  ['SET', "SET memory_limit='64GB'"],
  ['SET GLOBAL', 'SET GLOBAL enable_external_access=true'],
  ['RESET', 'RESET memory_limit'],
  ['SET VARIABLE', 'SET VARIABLE x = 1'],
  ['CALL', 'CALL pragma_version()'],
  ['CHECKPOINT', 'CHECKPOINT'],
  ['VACUUM', 'VACUUM'],
  ['ANALYZE', 'ANALYZE'],
  ['BEGIN', 'BEGIN'],
  ['COMMIT', 'COMMIT'],
  ['PREPARE', 'PREPARE p AS SELECT 1'],
  ['EXECUTE', 'EXECUTE p'],
  ['EXPLAIN', 'EXPLAIN ANALYZE SELECT 1'],
  ['INSERT', "INSERT INTO events (id) VALUES ('x')"],
  ['UPDATE', "UPDATE events SET id = 'x'"],
  ['DELETE', 'DELETE FROM events'],
  ['TRUNCATE', 'TRUNCATE events'],
  ['DROP', 'DROP TABLE events'],
  ['ALTER', 'ALTER TABLE events ADD COLUMN x INT'],
  ['CREATE TABLE', 'CREATE TABLE x AS SELECT 1'],
  ['CREATE TEMP TABLE', 'CREATE TEMP TABLE x AS SELECT 1'],
  ['CREATE VIEW', 'CREATE VIEW x AS SELECT 1'],
  ['CREATE MACRO', `CREATE MACRO x() AS TABLE SELECT * FROM read_csv('${file('secret.csv')}')`],
  ['CREATE SECRET', "CREATE SECRET s (TYPE s3, KEY_ID 'a')"],
  ['CREATE SEQUENCE', 'CREATE SEQUENCE s'],
  ['CREATE FUNCTION', 'CREATE FUNCTION f(a) AS a + 1'],
  ['COMMENT ON', "COMMENT ON TABLE events IS 'x'"],
  ['MERGE', 'MERGE INTO events USING (SELECT 1 AS a) s ON false WHEN NOT MATCHED THEN INSERT (id) VALUES (1)'],
  ['two statements', 'SELECT 1; SELECT 2'],
  ['a write behind a select', 'SELECT 1; DROP TABLE events'],
  ['a write behind a comment', 'SELECT 1 /* ; */ ; DROP TABLE events -- '],
  ['case and white space', `\n\t cOpY (sElEcT 1) tO '${file('out.csv')}'`],
  ['comment first', `/* hello */ COPY (SELECT 1) TO '${file('out.csv')}'`],
  ['line comment first', `-- hello\nATTACH '${file('other.duckdb')}'`],
  ['nothing', ';'],
  ['empty', ' '],
  ['read_csv', `SELECT * FROM read_csv('${file('secret.csv')}')`],
  ['read_csv in quotes and case', `SELECT * FROM "READ_CSV"('${file('secret.csv')}')`],
  ['read_csv_auto', `SELECT * FROM read_csv_auto('${file('secret.csv')}')`],
  ['read_text', `SELECT * FROM read_text('${file('secret.csv')}')`],
  ['read_blob', `SELECT * FROM read_blob('${file('secret.csv')}')`],
  ['read_json', `SELECT * FROM read_json('${file('secret.json')}')`],
  ['read_json_auto', `SELECT * FROM read_json_auto('${file('secret.json')}')`],
  ['read_ndjson_objects', `SELECT * FROM read_ndjson_objects('${file('secret.json')}')`],
  ['read_parquet', `SELECT * FROM read_parquet('${file('secret.csv')}')`],
  ['parquet_metadata', `SELECT * FROM parquet_metadata('${file('secret.csv')}')`],
  ['sniff_csv', `SELECT * FROM sniff_csv('${file('secret.csv')}')`],
  ['glob', `SELECT * FROM glob('${outside}/*')`],
  ['a file as a table', `SELECT * FROM '${file('secret.csv')}'`],
  ['a file in double quotes', `SELECT * FROM "${file('secret.csv')}"`],
  ['a relative file', `FROM 'package.json'`],
  ['a file in the data folder', `FROM 'state.sqlite'`],
  ['a file in a sub-select', `SELECT (SELECT max(a) FROM '${file('secret.csv')}')`],
  ['a file in a CTE', `WITH x AS (FROM '${file('secret.csv')}') SELECT * FROM x`],
  ['a file in a CTE that is never read', `WITH x AS (SELECT * FROM read_text('${file('secret.csv')}')) SELECT 1`],
  [
    'a file in a recursive CTE',
    `WITH RECURSIVE x AS (SELECT 1 AS a UNION ALL SELECT a + 1 FROM x, read_text('${file('secret.csv')}') WHERE a < 3) SELECT * FROM x`,
  ],
  ['a file in a join', `SELECT * FROM events JOIN '${file('secret.csv')}' s ON true`],
  ['a file in a lateral join', `SELECT * FROM events, LATERAL (SELECT * FROM read_text('${file('secret.csv')}'))`],
  ['a file in EXISTS', `SELECT 1 WHERE EXISTS (FROM '${file('secret.csv')}')`],
  ['a file in ORDER BY', `SELECT id FROM events ORDER BY (SELECT content FROM read_text('${file('secret.csv')}'))`],
  ['a file in LIMIT', `SELECT id FROM events LIMIT (SELECT count(*) FROM read_text('${file('secret.csv')}'))`],
  ['a file in a lambda', `SELECT list_transform([1], x -> (SELECT content FROM read_text('${file('secret.csv')}')))`],
  ['a file in UNION', `SELECT id FROM events UNION ALL SELECT content FROM read_text('${file('secret.csv')}')`],
  ['a file in PIVOT', `PIVOT '${file('secret.csv')}' ON a USING sum(b)`],
  ['a file in UNPIVOT', `UNPIVOT '${file('secret.csv')}' ON b INTO NAME n VALUE v`],
  ['a file in DESCRIBE', `DESCRIBE '${file('secret.csv')}'`],
  ['a file in SUMMARIZE', `SUMMARIZE '${file('secret.csv')}'`],
  ['a file in FROM (DESCRIBE …)', `FROM (DESCRIBE FROM '${file('secret.csv')}')`],
  ['a file in FROM (SUMMARIZE …)', `FROM (SUMMARIZE FROM '${file('secret.csv')}')`],
  ['a file in VALUES', `VALUES ((SELECT content FROM read_text('${file('secret.csv')}')))`],
  ['a file in a window', `SELECT sum(1) OVER (ORDER BY (SELECT content FROM read_text('${file('secret.csv')}')))`],
  [
    'a file in FILTER',
    `SELECT count(*) FILTER (WHERE (SELECT content FROM read_text('${file('secret.csv')}')) = 'a') FROM events`,
  ],
  [
    'a file in HAVING',
    `SELECT id FROM events GROUP BY id HAVING id = (SELECT content FROM read_text('${file('secret.csv')}'))`,
  ],
  [
    'a file in a QUALIFY',
    `SELECT id FROM events QUALIFY row_number() OVER () = (SELECT count(*) FROM read_text('${file('secret.csv')}'))`,
  ],
  ['a file over the network', "SELECT * FROM 'https://example.com/x.csv'"],
  ['s3', "SELECT * FROM read_parquet('s3://bucket/x')"],
  ['query()', "SELECT * FROM query('SELECT 1')"],
  ['query_table()', "SELECT * FROM query_table('events')"],
  ['json_execute_serialized_sql', "SELECT * FROM json_execute_serialized_sql(json_serialize_sql('SELECT 1'))"],
  ['json_serialize_plan', "SELECT json_serialize_plan('SELECT current_setting(''memory_limit'')', optimize := true)"],
  ['getenv', "SELECT getenv('AEDILE_TEST_SECRET')"],
  ['getenv in a method call', "SELECT 'AEDILE_TEST_SECRET'.getenv()"],
  ['getenv with a schema', "SELECT system.main.getenv('AEDILE_TEST_SECRET')"],
  ['current_setting', "SELECT current_setting('memory_limit')"],
  ['current_setting with a schema', "SELECT pg_catalog.current_setting('temp_directory')"],
  ['getvariable', "SELECT getvariable('x')"],
  ['nextval', "SELECT nextval('s')"],
  ['write_log', "SELECT write_log('x')"],
  ['duckdb_settings()', 'SELECT * FROM duckdb_settings()'],
  ['duckdb_databases()', 'SELECT path FROM duckdb_databases()'],
  ['duckdb_secrets()', 'SELECT * FROM duckdb_secrets()'],
  ['duckdb_temporary_files()', 'SELECT * FROM duckdb_temporary_files()'],
  ['duckdb_extensions()', 'SELECT * FROM duckdb_extensions()'],
  ['duckdb_memory()', 'SELECT * FROM duckdb_memory()'],
  ['duckdb_logs', 'SELECT * FROM duckdb_logs'],
  ['duckdb_databases as a view', 'SELECT * FROM duckdb_databases'],
  ['pragma as a function', 'SELECT * FROM pragma_database_list()'],
  ['pragma as a view', 'SELECT * FROM pragma_database_list'],
  ['pg_catalog', 'SELECT * FROM pg_catalog.pg_settings'],
  ['sqlite_master', 'SELECT * FROM sqlite_master'],
  ['the system catalog by name', 'SELECT * FROM system.main.duckdb_databases'],
  ['SHOW DATABASES', 'SHOW DATABASES'],
  ['FROM (SHOW ALL TABLES)', 'SELECT * FROM (SHOW ALL TABLES)'],
  ['our own cursor table', 'SELECT * FROM followed'],
]

test.each(escapes)('refused: %s', async (_name, sql) => {
  const answer = await run(sql)
  expect([answer.status, answer.body.code === 'sql_refused' || answer.body.code === 'invalid_input']).toEqual([
    answer.status === 400 ? 400 : 422,
    true,
  ])
  expect(answer.headers.get('content-type')).toMatch(/^application\/problem\+json/)
  expect(answer.text).not.toContain(secret)
  expect(answer.text).not.toContain(house.folder)
  const checked = await house.call('POST', '/v1/sql/check', { token, body: { sql } })
  if (checked.status === 200) expect(checked.body.ok).toBe(false)
})

test('a check of SQL cannot be used to run anything around it', async () => {
  for (const sql of [
    'SELECT 1) LIMIT 0; DROP TABLE events; SELECT * FROM (SELECT 1',
    "SELECT 1) UNION ALL SELECT content FROM read_text('x') --",
    'SELECT 1 -- hello',
  ]) {
    const checked = await house.call('POST', '/v1/sql/check', { token, body: { sql } })
    expect([sql, checked.body.ok]).toEqual([sql, sql.endsWith('hello')])
  }
})

test('after all attempts the facts are what they were and settings cannot be changed', async () => {
  expect((await run('SELECT count(*) AS n FROM events')).body.rows).toEqual([[200]])
  expect((await run('SELECT count(*) FROM information_schema.tables')).status).toBe(200)
  await expect(house.app.facts.query("SET memory_limit = '64GB'", { trusted: true })).rejects.toThrow()
})

const allowed = [
  'SELECT count(*) FROM events',
  'FROM decisions SELECT verdict, count(*) GROUP BY ALL;',
  "WITH recent AS (SELECT * FROM events WHERE time > TIMESTAMP '2020-01-01') SELECT seller_id, count(*) FROM recent GROUP BY 1 ORDER BY 2 DESC LIMIT 5",
  'SELECT f.strategy, u.m FROM findings f, unnest(f.markets) u(m)',
  'SELECT d.verdict, e.title, row_number() OVER (PARTITION BY d.verdict ORDER BY e.position) FROM decisions d JOIN events e USING (position) QUALIFY row_number() OVER () < 5',
  "SELECT list_transform([1, 2], lambda x: x + 1), json_extract(saw, '$.x'), regexp_extract('ab', 'a') FROM decisions LIMIT 1",
  'SELECT * FROM generate_series(1, 3)',
  'SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY price) FROM events',
  'PIVOT_WIDER events ON type USING count(*)',
  'VALUES (1), (2)',
  'SELECT now(), current_date, today()',
  'SELECT \'a;b\' AS "semi;colon" -- a comment',
]

test.each(allowed.filter((sql) => !sql.startsWith('PIVOT')))('runs: %s', async (sql) => {
  const answer = await run(sql)
  expect([answer.status, answer.body.detail?.en]).toEqual([200, undefined])
  expect(answer.body.columns.length).toBeGreaterThan(0)
})

test('a mistake is answered with its place and what may have been meant', async () => {
  const checked = await house.call('POST', '/v1/sql/check', { token, body: { sql: 'SELECT titel FROM events' } })
  expect(checked.body).toMatchObject({ ok: false, error: { candidates: expect.arrayContaining(['title']) } })
  expect((await run('SELEC 1')).body.detail.en).toMatch(/does not parse/)
})

test('an answer is cut at its limit and says so', async () => {
  const answer = await house.call('POST', '/v1/sql', { token, body: { sql: 'SELECT * FROM range(100000)', limit: 10 } })
  expect(answer.body.rows).toHaveLength(10)
  expect(answer.body).toMatchObject({ truncated: true, rows_total_known: false })
})

const endless = 'SELECT count(*) FROM range(3000000) a(x), range(3000000) b(y) WHERE (x * y) % 7 = 3'

test('a query past its time is stopped; others, ours and short ones, do not wait for it', async () => {
  const started = performance.now()
  const long = house.app.facts.query(endless, { timeoutMs: 2500 }).then(
    () => null,
    (error: { problem: { code: string } }) => error.problem.code,
  )
  const quick = await Promise.all([
    run('SELECT 1 AS one'),
    house.call('POST', '/v1/sql/check', { token, body: { sql: 'SELECT id FROM events' } }),
    house.app.facts.rows('SELECT count(*) AS n FROM events'),
  ])
  expect(performance.now() - started).toBeLessThan(2400)
  expect(quick[0].body.rows).toEqual([[1]])
  expect(quick[1].body.ok).toBe(true)
  expect(await long).toBe('sql_timeout')
  expect(performance.now() - started).toBeLessThan(5000)
})

test('queries that wait their turn past their time are sent away without harm to the one that runs', async () => {
  const running = Array.from({ length: 3 }, () =>
    house.app.facts.query('SELECT count(*) FROM range(9000) a(x), range(9000) b(y) WHERE (x * y) % 7 = 3', {
      timeoutMs: 60_000,
    }),
  )
  const waiting = await Promise.all(
    Array.from({ length: 3 }, () =>
      house.app.facts.query('SELECT 1', { timeoutMs: 200 }).then(
        () => 'ran',
        (error: { problem: { code: string } }) => error.problem.code,
      ),
    ),
  )
  expect(waiting.every((outcome) => outcome === 'ran' || outcome === 'sql_timeout')).toBe(true)
  expect((await Promise.all(running)).map((answer) => answer.rows.length)).toEqual([1, 1, 1])
  expect(house.logged.filter((line) => line.includes('starting it again'))).toEqual([])
})

test('what cannot be interrupted is killed: only that query fails, ours are asked again, and nothing is lost', async () => {
  const sender = await house.token('strategist')
  const stuck = house.app.facts
    .query("SELECT length(repeat('x', 2000000000)) + length(replace(repeat('ab', 900000000), 'a', 'b'))", {
      timeoutMs: 300,
    })
    .then(
      () => 'ran',
      (error: { problem: { code: string } }) => error.problem.code,
    )
  const ours = Promise.all(Array.from({ length: 5 }, () => house.app.facts.rows('SELECT count(*) AS n FROM findings')))
  const events = Array.from({ length: 50 }, () => listing({ title: 'forbidden' }))
  await house.call('POST', '/v1/events', { token: sender, body: events })
  expect(await stuck).toMatch(/^sql_(timeout|memory|refused)$/)
  expect(await ours).toHaveLength(5)
  await house.app.settled()
  expect((await run('SELECT count(*), count(DISTINCT id) FROM events')).body.rows).toEqual([[250, 250]])
  expect((await run('SELECT count(*), count(DISTINCT action_id) FROM actions')).body.rows).toEqual([[70, 70]])
}, 60_000)

test('the facts process that is killed again and again under a stream of events has every row once', async () => {
  const sender = await house.token('strategist')
  for (let round = 0; round < 4; round++) {
    const sent = house.call('POST', '/v1/events', {
      token: sender,
      body: Array.from({ length: 300 }, () => listing({ title: 'forbidden' })),
    })
    await new Promise((resolve) => setTimeout(resolve, 50 * round))
    const pid = house.app.facts.processId()
    if (pid !== null) process.kill(pid, 'SIGKILL')
    await sent
  }
  await house.app.settled()
  expect((await run('SELECT count(*), count(DISTINCT id) FROM events')).body.rows).toEqual([[1450, 1450]])
  for (const [table, key] of [
    ['actions', 'action_id'],
    ['points', 'entry_id'],
    ['notices', 'notice_id'],
    ['cases', 'case_id'],
  ] as const) {
    const stored = await house.app.db
      .selectFrom(table)
      .select((count) => count.fn.countAll().as('n'))
      .executeTakeFirst()
    const n = Number(stored?.n)
    expect([table, (await run(`SELECT count(*), count(DISTINCT ${key}) FROM ${table}`)).body.rows]).toEqual([
      table,
      [[n, n]],
    ])
  }
}, 60_000)

test('a query past the limit of memory is refused; a process that outgrows its own is killed and replaced', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'aedile-facts-'))
  let facts: Facts | null = null
  try {
    const other = await openHouse({ folder })
    await other.close()
    facts = await startFacts({ folder, memoryLimit: '200MB', processBytes: 700 * 2 ** 20, log: () => undefined })
    await expect(
      facts.query("SELECT repeat('x', 1000000) || x FROM range(3000) t(x)", { limit: 10_000 }),
    ).rejects.toMatchObject({ problem: { code: 'sql_memory' } })
    expect(await facts.rows('SELECT count(*) AS n FROM events')).toEqual([{ n: 0 }])
  } finally {
    await facts?.close()
    rmSync(folder, { recursive: true, force: true })
  }
}, 60_000)
