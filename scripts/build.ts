// `npm run build`: builds the console into dist/console.
import { buildConsole } from '../src/edge/serve.ts'

buildConsole(console.log)
console.log('dist/console is up to date')
