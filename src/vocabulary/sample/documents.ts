import { EU } from './markets.ts'
import type { Random } from './random.ts'

export interface Document {
  readonly kind: string
  readonly number: string
  readonly issuer: string
  readonly valid_until: string
}

interface DocumentRule {
  readonly families: readonly string[]
  readonly markets: readonly string[]
  readonly kind: string
  readonly issuer: string
  readonly number: (random: Random) => string
}

const digits = (random: Random, count: number): string => {
  let text = ''
  while (text.length < count) text += String(random.below(10))
  return text
}

const CE_FAMILIES = ['toy', 'power-bank', 'radio', 'mains', 'ppe', 'device']
const ELECTRIC = ['power-bank', 'radio', 'mains']
const EU_LIST = [...EU]

const rule = (
  families: readonly string[],
  markets: readonly string[],
  kind: string,
  rest: readonly [string, (random: Random) => string],
): DocumentRule => ({ families, markets, kind, issuer: rest[0], number: rest[1] })

/** Which papers an honest seller of the sample attaches, by product family and market. */
const RULES: readonly DocumentRule[] = [
  rule(CE_FAMILIES, EU_LIST, 'eu_declaration_of_conformity', [
    'manufacturer',
    (r) => `DoC-${r.between(2024, 2026)}-${digits(r, 4)}`,
  ]),
  rule(['toy'], EU_LIST, 'en71_test_report', ['Kornfeld Toy Laboratory', (r) => `EN71-${digits(r, 7)}`]),
  rule(['radio'], EU_LIST, 'red_test_report', ['Halden Radio Test House', (r) => `RED-${digits(r, 7)}`]),
  rule(['mains'], EU_LIST, 'lvd_test_report', ['Halden Radio Test House', (r) => `LVD-${digits(r, 7)}`]),
  rule(['power-bank'], EU_LIST, 'un38_3_report', ['Cellgrove Battery Laboratory', (r) => `UN383-${digits(r, 6)}`]),
  rule(['power-bank'], EU_LIST, 'battery_epr', ['register', (r) => `DE${digits(r, 8)}`]),
  rule(['ppe'], EU_LIST, 'notified_body_certificate', ['notified body 0000', (r) => `PPE-${digits(r, 6)}`]),
  rule(['cosmetic'], EU_LIST, 'cpnp_notification', ['CPNP', (r) => digits(r, 7)]),
  rule(['supplement'], EU_LIST, 'national_notification', ['food authority', (r) => `NUT-${digits(r, 6)}`]),
  rule(CE_FAMILIES, ['GB'], 'ukca_declaration', ['manufacturer', (r) => `UKCA-${digits(r, 6)}`]),
  rule(['cosmetic'], ['GB'], 'scpn_notification', ['SCPN', (r) => `UKCP-${digits(r, 8)}`]),
  rule(['toy', 'baby'], ['US'], 'childrens_product_certificate', [
    'Prairie Test Laboratory',
    (r) => `CPC-${digits(r, 7)}`,
  ]),
  rule(['radio'], ['US'], 'fcc_id', ['FCC', (r) => `2A${digits(r, 3)}-M${digits(r, 4)}`]),
  rule(['power-bank'], ['US'], 'un38_3_report', ['Cellgrove Battery Laboratory', (r) => `UN383-${digits(r, 6)}`]),
  rule(['toy', 'baby', 'ppe'], ['ID'], 'sni_certificate', ['LSPro Nusa', (r) => `SNI-${digits(r, 8)}`]),
  rule(['radio'], ['ID'], 'sdppi_certificate', ['SDPPI', (r) => `${digits(r, 5)}/SDPPI/2026`]),
  rule(['cosmetic'], ['ID'], 'bpom_number', ['BPOM', (r) => `NA${digits(r, 11)}`]),
  rule(['supplement'], ['ID'], 'bpom_number', ['BPOM', (r) => `SI${digits(r, 9)}`]),
  rule(['food'], ['ID'], 'bpom_number', ['BPOM', (r) => `ML${digits(r, 12)}`]),
  rule(['cosmetic', 'supplement', 'food'], ['ID'], 'halal_certificate', ['BPJPH', (r) => `ID${digits(r, 17)}`]),
  rule(['supplement'], ['MY'], 'mal_number', ['NPRA', (r) => `MAL${digits(r, 8)}N`]),
  rule(['cosmetic'], ['MY'], 'not_number', ['NPRA', (r) => `NOT${digits(r, 9)}K`]),
  rule(['supplement', 'food'], ['TH'], 'thai_fda_number', [
    'Thai FDA',
    (r) => `${digits(r, 2)}-${digits(r, 1)}-${digits(r, 5)}-${digits(r, 1)}-${digits(r, 4)}`,
  ]),
  rule([...ELECTRIC, 'toy'], ['TH'], 'tisi_licence', ['TISI', (r) => `TIS ${digits(r, 4)}-2566`]),
  rule(['cosmetic', 'supplement'], ['VN'], 'product_declaration', ['QLD', (r) => `${digits(r, 5)}/26/CBMP-QLD`]),
  rule(['cosmetic', 'supplement'], ['PH'], 'fda_notification', ['FDA PH', (r) => `NN-${digits(r, 13)}`]),
  rule(['mains'], ['SG'], 'safety_mark', ['Consumer Product Safety Office', (r) => `${digits(r, 6)}-00`]),
  rule([...ELECTRIC, 'toy'], ['SA', 'AE'], 'g_mark', ['Gulf conformity body', (r) => `GC-${digits(r, 8)}`]),
  rule([...ELECTRIC, 'toy', 'ppe'], ['SA'], 'saber_pcoc', ['SABER', (r) => `PC${digits(r, 10)}`]),
  rule(['supplement', 'cosmetic'], ['SA', 'AE'], 'registration_number', [
    'food and drug authority',
    (r) => `FDA-${digits(r, 8)}`,
  ]),
  rule(['power-bank', 'mains', 'toy', 'radio'], ['CN'], 'ccc_certificate', ['CQC', (r) => `2025${digits(r, 12)}`]),
  rule(['radio'], ['CN'], 'srrc_approval', ['SRRC', (r) => `2025DJ${digits(r, 5)}`]),
  rule(['cosmetic'], ['CN'], 'cosmetics_filing', ['药监局', (r) => `浙G妆网备字2025${digits(r, 6)}`]),
  rule(['supplement'], ['CN'], 'health_food_approval', ['市场监管总局', (r) => `国食健注G2023${digits(r, 4)}`]),
  rule(['food', 'petfood'], ['CN'], 'food_licence', ['市场监管局', (r) => `SC1${digits(r, 13)}`]),
  rule(['device'], ['CN'], 'device_registration', ['药监局', (r) => `浙械注准2024207${digits(r, 4)}`]),
]

/** The complete papers for a product family in `markets`, all valid well past the end of the sample. */
export function completeDocuments(family: string, markets: readonly string[], random: Random): Document[] {
  const found = new Map<string, Document>()
  for (const entry of RULES) {
    if (found.has(entry.kind) || !entry.families.includes(family)) continue
    if (!entry.markets.some((code) => markets.includes(code))) continue
    const valid_until = `${random.between(2027, 2030)}-${String(random.between(1, 12)).padStart(2, '0')}-15`
    found.set(entry.kind, { kind: entry.kind, number: entry.number(random), issuer: entry.issuer, valid_until })
  }
  return [...found.values()]
}

/** A 13-digit article number from the range shops use internally (it starts with 2), with a right check digit. */
export function articleNumber(random: Random): string {
  const body = `20${digits(random, 10)}`
  let sum = 0
  for (let index = 0; index < 12; index++) sum += Number(body[index]) * (index % 2 === 0 ? 1 : 3)
  return body + String((10 - (sum % 10)) % 10)
}
