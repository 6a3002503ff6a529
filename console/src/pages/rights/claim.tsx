import { type FormEvent, useState } from 'react'
import { at, problemOf, refresh, useRead, withQuery, write } from '../../api.ts'
import { useSay } from '../../i18n.ts'
import { useMay } from '../../session.ts'
import type { CaseDetail } from '../../types/cases.ts'
import type { AuthorisationAnswer, ClaimRow } from '../../types/rights.ts'
import type { Page, Problem } from '../../types.ts'
import { Button, Card, Time } from '../../ui/basics.tsx'
import { Mark, type Shape, type Tone } from '../../ui/marks.tsx'
import { ProblemNote } from '../../ui/states.tsx'
import { AuthorisedMark } from './authorisations.tsx'

const shapes: Record<string, [Shape, Tone]> = {
  open: ['ring', 'plain'],
  removed: ['dot', 'plain'],
  refused: ['cross', 'muted'],
  countered: ['clock', 'accent'],
  in_court: ['half', 'plain'],
  restored: ['check', 'muted'],
}

export function ClaimState({ value }: { value: string }) {
  const { word } = useSay()
  const [shape, tone] = shapes[value] ?? ['ring', 'plain']
  return (
    <Mark shape={shape} tone={tone}>
      {word('rights.claim', value)}
    </Mark>
  )
}

/** The claim of a rights-holder notice: where it stands, the timer, and what can be done now. */
export function ClaimCard({ noticeId, caseId }: { noticeId: string; caseId: string | null }) {
  const { t } = useSay()
  const { data } = useRead<Page<ClaimRow>>(withQuery('/v1/claims', { case_id: caseId }), { enabled: caseId !== null })
  const claim = data?.items.find((row) => row.notice_id === noticeId)
  if (!claim) return null
  return (
    <Card title={t('rights.claim')} aside={<ClaimState value={claim.status} />}>
      <div className="stack">
        {claim.timer && (
          <p>
            {t('rights.timer')}: <Time at={claim.timer.proof_until} /> <code>{claim.timer.rule}</code>
          </p>
        )}
        <ol className="replies">
          {claim.events.map((row) => (
            <li key={row.type}>
              <span className="row">
                <strong className="grow">{t(`rights.event.${row.type}` as 'rights.event.countered')}</strong>
                <Time at={row.at} />
              </span>
              <p className="says">{row.text}</p>
            </li>
          ))}
        </ol>
        <ClaimActions claim={claim} />
      </div>
    </Card>
  )
}

function ClaimActions({ claim }: { claim: ClaimRow }) {
  const { t } = useSay()
  const mayCounter = useMay('appeal.file') && claim.status === 'removed'
  const mayProve = useMay('case.decide') && claim.status === 'countered'
  const [problem, setProblem] = useState<Problem | null>(null)
  if (!mayCounter && !mayProve) return null
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const text = String(new FormData(event.currentTarget).get('text'))
    try {
      await write('POST', at('claims', claim.notice_id, mayCounter ? 'counter' : 'proof'), { text })
      await refresh('/v1/claims', '/v1/inbound')
    } catch (error) {
      setProblem(problemOf(error))
    }
  }
  const label = t(mayCounter ? 'rights.counter' : 'rights.prove')
  return (
    <form className="stack" onSubmit={submit}>
      <textarea
        className="input"
        name="text"
        rows={3}
        aria-label={label}
        placeholder={t(mayCounter ? 'rights.counter.hint' : 'rights.prove.hint')}
        minLength={10}
        required
      />
      {problem && <ProblemNote problem={problem} />}
      <div className="row">
        <Button type="submit">{label}</Button>
      </div>
    </form>
  )
}

/** In the review workspace: whether the seller is authorised for the brand of the listing, market by market. */
export function BrandCheck({ detail }: { detail: CaseDetail }) {
  const { t } = useSay()
  const may = useMay('inbound.read')
  const brand = detail.event.data?.['brand']
  const seller = detail.party?.type === 'seller' ? detail.party.id : null
  const markets = detail.markets.filter((market) => /^[A-Z]{2}$/.test(market)).slice(0, 4)
  const asked = { seller: seller ?? '', brand: String(brand ?? ''), market: markets[0] ?? '' }
  const known = may && Object.values(asked).every((value) => value !== '')
  const first = useRead<AuthorisationAnswer>(withQuery('/v1/authorisations/check', asked), {
    fresh: 60_000,
    enabled: known,
  })
  // A brand that nobody has registered says nothing about this case.
  if (!known || seller === null || typeof brand !== 'string' || !first.data?.owners.length) return null
  return (
    <section className="casenotices">
      <h2 className="minor">{t('rights.brandCheck', { brand })}</h2>
      <ul className="similar">
        {markets.map((market) => (
          <MarketCheck key={market} seller={seller} brand={brand} market={market} />
        ))}
      </ul>
    </section>
  )
}

function MarketCheck(asked: { seller: string; brand: string; market: string }) {
  const { data } = useRead<AuthorisationAnswer>(withQuery('/v1/authorisations/check', asked), { fresh: 60_000 })
  return (
    <li className="row">
      <code>{asked.market}</code>
      <span className="grow">{data && <AuthorisedMark answer={data} />}</span>
      <span className="muted clip">{data?.owners.join(', ')}</span>
    </li>
  )
}
