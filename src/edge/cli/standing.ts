import { createReadStream, readdirSync, readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { parse } from 'yaml'
import {
  admitEvents,
  type Change,
  checkLadder,
  describeProblem,
  type Ladder,
  type Problem,
  parseTime,
  readEvent,
  replay,
  type StandingEvent,
} from '../../enforcement/standing/index.ts'
import type { CommandIo } from './command.ts'

const LADDERS = fileURLToPath(new URL('../../../packs/ladders/', import.meta.url))

/** Where the command writes, line by line without line ends; `readLines` replaces the reading of a file. */
export interface StandingIo extends CommandIo {
  /** The lines of the file of events; throws when it cannot be read. */
  readLines?(file: string): Iterable<string> | AsyncIterable<string>
}

export interface StandingArguments {
  readonly ladder: string
  /** The file of events, one JSON object a line. */
  readonly events: string
  /** ISO 8601; without it the replay ends with the last event. */
  readonly until?: string | undefined
  readonly json?: boolean | undefined
}

interface Line {
  readonly number: number
  readonly event: StandingEvent
}

/**
 * `standing replay`: prints one line for every change of every subject's standing.
 * Returns 0 when every line was accepted, 2 when lines were refused (each with its reason on the error stream) and the rest
 * was replayed, 1 when the ladder, the file or `until` cannot be used.
 */
async function run(args: StandingArguments, io: StandingIo): Promise<number> {
  const until = args.until === undefined ? undefined : parseTime(args.until)
  if (until === null) {
    io.error(`--until = ${JSON.stringify(args.until)}: write ISO 8601 with an offset, such as 2026-01-31T08:00:00Z`)
    return 1
  }
  const ladder = loadLadder(args.ladder, io)
  if (ladder === null) return 1
  const read = await readHistory({ ladder, file: args.events }, io)
  if (read === null) return 1
  const { admitted, refused } = admitEvents(ladder, read.lines)
  const complaints = [...read.refused, ...refused.map(({ item, problem }) => ({ number: item.number, problem }))]
  for (const { number, problem } of complaints.toSorted((a, b) => a.number - b.number))
    io.error(`line ${number}: ${describeProblem(problem)}`)
  const several = ladder.ledgers.length > 1
  for (const change of replay(
    ladder,
    admitted.map((line) => line.event),
    until,
  )) {
    io.write(args.json ? JSON.stringify(toLine(change, { several, ...read })) : toText(change, read))
  }
  return complaints.length > 0 ? 2 : 0
}

/** The command as the command line's dispatcher finds it. */
export const standingCommand = {
  name: 'standing',
  verb: 'replay',
  summary: {
    zh: '按阶梯规则重放违规与加分事件，逐行输出分数、跨过的节点和生效处罚',
    en: 'Replay violations and credits through a ladder: score, crossed thresholds and sanctions, line by line',
  },
  usage: 'standing replay --ladder ID --events FILE.ndjson [--until TIME] --json',
  run,
} as const

/**
 * Reads a shipped ladder. Ids: see `ladderIds`.
 * Returns null after saying on the error stream what is wrong with it.
 */
export function loadLadder(id: string, io: Pick<StandingIo, 'error'>): Ladder | null {
  if (!ladderIds().includes(id)) {
    io.error(`--ladder = ${JSON.stringify(id)}: use one of: ${ladderIds().join(', ')}`)
    return null
  }
  let input: unknown
  try {
    input = parse(readFileSync(`${LADDERS}${id}.yaml`, 'utf8'), { merge: true })
  } catch (error) {
    io.error(`packs/ladders/${id}.yaml is not readable YAML: ${error instanceof Error ? error.message : String(error)}`)
    return null
  }
  const { ladder, problems } = checkLadder(input)
  for (const problem of problems) io.error(`packs/ladders/${id}.yaml: ${describeProblem(problem)}`)
  return ladder
}

/** The ids of the ladders in packs/ladders, in alphabetical order. */
export function ladderIds(): string[] {
  return readdirSync(LADDERS)
    .filter((name) => name.endsWith('.yaml'))
    .map((name) => name.slice(0, -'.yaml'.length))
    .sort()
}

interface Complaint {
  readonly number: number
  readonly problem: Problem
}

interface History {
  readonly lines: Line[]
  readonly refused: Complaint[]
  /** Times are written the way the file writes them: with milliseconds when it does. */
  readonly milliseconds: boolean
}

async function readHistory(from: { ladder: Ladder; file: string }, io: StandingIo): Promise<History | null> {
  const lines: Line[] = []
  const refused: Complaint[] = []
  let milliseconds = false
  let number = 0
  try {
    for await (const text of (io.readLines ?? linesOf)(from.file)) {
      number += 1
      const line = text.replace('\uFEFF', '').trim()
      if (line === '') continue
      const { event, problems } = readLine(from.ladder, line)
      for (const problem of problems) refused.push({ number, problem })
      if (event === null) continue
      milliseconds ||= /"time"\s*:\s*"[^"]*\./.test(line)
      lines.push({ number, event })
    }
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    io.error(`--events = ${JSON.stringify(from.file)}: ${reason}; give a file that can be read`)
    return null
  }
  return { lines, refused, milliseconds }
}

function linesOf(file: string): AsyncIterable<string> {
  return createInterface({ input: createReadStream(file, 'utf8'), crlfDelay: Number.POSITIVE_INFINITY })
}

function readLine(ladder: Ladder, line: string): ReturnType<typeof readEvent> {
  const input = parseJson(line)
  if (input !== undefined) return readEvent(ladder, input)
  const fix = 'this is not JSON; write one JSON object per line'
  return { event: null, problems: [{ field: '(line)', value: line.slice(0, 80), fix }] }
}

function parseJson(line: string): unknown {
  try {
    const value: unknown = JSON.parse(line)
    return value
  } catch {
    return undefined
  }
}

function formatTime(time: number, milliseconds: boolean): string {
  const iso = new Date(time).toISOString()
  return milliseconds || time % 1000 !== 0 ? iso : iso.replace('.000Z', 'Z')
}

function toLine(change: Change, how: { several: boolean; milliseconds: boolean }) {
  const at = (time: number) => formatTime(time, how.milliseconds)
  return {
    time: at(change.time),
    subject: change.subject,
    cause: change.cause,
    // A ladder with several ledgers says which one the score belongs to.
    ...(how.several ? { ledger: change.ledger } : {}),
    score: change.score,
    crossed: change.crossed,
    sanctions: change.sanctions.map(({ kind, from, until }) => ({
      kind,
      from: at(from),
      until: until === null ? null : at(until),
    })),
  }
}

function toText(change: Change, how: { milliseconds: boolean }): string {
  const at = (time: number) => formatTime(time, how.milliseconds)
  const crossed = change.crossed.length === 0 ? '' : ` crossed ${change.crossed.join(', ')}`
  const sanctions = change.sanctions.map(({ kind, until }) => `${kind}${until === null ? '' : ` until ${at(until)}`}`)
  const force = sanctions.length === 0 ? '' : ` [${sanctions.join('; ')}]`
  return `${at(change.time)} ${change.subject} ${change.cause} ${change.ledger} ${change.score}${crossed}${force}`
}
