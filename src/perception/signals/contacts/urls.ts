import { parse } from 'tldts'
import type { Contact } from './contact.ts'

const shorteners = new Set(
  (
    't.me wa.me bit.ly goo.gl is.gd t.co cutt.ly lnkd.in fb.me m.me v.gd youtu.be discord.gg tinyurl.com line.me ' +
    'lin.ee t.cn dwz.cn url.cn u.nu ow.ly rb.gy s.id linktr.ee telegram.me paypal.me cash.app signal.me viber.me'
  ).split(' '),
)

/** Endings that are seldom anything but a domain, also without a scheme or path. */
const plainEndings = new Set(
  (
    'com net org cn shop store xyz top vip online site club biz info app link live de uk eu jp kr fr nl es br ' +
    'ru ua com.cn net.cn co.uk co.jp com.br com.au com.tw com.hk com.sg com.my tw hk sg my vn th ph icu buzz fun ' +
    'website space cc tv gg lol win bid loan work mobi asia wang ltd group store'
  ).split(' '),
)

const mailProviders =
  /^(?:gmail|googlemail|qq|vip\.qq|foxmail|hotmail|outlook|live|yahoo|163|126|yeah|sina|sohu|139|189|aliyun|icloud|proton|protonmail|mail|yandex|naver|daum|gmx|web)\./

function isHostUnit(unit: number): boolean {
  return (unit >= 0x61 && unit <= 0x7a) || (unit >= 0x30 && unit <= 0x39) || unit === 0x2d || unit === 0x2e
}

/** The registrable domain's checks: a known public ending, a label in front of it. */
function isDomain(host: string): boolean {
  if (host.length > 253 || host.includes('..')) return false
  const result = parse(host, { allowPrivateDomains: false })
  return result.isIp !== true && result.isIcann === true && result.domain !== null
}

/** A host without scheme: only endings and shapes that are not file names, versions or missing blanks. */
function isBareDomain(host: string, hasPath: boolean): boolean {
  if (!isDomain(host)) return false
  if (shorteners.has(host)) return hasPath
  const { publicSuffix, domainWithoutSuffix } = parse(host, { allowPrivateDomains: false })
  const label = domainWithoutSuffix ?? ''
  if (host.startsWith('www.')) return true
  if (/^\d+$/.test(label) && (label.length < 3 || !/^(?:com|cn|net|top|vip|xyz|com\.cn)$/.test(publicSuffix ?? '')))
    return false
  if (label.length < 2) return false
  return plainEndings.has(publicSuffix ?? '') || (hasPath && label.length > 2)
}

function pathEnd(text: string, from: number): number {
  let end = from
  while (end < text.length && /[a-z0-9\-._~%!$&'()*+,;=:@/?#]/.test(text[end]!)) end++
  while (end > from && /[.,;:!?'")(]/.test(text[end - 1]!)) end--
  return end
}

function trimHost(text: string, from: number, to: number): [number, number] {
  let start = from
  let end = to
  while (start < end && /[.-]/.test(text[start]!)) start++
  while (end > start && /[.-]/.test(text[end - 1]!)) end--
  return [start, end]
}

/** Behind a scheme any dotted name is a link, whether or not its ending is public today. */
function isHostname(name: string): boolean {
  return name.length <= 253 && /^[a-z0-9-]+(?:\.[a-z0-9-]+)*\.[a-z][a-z0-9-]{1,23}$/.test(name)
}

function urlAt(text: string, host: readonly [number, number], scheme: number | null): Contact | null {
  const [start, end] = host
  const name = text.slice(start, end)
  const port = /^:\d{2,5}/.exec(text.slice(end, end + 6))?.[0].length ?? 0
  const path = end + port
  const hasPath = text[path] === '/' && path + 1 < text.length && /[a-z0-9@_+?#]/.test(text[path + 1]!)
  const numeric = /^\d{1,3}(?:\.\d{1,3}){3}$/.test(name)
  if (scheme === null ? !isBareDomain(name, hasPath) : !(numeric || isHostname(name))) return null
  const stop = text[path] === '/' || text[path] === '?' ? pathEnd(text, path) : path
  const value = `${name.replace(/^www\./, '')}${text.slice(end, stop).replace(/\/$/, '')}`
  return {
    kind: name === 'paypal.me' || name === 'cash.app' ? 'payment' : 'url',
    start: scheme ?? start,
    end: stop,
    value,
  }
}

/** URLs with a scheme, `www.`, known short links and bare domains with an ending that is one. */
export function findUrls(text: string): Contact[] {
  const found: Contact[] = []
  for (let dot = text.indexOf('.'); dot >= 0; dot = text.indexOf('.', dot + 1)) {
    let from = dot
    while (from > 0 && dot - from < 254 && isHostUnit(text.charCodeAt(from - 1))) from--
    let to = dot + 1
    while (to < text.length && to - dot < 254 && isHostUnit(text.charCodeAt(to))) to++
    const host = trimHost(text, from, to)
    const scheme = /(?:https?|hxxps?|ftp):\/\/$/.exec(text.slice(Math.max(0, host[0] - 9), host[0]))
    const before = text[host[0] - 1] ?? ' '
    const blocked = scheme === null && /[@_/\\]/.test(before)
    const url = blocked ? null : urlAt(text, host, scheme === null ? null : host[0] - scheme[0].length)
    if (url !== null) found.push(url)
    dot = Math.max(dot, url?.end ?? to - 1)
  }
  return found
}

/** `name@host` with a known ending. */
export function findMails(text: string): Contact[] {
  const found: Contact[] = []
  for (let at = text.indexOf('@'); at >= 0; at = text.indexOf('@', at + 1)) {
    let from = at
    while (from > 0 && at - from < 64 && /[a-z0-9._%+-]/.test(text[from - 1]!)) from--
    while (from < at && /[.%+-]/.test(text[from]!)) from++
    let to = at + 1
    while (to < text.length && to - at < 254 && isHostUnit(text.charCodeAt(to))) to++
    const [start, end] = trimHost(text, at + 1, to)
    if (from === at || start !== at + 1 || !isDomain(text.slice(start, end))) continue
    found.push({ kind: 'email', start: from, end, value: text.slice(from, end) })
  }
  return found
}

const blank = '[\\s]{0,3}'
const atSign = '(?<at>[[({<]\\s?(?:at|@)\\s?[\\])}>]|\\bat\\b|@|艾特)'
const dotSign = '(?:[[({<]\\s?(?:dot|\\.|点)\\s?[\\])}>]|\\bdot\\b|点|\\.|。)'
const endings = '(?:com|net|org|cn|top|shop|xyz|vip|cc|me|io|co|de|ru|uk|store|online|site|club|info|link)'
const hiddenMail = new RegExp(
  `(?<name>[a-z0-9][a-z0-9._-]{1,40})${blank}${atSign}${blank}(?<host>[a-z0-9-]{1,40})${blank}(?<dot>${dotSign})${blank}(?<end>${endings})\\b`,
  'g',
)
const hiddenUrl = new RegExp(
  `(?<![a-z0-9@.-])(?<host>[a-z0-9-]{3,40})${blank}(?<dot>[[({<]\\s?(?:dot|\\.|点)\\s?[\\])}>]|\\bdot\\b|点|。)${blank}(?<end>${endings})\\b`,
  'g',
)

/** Words before a spoken "dot" that is not a domain's: the dot com boom, polka dot top. */
const dotted =
  /^(?:the|polka|swiss|this|that|your|our|any|each|every|black|white|red|blue|green|pink|laser|and|with|big|small|micro)$/
const wordEndings = /^(?:top|shop|vip|store|online|site|club|info|link|me|co|de)$/

/** An unbracketed "dot" between two ordinary words is no domain. */
function isSpokenDot(host: string, dot: string, end: string): boolean {
  return dot !== 'dot' || !(dotted.test(host) || (wordEndings.test(end) && !/[\d-]/.test(host)))
}

/** `name at host dot com`, `host[.]com`, `host 点 com`; a plain "at" needs a spelled dot or a known mail provider. */
export function findHidden(text: string): Contact[] {
  if (!/dot|点|。|[[({<]\s?[.@]|\bat\b|[[({<]\s?at|艾特/.test(text)) return []
  const found: Contact[] = []
  for (const match of text.matchAll(hiddenMail)) {
    const { name, at, host, dot, end } = match.groups ?? {}
    const domain = `${host}.${end}`
    const spelled = dot !== '.' || (at !== 'at' && at !== '@')
    if (!isDomain(domain) || (!spelled && !mailProviders.test(domain))) continue
    found.push({ kind: 'email', start: match.index, end: match.index + match[0].length, value: `${name}@${domain}` })
  }
  for (const match of text.matchAll(hiddenUrl)) {
    const { host = '', dot = '', end = '' } = match.groups ?? {}
    const domain = `${host}.${end}`
    if (!isDomain(domain) || !isSpokenDot(host, dot, end)) continue
    found.push({ kind: 'url', start: match.index, end: match.index + match[0].length, value: domain })
  }
  return found
}
