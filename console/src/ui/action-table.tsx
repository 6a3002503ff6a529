import { useState } from 'react'
import { Link } from 'wouter'
import { useSay } from '../i18n.ts'
import { paths } from '../paths.ts'
import { useMay } from '../session.ts'
import type { ActionRow } from '../types/appeals.ts'
import { useVocabulary } from '../vocabulary.ts'
import { CallsDialog, LiftDialog } from './action-calls.tsx'
import { useActor } from './actor.ts'
import { Button, Time } from './basics.tsx'
import { Mark, Markets } from './marks.tsx'
import { StatementDrawer } from './statement.tsx'
import { Table } from './table.tsx'

/** Penalties and restrictions: in force, over, or reversed; each leads to its trace. */
export function ActionTable({ rows }: { rows: readonly ActionRow[] }) {
  const say = useSay()
  const actor = useActor()
  const { kindTitle, policyTitle, inEu } = useVocabulary()
  const may = useMay('statement.read')
  const mayLift = useMay('action.impose')
  const [lifting, setLifting] = useState<ActionRow | null>(null)
  const [calls, setCalls] = useState<string | null>(null)
  const [statement, setStatement] = useState<string | null>(null)
  const hasStatement = (row: ActionRow) => row.appealable && inEu(row.markets)
  const state = (row: ActionRow) => {
    if (row.reversed_by && !row.expired)
      return (
        <Mark shape="cross" tone="muted">
          {say.t('action.reversed')}
        </Mark>
      )
    if (row.in_force) return <Mark shape="dot">{say.t('action.inForce')}</Mark>
    return (
      <Mark shape="ring" tone="muted">
        {say.t('action.over')}
      </Mark>
    )
  }
  return (
    <>
      <Table
        caption={say.t('subject.actions')}
        rows={rows}
        rowKey={(row) => row.action_id}
        columns={[
          {
            id: 'kind',
            title: say.t('col.penalty'),
            head: true,
            sort: (row) => row.kind,
            cell: (row) => (
              <Link href={paths.trace('action', row.action_id)} className="clip block">
                {say.text(row.title) || kindTitle(row.kind)}
              </Link>
            ),
          },
          { id: 'state', title: say.t('col.status'), cell: state },
          { id: 'markets', title: say.t('col.markets'), cell: (row) => <Markets ids={row.markets} /> },
          {
            id: 'policy',
            title: say.t('col.policy'),
            cell: (row) => <span className="clip block policy">{row.policy ? policyTitle(row.policy) : '–'}</span>,
          },
          {
            id: 'actor',
            title: say.t('col.by'),
            cell: (row) => <span className="clip block narrow">{actor(row.actor ?? row.strategy)}</span>,
          },
          {
            id: 'at',
            title: say.t('col.since'),
            number: true,
            sort: (row) => row.at,
            cell: (row) => <Time at={row.at} />,
          },
          {
            id: 'until',
            title: say.t('col.until'),
            number: true,
            cell: (row) => (row.until ? <Time at={row.until} /> : <span className="muted">{say.t('ui.open')}</span>),
          },
          ...(may && rows.some(hasStatement)
            ? [
                {
                  id: 'statement',
                  title: say.t('statement.open'),
                  cell: (row: ActionRow) =>
                    hasStatement(row) ? (
                      <Button kind="quiet" onPress={() => setStatement(row.action_id)}>
                        {say.t('statement.show')}
                      </Button>
                    ) : null,
                },
              ]
            : []),
          {
            id: 'outside',
            title: say.t('actions.call'),
            cell: (row) => (
              <span className="row">
                <Button kind="quiet" onPress={() => setCalls(row.action_id)}>
                  {say.t('calls.open')}
                </Button>
                {mayLift && row.in_force && !row.detail?.ladder && (
                  <Button kind="quiet" onPress={() => setLifting(row)}>
                    {say.t('lift.open')}
                  </Button>
                )}
              </span>
            ),
          },
        ]}
      />
      {calls && <CallsDialog action={calls} onClose={() => setCalls(null)} />}
      {lifting && <LiftDialog action={lifting} onClose={() => setLifting(null)} />}
      {statement && <StatementDrawer action={statement} onClose={() => setStatement(null)} />}
    </>
  )
}
