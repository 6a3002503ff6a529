import { expect, test } from 'vitest'
import { keyedActions } from '../pages/keyed-actions.ts'
import { navigation, profilePlace } from '../shell/navigation.ts'
import { en } from './en.ts'
import { zh } from './zh.ts'

const valuesIn = (message: string) => [...new Set([...message.matchAll(/\{(\w+)/g)].map(([, name]) => name))].sort()

test('a message uses the same values in both languages', () => {
  const different = Object.entries(en).filter(([id, message]) => {
    const other: string = zh[id as keyof typeof zh]
    return valuesIn(message).join() !== valuesIn(other).join()
  })
  expect(different).toEqual([])
})

test('no two actions that can be on screen together have the same keys', () => {
  const places = [...navigation.flatMap((group) => group.places), profilePlace]
  const everywhere = ['mod+k', '?', '/', ...places.map(({ keys }) => keys)]
  const reviewing = [...everywhere, 'j', 'k', ...keyedActions.map(({ keys }) => keys), ...Array.from('123456789')]
  expect(reviewing.filter((keys, index) => reviewing.indexOf(keys) !== index)).toEqual([])
  // A first press that is a whole shortcut of its own would never start a sequence.
  const first = places.map(({ keys }) => keys.split(' ')[0])
  expect(first.filter((press) => reviewing.includes(press ?? ''))).toEqual([])
})
