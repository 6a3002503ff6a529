import { Type } from '@sinclair/typebox'
import { operation } from '../../kernel/operation.ts'
import { listOf, page, paging } from '../../kernel/paging.ts'
import { formatTime } from '../../kernel/time.ts'
import { type FileView, fileView, maskedFileView } from '../files/index.ts'
import type { Documents } from './service.ts'
import type { AnswerRow } from './store.ts'

const answerView = (row: AnswerRow, files: readonly FileView[] = []) => ({
  answer_id: row.answer_id,
  at: formatTime(row.at),
  action_id: row.action_id,
  subject: { type: row.subject_type, id: row.subject_id },
  party: { type: row.party_type, id: row.party_id },
  text: row.text,
  documents: JSON.parse(row.documents) as unknown,
  files,
})

/** Answers with the files that came with them; `own` = for the party that sent them, by the names that it gave. */
export async function answerViews(documents: Documents, rows: readonly AnswerRow[], { own = false } = {}) {
  const files = Map.groupBy(await documents.files(rows), (row) => row.to_id)
  return rows.map((row) => answerView(row, files.get(row.answer_id)?.map(own ? fileView : maskedFileView)))
}

export function documentOperations(documents: Documents) {
  return [
    operation({
      name: 'documents.list',
      summary: { zh: '商家提交的证明材料', en: 'Documents that parties sent when they were asked' },
      method: 'GET',
      path: '/v1/documents',
      permission: 'case.read',
      scope: 'rows',
      input: Type.Object(paging),
      output: listOf,
      run: async (_context, { limit = 50, after }) => {
        const found = page(await documents.list({ limit: limit + 1, after }), limit, (row) => row.answer_id)
        return { ...found, items: await answerViews(documents, found.items) }
      },
    }),
  ]
}
