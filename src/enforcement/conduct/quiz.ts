import { createHash } from 'node:crypto'
import { type Static, Type } from '@sinclair/typebox'
import { Value } from '@sinclair/typebox/value'
import type { Text } from '../../kernel/values.ts'

const text = Type.Object(
  { zh: Type.String({ minLength: 1 }), en: Type.String({ minLength: 1 }) },
  { additionalProperties: false, description: 'write both languages: {zh: …, en: …}' },
)
const option = Type.Object(
  { text, right: Type.Optional(Type.Literal(true, { description: 'write true or leave it out' })) },
  { additionalProperties: false, description: 'an option has text and, once per question, right: true' },
)
const question = Type.Object(
  {
    id: Type.String({ pattern: '^[a-z0-9-]+$', description: 'use lower-case letters, digits and hyphens' }),
    text,
    options: Type.Array(option, { minItems: 2, maxItems: 6, description: 'list two to six options' }),
    why: text,
  },
  { additionalProperties: false, description: 'a question has id, text, options and why' },
)

/** The schema of one file in packs/quizzes. */
export const quizSchema = Type.Object(
  {
    id: Type.String({ pattern: '^[a-z0-9-]+$', description: 'use lower-case letters, digits and hyphens' }),
    title: text,
    /** Classes of violations that it teaches about; `*` = every class that no other quiz names. */
    classes: Type.Array(Type.String({ minLength: 1 }), { minItems: 1, description: 'list classes, or "*"' }),
    questions: Type.Array(question, { minItems: 3, description: 'list at least three questions' }),
  },
  { additionalProperties: false, description: 'a quiz has id, title, classes and questions' },
)

export type Quiz = Static<typeof quizSchema>
export type Question = Static<typeof question>

/** The quiz of a parsed file, or what is wrong with it: field and fix. */
export function checkQuiz(input: unknown): { quiz: Quiz; problems: [] } | { quiz: null; problems: string[] } {
  if (!Value.Check(quizSchema, input)) {
    const problems = [...Value.Errors(quizSchema, input)].map(
      (error) => `${error.path.slice(1).replaceAll('/', '.')}: ${String(error.schema['description'] ?? error.message)}`,
    )
    return { quiz: null, problems: [...new Set(problems)] }
  }
  const wrong = input.questions
    .filter((each) => each.options.filter((choice) => choice.right).length !== 1)
    .map((each) => `questions.${each.id}: mark exactly one option with right: true`)
  const twice = input.questions
    .map((each) => each.id)
    .filter((id, index, all) => all.indexOf(id) !== index)
    .map((id) => `questions.${id}: this id occurs twice`)
  const problems = [...wrong, ...twice]
  return problems.length === 0 ? { quiz: input, problems: [] } : { quiz: null, problems }
}

/** The quiz for a class of violations. */
export function quizFor(bank: readonly Quiz[], violation: string): Quiz | undefined {
  return bank.find((quiz) => quiz.classes.includes(violation)) ?? bank.find((quiz) => quiz.classes.includes('*'))
}

/** A question as whoever answers sees it: nothing tells which option is right. */
export interface AskedQuestion {
  readonly id: string
  readonly text: Text
  readonly options: readonly { readonly id: string; readonly text: Text }[]
}

const rank = (...parts: string[]): string => createHash('sha256').update(parts.join('\n')).digest('hex')

/** The options of a question in an order of its own for every violation; their ids are places in that order. */
function shuffled(entry: string, { id, options }: Question) {
  return options
    .map((each, index) => ({ each, by: rank(entry, id, String(index)) }))
    .toSorted((a, b) => (a.by < b.by ? -1 : 1))
    .map(({ each }, place) => ({ id: String.fromCharCode(97 + place), ...each }))
}

/** The questions about one violation: always the same for it, in another order for another. */
export function ask(quiz: Quiz, entry: string): AskedQuestion[] {
  return quiz.questions
    .toSorted((a, b) => (rank(entry, a.id) < rank(entry, b.id) ? -1 : 1))
    .map((each) => ({
      id: each.id,
      text: each.text,
      options: shuffled(entry, each).map(({ id, text: words }) => ({ id, text: words })),
    }))
}

export interface Marked {
  readonly right: number
  readonly total: number
  readonly perfect: boolean
  readonly questions: readonly { readonly id: string; readonly right: boolean; readonly why: Text }[]
}

/** Marks answers (question id → option id). */
export function mark(quiz: Quiz, entry: string, answers: Readonly<Record<string, string>>): Marked {
  const questions = quiz.questions.map((each) => ({
    id: each.id,
    right: shuffled(entry, each).find((choice) => choice.id === answers[each.id])?.right === true,
    why: each.why,
  }))
  const right = questions.filter((each) => each.right).length
  return { right, total: questions.length, perfect: right === questions.length, questions }
}
