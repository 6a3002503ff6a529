import { classOfUnit, foldCluster, foldedUnit, isDroppedPoint, isJoiningPoint, unitClass } from './fold.ts'
import { isForeignLetter, skeletonOf as skeletonOfFolded, unmaskWords } from './homoglyphs.ts'
import { append, type Draft, finish, startDraft, type View } from './view.ts'

const SPACE = 0x20

/** One unit in, one unit out: most Chinese and English texts. Null when the text needs the slow path. */
function foldUnits(text: string): string | null {
  let changed = -1
  let previous = 0
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i)
    if (classOfUnit[unit] !== unitClass.plain) return null
    const folded = foldedUnit[unit]!
    if (folded === SPACE && previous === SPACE) return null
    previous = folded
    if (changed < 0 && folded !== unit) changed = i
  }
  if (changed < 0) return text
  const units = new Uint16Array(text.length)
  for (let i = 0; i < text.length; i++) units[i] = foldedUnit[text.charCodeAt(i)]!
  return textOfUnits(units)
}

function textOfUnits(units: Uint16Array): string {
  let text = ''
  for (let i = 0; i < units.length; i += 8192) text += String.fromCharCode(...units.subarray(i, i + 8192))
  return text
}

interface Visible {
  readonly point: number
  readonly start: number
  readonly end: number
}

function visiblePoints(view: View): Visible[] {
  const points: Visible[] = []
  for (let i = 0; i < view.text.length; ) {
    const point = view.text.codePointAt(i)!
    const width = point > 0xffff ? 2 : 1
    if (!isDroppedPoint(point)) {
      const start = view.starts === null ? i : view.starts[i]!
      const end = view.ends === null ? i + width : view.ends[i + width - 1]!
      points.push({ point, start, end })
    }
    i += width
  }
  return points
}

function appendFolded(draft: Draft, folded: string, span: readonly [number, number]): void {
  if (folded === '') return
  const blank = folded.charCodeAt(0) === SPACE && draft.text.charCodeAt(draft.text.length - 1) === SPACE
  if (blank) draft.ends[draft.ends.length - 1] = span[1]
  append(draft, blank ? folded.slice(1) : folded, span)
}

function foldClusters(view: View): View {
  const points = visiblePoints(view)
  const draft = startDraft()
  for (let i = 0; i < points.length; ) {
    const first = points[i]!
    let cluster = String.fromCodePoint(first.point)
    let end = first.end
    let next = i + 1
    for (; next < points.length && isJoiningPoint(points[next]!.point); next++) {
      cluster += String.fromCodePoint(points[next]!.point)
      end = Math.max(end, points[next]!.end)
    }
    appendFolded(draft, foldCluster(cluster), [first.start, end])
    i = next
  }
  return finish(draft)
}

function unmask(view: View): View {
  for (let i = 0; i < view.text.length; i++) {
    if (isForeignLetter(view.text.charCodeAt(i))) return { ...view, text: unmaskWords(view.text) }
  }
  return view
}

/**
 * The plain view: NFKC, invisible characters out, lower case, marks off Latin letters, traditional → simplified,
 * look-alike letters → Latin where a word pretends to be Latin, every run of blanks → one space.
 * Any string is accepted. Normalising the result again gives the same text.
 */
export function normalise(text: string): View {
  const quick = foldUnits(text)
  if (quick !== null) return unmask({ text: quick, starts: null, ends: null })
  let view: View = { text, starts: null, ends: null }
  // dropping a mark can bring two characters together that compose, hence the rounds
  for (let round = 0; round < 8; round++) {
    const next = unmask(foldClusters(view))
    const stable = next.text === view.text
    view = next
    if (stable || foldUnits(view.text) === view.text) break
  }
  return view
}

/** ASCII units: as they are, in lower case, or with rules of their own. */
const asciiKind = { same: 0, lower: 1, special: 2 } as const
const kindOfAscii = Uint8Array.from({ length: 128 }, (_, unit) => {
  const folded = foldedUnit[unit]
  if (classOfUnit[unit] !== unitClass.plain || unit === SPACE) return asciiKind.special
  if (folded === unit) return asciiKind.same
  return String.fromCharCode(unit).toLowerCase().charCodeAt(0) === folded ? asciiKind.lower : asciiKind.special
})

/** The text of the plain view of what most keys are: ASCII without runs of blanks. Null for any other text. */
function foldAscii(text: string): string | null {
  let lower = false
  let previous = 0
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at)
    if (unit >= 128) return null
    const kind = kindOfAscii[unit]
    if (kind === asciiKind.lower) lower = true
    else if (kind === asciiKind.special && (unit !== SPACE || previous === SPACE)) return null
    previous = unit
  }
  return lower ? text.toLowerCase() : text
}

/** The text of the plain view, for terms and keys. */
export function foldText(text: string): string {
  return foldAscii(text) ?? normalise(text).text
}

/** What a name looks like, by its folded text (see `skeletonOf` of the look-alikes). */
export const skeletonOf = (name: string): string => skeletonOfFolded(foldText(name))
