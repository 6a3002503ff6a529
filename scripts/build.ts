// `npm run build`: builds the console into dist/console; with --docs it also writes the generated reference pages.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { referencePages } from '../src/edge/reference-pages.ts'
import { buildConsole } from '../src/edge/serve.ts'

const root = fileURLToPath(new URL('..', import.meta.url))
buildConsole(console.log)
console.log('dist/console is up to date')
if (process.argv.includes('--docs')) {
  const folder = mkdtempSync(join(tmpdir(), 'aedile-docs-'))
  for (const [name, text] of await referencePages(folder)) {
    writeFileSync(join(root, 'docs', 'reference', name), text)
    console.log(`docs/reference/${name}`)
  }
  rmSync(folder, { recursive: true, force: true })
}
