import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Duck, openDuck, undone } from './duckdb.ts'

let duck: Duck
beforeAll(async () => {
  duck = await openDuck()
  await duck.run('CREATE TABLE papers (text VARCHAR)')
})
afterAll(() => duck.close())

const papers = async () => (await duck.rows('SELECT text FROM papers')).map((row) => row['text'])

test('what is undone leaves nothing and gives its answer', async () => {
  const seen = await undone(duck, async () => {
    await duck.run("INSERT INTO papers VALUES ('short')")
    return papers()
  })
  expect([seen, await papers()]).toEqual([['short'], []])
})

test('an error inside is the error outside, also when the transaction is over by then, and the next one is carried out', async () => {
  const failing = (sql: string) =>
    undone(duck, async () => {
      await duck.run("INSERT INTO papers VALUES ('short')")
      await duck.run(sql)
      throw new Error('why it failed')
    })
  await expect(failing('SELECT missing FROM papers')).rejects.toThrow(/missing/)
  await expect(failing('ROLLBACK')).rejects.toThrow('why it failed')
  expect(await undone(duck, papers)).toEqual([])
})
