import { problem } from '../../kernel/problems.ts'
import type { MarkRow } from '../../review/marks/index.ts'
import type { App } from '../app.ts'

/** What regions can be marked on: a case or an appeal that nobody has decided. */
export function markable({ cases, appeals }: Pick<App, 'cases' | 'appeals'>) {
  return {
    async dataOf(on: MarkRow['on_type'], id: string, now: number): Promise<Readonly<Record<string, unknown>>> {
      if (on === 'case') return (await cases.entryAt((await cases.find(id, now)).position)).event.data
      const { position } = await appeals.rootOf((await appeals.find(id)).root)
      return position === null ? {} : (await cases.entryAt(position)).event.data
    },
    async mustBeOpen(on: MarkRow['on_type'], id: string, now: number): Promise<void> {
      const open =
        on === 'case' ? (await cases.find(id, now)).status === 'open' : (await appeals.find(id)).outcome === null
      if (open) return
      throw problem({
        code: 'already_decided',
        field: on === 'case' ? 'case_id' : 'appeal_id',
        value: id,
        detail: { zh: '已经判定，证据不能再改', en: 'It is decided already: its evidence stays as it is' },
      })
    },
  }
}
