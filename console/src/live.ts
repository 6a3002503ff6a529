import { useSyncExternalStore } from 'react'

/** What the polite live region says, and the toasts that stand on screen. */
export interface Toast {
  id: number
  text: string
  kind: 'done' | 'failed'
  action?: { label: string; keys?: string; run: () => void; until: number }
}

let spoken = ''
let toasts: readonly Toast[] = []
let nextId = 1
const listeners = new Set<() => void>()
const tell = () => {
  for (const listener of listeners) listener()
}
const subscribe = (listener: () => void) => {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

/** Says a sentence to screen readers without moving the focus. */
export function announce(text: string) {
  // A trailing no-break space makes the same sentence count as new.
  spoken = spoken === text ? `${text} ` : text
  tell()
}

export function dismiss(id: number) {
  toasts = toasts.filter((toast) => toast.id !== id)
  tell()
}

/** Shows a toast; with an action it stays until the action's time is up, otherwise six seconds. */
export function toast(text: string, options: Partial<Omit<Toast, 'id' | 'text'>> = {}): number {
  const id = nextId++
  toasts = [...toasts.slice(-2), { id, text, kind: 'done', ...options }]
  const life = options.action ? options.action.until - Date.now() : 6000
  setTimeout(() => dismiss(id), Math.max(life, 0))
  announce(text)
  tell()
  return id
}

export const useSpoken = (): string => useSyncExternalStore(subscribe, () => spoken)
export const useToasts = (): readonly Toast[] => useSyncExternalStore(subscribe, () => toasts)
