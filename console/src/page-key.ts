import { useCallback, useEffect, useRef } from 'react'
import { useLocation } from 'wouter'

/** The address that the page on screen is about to give itself. */
let given: string | null = null

/** What a page has just made gets its address, and the page stays as it is: form, focus, open parts, scroll. Nothing once the page has gone. */
export function useOwnAddress() {
  const [, navigate] = useLocation()
  const here = useRef(false)
  useEffect(() => {
    here.current = true
    return () => {
      here.current = false
    }
  }, [])
  return useCallback(
    (to: string) => {
      if (!here.current) return
      // The router gives its addresses decoded.
      given = decodeURI(to)
      navigate(to, { replace: true })
    },
    [navigate],
  )
}

/** Names the page on screen: another number with every move, the same one when the page gave itself an address. */
export function usePageKey(): number {
  const [location] = useLocation()
  const page = useRef({ location, key: 0 })
  if (page.current.location !== location) {
    const key = page.current.key + (given === location ? 0 : 1)
    given = null
    page.current = { location, key }
  }
  return page.current.key
}
