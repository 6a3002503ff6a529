import { useSyncExternalStore } from 'react'
import type { Language, Theme } from './types.ts'

/** What a person chose for this browser; language, theme and single keys also go to the server (profile page). */
export interface Preferences {
  language: Language
  theme: Theme
  density: 'compact' | 'normal' | 'roomy'
  zone: 'local' | 'utc'
  singleKeys: boolean
  /** Action id → keys, where they differ from the registry. */
  keys: Record<string, string>
}

const storageKey = 'aedile.preferences'

const firstLanguage = (): Language =>
  navigator.languages.some((tag) => tag.toLowerCase().startsWith('zh')) ? 'zh' : 'en'

function load(): Preferences {
  const defaults: Preferences = {
    language: firstLanguage(),
    theme: 'system',
    density: 'normal',
    zone: 'local',
    singleKeys: true,
    keys: {},
  }
  try {
    const stored: unknown = JSON.parse(localStorage.getItem(storageKey) ?? '{}')
    return { ...defaults, ...(stored as Partial<Preferences>) }
  } catch {
    return defaults
  }
}

let current = load()
const listeners = new Set<() => void>()

function apply() {
  const root = document.documentElement
  root.lang = current.language === 'zh' ? 'zh-CN' : 'en'
  root.dataset['theme'] = current.theme
  root.dataset['density'] = current.density
}
apply()

export const preferences = (): Preferences => current

export function setPreferences(change: Partial<Preferences>) {
  current = { ...current, ...change }
  localStorage.setItem(storageKey, JSON.stringify(current))
  apply()
  for (const listener of listeners) listener()
}

const subscribe = (listener: () => void) => {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

export const usePreferences = (): Preferences => useSyncExternalStore(subscribe, preferences)
