import { normalise } from './normalise.ts'
import { append, copy, finish, startDraft, type View } from './view.ts'

/** The forms in which a text is searched. `plain` is `normalise`; the others are made from it. */
export type ViewName = 'plain' | 'tight' | 'leet' | 'squeezed'

const SOFT = 1
const HARD = 2
const separator = new Uint8Array(65536)
for (const mark of ' ·•・‧-_*|/\\~^+=#"\'`“”‘’★☆♥❤♡●○◆◇■□▲△…—–') separator[mark.charCodeAt(0)] = SOFT
for (const mark of ',.。、，;；:!?！？') separator[mark.charCodeAt(0)] = HARD

function isHan(unit: number): boolean {
  return (unit >= 0x4e00 && unit <= 0x9fff) || (unit >= 0x3400 && unit <= 0x4dbf)
}

function isLetter(unit: number): boolean {
  return unit >= 0x61 && unit <= 0x7a
}

function isAlphanumeric(unit: number): boolean {
  return isLetter(unit) || (unit >= 0x30 && unit <= 0x39)
}

interface Cut {
  readonly from: number
  readonly to: number
}

function hanRunBefore(text: string, at: number): number {
  let length = 0
  while (length < 2 && isHan(text.charCodeAt(at - 1 - length))) length++
  return length
}

function hanRunAfter(text: string, at: number): number {
  let length = 0
  while (length < 2 && isHan(text.charCodeAt(at + length))) length++
  return length
}

/** Separators between Han characters; commas and stops only where they cut off a single character. */
function hanCut(text: string, at: number): Cut | null {
  let to = at
  let kind = 0
  for (let mark = separator[text.charCodeAt(to)]!; mark > 0; mark = separator[text.charCodeAt(to)]!) {
    kind = Math.max(kind, mark)
    to++
    if (to >= text.length) return null
  }
  if (!isHan(text.charCodeAt(at - 1)) || !isHan(text.charCodeAt(to))) return null
  if (kind === HARD && hanRunBefore(text, at) > 1 && hanRunAfter(text, to) > 1) return null
  return { from: at, to }
}

/** `f r e e`, `v.i.a.g.r.a`: three or more single letters with separators between them. */
function spelledCuts(text: string, at: number): Cut[] {
  const cuts: Cut[] = []
  let letter = at
  while (true) {
    let next = letter + 1
    while (next < text.length && next - letter <= 3 && separator[text.charCodeAt(next)]! > 0) next++
    const single = isLetter(text.charCodeAt(next)) && !isAlphanumeric(text.charCodeAt(next + 1))
    if (next === letter + 1 || !single) break
    cuts.push({ from: letter + 1, to: next })
    letter = next
  }
  return cuts.length >= 2 ? cuts : []
}

function cutsOf(text: string): Cut[] {
  const cuts: Cut[] = []
  for (let i = 1; i < text.length; i++) {
    const unit = text.charCodeAt(i)
    if (separator[unit]! > 0 && isHan(text.charCodeAt(i - 1))) {
      const cut = hanCut(text, i)
      if (cut !== null) {
        cuts.push(cut)
        i = cut.to
      }
    } else if (separator[unit]! > 0 && isLetter(text.charCodeAt(i - 1)) && !isAlphanumeric(text.charCodeAt(i - 2))) {
      const spelled = spelledCuts(text, i - 1)
      cuts.push(...spelled)
      if (spelled.length > 0) i = spelled.at(-1)!.to
    }
  }
  return cuts
}

/** Drops separators that stand between Han characters or between spelled-out letters; the same object when there are none. */
export function tighten(view: View): View {
  const cuts = cutsOf(view.text)
  if (cuts.length === 0) return view
  const draft = startDraft()
  let done = 0
  for (const cut of cuts) {
    copy(draft, view, done, cut.from)
    done = cut.to
  }
  copy(draft, view, done, view.text.length)
  return finish(draft)
}

const leetLetters: Readonly<Record<string, string>> = {
  '0': 'o',
  '3': 'e',
  '4': 'a',
  '5': 's',
  '7': 't',
  '8': 'b',
  '@': 'a',
  $: 's',
  '!': 'i',
  '|': 'l',
}

/** Digits and signs read as letters inside words that also have letters; `one` says what the digit 1 stands for. */
export function readLeet(view: View, one: 'i' | 'l'): View {
  const text = view.text.replace(/[a-z0-9@$!|]+/g, (word) => {
    if (!/[a-z]/.test(word)) return word
    return word.replace(/[013457@$!|8]/g, (sign, at: number) => {
      if (sign === '!' && at === word.length - 1) return sign
      return sign === '1' ? one : (leetLetters[sign] ?? sign)
    })
  })
  return text === view.text ? view : { ...view, text }
}

/** Runs of three or more equal letters cut to `keep` (1 or 2); the same object when there are none. */
export function squeeze(view: View, keep: 1 | 2): View {
  const runs = [...view.text.matchAll(/([a-z])\1{2,}/g)]
  if (runs.length === 0) return view
  const draft = startDraft()
  let done = 0
  for (const run of runs) {
    copy(draft, view, done, run.index + keep - 1)
    const last = run.index + run[0].length
    const span = [view.starts?.[run.index + keep - 1] ?? run.index + keep - 1, view.ends?.[last - 1] ?? last] as const
    append(draft, run[1]!, span)
    done = last
  }
  copy(draft, view, done, view.text.length)
  return finish(draft)
}

/** The plain and tight views of one text. */
export interface BaseViews {
  readonly plain: View
  readonly tight: View
}

const remembered = new Map<string, BaseViews>()
const rememberedTexts = 64
const longestRemembered = 16_384

/** The views of a text; the last few texts are remembered because many signals read the same field. */
export function baseViews(text: string): BaseViews {
  const known = remembered.get(text)
  if (known !== undefined) return known
  const plain = normalise(text)
  const views = { plain, tight: tighten(plain) }
  if (text.length > longestRemembered) return views
  if (remembered.size >= rememberedTexts) {
    const oldest = remembered.keys().next()
    if (!oldest.done) remembered.delete(oldest.value)
  }
  remembered.set(text, views)
  return views
}

/** The distinct views of a text, `plain` first; a view equal to an earlier one is left out. */
export function viewsOf(text: string, names: readonly ViewName[]): View[] {
  const base = baseViews(text)
  const views: View[] = []
  const add = (view: View) => {
    if (!views.some((other) => other.text === view.text)) views.push(view)
  }
  if (names.includes('plain')) add(base.plain)
  if (names.includes('tight')) add(base.tight)
  if (names.includes('leet')) {
    add(readLeet(base.tight, 'i'))
    add(readLeet(base.tight, 'l'))
  }
  if (names.includes('squeezed')) {
    add(squeeze(base.tight, 1))
    add(squeeze(base.tight, 2))
  }
  return views
}
