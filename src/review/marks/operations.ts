import { Type } from '@sinclair/typebox'
import { newId } from '../../kernel/ids.ts'
import { operation, type Principal } from '../../kernel/operation.ts'
import { anything } from '../../kernel/paging.ts'
import { problem } from '../../kernel/problems.ts'
import { isBox } from '../../vocabulary/evidence.ts'
import { attachFiles, filesOf, fileView, mostAttached } from '../files/index.ts'
import { imagesOf, markView } from './model.ts'
import * as store from './store.ts'

type On = store.MarkRow['on_type']

export interface MarkOperationsInput {
  readonly db: store.MarkDb
  /** Data of the event that a case or an appeal is about. @throws not_found. */
  readonly dataOf: (on: On, id: string, now: number) => Promise<Readonly<Record<string, unknown>>>
  /** @throws already_decided when nobody can add to it any more. */
  readonly mustBeOpen: (on: On, id: string, now: number) => Promise<void>
}

const mostMarks = 50
const share = Type.Number({ minimum: 0, maximum: 1, description: 'a fraction of the image, 0 to 1' })
const marking = {
  image: Type.String({ maxLength: 2000, description: 'an image of the case, as the event names it, or file:<id>' }),
  box: Type.Object({ x: share, y: share, width: share, height: share }),
  note: Type.Optional(Type.String({ maxLength: 200, description: 'what is there; the party reads it' })),
}

/** Regions that reviewers mark on images, and files that they add to a case. */
export function markOperations({ db, dataOf, mustBeOpen }: MarkOperationsInput) {
  async function add(
    on: On,
    id: string,
    given: { image: string; box: { x: number; y: number; width: number; height: number }; note?: string },
    { principal, now }: { principal: Principal; now: number },
  ) {
    const data = await dataOf(on, id, now)
    await mustBeOpen(on, id, now)
    if (!isBox(given.box)) throw noBox(given.box)
    const files = (await filesOf(db, on, [id])).map(fileView)
    const found = imagesOf(data, files).find(({ image }) => image === given.image)
    if (!found) throw noImage(given.image)
    if ((await store.marksOn(db, on, [id])).length >= mostMarks) throw tooMany()
    const row: store.MarkRow = {
      mark_id: newId('mrk', now / 1000),
      at: now,
      on_type: on,
      on_id: id,
      image: given.image,
      field: found.field,
      ...given.box,
      note: given.note?.trim() ?? '',
      cause: id,
      actor: principal.id,
    }
    await store.insertMark(db, row)
    return markView(row)
  }

  return [
    operation({
      name: 'cases.mark',
      summary: { zh: '在案件图片上框出区域', en: 'Mark a region of an image of a case' },
      method: 'POST',
      path: '/v1/cases/:case_id/marks',
      permission: 'case.decide',
      scope: { id: 'case_id' },
      errors: ['not_found', 'already_decided'],
      input: Type.Object({ case_id: Type.String(), ...marking }),
      output: anything,
      run: (context, { case_id, ...given }) => add('case', case_id, given, context),
    }),
    operation({
      name: 'appeals.mark',
      summary: { zh: '在申诉图片上框出区域', en: 'Mark a region of an image of an appeal' },
      method: 'POST',
      path: '/v1/appeals/:appeal_id/marks',
      permission: 'appeal.decide',
      scope: { id: 'appeal_id' },
      errors: ['not_found', 'already_decided'],
      input: Type.Object({ appeal_id: Type.String(), ...marking }),
      output: anything,
      run: (context, { appeal_id, ...given }) => add('appeal', appeal_id, given, context),
    }),
    operation({
      name: 'marks.remove',
      summary: { zh: '撤去自己画的框', en: 'Take back a region that you marked' },
      method: 'DELETE',
      path: '/v1/marks/:mark_id',
      permission: 'case.decide',
      scope: 'own',
      errors: ['not_found', 'already_decided'],
      input: Type.Object({ mark_id: Type.String({ maxLength: 80 }) }),
      output: anything,
      run: async ({ principal, now }, { mark_id }) => {
        const found = await store.findMark(db, mark_id)
        // Only one's own: of others nothing is said, not even that it is there.
        if (!found || found.actor !== principal.id) throw noMark(mark_id)
        await mustBeOpen(found.on_type, found.on_id, now)
        await store.endMark(db, { mark_id, at: now, cause: mark_id, actor: principal.id })
        return { mark_id }
      },
    }),
    operation({
      name: 'cases.attach',
      summary: { zh: '给案件附上证据文件', en: 'Add files to a case as evidence' },
      method: 'POST',
      path: '/v1/cases/:case_id/files',
      permission: 'case.decide',
      scope: { id: 'case_id' },
      errors: ['not_found', 'already_decided'],
      input: Type.Object({
        case_id: Type.String(),
        files: Type.Array(Type.String({ maxLength: 80 }), {
          minItems: 1,
          maxItems: mostAttached,
          description: 'ids of files that you sent',
        }),
      }),
      output: anything,
      run: async ({ principal, now }, { case_id, files }) => {
        await dataOf('case', case_id, now)
        await mustBeOpen('case', case_id, now)
        const to = { type: 'case', id: case_id } as const
        await db.transaction().execute((tx) => attachFiles(tx, files, { to, sender: principal, now }))
        return { files: (await filesOf(db, 'case', [case_id])).map(fileView) }
      },
    }),
  ]
}

const noBox = (box: unknown): Error =>
  problem({
    code: 'invalid_input',
    field: 'box',
    value: box,
    detail: { zh: '框须在图片之内，且有宽和高', en: 'A region lies within its image and has a width and a height' },
    fix: { zh: 'x+width 与 y+height 均不超过 1', en: 'Keep x + width and y + height at 1 or below' },
  })

const noImage = (image: string): Error =>
  problem({
    code: 'invalid_input',
    field: 'image',
    value: image.slice(0, 200),
    detail: { zh: '这里没有这张图片', en: 'There is no such image here' },
    fix: {
      zh: '写业务事件中的图片地址，或附件的 file:<file_id>',
      en: 'Name an image as the event does, or an attached one as file:<file_id>',
    },
  })

const tooMany = (): Error =>
  problem({
    code: 'invalid_input',
    field: 'box',
    value: mostMarks,
    detail: { zh: `最多 ${mostMarks} 个框`, en: `At most ${mostMarks} regions can be marked` },
    fix: { zh: '先撤去多余的框', en: 'Take some back first' },
  })

const noMark = (id: string): Error =>
  problem({
    code: 'not_found',
    field: 'mark_id',
    value: id,
    detail: { zh: '没有这个框，或不是你画的', en: 'No such region, or you did not mark it' },
  })
