import {
  acceptCompletion,
  autocompletion,
  type Completion,
  type CompletionSource,
  closeBrackets,
  closeBracketsKeymap,
  completionKeymap,
} from '@codemirror/autocomplete'
import { PostgreSQL, sql } from '@codemirror/lang-sql'
import { bracketMatching, HighlightStyle, syntaxHighlighting } from '@codemirror/language'
import { type Diagnostic, linter, lintGutter } from '@codemirror/lint'
import { Compartment, EditorState, type Extension } from '@codemirror/state'
import { drawSelection, EditorView, keymap, lineNumbers } from '@codemirror/view'
import { tags } from '@lezer/highlight'
import { useEffect, useRef } from 'react'
import { write } from '../../api.ts'
import type { SqlCheck, SqlTable } from '../../types/insight.ts'
import type { Text } from '../../types.ts'
import { undoHistory } from './history.ts'

/** What is wrong with a text and where (UTF-16 offset); null = nothing. */
export type Check = (text: string) => Promise<{ position: number; message: string } | null>

export interface EditorProps {
  text: string
  label: string
  tables: readonly SqlTable[]
  /** Words to complete beside the columns of the tables: for a text that is not a whole query. */
  words?: readonly Completion[]
  textOf: (text: Text | string) => string
  /** Checks the text after a pause; without it the text is checked as a query. */
  check?: Check
  onChange: (text: string) => void
  onRun: () => void
}

const noWords: readonly Completion[] = []

const look = EditorView.theme({
  '&': { fontSize: '13px', height: '100%', backgroundColor: 'var(--card)', color: 'var(--ink)' },
  '.cm-scroller': { fontFamily: 'var(--mono)', lineHeight: '1.6' },
  '.cm-content': { caretColor: 'var(--ink)' },
  '.cm-cursor': { borderLeftColor: 'var(--ink)' },
  '.cm-gutters': { backgroundColor: 'var(--card)', color: 'var(--muted)', border: 'none' },
  '&.cm-focused': { outline: 'none' },
  '.cm-selectionBackground, &.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground': {
    backgroundColor: 'var(--accent-line)',
  },
  '.cm-tooltip': { backgroundColor: 'var(--raised)', border: '1px solid var(--line)', borderRadius: '6px' },
  '.cm-tooltip-autocomplete ul li': { color: 'var(--ink)' },
  '.cm-tooltip-autocomplete ul li[aria-selected]': { backgroundColor: 'var(--accent-ground)', color: 'var(--accent)' },
  // The stock marks are data: images, which a strict content security policy refuses.
  '.cm-lintRange-error': { backgroundImage: 'none', textDecoration: 'underline wavy var(--hurt)' },
  '.cm-lint-marker-error': {
    content: 'normal',
    width: '8px',
    height: '8px',
    margin: '6px 3px',
    borderRadius: '50%',
    backgroundColor: 'var(--hurt)',
  },
  '.cm-diagnostic': { borderLeftColor: 'var(--hurt)', fontFamily: 'var(--sans)', whiteSpace: 'pre-wrap' },
})

const colours = HighlightStyle.define([
  { tag: [tags.keyword, tags.operatorKeyword], color: 'var(--accent)', fontWeight: '600' },
  { tag: [tags.string, tags.special(tags.string)], fontStyle: 'italic' },
  { tag: [tags.comment, tags.lineComment, tags.blockComment], color: 'var(--muted)' },
  { tag: [tags.typeName, tags.function(tags.variableName)], fontWeight: '600' },
])

/** Column names before any FROM says of which table: the language's own source only knows them after it. */
function wordsOf(tables: readonly SqlTable[], words: readonly Completion[]): CompletionSource {
  const owners = Map.groupBy(
    tables.flatMap((table) => table.columns.map((column) => ({ column: column.name, table: table.name }))),
    ({ column }) => column,
  )
  const columns = [...owners].map(([label, found]) => ({
    label,
    type: 'property',
    detail: found
      .map(({ table }) => table)
      .join(', ')
      .slice(0, 40),
    boost: 1,
  }))
  const options = [...columns, ...words]
  return (context) => {
    const word = context.matchBefore(words.length > 0 ? /[\w.]+/ : /\w+/)
    if (!word || (words.length === 0 && context.matchBefore(/\.\w*/))) return null
    return { from: word.from, options, validFor: /^[\w.]*$/ }
  }
}

const schemaOf = (tables: readonly SqlTable[]): Record<string, string[]> =>
  Object.fromEntries(tables.map((table) => [table.name, table.columns.map((column) => column.name)]))

/** A query as the server's parser sees it; it knows every name. */
const checkQuery =
  (textOf: EditorProps['textOf']): Check =>
  async (text) => {
    const { ok, error } = await write<SqlCheck>('POST', '/v1/sql/check', { sql: text }).catch(() => ({
      ok: true,
      error: undefined,
    }))
    if (ok || !error) return null
    const hint = error.candidates?.length ? `\n→ ${error.candidates.join(', ')}` : ''
    return { position: error.position ?? 0, message: textOf(error.message) + hint }
  }

/** Asks after a pause and puts the mark where the error is. */
const checker = (check: () => Check) =>
  linter(
    async (view): Promise<Diagnostic[]> => {
      const text = view.state.doc.toString()
      if (text.trim() === '') return []
      const error = await check()(text)
      if (!error) return []
      const from = Math.min(Math.max(0, error.position), Math.max(0, text.length - 1))
      const word = /^\w+/.exec(text.slice(from))?.[0] ?? ' '
      return [{ from, to: Math.min(text.length, from + word.length), severity: 'error', message: error.message }]
    },
    { delay: 500 },
  )

const newline = (view: EditorView) => {
  const line = view.state.doc.lineAt(view.state.selection.main.head)
  const indent = /^\s*/.exec(line.text)?.[0] ?? ''
  view.dispatch(view.state.replaceSelection(`\n${indent}`), { scrollIntoView: true, userEvent: 'input' })
  return true
}

function extensions(
  { label }: EditorProps,
  hooks: { change: (text: string) => void; run: () => void; check: () => Check },
): Extension[] {
  return [
    lineNumbers(),
    drawSelection(),
    bracketMatching(),
    closeBrackets(),
    autocompletion({ icons: false }),
    lintGutter(),
    checker(hooks.check),
    syntaxHighlighting(colours),
    look,
    undoHistory,
    EditorView.lineWrapping,
    EditorView.contentAttributes.of({ 'aria-label': label, spellcheck: 'false', autocapitalize: 'off' }),
    EditorView.updateListener.of((update) => update.docChanged && hooks.change(update.state.doc.toString())),
    keymap.of([
      {
        key: 'Mod-Enter',
        run: () => {
          hooks.run()
          return true
        },
      },
      ...closeBracketsKeymap,
      ...completionKeymap,
      { key: 'Tab', run: acceptCompletion },
      { key: 'Enter', run: newline },
    ]),
  ]
}

/**
 * The SQL editor. It lives in a shadow root because CodeMirror then uses constructed style sheets,
 * which a strict content security policy allows, instead of `<style>` elements, which it does not.
 */
export function SqlEditor(props: EditorProps) {
  const host = useRef<HTMLDivElement>(null)
  const view = useRef<EditorView | null>(null)
  const language = useRef(new Compartment())
  const latest = useRef(props)
  const words = props.words ?? noWords
  latest.current = props
  useEffect(() => {
    if (!host.current) return
    const root = host.current.shadowRoot ?? host.current.attachShadow({ mode: 'open', delegatesFocus: true })
    const hooks = {
      change: (text: string) => latest.current.onChange(text),
      run: () => latest.current.onRun(),
      check: () => latest.current.check ?? checkQuery(latest.current.textOf),
    }
    const state = EditorState.create({
      doc: latest.current.text,
      extensions: [...extensions(latest.current, hooks), language.current.of([])],
    })
    const editor = new EditorView({ state, root, parent: root })
    view.current = editor
    return () => editor.destroy()
  }, [])
  useEffect(() => {
    const schema = schemaOf(props.tables)
    view.current?.dispatch({
      effects: language.current.reconfigure([
        sql({ dialect: PostgreSQL, schema, upperCaseKeywords: true }),
        PostgreSQL.language.data.of({ autocomplete: wordsOf(props.tables, words) }),
      ]),
    })
  }, [props.tables, words])
  useEffect(() => {
    const editor = view.current
    if (editor && editor.state.doc.toString() !== props.text)
      editor.dispatch({ changes: { from: 0, to: editor.state.doc.length, insert: props.text } })
  }, [props.text])
  return <div className="editor" ref={host} />
}
