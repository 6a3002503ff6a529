import { writeSync } from 'node:fs'
import { lockFolder } from '../../src/edge/files.ts'

/* Locks the folder given and keeps it until it is killed. */
lockFolder(process.argv[2] ?? '')
writeSync(1, 'locked\n')
setInterval(() => undefined, 60_000)
