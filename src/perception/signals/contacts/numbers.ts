import { append, copy, finish, startDraft, type View } from '../text/view.ts'
import type { Contact } from './contact.ts'

const digitOfHan = new Map<string, string>()
;['零〇洞', '一壹幺弌', '二贰两弍', '三叁参弎', '四肆', '五伍', '六陆', '七柒拐', '八捌', '九玖'].forEach(
  (forms, digit) => {
    for (const form of forms) digitOfHan.set(form, String(digit))
  },
)
const words = ['zero', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine']
const spelledRun =
  /(?:(?:\d|[零〇洞一壹幺弌二贰两弍三叁参弎四肆五伍六陆七柒拐八捌九玖]|(?<![a-z])(?:zero|oh|one|two|three|four|five|six|seven|eight|nine)(?![a-z]))[\s,.·-]{0,2}){7,24}/g
const spelledDigit =
  /[零〇洞一壹幺弌二贰两弍三叁参弎四肆五伍六陆七柒拐八捌九玖]|oh|zero|one|two|three|four|five|six|seven|eight|nine/g

/** Runs of seven or more digits in which some are spelled (壹叁捌, one three eight) written as digits. */
export function readSpelledDigits(view: View): View {
  const runs = [...view.text.matchAll(spelledRun)].filter((run) => /[^\d\s,.·-]/.test(run[0]))
  if (runs.length === 0) return view
  const draft = startDraft()
  let done = 0
  for (const run of runs) {
    for (const spelled of run[0].matchAll(spelledDigit)) {
      const at = run.index + spelled.index
      copy(draft, view, done, at)
      const digit = digitOfHan.get(spelled[0]) ?? (spelled[0] === 'oh' ? '0' : String(words.indexOf(spelled[0])))
      const last = at + spelled[0].length
      append(draft, digit, [view.starts?.[at] ?? at, view.ends?.[last - 1] ?? last])
      done = last
      // blanks between spelled words are not part of the number
      while (/[\s,]/.test(view.text[done] ?? 'x') && done + 1 < run.index + run[0].length) done++
    }
  }
  copy(draft, view, done, view.text.length)
  return finish(draft)
}

/** A run of digits with the separators that people write in numbers. */
interface NumberRun {
  readonly start: number
  readonly end: number
  readonly raw: string
  readonly digits: string
  readonly plus: boolean
  readonly before: string
  readonly after: string
}

const numberRun = /(?:\+|\b00)?\s?\(?\d(?:[\s\-.·()*_]{0,2}\d){5,22}/g

function numberRuns(text: string): NumberRun[] {
  const runs: NumberRun[] = []
  for (const match of text.matchAll(numberRun)) {
    const lead = /^\s*/.exec(match[0])![0].length
    const start = match.index + lead
    const raw = match[0].slice(lead)
    const end = start + raw.length
    const before = text.slice(Math.max(0, start - 24), start)
    const after = text.slice(end, end + 6)
    runs.push({ start, end, raw, digits: raw.replace(/\D/g, ''), plus: raw.startsWith('+'), before, after })
  }
  return runs
}

const phoneCue =
  /(?:tel|phone|mobile|cell|call|text|sms|whatsapp|wa|hotline|contact|电话|手机|致电|热线|联系|拨打|加我|来电|短信|座机|☎|📞|📱|전화|โทร|هاتف|واتساب|тел)(?:\s?(?:me|us|no|number|号码?|方式|is|at|on|:|：|\.|#)){0,3}[\s:：.#]*$/
const otherCue =
  /(?:order|tracking|waybill|invoice|ref|sku|item|model|part|serial|s\/n|ean|upc|gtin|isbn|asin|barcode|batch|lot|art|cas|patent|id|no|订单号?|单号|运单|物流|货号|型号|编号|条码|条形码|批号|专利号?|注册证?号?|备案号?|许可证?号?|证书?号?|执照|税号|款号|序列号|准字?|字第|标准|gb\/?t?|国药准字.?|\$|€|£|¥|usd|eur|cny|rmb|rs|price|价格?|￥)[\s.:：#-]*(?:号|number|no)?[\s.:：#-]*$/
const unitAfter =
  /^\s?(?:mm|cm|m\b|kg|g\b|ml|l\b|mah|w\b|v\b|hz|rpm|lm|px|gb|mb|tb|元|円|块|%|pcs|件|usd|eur|人|次|天|年|月|日|小时)/

function hasValidGtin(digits: string): boolean {
  if (![8, 12, 13, 14].includes(digits.length)) return false
  let sum = 0
  for (let i = digits.length - 2, weight = 3; i >= 0; i--, weight = 4 - weight) sum += Number(digits[i]) * weight
  return (10 - (sum % 10)) % 10 === Number(digits.at(-1))
}

/** Luhn's check of a card number. */
export function isLuhnValid(digits: string): boolean {
  let sum = 0
  for (let i = digits.length - 1, twice = false; i >= 0; i--, twice = !twice) {
    const digit = Number(digits[i]) * (twice ? 2 : 1)
    sum += digit > 9 ? digit - 9 : digit
  }
  return digits !== '' && sum % 10 === 0
}

const cardShape =
  /^(?:3[47]\d{13}|4\d{15}|4\d{18}|5[1-5]\d{14}|2[2-7]\d{14}|62\d{14,17}|6(?:011|5\d\d|4[4-9]\d)\d{12}|35\d{14})$/

function isCard(run: NumberRun): boolean {
  if (!cardShape.test(run.digits) || !isLuhnValid(run.digits)) return false
  return !otherCue.test(run.before) && !/[.()]/.test(run.raw)
}

/** Written shapes that are a phone number in some country without any cue. */
const phoneShapes: readonly RegExp[] = [
  /^(?:\+?86[\s-]?|0086[\s-]?)?1[3-9]\d(?:[\s\-.·*_]{0,2}\d){8}$/,
  /^0\d{2,3}-\d{7,8}$/,
  /^\(0\d{2,3}\)\s?\d{7,8}$/,
  /^[48]00-\d{3,4}-?\d{3,4}$/,
  /^(?:1[\s.-])?\(\d{3}\)\s?\d{3}[\s.-]\d{4}$/,
  /^(?:1[.-])?\d{3}([.-])\d{3}\1\d{4}$/,
  /^07\d{3}\s?\d{3}\s?\d{3}$/,
  /^0[1-9]([ .-])\d{2}\1\d{2}\1\d{2}\1\d{2}$/,
  /^010-\d{4}-\d{4}$/,
]

function isPhone(run: NumberRun): boolean {
  const { raw, digits, before, after } = run
  if (/[\p{L}\d][-_./]?$/u.test(before) && !/\p{Script=Han}$/u.test(before) && !phoneCue.test(before)) return false
  if (/^[a-z0-9]|^[-_./][a-z0-9]|^\.\d/.test(after) && !/^[a-z]{3,}\s/.test(after)) return false
  if (otherCue.test(before) || unitAfter.test(after)) return false
  if (run.plus || raw.startsWith('00')) return digits.length >= 9 && digits.length <= 17 && !/^\+\d\./.test(raw)
  if (phoneShapes.some((shape) => shape.test(raw.replace(/[·*_]/g, '-')) || shape.test(raw))) return true
  return digits.length >= 7 && digits.length <= 15 && phoneCue.test(before) && !hasValidGtin(digits)
}

/** Phone numbers and payment cards. `text` has spelled digits already read. */
export function findNumbers(text: string): Contact[] {
  const found: Contact[] = []
  for (const run of numberRuns(text)) {
    if (isCard(run)) found.push({ kind: 'payment', start: run.start, end: run.end, value: `card:${run.digits}` })
    else if (isPhone(run)) {
      const value = run.plus ? `+${run.digits}` : run.digits
      found.push({ kind: 'phone', start: run.start, end: run.end, value })
    }
  }
  return found
}
