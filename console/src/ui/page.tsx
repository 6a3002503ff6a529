import { type ReactNode, useEffect } from 'react'
import { Link } from 'wouter'
import { InPage } from './states.tsx'

interface PageFrameProps {
  title: string
  /** Where this page hangs in the navigation. */
  crumb?: { to: string; label: string }
  sub?: ReactNode
  mark?: ReactNode
  aside?: ReactNode
  children: ReactNode
}

/** The head of every page: one h1, the place above it, what can be done at the right. */
export function PageFrame({ title, crumb, sub, mark, aside, children }: PageFrameProps) {
  useEffect(() => {
    document.title = `${title} · Aedile`
  }, [title])
  return (
    <div className="page">
      <header>
        {crumb && (
          <span className="crumb">
            <Link href={crumb.to}>{crumb.label}</Link>
          </span>
        )}
        <h1>{title}</h1>
        {mark}
        {aside && <div className="row wrap end">{aside}</div>}
        {sub && <div className="sub">{sub}</div>}
      </header>
      <InPage.Provider value={true}>{children}</InPage.Provider>
    </div>
  )
}
