/** Letters that look Latin and are not: replaced only inside words that pretend to be Latin (see `unmaskWords`). */
const cyrillic = 'аaвbеeкkмmнhоoрpсcтtуyхxѕsіiјjԁdԛqԝwһhӏlґrпnгrзeьb'
const greek = 'αaβbεeηnιiκkνvοoρpτtυuχxγyωw'

/** Latin look-alikes of other scripts and styles that no language uses as its own letters in shop texts. */
const always =
  'ɑaɡgɩiıiʟlɪiɴnᴀaʙbᴄcᴅdᴇeꜰfɢgʜhᴊjᴋkᴍmᴏoᴘpʀrꜱsᴛtᴜuᴠvᴡwʏyᴢzøołlđdħhŧtƅbȷjɾrʂsʋuςσ' +
  '❶1❷2❸3❹4❺5❻6❼7❽8❾9➀1➁2➂3➃4➄5➅6➆7➇8➈9➊1➋2➌3➍4➎5➏6➐7➑8➒9⓿0⓵1⓶2⓷3⓸4⓹5⓺6⓻7⓼8⓽9'

function pairs(text: string): Map<string, string> {
  const letters = [...text]
  const map = new Map<string, string>()
  for (let i = 0; i + 1 < letters.length; i += 2) map.set(letters[i]!, letters[i + 1]!)
  return map
}

function negativeLetters(): Map<string, string> {
  const map = pairs(always)
  for (let i = 0; i < 26; i++) {
    const letter = String.fromCharCode(97 + i)
    // negative circled, negative squared, regional indicators: shapes that NFKC leaves alone
    for (const first of [0x1f150, 0x1f170, 0x1f1e6]) map.set(String.fromCodePoint(first + i), letter)
  }
  return map
}

/** Code point → Latin letter or digit, applied everywhere. */
export const alwaysLatin: ReadonlyMap<string, string> = negativeLetters()

const CYRILLIC = 1
const GREEK = 2
const LATIN = 4

const lookalike = new Uint16Array(65536)
const script = new Uint8Array(65536)
for (const map of [pairs(cyrillic), pairs(greek)])
  for (const [from, to] of map) lookalike[from.charCodeAt(0)] = to.charCodeAt(0)
for (let unit = 0x61; unit < 0x3000; unit++) {
  const letter = String.fromCharCode(unit)
  if (/\p{Script=Cyrillic}/u.test(letter)) script[unit] = CYRILLIC
  else if (/\p{Script=Greek}/u.test(letter)) script[unit] = GREEK
  else if (/\p{Script=Latin}/u.test(letter)) script[unit] = LATIN
}

interface Word {
  readonly start: number
  readonly end: number
  readonly scripts: number
  readonly native: boolean
}

function words(text: string): Word[] {
  const found: Word[] = []
  let i = 0
  while (i < text.length) {
    if (script[text.charCodeAt(i)] === 0) {
      i++
      continue
    }
    const start = i
    let scripts = 0
    let native = false
    for (; i < text.length; i++) {
      const unit = text.charCodeAt(i)
      const kind = script[unit]!
      if (kind === 0) break
      scripts |= kind
      if (kind !== LATIN && lookalike[unit] === 0) native = true
    }
    found.push({ start, end: i, scripts, native })
  }
  return found
}

/**
 * Replaces Cyrillic and Greek look-alikes by Latin letters, unit by unit, in words that mix scripts, and in words made
 * only of look-alikes when no word of the text is really Cyrillic (Greek). A Russian text keeps its letters.
 */
export function unmaskWords(text: string): string {
  const list = words(text)
  let genuine = 0
  for (const word of list) if (word.native && (word.scripts & LATIN) === 0) genuine |= word.scripts
  let out = ''
  let done = 0
  for (const word of list) {
    const foreign = word.scripts & ~LATIN
    if (foreign === 0) continue
    const mixed = (word.scripts & LATIN) !== 0
    if (!mixed && (word.native || (foreign & genuine) !== 0)) continue
    out += text.slice(done, word.start)
    for (let i = word.start; i < word.end; i++) {
      const unit = text.charCodeAt(i)
      out += String.fromCharCode(lookalike[unit] || unit)
    }
    done = word.end
  }
  return done === 0 ? text : out + text.slice(done)
}

/** True for letters that may need `unmaskWords`. */
export function isForeignLetter(unit: number): boolean {
  const kind = script[unit]
  return kind === CYRILLIC || kind === GREEK
}

/** Digits and pairs of letters that look like a letter, in names that mean to be read as another. */
const likeLetters: readonly (readonly [from: RegExp, to: string])[] = [
  [/0/g, 'o'],
  [/[1|]/g, 'l'],
  [/3/g, 'e'],
  [/5/g, 's'],
  [/rn/g, 'm'],
  [/vv/g, 'w'],
]

/**
 * What a name looks like: two names with one skeleton are the same to the eye. Every look-alike becomes its Latin letter, whole words of another script
 * too, and i becomes l, as both are written as a stroke; so a skeleton is for comparing names and is no text.
 */
export function skeletonOf(folded: string): string {
  let latin = ''
  for (const point of folded) {
    const unit = point.length === 1 ? lookalike[point.charCodeAt(0)] : 0
    latin += unit ? String.fromCharCode(unit) : (alwaysLatin.get(point) ?? point)
  }
  return likeLetters.reduce((text, [from, to]) => text.replace(from, to), latin).replaceAll('i', 'l')
}
