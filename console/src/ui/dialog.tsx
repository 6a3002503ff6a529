import { X } from 'lucide-react'
import { type ReactNode, useId, useLayoutEffect, useRef } from 'react'
import { useSay } from '../i18n.ts'
import { Button } from './basics.tsx'

interface DialogProps {
  title: string
  open: boolean
  onClose: () => void
  children: ReactNode
  footer?: ReactNode
  kind?: 'modal' | 'drawer' | 'modal wide'
}

/** The platform's own modal dialog: focus stays inside, Escape closes, focus returns. */
export function Dialog(props: DialogProps) {
  return props.open ? <OpenDialog {...props} /> : null
}

function OpenDialog({ title, onClose, children, footer, kind = 'modal' }: DialogProps) {
  const { t } = useSay()
  const ref = useRef<HTMLDialogElement>(null)
  const heading = useId()
  useLayoutEffect(() => {
    const dialog = ref.current
    dialog?.showModal()
    // The first field, if there is one: whoever opens a form wants to type.
    dialog?.querySelector<HTMLElement>('.body :is(input, textarea, select)')?.focus()
    return () => dialog?.close()
  }, [])
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: a click on the backdrop; Escape is the keyboard's way
    <dialog
      ref={ref}
      className={kind}
      aria-labelledby={heading}
      onCancel={(event) => {
        event.preventDefault()
        onClose()
      }}
      onClick={(event) => event.target === ref.current && onClose()}
    >
      <header>
        <h2 id={heading}>{title}</h2>
        <span className="end">
          <Button kind="quiet" label={t('ui.close')} icon={<X size={15} aria-hidden="true" />} onPress={onClose} />
        </span>
      </header>
      <div className="body">{children}</div>
      {footer && <footer>{footer}</footer>}
    </dialog>
  )
}
