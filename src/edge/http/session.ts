import type { IncomingHttpHeaders } from 'node:http'

const name = 'aedile_session'

export function setCookie(secret: string): string {
  return `${name}=${secret}; Path=/; HttpOnly; SameSite=Strict; Max-Age=1209600`
}

export function clearCookie(): string {
  return `${name}=; Path=/; HttpOnly; SameSite=Strict; Max-Age=0`
}

/** The session secret of a request, or null. */
export function requestedSession({ headers }: { readonly headers: IncomingHttpHeaders }): string | null {
  for (const part of (headers.cookie ?? '').split(';')) {
    const [key, value] = part.trim().split('=')
    if (key === name && value) return value
  }
  return null
}
