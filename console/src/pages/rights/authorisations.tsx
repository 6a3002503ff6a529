import { type FormEvent, useState } from 'react'
import { Link } from 'wouter'
import { useRead, withQuery } from '../../api.ts'
import { useSay } from '../../i18n.ts'
import { paths } from '../../paths.ts'
import { useMay } from '../../session.ts'
import type { AuthorisationAnswer, AuthorisationRow } from '../../types/rights.ts'
import { Button, Time } from '../../ui/basics.tsx'
import { Mark, Markets } from '../../ui/marks.tsx'
import { Empty } from '../../ui/states.tsx'
import { FormDialog, Line, optional, useForm, words } from './form.tsx'
import { List } from './list.tsx'

export function Authorisations() {
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
