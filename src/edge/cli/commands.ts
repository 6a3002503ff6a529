import { parseArgs } from 'node:util'
import type { Text } from '../../kernel/values.ts'
import type { CommandIo } from './command.ts'

interface Option {
  readonly value: 'text' | 'flag'
  readonly required?: boolean
  readonly help: string
}

interface Command {
  readonly usage: string
  readonly summary: Text
  readonly options: Readonly<Record<string, Option>>
  run(input: {
    options: Readonly<Record<string, string | boolean | undefined>>
    words: readonly string[]
    io: CommandIo
  }): Promise<number>
}

const text = (help: string, required = false): Option => ({ value: 'text', required, help })
const flag = (help: string): Option => ({ value: 'flag', help })
const str = (value: string | boolean | undefined): string | undefined => (typeof value === 'string' ? value : undefined)

const table: Readonly<Record<string, Command>> = {
  start: {
    usage: 'start [--empty]',
    summary: { zh: '启动服务与控制台', en: 'start server and console' },
    options: { empty: flag('without the generated sample marketplace') },
    run: async ({ options }) => (await import('../serve.ts')).serve({ empty: options['empty'] === true }),
  },
  import: {
    usage:
      'import <recipe> <file> [--json] [--delimiter C] [--encoding utf-8|gb18030] [--format csv|tsv|ndjson|parquet]',
    summary: { zh: '按导入配方导入文件', en: 'import a file by a recipe' },
    options: {
      json: flag('one JSON object'),
      delimiter: text('column delimiter'),
      encoding: text('utf-8 or gb18030'),
      format: text('csv, tsv, ndjson or parquet'),
    },
    run: async ({ options, words, io }) =>
      (await import('./import.ts')).runImportCommand(
        {
          recipe: words[0],
          file: words[1],
          json: options['json'] === true,
          delimiter: str(options['delimiter'])?.replace('\\t', '\t'),
          encoding: str(options['encoding']),
          format: str(options['format']),
        },
        io,
      ),
  },
  decide: {
    usage: 'decide --events FILE.ndjson [--packs a,b] [--json]',
    summary: { zh: '离线判定事件，不保存任何东西', en: 'decide events without a server and without keeping anything' },
    options: {
      events: text('NDJSON, one event a line', true),
      packs: text('only these packs, comma separated'),
      json: flag('one JSON line an event'),
    },
    run: async ({ options, io }) =>
      (await import('./decide.ts')).runDecide(
        { events: str(options['events']) ?? '', packs: str(options['packs']), json: options['json'] === true },
        io,
      ),
  },
  expr: {
    usage: 'expr --expression SQL --rows FILE.ndjson [--engine compiled|interpreted|duckdb] [--json]',
    summary: { zh: '在数据行上计算一个条件', en: 'evaluate a condition on rows' },
    options: {
      expression: text('SQL expression', true),
      rows: text('NDJSON rows', true),
      engine: text('compiled, interpreted or duckdb'),
      json: flag('JSON results'),
    },
    run: async ({ options, io }) =>
      (await import('./expr.ts')).exprCommand.run(
        {
          expression: str(options['expression']) ?? '',
          rows: str(options['rows']) ?? '',
          engine: (str(options['engine']) ?? 'compiled') as 'compiled',
          json: options['json'] === true,
        },
        io,
      ),
  },
  feature: {
    usage: 'feature --definition SQL --events FILE.ndjson [--engine stream|duckdb] [--json]',
    summary: { zh: '在事件上计算一个窗口特征', en: 'compute a window feature over events' },
    options: {
      definition: text('SQL window', true),
      events: text('NDJSON events', true),
      engine: text('stream or duckdb'),
      json: flag('JSON results'),
    },
    run: async ({ options, io }) =>
      (await import('./feature.ts')).featureCommand.run(
        {
          definition: str(options['definition']) ?? '',
          events: str(options['events']) ?? '',
          engine: str(options['engine']) ?? 'stream',
          json: options['json'] === true,
        },
        io,
      ),
  },
  pack: {
    usage: 'pack test [pack…] | pack list | pack export PACK [--to FOLDER]',
    summary: {
      zh: '运行规则包的案例；导出控制台发布的版本',
      en: 'run the cases of packs; write what the console published as files',
    },
    options: { to: text('folder of the pack; without it the files are printed') },
    run: async ({ options, words, io }) => {
      const pack = await import('./pack.ts')
      const [verb, ...names] = words
      if (verb === 'test') return pack.runPackTest(names, io)
      if (verb === 'list') return pack.listPacks(io)
      if (verb === 'export') return pack.exportPack({ pack: names[0], to: str(options['to']) }, io)
      io.error(`unknown: pack ${verb ?? ''}; use "pack test [pack…]", "pack list" or "pack export PACK"`)
      return 1
    },
  },
  statements: {
    usage:
      'statements export --from DAY --to DAY [--out FILE] | statements report --from DAY --to DAY --out DIR [--service NAME]',
    summary: { zh: '导出理由说明；生成透明度报告', en: 'export statements of reasons; write the transparency report' },
    options: {
      from: text('ISO day or time, inclusive', true),
      to: text('ISO day or time, exclusive', true),
      out: text('file (export) or folder (report)'),
      service: text('name of the service'),
    },
    run: async ({ options, words, io }) => {
      const { dataFolder } = await import('../serve.ts')
      const { runStatementsExport, runStatementsReport } = await import('./statements.ts')
      const out = str(options['out'])
      const period = { folder: dataFolder(), from: str(options['from']) ?? '', to: str(options['to']) ?? '' }
      if (words[0] === 'export') return runStatementsExport({ ...period, out }, io)
      if (words[0] === 'report' && out !== undefined)
        return runStatementsReport({ ...period, out, service: str(options['service']) }, io)
      io.error(
        words[0] === 'report'
          ? '--out is missing (a folder)'
          : `unknown: statements ${words[0] ?? ''}; use "statements export" or "statements report"`,
      )
      return 1
    },
  },
  audit: {
    usage: 'audit verify [--head SEQ:HASH]',
    summary: { zh: '校验审计链', en: 'verify the audit chain' },
    options: { head: text('a head that an earlier run printed') },
    run: async ({ options, words, io }) => {
      if (words[0] !== 'verify') {
        io.error(`unknown: audit ${words[0] ?? ''}; use "audit verify"`)
        return 1
      }
      const { dataFolder } = await import('../serve.ts')
      return (await import('./audit.ts')).runAuditVerify({ folder: dataFolder(), head: str(options['head']) }, io)
    },
  },
  forget: {
    usage: 'forget --subject account:ID --reason WHY [--email ADDRESS] [--dry-run]',
    summary: { zh: '从所有存储中删除一个主体的个人信息', en: 'take the personal data of one party out of every store' },
    options: {
      subject: text('account:ID, seller:ID, creator:ID or advertiser:ID', true),
      reason: text('on what ground, at least 10 characters'),
      email: text('addresses under which the person gave notice, separated by commas; those in their events are found'),
      'dry-run': flag('only count'),
    },
    run: async ({ options, io }) =>
      (await import('./erasure.ts')).runForget(
        {
          subject: str(options['subject']) ?? '',
          reason: str(options['reason']),
          email: str(options['email']),
          dryRun: options['dry-run'] === true,
        },
        io,
      ),
  },
  retention: {
    usage: 'retention plan|run',
    summary: {
      zh: '按类别的保存期限检查或删除数据',
      en: 'show or erase what is kept longer than packs/retention.yaml says',
    },
    options: {},
    run: async ({ words, io }) => (await import('./erasure.ts')).runRetentionCommand({ words }, io),
  },
  replay: {
    usage: 'replay [--from TIME] [--to TIME] [--json]',
    summary: { zh: '用当时存下的内容重新判定并比对', en: 'decide stored decisions again and compare' },
    options: {
      from: text('first logged_at, ISO time'),
      to: text('last logged_at, ISO time'),
      json: flag('JSON report'),
    },
    run: async ({ options, io }) =>
      (await import('./replay.ts')).runReplay(
        { from: str(options['from']), to: str(options['to']), json: options['json'] === true },
        io,
      ),
  },
  backtest: {
    usage: 'backtest --when SQL --on TYPES [--features FILE.yaml] [--days N] [--engine sql|sweep|stream] [--json]',
    summary: { zh: '用历史回测一个条件', en: 'what a condition would have done over history' },
    options: {
      when: text('SQL condition', true),
      on: text('event types, comma separated', true),
      features: text('YAML list of windows that are in no pack yet'),
      days: text('days back from the newest event'),
      engine: text('sql, sweep or stream; by default whichever answers with certainty and is faster'),
      json: flag('JSON report'),
    },
    run: async ({ options, io }) =>
      (await import('./backtest.ts')).runBacktest(
        {
          when: str(options['when']) ?? '',
          on: str(options['on']) ?? '',
          features: str(options['features']),
          days: str(options['days']),
          engine: str(options['engine']),
          json: options['json'] === true,
        },
        io,
      ),
  },
  mine: {
    usage:
      'mine --type EVENT_TYPE [--label LABEL] [--from TIME] [--to TIME] [--min-precision 0.9] [--include-known] [--json]',
    summary: { zh: '从标注历史中挖掘条件', en: 'conditions that labelled history suggests' },
    options: {
      type: text('event type', true),
      label: text('violation (default), ok, or the policy or kind of a violation'),
      from: text('labelled events from this ISO day or time on'),
      to: text('labelled events before this ISO day or time'),
      'include-known': flag('also look for what running strategies find already'),
      'min-precision': text('least precision on the newer labels, by default 0.9'),
      json: flag('JSON report'),
    },
    run: async ({ options, io }) =>
      (await import('./mine.ts')).runMine(
        {
          type: str(options['type']) ?? '',
          label: str(options['label']) ?? 'violation',
          from: str(options['from']),
          to: str(options['to']),
          includeKnown: options['include-known'] === true,
          minPrecision: str(options['min-precision']),
          json: options['json'] === true,
        },
        io,
      ),
  },
  recall: {
    usage: 'recall PACK/STRATEGY@VERSION [--since TIME] [--apply] [--reason TEXT] [--json]',
    summary: {
      zh: '撤销某个策略版本造成的一切（默认只预演）',
      en: 'take back what a strategy version caused (dry run first)',
    },
    options: {
      since: text('only what it did from this ISO time on'),
      apply: flag('do it; without this nothing changes'),
      reason: text('why, for the record'),
      json: flag('JSON report'),
    },
    run: async ({ options, words, io }) =>
      (await import('./recall.ts')).runRecall(
        {
          strategy: words[0] ?? '',
          since: str(options['since']),
          reason: str(options['reason']),
          apply: options['apply'] === true,
          json: options['json'] === true,
        },
        io,
      ),
  },
  batch: {
    usage:
      'batch list | batch run PACK/ID [--window FROM/TO] [--dry-run] | batch diff PACK/ID|RUN | batch approve RUN [--subjects N] [--reason TEXT] [--json]',
    summary: { zh: '批量策略：查看、运行、比对、批准', en: 'batch strategies: look, run, compare, approve' },
    options: {
      window: text('rows after FROM, up to TO (ISO days or times)'),
      'dry-run': flag('show what it finds and write nothing'),
      subjects: text('approve only when it decides this many subjects'),
      reason: text('why, for the record'),
      json: flag('JSON'),
    },
    run: async ({ options, words, io }) =>
      (await import('./batch.ts')).runBatchCommand(
        words,
        {
          window: str(options['window']),
          dryRun: options['dry-run'] === true,
          subjects: str(options['subjects']),
          reason: str(options['reason']),
          json: options['json'] === true,
        },
        io,
      ),
  },
  facts: {
    usage: 'facts rebuild',
    summary: { zh: '由日志与台账重建事实库', en: 'make the facts anew from journal and ledger' },
    options: {},
    run: async ({ words, io }) => {
      if (words[0] === 'rebuild')
        return (await import('./facts.ts')).runFactsRebuild((await import('../serve.ts')).dataFolder(), io)
      io.error(`unknown: facts ${words[0] ?? ''}; use "facts rebuild"`)
      return 1
    },
  },
  journal: {
    usage: 'journal repair',
    summary: {
      zh: '隔离日志中损坏的部分并说明丢失了什么',
      en: 'fence off what is damaged in the journal and say what is lost',
    },
    options: {},
    run: async ({ words, io }) => {
      if (words[0] === 'repair')
        return (await import('./journal.ts')).runJournalRepair((await import('../serve.ts')).dataFolder(), io)
      io.error(`unknown: journal ${words[0] ?? ''}; use "journal repair"`)
      return 1
    },
  },
  review: {
    usage: 'review simulate [--seed N] [--seeds N] [--reviewers N] [--days N] [--handling SECONDS] [--sample] [--json]',
    summary: {
      zh: '回放案件到达，比较按优先级、先到先得与按严重程度三种次序',
      en: 'replay arrivals and compare priority with first-in-first-out and severity',
    },
    options: {
      seed: text('first seed, 1 by default'),
      seeds: text('how many seeds, 5 by default'),
      reviewers: text('people on the floor, 4 by default'),
      days: text('only the last N days of arrivals, 28 by default'),
      handling: text('median handling time in seconds, 240 by default'),
      sample: flag('the generated sample, also when there are stored cases'),
      json: flag('JSON report'),
    },
    run: async ({ options, words, io }) => {
      if (words[0] !== 'simulate') {
        io.error(`unknown: review ${words[0] ?? ''}; use "review simulate"`)
        return 1
      }
      const named = (name: string) => str(options[name])
      return (await import('./review.ts')).runSimulate(
        {
          seed: named('seed'),
          seeds: named('seeds'),
          reviewers: named('reviewers'),
          days: named('days'),
          handling: named('handling'),
          sample: options['sample'] === true,
          json: options['json'] === true,
        },
        io,
      )
    },
  },
  standing: {
    usage: 'standing replay --ladder ID --events FILE.ndjson [--until TIME] [--json]',
    summary: { zh: '按平台的扣分阶梯重放违规', en: 'replay violations through a ladder of points' },
    options: {
      ladder: text('id of a ladder', true),
      events: text('NDJSON events', true),
      until: text('ISO time'),
      json: flag('JSON lines'),
    },
    run: async ({ options, words, io }) => {
      if (words[0] !== 'replay') {
        io.error(`unknown: standing ${words[0] ?? ''}; use "standing replay"`)
        return 1
      }
      const until = str(options['until'])
      return (await import('./standing.ts')).standingCommand.run(
        {
          ladder: str(options['ladder']) ?? '',
          events: str(options['events']) ?? '',
          ...(until === undefined ? {} : { until }),
          json: options['json'] === true,
        },
        io,
      )
    },
  },
}

/** Runs one command; returns its exit code. */
export async function commands(name: string, rest: readonly string[]): Promise<number> {
  const io: CommandIo = {
    write: (line) => void process.stdout.write(`${line}\n`),
    error: (line) => void process.stderr.write(`${line}\n`),
  }
  outliveReaders(name)
  const asked = isHelp(name) ? (rest[0] ?? '') : name
  const command = Object.hasOwn(table, asked) ? table[asked] : undefined
  if (!command) {
    if (asked !== '') io.error(`unknown command ${JSON.stringify(asked)}`)
    help(asked === '' ? io.write : io.error)
    return asked === '' ? 0 : 1
  }
  if (isHelp(name) || rest.some((word) => word === '--help' || word === '-h')) {
    explain(command, io.write)
    return 0
  }
  const parsed = parse(command, rest, io)
  if (!parsed) return 1
  try {
    return await command.run({ ...parsed, io })
  } catch (error) {
    io.error(error instanceof Error ? error.message : String(error))
    return 1
  }
}

const isHelp = (name: string): boolean => ['help', '--help', '-h', ''].includes(name)

/** A reader may go away, as `head` does: a command then ends quietly, and a server goes on without its log. */
function outliveReaders(name: string): void {
  const ignored = (error: NodeJS.ErrnoException): void => {
    if (error.code !== 'EPIPE') throw error
  }
  process.stderr.on('error', ignored)
  process.stdout.on('error', (error) => {
    ignored(error)
    if (name !== 'start') process.exit(process.exitCode ?? 0)
  })
}

function parse(command: Command, rest: readonly string[], io: CommandIo) {
  try {
    const options = Object.fromEntries(
      Object.entries(command.options).map(([name, option]) => [
        name,
        { type: option.value === 'text' ? ('string' as const) : ('boolean' as const) },
      ]),
    )
    const { values, positionals } = parseArgs({ args: [...rest], options, allowPositionals: true, strict: true })
    const missing = Object.entries(command.options).find(
      ([name, option]) => option.required && values[name] === undefined,
    )
    if (missing) throw new Error(`--${missing[0]} is missing (${missing[1].help})`)
    return { options: values as Record<string, string | boolean | undefined>, words: positionals }
  } catch (error) {
    // Node adds how to write words that begin with a dash; no command has such words.
    const [reason] = (error instanceof Error ? error.message : String(error)).split('. To specify')
    io.error(`${reason}\nusage: npm run aedile -- ${command.usage}`)
    return null
  }
}

function explain(command: Command, write: (line: string) => void): void {
  write(`npm run aedile -- ${command.usage}\n    ${command.summary.en} · ${command.summary.zh}`)
  for (const [name, option] of Object.entries(command.options))
    write(`  --${name.padEnd(12)} ${option.help}${option.required ? ' (required)' : ''}`)
}

function help(write: (line: string) => void): void {
  write('npm run aedile -- <command>\n')
  for (const command of Object.values(table))
    write(`  ${command.usage}\n      ${command.summary.en} · ${command.summary.zh}`)
}
