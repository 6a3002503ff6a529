import { type ChangeSet, type Extension, StateEffect, StateField, Transaction } from '@codemirror/state'
import { type EditorView, keymap } from '@codemirror/view'

interface Edits {
  past: readonly ChangeSet[]
  future: readonly ChangeSet[]
  at: number
}

const moved = StateEffect.define<'undo' | 'redo'>()
const most = 200

/** Typing within half a second is one step. */
function typed(edits: Edits, transaction: Transaction): Edits {
  const inverse = transaction.changes.invert(transaction.startState.doc)
  const time = transaction.annotation(Transaction.time) ?? 0
  const last = edits.past.at(-1)
  const joins = last !== undefined && time - edits.at < 500 && transaction.isUserEvent('input.type')
  const past = joins ? [...edits.past.slice(0, -1), inverse.compose(last)] : [...edits.past.slice(-most), inverse]
  return { past, future: [], at: time }
}

const edits = StateField.define<Edits>({
  create: () => ({ past: [], future: [], at: 0 }),
  update(value, transaction) {
    const move = transaction.effects.find((effect) => effect.is(moved))
    if (!move) return transaction.docChanged ? typed(value, transaction) : value
    const inverse = transaction.changes.invert(transaction.startState.doc)
    return move.value === 'undo'
      ? { past: value.past.slice(0, -1), future: [...value.future, inverse], at: 0 }
      : { past: [...value.past, inverse], future: value.future.slice(0, -1), at: 0 }
  },
})

const step = (way: 'undo' | 'redo') => (view: EditorView) => {
  const { past, future } = view.state.field(edits)
  const changes = (way === 'undo' ? past : future).at(-1)
  if (changes) view.dispatch({ changes, effects: moved.of(way), scrollIntoView: true })
  return true
}

/** Undo and redo for the editor, exact and bounded. */
export const undoHistory: Extension = [
  edits,
  keymap.of([
    { key: 'Mod-z', run: step('undo'), preventDefault: true },
    { key: 'Mod-Shift-z', run: step('redo'), preventDefault: true },
    { key: 'Mod-y', run: step('redo'), preventDefault: true },
  ]),
]
