import type { Action } from '../actions.ts'

/** Actions of other pages, so that their keys can be changed from the profile page too. */
export const keyedActions: readonly Pick<Action, 'id' | 'label' | 'keys'>[] = [
  { id: 'case.submit', label: 'action.submit', keys: 'mod+Enter' },
  { id: 'case.submitNext', label: 'action.submitNext', keys: 'n' },
  { id: 'case.skip', label: 'action.skip', keys: 's' },
  { id: 'case.undo', label: 'action.undo', keys: 'u' },
  { id: 'case.escalate', label: 'action.escalate', keys: 'e' },
  { id: 'case.policy', label: 'action.policy', keys: 'p' },
  { id: 'case.note', label: 'action.note', keys: 'c' },
  { id: 'case.diff', label: 'action.diff', keys: 'd' },
  { id: 'case.history', label: 'action.history', keys: 'h' },
  { id: 'case.media', label: 'action.media', keys: 'b' },
  { id: 'case.why', label: 'action.why', keys: 'w' },
]
