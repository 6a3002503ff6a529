import { type KeyboardEvent, type PointerEvent, type RefObject, useEffect, useRef, useState } from 'react'
import { problemOf } from '../api.ts'
import { useSay } from '../i18n.ts'
import { announce } from '../live.ts'
import type { Box } from '../types/files.ts'
import type { Problem } from '../types.ts'
import { Button, Field } from './basics.tsx'
import { ProblemNote } from './states.tsx'

/** Where a region begins that is drawn with the keys. */
export const firstBox: Box = { x: 0.35, y: 0.35, width: 0.3, height: 0.3 }
const step = 0.02
const least = 0.02

const within = (value: number, low: number, high: number): number => Math.min(high, Math.max(low, value))
const round = (value: number): number => Math.round(value * 1e4) / 1e4

/** The box between two points of the image. */
function between(from: { x: number; y: number }, to: { x: number; y: number }): Box {
  const x = Math.min(from.x, to.x)
  const y = Math.min(from.y, to.y)
  return {
    x: round(x),
    y: round(y),
    width: round(within(Math.abs(from.x - to.x), least, 1 - x)),
    height: round(within(Math.abs(from.y - to.y), least, 1 - y)),
  }
}

/** The box after a key: arrows move it, with Shift they change its size; null for other keys. */
export function stepped(box: Box, key: string, shift: boolean): Box | null {
  const [across, down] = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[key] ?? []
  if (across === undefined || down === undefined) return null
  if (shift)
    return {
      ...box,
      width: round(within(box.width + across * step, least, 1 - box.x)),
      height: round(within(box.height + down * step, least, 1 - box.y)),
    }
  return {
    ...box,
    x: round(within(box.x + across * step, 0, 1 - box.width)),
    y: round(within(box.y + down * step, 0, 1 - box.height)),
  }
}

interface SurfaceProps {
  box: Box
  onBox: (box: Box) => void
  /** The region is right: on to what is there. */
  onEnter: () => void
  onCancel: () => void
}

/** Lies over an image while a region is drawn, by pointer or by keys. */
export function DrawSurface({ box, onBox, onEnter, onCancel }: SurfaceProps) {
  const say = useSay()
  const { t } = say
  const [from, setFrom] = useState<{ x: number; y: number } | null>(null)
  const surface = useRef<HTMLButtonElement>(null)
  useEffect(() => {
    surface.current?.focus()
    announce(t('picture.mark.help'))
  }, [t])
  const told = (of: Box) =>
    t('picture.mark.box', {
      x: say.percent(of.x, 0),
      y: say.percent(of.y, 0),
      width: say.percent(of.width, 0),
      height: say.percent(of.height, 0),
    })
  const pointAt = (event: PointerEvent<HTMLElement>) => {
    const { left, top, width, height } = event.currentTarget.getBoundingClientRect()
    return {
      x: within((event.clientX - left) / width, 0, 1),
      y: within((event.clientY - top) / height, 0, 1),
    }
  }
  const onKey = (event: KeyboardEvent) => {
    const next = stepped(box, event.key, event.shiftKey)
    if (next) {
      onBox(next)
      announce(told(next))
    } else if (event.key === 'Enter') onEnter()
    else if (event.key === 'Escape') onCancel()
    else return
    event.preventDefault()
    event.stopPropagation()
  }
  return (
    <button
      ref={surface}
      type="button"
      className="draw"
      aria-label={told(box)}
      title={t('picture.mark.help')}
      onKeyDown={onKey}
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId)
        setFrom(pointAt(event))
      }}
      onPointerMove={(event) => from && onBox(between(from, pointAt(event)))}
      onPointerUp={() => setFrom(null)}
    >
      <span
        className="region draft"
        style={{
          left: `${box.x * 100}%`,
          top: `${box.y * 100}%`,
          width: `${box.width * 100}%`,
          height: `${box.height * 100}%`,
        }}
      />
    </button>
  )
}

interface SaveProps {
  field: RefObject<HTMLInputElement | null>
  told: boolean
  onSave: (note: string) => Promise<void>
  onCancel: () => void
}

/** Below the image: what is to be seen in the region, and the way out. */
export function SaveRegion({ field, told, onSave, onCancel }: SaveProps) {
  const { t } = useSay()
  const [note, setNote] = useState('')
  const [busy, setBusy] = useState(false)
  const [problem, setProblem] = useState<Problem | null>(null)
  const save = async () => {
    setBusy(true)
    setProblem(null)
    try {
      await onSave(note)
      announce(t('picture.marked'))
    } catch (error) {
      setProblem(problemOf(error))
      setBusy(false)
    }
  }
  return (
    <div className="drawbar">
      <p className="muted small">{t('picture.mark.help')}</p>
      <Field label={t('picture.mark.note')} hint={t(told ? 'picture.mark.note.told' : 'picture.mark.note.hint')}>
        {(props) => (
          <input
            {...props}
            ref={field}
            maxLength={200}
            value={note}
            onChange={(event) => setNote(event.target.value)}
            onKeyDown={(event) => {
              if (event.nativeEvent.isComposing) return
              if (event.key === 'Escape') onCancel()
              if (event.key !== 'Enter') return
              event.preventDefault()
              void save()
            }}
          />
        )}
      </Field>
      {problem && <ProblemNote problem={problem} />}
      <div className="row">
        <Button onPress={onCancel}>{t('picture.mark.cancel')}</Button>
        <Button kind="primary" busy={busy} onPress={() => void save()}>
          {t('picture.mark.save')}
        </Button>
      </div>
    </div>
  )
}
