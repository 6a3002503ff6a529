import { derivedId } from '../../kernel/ids.ts'
import { problem } from '../../kernel/problems.ts'
import { isSender, mostAttached, publicSender, type Sender } from './model.ts'
import * as store from './store.ts'

export interface Attaching {
  readonly to: { readonly type: store.LinkType; readonly id: string }
  readonly sender: Sender
  readonly now: number
}

/**
 * Attaches files to what names them, in the transaction that writes it. Only who sent a file may attach it; one that came without an
 * account is attached once, by whoever was told its id.
 * @throws invalid_input naming the file that cannot be attached, and why.
 */
export async function attachFiles(
  tx: store.FileTx,
  ids: readonly string[],
  { to, sender, now }: Attaching,
): Promise<void> {
  const unique = [...new Set(ids)]
  if (unique.length > mostAttached) throw tooMany(unique.length)
  for (const id of unique) {
    const file = await store.findFile(tx, id)
    const links = file ? await store.linksOf(tx, id) : []
    const here = links.some((link) => link.to_type === to.type && link.to_id === to.id)
    if (here) continue
    if (!file || !isSender(file, sender) || (sender.id === publicSender.id && links.length > 0)) throw notYours(id)
    await store.insertLink(tx, {
      link_id: derivedId('fln', id, to.type, to.id),
      at: now,
      file_id: id,
      to_type: to.type,
      to_id: to.id,
      cause: to.id,
      actor: sender.id,
    })
  }
}

const notYours = (id: string): Error =>
  problem({
    code: 'invalid_input',
    field: 'files',
    value: id,
    detail: {
      zh: '没有这个文件、它不是你上传的，或已过期',
      en: 'There is no such file, you did not send it, or its time is over',
    },
    fix: { zh: '先上传文件，再引用返回的 file_id', en: 'Send the file first, then name the file_id that you get' },
  })

const tooMany = (count: number): Error =>
  problem({
    code: 'invalid_input',
    field: 'files',
    value: count,
    detail: { zh: `最多附 ${mostAttached} 个文件`, en: `At most ${mostAttached} files can be attached` },
    fix: { zh: '只附最能说明问题的文件', en: 'Attach those that show it best' },
  })
