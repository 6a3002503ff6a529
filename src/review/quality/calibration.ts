import { record } from '../../kernel/database.ts'
import { derivedId, newId } from '../../kernel/ids.ts'
import type { Principal } from '../../kernel/operation.ts'
import { problem } from '../../kernel/problems.ts'
import type { Unit } from './agreement.ts'
import * as store from './store.ts'

export type Calibrations = ReturnType<typeof createCalibrations>

interface Vote {
  readonly case_id: string
  readonly outcome: string
  readonly note: string
}

/**
 * Sessions in which people judge the same cases, each alone, and then agree on the answer. Nobody sees another's answer to a case before they
 * have given their own.
 */
export function createCalibrations(db: store.QualityDb) {
  async function mustFind(id: string) {
    const found = await store.calibration(db, id)
    if (!found)
      throw problem({
        code: 'not_found',
        field: 'calibration_id',
        value: id,
        detail: { zh: '没有这次校准', en: 'No such session' },
      })
    return { ...found, caseIds: JSON.parse(found.cases) as string[] }
  }

  async function write(
    id: string,
    vote: Vote,
    { by, now, agreed }: { by: Principal; now: number; agreed: boolean },
  ): Promise<void> {
    const { caseIds } = await mustFind(id)
    if (!caseIds.includes(vote.case_id))
      throw problem({
        code: 'not_found',
        field: 'case_id',
        value: vote.case_id,
        detail: { zh: '这次校准没有这个案件', en: 'This case is not part of the session' },
      })
    const voteId = derivedId('vot', id, vote.case_id, agreed ? 'agreed' : by.id)
    await db.transaction().execute(async (tx) => {
      const votes = await store.votesOf(tx, id)
      const agreedAlready = votes.some((row) => row.case_id === vote.case_id && row.agreed === 1)
      if (agreedAlready || votes.some((row) => row.vote_id === voteId))
        throw problem({
          code: 'conflict',
          field: 'case_id',
          value: vote.case_id,
          detail: agreedAlready
            ? { zh: '这个案件已有共识', en: 'The session has agreed on this case' }
            : { zh: '你已给出答案', en: 'You have answered already' },
        })
      await record(tx, 'calibration_votes', {
        vote_id: voteId,
        at: now,
        calibration_id: id,
        ...vote,
        agreed: agreed ? 1 : 0,
        cause: id,
        actor: by.id,
      })
    })
  }

  return {
    list: () => store.calibrations(db),
    async create(
      title: string,
      caseIds: readonly string[],
      by: { principal: Principal; now: number },
    ): Promise<string> {
      const id = newId('cal')
      await db.transaction().execute((tx) =>
        record(tx, 'calibrations', {
          calibration_id: id,
          at: by.now,
          title,
          cases: JSON.stringify([...new Set(caseIds)]),
          cause: id,
          actor: by.principal.id,
        }),
      )
      return id
    },
    /** A session as this person may see it: answers of others only where they have answered, or where it was agreed. */
    async get(id: string, reader: Principal) {
      const found = await mustFind(id)
      const votes = await store.votesOf(db, id)
      const items = found.caseIds.map((caseId) => {
        const about = votes.filter((vote) => vote.case_id === caseId)
        const agreed = about.find((vote) => vote.agreed === 1) ?? null
        const answers = about.filter((vote) => vote.agreed === 0)
        const mine = answers.find((vote) => vote.actor === reader.id) ?? null
        return {
          caseId,
          answered: answers.length,
          mine,
          agreed,
          answers: mine !== null || agreed !== null ? answers : [],
        }
      })
      return { ...found, items }
    },
    /** The answers of every case, for the agreement of a session. */
    async units(id: string): Promise<Unit[]> {
      const { caseIds } = await mustFind(id)
      const votes = (await store.votesOf(db, id)).filter((vote) => vote.agreed === 0)
      return caseIds.map((caseId) => votes.filter((vote) => vote.case_id === caseId).map((vote) => vote.outcome))
    },
    vote: (id: string, vote: Vote, by: { principal: Principal; now: number }) =>
      write(id, vote, { by: by.principal, now: by.now, agreed: false }),
    agree: (id: string, vote: Vote, by: { principal: Principal; now: number }) =>
      write(id, vote, { by: by.principal, now: by.now, agreed: true }),
  }
}
