import { type FormEvent, type ReactNode, useState } from 'react'
import { Link } from 'wouter'
import { problemOf, refresh, useRead, withQuery, write } from '../../api.ts'
import { useSay } from '../../i18n.ts'
import { paths, useSearchState } from '../../paths.ts'
import { useMay } from '../../session.ts'
import type {
  AuthorisationAnswer,
  AuthorisationRow,
  ClaimRow,
  InfringerRow,
  NotifierRow,
  RightRow,
} from '../../types/rights.ts'
import type { Page, Problem } from '../../types.ts'
import { Button, ButtonLink, Card, Field, TabPanel, Tabs, Time } from '../../ui/basics.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { Mark, Markets } from '../../ui/marks.tsx'
import { PageFrame } from '../../ui/page.tsx'
import { Empty, Loaded, ProblemNote } from '../../ui/states.tsx'
import { type ColumnOf, Table } from '../../ui/table.tsx'
import { ClaimState } from './claim.tsx'

const tabs = ['claims', 'register', 'authorisations', 'notifiers', 'infringers'] as const
type TabId = (typeof tabs)[number]

/** Who owns which right, who may use it, what was claimed, and how far notifiers are trusted. */
export function RightsPage() {
  const { t } = useSay()
  const [params, set] = useSearchState()
  const tab: TabId = tabs.find((known) => known === params.get('tab')) ?? 'claims'
  const panes: Record<TabId, ReactNode> = {
    claims: <Claims />,
    register: <Register />,
    authorisations: <Authorisations />,
    notifiers: <Notifiers />,
    infringers: <Infringers />,
  }
  return (
    <PageFrame title={t('nav.rights')} sub={t('rights.about')}>
      <Tabs
        label={t('nav.rights')}
        value={tab}
        onChange={(next) => set({ tab: next === 'claims' ? null : next })}
        tabs={tabs.map((id) => ({ id, label: t(`rights.tab.${id}`) }))}
      />
      <TabPanel id={tab}>{panes[tab]}</TabPanel>
    </PageFrame>
  )
}

interface ListProps<T> {
  path: string
  caption: string
  rowKey: (row: T) => string
  columns: ColumnOf<T>[]
  empty: ReactNode
}

function List<T>({ path, caption, rowKey, columns, empty }: ListProps<T>) {
  const query = useRead<Page<T>>(path)
  return (
    <Card flush>
      <Loaded query={query}>
        {({ items }) =>
          items.length === 0 ? empty : <Table caption={caption} tall rows={items} rowKey={rowKey} columns={columns} />
        }
      </Loaded>
    </Card>
  )
}

function Claims() {
  const { t } = useSay()
  return (
    <List<ClaimRow>
      path="/v1/claims"
      caption={t('rights.tab.claims')}
      rowKey={(row) => row.notice_id}
      empty={
        <Empty
          kind="first"
          title={t('rights.claims.none')}
          hint={t('rights.claims.none.hint')}
          action={<ButtonLink to={paths.report}>{t('inbound.form')}</ButtonLink>}
        />
      }
      columns={[
        {
          id: 'subject',
          title: t('inbound.subject'),
          head: true,
          sort: (row) => row.subject.title ?? row.subject.id,
          cell: (row) => (
            <Link href={paths.notice(row.notice_id)} className="clip block title">
              {row.subject.title ?? row.subject.id}
            </Link>
          ),
        },
        {
          id: 'party',
          title: t('col.party'),
          cell: (row) => <span className="clip block narrow">{row.party?.id ?? '–'}</span>,
        },
        {
          id: 'source',
          title: t('inbound.source'),
          cell: (row) => <span className="clip block narrow">{row.source}</span>,
        },
        {
          id: 'status',
          title: t('inbound.state'),
          sort: (row) => row.status,
          cell: (row) => <ClaimState value={row.status} />,
        },
        { id: 'markets', title: t('col.markets'), cell: (row) => <Markets ids={row.markets} /> },
        {
          id: 'timer',
          title: t('rights.timer'),
          number: true,
          sort: (row) => row.timer?.proof_until ?? null,
          cell: (row) =>
            row.status === 'countered' ? <Time at={row.timer?.proof_until} /> : <span className="muted">–</span>,
        },
        {
          id: 'received',
          title: t('inbound.received'),
          number: true,
          sort: (row) => row.received_at,
          cell: (row) => <Time at={row.received_at} />,
        },
      ]}
    />
  )
}

/** Shows a form in a dialog; what was typed stays when the server refuses it. */
function useForm(path: string, refreshed: string, body: (text: (name: string) => string) => Record<string, unknown>) {
  const [open, setOpen] = useState(false)
  const [problem, setProblem] = useState<Problem | null>(null)
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const data = new FormData(event.currentTarget)
    try {
      await write(
        'POST',
        path,
        body((name) => String(data.get(name) ?? '').trim()),
      )
      await refresh(refreshed)
      setOpen(false)
      setProblem(null)
    } catch (error) {
      setProblem(problemOf(error))
    }
  }
  return { open, problem, submit, show: () => setOpen(true), hide: () => setOpen(false) }
}

const words = (text: string) => text.split(/[\s,，、;；]+/).filter(Boolean)
const optional = (name: string, value: string) => (value ? { [name]: value } : {})

function FormDialog({
  title,
  form,
  children,
}: {
  title: string
  form: ReturnType<typeof useForm>
  children: ReactNode
}) {
  return (
    <Dialog title={title} open={form.open} onClose={form.hide}>
      <form className="stack wide" onSubmit={form.submit}>
        {children}
        {form.problem && <ProblemNote problem={form.problem} />}
        <div className="row">
          <span className="end" />
          <Button kind="primary" type="submit">
            {title}
          </Button>
        </div>
      </form>
    </Dialog>
  )
}

function Line({
  name,
  label,
  hint,
  required = false,
  type = 'text',
  initial = '',
}: {
  name: string
  label: string
  hint?: string
  required?: boolean
  type?: string
  initial?: string
}) {
  return (
    <Field label={label} hint={hint}>
      {(props) => <input {...props} name={name} required={required} type={type} defaultValue={initial} />}
    </Field>
  )
}

const types = ['trademark', 'copyright', 'design', 'patent', 'geographical_indication'] as const

function Register() {
  const say = useSay()
  const { t } = say
  const may = useMay('inbound.manage')
  const form = useForm('/v1/rights', '/v1/rights', (text) => ({
    type: text('type'),
    office: text('office'),
    number: text('number'),
    owner: text('owner'),
    brand: text('brand'),
    aliases: words(text('aliases')),
    classes: words(text('classes')),
    territory: words(text('territory')),
    ...optional('valid_to', text('valid_to')),
    documents: words(text('documents')),
  }))
  return (
    <div className="stack wide">
      {may && (
        <div className="row">
          <Button kind="primary" onPress={form.show}>
            {t('rights.register.add')}
          </Button>
        </div>
      )}
      <List<RightRow>
        path="/v1/rights"
        caption={t('rights.tab.register')}
        rowKey={(row) => row.right_id}
        empty={<Empty kind="first" title={t('rights.register.none')} hint={t('rights.register.none.hint')} />}
        columns={[
          {
            id: 'brand',
            title: t('rights.brand'),
            head: true,
            sort: (row) => row.brand,
            cell: (row) => <span className="clip block title">{[row.brand, ...row.aliases].join(' · ')}</span>,
          },
          { id: 'type', title: t('inbound.kind'), sort: (row) => row.type, cell: (row) => say.text(row.type_title) },
          { id: 'number', title: t('rights.number'), cell: (row) => <code>{`${row.office} ${row.number}`}</code> },
          {
            id: 'owner',
            title: t('report.rightOwner'),
            sort: (row) => row.owner,
            cell: (row) => <span className="clip block narrow">{row.owner}</span>,
          },
          { id: 'classes', title: t('rights.classes'), cell: (row) => row.classes.join(' ') },
          { id: 'territory', title: t('col.markets'), cell: (row) => <Markets ids={row.territory} /> },
          {
            id: 'valid',
            title: t('rights.validTo'),
            number: true,
            sort: (row) => row.valid_to,
            cell: (row) => <Time at={row.valid_to} />,
          },
        ]}
      />
      <FormDialog title={t('rights.register.add')} form={form}>
        <Field label={t('inbound.kind')}>
          {(props) => (
            <select {...props} name="type">
              {types.map((type) => (
                <option key={type} value={type}>
                  {t(`rights.type.${type}`)}
                </option>
              ))}
            </select>
          )}
        </Field>
        <div className="pair">
          <Line name="brand" label={t('rights.brand')} required />
          <Line name="owner" label={t('report.rightOwner')} required />
          <Line name="office" label={t('rights.office')} hint="EUIPO, CNIPA, USPTO" required />
          <Line name="number" label={t('rights.number')} required />
          <Line name="classes" label={t('rights.classes')} hint={t('rights.all.hint')} initial="*" required />
          <Line name="territory" label={t('col.markets')} hint={t('rights.all.hint')} required />
          <Line name="valid_to" label={t('rights.validTo')} type="date" />
          <Line name="aliases" label={t('rights.aliases')} hint={t('rights.aliases.hint')} />
        </div>
        <Line name="documents" label={t('rights.documents')} />
      </FormDialog>
    </div>
  )
}

function Authorisations() {
  const { t } = useSay()
  const may = useMay('inbound.manage')
  const form = useForm('/v1/authorisations', '/v1/authorisations', (text) => ({
    brand: text('brand'),
    seller: text('seller'),
    classes: words(text('classes')),
    territory: words(text('territory')),
    ...optional('parent', text('parent')),
    ...optional('until', text('until')),
  }))
  return (
    <div className="stack wide">
      <div className="row wrap">
        <Check />
        <span className="end" />
        {may && (
          <Button kind="primary" onPress={form.show}>
            {t('rights.authorisations.add')}
          </Button>
        )}
      </div>
      <List<AuthorisationRow>
        path="/v1/authorisations"
        caption={t('rights.tab.authorisations')}
        rowKey={(row) => row.authorisation_id}
        empty={
          <Empty kind="first" title={t('rights.authorisations.none')} hint={t('rights.authorisations.none.hint')} />
        }
        columns={[
          {
            id: 'brand',
            title: t('rights.brand'),
            head: true,
            sort: (row) => row.brand,
            cell: (row) => <span className="clip block title">{row.brand}</span>,
          },
          {
            id: 'seller',
            title: t('rights.seller'),
            sort: (row) => row.seller,
            cell: (row) => <Link href={paths.subject('seller', row.seller)}>{row.seller}</Link>,
          },
          { id: 'territory', title: t('col.markets'), cell: (row) => <Markets ids={row.territory} /> },
          { id: 'classes', title: t('rights.classes'), cell: (row) => row.classes.join(' ') },
          {
            id: 'parent',
            title: t('rights.parent'),
            cell: (row) => (row.parent ? <code>{row.parent}</code> : t('rights.parent.owner')),
          },
          {
            id: 'until',
            title: t('inbound.measures.until'),
            number: true,
            sort: (row) => row.until,
            cell: (row) => (row.ended ? t('inbound.sources.ended') : <Time at={row.until} />),
          },
          { id: 'id', title: t('report.number'), cell: (row) => <code>{row.authorisation_id}</code> },
        ]}
      />
      <FormDialog title={t('rights.authorisations.add')} form={form}>
        <div className="pair">
          <Line name="brand" label={t('rights.brand')} required />
          <Line name="seller" label={t('rights.seller')} required />
          <Line name="classes" label={t('rights.classes')} hint={t('rights.all.hint')} initial="*" required />
          <Line name="territory" label={t('col.markets')} hint={t('rights.all.hint')} required />
          <Line name="parent" label={t('rights.parent')} hint={t('rights.parent.hint')} />
          <Line name="until" label={t('inbound.measures.until')} type="date" />
        </div>
      </FormDialog>
    </div>
  )
}

/** Asks whether a seller may use a brand in a market. */
function Check() {
  const say = useSay()
  const { t } = say
  const [asked, setAsked] = useState<Record<string, string> | null>(null)
  const answer = useRead<AuthorisationAnswer>(withQuery('/v1/authorisations/check', asked ?? {}), {
    enabled: asked !== null,
  })
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const data = new FormData(event.currentTarget)
    setAsked(Object.fromEntries(['seller', 'brand', 'market'].map((name) => [name, String(data.get(name)).trim()])))
  }
  return (
    <form className="row wrap checkline" onSubmit={submit} aria-label={t('rights.check')}>
      <input
        className="input"
        name="seller"
        aria-label={t('rights.seller')}
        placeholder={t('rights.seller')}
        required
      />
      <input className="input" name="brand" aria-label={t('rights.brand')} placeholder={t('rights.brand')} required />
      <input
        className="input short"
        name="market"
        aria-label={t('report.market')}
        placeholder="DE"
        pattern="[A-Z]{2}"
        required
      />
      <Button type="submit">{t('rights.check')}</Button>
      <output aria-live="polite">
        {answer.data && <AuthorisedMark answer={answer.data} />}
        {(answer.data?.suggestions ?? []).map(({ right_id, brand, writing, by, score }) => (
          <p key={right_id} className="small" data-suggestion={by}>
            {t(by === 'near' ? 'rights.suggest.near' : 'rights.suggest.lookAlike', {
              writing: writing === brand ? brand : `${writing} (${brand})`,
              score: say.percent(score, 0),
            })}
          </p>
        ))}
      </output>
    </form>
  )
}

export function AuthorisedMark({ answer }: { answer: AuthorisationAnswer }) {
  const say = useSay()
  return (
    <Mark shape={answer.authorised ? 'check' : 'cross'} tone={answer.authorised ? 'accent' : 'plain'}>
      {say.text(answer.reason)}
      {answer.chain.length > 1 ? ` (${say.t('rights.links', { n: answer.chain.length })})` : ''}
    </Mark>
  )
}

function Notifiers() {
  const say = useSay()
  const { t } = say
  return (
    <List<NotifierRow>
      path="/v1/notifiers"
      caption={t('rights.tab.notifiers')}
      rowKey={(row) => row.source}
      empty={<Empty kind="first" title={t('rights.notifiers.none')} hint={t('rights.notifiers.none.hint')} />}
      columns={[
        {
          id: 'source',
          title: t('inbound.source'),
          head: true,
          sort: (row) => row.source,
          cell: (row) => <span className="clip block title">{row.source}</span>,
        },
        {
          id: 'status',
          title: t('rights.trust'),
          sort: (row) => row.status,
          cell: (row) => say.word('rights.trust', row.status),
        },
        {
          id: 'success',
          title: t('rights.success'),
          number: true,
          sort: (row) => row.success,
          cell: (row) => say.percent(row.success),
        },
        {
          id: 'countered',
          title: t('rights.countered'),
          number: true,
          sort: (row) => row.countered,
          cell: (row) => say.percent(row.countered),
        },
        {
          id: 'decided',
          title: t('rights.decided'),
          number: true,
          sort: (row) => row.decided,
          cell: (row) => say.number(row.decided),
        },
        { id: 'locked', title: t('rights.lockedUntil'), number: true, cell: (row) => <Time at={row.locked_until} /> },
      ]}
    />
  )
}

function Infringers() {
  const say = useSay()
  const { t } = say
  return (
    <List<InfringerRow>
      path="/v1/infringers"
      caption={t('rights.tab.infringers')}
      rowKey={(row) => `${row.party_type}/${row.party_id}`}
      empty={<Empty kind="done" title={t('rights.infringers.none')} hint={t('rights.infringers.none.hint')} />}
      columns={[
        {
          id: 'party',
          title: t('col.party'),
          head: true,
          sort: (row) => row.party_id,
          cell: (row) => <Link href={paths.subject(row.party_type, row.party_id)}>{row.party_id}</Link>,
        },
        {
          id: 'violations',
          title: t('rights.violations'),
          number: true,
          sort: (row) => row.violations,
          cell: (row) => say.number(row.violations),
        },
        {
          id: 'repeat',
          title: t('rights.repeat'),
          cell: (row) =>
            row.repeat ? (
              <Mark shape="triangle" tone="hurt">
                {t('rights.repeat.yes')}
              </Mark>
            ) : (
              <span className="muted">–</span>
            ),
        },
      ]}
    />
  )
}
