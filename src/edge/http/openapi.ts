import type { TSchema } from '@sinclair/typebox'
import type { Operation } from '../../kernel/operation.ts'
import { type ProblemCode, problemCatalogue } from '../../kernel/problems.ts'
import type { Text } from '../../kernel/values.ts'
import { mediaTypes } from '../../perception/media/index.ts'

/** A route that is no operation, as the document shows it. */
export interface DescribedRoute {
  readonly name: string
  readonly summary: Text
  readonly permission: string
  readonly method: string
  /** With `:name` for parameters. */
  readonly path: string
  readonly errors: readonly ProblemCode[]
  /** Names of parameters in the query; `true` = required. */
  readonly query?: Readonly<Record<string, boolean>>
  /** JSON schema of a JSON body. */
  readonly body?: object
  /** Media type of a body that is no JSON. */
  readonly bodyType?: string
}

declare module 'fastify' {
  interface FastifyContextConfig {
    described?: Omit<DescribedRoute, 'method' | 'path'>
  }
}

/** The OpenAPI 3.1 document of the operations and of the routes beside them. */
export function openApi(operations: readonly Operation[], routes: readonly DescribedRoute[]): Record<string, unknown> {
  const paths: Record<string, Record<string, unknown>> = {}
  for (const operation of operations) {
    const path = operation.path.replaceAll(/:(\w+)/g, '{$1}')
    paths[path] = { ...paths[path], [operation.method.toLowerCase()]: describe(operation, path) }
  }
  for (const described of routes) {
    const path = described.path.replaceAll(/:(\w+)/g, '{$1}')
    paths[path] = { ...paths[path], [described.method.toLowerCase()]: describeRoute(described, path) }
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Aedile',
      version: '0.1.0',
      description: 'Risk governance of marketplaces. 电商平台风险治理。',
      license: { name: 'Apache-2.0' },
    },
    components: {
      securitySchemes: {
        token: { type: 'http', scheme: 'bearer' },
        session: { type: 'apiKey', in: 'cookie', name: 'aedile_session' },
      },
      schemas: {
        Problem: problemSchema,
        Text: {
          type: 'object',
          required: ['zh', 'en'],
          properties: { zh: { type: 'string' }, en: { type: 'string' } },
        },
      },
    },
    security: [{ token: [] }, { session: [] }],
    paths,
  }
}

const problemSchema = {
  type: 'object',
  required: ['type', 'status', 'code', 'detail', 'request_id'],
  properties: {
    type: { type: 'string' },
    status: { type: 'integer' },
    code: { enum: Object.keys(problemCatalogue) },
    request_id: { type: 'string' },
    title: { $ref: '#/components/schemas/Text' },
    detail: { $ref: '#/components/schemas/Text' },
    field: { type: 'string' },
    value: {},
    fix: { $ref: '#/components/schemas/Text' },
  },
}

function describe(operation: Operation, path: string): Record<string, unknown> {
  const inPath = new Set([...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name ?? ''))
  const properties = Object.entries(operation.input.properties)
  const required = new Set(operation.input.required ?? [])
  const inQuery = operation.method === 'GET' || operation.method === 'DELETE' || operation.fileBody === true
  const parameters = properties
    .filter(([name]) => inPath.has(name) || inQuery)
    .map(([name, schema]) => ({
      name,
      in: inPath.has(name) ? 'path' : 'query',
      required: inPath.has(name) || required.has(name),
      schema,
    }))
  const body = Object.fromEntries(properties.filter(([name]) => !inPath.has(name)))
  return {
    operationId: operation.name,
    summary: operation.summary.en,
    description: `${operation.summary.zh}\n\nPermission: \`${operation.permission}\`.`,
    parameters,
    ...(operation.fileBody ? { requestBody: { required: true, content: fileContent } } : {}),
    ...(inQuery || Object.keys(body).length === 0
      ? {}
      : {
          requestBody: {
            required: required.size > 0,
            content: {
              'application/json': {
                schema: {
                  type: 'object',
                  properties: body,
                  required: [...required].filter((name) => !inPath.has(name)),
                },
              },
            },
          },
        }),
    responses: {
      200: { description: 'OK', content: { 'application/json': { schema: operation.output as TSchema } } },
      ...errorResponses(operation),
    },
  }
}

const fileContent = Object.fromEntries(
  Object.keys(mediaTypes).map((type) => [type, { schema: { type: 'string', format: 'binary' } }]),
)

function errorResponses(operation: {
  readonly errors: readonly ProblemCode[]
  readonly permission: string
}): Record<string, unknown> {
  const codes = [
    ...operation.errors,
    'invalid_input' as const,
    ...(operation.permission === 'public' ? [] : (['sign_in_required', 'not_allowed'] as const)),
  ]
  const byStatus = new Map<number, string[]>()
  for (const code of codes)
    byStatus.set(problemCatalogue[code].status, [...(byStatus.get(problemCatalogue[code].status) ?? []), code])
  return Object.fromEntries(
    [...byStatus].map(([status, names]) => [
      status,
      {
        description: names.join(', '),
        content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
      },
    ]),
  )
}

function describeRoute(route: DescribedRoute, path: string): Record<string, unknown> {
  const schema = { type: 'string' }
  const parameters = [
    ...[...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({ name, in: 'path', required: true, schema })),
    ...Object.entries(route.query ?? {}).map(([name, required]) => ({ name, in: 'query', required, schema })),
  ]
  const content = route.body
    ? { 'application/json': { schema: route.body } }
    : route.bodyType
      ? { [route.bodyType]: { schema: { type: 'string', format: 'binary' } } }
      : null
  return {
    operationId: route.name,
    summary: route.summary.en,
    description: `${route.summary.zh}\n\nPermission: \`${route.permission}\`.`,
    parameters,
    ...(content === null ? {} : { requestBody: { required: true, content } }),
    responses: {
      200: { description: 'OK', content: { 'application/json': { schema: { type: 'object' } } } },
      ...errorResponses(route),
    },
  }
}
