import { type Static, type TSchema, Type } from '@sinclair/typebox'
import { checkSchedule, parseSpan, type Schedule } from '../../kernel/schedule.ts'
import { parseTime } from '../../kernel/time.ts'
import type { Text } from '../../kernel/values.ts'
import { verdicts } from '../verdicts.ts'

const strict = { additionalProperties: false }
const span = (what: string) => Type.String({ pattern: '^\\d{1,5}[mhd]$', description: `${what}, e.g. 90m, 6h or 7d` })
const identifier = Type.String({ pattern: '^[a-z][a-z0-9_.]*$', description: 'the name of a column of the facts' })
const literals = <const T extends string>(values: readonly T[]) =>
  Type.Union(values.map((value) => Type.Literal(value)))

/** A row of the facts as a pack writes it: `at` counts from the end of the window; `{n}` numbers the repeats. */
export type BatchRow = { table?: string; at?: string; repeat?: number } & Record<string, unknown>

const rowSchema = Type.Unsafe<BatchRow>(
  Type.Object(
    {
      table: Type.Optional(identifier),
      at: Type.Optional(
        Type.String({ pattern: '^-?\\d{1,5}[mhd]$', description: 'before the end of the window: -2h' }),
      ),
      repeat: Type.Optional(Type.Integer({ minimum: 1, maximum: 200 })),
    },
    { additionalProperties: Type.Unknown() },
  ),
)

const inputSchema = Type.Object(
  {
    table: identifier,
    where: Type.Optional(Type.String({ minLength: 1, maxLength: 4000 })),
    min_rows: Type.Integer({ minimum: 1, description: 'fewest rows in the window, at least 1' }),
    max_age: span('oldest that the newest row may be at the end of the window'),
    not_null: Type.Optional(Type.Array(identifier)),
    /** SQL value of a row whose distribution must stay what it was. */
    population: Type.Optional(Type.String({ minLength: 1, maxLength: 4000 })),
  },
  strict,
)

/** `batch/*.yaml`: a query over the facts that runs on a schedule and names subjects. */
export function batchSchema(id: TSchema, text: TSchema) {
  return Type.Object(
    {
      id: Type.Unsafe<string>(id),
      version: Type.Integer({ minimum: 1 }),
      title: Type.Unsafe<Text>(text),
      note: Type.Optional(Type.Unsafe<Text>(text)),
      policy: Type.String({ minLength: 1 }),
      owner: Type.Optional(Type.String()),
      /** False switches it off; the schedule goes on being expected until it expires. */
      enabled: Type.Optional(Type.Boolean()),
      schedule: Type.Object(
        {
          cron: Type.Optional(
            Type.String({ minLength: 9, maxLength: 100, description: 'five fields, e.g. "0 0 * * *"' }),
          ),
          timezone: Type.Optional(Type.String({ minLength: 1, description: 'an IANA zone, e.g. Asia/Shanghai' })),
          after: Type.Optional(span('how long after the boundary it runs')),
        },
        strict,
      ),
      window: span('the period that a run looks at'),
      query: Type.String({ minLength: 1, maxLength: 50_000 }),
      contract: Type.Array(inputSchema, { minItems: 1 }),
      output: Type.Object(
        {
          min: Type.Optional(Type.Integer({ minimum: 0, description: 'fewest subjects that are plausible' })),
          max: Type.Integer({ minimum: 1, description: 'most subjects that are plausible' }),
          score: Type.Optional(Type.Tuple([Type.Number(), Type.Number()])),
        },
        strict,
      ),
      cap: Type.Integer({ minimum: 1, description: 'most subjects that may be acted on without approval' }),
      verdict: literals(verdicts.filter((verdict) => verdict !== 'pass' && verdict !== 'geo-block')),
      actions: Type.Optional(Type.Array(Type.String())),
      /** Columns of evidence that the party may read in its notice; the others stay with the platform. */
      tell: Type.Optional(Type.Array(Type.String({ minLength: 1 }))),
      markets: Type.Optional(Type.Array(Type.String({ minLength: 1 }), { minItems: 1 })),
      mode: literals(['live', 'shadow']),
      expires: Type.String({ pattern: '^\\d{4}-\\d{2}-\\d{2}$', description: 'a day, e.g. 2027-06-30' }),
      canaries: Type.Array(
        Type.Object(
          {
            subject_type: Type.String({ minLength: 1 }),
            subject_id: Type.String({ pattern: '^canary-', description: 'begins with "canary-"' }),
            rows: Type.Array(rowSchema, { minItems: 1 }),
          },
          strict,
        ),
        { minItems: 1 },
      ),
      cases: Type.Array(
        Type.Object(
          {
            name: Type.String({ minLength: 1 }),
            trap: Type.Optional(Type.Boolean()),
            rows: Type.Array(rowSchema),
            /** `<subject type>:<subject id>`, in any order. */
            expect: Type.Array(Type.String({ pattern: '^[a-z]+:.+$', description: 'e.g. account:B1' })),
          },
          strict,
        ),
        { minItems: 2 },
      ),
    },
    strict,
  )
}

export type BatchDefinition = Static<ReturnType<typeof batchSchema>>
export type BatchInputContract = Static<typeof inputSchema>

/** The schedule of a definition; every day at midnight UTC where it says nothing. */
export function scheduleOf({ schedule }: Pick<BatchDefinition, 'schedule'>): Schedule {
  const { cron = '0 0 * * *', timezone = 'UTC', after } = schedule
  return { cron, timezone, after: after === undefined ? 0 : (parseSpan(after) ?? 0) }
}

/** What a schema cannot say about a definition: the schedule, the day of expiry, the limits among themselves. */
export function batchFaults(batch: BatchDefinition): { message: Text; fix: Text }[] {
  const faults: { message: Text; fix: Text }[] = []
  const add = (message: Text, fix: Text) => void faults.push({ message, fix })
  try {
    checkSchedule(scheduleOf(batch))
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    add(
      {
        zh: `"${batch.id}" 的 schedule 无法使用：${reason}`,
        en: `the schedule of "${batch.id}" cannot be used: ${reason}`,
      },
      {
        zh: '例如 {cron: "0 0 * * *", timezone: Asia/Shanghai, after: 6h}',
        en: 'e.g. {cron: "0 0 * * *", timezone: Asia/Shanghai, after: 6h}',
      },
    )
  }
  if (parseTime(batch.expires) === null)
    add(
      { zh: `"${batch.id}" 的 expires 不是日期`, en: `expires of "${batch.id}" is not a day` },
      { zh: '例如 2027-06-30', en: 'e.g. 2027-06-30' },
    )
  if (batch.cap > batch.output.max)
    add(
      { zh: `"${batch.id}" 的 cap 大于 output.max`, en: `cap of "${batch.id}" is above output.max` },
      { zh: '上限不应超过合理的最大命中数', en: 'what is implausible should not act by itself: lower cap' },
    )
  return faults
}
