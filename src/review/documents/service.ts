import type { ActionRow } from '../../enforcement/actions/index.ts'
import { record } from '../../kernel/database.ts'
import { newId } from '../../kernel/ids.ts'
import { attachFiles, filesOf, type Sender } from '../files/index.ts'
import * as store from './store.ts'

export type Documents = ReturnType<typeof createDocuments>

/** What parties send when documents are asked of them. */
export function createDocuments(db: store.DocumentDb) {
  return {
    /** Keeps an answer to the request `action`; a party may answer more than once. */
    async answer(
      action: ActionRow,
      sent: { text: string; documents: readonly store.SentDocument[] },
      by: { party: { type: string; id: string }; sender: Sender; now: number },
    ): Promise<{ answer_id: string }> {
      const row: store.AnswerRow = {
        answer_id: newId('doc', by.now / 1000),
        at: by.now,
        action_id: action.action_id,
        subject_type: action.target_type,
        subject_id: action.target_id,
        party_type: by.party.type,
        party_id: by.party.id,
        text: sent.text,
        documents: JSON.stringify(sent.documents),
        cause: action.action_id,
        actor: by.sender.id,
      }
      await db.transaction().execute(async (tx) => {
        await record(tx, 'document_answers', row)
        const files = sent.documents.flatMap(({ file }) => file ?? [])
        await attachFiles(tx, files, { to: { type: 'document', id: row.answer_id }, sender: by.sender, now: by.now })
      })
      return { answer_id: row.answer_id }
    },
    to: (actions: readonly string[]) => store.answersTo(db, actions),
    on: (subject: { type: string; id: string }) => store.answersOn(db, subject),
    files: (answers: readonly store.AnswerRow[]) =>
      filesOf(
        db,
        'document',
        answers.map((row) => row.answer_id),
      ),
    list: (page: { limit: number; after?: string | undefined }) => store.listAnswers(db, page),
  }
}
