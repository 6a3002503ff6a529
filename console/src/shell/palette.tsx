import { type KeyboardEvent, useEffect, useId, useState } from 'react'
import { type Action, useActions } from '../actions.ts'
import { useRead, withQuery } from '../api.ts'
import { useSay } from '../i18n.ts'
import { paths } from '../paths.ts'
import type { SubjectHit } from '../types/subjects.ts'
import type { Page } from '../types.ts'
import { Keys } from '../ui/basics.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { unique } from './sheet.tsx'

interface Entry {
  id: string
  name: string
  about: string
  action?: Action
  run: () => void
}

interface PaletteProps {
  open: boolean
  onClose: () => void
  onGo: (to: string) => void
}

const prefixes: Record<string, (id: string) => string> = {
  case_: paths.case,
  apl_: paths.appeal,
  dec_: (id) => paths.trace('decision', id),
  act_: (id) => paths.trace('action', id),
}

/** An id that was pasted leads straight to its page. */
const placeOfId = (text: string): string | undefined => {
  const prefix = Object.keys(prefixes).find((start) => text.startsWith(start))
  return prefix ? prefixes[prefix]?.(text) : undefined
}

/** Every typed letter must appear in order: `gq`, `审核` and `queue` all find the queue. */
function fits(text: string, query: string): boolean {
  const words = text.toLowerCase()
  return query
    .toLowerCase()
    .split(/\s+/)
    .every((word) => words.includes(word))
}

function useResting(text: string): string {
  const [rested, setRested] = useState('')
  useEffect(() => {
    const timer = setTimeout(() => setRested(text), 200)
    return () => clearTimeout(timer)
  }, [text])
  return rested
}

function useEntries(query: string, onGo: (to: string) => void): Entry[] {
  const { t, word } = useSay()
  const actions = useActions()
  const wanted = useResting(query.trim())
  const found = useRead<Page<SubjectHit>>(withQuery('/v1/subjects', { q: wanted }), { enabled: wanted.length > 1 })
  const direct = placeOfId(query.trim())
  const open: Entry[] = direct
    ? [{ id: 'direct', name: query.trim(), about: t('palette.openId'), run: () => onGo(direct) }]
    : []
  const doing = unique(actions)
    .filter(({ id }) => id !== 'look.palette')
    .map((action) => ({
      id: action.id,
      name: action.name ?? t(action.label),
      about: t(`keys.group.${action.group}`),
      action,
      run: action.run,
    }))
    .filter((entry) => fits(`${entry.name} ${entry.about}`, query.trim()))
  const subjects = (wanted.length > 1 && found.data ? found.data.items : []).slice(0, 8).map((hit) => ({
    id: `${hit.type}/${hit.id}`,
    name: hit.title || hit.id,
    about: `${word('type', hit.type)} · ${hit.id}`,
    run: () => onGo(paths.subject(hit.type, hit.id)),
  }))
  return [...open, ...doing, ...subjects]
}

export function Palette({ open, onClose, onGo }: PaletteProps) {
  const { t } = useSay()
  return (
    <Dialog title={t('palette.title')} open={open} onClose={onClose} kind="modal">
      <PaletteBody onClose={onClose} onGo={onGo} />
    </Dialog>
  )
}

function PaletteBody({ onClose, onGo }: Omit<PaletteProps, 'open'>) {
  const { t } = useSay()
  const list = useId()
  const [query, setQuery] = useState('')
  const [active, setActive] = useState(0)
  const entries = useEntries(query, onGo)
  const at = Math.min(active, entries.length - 1)
  const run = (entry: Entry | undefined) => {
    if (!entry) return
    onClose()
    // After the dialog has given the focus back, so that the action may move it.
    setTimeout(entry.run)
  }
  const onKey = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing) return
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0
    if (step !== 0) {
      event.preventDefault()
      setActive((at + step + entries.length) % Math.max(entries.length, 1))
    }
    if (event.key === 'Enter') run(entries[at])
  }
  useEffect(() => {
    document.getElementById(`${list}-${at}`)?.scrollIntoView({ block: 'nearest' })
  }, [list, at])
  return (
    <div className="palette">
      <input
        className="input"
        role="combobox"
        aria-expanded="true"
        aria-controls={list}
        aria-activedescendant={entries.length > 0 ? `${list}-${at}` : undefined}
        aria-label={t('palette.title')}
        placeholder={t('palette.hint')}
        value={query}
        onChange={(event) => {
          setQuery(event.target.value)
          setActive(0)
        }}
        onKeyDown={onKey}
      />
      {entries.length === 0 && <p className="muted">{t('palette.none')}</p>}
      <div role="listbox" id={list} aria-label={t('palette.title')}>
        {entries.map((entry, index) => (
          // biome-ignore lint/a11y/useKeyWithClickEvents: the combobox above owns the keyboard
          <div
            key={entry.id}
            id={`${list}-${index}`}
            role="option"
            tabIndex={-1}
            aria-selected={index === at}
            onClick={() => run(entry)}
            onMouseMove={() => setActive(index)}
          >
            <span className="clip">{entry.name}</span>
            <span className="muted clip">{entry.about}</span>
            <span className="end">{entry.action && <Keys of={entry.action} />}</span>
          </div>
        ))}
      </div>
    </div>
  )
}
