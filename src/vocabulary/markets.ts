import type { Text } from '../kernel/values.ts'

/** Markets by ISO 3166 code, with the groups (EU, GCC, SEA …) that strategies may name instead. */
export interface Market {
  readonly id: string
  readonly title: Text
  readonly groups: readonly string[]
}

const table: [id: string, zh: string, en: string, ...groups: string[]][] = [
  ['AT', '奥地利', 'Austria', 'EU', 'EEA'],
  ['BE', '比利时', 'Belgium', 'EU', 'EEA'],
  ['BG', '保加利亚', 'Bulgaria', 'EU', 'EEA'],
  ['CY', '塞浦路斯', 'Cyprus', 'EU', 'EEA'],
  ['CZ', '捷克', 'Czechia', 'EU', 'EEA'],
  ['DE', '德国', 'Germany', 'EU', 'EEA'],
  ['DK', '丹麦', 'Denmark', 'EU', 'EEA'],
  ['EE', '爱沙尼亚', 'Estonia', 'EU', 'EEA'],
  ['ES', '西班牙', 'Spain', 'EU', 'EEA'],
  ['FI', '芬兰', 'Finland', 'EU', 'EEA'],
  ['FR', '法国', 'France', 'EU', 'EEA'],
  ['GR', '希腊', 'Greece', 'EU', 'EEA'],
  ['HR', '克罗地亚', 'Croatia', 'EU', 'EEA'],
  ['HU', '匈牙利', 'Hungary', 'EU', 'EEA'],
  ['IE', '爱尔兰', 'Ireland', 'EU', 'EEA'],
  ['IT', '意大利', 'Italy', 'EU', 'EEA'],
  ['LT', '立陶宛', 'Lithuania', 'EU', 'EEA'],
  ['LU', '卢森堡', 'Luxembourg', 'EU', 'EEA'],
  ['LV', '拉脱维亚', 'Latvia', 'EU', 'EEA'],
  ['MT', '马耳他', 'Malta', 'EU', 'EEA'],
  ['NL', '荷兰', 'Netherlands', 'EU', 'EEA'],
  ['PL', '波兰', 'Poland', 'EU', 'EEA'],
  ['PT', '葡萄牙', 'Portugal', 'EU', 'EEA'],
  ['RO', '罗马尼亚', 'Romania', 'EU', 'EEA'],
  ['SE', '瑞典', 'Sweden', 'EU', 'EEA'],
  ['SI', '斯洛文尼亚', 'Slovenia', 'EU', 'EEA'],
  ['SK', '斯洛伐克', 'Slovakia', 'EU', 'EEA'],
  ['IS', '冰岛', 'Iceland', 'EEA'],
  ['LI', '列支敦士登', 'Liechtenstein', 'EEA'],
  ['NO', '挪威', 'Norway', 'EEA'],
  ['GB', '英国', 'United Kingdom', 'UK'],
  ['US', '美国', 'United States'],
  ['CN', '中国大陆', 'China'],
  ['TW', '中国台湾', 'Taiwan'],
  ['HK', '中国香港', 'Hong Kong'],
  ['ID', '印度尼西亚', 'Indonesia', 'SEA'],
  ['MY', '马来西亚', 'Malaysia', 'SEA'],
  ['TH', '泰国', 'Thailand', 'SEA'],
  ['VN', '越南', 'Vietnam', 'SEA'],
  ['PH', '菲律宾', 'Philippines', 'SEA'],
  ['SG', '新加坡', 'Singapore', 'SEA'],
  ['SA', '沙特阿拉伯', 'Saudi Arabia', 'GCC'],
  ['AE', '阿联酋', 'United Arab Emirates', 'GCC'],
  ['QA', '卡塔尔', 'Qatar', 'GCC'],
  ['KW', '科威特', 'Kuwait', 'GCC'],
  ['BH', '巴林', 'Bahrain', 'GCC'],
  ['OM', '阿曼', 'Oman', 'GCC'],
  ['IN', '印度', 'India'],
  ['JP', '日本', 'Japan'],
  ['KR', '韩国', 'South Korea'],
  ['BR', '巴西', 'Brazil'],
]

export const markets: readonly Market[] = table.map(([id, zh, en, ...groups]) => ({ id, title: { zh, en }, groups }))

const members = new Map<string, Set<string>>()
for (const market of markets) {
  for (const name of [market.id, ...market.groups]) members.set(name, (members.get(name) ?? new Set()).add(market.id))
}

/** The codes that a market or group name stands for; an unknown name stands for itself. */
export function marketMembers(name: string): ReadonlySet<string> {
  return members.get(name) ?? new Set([name])
}

/** True when `name` is a market or a group of markets that we know. */
export function isMarket(name: string): boolean {
  return members.has(name)
}

/** A test for "does this strategy apply in that market?"; `names` may hold markets, groups or `*`. */
export function marketTest(names: readonly string[]): (market: string) => boolean {
  if (names.includes('*')) return () => true
  const codes = new Set(names.flatMap((name) => [name, ...marketMembers(name)]))
  return (market) => codes.has(market) || [...marketMembers(market)].some((code) => codes.has(code))
}
