import { expect, test } from 'vitest'
import { apart, runsOf, stepOf, ticks } from '../chart/scale.ts'
import { diffWords } from '../pages/review/diff.ts'
import { toCsv } from '../pages/sql/export.ts'
import { connected } from '../pages/trace-links.ts'
import { cutSpans, flatten } from './pieces.ts'

const span = (start: number, end: number, strategy = 's') => ({
  field: 'title',
  start,
  end,
  strategy,
  term: null,
  tag: null,
})

test('pieces of a marked text cover it exactly once, whatever the spans', () => {
  const pieces = cutSpans(10, [span(2, 6, 'a'), span(4, 8, 'b'), span(9, 99, 'c'), span(5, 5, 'empty')])
  expect(pieces.map(({ start, end }) => [start, end])).toEqual([
    [0, 2],
    [2, 4],
    [4, 6],
    [6, 8],
    [8, 9],
    [9, 10],
  ])
  expect(pieces.map(({ spans }) => spans.map(({ strategy }) => strategy).join('+'))).toEqual([
    '',
    'a',
    'a+b',
    'b',
    '',
    'c',
  ])
})

test('a word diff gives back both texts, in Chinese too', () => {
  for (const [before, after] of [
    ['ultra slim power bank', 'slim power bank'],
    ['全网第一的面霜', '补水面霜'],
    ['', 'new'],
    ['same', 'same'],
  ] as const) {
    const parts = diffWords(before, after)
    expect(
      parts
        .filter(({ kind }) => kind !== 'added')
        .map(({ text }) => text)
        .join(''),
    ).toBe(before)
    expect(
      parts
        .filter(({ kind }) => kind !== 'removed')
        .map(({ text }) => text)
        .join(''),
    ).toBe(after)
  }
})

test('fields are flattened as conditions name them', () => {
  expect(flatten({ title: 'a', attributes: { ce_mark: null, size: { w: 1 } }, tags: ['x'] })).toEqual([
    ['title', 'a'],
    ['attributes.ce_mark', null],
    ['attributes.size.w', 1],
    ['tags', ['x']],
  ])
})

test('a trace item knows all its causes and effects, also in a cycle', () => {
  const links = [
    { from: 'a', to: 'b' },
    { from: 'b', to: 'c' },
    { from: 'c', to: 'a' },
    { from: 'b', to: 'd' },
  ]
  expect(connected('b', links).causes.sort()).toEqual(['a', 'c'])
  expect(connected('b', links).effects.sort()).toEqual(['a', 'c', 'd'])
})

test('CSV quotes what would break a row', () => {
  const reply = {
    columns: [{ name: 'a,b', type: 'VARCHAR' }],
    rows: [['x "y"'], [null], ['two\nlines']],
    rows_total_known: true,
    truncated: false,
    seconds: 0,
  }
  expect(toCsv(reply)).toBe('\ufeff"a,b"\r\n"x ""y"""\r\n\r\n"two\nlines"\r\n')
})

test('axis ticks are round and inside the range', () => {
  expect(ticks(0, 100)).toEqual([0, 25, 50, 75, 100])
  expect(ticks(0.018, 0.026).every((tick) => tick >= 0.018 && tick <= 0.026)).toBe(true)
  expect(ticks(5, 5)).toEqual([5])
})

test('a line breaks where two or more values are missing', () => {
  const days = [1, 2, 3, 5, 9].map((day) => ({ at: new Date(Date.UTC(2026, 0, day)).toISOString() }))
  const step = stepOf(days.map(({ at }) => Date.parse(at)))
  expect(step).toBe(86_400_000)
  expect(runsOf(days, step).map((run) => run.length)).toEqual([4, 1])
  expect(stepOf([])).toBe(Infinity)
})

test('labels of a time axis keep their distance where the times are unevenly spread', () => {
  expect(apart([0, 10, 90, 95, 300], (time) => time, 80)).toEqual([0, 90, 300])
  expect(apart([], (time) => time, 80)).toEqual([])
})
