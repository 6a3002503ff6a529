import { stringify } from 'yaml'
import { problem } from '../../kernel/problems.ts'
import { formatTime } from '../../kernel/time.ts'
import { functions } from '../language/index.ts'
import type { Programs } from '../strategies/index.ts'
import { entryOfText } from './check.ts'
import { type Comparison, comparedEvents, compareVersions, type Pair, type Rows, type Side } from './compare.ts'
import { caseFile, raises, secondPersonReason, strategyFile, transitions } from './model.ts'
import type { Rollout } from './service.ts'
import type { RolloutRow } from './store.ts'

const stepView = (row: RolloutRow) => ({
  at: formatTime(row.at),
  from: row.from_state,
  to: row.to_state,
  canary: row.canary,
  reason: row.reason,
  cause: row.cause,
  actor: row.actor,
})

/** Every version of a strategy, newest first, with its text, where it stands and what may follow. */
export async function versionViews(name: string, rollout: Rollout, programs: Programs) {
  const [steps, written] = await Promise.all([rollout.rollouts(name), rollout.versionTexts(name)])
  const texts = new Map(written.map((row) => [row.version, row]))
  const byVersion = Map.groupBy(steps, (row) => row.version)
  const pack = programs.packs.find((found) => name.startsWith(`${found.header.id}/`))
  return Promise.all(
    [...byVersion.keys()]
      .sort((a, b) => b - a)
      .map(async (version) => {
        const rows = byVersion.get(version) ?? []
        const last = rows.at(-1)
        const running = programs.versions.get(`${name}@${version}`)
        const own = texts.get(version)
        const standing = last?.to_state ?? 'draft'
        const approved = await rollout.isApproved({ strategy: name, version })
        const text = own?.text ?? null
        const policy = pack?.policies.find((found) => found.id === running?.policy)
        const why = running && !approved ? secondPersonReason(running, policy) : null
        return {
          version,
          standing,
          canary: last?.canary ?? null,
          /** How it runs; null = it does not. Differs from the standing only while the pack's files are not valid. */
          running: running?.mode ?? null,
          origin: own && own.draft_id !== '' ? 'console' : 'files',
          text,
          strategy: text === null ? null : entryOfText(text),
          cases: own?.cases ?? null,
          draft_id: own?.draft_id || null,
          approved,
          next: transitions[standing].map((to) => ({
            to,
            second_person: raises(standing, to) ? why : null,
          })),
          steps: rows.map(stepView),
        }
      }),
  )
}

interface AskedPair {
  readonly champion?: number | undefined
  readonly challenger?: number | undefined
}

/** The two versions to compare: those asked for, or the one that stands and the newest beside it. */
async function pairOf(name: string, asked: AskedPair, rollout: Rollout): Promise<Pair> {
  const byVersion = Map.groupBy(await rollout.rollouts(name), (row) => row.version)
  if (byVersion.size === 0)
    throw problem({
      code: 'not_found',
      field: 'strategy',
      value: name,
      detail: { zh: '没有这条策略', en: 'No such strategy' },
    })
  const standing = (version: number) => byVersion.get(version)?.at(-1)?.to_state
  const versions = [...byVersion.keys()].sort((a, b) => b - a)
  const running = versions.filter((version) => standing(version) !== 'retired')
  const champion =
    asked.champion ??
    running.find((version) => standing(version) === 'live') ??
    running.find((version) => standing(version) === 'canary') ??
    running.at(-1)
  const challenger = asked.challenger ?? running.find((version) => version !== champion)
  const missing = [asked.champion, asked.challenger].find((version) => version !== undefined && !byVersion.has(version))
  if (missing !== undefined)
    throw problem({
      code: 'not_found',
      field: 'version',
      value: missing,
      detail: { zh: `没有版本 ${missing}`, en: `There is no version ${missing}` },
      fix: { zh: `可用：${versions.join('、')}`, en: `One of: ${versions.join(', ')}` },
    })
  if (champion === undefined || challenger === undefined || champion === challenger)
    throw problem({
      code: 'conflict',
      field: 'challenger',
      detail: {
        zh: '只有一个版本在运行，没有可比较的',
        en: 'Only one version runs: there is nothing to compare it with',
      },
      fix: { zh: '先发布一个新版本（空跑）', en: 'Publish a new version in shadow first' },
    })
  const spans = [champion, challenger].map((version) => spanOf(byVersion.get(version) ?? []))
  const ends = spans.flatMap(({ until }) => (until === null ? [] : [until]))
  return {
    ...{ strategy: name, champion, challenger },
    since: Math.max(...spans.map(({ since }) => since)),
    until: ends.length > 0 ? Math.min(...ends) : null,
  }
}

/** The last stretch of the journal in which a version ran. */
function spanOf(rows: readonly RolloutRow[]): { since: number; until: number | null } {
  const start = rows.findLast((row) => row.from_state === 'draft' || row.from_state === 'retired')
  const last = rows.at(-1)
  return {
    since: start?.position ?? 0,
    until: last?.to_state === 'retired' ? last.position : null,
  }
}

export async function compareOf(
  name: string,
  asked: AskedPair,
  { rollout, rows }: { rollout: Rollout; rows: Rows },
): Promise<Comparison & Omit<Pair, 'since' | 'until'>> {
  const pair = await pairOf(name, asked, rollout)
  const { strategy, champion, challenger } = pair
  return { strategy, champion, challenger, ...(await compareVersions(pair, rows)) }
}

export async function comparedOf(
  name: string,
  asked: AskedPair,
  options: { rollout: Rollout; rows: Rows; limit: number; after: string | undefined; side: Side | null },
) {
  const { rollout, rows, limit, after, side } = options
  const pair = await pairOf(name, asked, rollout)
  const before = after === undefined ? null : Number(after)
  const found = await comparedEvents(pair, { side, limit: limit + 1, before, rows })
  const items = found.slice(0, limit)
  return {
    items: items.map((item) => ({ ...item })),
    next: found.length > limit ? String(items.at(-1)?.position) : null,
  }
}

/** What the editor completes: every column by what it is, with its type, and the functions of the language. */
export function editorWords(programs: Programs) {
  const titles = new Map(
    programs.packs.flatMap((pack) => [
      ...pack.features.map((feature) => [feature.id, feature.title] as const),
      ...pack.signals.flatMap((signal) => (signal.title ? [[signal.id, signal.title] as const] : [])),
    ]),
  )
  const packs = new Map([...programs.features, ...programs.signals].map((found) => [found.id, found.pack]))
  const features = new Set(programs.features.map((feature) => feature.id))
  const signals = new Set(programs.signals.map((signal) => signal.id))
  const lists = new Map(
    programs.packs.flatMap((pack) =>
      pack.signals.flatMap((signal) =>
        typeof signal['list'] === 'string' ? [[signal.id, signal['list']] as const] : [],
      ),
    ),
  )
  return {
    columns: programs.layout.columns.map(({ name, type }) => ({
      name,
      type,
      kind: lists.has(name) ? 'list' : signals.has(name) ? 'signal' : features.has(name) ? 'feature' : 'field',
      pack: packs.get(name) ?? null,
      title: titles.get(name) ?? null,
      list: lists.get(name) ?? null,
    })),
    functions: functions
      .filter((found) => /^[a-z]/.test(found.name))
      .map((found) => ({ name: found.name, doc: found.doc, example: found.example })),
    packs: programs.packs.map((pack) => ({
      pack: pack.header.id,
      title: pack.header.title,
      owner: pack.header.owner,
      policies: pack.policies.map((policy) => ({
        id: policy.id,
        title: policy.title,
        severity: policy.severity,
        points: policy.points?.points ?? 0,
      })),
    })),
  }
}

/** The files that put what the console published into Git, with the mode that each version runs in. */
export async function exportPack(id: string, rollout: Rollout, programs: Programs) {
  const pack = programs.packs.find((found) => found.header.id === id)
  if (!pack)
    throw problem({
      code: 'not_found',
      field: 'pack',
      value: id,
      detail: { zh: '没有这个规则包', en: 'No such pack' },
    })
  const ledger = await rollout.ledger()
  const standing = new Map(ledger.rollouts.map((row) => [`${row.strategy}@${row.version}`, row]))
  const files: { file: string; text: string }[] = []
  for (const row of ledger.published.filter((found) => found.pack === id)) {
    const last = standing.get(`${row.strategy}@${row.version}`)
    if (!last || last.to_state === 'retired') continue
    const name = row.strategy.slice(id.length + 1)
    const entry = entryOfText(row.text) ?? {}
    const canary = last.canary === null ? {} : { canary: last.canary }
    files.push({
      file: strategyFile(name, row.version),
      text: stringify([{ ...entry, mode: last.to_state, ...canary }], { lineWidth: 0 }),
    })
    if (row.cases.trim() !== '' && last.to_state === 'live')
      files.push({ file: caseFile(name, row.version), text: row.cases })
  }
  /** Versions in the files that no longer run, or run in another mode than the files say. */
  const changes = [...standing.values()]
    .filter(
      (row) =>
        row.pack === id &&
        !ledger.published.some((one) => one.strategy === row.strategy && one.version === row.version),
    )
    .filter((row) => row.actor !== 'pack-files')
    .map((row) => ({ strategy: row.strategy, version: row.version, mode: row.to_state, canary: row.canary }))
  return { pack: id, files, changes }
}
