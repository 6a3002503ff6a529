import type { Contact } from './contact.ts'

/** A handle: what follows a cue. Numbers of five and more digits or a name with a digit or underscore. */
const handle = '(?<id>@?[a-z][a-z0-9_.-]{3,31}|\\+?\\d[\\d\\s().-]{4,24}\\d)'
const link = '[\\s:：=＝>→👉是为]{0,4}'

interface Cue {
  readonly channel: string
  readonly pattern: RegExp
  /** `strong`: the cue with any handle; `named`: a handle only after id, @ or a colon, or one that holds a digit. */
  readonly trust: 'strong' | 'named'
}

const cues: readonly Cue[] = [
  {
    channel: 'wechat',
    trust: 'named',
    pattern: new RegExp(
      `(?:微信|薇信|威信|维信|徽信|溦信|微x|薇x|微❤|v❤|v♥|微芯|(?<![a-z0-9])(?:wechat|weixin|v信|vx|wx)|卫星(?=号))(?<mark>\\s?(?:号码?|账号|id|联系|搜索?|加|添加|:|：|@))?${link}${handle}`,
      'g',
    ),
  },
  {
    channel: 'qq',
    trust: 'strong',
    pattern:
      /(?:(?<![a-z])qq|扣扣|企鹅|球球|(?<![a-z])q(?=\s?[群裙:：]))\s?(?:群|裙|号码?|账号|:|：)?[\s:：=]{0,4}(?<id>[1-9]\d{4,11})(?!\d)/g,
  },
  {
    channel: 'telegram',
    trust: 'named',
    pattern: new RegExp(
      `(?:telegram|텔레그램|电报|纸飞机|飞机号|телеграм|تلغرام|\\btg)(?<mark>\\s?(?:id|号|群|:|：|@))?${link}${handle}`,
      'g',
    ),
  },
  {
    channel: 'whatsapp',
    trust: 'named',
    pattern: new RegExp(
      `(?:(?<![a-z])(?:what\\s?s\\s?app|watsapp)|واتساب)(?<mark>\\s?(?:id|no|number|号|:|：|@))?${link}${handle}`,
      'g',
    ),
  },
  {
    channel: 'line',
    trust: 'named',
    pattern: new RegExp(
      `(?:\\bline|라인|ไลน์)\\s?(?<mark>id|@|帐号|账号|加)${link}(?<id>@?[a-z0-9][a-z0-9_.-]{3,31})`,
      'g',
    ),
  },
  {
    channel: 'kakaotalk',
    trust: 'named',
    pattern: new RegExp(
      `(?:kakao\\s?(?:talk)?|카카오톡|카톡|카카오)(?<mark>\\s?(?:id|아이디|:|：|@))?${link}${handle}`,
      'g',
    ),
  },
  {
    channel: 'other',
    trust: 'named',
    pattern: new RegExp(
      `(?:instagram|insta|\\big|snapchat|skype|viber|zalo|discord|signal|facebook|messenger)\\s?(?<mark>id|@|:|：)${link}${handle}`,
      'g',
    ),
  },
]

const app =
  '(?:微信|薇信|威信|维信|徽信|vx|v信|wechat|weixin|whats\\s?app|telegram|电报|kakao\\s?talk|카카오톡|카톡|viber|zalo|skype|snapchat|qq|扣扣)'

/** An invitation to another channel; the handle may stand elsewhere (a picture, the profile). */
const invitations: readonly RegExp[] = [
  new RegExp(
    `(?:加|➕|\\+|添加|加个|加我|加下|私聊|私信|私加|联系|扫码?|咨询)(?:我的?|一?下|客服|店主|老板|卖家|本人)?(?:的)?\\s?${app}`,
    'g',
  ),
  /(?:加|➕|私|\+)\s?(?:我|老板|店主|客服)?\s?(?:v|薇|威|维|徽|溦)(?![a-z0-9]|领|型|脸|字|口|绒|娅|生素|护|修|持|度)(?=$|[^\p{Script=Han}]|号|信|心|❤|我|看|领取|详|聊|优惠|进|发|拿|咨|哦|吧|呀)/gu,
  /(?:加|➕)(?:我|老板|店主)?微(?=$|[^\p{Script=Han}a-z]|号|聊|我|看|领|详|进|优惠|咨)/gu,
  new RegExp(
    `\\b(?:add|contact|text|message|msg|dm|reach|ping|find|write|hit)\\s(?:me|us)?\\s?(?:up\\s)?(?:on|via|at|through|by|in)?\\s?(?:my|our)?\\s?${app}`,
    'g',
  ),
  /\b(?:what\s?s\s?app|telegram|wechat|dm)\s(?:me|us)\b/g,
  /(?:카톡|카카오톡|텔레그램)\s?(?:으로|로|주세요|문의|추가|상담)/g,
  /(?:v|薇|威|徽)[❤♥](?=\s?[:：]?\s?[a-z0-9])/g,
]

/** `v:abc123`, `+v abc123`, `q:12345678` and the like: one letter only with a telling handle. */
const oneLetter =
  /(?<![a-z0-9?&/=._-])(?:(?<v>[v薇威徽])|(?<q>q))\s?(?:号|❤|♥)?\s?[:：=]\s?(?<id>[a-z][a-z0-9_-]{5,19}|1[3-9]\d{9}|[1-9]\d{5,11})(?![a-z0-9])/g

const notHandles =
  /^(?:pay|payments?|support|stickers?|app|official|business|store|shop|compatible|mini|groups?|community|channel|messenger|share|web|login|case|phone|friends?|plush|emoji|icons?)$/

function isTelling(id: string, mark: string | undefined, trust: Cue['trust']): boolean {
  if (/^[+\d]/.test(id)) return id.replace(/\D/g, '').length >= 5
  if (trust === 'strong' || id.startsWith('@')) return true
  if (notHandles.test(id)) return false
  if (mark !== undefined && mark.trim() !== '') return true
  return /[\d_]/.test(id) && !/^(?:\d+|[a-z]{1,3}\d{1,2})$/.test(id)
}

function handleOf(id: string): string {
  const name = id.replace(/^@/, '').replace(/[.-]+$/, '')
  return /^[+\d]/.test(name) ? name.replace(/[\s().-]/g, '') : name
}

/** Cues of messengers with a handle, and invitations to move to one. */
export function findMessengers(text: string): Contact[] {
  const found: Contact[] = []
  for (const { channel, pattern, trust } of cues) {
    for (const match of text.matchAll(pattern)) {
      const id = match.groups?.['id'] ?? ''
      const colon = /[:：=＝]\s*$/.test(match[0].slice(0, match[0].length - id.length))
      if (!isTelling(id, match.groups?.['mark'] ?? (colon ? ':' : undefined), trust)) continue
      const end = match.index + match[0].trimEnd().length
      found.push({ kind: 'messenger', start: match.index, end, value: `${channel}:${handleOf(id)}` })
    }
  }
  for (const match of text.matchAll(oneLetter)) {
    const id = match.groups?.['id'] ?? ''
    if (!/\d/.test(id)) continue
    const value = `${match.groups?.['q'] === undefined ? 'wechat' : 'qq'}:${id}`
    found.push({ kind: 'messenger', start: match.index, end: match.index + match[0].length, value })
  }
  for (const pattern of invitations) {
    for (const match of text.matchAll(pattern)) {
      found.push({ kind: 'messenger', start: match.index, end: match.index + match[0].length, value: match[0].trim() })
    }
  }
  return found
}

const payCues: readonly (readonly [channel: string, pattern: RegExp])[] = [
  [
    'alipay',
    /(?:支付宝|alipay|zfb)\s?(?:账号|帐号|账户|号|转账|收款)?[\s:：]{0,3}(?<id>1[3-9]\d{9}|[a-z0-9._-]{2,40}@[a-z0-9-]{2,30}\.[a-z]{2,6})/g,
  ],
  [
    'paypal',
    /paypal\s?(?:id|account|to|:|：)?[\s:：]{0,3}(?<id>@[a-z0-9_]{3,30}|[a-z0-9._-]{2,40}@[a-z0-9-]{2,30}\.[a-z]{2,6})/g,
  ],
  [
    'transfer',
    /(?:venmo|cash\s?app|zelle|revolut)\s?(?:me|to|id|:|：|at)?[\s:：]{0,3}(?<id>[@$][a-z][a-z0-9_-]{2,30})/g,
  ],
  ['crypto', /(?<![a-z0-9])(?<id>0x[0-9a-f]{40}|bc1[a-z0-9]{25,60}|t[1-9a-z]{33})(?![a-z0-9])/g],
]

const iban = /(?<![a-z0-9])[a-z]{2}\d{2}(?:\s?[a-z0-9]{4}){2,7}(?:\s?[a-z0-9]{1,4})?(?![a-z0-9])/g

function isIbanValid(text: string): boolean {
  const account = text.replace(/\s/g, '')
  if (account.length < 15 || account.length > 34 || !/\d{4}/.test(account.slice(4))) return false
  let rest = 0
  for (const letter of account.slice(4) + account.slice(0, 4)) {
    const value = Number.parseInt(letter, 36)
    rest = (rest * (value > 9 ? 100 : 10) + value) % 97
  }
  return rest === 1
}

/** Payment accounts outside the platform: wallets by name, crypto addresses, IBAN with a valid check. */
export function findPayments(text: string): Contact[] {
  const found: Contact[] = []
  for (const [channel, pattern] of payCues) {
    for (const match of text.matchAll(pattern)) {
      const id = match.groups?.['id'] ?? ''
      if (channel === 'crypto' && !/\d.*\d/.test(id)) continue
      found.push({ kind: 'payment', start: match.index, end: match.index + match[0].length, value: `${channel}:${id}` })
    }
  }
  for (const match of text.matchAll(iban)) {
    if (!isIbanValid(match[0])) continue
    const value = `iban:${match[0].replace(/\s/g, '')}`
    found.push({ kind: 'payment', start: match.index, end: match.index + match[0].length, value })
  }
  return found
}
