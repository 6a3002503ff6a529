import { keepPreviousData, QueryClient, useInfiniteQuery, useQuery } from '@tanstack/react-query'
import type { Page, Problem } from './types.ts'

/** An error that carries what the server said, so that a page can show code, request id and fix. */
export interface ApiFailure extends Error {
  problem: Problem
}

const failure = (problem: Problem): ApiFailure => Object.assign(new Error(problem.code), { problem })

/** The problem behind any thrown value; what did not come from the server becomes a problem too. */
export function problemOf(error: unknown): Problem {
  if (error instanceof Error && 'problem' in error) return error.problem as Problem
  const said = error instanceof Error ? error.message : String(error)
  // A page's chunk that does not come is the server that does not answer.
  if (/dynamically imported module|error loading dynamically/i.test(said)) return { code: 'unreachable', status: 0 }
  return { code: 'console_error', status: 0, detail: { zh: said, en: said } }
}

const isProblem = (body: unknown): body is Problem => typeof body === 'object' && body !== null && 'code' in body

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

async function readBody(response: Response): Promise<unknown> {
  const text = await response.text()
  const body = text === '' ? {} : parse(text)
  const requestId = response.headers.get('x-request-id') ?? undefined
  if (response.ok) {
    if (body !== null) return body
    throw failure({ code: 'not_json', status: response.status, request_id: requestId })
  }
  if (isProblem(body)) throw failure({ request_id: requestId, ...body })
  throw failure({ code: `http_${response.status}`, status: response.status, request_id: requestId })
}

async function call(path: string, init: RequestInit): Promise<unknown> {
  let response: Response
  try {
    response = await fetch(path, { credentials: 'same-origin', ...init })
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error
    throw failure({ code: 'unreachable', status: 0 })
  }
  return readBody(response)
}

const writeHeaders = { 'x-aedile': 'console', 'content-type': 'application/json' }

/** GET; the answer has the shape that types.ts says for this path. */
export async function read<T>(path: string, signal?: AbortSignal): Promise<T> {
  return (await call(path, { signal, headers: { accept: 'application/json' } })) as T
}

/** A state-changing call; the header proves that the console, not another site, made it. */
export async function write<T>(method: 'POST' | 'PUT' | 'DELETE', path: string, body: unknown = {}): Promise<T> {
  return (await call(path, { method, headers: writeHeaders, body: JSON.stringify(body) })) as T
}

export interface Upload {
  path: string
  file: File
  /** Media type; a stream of bytes unless it is said. */
  type?: string
  onProgress: (share: number) => void
}

/** Sends a file; XMLHttpRequest because fetch reports no upload progress. */
export function upload<T>({ path, file, type = 'application/octet-stream', onProgress }: Upload): Promise<T> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest()
    request.open('POST', path)
    request.setRequestHeader('x-aedile', 'console')
    request.setRequestHeader('content-type', type)
    request.upload.onprogress = (event) => event.lengthComputable && onProgress(event.loaded / event.total)
    request.onerror = () => reject(failure({ code: 'unreachable', status: 0 }))
    request.onload = () => {
      const body = parse(request.responseText)
      if (request.status < 300) resolve(body as T)
      else reject(failure(isProblem(body) ? body : { code: `http_${request.status}`, status: request.status }))
    }
    request.send(file)
  })
}

/** `path?a=1`, leaving out what is empty. */
export function withQuery(path: string, query: Record<string, string | number | null | undefined>): string {
  const entries = Object.entries(query).filter(([, value]) => value !== undefined && value !== null && value !== '')
  if (entries.length === 0) return path
  return `${path}?${new URLSearchParams(entries.map(([key, value]) => [key, String(value)]))}`
}

/** Path parts encoded, so that an id with a slash stays one part. */
export const at = (...parts: string[]): string => `/v1/${parts.map(encodeURIComponent).join('/')}`

const retryable = (count: number, error: Error) => {
  const { status } = problemOf(error)
  return count < 2 && (status === 0 || status >= 502)
}

export const client = new QueryClient({
  defaultOptions: { queries: { retry: retryable, staleTime: 10_000, refetchOnWindowFocus: false } },
})

interface ReadOptions {
  every?: number | false
  enabled?: boolean
  fresh?: number
  /** Show the previous answer while another path loads: for lists and charts, never for one object's page. */
  keep?: boolean
}

/** One GET, cached by its path. */
export function useRead<T>(path: string, { every = false, enabled = true, fresh, keep = false }: ReadOptions = {}) {
  return useQuery({
    queryKey: [path],
    queryFn: ({ signal }) => read<T>(path, signal),
    refetchInterval: every,
    enabled,
    ...(keep ? { placeholderData: keepPreviousData } : {}),
    ...(fresh === undefined ? {} : { staleTime: fresh }),
  })
}

/** A keyset-paged list: `more()` appends the next page. */
export function usePages<T>(path: string, every: number | false = false) {
  const query = useInfiniteQuery({
    queryKey: [path, 'pages'],
    queryFn: ({ signal, pageParam }) =>
      read<Page<T>>(
        pageParam ? `${path}${path.includes('?') ? '&' : '?'}after=${encodeURIComponent(pageParam)}` : path,
        signal,
      ),
    initialPageParam: '',
    getNextPageParam: (last) => last.next,
    placeholderData: keepPreviousData,
    refetchInterval: every,
  })
  const items = query.data?.pages.flatMap((page) => page.items) ?? []
  return { query, items, total: query.data?.pages[0]?.total ?? null }
}

/** Forget what was read from these paths, so that it is read again. */
export const refresh = (...prefixes: string[]) =>
  client.invalidateQueries({
    predicate: ({ queryKey }) => prefixes.some((prefix) => String(queryKey[0]).startsWith(prefix)),
  })
