import { useEffect, useRef, useSyncExternalStore } from 'react'
import type { MessageId } from './i18n.ts'
import { type Preferences, preferences } from './preferences.ts'

export type ActionGroup = 'go' | 'page' | 'case' | 'list' | 'look'

/** Something a person can do: the key, the palette, the `?` sheet and the buttons all read this one record. */
export interface Action {
  id: string
  label: MessageId
  /** Said instead of the label where the words come from data. */
  name?: string
  group: ActionGroup
  /** `g q`, `n`, `mod+Enter`, `?`; empty = palette only. */
  keys: string
  run: () => void
  /** Works while typing in a field too (only for keys with a modifier). */
  inFields?: boolean
}

let registered: readonly Action[] = []
const listeners = new Set<() => void>()

function publish(next: readonly Action[]) {
  registered = next
  for (const listener of listeners) listener()
}

const subscribe = (listener: () => void) => {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

export const useActions = (): readonly Action[] => useSyncExternalStore(subscribe, () => registered)

/** Offers these actions while the component is on screen; the newest registration of an id wins. */
export function useOffer(actions: readonly Action[]) {
  const latest = useRef(actions)
  latest.current = actions
  const signature = actions.map(({ id, keys, label }) => `${id}|${keys}|${label}`).join('\n')
  // biome-ignore lint/correctness/useExhaustiveDependencies: the signature stands for the list; run() goes through the ref
  useEffect(() => {
    const mine = latest.current.map((action) => ({
      ...action,
      run: () => latest.current.find(({ id }) => id === action.id)?.run(),
    }))
    publish([...registered, ...mine])
    return () => publish(registered.filter((action) => !mine.includes(action)))
  }, [signature])
}

/** The keys of an action as the person set them; '' when single keys are off and it needs one. */
export function keysOf(action: Pick<Action, 'id' | 'keys'>, { keys, singleKeys }: Preferences): string {
  const chosen = keys[action.id] ?? action.keys
  return !singleKeys && isSingle(chosen) ? '' : chosen
}

/** WCAG 2.1.4: a shortcut made only of characters, without a modifier. */
export const isSingle = (keys: string): boolean =>
  keys !== '' && !keys.includes('+') && !/^(Escape|Enter|Arrow\w+)$/.test(keys)

const isMac = /Mac|iPhone|iPad/.test(navigator.platform)

/** Keys as printed on a keycap. */
export const keycaps = (keys: string): string[] =>
  keys.split(' ').map((press) =>
    press
      .split('+')
      .map((key) => ({ mod: isMac ? '⌘' : 'Ctrl', shift: '⇧', Enter: '↵', Escape: 'Esc' })[key] ?? key)
      .join(isMac ? '' : ' '),
  )

/** The `aria-keyshortcuts` form. */
export const ariaKeys = (keys: string): string =>
  keys.replaceAll('mod', isMac ? 'Meta' : 'Control').replaceAll('shift', 'Shift')

function pressOf(event: KeyboardEvent): string {
  const mod = event.metaKey || event.ctrlKey ? 'mod+' : ''
  const named = event.key.length > 1
  const shift = event.shiftKey && (named || /^[a-z]$/i.test(event.key)) ? 'shift+' : ''
  return mod + shift + (named ? event.key : event.key.toLowerCase())
}

const fields = 'input:not([type=checkbox],[type=radio],[type=button]),textarea,select,[contenteditable="true"]'

function isTyping(event: KeyboardEvent): boolean {
  const [target] = event.composedPath()
  return target instanceof Element && (target.closest(fields) !== null || target.closest('[role=menu]') !== null)
}

const dialogOpen = () => document.querySelector('dialog[open]') !== null

function find(sequence: string, typing: boolean): { exact?: Action; longer: boolean } {
  const now = preferences()
  let longer = false
  let exact: Action | undefined
  for (const action of registered) {
    const keys = keysOf(action, now)
    if (keys === '' || (typing && !action.inFields)) continue
    if (keys === sequence) exact = action
    else if (keys.startsWith(`${sequence} `)) longer = true
  }
  return { exact, longer }
}

/** Listens to the keyboard for the whole console. Ignores repeats, typing, and input methods that compose. */
export function listenToKeys(): () => void {
  let before = ''
  let timer = 0
  const forget = () => {
    before = ''
  }
  const onKey = (event: KeyboardEvent) => {
    if (event.defaultPrevented || event.repeat || event.isComposing || event.altKey || dialogOpen()) return
    if (['Shift', 'Control', 'Meta', 'Alt'].includes(event.key)) return
    const press = pressOf(event)
    const typing = isTyping(event)
    const sequence = before === '' ? press : `${before} ${press}`
    const { exact, longer } = find(sequence, typing)
    clearTimeout(timer)
    forget()
    if (exact) {
      event.preventDefault()
      exact.run()
    } else if (longer) {
      before = sequence
      timer = window.setTimeout(forget, 1200)
    }
  }
  window.addEventListener('keydown', onKey)
  return () => window.removeEventListener('keydown', onKey)
}

/** Pairs of actions that would answer the same keys; the profile page refuses to save such a change. */
export function conflicts(actions: readonly Action[], preference: Preferences): [Action, Action][] {
  const found: [Action, Action][] = []
  const byKeys = new Map<string, Action>()
  for (const action of actions) {
    const keys = keysOf(action, preference)
    const other = keys === '' ? undefined : byKeys.get(keys)
    if (other && other.id !== action.id) found.push([other, action])
    byKeys.set(keys, action)
  }
  return found
}
