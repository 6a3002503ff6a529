import { createHmac } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { isSigned, mostAttempts, pauseAfter, sign, urlProblem } from './model.ts'

describe('the signature', () => {
  test('is HMAC-SHA256 over timestamp, a full stop and the body, so a receiver can check it with three lines', () => {
    const expected = createHmac('sha256', 'a secret of the shop, long').update('1700000000.{"a":1}').digest('hex')
    expect(sign('a secret of the shop, long', '1700000000', '{"a":1}')).toBe(`v1=${expected}`)
  })

  test('fits only the same secret, timestamp and body', () => {
    fc.assert(
      fc.property(
        fc.string(),
        fc.string(),
        fc.string(),
        fc.string({ minLength: 1 }),
        (secret, timestamp, body, more) => {
          const signature = sign(secret, timestamp, body)
          expect(isSigned(secret, { timestamp, body, signature })).toBe(true)
          expect(isSigned(secret + more, { timestamp, body, signature })).toBe(false)
          expect(isSigned(secret, { timestamp, body: body + more, signature })).toBe(false)
          expect(isSigned(secret, { timestamp, body, signature: signature.slice(0, -1) })).toBe(false)
        },
      ),
    )
  })
})

describe('the pause between attempts', () => {
  test('doubles from 5 s to an hour; jitter takes away at most half', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 200 }),
        fc.double({ min: 0, max: 0.999999, noNaN: true }),
        (failures, random) => {
          const whole = Math.min(3600, 5 * 2 ** (failures - 1))
          expect(pauseAfter(failures, random)).toBeLessThanOrEqual(whole)
          expect(pauseAfter(failures, random)).toBeGreaterThan(whole / 2 - 1e-9)
        },
      ),
    )
  })

  test('ten attempts cover more than half an hour, even with the most jitter', () => {
    let seconds = 0
    for (let failures = 1; failures < mostAttempts; failures++) seconds += pauseAfter(failures, 0.999999)
    expect(seconds).toBeGreaterThan(1200)
  })
})

describe('the address of an endpoint', () => {
  test.each(['https://shop.example/hooks', 'http://127.0.0.1:9000/x?a=1', 'http://[::1]:9000/'])(
    '%s is called',
    (url) => expect(urlProblem(url)).toBeNull(),
  )
  test.each([
    ['shop.example/hooks', /complete address/],
    ['ftp://shop.example/', /http and https/],
    ['file:///etc/passwd', /http and https/],
    ['javascript:alert(1)', /http and https/],
    ['https://me:word@shop.example/', /login or password/],
    ['https://shop.example/#x', /fragment/],
    ['http://169.254.169.254/latest/meta-data', /Link-local/],
    ['http://2852039166/', /Link-local/],
    ['http://[fe80::1]/', /Link-local/],
    ['http://[::ffff:169.254.169.254]/', /Link-local/],
    ['http://metadata.google.internal/', /metadata/],
  ])('%s is refused, naming what is wrong', (url, reason) => expect(urlProblem(url)?.en).toMatch(reason))
})
