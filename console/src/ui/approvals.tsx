import { at, problemOf, refresh, useRead, write } from '../api.ts'
import { useSay } from '../i18n.ts'
import { toast } from '../live.ts'
import { useMay } from '../session.ts'
import type { Page, Text } from '../types.ts'
import { Button, Card, Time } from './basics.tsx'
import { Table } from './table.tsx'

interface Approval {
  approval_id: string
  title: Text
  input: Record<string, unknown>
  by: string
  until: string
  mine: boolean
  may_decide: boolean
}

/** Requests that wait for a second person; nothing when none does. */
export function Approvals() {
  const { t, text } = useSay()
  const may = useMay('approval.read')
  const query = useRead<Page<Approval>>('/v1/approvals', { enabled: may })
  const rows = query.data?.items ?? []
  if (rows.length === 0) return null
  const decide = async (row: Approval, outcome: 'approved' | 'refused') => {
    try {
      await write('POST', at('approvals', row.approval_id, 'decide'), { outcome })
      toast(t(`approvals.${outcome}`))
      await refresh('/v1/')
    } catch (error) {
      const { code, detail } = problemOf(error)
      toast(text(detail) || code, { kind: 'failed' })
    }
  }
  return (
    <Card title={t('approvals.title')} flush>
      <Table
        caption={t('approvals.title')}
        rows={rows}
        rowKey={(row) => row.approval_id}
        columns={[
          { id: 'what', title: t('approvals.what'), head: true, cell: (row) => text(row.title) },
          {
            id: 'input',
            title: t('approvals.input'),
            cell: (row) => <code className="spans">{JSON.stringify(row.input)}</code>,
          },
          { id: 'by', title: t('col.by'), cell: (row) => row.by },
          { id: 'until', title: t('approvals.until'), number: true, cell: (row) => <Time at={row.until} /> },
          {
            id: 'decide',
            title: t('ui.actions'),
            number: true,
            cell: (row) =>
              row.may_decide && (
                <span className="row">
                  {row.mine ? (
                    <span className="muted">{t('approvals.mine')}</span>
                  ) : (
                    <Button kind="primary" onPress={() => void decide(row, 'approved')}>
                      {t('approvals.approve')}
                    </Button>
                  )}
                  <Button kind="quiet" onPress={() => void decide(row, 'refused')}>
                    {t('approvals.refuse')}
                  </Button>
                </span>
              ),
          },
        ]}
      />
    </Card>
  )
}
