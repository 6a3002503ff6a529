import type { Value } from '../../kernel/values.ts'
import type { Overload, Parameter } from './model.ts'

const list: Parameter = { type: 'LIST' }
const element: Parameter = { type: 'ELEMENT' }

type List = readonly (string | number)[]
type Entry = Pick<Overload, 'name' | 'parameters' | 'call' | 'doc' | 'example'> & Partial<Overload>

function onList(entry: Entry): Overload {
  return { group: 'list', cost: 3, result: 'BOOLEAN', sql: (args) => `${entry.name}(${args.join(', ')})`, ...entry }
}

/** includes() counts NaN equal to NaN and -0 equal to 0, as DuckDB does. */
const has = (values: List, wanted: string | number) => values.includes(wanted)

export const listFunctions: readonly Overload[] = [
  onList({
    name: 'len',
    aliases: ['length', 'array_length'],
    parameters: [list],
    result: 'BIGINT',
    call: (values: List) => values.length,
    emit: ([values]) => `${values}.length`,
    doc: { en: 'Number of elements.', zh: '元素个数。' },
    example: 'len(images)',
  }),
  onList({
    name: 'list_contains',
    aliases: ['list_has', 'array_contains', 'array_has', 'contains'],
    parameters: [list, element],
    call: has,
    syntax: 'list_contains(list, x), x IN list',
    doc: { en: 'True when the list holds the element.', zh: '列表是否含有该元素。' },
    example: "list_contains(ship_to, 'DE')",
  }),
  onList({
    name: 'list_has_any',
    aliases: ['array_has_any', '&&'],
    parameters: [list, list],
    cost: 5,
    call: (a: List, b: List) => b.some((wanted) => has(a, wanted)),
    doc: { en: 'True when the lists share an element.', zh: '两个列表是否有共同元素。' },
    example: "list_has_any(ship_to, ['DE', 'FR'])",
  }),
  onList({
    name: 'list_has_all',
    aliases: ['array_has_all', '@>'],
    parameters: [list, list],
    cost: 5,
    call: (a: List, b: List) => b.every((wanted) => has(a, wanted)),
    doc: {
      en: 'True when the first list holds every element of the second.',
      zh: '第一个列表是否包含第二个的全部元素。',
    },
    example: "list_has_all(ship_to, ['DE', 'FR'])",
  }),
  onList({
    name: 'list_extract',
    aliases: ['list_element', 'array_extract'],
    parameters: [list, { type: 'BIGINT' }],
    result: 'ELEMENT',
    partial: true,
    call: (values: List, index: number): Value =>
      (index > 0 ? values[index - 1] : index < 0 ? values[values.length + index] : undefined) ?? null,
    syntax: 'list_extract(list, i), list[i]',
    doc: {
      en: 'The i-th element (1 = first, negative from the end), NULL when absent.',
      zh: '第 i 个元素(1 为第一个,负数从末尾数),没有则为 NULL。',
    },
    example: 'images[1]',
  }),
]
