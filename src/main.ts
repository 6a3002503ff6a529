// The program: `start` runs the server, everything else is a command. Commands are loaded when they are asked for.
import { commands } from './edge/cli/commands.ts'

const [name = 'help', ...rest] = process.argv.slice(2)
process.exitCode = await commands(name, rest)
