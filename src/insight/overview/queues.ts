import type { Text } from '../../kernel/values.ts'
import { type SubjectType, subjectTitles } from '../../vocabulary/events/index.ts'

/** A queue is named by a policy, or by the kind of subject. */
export function queueTitle(queue: string): Text {
  return (
    subjectTitles[queue as SubjectType] ?? {
      zh: queue,
      en: queue.charAt(0).toUpperCase() + queue.slice(1).replaceAll('-', ' '),
    }
  )
}
