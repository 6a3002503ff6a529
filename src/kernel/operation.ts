import type { Static, TObject, TSchema } from '@sinclair/typebox'
import type { Problem, ProblemCode } from './problems.ts'
import type { Text } from './values.ts'

/** Who asks. `permissions` are already resolved from roles. */
export interface Principal {
  readonly id: string
  readonly name: string
  readonly kind: 'user' | 'token' | 'system'
  /** The person behind a token: whoever made it, also by way of another token. Absent = the principal itself. */
  readonly person?: string
  readonly roles: readonly string[]
  readonly permissions: ReadonlySet<string>
}

export interface Context {
  readonly principal: Principal
  readonly requestId: string
  /** Microseconds since 1970 UTC. */
  readonly now: number
  /** Hash of the session that asks; absent for tokens. */
  readonly session?: string | undefined
  /** Network address that asks, for limits of public operations; never stored. */
  readonly address?: string | undefined
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
  run(context: Context, input: never): Promise<unknown>
  /** Takes a body that is not JSON into keeping, before the caller is refused. */
  keepMalformed?(context: Context, body: string, found: Problem): Promise<void>
}

/** Declares an operation; `run` gets its input typed by the schema. */
export function operation<Input extends TObject, Output extends TSchema>(
  declared: Omit<Operation, 'input' | 'output' | 'run' | 'errors' | 'audited'> & {
    input: Input
    output: Output
    errors?: readonly ProblemCode[]
    audited?: boolean
    run(context: Context, input: Static<Input>): Promise<unknown>
    keepMalformed?: Operation['keepMalformed']
  },
): Operation {
  return { errors: [], audited: declared.method !== 'GET', ...declared } as unknown as Operation
}
