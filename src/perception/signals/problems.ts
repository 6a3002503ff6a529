import type { Text } from '../../kernel/values.ts'

/** What is wrong with a definition: where, what was found, and what to write instead. */
export interface Problem {
  /** Path of the field, e.g. `entries[3].pattern`. */
  readonly field: string
  readonly value: unknown
  readonly problem: Text
  readonly fix: Text
}

/** A definition that was refused; `problems` lists everything found at once. */
export interface DefinitionError extends Error {
  readonly problems: readonly Problem[]
}

/** One line for a log or a terminal. */
export function describeProblem(problem: Problem, language: keyof Text): string {
  const shown = problem.value === undefined ? '' : ` = ${JSON.stringify(problem.value)?.slice(0, 200)}`
  return `${problem.field}${shown}: ${problem.problem[language]}; ${problem.fix[language]}`
}

/** @throws DefinitionError when there is any problem. */
export function refuse(what: string, problems: readonly Problem[]): void {
  if (problems.length === 0) return
  const lines = problems.map((problem) => `  ${describeProblem(problem, 'en')}`)
  throw Object.assign(new Error(`${what} is refused:\n${lines.join('\n')}`), { problems })
}

/** True for errors thrown by `refuse`. */
export function isDefinitionError(error: unknown): error is DefinitionError {
  return error instanceof Error && 'problems' in error
}

/** A mapping read from YAML. */
export type Mapping = Readonly<Record<string, unknown>>

/** True for a mapping (not null, not a list). */
export function isMapping(value: unknown): value is Mapping {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Reads fields of one mapping and notes what is wrong with them. */
export interface FieldReader {
  readonly problems: Problem[]
  note(field: string, value: unknown, texts: { problem: Text; fix: Text }): void
  text(name: string): string | undefined
  requiredText(name: string): string
  flag(name: string): boolean
  number(name: string): number | undefined
  texts(name: string): string[] | undefined
  oneOf<T extends string>(name: string, allowed: readonly T[]): T | undefined
  mappings(name: string): Mapping[]
  only(names: readonly string[]): void
}

const missing = (zh: string, en: string) => ({ problem: { zh: '缺少', en: 'is missing' }, fix: { zh, en } })
const wrong = (zh: string, en: string) => ({ problem: { zh: '类型不对', en: 'has the wrong type' }, fix: { zh, en } })

/** A reader of `mapping` whose problems carry `path` in front of the field. */
export function readFields(mapping: Mapping, path: string, problems: Problem[]): FieldReader {
  const at = (name: string) => (path === '' ? name : `${path}.${name}`)
  const note: FieldReader['note'] = (field, value, texts) => problems.push({ field: at(field), value, ...texts })
  const text = (name: string): string | undefined => {
    const value = mapping[name]
    if (value === undefined || value === null) return undefined
    if (typeof value === 'string') return value
    if (typeof value === 'number') return String(value)
    note(name, value, wrong('请写成文本', 'write a text'))
    return undefined
  }
  return {
    problems,
    note,
    text,
    requiredText(name) {
      const value = text(name)
      if (value !== undefined && value !== '') return value
      if (mapping[name] === undefined || mapping[name] === null || value === '') {
        note(name, mapping[name], missing(`请填写 ${name}`, `add ${name}`))
      }
      return ''
    },
    flag(name) {
      const value = mapping[name]
      if (value === undefined || typeof value === 'boolean') return value === true
      note(name, value, wrong('请写 true 或 false', 'write true or false'))
      return false
    },
    number(name) {
      const value = mapping[name]
      if (value === undefined || typeof value === 'number') return value
      note(name, value, wrong('请写数字', 'write a number'))
      return undefined
    },
    texts(name) {
      const value = mapping[name]
      if (value === undefined) return undefined
      const list = Array.isArray(value) ? value : [value]
      if (list.every((item) => typeof item === 'string' && item !== '')) return list.map(String)
      note(name, value, wrong('请写成文本列表', 'write a list of texts'))
      return undefined
    },
    oneOf(name, allowed) {
      const value = mapping[name]
      if (value === undefined) return undefined
      const found = allowed.find((option) => option === value)
      if (found === undefined) {
        const options = allowed.join(', ')
        note(name, value, {
          problem: { zh: '不是可用的取值', en: 'is not an allowed value' },
          fix: { zh: `可用：${options}`, en: `use one of: ${options}` },
        })
      }
      return found
    },
    mappings(name) {
      const value = mapping[name]
      if (value === undefined) return []
      if (Array.isArray(value) && value.every(isMapping)) return value
      note(name, value, wrong('请写成由映射组成的列表', 'write a list of mappings'))
      return []
    },
    only(names) {
      for (const name of Object.keys(mapping)) {
        if (names.includes(name)) continue
        note(name, mapping[name], {
          problem: { zh: '没有这个字段', en: 'is not a field' },
          fix: { zh: `请删除，或使用：${names.join('、')}`, en: `remove it, or use one of: ${names.join(', ')}` },
        })
      }
    },
  }
}
