import type { ReactNode } from 'react'
import { useSay } from '../../i18n.ts'
import type { Measured } from '../../types/quality.ts'

/** A share or a coefficient with its interval; faded when it rests on fewer than 30 observations. */
export function Rate({ of, plain = false }: { of: Measured; plain?: boolean }) {
  const say = useSay()
  if (of.value === null) return <span className="muted">–</span>
  const show = (value: number | null) =>
    plain ? say.number(value, { maximumFractionDigits: 2 }) : say.percent(value, of.n < 1000 ? 0 : 1)
  return (
    <span className={of.n < 30 ? 'nowrap muted' : 'nowrap'} title={say.t('quality.n', { n: of.n })}>
      {show(of.value)}
      {of.low !== null && of.high !== null && (
        <span className="muted">
          {' '}
          {show(of.low)}–{show(of.high)}
        </span>
      )}
    </span>
  )
}

/** One figure with its name, what it means and on how much it rests. */
export function Tile({ label, about, of, plain, children }: TileProps) {
  const say = useSay()
  return (
    <li className="card indicator">
      <strong className="name">{label}</strong>
      {children || of?.value != null ? (
        <span className="figure">{children ?? (of && <Rate of={of} plain={plain ?? false} />)}</span>
      ) : (
        <span className="muted">{say.t('quality.nothing')}</span>
      )}
      <span className="small muted">
        {about} {of && of.n > 0 && say.t('quality.n', { n: of.n })}
      </span>
    </li>
  )
}

interface TileProps {
  label: string
  about: string
  of?: Measured
  plain?: boolean
  children?: ReactNode
}
