import { createHmac, timingSafeEqual } from 'node:crypto'
import type { Text } from '../../kernel/values.ts'
import { type ActionRow, actionTitle, endNoticeId, outsideCall } from '../actions/index.ts'

/** Names of the headers of a call. `Idempotency-Key` is the same for every attempt of one call. */
export const headerNames = {
  signature: 'aedile-signature',
  timestamp: 'aedile-timestamp',
  key: 'idempotency-key',
  attempt: 'aedile-attempt',
} as const

/** `v1=` and the hexadecimal HMAC-SHA256 of `<timestamp>.<body>` under the secret of the endpoint. */
export function sign(secret: string, timestamp: string, body: string): string {
  return `v1=${createHmac('sha256', secret).update(`${timestamp}.${body}`).digest('hex')}`
}

/** True when `signature` is what {@link sign} gives; takes the same time for every wrong one. */
export function isSigned(secret: string, call: { timestamp: string; body: string; signature: string }): boolean {
  const expected = Buffer.from(sign(secret, call.timestamp, call.body))
  const given = Buffer.from(call.signature)
  return expected.length === given.length && timingSafeEqual(expected, given)
}

/** Attempts before a call becomes a dead letter. */
export const mostAttempts = 10
const firstPause = 5
const longestPause = 3600

/**
 * Seconds to wait after `failures` attempts in a row: 5 s, doubling, at most an hour; jitter takes up to half of it away,
 * so that receivers that came back are not met by everybody at once.
 * @param random from 0 (included) to 1 (excluded)
 */
export function pauseAfter(failures: number, random: number): number {
  const whole = Math.min(longestPause, firstPause * 2 ** Math.max(0, failures - 1))
  return whole * (1 - random / 2)
}

/** The body of a call: what happened, to whom, where, until when. The same for every attempt, byte for byte. */
export function bodyOf(action: ActionRow): string {
  return JSON.stringify({
    key: action.action_id,
    type: action.inverse_of === null ? 'action.imposed' : 'action.reversed',
    call: outsideCall(action.kind) ?? action.kind,
    action: {
      id: action.action_id,
      kind: action.kind,
      title: actionTitle(action.kind),
      at: new Date(action.at / 1000).toISOString(),
      until: action.until === null ? null : new Date(action.until / 1000).toISOString(),
      markets: JSON.parse(action.markets) as unknown,
      detail: action.detail == null ? null : (JSON.parse(action.detail) as unknown),
      inverse_of: action.inverse_of,
      policy: action.policy,
      severity: action.severity,
    },
    subject: { type: action.target_type, id: action.target_id },
    // Ended by itself: the notice to the party says since when, in both languages.
    ...(ranOut(action)
      ? { ran_out: true, notice_id: action.party_id === null ? null : endNoticeId(action.cause) }
      : {}),
    party: action.party_id === null ? null : { type: action.party_type, id: action.party_id },
  })
}

/** True for the end of an action whose time was over. */
const ranOut = (action: ActionRow): boolean => action.inverse_of !== null && action.cause === action.inverse_of

/** Calls about one subject arrive in the order in which the ledger has them. */
export const subjectOf = (action: Pick<ActionRow, 'target_type' | 'target_id'>): string =>
  `${action.target_type}/${action.target_id}`

/** What is wrong with the address of an endpoint, or null. Redirects are not followed, so the address is the whole truth. */
export function urlProblem(text: string): Text | null {
  let url: URL
  try {
    url = new URL(text)
  } catch {
    return { zh: '这不是完整的网址', en: 'This is not a complete address' }
  }
  if (url.protocol !== 'https:' && url.protocol !== 'http:')
    return {
      zh: `只支持 http 与 https，不支持 ${url.protocol}`,
      en: `Only http and https are called, not ${url.protocol}`,
    }
  if (url.username !== '' || url.password !== '')
    return { zh: '网址里不能带账号密码', en: 'The address must not carry a login or password' }
  if (url.hash !== '') return { zh: '网址里不能带 #片段', en: 'The address must not carry a #fragment' }
  const host = url.hostname.replace(/^\[|\]$/g, '').toLowerCase()
  if (/^169\.254\./.test(host) || /^(::ffff:)?a9fe:/.test(host) || /^fe[89ab][0-9a-f]:/.test(host))
    return {
      zh: '不能指向链路本地地址（云元数据服务在那里）',
      en: 'Link-local addresses are not called: cloud metadata lives there',
    }
  if (host === 'metadata.google.internal')
    return { zh: '不能指向云元数据服务', en: 'The metadata service of a cloud is not called' }
  return null
}

/** A secret that cannot be guessed: 24 to 200 printable characters. */
export const secretPattern = '^[\\x21-\\x7e]{24,200}$'

export type DeliveryState = 'waiting' | 'sent' | 'dead'
