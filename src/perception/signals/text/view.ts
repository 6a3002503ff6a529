/**
 * A rewritten form of a text that remembers where every unit came from.
 * `starts[i]`, `ends[i]` are UTF-16 offsets in the original; both null when unit i came from unit i.
 */
export interface View {
  readonly text: string
  readonly starts: Int32Array | null
  readonly ends: Int32Array | null
}

/** A piece of a view being built: units that stand for `[start, end)` of the original. */
export interface Draft {
  text: string
  readonly starts: number[]
  readonly ends: number[]
}

/** An empty draft. */
export function startDraft(): Draft {
  return { text: '', starts: [], ends: [] }
}

/** Appends `piece`, every unit of which stands for `[start, end)` of the original. */
export function append(draft: Draft, piece: string, span: readonly [start: number, end: number]): void {
  draft.text += piece
  for (let i = 0; i < piece.length; i++) {
    draft.starts.push(span[0])
    draft.ends.push(span[1])
  }
}

/** Appends units `[from, to)` of a view as they are. */
export function copy(draft: Draft, view: View, from: number, to: number): void {
  draft.text += view.text.slice(from, to)
  for (let i = from; i < to; i++) {
    draft.starts.push(view.starts === null ? i : view.starts[i]!)
    draft.ends.push(view.ends === null ? i + 1 : view.ends[i]!)
  }
}

/** Closes a draft. */
export function finish(draft: Draft): View {
  return { text: draft.text, starts: Int32Array.from(draft.starts), ends: Int32Array.from(draft.ends) }
}

/** The span of the original text that units `[start, end)` of the view were made from; `end` must be above `start`. */
export function originalSpan(view: View, start: number, end: number): [start: number, end: number] {
  if (view.starts === null || view.ends === null) return [start, end]
  let last = 0
  // clusters may reorder nothing, but a run of collapsed blanks can end later than the unit after it began
  for (let i = start; i < end; i++) last = Math.max(last, view.ends[i]!)
  return [view.starts[start]!, last]
}
