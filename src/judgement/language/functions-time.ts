import { reason } from './errors.ts'
import type { Bound, Interval, Overload, Parameter } from './model.ts'
import {
  addInterval,
  dateDiff,
  datePart,
  dateTrunc,
  diffUnits,
  negateInterval,
  type PartUnit,
  partUnits,
  readPart,
  readUnit,
} from './time.ts'

const timestamp: Parameter = { type: 'TIMESTAMP' }
const unit: Parameter = { type: 'VARCHAR', constant: true }
const interval: Parameter = { type: 'INTERVAL', constant: true }

type Entry = Pick<Overload, 'name' | 'parameters' | 'call' | 'doc' | 'example' | 'sql'> & Partial<Overload>

function time(entry: Entry): Overload {
  return { group: 'time', cost: 2, result: 'TIMESTAMP', ...entry }
}

function unknownUnit(name: string, units: readonly string[]): Error {
  return reason({
    en: `"${name}" is not a unit; use one of ${units.join(', ')}`,
    zh: `"${name}" 不是单位;可用 ${units.join('、')}`,
  })
}

function bindAdd(span: Interval | undefined, sign: 1 | -1): Bound | undefined {
  if (span === undefined) return undefined
  const added = sign === 1 ? span : negateInterval(span)
  if (added.months === 0) {
    const micros = added.days * 86_400_000_000 + added.micros
    return { call: (value: number) => value + micros, emit: ([value]) => `(${value}+ ${micros})` }
  }
  return { call: (value: number) => addInterval(value, added) }
}

function partFunction(name: string, part: PartUnit, zh: string, aliases: readonly string[] = []): Overload {
  return time({
    name,
    aliases,
    parameters: [timestamp],
    result: part === 'epoch' ? 'DOUBLE' : 'BIGINT',
    call: (value: number) => datePart(part, value),
    sql: ([value]) => `${name}(${value})`,
    doc: {
      en: part === 'epoch' ? 'Seconds since 1970 with fraction.' : `The ${name} of the timestamp (UTC).`,
      zh,
    },
    example: `${name}(logged_at)`,
  })
}

function bindPart(name: unknown): Bound | undefined {
  if (typeof name !== 'string') return undefined
  const part = readPart(name)
  if (part === undefined || part === 'epoch')
    throw unknownUnit(name, part === 'epoch' ? ['the function epoch(timestamp)'] : partUnits)
  return { call: (value: number) => datePart(part, value) }
}

export const timeFunctions: readonly Overload[] = [
  time({
    name: '+',
    parameters: [timestamp, interval],
    call: () => null,
    bind: (_, [, span]) => bindAdd(span, 1),
    sql: ([a, b]) => `(${a} + ${b})`,
    syntax: 'timestamp + INTERVAL n unit',
    doc: {
      en: 'Later by a constant interval; months stop at the end of the month.',
      zh: '加一段常量时间;按月相加时停在月末。',
    },
    example: 'time + INTERVAL 1 HOUR',
  }),
  time({
    name: '+',
    parameters: [interval, timestamp],
    call: () => null,
    bind: (_, [span]) => bindAdd(span, 1),
    sql: ([a, b]) => `(${a} + ${b})`,
    syntax: 'INTERVAL n unit + timestamp',
    doc: { en: 'The same, the other way round.', zh: '同上,次序相反。' },
    example: 'INTERVAL 1 HOUR + time',
  }),
  time({
    name: '-',
    parameters: [timestamp, interval],
    call: () => null,
    bind: (_, [, span]) => bindAdd(span, -1),
    sql: ([a, b]) => `(${a} - ${b})`,
    syntax: 'timestamp - INTERVAL n unit',
    doc: { en: 'Earlier by a constant interval.', zh: '减一段常量时间。' },
    example: 'logged_at - INTERVAL 7 DAY',
  }),
  time({
    name: '-',
    parameters: [timestamp, timestamp],
    result: 'INTERVAL',
    call: (a: number, b: number) => a - b,
    emit: ([a = '', b = '']) => `(${a}- ${b})`,
    sql: ([a, b]) => `(${a} - ${b})`,
    syntax: 'timestamp - timestamp',
    doc: {
      en: 'The interval between two timestamps, for comparison or epoch().',
      zh: '两个时间之差,用于比较或 epoch()。',
    },
    example: 'logged_at - time > INTERVAL 2 DAY',
  }),
  time({
    name: 'date_diff',
    aliases: ['datediff'],
    parameters: [unit, timestamp, timestamp],
    result: 'BIGINT',
    call: () => null,
    bind: ([name]) => {
      if (typeof name !== 'string') return undefined
      const read = readUnit(name)
      if (read === undefined) throw unknownUnit(name, diffUnits)
      return { call: (from: number, to: number) => dateDiff(read, from, to) }
    },
    sql: (args) => `date_diff(${args.join(', ')})`,
    doc: {
      en: 'Boundaries of the unit crossed from the first to the second: 23:00 to 01:00 is 1 day. A week is 7 days.',
      zh: '从前到后跨过的单位边界数:23:00 到次日 01:00 是 1 天。一周为 7 天。',
    },
    example: "date_diff('day', time, logged_at)",
  }),
  time({
    name: 'date_trunc',
    aliases: ['datetrunc'],
    parameters: [unit, timestamp],
    call: () => null,
    bind: ([name]) => {
      if (typeof name !== 'string') return undefined
      const read = readUnit(name)
      if (read === undefined) throw unknownUnit(name, diffUnits)
      return { call: (value: number) => dateTrunc(read, value) }
    },
    // Behind an addition, because DuckDB 1.5.6 rewrites date_trunc(…) <> constant to a form that is true for NULL.
    sql: (args) => `(date_trunc(${args.join(', ')}) + to_days(0))`,
    doc: {
      en: 'Start of the unit that holds the timestamp; weeks start on Monday.',
      zh: '所在单位的起点;周从星期一开始。',
    },
    example: "date_trunc('day', time)",
  }),
  time({
    name: 'date_part',
    aliases: ['datepart'],
    parameters: [unit, timestamp],
    result: 'BIGINT',
    call: () => null,
    bind: ([name]) => bindPart(name),
    sql: (args) => `date_part(${args.join(', ')})`,
    syntax: "date_part('unit', timestamp), extract(unit FROM timestamp)",
    doc: { en: 'One part of the timestamp in UTC.', zh: '时间的一个组成部分(UTC)。' },
    example: 'extract(hour FROM time)',
  }),
  partFunction('year', 'year', '年(UTC)。'),
  partFunction('quarter', 'quarter', '季度(UTC)。'),
  partFunction('month', 'month', '月(UTC)。'),
  partFunction('week', 'week', 'ISO 周数(UTC)。', ['weekofyear']),
  partFunction('day', 'day', '日(UTC)。', ['dayofmonth']),
  partFunction('dayofweek', 'dow', '星期几(UTC),0 为星期日。', ['weekday']),
  partFunction('isodow', 'isodow', '星期几(UTC),1 为星期一,7 为星期日。'),
  partFunction('dayofyear', 'doy', '一年中的第几天(UTC)。'),
  partFunction('hour', 'hour', '小时(UTC)。'),
  partFunction('minute', 'minute', '分钟(UTC)。'),
  partFunction('second', 'second', '秒(UTC)。'),
  partFunction('epoch', 'epoch', '1970 年以来的秒数,带小数。'),
  time({
    name: 'epoch',
    parameters: [{ type: 'INTERVAL' }],
    result: 'DOUBLE',
    call: (micros: number) => micros / 1_000_000,
    emit: ([micros]) => `(${micros}/1000000)`,
    sql: ([value]) => `epoch(${value})`,
    doc: { en: 'Seconds of the difference of two timestamps.', zh: '两个时间之差的秒数。' },
    example: 'epoch(logged_at - time)',
  }),
]
