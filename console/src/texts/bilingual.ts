/** The texts of one area of the console in both languages; a key that is missing or too many in either does not compile. */
export function bilingual<const En extends Readonly<Record<string, string>>>(
  en: En,
  zh: { readonly [Key in keyof En]: string },
): { readonly en: En; readonly zh: { readonly [Key in keyof En]: string } } {
  return { en, zh }
}
