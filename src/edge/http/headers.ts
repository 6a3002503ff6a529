/** Headers of every answer, as names in lower case and values. */
type Headers = readonly (readonly [name: string, value: string])[]

export const pageHeaders: Headers = [
  [
    'content-security-policy',
    "default-src 'self'; style-src 'self' 'unsafe-hashes' 'sha256-eOeBlzLl/v08B2FF+8sHFyqVkh/E8OkHAdReQ+RiiSA='; frame-ancestors 'none'; base-uri 'none'; form-action 'self'; object-src 'none'",
  ],
  ['x-content-type-options', 'nosniff'],
  ['referrer-policy', 'no-referrer'],
  ['x-frame-options', 'DENY'],
]

/** Data is never a page: nothing in an answer may run or be framed. */
export const answerHeaders: Headers = [
  ['content-security-policy', "default-src 'none'; frame-ancestors 'none'"],
  ['x-content-type-options', 'nosniff'],
  ['cache-control', 'no-store'],
]
