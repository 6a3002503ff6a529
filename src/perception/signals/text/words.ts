const wordUnit = new Uint8Array(65536)
for (let unit = 0x30; unit < 0x590; unit++) {
  if (
    /[\p{Script=Latin}\p{Script=Greek}\p{Script=Cyrillic}\p{Script=Armenian}\p{Nd}]/u.test(String.fromCharCode(unit))
  ) {
    wordUnit[unit] = 1
  }
}

/** True for digits and for letters of scripts that separate words by spaces and do not glue particles to them. */
export function isWordUnit(unit: number): boolean {
  return wordUnit[unit] === 1
}

/** True when `[start, end)` does not begin or end inside a Latin, Greek, Cyrillic or Armenian word or a number. */
export function isWholeWord(text: string, start: number, end: number): boolean {
  if (start > 0 && wordUnit[text.charCodeAt(start)] === 1 && wordUnit[text.charCodeAt(start - 1)] === 1) return false
  return !(end < text.length && wordUnit[text.charCodeAt(end - 1)] === 1 && wordUnit[text.charCodeAt(end)] === 1)
}

/** RE2's `\b` at `at`: ASCII letters, digits and `_` on one side only. */
export function isAsciiBoundary(text: string, at: number): boolean {
  return isAsciiWord(text.charCodeAt(at - 1)) !== isAsciiWord(text.charCodeAt(at))
}

/** RE2's `\w`. */
export function isAsciiWord(unit: number): boolean {
  return (
    (unit >= 0x30 && unit <= 0x39) || (unit >= 0x41 && unit <= 0x5a) || unit === 0x5f || (unit >= 0x61 && unit <= 0x7a)
  )
}
