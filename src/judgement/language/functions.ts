import { choiceFunctions } from './functions-choice.ts'
import { listFunctions } from './functions-list.ts'
import { numberFunctions } from './functions-number.ts'
import { patternFunctions } from './functions-pattern.ts'
import { textFunctions } from './functions-text.ts'
import { timeFunctions } from './functions-time.ts'
import type { Overload } from './model.ts'

/**
 * The table of the subset: every function and operator with its types, cost, implementation, JavaScript, DuckDB form
 * and documentation. `syntax.ts` holds what the grammar writes without a name, `functions-cast.ts` the conversions.
 */
export const functions: readonly Overload[] = [
  ...numberFunctions,
  ...textFunctions,
  ...patternFunctions,
  ...choiceFunctions,
  ...listFunctions,
  ...timeFunctions,
]

const byName = new Map<string, Overload[]>()
for (const entry of functions)
  for (const name of [entry.name, ...(entry.aliases ?? [])]) byName.set(name, [...(byName.get(name) ?? []), entry])

/** Every signature of a name or alias, in the order of preference. */
export function overloadsOf(name: string): readonly Overload[] {
  return byName.get(name.toLowerCase()) ?? []
}

export const functionNames: readonly string[] = [...byName.keys()].filter((name) => /^[a-z]/.test(name))

/** Why well-known functions are left out, and what to write instead. */
export const leftOut: Readonly<Record<string, { readonly zh: string; readonly en: string }>> = {
  ...same(['ln', 'log', 'log2', 'log10', 'exp', 'pow', 'power', '^', '**', 'cbrt', 'sin', 'cos', 'tan'], {
    en: 'Its last digit depends on the machine, so history and live could differ; compare with a constant instead, for example x * x or price > 1000.',
    zh: '它的末位随机器而变,历史与线上可能不一致;请改为与常量比较,例如 x * x 或 price > 1000。',
  }),
  ...same(
    [
      'now',
      'current_timestamp',
      'current_date',
      'current_time',
      'today',
      'get_current_timestamp',
      'transaction_timestamp',
    ],
    {
      en: 'Time is the event’s logged_at: write logged_at, for example time > logged_at - INTERVAL 1 DAY.',
      zh: '时间以事件的 logged_at 为准:请写 logged_at,例如 time > logged_at - INTERVAL 1 DAY。',
    },
  ),
  ...same(['random', 'uuid', 'gen_random_uuid', 'setseed', 'nextval'], {
    en: 'A condition must give the same answer every time it is replayed; use a hash share of a strategy’s canary instead.',
    zh: '条件每次回放都必须得到同样的结果;抽样请用策略的灰度比例。',
  }),
  ...same(['repeat', 'range', 'generate_series', 'bar'], {
    en: 'It can use unlimited memory; write the text itself.',
    zh: '它可能耗尽内存;请直接写出文本。',
  }),
  ...same(['reverse', 'left_grapheme', 'right_grapheme', 'substring_grapheme', 'length_grapheme'], {
    en: 'It depends on the Unicode version of grapheme clusters; use substr, left, right or length.',
    zh: '它取决于字素簇的 Unicode 版本;请用 substr、left、right 或 length。',
  }),
  ...same(
    ['sum', 'count', 'avg', 'min', 'max', 'first', 'last', 'any_value', 'median', 'string_agg', 'list', 'count_star'],
    {
      en: 'A condition sees one event; define a feature with OVER (PARTITION BY …) and use it by name.',
      zh: '条件只看一个事件;请用 OVER (PARTITION BY …) 定义特征,再按名字使用。',
    },
  ),
}

function same(names: readonly string[], text: { zh: string; en: string }) {
  return Object.fromEntries(names.map((name) => [name, text]))
}
