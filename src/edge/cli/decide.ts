import { type FileHandle, open } from 'node:fs/promises'
import { createInterface } from 'node:readline'
import { createOfflineDecider, describePackProblem, loadOffline, type Offered } from '../offline.ts'
import type { CommandIo } from './command.ts'

export interface DecideOptions {
  readonly events: string
  readonly packs?: string | undefined
  readonly json?: boolean | undefined
}

/** Decides the events of a file in input order, without a server and without keeping anything. One line an event. */
export async function runDecide(options: DecideOptions, io: CommandIo): Promise<number> {
  const { built, problems } = await loadOffline({ only: options.packs?.split(',').map((name) => name.trim()) })
  for (const [pack, found] of problems)
    io.error(`pack ${pack} is not valid and was left out:\n${found.map(describePackProblem).join('\n')}`)
  if (problems.size > 0 && built.programs.packs.length === 0) return 1
  const decider = createOfflineDecider(built)
  let refused = 0
  let line = 0
  const input = await openEvents(options.events, io)
  if (input === null) return 1
  for await (const text of createInterface({
    input: input.createReadStream({ encoding: 'utf8' }),
    crlfDelay: Number.POSITIVE_INFINITY,
  })) {
    line++
    const trimmed = text.replace(/^\uFEFF/, '').trim()
    if (trimmed === '') continue
    const answer = decideText(trimmed, line, decider)
    if ('problem' in answer) {
      refused++
      io.error(`line ${line}: ${answer.problem.detail.en}${answer.problem.fix ? ` Fix: ${answer.problem.fix.en}` : ''}`)
    }
    io.write(options.json ? JSON.stringify(outputOf(answer, trimmed)) : readable(answer, line))
  }
  return refused > 0 ? 2 : 0
}

/** The file of events, or null after saying on the error stream why it cannot be read. */
async function openEvents(path: string, io: CommandIo): Promise<FileHandle | null> {
  const refuse = (reason: string): null => {
    io.error(`--events = ${JSON.stringify(path)}: ${reason}; give a file that can be read`)
    return null
  }
  try {
    const input = await open(path)
    if (!(await input.stat()).isDirectory()) return input
    await input.close()
    return refuse('is a folder')
  } catch (error) {
    return refuse(error instanceof Error ? error.message : String(error))
  }
}

function decideText(text: string, line: number, decider: ReturnType<typeof createOfflineDecider>): Offered {
  let raw: unknown
  try {
    raw = JSON.parse(text)
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    return {
      problem: {
        code: 'malformed_json',
        detail: { en: `line ${line} is not JSON: ${reason}`, zh: `第 ${line} 行不是 JSON：${reason}` },
        fix: { en: 'one JSON object a line', zh: '每行一个 JSON 对象' },
      },
    }
  }
  return decider.decide(raw)
}

function outputOf(answer: Offered, text: string): unknown {
  if ('problem' in answer) return { event: idOf(text), error: answer.problem }
  const { decision } = answer
  return {
    event: decision.event.id,
    source: decision.event.source,
    verdict: decision.verdict,
    markets: decision.markets,
    findings: decision.findings.map(({ strategy, policy, severity, verdict, mode, markets, evidence }) => ({
      strategy,
      policy,
      severity,
      verdict,
      mode,
      markets,
      evidence,
    })),
    unknown: decision.unknown,
  }
}

function idOf(text: string): string | null {
  try {
    const raw = JSON.parse(text) as { id?: unknown }
    return typeof raw?.id === 'string' ? raw.id : null
  } catch {
    return null
  }
}

function readable(answer: Offered, line: number): string {
  if ('problem' in answer) return `line ${line}  refused  ${answer.problem.detail.en}`
  const { decision } = answer
  const found = decision.findings.map(
    (finding) =>
      `${finding.strategy} [${finding.severity}] ${finding.evidence.map((item) => (item.text === undefined ? `${item.field}=${JSON.stringify(item.value)}` : `“${item.text}”`)).join(' ')}`,
  )
  const markets = Object.entries(decision.markets)
    .map(([market, verdict]) => `${market}:${verdict}`)
    .join(' ')
  return `${decision.event.id}  ${decision.verdict}  ${markets}${found.map((text) => `\n    ${text}`).join('')}`
}
