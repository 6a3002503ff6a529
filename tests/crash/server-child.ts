import { serve } from '../../src/edge/serve.ts'

/* The real server on a free port, without sample and console. Arguments: data folder, packs folder. */
const [folder = '', packs = ''] = process.argv.slice(2)
try {
  process.exitCode = await serve({ folder, packs, port: 0, empty: true, console: false })
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : error}\n`)
  process.exitCode = 1
}
