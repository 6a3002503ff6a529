import { type Static, Type } from '@sinclair/typebox'

const text = Type.Object(
  { zh: Type.String({ minLength: 1 }), en: Type.String({ minLength: 1 }) },
  { additionalProperties: false },
)
const sql = Type.String({ minLength: 1, description: 'a DuckDB expression over the columns of the last step' })
const id = Type.String({ pattern: '^[a-z][a-z0-9_-]*$', description: 'lower-case letters, digits, - and _' })

const column = Type.Union([
  Type.String({ minLength: 1 }),
  Type.Object(
    {
      name: Type.String({ minLength: 1, description: 'the name that the SQL uses' }),
      from: Type.Optional(
        Type.Array(Type.String({ minLength: 1 }), {
          description: 'other headers under which editions of the file carry it',
        }),
      ),
      optional: Type.Optional(Type.Boolean({ description: 'NULL where the file lacks it' })),
    },
    { additionalProperties: false },
  ),
])

const file = Type.Object(
  {
    format: Type.Union([
      Type.Literal('csv'),
      Type.Literal('tsv'),
      Type.Literal('ndjson'),
      Type.Literal('parquet'),
      Type.Literal('json-folder'),
    ]),
    encoding: Type.Optional(
      Type.Union([Type.Literal('auto'), Type.Literal('utf-8'), Type.Literal('gb18030'), Type.Literal('utf-16le')]),
    ),
    delimiter: Type.Optional(Type.String({ minLength: 1, maxLength: 1 })),
    quote: Type.Optional(Type.Union([Type.Literal('"'), Type.Literal('none')])),
    header: Type.Optional(Type.Union([Type.Literal('present'), Type.Literal('absent'), Type.Literal('auto')])),
    skip_until: Type.Optional(
      Type.String({ minLength: 1, description: 'first cell of the header row, below a preamble' }),
    ),
    files: Type.Optional(Type.String({ minLength: 1, description: 'for a folder: which files, e.g. "*/*.json"' })),
    columns: Type.Array(column, { minItems: 1 }),
  },
  { additionalProperties: false },
)

const step = Type.Object({ id, why: text, sql: Type.String({ minLength: 1 }) }, { additionalProperties: false })
const check = Type.Object(
  {
    id,
    check: sql,
    reason: text,
    on_fail: Type.Optional(Type.Union([Type.Literal('quarantine'), Type.Literal('refuse_file')])),
  },
  { additionalProperties: false },
)
const event = Type.Object(
  {
    type: Type.String({ pattern: '^[a-z]+\\.[a-z_]+$', description: 'an event type such as listing.submitted' }),
    when: Type.Optional(sql),
    id: sql,
    source: sql,
    time: sql,
    subject: Type.Optional(sql),
    site: Type.Optional(sql),
    tenant: Type.Optional(sql),
    market: Type.Optional(sql),
    data: Type.Record(Type.String(), Type.Union([sql, Type.Record(Type.String(), sql)])),
  },
  { additionalProperties: false },
)
const list = Type.Object(
  {
    list: id,
    value: sql,
    reason: sql,
    when: Type.Optional(sql),
    expires: Type.Optional(sql),
    note: Type.Optional(sql),
  },
  { additionalProperties: false },
)

/** The schema of `packs/recipes/*.yaml`. */
export const recipeSchema = Type.Object(
  {
    id,
    title: text,
    about: Type.Optional(text),
    publication: Type.Object(
      {
        name: Type.String({ minLength: 1 }),
        url: Type.Optional(Type.String()),
        licence: Type.String({ minLength: 1 }),
        attribution: Type.String({ minLength: 1 }),
      },
      { additionalProperties: false },
    ),
    file: Type.Optional(file),
    as_is: Type.Optional(Type.Literal('cloudevents')),
    steps: Type.Optional(Type.Array(step)),
    contract: Type.Optional(Type.Array(check)),
    order_by: Type.Optional(sql),
    events: Type.Optional(Type.Array(event)),
    labels: Type.Optional(Type.Object({ label: sql, kind: Type.Optional(sql) }, { additionalProperties: false })),
    lists: Type.Optional(Type.Array(list)),
  },
  { additionalProperties: false },
)

/**
 * How one publication's file becomes events, labels and list entries. Content of a pack, never code:
 * columns are texts, cleaning steps, checks and mappings are DuckDB SQL over a relation named `input`.
 */
export type Recipe = Static<typeof recipeSchema>
export type RecipeFile = NonNullable<Recipe['file']>
export type RecipeEvent = NonNullable<Recipe['events']>[number]

/** A declared source column: the name in SQL, every header it may stand under, and whether it may be missing. */
export interface SourceColumn {
  readonly name: string
  readonly headers: readonly string[]
  readonly optional: boolean
}

export function sourceColumns(declared: RecipeFile): readonly SourceColumn[] {
  return declared.columns.map((entry) =>
    typeof entry === 'string'
      ? { name: entry, headers: [entry], optional: false }
      : { name: entry.name, headers: [entry.name, ...(entry.from ?? [])], optional: entry.optional ?? false },
  )
}
