import { type RefObject, useLayoutEffect, useState } from 'react'

/** The width of an element, kept up to date. */
export function useWidth(ref: RefObject<HTMLElement | null>, first = 560): number {
  const [width, setWidth] = useState(first)
  useLayoutEffect(() => {
    const element = ref.current
    if (!element) return
    const measure = () => setWidth(Math.max(160, Math.floor(element.clientWidth)))
    measure()
    const observer = new ResizeObserver(measure)
    observer.observe(element)
    return () => observer.disconnect()
  }, [ref])
  return width
}
