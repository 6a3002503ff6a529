import { spawnSync } from 'node:child_process'
import { setPriority } from 'node:os'

const lowest = 19

/**
 * Lets decisions go first: this process takes the processor time that they leave. A low priority alone is not enough on Linux:
 * who wakes up may still wait until the slice of whoever runs is over, some milliseconds, so the idle class is asked for as well
 * (sched(7)), also for the threads that Node has made already; later ones inherit it. Where there is no `chrt` the low priority stays.
 */
export function giveWay(): void {
  setPriority(lowest)
  if (process.platform === 'linux')
    spawnSync('chrt', ['--all-tasks', '--idle', '--pid', '0', String(process.pid)], { stdio: 'ignore' })
}
