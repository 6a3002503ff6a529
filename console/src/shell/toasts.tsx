import { X } from 'lucide-react'
import { useEffect, useState } from 'react'
import { useOffer } from '../actions.ts'
import { useSay } from '../i18n.ts'
import { dismiss, type Toast, useToasts } from '../live.ts'
import { Button } from '../ui/basics.tsx'
import { Mark } from '../ui/marks.tsx'

function Countdown({ until }: { until: number }) {
  const left = () => Math.max(0, Math.ceil((until - Date.now()) / 1000))
  const [seconds, setSeconds] = useState(left)
  // biome-ignore lint/correctness/useExhaustiveDependencies: one clock per toast
  useEffect(() => {
    const timer = setInterval(() => setSeconds(left()), 250)
    return () => clearInterval(timer)
  }, [until])
  return <span aria-hidden="true">{seconds} s</span>
}

function ToastCard({ toast }: { toast: Toast }) {
  const { t } = useSay()
  const { action } = toast
  const press = () => {
    action?.run()
    dismiss(toast.id)
  }
  return (
    <li className="toast">
      <Mark shape={toast.kind === 'done' ? 'check' : 'cross'} tone={toast.kind === 'done' ? 'accent' : 'hurt'}>
        <span className="sr">{t(toast.kind === 'done' ? 'status.done' : 'status.failed')}</span>
      </Mark>
      <span className="grow">{toast.text}</span>
      {action && (
        <Button onPress={press} shortcut={{ id: 'case.undo', keys: action.keys ?? '' }}>
          {action.label} <Countdown until={action.until} />
        </Button>
      )}
      <Button
        kind="quiet"
        label={t('ui.close')}
        icon={<X size={14} aria-hidden="true" />}
        onPress={() => dismiss(toast.id)}
      />
    </li>
  )
}

/** Toasts are also said through the live region (live.ts), so the list itself stays silent. */
export function Toasts() {
  const { t } = useSay()
  const toasts = useToasts()
  const undoable = toasts.findLast(({ action }) => action?.keys)
  const undo = () => {
    undoable?.action?.run()
    if (undoable) dismiss(undoable.id)
  }
  useOffer(
    undoable?.action
      ? [{ id: 'case.undo', label: 'action.undo', group: 'case', keys: undoable.action.keys ?? '', run: undo }]
      : [],
  )
  if (toasts.length === 0) return null
  return (
    <section aria-label={t('ui.messages')}>
      <ul className="toasts">
        {toasts.map((toast) => (
          <ToastCard key={toast.id} toast={toast} />
        ))}
      </ul>
    </section>
  )
}
