/** Headers of every answer, as names in lower case and values. */
type Headers = readonly (readonly [name: string, value: string])[]

export const pageHeaders = (imageHosts: readonly string[]): Headers => [
  [
    'content-security-policy',
    `default-src 'self'; img-src ${["'self'", ...imageHosts].join(' ')}; style-src 'self' 'unsafe-hashes' 'sha256-eOeBlzLl/v08B2FF+8sHFyqVkh/E8OkHAdReQ+RiiSA='; frame-ancestors 'none'; base-uri 'none'; form-action 'self'; object-src 'none'`,
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

/** A file of a stranger: not a page even when it is opened by itself, and nothing for another site to embed. */
export const fileHeaders: Headers = [
  ['content-security-policy', "sandbox; default-src 'none'; frame-ancestors 'none'"],
  ['cross-origin-resource-policy', 'same-origin'],
]
