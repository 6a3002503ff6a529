import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { problemOf } from '../kernel/problems.ts'
import { checkRecipe, type ImportBatch, type ImportSummary, type Recipe } from '../perception/imports/index.ts'
import { openDuck } from './duckdb.ts'
import { openImportDuck } from './import-duckdb.ts'
import { type FileOptions, folderLines, importFile } from './import-files.ts'

const yaml = `id: goods
title: {zh: 商品, en: Goods}
publication: {name: test, licence: none, attribution: none}
file: {format: csv, columns: [sku, name, price, {name: colour, optional: true}]}
steps:
  - {id: price, why: {zh: 转数字, en: a number}, sql: "SELECT * REPLACE (TRY_CAST(price AS DOUBLE) AS price) FROM input"}
contract:
  - {id: bad-price, check: price >= 0, reason: {zh: 价格不对, en: the price is no number}}
events:
  - type: listing.submitted
    id: sku
    source: "'goods'"
    time: TIMESTAMP '2024-05-01 10:00:00'
    data: {listing_id: sku, title: name, price: price, attributes: {colour: colour}}
`
const asIs: Recipe = {
  id: 'events',
  title: { zh: '事件', en: 'Events' },
  publication: { name: 'own', licence: 'own', attribution: 'none' },
  as_is: 'cloudevents',
}

let folder: string
let goods: Recipe
let temporary: string
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'aedile-import-test-'))
  goods = await recipe(yaml)
  temporary = join(folder, 'tmp')
  mkdirSync(temporary)
  process.env['TMPDIR'] = temporary
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

async function recipe(text: string): Promise<Recipe> {
  const duck = await openImportDuck(null)
  const checked = await checkRecipe(text, 'goods.yaml', duck)
  duck.close()
  if (!('recipe' in checked)) throw new Error(JSON.stringify(checked.problems))
  return checked.recipe
}

let count = 0
function write(name: string, content: string | Uint8Array): string {
  const path = join(folder, `${count++}-${name}`)
  writeFileSync(path, content)
  return path
}

interface Imported {
  readonly summary: ImportSummary
  readonly titles: unknown[]
  readonly batches: ImportBatch[]
}

async function run(path: string, options: FileOptions & { recipe?: Recipe } = {}): Promise<Imported> {
  const batches: ImportBatch[] = []
  const { recipe: chosen, ...rest } = options
  const sink = async (batch: ImportBatch) => {
    batches.push(batch)
    return { accepted: batch.events.length, duplicates: 0, conflicts: 0, refused: 0 }
  }
  const summary = await importFile(chosen ?? goods, path, { ...rest, sink })
  return { summary, batches, titles: batches.flatMap((batch) => batch.events.map((event) => event.data['title'])) }
}

async function refusal(path: string, options: FileOptions & { recipe?: Recipe } = {}) {
  const seen: ImportBatch[] = []
  try {
    await importFile(options.recipe ?? goods, path, {
      ...options,
      sink: async (batch) => {
        seen.push(batch)
        return { accepted: 0, duplicates: 0, conflicts: 0, refused: 0 }
      },
    })
  } catch (error) {
    const found = problemOf(error)
    if (!found) throw error
    expect(seen, 'nothing of a refused file reaches the sink').toEqual([])
    expect(found).toMatchObject({
      fix: { en: expect.any(String), zh: expect.any(String) },
      detail: { zh: expect.any(String) },
    })
    return { ...found, en: found.detail.en }
  }
  throw new Error('the file was not refused')
}

const header = 'sku,name,price,colour\n'
const csv = `${header}1,毛衣,10,red\n2,"a ""b"", c",20.5,\n3,"two\nlines",30,blue\n`
const titles = ['毛衣', 'a "b", c', 'two\nlines']
const rows = [
  { sku: '1', name: '毛衣', price: 10, colour: 'red' },
  { sku: '2', name: 'a "b", c', price: 20.5, colour: null },
  { sku: '3', name: 'two\nlines', price: 30, colour: 'blue' },
]
const ndjson = rows.map((row) => `${JSON.stringify(row)}\n`).join('')

async function parquet(content = ndjson): Promise<string> {
  const path = join(folder, `${count++}.parquet`)
  const duck = await openDuck()
  await duck.run(`COPY (SELECT * FROM read_json('${write('p.ndjson', content)}')) TO '${path}' (FORMAT parquet)`)
  duck.close()
  return path
}

describe('forms of a file', () => {
  test.each([
    ['CSV', 'a.csv', csv],
    ['CSV with Windows line ends', 'a.csv', csv.replaceAll('\n', '\r\n').replace('two\r\n', 'two\n')],
    ['CSV without a last line end', 'a.csv', csv.trimEnd()],
    ['TSV', 'a.tsv', csv.replaceAll('"a ""b"", c"', 'a "b", c').replaceAll(/,(?! c)/g, '\t')],
    ['NDJSON', 'a.ndjson', ndjson],
    ['UTF-8 with a byte order mark', 'a.csv', `\ufeff${csv}`],
  ])('%s, plain and gzipped, gives the same events', async (_, name, content) => {
    for (const path of [
      write(name, content),
      write(`${name}.gz`, gzipSync(content)),
      write('no-ending-csv-or-so', name.endsWith('csv') ? gzipSync(content) : csv),
    ]) {
      const { summary, titles: found, batches } = await run(path)
      expect(found).toEqual(titles)
      expect(summary).toMatchObject({ rowsRead: 3, eventsMade: 3, accepted: 3, quarantined: {} })
      expect(batches.flatMap((batch) => batch.events)[0]).toEqual({
        specversion: '1.0',
        id: '1',
        source: 'goods',
        type: 'listing.submitted',
        time: '2024-05-01T10:00:00Z',
        data: { listing_id: '1', title: '毛衣', price: 10, attributes: { colour: 'red' } },
      })
    }
  })
  test('Parquet, plain and gzipped', async () => {
    const path = await parquet()
    const { readFileSync } = await import('node:fs')
    for (const file of [path, write('b.parquet.gz', gzipSync(readFileSync(path)))])
      expect((await run(file)).titles).toEqual(titles)
  })
  test('GB18030, found out and stated, and UTF-16 with a byte order mark', async () => {
    const gb = Buffer.concat([Buffer.from(`${header}1,`), Buffer.from([0xc3, 0xab, 0xd2, 0xc2]), Buffer.from(',10,\n')])
    expect((await run(write('gb.csv', gb))).titles).toEqual(['毛衣'])
    expect((await run(write('gb.csv.gz', gzipSync(gb)), { encoding: 'gb18030' })).titles).toEqual(['毛衣'])
    expect((await run(write('u16.csv', Buffer.from(`\ufeff${csv}`, 'utf16le')))).titles).toEqual(titles)
  })
  test('a folder of JSON files, and the same as lines for a server', async () => {
    if (!goods.file) throw new Error('the recipe has no file')
    const folders: Recipe = { ...goods, file: { ...goods.file, format: 'json-folder', files: '*.json' } }
    const path = join(folder, 'folder')
    mkdirSync(path)
    writeFileSync(join(path, 'b.json'), JSON.stringify({ sku: '2', name: 'two\nlines', price: '2' }, null, 2))
    writeFileSync(join(path, 'a.json'), JSON.stringify({ sku: '1', name: 'one', price: '1' }))
    writeFileSync(join(path, 'c.json'), '{"sku":')
    const whole = await run(path, { recipe: folders })
    expect(whole.titles).toEqual(['one', 'two\nlines'])
    const lines: string[] = []
    for await (const line of (await folderLines(folders, path)) ?? []) lines.push(line)
    const sent = await run(write('folder', lines.join('')), { recipe: folders })
    expect(sent.batches).toEqual(whole.batches)
    expect(sent.summary.quarantined).toEqual(whole.summary.quarantined)
    expect(await folderLines(goods, path)).toBeNull()
  })
  test('events as they are: each line an event, extension attributes kept', async () => {
    const event = {
      id: 'a',
      source: 's',
      type: 'comment.posted',
      time: '2024-01-01T00:00:00Z',
      tenant: 't',
      data: { text: 'line\u2028break' },
    }
    const { summary, batches } = await run(write('e.ndjson', `${JSON.stringify(event)}\n\n{"id":\n[1]\n`), {
      recipe: asIs,
    })
    expect(batches.flatMap((batch) => batch.events)).toEqual([event])
    expect(batches.flatMap((batch) => batch.lines)).toEqual([1])
    expect(summary).toMatchObject({ rowsRead: 3, eventsMade: 1, quarantined: { not_json: 1, not_an_object: 1 } })
  })
  test('importing twice makes the same events', async () => {
    const path = write('twice.csv', csv)
    expect((await run(path)).batches).toEqual((await run(path)).batches)
  })
})

describe('files that are refused whole', () => {
  test('an empty file', async () => {
    expect((await refusal(write('empty.csv', ''))).en).toContain('0 bytes')
    expect((await refusal(write('empty.csv.gz', gzipSync('')))).en).toContain('header')
  })
  test('a file that does not exist', async () => {
    expect((await refusal(join(folder, 'none.csv'))).en).toContain('none.csv')
  })
  test('a gzip that breaks off names how many bytes were good, and none of its rows is imported', async () => {
    const packed = gzipSync(header + Array.from({ length: 50_000 }, (_, i) => `${i},name ${Math.sin(i)},1,\n`).join(''))
    const found = await refusal(write('cut.csv.gz', packed.subarray(0, packed.length / 2)))
    expect(found).toMatchObject({
      refusal: 'truncated_gzip',
      value: { bytes: Math.floor(packed.length / 2), unpacked: expect.any(Number) },
    })
    expect(found.en).toMatch(/breaks off after \d+ bytes; \d+ unpacked bytes before that were good/)
    expect(Reflect.get(Object(found.value), 'unpacked')).toBeGreaterThan(100_000)
  })
  test('a damaged gzip', async () => {
    const packed = gzipSync(csv.repeat(100))
    packed[packed.length - 6] = (packed[packed.length - 6] ?? 0) ^ 255
    expect(await refusal(write('bad.csv.gz', packed))).toMatchObject({ refusal: 'damaged_gzip' })
  })
  test('a wrong delimiter names the expected columns, what was found and the likely delimiter; naming it helps', async () => {
    const path = write('semi.csv', csv.replaceAll('"a ""b"", c"', 'x').replaceAll(',', ';'))
    const found = await refusal(path)
    expect(found.en).toContain('expected columns ["sku", "name", "price"], found one column: "sku;name;price;colour"')
    expect(found.en).toContain("the delimiter looks like ';'")
    expect((await run(path, { delimiter: ';' })).summary.eventsMade).toBe(3)
  })
  test('a missing column is named', async () => {
    const found = await refusal(write('less.csv', 'sku,name\n1,x\n'))
    expect(found).toMatchObject({ refusal: 'missing_column', field: 'price' })
    const damaged = await refusal(write('x.parquet', 'PAR1 and nothing else'))
    expect(damaged).toMatchObject({ refusal: 'damaged_parquet' })
  })
  test('a missing Parquet column is named', async () => {
    const other = await recipe(yaml.replaceAll('sku', 'article'))
    expect(await refusal(await parquet(), { recipe: other })).toMatchObject({
      refusal: 'missing_column',
      field: 'article',
    })
  })
  test('a row that fails a refuse_file check refuses the file and names the line', async () => {
    const strict = await recipe(yaml.replace('check: price >= 0,', 'check: price >= 0, on_fail: refuse_file,'))
    const found = await refusal(write('strict.csv', `${header}1,a,1,\n2,b,x,\n`), { recipe: strict })
    expect(found).toMatchObject({ refusal: 'bad-price' })
    expect(found.en).toContain('line 3')
  })
  test('SQL that cannot take a value refuses the file and says what to use', async () => {
    const loose = await recipe(yaml.replace('TRY_CAST', 'CAST'))
    expect((await refusal(write('cast.csv', `${header}1,a,x,\n`), { recipe: loose })).fix?.en).toContain('TRY_CAST')
  })
  test('SQL that fails on a row far down refuses the file before its first row is imported', async () => {
    const loose = await recipe(yaml.replace('TRY_CAST', 'CAST'))
    const lines = Array.from({ length: 200_000 }, (_, i) => `${i},a,1,\n`).join('')
    const found = await refusal(write('far.csv', `${header}${lines}x,a,x,\n`), { recipe: loose })
    expect(found).toMatchObject({ refusal: 'recipe_failed' })
  })
  test('nothing is left in the temporary folder', () => {
    expect(readdirSync(temporary)).toEqual([])
  })
})

describe('rows that are quarantined while the rest goes on', () => {
  test('malformed lines in the middle keep line number and reason', async () => {
    const { summary, titles: found } = await run(
      write('bad.csv', `${header}1,a,1,\n2,b\n3,c,3,,,\n4,"d"x,4,\n5,"e,5,\n6,f,6,\n7,g,dear,\n8,h,8,\n`),
    )
    expect(found).toEqual(['a', 'f', 'h'])
    expect(summary).toMatchObject({
      rowsRead: 8,
      eventsMade: 3,
      quarantined: { column_count: 2, text_after_quote: 1, unclosed_quote: 1, 'bad-price': 1 },
    })
    expect(summary.samples.map((row) => [row.line, row.reason])).toEqual([
      [3, 'column_count'],
      [4, 'column_count'],
      [5, 'text_after_quote'],
      [6, 'unclosed_quote'],
      [8, 'bad-price'],
    ])
    expect(summary.samples.at(-1)).toMatchObject({
      text: { en: 'the price is no number' },
      values: { sku: '7', name: 'g' },
    })
  })
  test('NUL bytes, a 5 MB field and bytes that are not UTF-8', async () => {
    const content = Buffer.concat([
      Buffer.from(`${header}1,a\0b,1,\n2,"${'x'.repeat(5 * 1024 * 1024)}",2,\n3,caf`),
      Buffer.from([0xe9]),
      Buffer.from(',3,\n4,ok,4,\n'),
    ])
    const { summary, titles: found } = await run(write('odd.csv', content))
    expect(found).toEqual(['ok'])
    expect(summary.quarantined).toEqual({ nul_byte: 1, field_too_long: 1, bad_encoding: 1 })
    expect(JSON.stringify(summary.samples).length).toBeLessThan(5000)
  })
  test('NDJSON: 50 levels, no JSON, no object, NUL, a 5 MB field', async () => {
    const lines = [
      '{"sku":"1","name":"ok","price":1}',
      `{"sku":"2","name":${'['.repeat(50)}${']'.repeat(50)},"price":1}`,
      '{"sku":',
      '[1]',
      '{"sku":"5","name":"a\\u0000b","price":1}',
      `{"sku":"6","name":"${'x'.repeat(5 * 1024 * 1024)}","price":1}`,
      '{"sku":"7","name":"ok too","price":1}',
    ]
    const { summary, titles: found } = await run(write('odd.ndjson', lines.join('\n')))
    expect(found).toEqual(['ok', 'ok too'])
    expect(summary.quarantined).toEqual({ too_deep: 1, not_json: 1, not_an_object: 1, nul_byte: 1, field_too_long: 1 })
  })
  test('Parquet: NUL and a 5 MB field', async () => {
    const wide = { sku: '6', name: 'x'.repeat(5 * 1024 * 1024), price: 1 }
    const lines = [...rows, { sku: '5', name: 'a\0b', price: 1 }, wide].map((row) => JSON.stringify(row)).join('\n')
    const { summary } = await run(await parquet(lines))
    expect(summary).toMatchObject({ rowsRead: 5, eventsMade: 3, quarantined: { nul_byte: 1, field_too_long: 1 } })
    expect(summary.samples.map((row) => row.line)).toEqual([4, 5])
  })
  test('events as they are: 50 levels are quarantined', async () => {
    const { summary } = await run(write('deep.ndjson', `{"data":${'['.repeat(50)}${']'.repeat(50)}}\n`), {
      recipe: asIs,
    })
    expect(summary.quarantined).toEqual({ too_deep: 1 })
  })
  test('a Latin-1 file is not taken for GB18030', async () => {
    const { summary } = await run(write('latin.csv', Buffer.from(`${header}1,café crème,1,\n2,plain,2,\n`, 'latin1')))
    expect(summary).toMatchObject({ eventsMade: 1, quarantined: { bad_encoding: 1 } })
  })
  test('traditional Chinese in GB18030 is found out, the same text in Big5 is not taken for it', async () => {
    const gb = Buffer.from('d3d0d0a7b8c4c9c6f377d97ca3ac87f8eb48d54ad743', 'hex')
    const file = Buffer.concat([Buffer.from(`${header}1,`), gb, Buffer.from(',2,\n')])
    expect((await run(write('traditional.csv', file))).titles).toEqual(['有效改善體質，國際認證'])
    const big5 = Buffer.from('a6b3aec4a7efb5bdc5e9bde8a141b0eabbdabb7bc3d2', 'hex')
    const { summary } = await run(
      write('big5.csv', Buffer.concat([Buffer.from(`${header}1,`), big5, Buffer.from(',1,\n2,plain,2,\n')])),
    )
    expect(summary).toMatchObject({ eventsMade: 1, quarantined: { bad_encoding: 1 } })
  })
  test('a mapping that yields NaN is quarantined: JSON has no such number', async () => {
    expect((await run(write('nan.csv', `${header}1,a,NaN,\n2,b,2,\n`))).summary).toMatchObject({
      eventsMade: 1,
      quarantined: { not_a_number: 1 },
    })
  })
  test('an event without an id is quarantined', async () => {
    expect((await run(write('noid.csv', `${header},a,1,\n`))).summary.quarantined).toEqual({ no_id: 1 })
  })
})

describe('a large file', () => {
  test('300,000 rows arrive in file order in batches of at most 2,048, waiting for the sink', async () => {
    const path = write(
      'big.csv.gz',
      gzipSync(header + Array.from({ length: 300_000 }, (_, i) => `${i},name ${i},1,\n`).join(''), { level: 1 }),
    )
    let next = 0
    let open = 0
    const phases = new Set<string>()
    const summary = await importFile(goods, path, {
      sink: async (batch) => {
        expect(++open).toBe(1)
        expect(batch.rows).toBeLessThanOrEqual(2048)
        for (const event of batch.events)
          if (event.id !== String(next++)) throw new Error(`row ${next - 1} is out of order: ${event.id}`)
        await Promise.resolve()
        open--
        return { accepted: batch.events.length, duplicates: 0, conflicts: 0, refused: 0 }
      },
      onProgress: ({ phase, done, total }) => {
        phases.add(phase)
        expect(done).toBeLessThanOrEqual(total)
      },
    })
    expect(summary).toMatchObject({ rowsRead: 300_000, eventsMade: 300_000, accepted: 300_000 })
    expect([...phases]).toEqual(['checking', 'importing'])
  })
  test('a folder is refused by a recipe for files', async () => {
    mkdirSync(join(folder, 'sub'))
    expect(await refusal(join(folder, 'sub'))).toMatchObject({ refusal: 'is_a_folder' })
  })
})
