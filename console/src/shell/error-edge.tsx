import { Component, type ReactNode } from 'react'
import { problemOf } from '../api.ts'
import { Failed } from '../ui/states.tsx'

interface State {
  error: unknown
}

/** A chunk that failed once is not asked for again by the browser; only a new page does. */
function retry(error: unknown, again: () => void): void {
  if (problemOf(error).code === 'unreachable') location.reload()
  else again()
}

/** React offers error boundaries only as a class; a page that breaks leaves the rest of the console working. */
export class ErrorEdge extends Component<{ children: ReactNode }, State> {
  override state: State = { error: null }

  static getDerivedStateFromError(error: unknown): State {
    return { error }
  }

  override render() {
    if (this.state.error === null) return this.props.children
    return (
      <Failed error={this.state.error} onRetry={() => retry(this.state.error, () => this.setState({ error: null }))} />
    )
  }
}
