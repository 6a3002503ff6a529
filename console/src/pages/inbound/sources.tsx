import { type FormEvent, useState } from 'react'
import { at, problemOf, refresh, useRead, write } from '../../api.ts'
import { useSay } from '../../i18n.ts'
import { toast } from '../../live.ts'
import { useMay } from '../../session.ts'
import type { Credibility, MeasureRow, SourceRow } from '../../types/inbound.ts'
import type { Page, Problem } from '../../types.ts'
import { Button, Card, Field, Time } from '../../ui/basics.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { Empty, Loaded, ProblemNote } from '../../ui/states.tsx'
import { Table } from '../../ui/table.tsx'

const kinds = [
  'trusted_flagger',
  'authority_order',
  'rights_notice',
  'seller_report',
  'logistics',
  'partner',
  'user_report',
] as const

/** Mean and interval in words; grey while it rests on few decisions. */
export function CredibilityOf({ of }: { of: Credibility }) {
  const say = useSay()
  return (
    <span className={of.decided < 10 ? 'muted nowrap' : 'nowrap'}>
      {say.t('inbound.credibility.of', {
        mean: say.percent(of.mean, 0),
        low: say.percent(of.low, 0),
        high: say.percent(of.high, 0),
        n: of.decided,
      })}
    </span>
  )
}

export function Sources() {
  const say = useSay()
  const { t } = say
  const query = useRead<Page<SourceRow>>('/v1/inbound/sources')
  const may = useMay('inbound.manage')
  const [adding, setAdding] = useState(false)
  const add = may && (
    <Button kind="primary" onPress={() => setAdding(true)}>
      {t('inbound.sources.add')}
    </Button>
  )
  return (
    <Card title={t('inbound.tab.sources')} aside={add} flush>
      <Loaded query={query}>
        {({ items }) =>
          items.length === 0 ? (
            <Empty kind="first" title={t('inbound.sources.none')} hint={t('inbound.sources.none.hint')} />
          ) : (
            <Table
              caption={t('inbound.tab.sources')}
              rows={items}
              rowKey={(row) => row.source_id}
              columns={[
                {
                  id: 'name',
                  title: t('inbound.sources.name'),
                  head: true,
                  sort: (row) => row.name,
                  cell: (row) => (
                    <span className="clip block title">
                      {row.name}
                      {row.ended ? ` (${t('inbound.sources.ended')})` : ''}
                    </span>
                  ),
                },
                {
                  id: 'kinds',
                  title: t('inbound.sources.kinds'),
                  cell: (row) => row.kinds.map((kind) => say.word('notice.kind', kind)).join(' · '),
                },
                { id: 'country', title: t('inbound.sources.country'), cell: (row) => row.country ?? '–' },
                {
                  id: 'credibility',
                  title: t('inbound.credibility'),
                  sort: (row) => row.credibility.mean,
                  cell: (row) => <CredibilityOf of={row.credibility} />,
                },
                { id: 'id', title: t('inbound.source'), cell: (row) => <code>{row.source_id}</code> },
              ]}
            />
          )
        }
      </Loaded>
      {adding && <AddSource onClose={() => setAdding(false)} />}
    </Card>
  )
}

function AddSource({ onClose }: { onClose: () => void }) {
  const say = useSay()
  const { t } = say
  const [problem, setProblem] = useState<Problem | null>(null)
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const form = new FormData(event.currentTarget)
    const text = (name: string) => String(form.get(name) ?? '').trim()
    const optional = (['country', 'token_id'] as const).flatMap((name) => (text(name) ? [[name, text(name)]] : []))
    try {
      await write('POST', '/v1/inbound/sources', {
        name: text('name'),
        kinds: form.getAll('kinds'),
        ...Object.fromEntries(optional),
      })
      await refresh('/v1/inbound/sources')
      onClose()
    } catch (error) {
      setProblem(problemOf(error))
    }
  }
  return (
    <Dialog title={t('inbound.sources.add')} open onClose={onClose}>
      <form className="stack wide" onSubmit={submit}>
        <Field label={t('inbound.sources.name')}>{(props) => <input {...props} name="name" required />}</Field>
        <fieldset className="markets">
          <legend className="label">{t('inbound.sources.kinds')}</legend>
          {kinds.map((kind) => (
            <label key={kind} className="check">
              <input type="checkbox" name="kinds" value={kind} />
              {say.word('notice.kind', kind)}
            </label>
          ))}
        </fieldset>
        <Field label={t('inbound.sources.country')}>
          {(props) => <input {...props} name="country" pattern="[A-Z]{2}" maxLength={2} />}
        </Field>
        <Field label={t('inbound.sources.token')} hint={t('inbound.sources.token.hint')}>
          {(props) => <input {...props} name="token_id" autoComplete="off" />}
        </Field>
        {problem && <ProblemNote problem={problem} />}
        <div className="row">
          <span className="end" />
          <Button kind="primary" type="submit">
            {t('inbound.sources.add')}
          </Button>
        </div>
      </form>
    </Dialog>
  )
}

export function Measures() {
  const say = useSay()
  const { t } = say
  const query = useRead<Page<MeasureRow>>('/v1/inbound/measures')
  const may = useMay('inbound.manage')
  const [settling, setSettling] = useState<MeasureRow | null>(null)
  const open = (row: MeasureRow, all: readonly MeasureRow[]) =>
    (row.kind === 'warned' || row.kind === 'suspended') &&
    !all.some((other) => other.ref === row.measure_id && (other.kind === 'lifted' || other.kind === 'kept'))
  return (
    <Card flush>
      <Loaded query={query}>
        {({ items }) =>
          items.length === 0 ? (
            <Empty kind="first" title={t('inbound.measures.none')} hint={t('inbound.measures.none.hint')} />
          ) : (
            <Table
              caption={t('inbound.tab.measures')}
              tall
              rows={items}
              rowKey={(row) => row.measure_id}
              columns={[
                {
                  id: 'source',
                  title: t('inbound.source'),
                  head: true,
                  cell: (row) => <span className="clip block title">{row.source}</span>,
                },
                { id: 'kind', title: t('inbound.kind'), cell: (row) => say.word('inbound.measure', row.kind) },
                {
                  id: 'reason',
                  title: t('inbound.reason'),
                  cell: (row) => <span className="clip block says">{row.reason}</span>,
                },
                {
                  id: 'until',
                  title: t('inbound.measures.until'),
                  number: true,
                  cell: (row) => <Time at={row.until} />,
                },
                { id: 'at', title: t('col.at'), number: true, cell: (row) => <Time at={row.at} /> },
                {
                  id: 'act',
                  title: t('ui.actions'),
                  number: true,
                  cell: (row) =>
                    may && open(row, items) ? (
                      <Button kind="quiet" onPress={() => setSettling(row)}>
                        {t('inbound.measures.lift')} / {t('inbound.measures.keep')}
                      </Button>
                    ) : null,
                },
              ]}
            />
          )
        }
      </Loaded>
      {settling && <Settle row={settling} onClose={() => setSettling(null)} />}
    </Card>
  )
}

function Settle({ row, onClose }: { row: MeasureRow; onClose: () => void }) {
  const say = useSay()
  const { t } = say
  const [reason, setReason] = useState('')
  const [problem, setProblem] = useState<Problem | null>(null)
  const settle = async (lift: boolean) => {
    try {
      await write('POST', at('inbound', 'measures', row.measure_id, 'settle'), { lift, reason })
      toast(t('inbound.measures.settled'))
      await refresh('/v1/inbound/measures')
      onClose()
    } catch (error) {
      setProblem(problemOf(error))
    }
  }
  return (
    <Dialog title={`${say.word('inbound.measure', row.kind)} · ${row.source}`} open onClose={onClose}>
      <div className="stack wide">
        <Field label={t('inbound.measures.why')}>
          {(props) => <input {...props} value={reason} onChange={(event) => setReason(event.target.value)} />}
        </Field>
        {problem && <ProblemNote problem={problem} />}
        <div className="row">
          <span className="end" />
          <Button disabled={reason.trim().length < 5} onPress={() => void settle(false)}>
            {t('inbound.measures.keep')}
          </Button>
          <Button kind="primary" disabled={reason.trim().length < 5} onPress={() => void settle(true)}>
            {t('inbound.measures.lift')}
          </Button>
        </div>
      </div>
    </Dialog>
  )
}
