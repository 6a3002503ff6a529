import type { Landed } from '../judgement/decisions/index.ts'
import { record } from '../kernel/database.ts'
import { derivedId } from '../kernel/ids.ts'
import type { Problem } from '../kernel/problems.ts'
import { nowMicros, parseTime } from '../kernel/time.ts'
import type { ImportBatch, Quarantined, SinkResult } from '../perception/imports/index.ts'
import type { App } from './app.ts'

export interface SinkInput {
  readonly origin: string
  readonly by: string
  /** Counts that grow while the import runs. */
  readonly verdicts: Map<string, number>
  readonly strategies: Map<string, number>
}

/** Puts one batch of an import through the pipeline: decided, durable, refused rows in quarantine, lists and labels kept. */
export async function importSink(app: App, batch: ImportBatch, input: SinkInput): Promise<SinkResult> {
  const now = nowMicros()
  await addLists(app, batch, { ...input, now })
  const refused: Quarantined[] = []
  const results = { accepted: 0, duplicates: 0, conflicts: 0, refused: 0 }
  const refuse = (index: number, problem: Problem) => {
    results.refused++
    refused.push({
      line: batch.lines[index] ?? 0,
      reason: problem.code,
      text: problem.detail,
      values: { field: problem.field ?? '', value: String(problem.value ?? '') },
    })
  }
  const landed = await app.pipeline.submitMany(
    batch.events.map((raw) => ({ raw })),
    { history: true },
  )
  for (const [index, found] of landed.entries())
    if (found.status === 'refused' || found.status === 'unrecorded') refuse(index, found.problem)
    else count(found, results, input)
  await app.quarantine.keep(
    [...batch.quarantined, ...refused].map((row) => ({
      origin: input.origin,
      raw: { line: row.line, values: row.values },
      problem: { code: 'invalid_input' as const, field: `line ${row.line}`, detail: row.text },
    })),
    now,
  )
  await keepLabels(app, batch, { ...input, now })
  return { ...results, quarantined: refused }
}

function count(
  landed: Landed,
  results: { accepted: number; duplicates: number; conflicts: number },
  { verdicts, strategies }: SinkInput,
): void {
  if (landed.status === 'duplicate') results.duplicates++
  else if (landed.status === 'conflict') results.conflicts++
  else if (landed.status === 'accepted') {
    results.accepted++
    const { verdict, findings } = landed.judged
    verdicts.set(verdict, (verdicts.get(verdict) ?? 0) + 1)
    for (const finding of findings) strategies.set(finding.strategy, (strategies.get(finding.strategy) ?? 0) + 1)
  }
}

async function addLists(app: App, batch: ImportBatch, { by, now }: SinkInput & { now: number }): Promise<void> {
  const byList = Map.groupBy(batch.listEntries, (entry) => entry.list)
  for (const [list, entries] of byList) {
    await app.lists.add(
      list,
      entries.map((entry) => ({
        value: entry.value,
        reason: entry.reason ?? '',
        expires_at: entry.expires ? parseTime(String(entry.expires)) : null,
      })),
      { actor: by, at: now },
    )
  }
}

/** Labels of a publication are truth for measuring; no strategy sees them. */
async function keepLabels(
  app: App,
  batch: ImportBatch,
  { by, origin, now }: SinkInput & { now: number },
): Promise<void> {
  if (batch.labels.length === 0) return
  const subjects = new Map(batch.events.map((event) => [event.id, event]))
  await app.db.transaction().execute(async (tx) => {
    const ids = batch.labels.map((label) => derivedId('lbl', origin, label.event))
    const known = new Set(
      (await tx.selectFrom('labels').select('label_id').where('label_id', 'in', ids).execute()).map(
        (row) => row.label_id,
      ),
    )
    for (const [index, label] of batch.labels.entries()) {
      const id = ids[index] ?? ''
      if (known.has(id)) continue
      known.add(id)
      const type = app.pipeline.engine().programs.types.get(subjects.get(label.event)?.type ?? '')
      await record(tx, 'labels', {
        label_id: id,
        at: now,
        event_id: label.event,
        source: label.source,
        subject_type: type?.subject ?? 'event',
        subject_id: String(subjects.get(label.event)?.data[type?.idField ?? ''] ?? label.event),
        policy: label.kind ?? null,
        label: label.label,
        origin: 'import',
        strategies: '[]',
        cause: origin,
        actor: by,
      })
    }
  })
}
