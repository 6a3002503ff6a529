import { Component, type ReactNode } from 'react'
import { Failed } from '../ui/states.tsx'

interface State {
  error: unknown
}

/** React offers error boundaries only as a class; a page that breaks leaves the rest of the console working. */
export class ErrorEdge extends Component<{ children: ReactNode }, State> {
  override state: State = { error: null }

  static getDerivedStateFromError(error: unknown): State {
    return { error }
  }

  override render() {
    if (this.state.error === null) return this.props.children
    return <Failed error={this.state.error} onRetry={() => this.setState({ error: null })} />
  }
}
