import { AsyncLocalStorage } from 'node:async_hooks'
import type { Operation, Principal, Scope, ScopeRule } from '../operation.ts'
import { problem } from '../problems.ts'
import { rolePermissions } from './roles.ts'

/** The places in which what runs now may see rows; undefined = everywhere. */
const present = new AsyncLocalStorage<readonly Scope[] | undefined>()

/** Runs `work` so that every query of the stores sees only rows of these places. */
export function inScopes<Answer>(scopes: readonly Scope[], work: () => Answer): Answer {
  return present.run(scopes, work)
}

/** Runs `work` with everything in view: for what is shared between people, and for changes that need the whole ledger. */
export function unscoped<Answer>(work: () => Answer): Answer {
  return present.run(undefined, work)
}

export const presentScopes = (): readonly Scope[] | undefined => present.getStore()

const isEverywhere = ({ sites, markets }: Scope) => sites.length === 0 && markets.length === 0

/** The places where `principal` holds `permission`; null = everywhere. */
export function scopesOf(principal: Principal, permission: string): readonly Scope[] | null {
  if (!principal.grants) return null
  const giving = principal.grants.filter(({ role }) =>
    (rolePermissions[role as keyof typeof rolePermissions] as readonly string[] | undefined)?.includes(permission),
  )
  return giving.some(isEverywhere) ? null : giving.map(({ sites, markets }) => ({ sites, markets }))
}

/** Where something is. `site` null = not known, which lies in no limited scope; `markets` as verdicts name them. */
export interface Place {
  readonly site: string | null
  readonly markets: readonly string[]
}

/** Whether something of `place` may be seen: its site, and one of its markets. */
export function maySee(scopes: readonly Scope[], place: Place): boolean {
  return scopes.some(
    ({ sites, markets }) =>
      siteIn(sites, place) && (markets.length === 0 || place.markets.some((market) => markets.includes(market))),
  )
}

/** Whether something of `place` may be changed: its site, and all of its markets within one scope. */
export function mayChange(scopes: readonly Scope[], place: Place): boolean {
  return scopes.some(
    ({ sites, markets }) =>
      siteIn(sites, place) && (markets.length === 0 || place.markets.every((market) => markets.includes(market))),
  )
}

const siteIn = (sites: readonly string[], { site }: Place) =>
  sites.length === 0 || (site !== null && sites.includes(site))

/** Whether `inner` lies wholly within one of `outer`. */
export function isWithin(inner: Scope, outer: readonly Scope[] | null): boolean {
  const inside = (small: readonly string[], large: readonly string[]) =>
    large.length === 0 || (small.length > 0 && small.every((item) => large.includes(item)))
  return (
    outer === null || outer.some((scope) => inside(inner.sites, scope.sites) && inside(inner.markets, scope.markets))
  )
}

export function describeScopes(scopes: readonly Scope[]): string {
  return scopes
    .map(({ sites, markets }) =>
      [sites.length > 0 ? `site ${sites.join(', ')}` : '', markets.length > 0 ? `market ${markets.join(', ')}` : '']
        .filter(Boolean)
        .join(' · '),
    )
    .join('; ')
}

/** A rule in one word, or the fields that it looks at. */
export function describeRule(rule: ScopeRule = 'whole'): string {
  if (typeof rule === 'string') return rule
  return 'site' in rule
    ? `\`${rule.site}\``
    : [rule.id]
        .flat()
        .map((field) => `\`${field}\``)
        .join(', ')
}

/** What a scoped principal hears from an operation that needs everything. */
export function needsEverything(permission: string, scopes: readonly Scope[]): Error {
  const held = describeScopes(scopes)
  return problem({
    code: 'not_allowed',
    field: 'scope',
    value: held,
    detail: {
      zh: `这里会看到所有站点与市场的数据；你的 ${permission} 权限只限于：${held}`,
      en: `This reads or changes all sites and markets; you hold ${permission} for ${held} only`,
    },
    fix: {
      zh: '请管理员授予不限站点与市场的角色',
      en: 'Ask an administrator for the role without a limit on sites and markets',
    },
  })
}

function notFound(field: string, value: unknown): Error {
  return problem({
    code: 'not_found',
    field,
    value,
    detail: { zh: '没有找到', en: 'Not found' },
  })
}

/** Reads where a record is; undefined when there is no such record, or nobody knows its place. */
export type PlaceOf = (id: string) => Promise<Place | undefined>

/** Puts the operation's own rule before it. A principal that holds the permission everywhere passes untouched. */
export function withScope(operation: Operation, placeOf: PlaceOf): Operation {
  const { permission, scope: rule = 'whole', method } = operation
  if (permission === 'public' || permission === 'signed-in' || rule === 'shared' || rule === 'own') return operation
  return {
    ...operation,
    async run(context, input) {
      const scopes = scopesOf(context.principal, permission)
      if (scopes === null) return operation.run(context, input)
      if (rule === 'whole') throw needsEverything(permission, scopes)
      if (rule === 'rows') return inScopes(scopes, () => operation.run(context, input))
      if ('site' in rule) {
        mustBeSite(rule.site, input, scopes)
        return operation.run(context, input)
      }
      await mustBePlaced(rule.id, { input, scopes, changes: method !== 'GET', placeOf })
      // A change that may be made is made with the whole ledger in view: limits and sums are of the whole.
      return method === 'GET' ? inScopes(scopes, () => operation.run(context, input)) : operation.run(context, input)
    },
  }
}

function mustBeSite(field: string, input: Readonly<Record<string, unknown>>, scopes: readonly Scope[]): void {
  for (const item of itemsOf(input)) {
    const site = (item as Record<string, unknown> | null)?.[field]
    const place = { site: typeof site === 'string' ? site : null, markets: [] }
    // What markets an event is for is known only when it is decided: who is limited to markets sends none.
    if (!scopes.some((scope) => scope.markets.length === 0 && maySee([scope], place)))
      throw needsEverything(`${field} ${place.site ?? '?'}`, scopes)
  }
}

/** What a request sends: one item as it is, a list under `events` or `body`, or NDJSON under `body`. */
function itemsOf(input: Readonly<Record<string, unknown>>): readonly unknown[] {
  const { events, body } = input
  if (Array.isArray(events)) return events as unknown[]
  if (Array.isArray(body)) return body as unknown[]
  if (typeof body !== 'string' || 'type' in input || 'data' in input) return [input]
  return body
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => {
      try {
        return JSON.parse(line) as unknown
      } catch {
        return null
      }
    })
}

async function mustBePlaced(
  fields: string | readonly string[],
  {
    input,
    scopes,
    changes,
    placeOf,
  }: {
    input: Readonly<Record<string, unknown>>
    scopes: readonly Scope[]
    changes: boolean
    placeOf: PlaceOf
  },
): Promise<void> {
  let named = 0
  for (const field of [fields].flat())
    for (const id of [input[field] ?? []].flat()) {
      named++
      const place = await placeOf(String(id))
      if (!place || !maySee(scopes, place)) throw notFound(field, id)
      if (changes && !mayChange(scopes, place)) throw needsEverything(`markets ${place.markets.join(', ')}`, scopes)
    }
  if (named === 0 && changes) throw needsEverything([fields].flat().join(', '), scopes)
}
