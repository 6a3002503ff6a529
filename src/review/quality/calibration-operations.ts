import { Type } from '@sinclair/typebox'
import { operation } from '../../kernel/operation.ts'
import { anything, listOf } from '../../kernel/paging.ts'
import { formatTime } from '../../kernel/time.ts'
import type { Cases } from '../cases/index.ts'
import { bootstrapped, krippendorffAlpha } from './agreement.ts'
import type { Calibrations } from './calibration.ts'
import { outcome, titleOf } from './inputs.ts'

/** Sessions in which people judge the same cases, each alone, and agree. */
export function calibrationOperations(calibrations: Calibrations, cases: Cases) {
  const vote = Type.Object({
    calibration_id: Type.String(),
    case_id: Type.String(),
    outcome,
    note: Type.Optional(Type.String({ maxLength: 2000 })),
  })
  const answer = (row: { outcome: string; note: string; actor: string; at: number } | null) =>
    row && {
      outcome: row.outcome,
      title: titleOf(row.outcome),
      note: row.note,
      actor: row.actor,
      at: formatTime(row.at),
    }
  return [
    operation({
      name: 'calibrations.list',
      summary: { zh: '校准会', en: 'Calibration sessions' },
      method: 'GET',
      path: '/v1/calibrations',
      permission: 'case.decide',
      scope: 'rows',
      input: Type.Object({}),
      output: listOf,
      run: async () => ({
        items: (await calibrations.list()).map((row) => ({
          calibration_id: row.calibration_id,
          title: row.title,
          cases: (JSON.parse(row.cases) as string[]).length,
          at: formatTime(row.at),
          actor: row.actor,
        })),
        next: null,
      }),
    }),
    operation({
      name: 'calibrations.create',
      summary: { zh: '发起校准会', en: 'Start a calibration session' },
      method: 'POST',
      path: '/v1/calibrations',
      permission: 'quality.write',
      scope: { id: 'case_ids' },
      input: Type.Object({
        title: Type.String({ minLength: 1, maxLength: 200 }),
        case_ids: Type.Array(Type.String(), { minItems: 1, maxItems: 50 }),
      }),
      output: anything,
      errors: ['not_found'],
      run: async ({ principal, now }, { title, case_ids }) => {
        for (const id of case_ids) await cases.find(id, now)
        return { calibration_id: await calibrations.create(title, case_ids, { principal, now }) }
      },
    }),
    operation({
      name: 'calibrations.get',
      summary: { zh: '一次校准会', en: 'One calibration session' },
      method: 'GET',
      path: '/v1/calibrations/:calibration_id',
      permission: 'case.decide',
      scope: 'rows',
      input: Type.Object({ calibration_id: Type.String() }),
      output: anything,
      errors: ['not_found'],
      run: async ({ principal, now }, { calibration_id }) => {
        const found = await calibrations.get(calibration_id, principal)
        const items = await Promise.all(
          found.items.map(async (item) => {
            const about = await cases.find(item.caseId, now)
            const { event } = await cases.entryAt(about.position)
            return {
              case_id: item.caseId,
              title: about.title,
              severity: about.severity,
              event: { type: event.type, data: event.data },
              answered: item.answered,
              mine: answer(item.mine),
              agreed: answer(item.agreed),
              answers: item.answers.map(answer),
            }
          }),
        )
        // The agreement of a session tells nothing of single answers, but a session of few does: shown once it is over.
        const over = found.items.every((item) => item.agreed !== null)
        return {
          calibration_id,
          title: found.title,
          at: formatTime(found.at),
          actor: found.actor,
          items,
          alpha: over ? bootstrapped(await calibrations.units(calibration_id), krippendorffAlpha) : null,
        }
      },
    }),
    operation({
      name: 'calibrations.vote',
      summary: { zh: '给出自己的答案', en: 'Give an answer' },
      method: 'POST',
      path: '/v1/calibrations/:calibration_id/votes',
      permission: 'case.decide',
      scope: { id: 'case_id' },
      input: vote,
      output: anything,
      errors: ['not_found', 'conflict'],
      run: async ({ principal, now }, { calibration_id, note = '', ...given }) => {
        await calibrations.vote(calibration_id, { ...given, note }, { principal, now })
        return {}
      },
    }),
    operation({
      name: 'calibrations.agree',
      summary: { zh: '记录共识', en: 'Record what the session agreed on' },
      method: 'POST',
      path: '/v1/calibrations/:calibration_id/agreed',
      permission: 'quality.write',
      scope: { id: 'case_id' },
      input: vote,
      output: anything,
      errors: ['not_found', 'conflict'],
      run: async ({ principal, now }, { calibration_id, note = '', ...given }) => {
        await calibrations.agree(calibration_id, { ...given, note }, { principal, now })
        return {}
      },
    }),
  ]
}
