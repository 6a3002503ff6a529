import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { referencePages } from '../src/edge/reference-pages.ts'

test('the reference pages say what the code does', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'aedile-docs-'))
  try {
    for (const [name, text] of await referencePages(folder)) {
      expect(
        readFileSync(join(import.meta.dirname, '../docs/reference', name), 'utf8'),
        `docs/reference/${name}: run "npm run build -- --docs"`,
      ).toBe(text)
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})
