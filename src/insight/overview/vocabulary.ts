import { Type } from '@sinclair/typebox'
import { actionKinds } from '../../enforcement/actions/index.ts'
import type { Pipeline } from '../../judgement/decisions/index.ts'
import { outsideRoles, rolePermissions, roles, roleTitles } from '../../kernel/access/index.ts'
import { operation } from '../../kernel/operation.ts'
import { anything } from '../../kernel/paging.ts'
import type { Routing } from '../../review/queues/index.ts'
import { coreEventTypes, subjectTitles, subjectTypes } from '../../vocabulary/events/index.ts'
import { markets } from '../../vocabulary/markets.ts'
import { severities, severityTitles, verdicts, verdictTitles } from '../../vocabulary/verdicts.ts'
import type { FactsReader } from '../facts.ts'

/** The words of the system with their titles, so that the console and other clients define none of their own. */
export function vocabularyOperations({
  pipeline,
  routing,
  imageHosts,
  facts,
}: {
  pipeline: Pipeline
  routing: () => Routing
  /** Hosts whose images the console may load. */
  imageHosts: readonly string[]
  facts: Pick<FactsReader, 'rows'>
}) {
  return [
    operation({
      name: 'sites.list',
      summary: { zh: '事件中出现过的站点', en: 'Sites that events have named' },
      method: 'GET',
      path: '/v1/sites',
      permission: 'user.read',
      scope: 'whole',
      input: Type.Object({}),
      output: anything,
      run: async () => {
        const rows = await facts.rows(
          'SELECT DISTINCT site FROM events WHERE site IS NOT NULL ORDER BY site LIMIT 200',
          [],
        )
        return { sites: rows.map((row) => String(row['site'])) }
      },
    }),
    operation({
      name: 'vocabulary',
      summary: { zh: '词汇表', en: 'Vocabulary' },
      method: 'GET',
      path: '/v1/vocabulary',
      permission: 'vocabulary.read',
      scope: 'shared',
      input: Type.Object({}),
      output: anything,
      run: async () => {
        const policies = pipeline.engine().programs.packs.flatMap((pack) =>
          pack.policies.map((policy) => ({
            id: policy.id,
            title: policy.title,
            severity: policy.severity,
            pack: pack.header.id,
            points: policy.points ?? null,
          })),
        )
        const queues = [
          ...new Set([
            ...routing().queues.map((queue) => queue.id),
            ...subjectTypes,
            ...pipeline
              .engine()
              .programs.packs.flatMap((pack) => pack.policies.flatMap((policy) => policy.queue ?? [])),
          ]),
        ]
        return {
          event_types: coreEventTypes.map((type) => ({
            type: type.type,
            title: type.title,
            subject: type.subject,
            fields: Object.entries(type.fields).map(([name, kind]) => ({ name, type: kind })),
          })),
          subject_types: Object.entries(subjectTitles).map(([id, title]) => ({ id, title })),
          markets: markets.map((market) => ({ id: market.id, title: market.title, group: market.groups[0] ?? null })),
          verdicts: verdicts.map((id) => ({ id, title: verdictTitles[id] })),
          severities: severities.map((id) => ({ id, title: severityTitles[id] })),
          roles: roles
            .filter((id) => !outsideRoles.has(id))
            .map((id) => ({ id, title: roleTitles[id], permissions: rolePermissions[id] })),
          queues: queues.map((id) => ({ id, title: routing().queue(id).title })),
          action_kinds: actionKinds.map(({ id, title, inverse }) => ({ id, title, inverse })),
          policies,
          image_hosts: imageHosts,
          batch_strategies: [...pipeline.engine().programs.batch.values()].map(({ name, title }) => ({
            id: name,
            title,
          })),
        }
      },
    }),
  ]
}
