import { useMemo } from 'react'
import { preferences, usePreferences } from './preferences.ts'
import { en } from './texts/en.ts'
import { zh } from './texts/zh.ts'
import type { Language, Text } from './types.ts'

export type MessageId = keyof typeof en
export type Values = Record<string, string | number>

const catalogues: Record<Language, Record<MessageId, string>> = { en, zh }
const tags: Record<Language, string> = { en: 'en-GB', zh: 'zh-CN' }

const plural = { en: new Intl.PluralRules('en'), zh: new Intl.PluralRules('zh') }

/** `{name}` inserts a value; `{name|one|other}` picks the word by the plural rule of the language. */
function fill(message: string, values: Values, language: Language): string {
  return message.replace(/\{(\w+)(?:\|([^|}]*)\|([^}]*))?\}/g, (_, name: string, one?: string, other?: string) => {
    const value = values[name]
    if (one !== undefined) return (plural[language].select(Number(value)) === 'one' ? one : other) ?? ''
    if (typeof value === 'number') return formatNumber(value, language)
    return value ?? ''
  })
}

function formatNumber(value: number, language: Language, options: Intl.NumberFormatOptions = {}): string {
  return new Intl.NumberFormat(tags[language], { maximumFractionDigits: 3, ...options }).format(value)
}

/** The message in the language that is set now; for code outside React (announcements, page titles). */
export const message = (id: MessageId, values: Values = {}): string =>
  fill(catalogues[preferences().language][id], values, preferences().language)

const units: [Intl.RelativeTimeFormatUnit, number][] = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
]

function relative(language: Language, ms: number): string {
  const format = new Intl.RelativeTimeFormat(tags[language], { numeric: 'auto', style: 'narrow' })
  const [unit, size] = units.find(([, size]) => Math.abs(ms) >= size) ?? ['second', 1000]
  return format.format(Math.trunc(ms / size), unit)
}

export interface Say {
  language: Language
  t: (id: MessageId, values?: Values) => string
  /** A message whose id is built from data; falls back to the data's own word. */
  word: (prefix: string, value: string) => string
  /** A text that the server holds in both languages. */
  text: (text: Text | string | null | undefined) => string
  number: (value: number | null | undefined, options?: Intl.NumberFormatOptions) => string
  compact: (value: number | null | undefined) => string
  percent: (value: number | null | undefined, digits?: number) => string
  time: (iso: string, options?: Intl.DateTimeFormatOptions) => string
  ago: (iso: string, now?: number) => string
  list: (items: string[]) => string
}

const isMessage = (id: string): id is MessageId => Object.hasOwn(en, id)

function speak(language: Language, zone: 'local' | 'utc'): Say {
  const timeZone = zone === 'utc' ? { timeZone: 'UTC' } : {}
  const number: Say['number'] = (value, options) => (value == null ? '–' : formatNumber(value, language, options))
  const t: Say['t'] = (id, values = {}) => fill(catalogues[language][id], values, language)
  return {
    language,
    t,
    word: (prefix, value) => (isMessage(`${prefix}.${value}`) ? t(`${prefix}.${value}` as MessageId) : value),
    text: (text) => (typeof text === 'string' ? text : (text?.[language] ?? text?.en ?? '')),
    number,
    compact: (value) => number(value, { notation: 'compact', maximumFractionDigits: 1 }),
    percent: (value, digits = 1) => number(value, { style: 'percent', maximumFractionDigits: digits }),
    time: (iso, options = { dateStyle: 'medium', timeStyle: 'short' }) =>
      new Intl.DateTimeFormat(tags[language], { ...options, ...timeZone }).format(new Date(iso)),
    ago: (iso, now = Date.now()) => relative(language, Date.parse(iso) - now),
    list: (items) => new Intl.ListFormat(tags[language], { type: 'unit' }).format(items),
  }
}

/** Everything a component needs to speak to a person. */
export function useSay(): Say {
  const { language, zone } = usePreferences()
  return useMemo(() => speak(language, zone), [language, zone])
}
