import type { Static, TObject, TSchema } from '@sinclair/typebox'
import type { Problem, ProblemCode } from './problems.ts'
import type { Text } from './values.ts'

/** A place: a site of the marketplace and markets. An empty list means all. */
export interface Scope {
  readonly sites: readonly string[]
  readonly markets: readonly string[]
}

/** A role that is held somewhere. */
export interface Grant extends Scope {
  readonly role: string
}

/** Who asks. `permissions` are already resolved from roles. */
export interface Principal {
  readonly id: string
  readonly name: string
  readonly kind: 'user' | 'token' | 'system'
  /** The person behind a token: whoever made it, also by way of another token. Absent = the principal itself. */
  readonly person?: string
  readonly roles: readonly string[]
  readonly permissions: ReadonlySet<string>
  /** Where the roles are held; absent = everywhere. */
  readonly grants?: readonly Grant[]
  /** The merchant or creator that this principal is, in the portal. */
  readonly party?: { readonly type: string; readonly id: string }
}

/**
 * What an operation means for a principal whose role is held for some sites or markets only. Without a rule it is `whole`.
 * `shared`: what it answers belongs to no place (words, packs, own session).
 * `rows`: it reads; rows of other places are not there for it.
 * `whole`: it needs everything, so a scoped principal is refused.
 * `own`: it concerns only who asks.
 * `{ id }`: it concerns the records that these input fields name: those of other places are not found, and a change needs every market of the record.
 * `{ site }`: it sends something for the site that this input field names.
 */
export type ScopeRule =
  | 'shared'
  | 'rows'
  | 'whole'
  | 'own'
  | { readonly id: string | readonly string[] }
  | { readonly site: string }

export interface Context {
  readonly principal: Principal
  readonly requestId: string
  /** Microseconds since 1970 UTC. */
  readonly now: number
  /** Hash of the session that asks; absent for tokens. */
  readonly session?: string | undefined
  /** Network address that asks, for limits of public operations; never stored. */
  readonly address?: string | undefined
  /** The body of an operation that takes a file. */
  readonly file?: SentFile | undefined
  /** A second person approves what runs. */
  readonly approved?: Approved
}

/** The approval of a second person, under which an operation runs as who asked for it. */
export interface Approved {
  readonly approval_id: string
  /** Keeps the approval; what runs does so once, before it acts. @throws conflict when the request was decided meanwhile */
  record(): Promise<void>
}

/** A file as it came over the wire. */
export interface SentFile {
  readonly bytes: Uint8Array
  /** Media type that the sender names; what it is, the bytes decide. */
  readonly declared: string
}

/**
 * One thing that the system offers, declared once: gives the HTTP route, validation, OpenAPI, audit and the command line.
 * Input fields named in `path` come from the path; for GET and DELETE the rest comes from the query, else from the body.
 */
export interface Operation {
  readonly name: string
  readonly summary: Text
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  readonly path: string
  /** A permission, `signed-in`, or `public`. */
  readonly permission: string
  readonly input: TObject
  readonly output: TSchema
  readonly errors: readonly ProblemCode[]
  /** Written to the audit log, also when it is refused. */
  readonly audited: boolean
  /** Most bytes of a request's body; 16 MiB unless it says less. */
  readonly mostBytes?: number
  readonly scope?: ScopeRule
  /** It is there to show personal data, which every other answer holds as pseudonyms. */
  readonly unmasked?: boolean
  /** What the audit log notes of the input; never a personal value. */
  auditDetail?(input: Readonly<Record<string, unknown>>): string
  /**
   * Whether this input needs the approval of a second person; absent = never. `own`: it asks by itself, and when it is
   * approved it checks again what was asked for and records the approval right before it acts.
   */
  readonly fourEyes?: ((input: Readonly<Record<string, unknown>>) => boolean) | 'own'
  run(context: Context, input: never): Promise<unknown>
  /** The body of a caller who sees everything arrives under `body` as the text that was sent; `run` parses it. */
  readonly textBody?: boolean
  /** The body is a file: its bytes are given to `run` beside the input, which comes from the query. */
  readonly fileBody?: boolean
  /** Takes a body that is not JSON into keeping, before the caller is refused. */
  keepMalformed?(context: Context, body: string, found: Problem): Promise<void>
}

const jsonText = Symbol('json text')

/** An answer that is JSON text already, so that nobody parses and writes it again. */
export interface JsonText {
  readonly [jsonText]: string
}

export const asJsonText = (text: string): JsonText => ({ [jsonText]: text })

/** The text of an answer that is JSON already; null for any other answer. */
export const jsonTextOf = (answer: unknown): string | null =>
  typeof answer === 'object' && answer !== null && jsonText in answer ? (answer as JsonText)[jsonText] : null

const fileMark = Symbol('file')

/** An answer that is a file and no JSON. `inline` = it was made here, so that a page may show it; else it is only ever downloaded. */
export interface FileAnswer {
  readonly bytes: Uint8Array
  readonly type: string
  readonly name: string
  readonly inline: boolean
  readonly [fileMark]: true
}

export const asFile = (file: Omit<FileAnswer, typeof fileMark>): FileAnswer => ({ ...file, [fileMark]: true })

/** The file that an answer is; null for any other answer. */
export const fileOf = (answer: unknown): FileAnswer | null =>
  typeof answer === 'object' && answer !== null && fileMark in answer ? (answer as FileAnswer) : null

/** Declares an operation; `run` gets its input typed by the schema. */
export function operation<Input extends TObject, Output extends TSchema>(
  declared: Omit<Operation, 'input' | 'output' | 'run' | 'errors' | 'audited'> & {
    input: Input
    output: Output
    errors?: readonly ProblemCode[]
    audited?: boolean
    run(context: Context, input: Static<Input>): Promise<unknown>
    textBody?: boolean
    fileBody?: boolean
    keepMalformed?: Operation['keepMalformed']
  },
): Operation {
  return { errors: [], audited: declared.method !== 'GET', ...declared } as unknown as Operation
}
