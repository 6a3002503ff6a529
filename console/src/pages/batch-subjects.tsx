import { useState } from 'react'
import { Link } from 'wouter'
import { useSay } from '../i18n.ts'
import { paths } from '../paths.ts'
import type { BatchHit, BatchRunDetail } from '../types/batch.ts'
import { Card, Segment } from '../ui/basics.tsx'
import { Mark } from '../ui/marks.tsx'
import { asText } from '../ui/pieces.ts'
import { Empty } from '../ui/states.tsx'
import { Table } from '../ui/table.tsx'

const keyOf = (hit: BatchHit): string => `${hit.subject_type}:${hit.subject_id}`

/** Whom the run found, and who entered and left since the run before. */
export function Subjects({ run }: { run: BatchRunDetail }) {
  const { t } = useSay()
  const [group, setGroup] = useState('all')
  const entered = new Set(run.entered)
  const groups: Record<string, readonly BatchHit[]> = {
    all: run.hit_list,
    entered: run.hit_list.filter((hit) => entered.has(keyOf(hit))),
    stayed: run.hit_list.filter((hit) => !entered.has(keyOf(hit))),
    left: run.left,
  }
  const rows = groups[group] ?? []
  const failed = run.status === 'failed'
  return (
    <Card
      title={t('batch.subjects')}
      flush
      aside={
        run.against ? (
          <Segment
            label={t('batch.subjects')}
            value={group}
            onChange={setGroup}
            options={[
              { value: 'all', label: t('batch.group.all') },
              { value: 'entered', label: t('batch.group.entered') },
              { value: 'stayed', label: t('batch.group.stayed') },
              { value: 'left', label: t('batch.group.left') },
            ]}
          />
        ) : undefined
      }
    >
      {rows.length > 0 ? (
        <HitTable rows={rows} waiting={run.status === 'held'} />
      ) : group === 'all' ? (
        <Empty
          kind={failed ? 'pending' : 'done'}
          title={t(failed ? 'batch.subjects.failed' : 'batch.subjects.none')}
          hint={t(failed ? 'batch.subjects.failed.hint' : 'batch.subjects.none.hint')}
          small
        />
      ) : (
        <Empty kind="filtered" title={t('batch.subjects.filtered')} small />
      )}
    </Card>
  )
}

/** `waiting`: the run was not approved yet, so nobody is decided by it. */
export function HitTable({ rows, waiting = false }: { rows: readonly BatchHit[]; waiting?: boolean }) {
  const say = useSay()
  const { t } = say
  const standing = (hit: BatchHit): string =>
    hit.standing === null
      ? '–'
      : say.word('batch.standing', waiting && hit.standing === 'fresh' ? 'waiting' : hit.standing)
  return (
    <Table
      caption={t('batch.subjects')}
      tall
      rows={rows}
      rowKey={keyOf}
      columns={[
        {
          id: 'subject',
          title: t('col.subject'),
          head: true,
          sort: (hit) => hit.subject_id,
          cell: (hit) => (
            <Link href={paths.subject(hit.subject_type, hit.subject_id)} className="clip block">
              {hit.subject_id}
            </Link>
          ),
        },
        {
          id: 'score',
          title: t('batch.score'),
          number: true,
          sort: (hit) => hit.score,
          cell: (hit) => say.number(hit.score, { maximumFractionDigits: 2 }),
        },
        {
          id: 'evidence',
          title: t('batch.evidence'),
          cell: (hit) => {
            const text = Object.entries(hit.evidence)
              .map(([name, value]) => `${name}: ${asText(value)}`)
              .join(' · ')
            return (
              <span className="clip block evidence" title={text}>
                {text}
              </span>
            )
          },
        },
        {
          id: 'standing',
          title: t('batch.standing'),
          sort: (hit) => hit.standing,
          cell: (hit) => <span className="nowrap">{standing(hit)}</span>,
        },
        {
          id: 'label',
          title: t('batch.label'),
          sort: (hit) => hit.label ?? null,
          cell: (hit) => <Label value={hit.label} />,
        },
      ]}
    />
  )
}

function Label({ value }: { value: BatchHit['label'] }) {
  const { word } = useSay()
  if (!value) return <span className="muted">–</span>
  return (
    <Mark shape={value === 'ok' ? 'check' : 'dot'} tone={value === 'ok' ? 'muted' : 'plain'}>
      {word('batch.label', value)}
    </Mark>
  )
}
