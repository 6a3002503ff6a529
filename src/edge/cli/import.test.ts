import { tmpdir } from 'node:os'
import { expect, it } from 'vitest'
import { runImportCommand } from './import.ts'

it('an option that no file can have is refused before anything is opened', async () => {
  const errors: string[] = []
  const io = { write: () => {}, error: (line: string) => errors.push(line) }
  const base = { recipe: 'youtube-spam', file: tmpdir(), json: false }
  for (const option of [{ format: 'xls' }, { encoding: 'latin' }, { delimiter: ';;' }, { file: 'nowhere.csv' }])
    expect(await runImportCommand({ ...base, ...option }, io)).toBe(1)
  expect(errors[0]).toMatch(/--format = "xls": write one of csv, tsv/)
  expect(errors[1]).toMatch(/--encoding = "latin": write one of .*gb18030/)
  expect(errors[2]).toMatch(/--delimiter = ";;"/)
  expect(errors[3]).toMatch(/nowhere\.csv/)
})
