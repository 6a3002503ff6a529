import { forget } from '../erasure/forget.ts'
import { isEmail } from '../erasure/notifier.ts'
import { readRetention, runRetention } from '../erasure/retention.ts'
import { shippedPacks } from '../pack-files.ts'
import { dataFolder } from '../serve.ts'
import type { CommandIo } from './command.ts'

export interface ForgetOptions {
  /** `<kind of party>:<id>` */
  readonly subject: string
  readonly reason?: string | undefined
  /** Addresses of mail, separated by commas. */
  readonly email?: string | undefined
  readonly dryRun: boolean
}

const kinds = ['account', 'seller', 'creator', 'advertiser']

/** `forget`: takes the personal data of one party out of every store. The server must not run. */
export async function runForget(
  { subject, reason = '', email = '', dryRun }: ForgetOptions,
  io: CommandIo,
): Promise<number> {
  const at = subject.indexOf(':')
  const [type, id] = [subject.slice(0, at), subject.slice(at + 1)]
  if (at < 1 || id === '' || !kinds.includes(type)) {
    io.error(`--subject ${JSON.stringify(subject)} names nobody; write e.g. account:U42 (${kinds.join(', ')})`)
    return 1
  }
  if (!dryRun && reason.trim().length < 10) {
    io.error('--reason is missing: say in at least 10 characters on what ground this is erased')
    return 1
  }
  const emails = email.split(',').flatMap((part) => part.trim() || [])
  const wrong = emails.find((each) => !isEmail(each))
  if (wrong !== undefined) {
    io.error(`--email ${JSON.stringify(wrong)} is no address; write e.g. anna@example.org, several separated by commas`)
    return 1
  }
  const report = await forget(dataFolder(), { type, id }, { dryRun, reason, emails, actor: 'operator' })
  const rows = Object.entries(report.rows)
  if (report.events === 0 && rows.length === 0) io.write(`${subject}: nothing personal is stored`)
  else {
    io.write(`${subject}: ${dryRun ? 'would erase' : 'erased'} personal data`)
    io.write(`  journal  ${report.events} events, ${report.values} values; positions and decisions stay`)
    for (const [table, count] of rows) io.write(`  ${table.padEnd(8)} ${count} rows`)
    if (!dryRun) io.write('  facts and windows are made again from what is left, at the next start')
  }
  return 0
}

/** `retention plan|run`: what is kept longer than configured, and its erasure. The server must not run. */
export async function runRetentionCommand({ words }: { words: readonly string[] }, io: CommandIo): Promise<number> {
  const [verb] = words
  if (verb !== 'plan' && verb !== 'run') {
    io.error(`unknown: retention ${verb ?? ''}; use "retention plan" or "retention run"`)
    return 1
  }
  const plan = verb === 'plan'
  const rows = await runRetention(dataFolder(), readRetention(shippedPacks), { dryRun: plan })
  for (const { class: name, before, over, title } of rows)
    io.write(
      `${name.padEnd(16)} ${(before === null ? 'kept forever' : `before ${before}`).padEnd(18)} ${String(over).padStart(8)} ${plan ? 'over' : 'erased'}   ${title.en} · ${title.zh}`,
    )
  io.write('audit            kept forever, as a chain: see "audit verify"')
  return 0
}
