import {
  type ActionRow,
  actionTitle,
  type Enforcement,
  type NoticeRow,
  type Reversal,
  type Rules,
  titleOf,
} from '../../enforcement/actions/index.ts'
import { writeAppealNotice } from '../../enforcement/notices/index.ts'
import type { Decided } from '../../judgement/decisions/index.ts'
import { record } from '../../kernel/database.ts'
import { derivedId } from '../../kernel/ids.ts'
import { problem } from '../../kernel/problems.ts'
import type { Policy } from '../../vocabulary/packs/index.ts'
import { caseStore } from '../cases/index.ts'
import { type AppealDecision, type By, type Deciding, imposeAgain, missing, noticeOfMissing } from './imposing.ts'
import { type PrecisionEffect, precisionEffect } from './precision.ts'
import { inForce, type Root, rootOf } from './roots.ts'
import * as store from './store.ts'

export interface DecidingInput {
  readonly db: store.AppealDb
  readonly enforcement: Enforcement
  readonly rules: () => Rules
  readonly entryAt: (position: number) => Promise<Decided>
}

export interface DecidedAppeal {
  readonly restored: readonly ActionRow[]
  /** What rested while the appeal was pending and holds again, and what a reporter's appeal brought about. */
  readonly imposed: readonly ActionRow[]
  readonly pointsReturned: number
  readonly labelId: string
  readonly precision: readonly PrecisionEffect[]
}

/**
 * Decides an appeal. Of a subject: `overturned` takes back every effect of the decision, `reduced` all but what it keeps. Of a reporter:
 * `overturned` and `reduced` impose what was missing. Records the label and answers whoever appealed.
 * @throws same_reviewer for whoever decided or filed any instance of the matter; already_decided; invalid_input.
 */
export async function decideAppeal(
  { db, enforcement, rules, entryAt }: DecidingInput,
  id: string,
  { decided, by, now }: { decided: AppealDecision; by: { id: string }; now: number },
): Promise<DecidedAppeal> {
  const eventId = derivedId('aev', id)
  const cause: By = { cause: eventId, actor: by.id, at: now }
  const first = await rootOf(db, (await mustFind(db, id)).root)
  const entry = first.position === null ? null : await entryAt(first.position)
  return db.transaction().execute(async (tx) => {
    const appeal = await mustFind(tx, id)
    if (appeal.outcome !== null)
      throw problem({
        code: 'already_decided',
        field: 'appeal_id',
        value: id,
        detail: { zh: '申诉已经处理', en: 'The appeal is decided already' },
      })
    const root = await rootOf(tx, appeal.root)
    mustBeAnother(root, by.id, id)
    await record(tx, 'appeal_events', {
      appeal_event_id: eventId,
      at: now,
      appeal_id: id,
      outcome: decided.outcome,
      note: decided.note,
      cause: id,
      actor: by.id,
    })
    const matter = { appeal, root, entry, rules: rules() }
    const back = await takeBack(tx, enforcement, { ...matter, decided, cause })
    const imposed =
      appeal.side === 'subject'
        ? await imposeAgain(tx, { appeal, decided, cause })
        : missing({ ...matter, decided, cause })
    const notice = appeal.side === 'subject' ? null : noticeOfMissing(imposed, { ...matter, decided, cause })
    await enforcement.write(tx, { actions: imposed, points: [] }, notice)
    const label = labelRow({ ...matter, decided, cause })
    await record(tx, 'labels', label)
    if (decided.outcome === 'overturned' && appeal.side === 'subject')
      for (const found of root.cases) await caseStore.closeByAppeal(tx, found.case_id, cause)
    const policy = matter.rules.policy(label.policy ?? '')
    const answer = answerNotice(
      { appeal, title: entry ? titleOf(entry.event) : '', policy },
      { ...decided, ...back, imposed },
      cause,
    )
    if (answer) await record(tx, 'notices', answer)
    return {
      restored: back.actions,
      imposed,
      pointsReturned: back.pointsReturned,
      labelId: label.label_id,
      precision: await precisionEffect(tx, label.label_id, JSON.parse(label.strategies) as string[]),
    }
  })
}

export async function mustFind(db: store.AppealDb | store.AppealTx, id: string): Promise<store.ListedAppeal> {
  const found = await store.findAppeal(db, id)
  if (!found)
    throw problem({
      code: 'not_found',
      field: 'appeal_id',
      value: id,
      detail: { zh: '没有这个申诉', en: 'No such appeal' },
    })
  return found
}

/** True for whoever decided or filed any instance of the matter: that person does not decide an appeal about it. */
export function isInvolved(root: Root, person: string): boolean {
  return root.deciders.has(person) || root.appeals.some((row) => row.actor === person)
}

function mustBeAnother(root: Root, person: string, id: string): void {
  if (isInvolved(root, person))
    throw problem({
      code: 'same_reviewer',
      field: 'appeal_id',
      value: id,
      detail: {
        zh: '须由另一位审核员处理',
        en: 'Another reviewer must decide: you decided an instance of the matter, or filed the appeal',
      },
    })
}

async function takeBack(
  tx: store.AppealTx,
  enforcement: Enforcement,
  { appeal, root, decided, cause }: Deciding,
): Promise<Reversal> {
  if (appeal.side === 'reporter' || decided.outcome === 'upheld') return { actions: [], pointsReturned: 0 }
  const alive = await inForce(tx, root)
  const keep = new Set(decided.outcome === 'reduced' ? decided.keep : [])
  const keepsPoints = decided.outcome === 'reduced' && decided.keepPoints === true
  return enforcement.reverse(
    tx,
    {
      actions: alive.actions.filter((row) => !keep.has(row.action_id)),
      points: keepsPoints ? [] : alive.points,
    },
    cause,
  )
}

function labelRow({ appeal, root, entry, decided, cause }: Deciding) {
  const strategies =
    entry?.decision.findings
      .filter((finding) => finding.mode === 'live')
      .map((finding) => `${finding.strategy}@${finding.version}`) ??
    root.actions.flatMap((row) => (row.strategy ? [`${row.strategy}@${row.strategy_version}`] : []))
  const wrong = decided.outcome === 'overturned'
  // Who was restricted was right: no violation. Who reported was right, also in part: a violation.
  const violation = appeal.side === 'subject' ? !wrong : decided.outcome !== 'upheld'
  return {
    label_id: derivedId('lbl', cause.cause),
    at: cause.at,
    event_id: entry?.event.id ?? null,
    source: entry?.event.source ?? null,
    subject_type: appeal.subject_type,
    subject_id: appeal.subject_id,
    policy:
      root.actions[0]?.policy ??
      root.points[0]?.policy ??
      (JSON.parse(root.cases[0]?.policies ?? '[]') as string[])[0] ??
      null,
    label: violation ? 'violation' : 'ok',
    origin: 'appeal',
    strategies: JSON.stringify([...new Set(strategies)]),
    cause: cause.cause,
    actor: cause.actor,
  }
}

/** The answer that whoever appealed gets, whatever was decided; null when nobody answers for the subject. */
function answerNotice(
  { appeal, title, policy }: { appeal: store.AppealRow; title: string; policy: Policy | undefined },
  decided: Reversal & AppealDecision & { readonly imposed: readonly ActionRow[] },
  by: By,
): NoticeRow | null {
  if (appeal.party_type === null || appeal.party_id === null) return null
  const text = writeAppealNotice({
    subject: { id: appeal.subject_id, title },
    outcome: decided.outcome,
    side: appeal.side === 'reporter' ? 'reporter' : 'subject',
    restored: decided.actions.map((action) => actionTitle(action.kind)),
    pointsReturned: decided.pointsReturned,
    note: decided.note,
    policies: policy ? [policy] : [],
  })
  return {
    notice_id: derivedId('ntc', by.cause),
    at: by.at,
    party_type: appeal.party_type,
    party_id: appeal.party_id,
    subject_type: appeal.subject_type,
    subject_id: appeal.subject_id,
    action_ids: JSON.stringify([...decided.actions, ...decided.imposed].map((action) => action.action_id)),
    text: JSON.stringify(text),
    deadline: null,
    policy: policy?.id ?? null,
    cause: by.cause,
    actor: by.actor,
  }
}
