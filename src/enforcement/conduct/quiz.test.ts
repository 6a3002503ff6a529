import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ask, checkQuiz, mark, type Quiz, quizFor } from './quiz.ts'

const text = (word: string) => ({ zh: word, en: word })
const quiz: Quiz = {
  id: 'q',
  title: text('q'),
  classes: ['a'],
  questions: [1, 2, 3].map((n) => ({
    id: `q${n}`,
    text: text(`question ${n}`),
    options: ['right', 'wrong', 'worse'].map((word) => ({
      text: text(word),
      ...(word === 'right' ? { right: true } : {}),
    })),
    why: text('because'),
  })),
}

/** The answers of somebody who knows it all. */
const known = (entry: string) =>
  Object.fromEntries(
    ask(quiz, entry).map((each) => [each.id, each.options.find((option) => option.text.en === 'right')?.id ?? '']),
  )

describe('a quiz', () => {
  test('is the same for one violation however often it is fetched, and tells no answer', () => {
    fc.assert(
      fc.property(fc.string(), (entry) => {
        expect(ask(quiz, entry)).toEqual(ask(quiz, entry))
        expect(JSON.stringify(ask(quiz, entry))).not.toContain('"right":true')
        expect(ask(quiz, entry).flatMap((each) => each.options.map((option) => option.id))).toEqual([
          'a',
          'b',
          'c',
          'a',
          'b',
          'c',
          'a',
          'b',
          'c',
        ])
      }),
    )
  })

  test('comes in another order for another violation: answers cannot be passed on', () => {
    const orders = new Set(Array.from({ length: 40 }, (_, n) => JSON.stringify(known(`entry ${n}`))))
    expect(orders.size).toBeGreaterThan(10)
  })

  test('is perfect with every right answer and with no other', () => {
    fc.assert(
      fc.property(
        fc.string(),
        fc.dictionary(fc.constantFrom('q1', 'q2', 'q3'), fc.constantFrom('a', 'b', 'c')),
        (entry, other) => {
          expect(mark(quiz, entry, known(entry))).toMatchObject({ right: 3, total: 3, perfect: true })
          const answers = { ...known(entry), ...other }
          const right = Object.entries(known(entry)).filter(([id, option]) => answers[id] === option).length
          expect(mark(quiz, entry, answers)).toMatchObject({ right, perfect: right === 3 })
        },
      ),
    )
  })

  test('is the one of the class, else the one for everything', () => {
    const rest = { ...quiz, id: 'rest', classes: ['*'] }
    expect(quizFor([rest, quiz], 'a')?.id).toBe('q')
    expect(quizFor([rest, quiz], 'b')?.id).toBe('rest')
    expect(quizFor([quiz], 'b')).toBeUndefined()
  })

  test('with two right options or none is refused by the name of the question', () => {
    const [first, ...rest] = quiz.questions
    const broken = { ...quiz, questions: [{ ...first, options: [{ text: text('x') }, { text: text('y') }] }, ...rest] }
    expect(checkQuiz(broken).problems).toEqual([expect.stringContaining('questions.q1')])
    expect(checkQuiz({ ...quiz, classes: [] }).problems[0]).toContain('classes')
  })
})
