import { originalSpan, type View } from '../text/view.ts'
import { baseViews } from '../text/views.ts'
import type { Contact } from './contact.ts'
import { findMessengers, findPayments } from './messengers.ts'
import { findNumbers, readSpelledDigits } from './numbers.ts'
import { findHidden, findMails, findUrls } from './urls.ts'

const longest = 200_000

/** Nothing that could be a contact: no digit run, no dot or at sign, no letter or sign that a cue begins with. */
const possible =
  /[@.。]|\d.{0,3}\d.{0,3}\d|[微薇威维徽溦卫扣企球电飞支点零〇一壹]|\b(?:at|dot)\b|w(?:x|e|h|a)|v|q|tel|line|kakao|ig\b|insta|snap|skype|zalo|discord|signal|face|mess|dm|text|add|zfb|ali|pay|zelle|revolut|cash|카|텔|라|ไ|و|ت|т|one|zero|加|私/

function place(view: View, contact: Contact): Contact {
  const [start, end] = originalSpan(view, contact.start, contact.end)
  return { ...contact, start, end }
}

/** The first finder to claim a span keeps it: an account of a messenger is not also a phone number. */
function withoutOverlaps(contacts: readonly Contact[]): Contact[] {
  const kept: Contact[] = []
  for (const contact of contacts) {
    if (!kept.some((other) => contact.start < other.end && other.start < contact.end)) kept.push(contact)
  }
  return kept.sort((a, b) => a.start - b.start)
}

/**
 * Contacts that lead off the platform, leftmost first, none overlapping; offsets of the original text.
 * Looks at the first 200,000 characters and reports at most 200 contacts.
 */
export function findContacts(text: string): Contact[] {
  const plain = baseViews(text.length > longest ? text.slice(0, longest) : text).plain
  if (!possible.test(plain.text)) return []
  const digits = readSpelledDigits(plain)
  const found = [
    ...findPayments(digits.text).map((contact) => place(digits, contact)),
    ...findMails(plain.text).map((contact) => place(plain, contact)),
    ...findHidden(plain.text).map((contact) => place(plain, contact)),
    ...findUrls(plain.text).map((contact) => place(plain, contact)),
    ...findMessengers(digits.text).map((contact) => place(digits, contact)),
    ...findNumbers(digits.text).map((contact) => place(digits, contact)),
  ]
  return withoutOverlaps(found.slice(0, 2000)).slice(0, 200)
}
