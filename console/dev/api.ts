// Development aid: answers the console's calls from made-up data, in memory.
import type { ActionRow, AppealRow, Text } from '../src/types.ts'
import {
  ago,
  between,
  cases,
  choices,
  dataOf,
  findingsOf,
  markets,
  noticeText,
  policies,
  randomOf,
  spansOf,
  strategies,
  T,
  templates,
  timelineOf,
} from './data.ts'

export interface Call {
  method: string
  path: string
  query: URLSearchParams
  body: Record<string, unknown>
}
export type Reply = { status?: number; body: unknown }

const page = (items: unknown[], total = items.length) => ({ items, next: null, total })
const plain = ({ template: _, ...row }: (typeof cases)[number]) => row
const refuse = (status: number, code: string, detail: Text) => ({
  status,
  body: { code, status, detail, request_id: 'req_7f3k2m9p' },
})

let signedIn = false
const session = {
  user: { id: 'usr_1', login: 'admin', name: 'Ada Chen', roles: ['administrator'], preferences: {} },
  permissions: ['*'],
}

const decisionOf = (row: (typeof cases)[number]) => ({
  decision_id: `dec_${row.case_id.slice(5)}`,
  event: {
    id: 'evt_1',
    source: 'sample/eu',
    type: row.template.eventType,
    subject: row.subject,
    time: row.opened_at,
    logged_at: row.opened_at,
  },
  verdict: row.verdict,
  markets: Object.fromEntries(markets.map((market) => [market, row.markets.includes(market) ? row.verdict : 'pass'])),
  findings: findingsOf(row.template),
  unknown: ['products-eu/battery-capacity'],
})

function caseDetail(row: (typeof cases)[number]) {
  const data = dataOf(row)
  const policy = (id: string) => {
    const { title, text, law, fix, severity } = policies[id]!
    return { id, title, text, severity, fix, legal_basis: law && { instrument: law[0], article: law[1], url: law[2] } }
  }
  return {
    ...plain(row),
    event: {
      id: 'evt_1',
      source: 'sample/eu',
      type: row.template.eventType,
      time: row.opened_at,
      subject: row.subject.id,
      data,
    },
    decision: decisionOf(row),
    now: {
      id: 'evt_9',
      source: 'sample/eu',
      type: 'listing.updated',
      time: ago(3),
      subject: row.subject.id,
      data: {
        ...data,
        price: 24.9,
        title: data.title!.replace('ultra slim', 'slim'),
        attributes: { ...(data.attributes as object), ce_mark: 'CE 0123' },
      },
    },
    spans: spansOf(row.template),
    policies: [policy(row.template.policy), policy('eu-gpsr-19')].filter(
      (one, index, all) => all.findIndex(({ id }) => id === one.id) === index,
    ),
    similar: cases.slice(0, 4).map((other) => ({
      case_id: other.case_id,
      title: other.subject.title,
      outcome: 'remove',
      decided_at: ago(between(900, 9000)),
      policy: row.template.policy,
    })),
    timeline: timelineOf(row).slice(0, 8),
    choices,
    outcome:
      row.status === 'decided'
        ? {
            outcome: 'remove_and_points',
            title: T('Remove with strikes', '下架并扣分'),
            at: ago(60),
            by: '林晓',
            note: null,
          }
        : null,
    undo_until: null,
  }
}

const actions: ActionRow[] = [
  {
    action_id: 'act_d3',
    kind: 'delist',
    title: T('Delisted', '下架'),
    target: { type: 'listing', id: 'L-10234' },
    markets: ['DE', 'FR', 'IT', 'UK'],
    at: ago(200),
    until: null,
    in_force: true,
    reversed_by: null,
    cause: 'dec_r1',
    policy: 'eu-batteries',
    strategy: 'products-eu/power-bank-without-ce',
    actor: '林晓',
    appealable: true,
    appeal_until: ago(-259200),
  },
  {
    action_id: 'act_d1',
    kind: 'hold',
    title: T('Held from sale', '暂停销售'),
    target: { type: 'listing', id: 'L-10234' },
    markets: null,
    at: ago(299),
    until: ago(201),
    in_force: false,
    reversed_by: null,
    cause: 'dec_c1',
    policy: 'eu-batteries',
    strategy: 'products-eu/power-bank-without-ce',
    actor: 'engine',
    appealable: false,
    appeal_until: null,
  },
  {
    action_id: 'act_d0',
    kind: 'label',
    title: T('Label on the page', '页面加标识'),
    target: { type: 'listing', id: 'L-10234' },
    markets: ['CN'],
    at: ago(20000),
    until: null,
    in_force: false,
    reversed_by: 'dec_f2',
    cause: 'dec_c0',
    policy: 'cn-ad-absolute',
    strategy: 'ads-cn/absolute-terms',
    actor: 'engine',
    appealable: true,
    appeal_until: ago(-5000),
  },
]
const notice = {
  notice_id: 'ntc_91',
  to: { type: 'shop', id: 'S-200' },
  at: ago(200),
  text: noticeText(templates[0]!.title),
  action_ids: ['act_d3'],
  deadline: ago(-259200),
}
const appeals: AppealRow[] = Array.from({ length: 9 }, (_, index) => ({
  appeal_id: `apl_${4000 + index}`,
  status: index > 5 ? (['upheld', 'overturned', 'reduced'] as const)[index - 6]! : 'open',
  action_ids: ['act_d3'],
  case_id: cases[index]!.case_id,
  subject: cases[index]!.subject,
  party: cases[index]!.party,
  by: 'S-200',
  text:
    index % 2
      ? '资质已经补齐，请查看附件中的检测报告编号，申请恢复上架。'
      : 'The declaration of conformity was uploaded yesterday; the sentence about certificates came from an old template and is gone.',
  filed_at: ago(120 + index * 300),
  due_at: ago(index === 0 ? 40 : -2000 + index * 200),
  decided_at: index > 5 ? ago(30) : null,
  decided_by: index > 5 ? 'M. Tan' : null,
  not_you: index === 2,
}))

const indicatorNames: [string, Text, string, 'up_is_good' | 'down_is_good', number][] = [
  ['violation-share', T('Share of violating listings', '违规商品占比'), 'share', 'down_is_good', 0.021],
  ['precision', T('Precision of live strategies', '生效策略精确率'), 'share', 'up_is_good', 0.93],
  ['overturn-rate', T('Overturn rate of appeals', '申诉改判率'), 'share', 'down_is_good', 0.118],
  ['time-to-decision', T('Median time to a human decision', '人工判定时长中位数'), 'minutes', 'down_is_good', 43],
  ['sla-kept', T('Cases decided in time', '按时判定率'), 'share', 'up_is_good', 0.962],
  ['refund-rate', T('Refund rate', '退款率'), 'share', 'down_is_good', 0.054],
  ['exposure', T('Views of violating content', '违规内容曝光'), 'count', 'down_is_good', 18_400],
  ['unknown-share', T('Decisions with unknown data', '数据缺失判定占比'), 'share', 'down_is_good', 0.037],
  ['repeat-offenders', T('Repeat offenders', '重复违规商家'), 'count', 'down_is_good', 27],
  ['complaints', T('Complaints per 10,000 orders', '万单投诉'), 'count', 'down_is_good', 11.4],
]
const indicators = indicatorNames.map(([indicator, title, unit, direction, value], index) => {
  const random = randomOf(index + 3)
  const share = unit === 'share'
  const size = share ? value * 100 : value
  return {
    indicator,
    title,
    unit: share ? T('%', '%') : unit === 'minutes' ? T('min', '分钟') : T('items', '件'),
    direction,
    owner: index % 2 ? 'a.rossi' : 'chen.wei',
    value: index === 9 ? null : size,
    low: share ? size * 0.94 : null,
    high: share ? Math.min(100, size * 1.05) : null,
    n: index === 8 ? 22 : 1200 + index * 431,
    previous: size * (0.9 + random() * 0.2),
    at: ago(14),
    spark: Array.from({ length: 14 }, () => size * (0.85 + random() * 0.3)),
  }
})

function indicatorDetail(id: string, query: URLSearchParams) {
  const row = indicators.find((one) => one.indicator === id) ?? indicators[0]!
  const random = randomOf(11)
  const keys = query.get('by') ? ['DE', 'FR', 'UK', 'CN'] : [null]
  const value = row.value ?? 1
  const series = keys.flatMap((key, shift) =>
    Array.from({ length: 60 }, (_, day) => {
      const v = value * (0.85 + random() * 0.2 + shift * 0.08 + (day > 44 ? 0.25 : 0))
      return {
        at: new Date(Date.UTC(2026, 8, 20 + day)).toISOString(),
        value: v,
        low: v * 0.92,
        high: v * 1.08,
        n: 900 + day * 3,
        key,
      }
    }),
  )
  return {
    ...row,
    formula: T(
      'Violating listings, confirmed by a person or by an action that was not overturned, over all listings decided that day. The interval is Wilson, 95 %.',
      '当日被人工确认或未被改判的违规商品数，除以当日判定的商品总数。区间为 95% Wilson 区间。',
    ),
    sql: "SELECT date_trunc('day', logged_at) AS day,\n       count(*) FILTER (WHERE label = 'violation') / count(*) AS value,\n       count(*) AS n\nFROM decisions\nWHERE type LIKE 'listing.%'\nGROUP BY day\nORDER BY day",
    target: row.unit.en === '%' ? value * 0.95 : null,
    dimensions: ['market', 'category', 'seller_tier'],
    series,
    fresh_at: ago(14),
    annotations: [
      {
        at: new Date(Date.UTC(2026, 9, 4)).toISOString(),
        title: T('Pack products-eu 1.4 went live', '规则包 products-eu 1.4 生效'),
      },
    ],
  }
}

const packs = ['ads-cn', 'products-eu', 'ugc', 'accounts'].map((pack, index) => ({
  pack,
  version: `1.${index + 2}`,
  title: [
    T('Advertising law, China', '中国广告法'),
    T('Product safety, EU', '欧盟产品安全'),
    T('User content', '用户内容'),
    T('Accounts', '账号'),
  ][index]!,
  owner: 'chen.wei',
  status: index === 2 ? ('invalid' as const) : ('live' as const),
  problems:
    index === 2
      ? [
          {
            file: 'packs/ugc/strategies/spam-links.yaml',
            line: 12,
            message: T('when: unknown column “links_coutn”', 'when：未知的列 “links_coutn”'),
            fix: T('Did you mean “links_count”?', '是否想写 “links_count”？'),
          },
        ]
      : [],
  strategies: 12,
  live: 10,
  shadow: 2,
  cases: { total: 44, traps: 23 },
  loaded_at: ago(90),
}))
const packCases = Array.from({ length: 44 }, (_, index) => ({
  name: index % 2 ? `顾客第一是经营理念 ${index}` : `power bank without CE mark ${index}`,
  trap: index % 2 === 1,
  expected: index % 2 ? 'pass' : 'block',
}))

const tables = [
  'events',
  'decisions',
  'findings',
  'actions',
  'points',
  'cases',
  'appeals',
  'labels',
  'listings',
  'orders',
].map((name) => ({
  name,
  title: T(`One row for each of ${name}`, `${name} 明细`),
  rows: between(900, 140_000),
  columns: ['id', 'logged_at', 'type', 'site', 'market', 'verdict', 'strategy', 'severity', 'n'].map((column) => ({
    name: column,
    type: column === 'n' ? 'BIGINT' : column === 'logged_at' ? 'TIMESTAMP' : 'VARCHAR',
    title: T(`The ${column}`, column),
  })),
}))

function sql(text: string): Reply {
  if (/drop|delete|insert/i.test(text))
    return {
      status: 422,
      body: {
        code: 'sql_refused',
        status: 422,
        detail: T('Only SELECT is allowed here.', '这里只允许 SELECT。'),
        request_id: 'req_1',
        position: 0,
      },
    }
  const columns = [
    { name: 'day', type: 'TIMESTAMP' },
    { name: 'verdict', type: 'VARCHAR' },
    { name: 'decisions', type: 'BIGINT' },
    { name: 'market', type: 'VARCHAR' },
    { name: 'precision', type: 'DOUBLE' },
  ]
  const rows = Array.from({ length: 5000 }, (_, index) => [
    new Date(Date.UTC(2026, 8, 1) + index * 3_600_000).toISOString(),
    ['pass', 'block', 'review', null][index % 4]!,
    between(1, 9000),
    markets[index % 13]!,
    Math.round(Math.random() * 1000) / 1000,
  ])
  return { body: { columns, rows, rows_total_known: rows.length, truncated: true, seconds: 0.184 } }
}

const imports = [
  {
    import_id: 'imp_2',
    recipe: 'online-retail',
    file: 'online-retail.csv.gz',
    status: 'running',
    rows_read: 210_400,
    accepted: 208_112,
    duplicates: 0,
    quarantined: [],
    decisions: [],
    strategies: [],
    seconds: 9,
    events_per_second: 23_100,
    progress: 0.41,
    error: null,
    started_at: ago(0.2),
    by: 'Ada Chen',
  },
  {
    import_id: 'imp_1',
    recipe: 'flipkart-sample',
    file: 'flipkart_com-ecommerce_sample.csv',
    status: 'done',
    rows_read: 20_000,
    accepted: 19_884,
    duplicates: 2,
    quarantined: [
      { reason: T('price is not a number', 'price 不是数字'), count: 78 },
      { reason: T('title is missing', '缺少 title'), count: 36 },
    ],
    decisions: [
      { verdict: 'pass', count: 18_903 },
      { verdict: 'evidence', count: 702 },
      { verdict: 'block', count: 279 },
    ],
    strategies: [
      { strategy: 'products-eu/gpsr-responsible-person', count: 702 },
      { strategy: 'products-eu/power-bank-without-ce', count: 279 },
    ],
    seconds: 3.1,
    events_per_second: 6414,
    progress: 1,
    error: null,
    started_at: ago(60),
    by: 'Ada Chen',
  },
]

const overview = () => ({
  my_cases: cases.slice(0, 4).map(plain),
  my_open: 4,
  queues: ['product-safety', 'ads-cn', 'ugc', 'accounts'].map((queue, index) => ({
    queue,
    title: [
      T('Product safety', '产品安全'),
      T('Advertising, China', '中国广告'),
      T('User content', '用户内容'),
      T('Accounts', '账号'),
    ][index],
    open: 14 - index * 3,
    overdue: index === 0 ? 3 : 0,
    oldest_at: ago(200 + index * 90),
  })),
  alarms: [
    {
      id: 'a1',
      level: 'warn',
      title: T('Refund rate jumped in DE', 'DE 退款率突增'),
      detail: T(
        'From 5.4 % to 9.1 % since yesterday, mostly category home/kitchen.',
        '自昨日起由 5.4% 升至 9.1%，主要为 home/kitchen 类目。',
      ),
      at: ago(35),
      link: '/indicators/refund-rate',
    },
    {
      id: 'a2',
      level: 'watch',
      title: T('Strategy absolute-terms hits twice as often', '策略「绝对化用语」命中翻倍'),
      detail: T('A sales campaign with many new ads began this morning.', '今早有大型促销，大量新广告上线。'),
      at: ago(150),
      link: '/strategies/ads-cn/absolute-terms',
    },
  ],
  changes: Array.from({ length: 7 }, (_, index) => ({
    at: ago(12 + index * 41),
    kind: 'pack',
    title: [
      T('Pack products-eu 1.3 is live', '规则包 products-eu 1.3 生效'),
      T('Appeal apl_4007 overturned', '申诉 apl_4007 改判'),
      T('List recalled-products: 214 entries added', '名单 recalled-products 新增 214 条'),
      T('Import flipkart-sample done', '导入 flipkart-sample 完成'),
    ][index % 4],
    link: '/packs/products-eu',
    actor: index % 2 ? 'M. Tan' : 'Ada Chen',
  })),
  totals: {
    events: 104_233,
    decisions: 104_233,
    findings: 6120,
    open_cases: 47,
    open_appeals: 6,
    events_per_second: 1843,
  },
  ingest: { streaming: true, done: 104_233, total: 128_000, source: T('Sample marketplace', '样本市场') },
  sample: {
    generated: true,
    seed: 20260101,
    note: T(
      'This marketplace is generated from a fixed seed; no real seller or buyer is in it.',
      '此市场由固定种子生成，不含真实商家或买家。',
    ),
  },
  packs: {
    live: 4,
    invalid: [
      {
        pack: 'ugc',
        message: T('spam-links.yaml:12: unknown column “links_coutn”', 'spam-links.yaml:12：未知的列 “links_coutn”'),
      },
    ],
  },
})

const vocabulary = {
  subject_types: ['listing', 'ad', 'review', 'account', 'shop', 'creator'].map((id) => ({
    id,
    title: T(id.charAt(0).toUpperCase() + id.slice(1), id),
  })),
  event_types: [...new Set(templates.map(({ eventType }) => eventType))].map((type) => ({
    type,
    title: T(type, type),
    fields: [],
  })),
  markets: markets.map((id) => ({ id, title: T(id, id), group: null })),
  verdicts: [],
  severities: [],
  roles: ['administrator', 'strategist', 'analyst', 'reviewer', 'qa', 'viewer'].map((id) => ({
    id,
    title: T(id, id),
    permissions: [],
  })),
  queues: overview().queues.map(({ queue, title }) => ({ id: queue, title })),
  action_kinds: [],
  policies: Object.entries(policies).map(([id, { title, severity, pack }]) => ({ id, title, severity, pack })),
}

function subjectDetail(type: string, id: string) {
  const row = cases.find(({ subject }) => subject.id === id) ?? cases[0]!
  return {
    type,
    id,
    title: type === 'shop' ? 'VoltGo Official' : row.subject.title,
    site: 'eu',
    facts: dataOf(row),
    standing: [
      {
        ledger: 'seller-12',
        title: T('Seller ledger', '商家扣分'),
        score: 16,
        scale: 'up',
        thresholds: [
          { at: 12, title: T('7 days without campaigns', '7 天不得参加活动') },
          { at: 24, title: T('30 days limited', '限制 30 天') },
          { at: 48, title: T('Closed', '关店') },
        ],
        sanctions: [
          { kind: 'campaign_ban', title: T('No campaigns', '不得参加活动'), from: ago(200), until: ago(-9000) },
        ],
        entries: [
          {
            id: 'pts_1',
            at: ago(200),
            class: 'safety',
            points: 4,
            cause: 'dec_r1',
            expires_at: ago(-500_000),
            reversed: false,
          },
          {
            id: 'pts_2',
            at: ago(9000),
            class: 'ads',
            points: 2,
            cause: 'dec_r0',
            expires_at: ago(-300_000),
            reversed: true,
          },
        ],
      },
    ],
    actions,
    cases: cases.slice(0, 3).map(plain),
    appeals: appeals.slice(0, 2),
    decisions: Array.from({ length: 6 }, (_, index) => ({
      decision_id: `dec_c${index}`,
      at: ago(300 + index * 900),
      event_id: `evt_${index}`,
      type: 'listing.updated',
      verdict: index ? 'pass' : 'review',
      strategies: index ? [] : [row.template.strategy],
    })),
    notices: [notice],
    related: [
      { type: 'shop', id: 'S-201', title: '清泉美妆旗舰店', why: T('same payout account', '同一收款账户') },
      { type: 'account', id: 'U-88213', title: 'U-88213', why: T('same device', '同一设备') },
    ],
    timeline: timelineOf(row),
  }
}

function trace(type: string, id: string) {
  const items = timelineOf(cases[0]!)
  const layers = Object.fromEntries(
    ['perceived', 'identified', 'decided', 'enforced', 'reviewed', 'appealed'].map((layer) => [
      layer,
      items.filter((item) => item.layer === layer),
    ]),
  )
  const links = [
    ...items.flatMap(({ id: to, cause }) => (cause ? [{ from: cause, to }] : [])),
    { from: 'evt_a2', to: 'dec_c1' },
    { from: 'fnd_b2', to: 'dec_c1' },
  ]
  return {
    subject: { type: 'listing', id: 'L-10234', title: cases[0]!.subject.title, asked: `${type}/${id}` },
    layers,
    links,
  }
}

type Handler = (call: Call, ...parts: string[]) => Reply
const ok = (body: unknown): Reply => ({ body })
const findCase = (id: string) => cases.find((row) => row.case_id === id)

const routes: [string, RegExp, Handler][] = [
  ['GET', /^\/v1\/overview$/, () => ok(overview())],
  ['GET', /^\/v1\/vocabulary$/, () => ok(vocabulary)],
  [
    'GET',
    /^\/v1\/cases$/,
    ({ query }) => {
      const q = query.get('q')?.toLowerCase() ?? ''
      const status = query.get('status')
      const rows = cases.filter(
        (row) =>
          (status === 'decided') === (row.status === 'decided') &&
          (!query.get('queue') || row.queue === query.get('queue')) &&
          (!query.get('severity') || row.severity === query.get('severity')) &&
          row.subject.title!.toLowerCase().includes(q),
      )
      return ok(page(rows.map(plain)))
    },
  ],
  [
    'POST',
    /^\/v1\/cases\/next$/,
    ({ body }) => {
      const open = cases.filter((row) => row.status === 'open' && row.case_id !== body['after_case_id'])
      if (open[0]) open[0].status = 'leased'
      return ok({ case_id: open[0]?.case_id ?? null })
    },
  ],
  ['POST', /^\/v1\/cases\/([^/]+)\/lease$/, () => ok({ until: ago(-15) })],
  [
    'DELETE',
    /^\/v1\/cases\/([^/]+)\/lease$/,
    (_, id) => {
      const row = findCase(id!)
      if (row?.status === 'leased') row.status = 'open'
      return ok({})
    },
  ],
  [
    'POST',
    /^\/v1\/cases\/([^/]+)\/preview$/,
    ({ body }, id) => {
      const text = noticeText(findCase(id!)?.subject.title ?? '')
      const one = (language: 'zh' | 'en') => Object.values(text[language]).join('\n')
      return ok({
        notice: body['outcome'] === 'allow' ? { zh: '', en: '' } : { zh: one('zh'), en: one('en') },
        actions: [],
      })
    },
  ],
  [
    'POST',
    /^\/v1\/cases\/([^/]+)\/decide$/,
    (_, id) => {
      const row = findCase(id!)
      if (row) row.status = 'decided'
      return ok({
        decision_id: 'dec_x',
        effective_at: new Date(Date.now() + 10_000).toISOString(),
        notice_preview: { zh: '', en: '' },
      })
    },
  ],
  [
    'POST',
    /^\/v1\/cases\/([^/]+)\/undo$/,
    (_, id) => {
      const row = findCase(id!)
      if (row) row.status = 'leased'
      return ok({})
    },
  ],
  [
    'GET',
    /^\/v1\/cases\/([^/]+)$/,
    (_, id) => {
      const row = findCase(id!)
      return row ? ok(caseDetail(row)) : refuse(404, 'not_found', T('There is no such case.', '没有这个案件。'))
    },
  ],
  [
    'GET',
    /^\/v1\/subjects$/,
    ({ query }) =>
      ok(
        page(
          cases
            .filter(
              (row) =>
                !query.get('q') ||
                row.subject.title!.toLowerCase().includes(query.get('q')!.toLowerCase()) ||
                row.subject.id.toLowerCase().includes(query.get('q')!.toLowerCase()),
            )
            .slice(0, 24)
            .map((row) => ({
              ...row.subject,
              site: row.site,
              last_at: row.opened_at,
              open_cases: 1,
              actions_in_force: row.severity === 'S1' ? 2 : 0,
            })),
        ),
      ),
  ],
  ['GET', /^\/v1\/subjects\/([^/]+)\/([^/]+)$/, (_, type, id) => ok(subjectDetail(type!, id!))],
  ['GET', /^\/v1\/trace\/([^/]+)\/([^/]+)$/, (_, type, id) => ok(trace(type!, id!))],
  [
    'GET',
    /^\/v1\/appeals$/,
    ({ query }) => ok(page(appeals.filter((one) => (query.get('status') === 'decided') === (one.status !== 'open')))),
  ],
  ['POST', /^\/v1\/appeals$/, () => ok({ appeal_id: 'apl_4000', due_at: ago(-10000) })],
  [
    'GET',
    /^\/v1\/appeals\/([^/]+)$/,
    (_, id) => {
      const one = appeals.find(({ appeal_id }) => appeal_id === id) ?? appeals[0]!
      return ok({
        ...one,
        actions: actions.slice(0, 2),
        notice,
        event: caseDetail(cases[0]!).event,
        decision: decisionOf(cases[0]!),
        what_would_be_restored: [
          { title: T('Listing visible in DE FR IT UK', '商品在 DE FR IT UK 恢复展示') },
          { title: T('4 strikes returned', '退还 4 分') },
          { title: T('Campaigns allowed again', '恢复参加活动') },
        ],
      })
    },
  ],
  [
    'POST',
    /^\/v1\/appeals\/([^/]+)\/decide$/,
    ({ body }, id) => {
      const one = appeals.find(({ appeal_id }) => appeal_id === id)
      if (one) one.status = body['outcome'] as 'upheld'
      return ok({ restored: actions.slice(0, 1), points_returned: 4, label_id: 'lbl_1' })
    },
  ],
  ['GET', /^\/v1\/packs$/, () => ok(page(packs))],
  [
    'POST',
    /^\/v1\/packs\/([^/]+)\/test$/,
    () =>
      ok({
        passed: 43,
        failed: 1,
        failures: [
          {
            case: '顾客第一是经营理念 7',
            expected: 'pass',
            got: 'block',
            diff: ['  verdict', '- pass', '+ block', '  findings', '+ ads-cn/absolute-terms  headline “第一”'],
          },
        ],
      }),
  ],
  [
    'GET',
    /^\/v1\/packs\/([^/]+)$/,
    (_, id) => {
      const pack = packs.find((one) => one.pack === id) ?? packs[0]!
      const mine = Object.entries(policies).filter(([, one]) => one.pack === id)
      return ok({
        ...pack,
        strategies: strategies.filter((row) => row.pack === id),
        policies: mine.map(([key, { title, text, severity, law }]) => ({
          id: key,
          title,
          text,
          severity,
          legal_basis: law && { instrument: law[0], article: law[1], url: law[2] },
        })),
        signals: [
          { id: 'hits.absolute', kind: 'lexicon' },
          { id: 'contacts', kind: 'contacts' },
        ],
        features: [
          {
            id: 'accounts_per_device_1h',
            title: T('Accounts on this device in an hour', '一小时内该设备账号数'),
            sql: 'count(DISTINCT account_id) OVER (\n  PARTITION BY device_id ORDER BY logged_at\n  RANGE BETWEEN INTERVAL 1 HOUR PRECEDING AND CURRENT ROW)',
          },
        ],
        lists: [
          { id: 'recalled-products', title: T('Recalled products', '召回商品'), owner: 'chen.wei', entries: 2143 },
        ],
        case_list: packCases,
      })
    },
  ],
  [
    'GET',
    /^\/v1\/strategies$/,
    ({ query }) =>
      ok(
        page(
          strategies.filter(
            (row) =>
              (!query.get('pack') || row.pack === query.get('pack')) &&
              (!query.get('mode') || row.mode === query.get('mode')) &&
              (!query.get('q') || row.strategy.includes(query.get('q')!)),
          ),
        ),
      ),
  ],
  [
    'POST',
    /^\/v1\/strategies\/try$/,
    ({ body }) =>
      String(body['when']).includes('categry')
        ? {
            status: 422,
            body: {
              code: 'expression_refused',
              status: 422,
              detail: T('Unknown column “categry”.', '未知的列 “categry”。'),
              fix: T('Did you mean “category”?', '是否想写 “category”？'),
              caret: "categry LIKE 'toys/%'\n^^^^^^^",
              position: 0,
              request_id: 'req_2',
            },
          }
        : ok({
            checked: true,
            hits: 281,
            events: 48_120,
            sample: cases
              .slice(0, 5)
              .map((row) => ({ event_id: row.case_id, type: row.template.eventType, subject: row.subject })),
          }),
  ],
  [
    'GET',
    /^\/v1\/strategies\/([^/]+)\/([^/]+)$/,
    (_, pack, id) => {
      const row = strategies.find((one) => one.strategy === `${pack}/${id}`) ?? strategies[0]!
      return ok({
        ...row,
        columns: [
          { name: 'category', type: 'VARCHAR', kind: 'field' },
          { name: 'attributes.ce_mark', type: 'VARCHAR', kind: 'field' },
          { name: 'hits.absolute', type: 'VARCHAR[]', kind: 'signal' },
          { name: 'accounts_per_device_1h', type: 'BIGINT', kind: 'feature' },
        ],
        recent: cases.slice(0, 8).map((one) => ({
          decision_id: `dec_${one.case_id}`,
          at: one.opened_at,
          subject: one.subject,
          verdict: one.verdict,
          evidence: findingsOf(one.template)[0]!.evidence,
        })),
        daily: Array.from({ length: 30 }, (_x, day) => ({
          day: new Date(Date.UTC(2026, 9, 20 + day)).toISOString(),
          hits: between(20, 90),
          unknown: 2,
        })),
        cases: packCases.slice(0, 8),
        file: `packs/${row.pack}/strategies/${id}.yaml`,
        duck_sql: `SELECT * FROM events\nWHERE type = 'listing.submitted'\n  AND (${row.when})`,
      })
    },
  ],
  [
    'GET',
    /^\/v1\/lists$/,
    () =>
      ok(
        page([
          {
            list: 'recalled-products',
            title: T('Recalled products', '召回商品'),
            owner: 'chen.wei',
            reason: T('Published by EU Safety Gate', '来自欧盟 Safety Gate'),
            entries: 2143,
            expiring_7d: 0,
            source: 'recipe eu-safety-gate',
          },
          {
            list: 'trusted-sellers',
            title: T('Trusted sellers', '可信商家'),
            owner: 'a.rossi',
            reason: T('Audited on site', '已实地审核'),
            entries: 41,
            expiring_7d: 3,
            source: null,
          },
        ]),
      ),
  ],
  [
    'GET',
    /^\/v1\/lists\/([^/]+)$/,
    (_, id) =>
      ok({
        list: id,
        title: T('Recalled products', '召回商品'),
        owner: 'chen.wei',
        reason: T('Published by EU Safety Gate', '来自欧盟 Safety Gate'),
        expiring_7d: 0,
        source: 'recipe eu-safety-gate',
        next: null,
        items: Array.from({ length: 30 }, (_x, index) => ({
          value: `SR/0${1200 + index}/26`,
          reason: index % 2 ? 'choking hazard' : 'electric shock',
          at: ago(index * 2000),
          actor: 'recipe',
          expires_at: index % 3 ? null : ago(-90000),
        })),
      }),
  ],
  ['GET', /^\/v1\/indicators$/, () => ok(page(indicators))],
  ['GET', /^\/v1\/indicators\/([^/]+)$/, ({ query }, id) => ok(indicatorDetail(id!, query))],
  ['POST', /^\/v1\/sql$/, ({ body }) => sql(String(body['sql']))],
  [
    'POST',
    /^\/v1\/sql\/check$/,
    ({ body }) => {
      const position = String(body['sql']).indexOf('verdikt')
      return ok(
        position < 0
          ? { ok: true }
          : {
              ok: false,
              error: { message: 'Referenced column "verdikt" not found', position, candidates: ['verdict'] },
            },
      )
    },
  ],
  ['GET', /^\/v1\/sql\/tables$/, () => ok({ tables })],
  [
    'GET',
    /^\/v1\/recipes$/,
    () =>
      ok(
        page([
          {
            recipe: 'flipkart-sample',
            title: T('Flipkart product sample', 'Flipkart 商品样本'),
            publication: { name: 'Flipkart Products (PromptCloud)', licence: 'CC BY-SA 4.0', attribution: null },
            columns: ['uniq_id', 'product_name', 'retail_price', 'description', 'brand'],
            types: ['listing.submitted'],
          },
          {
            recipe: 'online-retail',
            title: T('Online Retail', 'Online Retail 交易'),
            publication: { name: 'UCI Online Retail', licence: 'CC BY 4.0', attribution: null },
            columns: ['InvoiceNo', 'StockCode', 'Quantity'],
            types: ['order.placed', 'order.refunded'],
          },
        ]),
      ),
  ],
  ['GET', /^\/v1\/imports$/, () => ok(page(imports))],
  ['POST', /^\/v1\/imports$/, () => ok({ import_id: 'imp_2' })],
  [
    'GET',
    /^\/v1\/quarantine$/,
    () =>
      ok(
        page(
          Array.from({ length: 12 }, (_, index) => ({
            at: ago(60 + index),
            source: 'flipkart-sample',
            reason: T('price is not a number', 'price 不是数字'),
            field: 'price',
            value: `Rs. ${index}99/-`,
            fix: T('Add the pattern to the recipe’s cleaning step.', '在配方的清洗步骤中加入该格式。'),
            raw: { uniq_id: `u${index}`, retail_price: `Rs. ${index}99/-` },
          })),
        ),
      ),
  ],
  [
    'POST',
    /^\/v1\/decide$/,
    ({ body }) => {
      const data = (body['data'] ?? {}) as Record<string, string>
      if (!body['type'])
        return {
          status: 422,
          body: {
            code: 'event_refused',
            status: 422,
            field: 'type',
            value: null,
            detail: T('The field “type” is missing.', '缺少字段 “type”。'),
            fix: T('Add the type, for example "listing.submitted".', '补充 type，例如 "listing.submitted"。'),
            request_id: 'req_3',
          },
        }
      const template = templates.find((one) => one.eventType === body['type']) ?? templates[0]!
      const evidence = ['全网第一', '国家级', '根治', 'vx: abc_12345', '加微信'].flatMap((term) =>
        Object.entries(data).flatMap(([field, value]) =>
          typeof value === 'string' && value.includes(term)
            ? [
                {
                  field,
                  start: value.indexOf(term),
                  end: value.indexOf(term) + term.length,
                  text: term,
                  term,
                  tag: 'lexicon',
                },
              ]
            : [],
        ),
      )
      const decision = {
        ...decisionOf({ ...cases[0]!, template }),
        decision_id: 'dec_try',
        markets: Object.fromEntries(
          markets.map((market) => [market, template.markets.includes(market) ? template.verdict : 'pass']),
        ),
        verdict: template.verdict,
      }
      return ok({
        ...decision,
        findings: [
          {
            ...decision.findings[0]!,
            evidence: evidence.length ? evidence : [{ field: 'attributes.ce_mark', value: null }],
          },
        ],
      })
    },
  ],
  [
    'GET',
    /^\/v1\/audit$/,
    () =>
      ok(
        page(
          Array.from({ length: 40 }, (_, index) => ({
            at: ago(3 + index * 7),
            actor: index % 3 ? 'Ada Chen' : '林晓',
            operation: ['cases.decide', 'appeals.decide', 'lists.add', 'session.create'][index % 4],
            target: cases[index]!.case_id,
            outcome: index % 7 === 6 ? 'refused' : 'ok',
            request_id: `req_${index}k2m9p`,
            detail: { outcome: 'remove' },
          })),
        ),
      ),
  ],
  [
    'GET',
    /^\/v1\/users$/,
    () =>
      ok(
        page([
          {
            user_id: 'usr_1',
            disabled: false,
            created_at: ago(9000),
            login: 'admin',
            name: 'Ada Chen',
            roles: ['administrator'],
            last_at: ago(1),
          },
          {
            user_id: 'usr_2',
            disabled: false,
            created_at: ago(9000),
            login: 'lin',
            name: '林晓',
            roles: ['reviewer'],
            last_at: ago(40),
          },
          {
            user_id: 'usr_3',
            disabled: false,
            created_at: ago(9000),
            login: 'tan',
            name: 'M. Tan',
            roles: ['reviewer', 'qa'],
            last_at: ago(400),
          },
          {
            user_id: 'usr_4',
            created_at: ago(9000),
            login: 'old',
            name: 'J. Doe',
            roles: ['viewer'],
            disabled: true,
            last_at: null,
          },
        ]),
      ),
  ],
  [
    'GET',
    /^\/v1\/tokens$/,
    () =>
      ok(
        page([
          {
            token_id: 'tok_1',
            revoked_at: null,
            name: 'gateway',
            roles: ['administrator'],
            created_at: ago(9000),
            expires_at: ago(-90000),
            last_at: ago(1),
          },
        ]),
      ),
  ],
  ['POST', /^\/v1\/tokens$/, () => ok({ token: 'aed_2f8h3k5m7n9p1q3s5t7v9x' })],
]

/** The answer to one call; 404 as a problem where nothing fits. */
export function answer(call: Call): Reply {
  if (call.path === '/v1/session') {
    if (call.method === 'POST' && call.body['password'] === 'wrong')
      return refuse(401, 'sign_in_failed', T('Login or password is wrong.', '账号或密码不正确。'))
    if (call.method === 'POST') signedIn = true
    if (call.method === 'DELETE') signedIn = false
    return signedIn || call.method === 'DELETE'
      ? ok(session)
      : refuse(401, 'not_signed_in', T('Sign in first.', '请先登录。'))
  }
  if (!signedIn) return refuse(401, 'not_signed_in', T('Sign in first.', '请先登录。'))
  for (const [method, pattern, handle] of routes) {
    const found = call.method === method ? pattern.exec(call.path) : null
    if (found) return handle(call, ...found.slice(1).map(decodeURIComponent))
  }
  return call.method === 'GET' ? refuse(404, 'not_found', T('There is no such thing.', '没有这个内容。')) : ok({})
}
