import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { ContactKind } from './contact.ts'
import { findContacts } from './contacts.ts'

function kindsIn(text: string): ContactKind[] {
  return findContacts(text).map((contact) => contact.kind)
}

test.each<[text: string, kind: ContactKind, value: string]>([
  ['联系电话13800138000', 'phone', '13800138000'],
  ['138-0013-8000 随时', 'phone', '13800138000'],
  ['壹叁捌零零壹叁捌零零零 找我', 'phone', '13800138000'],
  ['１３８ ００１３ ８０００', 'phone', '13800138000'],
  ['1️⃣3️⃣8️⃣0️⃣0️⃣1️⃣3️⃣8️⃣0️⃣0️⃣0️⃣', 'phone', '13800138000'],
  ['1叁8 0零13 8000', 'phone', '13800138000'],
  ['one three eight zero zero one three eight zero zero zero', 'phone', '13800138000'],
  ['+86 138 0013 8000', 'phone', '+8613800138000'],
  ['call +44 7911 123456 now', 'phone', '+447911123456'],
  ['(415) 555-2671', 'phone', '4155552671'],
  ['415-555-2671', 'phone', '4155552671'],
  ['text me 4155552671', 'phone', '4155552671'],
  ['热线 400-820-8820', 'phone', '4008208820'],
  ['座机 010-62345678', 'phone', '01062345678'],
  ['加微信 abc_2024 有优惠', 'messenger', 'wechat:abc_2024'],
  ['薇信号:shopqueen', 'messenger', 'wechat:shopqueen'],
  ['vx：abc12345', 'messenger', 'wechat:abc12345'],
  ['v❤ lily8866', 'messenger', 'wechat:lily8866'],
  ['wx 13800138000', 'messenger', 'wechat:13800138000'],
  ['扣扣 123456789', 'messenger', 'qq:123456789'],
  ['q群:987654321', 'messenger', 'qq:987654321'],
  ['Telegram: @best_deals', 'messenger', 'telegram:best_deals'],
  ['WhatsApp +1 415 555 2671', 'messenger', 'whatsapp:+14155552671'],
  ['whatsapp +1 (4-1-5) 5.5.5 2.6.7.1', 'messenger', 'whatsapp:+14155552671'],
  ['http://login.bank-check.example/id', 'url', 'login.bank-check.example/id'],
  ['LINE ID: shop.th99', 'messenger', 'line:shop.th99'],
  ['카카오톡 아이디 shop1234', 'messenger', 'kakaotalk:shop1234'],
  ['mail Bob.Smith@Example.com today', 'email', 'bob.smith@example.com'],
  ['bob at gmail dot com', 'email', 'bob@gmail.com'],
  ['bob [at] shop-deals [dot] top', 'email', 'bob@shop-deals.top'],
  ['bob(at)example.com', 'email', 'bob@example.com'],
  ['see https://example.com/a?b=1.', 'url', 'example.com/a?b=1'],
  ['go to shop-deals.top now', 'url', 'shop-deals.top'],
  ['www.cheap-bags.ru', 'url', 'cheap-bags.ru'],
  ['t.me/best_deals', 'url', 't.me/best_deals'],
  ['wa.me/14155552671', 'url', 'wa.me/14155552671'],
  ['bit.ly/3abcD', 'url', 'bit.ly/3abcd'],
  ['example[.]com', 'url', 'example.com'],
  ['shopdeals 点 com', 'url', 'shopdeals.com'],
  ['shopdeals。com', 'url', 'shopdeals.com'],
  ['http://192.168.10.5/x', 'url', '192.168.10.5/x'],
  ['card 4111 1111 1111 1111', 'payment', 'card:4111111111111111'],
  ['支付宝 13800138000', 'payment', 'alipay:13800138000'],
  ['paypal.me/bobshop', 'payment', 'paypal.me/bobshop'],
  ['PayPal: bob@example.com', 'payment', 'paypal:bob@example.com'],
  ['see https://www.youtube.com/watch?v=KQ6zr6kCPj8', 'url', 'youtube.com/watch?v=kq6zr6kcpj8'],
  ['http://youtu.be/CevxZvSJLk8', 'url', 'youtu.be/cevxzvsjlk8'],
  ['IBAN DE89 3704 0044 0532 0130 00', 'payment', 'iban:de89370400440532013000'],
  ['send USDT TQn9Y2khEsLJW1ChVWFMSMeRDow5KcbLSE', 'payment', 'crypto:tqn9y2khesljw1chvwfmsmerdow5kcblse'],
])('%s has a %s', (text, kind, value) => {
  expect(findContacts(text).map((contact) => [contact.kind, contact.value])).toEqual([[kind, value]])
})

test.each([
  '加V看图',
  '加v❤领优惠',
  '私聊微信',
  '加微❤',
  'add me on WhatsApp',
  'message us on telegram',
  '카톡으로 문의',
  'DM me',
  'what s app me',
])('%s invites to a messenger', (text) => {
  expect(kindsIn(text)).toContain('messenger')
})

test.each([
  'Canon EOS R6 Mark II 24-105mm',
  '型号 KX-13800138000',
  '尺寸 120x60x30cm',
  '价格 1,299.00 元',
  '2026-11-01 至 2026-11-11',
  '20261101 发货',
  '订单号 13800138000',
  'order no 4155552671',
  'EAN 6901234567892',
  '6901234567892',
  'barcode 4006381333931',
  'version 2.0.1',
  'v2.0.1 firmware',
  'readme.md and main.py',
  'photo.jpg index.html data.zip',
  'pi is 3.1415926535',
  '加V领毛衣',
  'V领连衣裙',
  'v-neck dress',
  '支持微信支付',
  '微信小程序同款',
  '加微胖女装',
  'WhatsApp sticker pack',
  'QQ糖 500g',
  'LINE FRIENDS 公仔',
  'fishing line 100m',
  'Line: strong',
  'signal booster',
  'great.it works',
  'e.g. this',
  'no.1 pick',
  'great quality.so happy',
  'meet at noon',
  'at example',
  '4111 1111 1111 1112',
  '10000mAh 22.5W',
  '国药准字 Z20202091234',
  'CAS 50-00-0',
  'ISBN 978-7-111-12345-6',
  '192.168.100.200',
  '1-2-3-4-5-6 steps',
  '2019-2024 2020-2025',
  '100 200 300 400',
  'Node.js and Vue.js',
  'A4 210*297',
  '3.5in x 2.0in',
  '一二三四',
  '一五一十',
  'one two three',
  'i like telegram',
  '微信读书会员',
  '粤械注准20202091234',
  'HDMI 2.1 1920x1080',
  'iPhone15 pro',
  'wx',
  'ip68',
  '1688 爆款',
  'dot com bubble',
  'polka dot top',
  'Tel Aviv 2024 print',
  '加量不加价',
  'USB3.0 5000 6000',
  'size:38,39,40,41,42,43',
  '38/39/40/41/42',
  '5.11.top quality',
])('%s has no contact', (text) => {
  expect(findContacts(text)).toEqual([])
})

test('spans lie on the original text, in order, without overlap, whatever the text', () => {
  const piece = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 6 }),
    fc.constantFrom(
      '加微信',
      'vx:',
      'abc123',
      '13800138000',
      '@',
      '.com',
      'at',
      ' dot ',
      '壹叁捌',
      '+44',
      '\u200b',
      '，',
      'q群',
      't.me/',
    ),
  )
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 14 }), (pieces) => {
      const text = pieces.join('')
      let last = 0
      for (const contact of findContacts(text)) {
        expect(contact.start).toBeGreaterThanOrEqual(last)
        expect(contact.end).toBeGreaterThan(contact.start)
        expect(contact.end).toBeLessThanOrEqual(text.length)
        last = contact.end
      }
    }),
    { numRuns: 2000 },
  )
})

test.each(['1 ', '1.', 'a.', 'a@', '+v', '一 ', 'vx ', 'a.b@', 'DE89', '(at)', 'a1-'])(
  '100,000 characters of "%s" are read in linear time',
  (unit) => {
    const text = unit.repeat(Math.floor(100_000 / unit.length))
    const started = performance.now()
    findContacts(text)
    expect(performance.now() - started).toBeLessThan(30_000)
  },
)
