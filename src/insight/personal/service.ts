import { newId } from '../../kernel/ids.ts'
import { problem } from '../../kernel/problems.ts'
import { hour } from '../../kernel/time.ts'
import { isPersonal, personalFields } from '../../vocabulary/events/index.ts'
import * as store from './store.ts'

/** A reveal shows values for this long; then a reason is given again. */
export const revealMicros = hour

/** The person and the case that a reveal is for. */
export interface RevealFor {
  readonly actor: string
  readonly caseId: string
  readonly now: number
}

/** The person and the file that a reveal is for. */
export interface FileRevealFor {
  readonly actor: string
  readonly fileId: string
  readonly now: number
}

export interface PersonalInput {
  readonly db: store.PersonalDb
  /** What a case is about, and the data of its event; @throws not_found. */
  readonly ofCase: (
    caseId: string,
    now: number,
  ) => Promise<{ subject: { type: string; id: string }; data: Readonly<Record<string, unknown>> }>
}

export type Personal = ReturnType<typeof createPersonal>

/** Personal values of the event behind a case, for who gives a reason, for a limited time. */
export function createPersonal({ db, ofCase }: PersonalInput) {
  return {
    /** @throws not_found, invalid_input when a field is not personal or the case has none of them. */
    async reveal({ actor, caseId, now }: RevealFor, { fields, reason }: { fields: readonly string[]; reason: string }) {
      const unknown = fields.find((field) => !isPersonal(field))
      if (unknown !== undefined)
        throw problem({
          code: 'invalid_input',
          field: 'fields',
          value: unknown,
          detail: { zh: `"${unknown}" 不是个人信息字段`, en: `"${unknown}" is not a field of personal data` },
          fix: {
            zh: `可用：${Object.keys(personalFields).join('、')}`,
            en: `One of: ${Object.keys(personalFields).join(', ')}`,
          },
        })
      const { subject, data } = await ofCase(caseId, now)
      const row: store.RevealRow = {
        reveal_id: newId('rvl'),
        at: now,
        until: now + revealMicros,
        actor,
        case_id: caseId,
        subject_type: subject.type,
        subject_id: subject.id,
        fields: JSON.stringify(fields),
        reason,
      }
      // Written before anything is shown.
      await store.insertReveal(db, row)
      return { ...row, values: pick(data, fields) }
    },
    /** What this person has open in this case: values without a new reason, until the time is over. */
    async open({ actor, caseId, now }: RevealFor) {
      const rows = await store.openReveals(db, actor, caseId, now)
      if (rows.length === 0) return { until: null, values: {} }
      const { data } = await ofCase(caseId, now)
      const fields = rows.flatMap((row) => JSON.parse(row.fields) as string[])
      return { until: Math.max(...rows.map((row) => row.until)), values: pick(data, fields) }
    },
    /** Opens a file with personal data for a reason, for as long as values are shown. Resolves with when that ends. */
    async revealFile(
      { actor, fileId, now }: FileRevealFor,
      { links, reason }: { links: () => Promise<readonly { to_type: string; to_id: string }[]>; reason: string },
    ): Promise<number> {
      const [first] = await links()
      const until = now + revealMicros
      await store.insertReveal(db, {
        reveal_id: newId('rvl'),
        at: now,
        until,
        actor,
        case_id: fileId,
        subject_type: first?.to_type ?? 'file',
        subject_id: first?.to_id ?? fileId,
        fields: JSON.stringify(['file']),
        reason,
      })
      return until
    },
    async isFileOpen({ actor, fileId, now }: FileRevealFor): Promise<boolean> {
      return (await store.openReveals(db, actor, fileId, now)).length > 0
    },
    /** Personal fields that the event of a case has, without their values. */
    async fieldsOf(caseId: string, now: number): Promise<string[]> {
      const { data } = await ofCase(caseId, now)
      return Object.keys(data).filter((field) => isPersonal(field) && data[field] !== null && data[field] !== '')
    },
  }
}

function pick(data: Readonly<Record<string, unknown>>, fields: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(fields.filter((field) => data[field] !== undefined).map((field) => [field, data[field]]))
}
