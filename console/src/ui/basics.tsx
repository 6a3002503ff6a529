import { Check, Copy, Search } from 'lucide-react'
import { type ReactNode, useEffect, useId, useRef, useState } from 'react'
import { Link } from 'wouter'
import { type Action, ariaKeys, keycaps, keysOf } from '../actions.ts'
import { useSay } from '../i18n.ts'
import { announce } from '../live.ts'
import { usePreferences } from '../preferences.ts'

/** The keys of an action, as keycaps; nothing when single keys are switched off. */
export function Keys({ of }: { of: Pick<Action, 'id' | 'keys'> }) {
  const keys = keysOf(of, usePreferences())
  if (keys === '') return null
  return (
    <span className="keys" aria-hidden="true">
      {keycaps(keys).map((cap) => (
        <kbd key={cap}>{cap}</kbd>
      ))}
    </span>
  )
}

interface ButtonProps {
  children?: ReactNode
  icon?: ReactNode
  kind?: 'primary' | 'quiet' | 'plain'
  /** For a button that shows only an icon. */
  label?: string
  shortcut?: Pick<Action, 'id' | 'keys'> | undefined
  onPress?: () => void
  disabled?: boolean
  busy?: boolean
  type?: 'button' | 'submit'
}

export function Button(props: ButtonProps) {
  const { children, icon, kind = 'plain', label, shortcut, onPress, disabled, busy, type = 'button' } = props
  const preference = usePreferences()
  const keys = shortcut ? keysOf(shortcut, preference) : ''
  return (
    <button
      type={type}
      className={`button ${kind} ${children ? '' : 'square'}`}
      aria-label={label}
      title={label}
      aria-keyshortcuts={keys === '' ? undefined : ariaKeys(keys)}
      aria-busy={busy || undefined}
      disabled={disabled || busy}
      onClick={onPress}
    >
      {icon}
      {children}
      {shortcut && <Keys of={shortcut} />}
    </button>
  )
}

/** A link that looks like a button. */
export function ButtonLink({ to, kind = 'plain', children }: { to: string; kind?: string; children: ReactNode }) {
  return (
    <Link href={to} className={`button ${kind}`}>
      {children}
    </Link>
  )
}

/** Moves with the clock: relative on screen, absolute on hover. */
export function Time({ at }: { at: string | null | undefined }) {
  const say = useSay()
  if (!at) return <span className="muted">–</span>
  return (
    <time dateTime={at} title={say.time(at, { dateStyle: 'full', timeStyle: 'long' })} className="nowrap">
      {say.ago(at)}
    </time>
  )
}

const shorten = (id: string) => (id.length > 18 ? `${id.slice(0, 10)}…${id.slice(-5)}` : id)

/** An id, shortened in the middle, with a copy button. */
export function Id({ value, to }: { value: string; to?: string | undefined }) {
  return (
    <span className="id">
      {to ? (
        <Link href={to} title={value}>
          {shorten(value)}
        </Link>
      ) : (
        <span title={value}>{shorten(value)}</span>
      )}
      <CopyButton value={value} />
    </span>
  )
}

export function CopyButton({ value }: { value: string }) {
  const { t } = useSay()
  const [done, setDone] = useState(false)
  const copy = async () => {
    await navigator.clipboard.writeText(value)
    setDone(true)
    announce(t('ui.copied'))
    setTimeout(() => setDone(false), 1500)
  }
  return (
    <button type="button" className="copy" aria-label={t('ui.copy', { what: value })} onClick={copy}>
      {done ? <Check size={13} aria-hidden="true" /> : <Copy size={13} aria-hidden="true" />}
    </button>
  )
}

interface CardProps {
  title?: ReactNode
  aside?: ReactNode
  flush?: boolean
  children: ReactNode
  id?: string
}

export function Card({ title, aside, flush, children, id }: CardProps) {
  const heading = useId()
  return (
    <section className="card" aria-labelledby={title ? heading : undefined} id={id}>
      {title && (
        <header>
          <h2 id={heading}>{title}</h2>
          {aside && <div className="row end">{aside}</div>}
        </header>
      )}
      <div className={flush ? 'body flush' : 'body'}>{children}</div>
    </section>
  )
}

interface SearchProps {
  value: string
  onChange: (value: string) => void
  label: string
  id?: string
}

/** A search field that reports what was typed after a short rest, and never in the middle of composing. */
export function SearchField({ value, onChange, label, id }: SearchProps) {
  const [text, setText] = useState(value)
  const composing = useRef(false)
  const timer = useRef(0)
  useEffect(() => setText(value), [value])
  const later = (next: string) => {
    clearTimeout(timer.current)
    timer.current = window.setTimeout(() => !composing.current && onChange(next), 250)
  }
  return (
    <span className="search">
      <Search size={14} aria-hidden="true" />
      <input
        id={id}
        type="search"
        className="input"
        aria-label={label}
        placeholder={label}
        value={text}
        data-search=""
        onCompositionStart={() => {
          composing.current = true
        }}
        onCompositionEnd={(event) => {
          composing.current = false
          later(event.currentTarget.value)
        }}
        onChange={(event) => {
          setText(event.target.value)
          later(event.target.value)
        }}
      />
    </span>
  )
}

interface FieldProps {
  label: string
  hint?: string | undefined
  error?: string | undefined
  children: (props: {
    id: string
    'aria-describedby'?: string
    'aria-invalid'?: boolean
    className: string
  }) => ReactNode
}

/** Label, control, hint and error, tied together for assistive technology. */
export function Field({ label, hint, error, children }: FieldProps) {
  const id = useId()
  const about = hint || error ? `${id}-about` : undefined
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      {children({
        id,
        className: 'input',
        ...(about ? { 'aria-describedby': about } : {}),
        ...(error ? { 'aria-invalid': true } : {}),
      })}
      {about && (
        <span id={about} className={error ? 'hurt' : 'hint'}>
          {error ?? hint}
        </span>
      )}
    </div>
  )
}

interface PickProps {
  label: string
  value: string
  onChange: (value: string) => void
  options: { value: string; label: string }[]
  /** Words for "no choice"; without it one option is always chosen. */
  any?: string
}

export function Pick({ label, value, onChange, options, any }: PickProps) {
  return (
    <select className="input" aria-label={label} value={value} onChange={(event) => onChange(event.target.value)}>
      {any !== undefined && <option value="">{any}</option>}
      {options.map((option) => (
        <option key={option.value} value={option.value}>
          {option.label}
        </option>
      ))}
    </select>
  )
}

/** A strip of exclusive choices. */
export function Segment({ label, value, onChange, options }: Omit<PickProps, 'any'>) {
  return (
    <fieldset className="segment" aria-label={label}>
      {options.map((option) => (
        <button
          key={option.value}
          type="button"
          aria-pressed={option.value === value}
          onClick={() => onChange(option.value)}
        >
          {option.label}
        </button>
      ))}
    </fieldset>
  )
}

export interface Tab {
  id: string
  label: string
  count?: number | null
}

/** Tabs after the ARIA pattern: arrows move, the panel follows the tab strip. */
export function Tabs({
  tabs,
  value,
  onChange,
  label,
}: {
  tabs: Tab[]
  value: string
  onChange: (id: string) => void
  label: string
}) {
  const say = useSay()
  const move = (step: number) => {
    const index = tabs.findIndex(({ id }) => id === value)
    const next = tabs[(index + step + tabs.length) % tabs.length]
    if (next) {
      onChange(next.id)
      document.getElementById(`tab-${next.id}`)?.focus()
    }
  }
  return (
    <div
      className="tabs"
      role="tablist"
      aria-label={label}
      tabIndex={-1}
      onKeyDown={(event) => {
        if (event.key === 'ArrowRight') move(1)
        if (event.key === 'ArrowLeft') move(-1)
      }}
    >
      {tabs.map(({ id, label: name, count }) => (
        <button
          key={id}
          id={`tab-${id}`}
          type="button"
          role="tab"
          aria-selected={id === value}
          tabIndex={id === value ? 0 : -1}
          onClick={() => onChange(id)}
        >
          {name}
          {count != null && <span className="count">{say.number(count)}</span>}
        </button>
      ))}
    </div>
  )
}

export function TabPanel({ id, children }: { id: string; children: ReactNode }) {
  return (
    <div role="tabpanel" aria-labelledby={`tab-${id}`}>
      {children}
    </div>
  )
}
