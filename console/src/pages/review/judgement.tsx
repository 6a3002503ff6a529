import type { UseQueryResult } from '@tanstack/react-query'
import { useState } from 'react'
import { Link } from 'wouter'
import { keysOf } from '../../actions.ts'
import { useSay } from '../../i18n.ts'
import { paths } from '../../paths.ts'
import { usePreferences } from '../../preferences.ts'
import type { CaseDetail, Choice, Finding, PolicyText } from '../../types/cases.ts'
import type { Language, Text } from '../../types.ts'
import { Pick, Segment, Time } from '../../ui/basics.tsx'
import { Mark, Mode, SeverityMark, Verdict } from '../../ui/marks.tsx'
import { asText } from '../../ui/pieces.ts'
import { Loaded } from '../../ui/states.tsx'
import { useStrategyTitle, useVocabulary } from '../../vocabulary.ts'
import { CaseNotices } from '../inbound/case-notices.tsx'
import { BrandCheck } from '../rights/claim.tsx'
import { LeastRestrictive } from './least-restrictive.tsx'

/** What the reviewer has chosen so far; nothing happens before it is submitted. */
export interface Draft {
  outcome: string | null
  policy: string
  markets: string[]
  note: string
}

export interface Preview {
  notice: Text
  actions: { kind: string; title?: Text }[]
}

/** The page of a strategy; batch strategies have theirs on the run board. */
const pageOf = (strategy: string, isBatch: boolean) => {
  if (isBatch) return paths.batchStrategy(strategy)
  const [pack, ...rest] = strategy.split('/')
  return rest.length > 0 ? paths.strategy(pack ?? '', rest.join('/')) : null
}

interface FindingsProps {
  findings: readonly Finding[]
  active: string | null
  onActive: (strategy: string) => void
}

/** What was matched in the text first: it is what a person checks. */
const telling = (evidence: Finding['evidence']) => {
  const said = new Map(evidence.map((item) => [`${item.field} ${item.tag} ${item.text ?? asText(item.value)}`, item]))
  return [...said.values()].toSorted((a, b) => Number(b.text != null) - Number(a.text != null)).slice(0, 4)
}

export function Findings({ findings, active, onActive }: FindingsProps) {
  const strategyTitle = useStrategyTitle()
  const { isBatch } = useVocabulary()
  return (
    <ul className="findings">
      {findings.map((finding) => {
        const to = pageOf(finding.strategy, isBatch(finding.strategy))
        return (
          <li key={finding.strategy} data-active={finding.strategy === active}>
            <button type="button" className="spot" onClick={() => onActive(finding.strategy)}>
              <SeverityMark value={finding.severity} />
              <strong>{strategyTitle(finding.strategy)}</strong>
              {finding.mode === 'shadow' && <Mode value="shadow" />}
              <span className="end">
                <Verdict value={finding.verdict} />
              </span>
            </button>
            <p className="muted small">
              {telling(finding.evidence).map((item, index) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: evidence never moves
                <span key={index}>
                  <code>{item.field ?? item.tag ?? ''}</code> {item.text ? `“${item.text}”` : asText(item.value)}
                  {item.tag && (item.text || item.image) ? ` · ${item.tag}` : ''}
                </span>
              ))}
              {to ? <Link href={to}>{finding.strategy}</Link> : <code>{finding.strategy}</code>}
            </p>
          </li>
        )
      })}
    </ul>
  )
}

function PolicyCard({ policy }: { policy: PolicyText }) {
  const say = useSay()
  const [language, setLanguage] = useState<Language>(say.language)
  const law = policy.legal_basis
  return (
    <div className="policytext" lang={language === 'zh' ? 'zh-CN' : 'en'}>
      <div className="row">
        <strong className="grow">{policy.title[language]}</strong>
        <LanguagePick value={language} onChange={setLanguage} label={say.t('review.policyLanguage')} />
      </div>
      <p>{policy.text[language]}</p>
      {law && (
        <p className="muted small">
          {law.url ? (
            <a href={law.url} rel="noreferrer" target="_blank">
              {law.instrument} {law.article ?? ''}
            </a>
          ) : (
            `${law.instrument} ${law.article ?? ''}`
          )}
        </p>
      )}
    </div>
  )
}

function LanguagePick({
  value,
  onChange,
  label,
}: {
  value: Language
  onChange: (next: Language) => void
  label: string
}) {
  return (
    <Segment
      label={label}
      value={value}
      onChange={(next) => onChange(next === 'zh' ? 'zh' : 'en')}
      options={[
        { value: 'zh', label: '中' },
        { value: 'en', label: 'En' },
      ]}
    />
  )
}

function ChoiceRow({ choice, chosen, onChoose }: { choice: Choice; chosen: boolean; onChoose: () => void }) {
  const say = useSay()
  const keys = keysOf({ id: `case.choose.${choice.key}`, keys: choice.key }, usePreferences())
  return (
    <label
      className="choice"
      data-chosen={chosen}
      title={say.list(choice.actions.map((action) => say.text(action.title)))}
    >
      <input type="radio" name="outcome" checked={chosen} onChange={onChoose} aria-keyshortcuts={keys || undefined} />
      <span className="grow">
        <strong>{say.text(choice.title)}</strong>
      </span>
      {choice.points ? <span className="tag">{say.t('review.points', { n: choice.points })}</span> : null}
      {keys && (
        <span className="keys" aria-hidden="true">
          <kbd>{keys}</kbd>
        </span>
      )}
    </label>
  )
}

interface DraftProps {
  detail: CaseDetail
  draft: Draft
  onDraft: (change: Partial<Draft>) => void
}

interface PaneProps extends DraftProps {
  preview: UseQueryResult<Preview>
  active: string | null
  onActive: (strategy: string) => void
}

function Markets({ detail, draft, onDraft }: DraftProps) {
  const { t } = useSay()
  const toggle = (market: string, on: boolean) =>
    onDraft({ markets: on ? [...draft.markets, market] : draft.markets.filter((id) => id !== market) })
  return (
    <fieldset className="markets">
      <legend className="label">{t('review.inMarkets')}</legend>
      {detail.markets.map((market) => (
        <label key={market} className="check">
          <input
            type="checkbox"
            checked={draft.markets.includes(market)}
            onChange={(event) => toggle(market, event.target.checked)}
          />
          {market}
        </label>
      ))}
    </fieldset>
  )
}

function NoticePreview({ preview, draft }: { preview: UseQueryResult<Preview>; draft: Draft }) {
  const say = useSay()
  const { kindTitle } = useVocabulary()
  const [language, setLanguage] = useState<Language>(say.language)
  return (
    <section className="notice" aria-label={say.t('review.notice')}>
      <div className="row">
        <h2 className="minor grow">{say.t('review.notice')}</h2>
        <LanguagePick value={language} onChange={setLanguage} label={say.t('review.noticeLanguage')} />
      </div>
      {draft.outcome === null ? (
        <p className="muted">{say.t('review.notice.choose')}</p>
      ) : (
        <Loaded query={preview} lines={3}>
          {(data) => (
            <>
              {data.actions.length > 0 && (
                <ul className="row wrap small">
                  {data.actions.map((action) => (
                    <li key={action.kind}>
                      <Mark shape="dot">{say.text(action.title) || kindTitle(action.kind)}</Mark>
                    </li>
                  ))}
                </ul>
              )}
              <p className="spans" lang={language === 'zh' ? 'zh-CN' : 'en'}>
                {data.notice[language] || say.t('review.notice.none')}
              </p>
            </>
          )}
        </Loaded>
      )}
    </section>
  )
}

function Similar({ detail }: { detail: CaseDetail }) {
  const say = useSay()
  if (detail.similar.length === 0) return <p className="muted">{say.t('review.similar.none')}</p>
  return (
    <ul className="similar">
      {detail.similar.map((other) => (
        <li key={other.case_id} className="row">
          <Link href={paths.case(other.case_id)} className="clip grow">
            {other.title || other.case_id}
          </Link>
          <span>{say.word('outcome', other.outcome)}</span>
          <span className="muted">
            <Time at={other.decided_at} />
          </span>
        </li>
      ))}
    </ul>
  )
}

/** Right half: why it is here, what the policy says, what was done before, and the choice. */
export function JudgementPane({ detail, draft, onDraft, preview, active, onActive }: PaneProps) {
  const say = useSay()
  const { policyTitle } = useVocabulary()
  const policy = detail.policies.find(({ id }) => id === draft.policy) ?? detail.policies[0]
  const decided = detail.status === 'decided'
  return (
    <div className="judgement">
      <CaseNotices caseId={detail.case_id} />
      <BrandCheck detail={detail} />
      {detail.verdict !== null && (
        <section>
          <h2 className="minor">{say.t('review.findings', { n: detail.decision.findings.length })}</h2>
          <Findings findings={detail.decision.findings} active={active} onActive={onActive} />
          {detail.decision.unknown.length > 0 && (
            <details className="small">
              <summary>{say.t('review.unknownCount', { n: detail.decision.unknown.length })}</summary>
              <p className="muted">{detail.decision.unknown.join(', ')}</p>
            </details>
          )}
        </section>
      )}
      {!decided && <LeastRestrictive detail={detail} />}
      {!decided && (
        <fieldset className="choices">
          <legend className="label">{say.t('review.decision')}</legend>
          {detail.choices.map((choice) => (
            <ChoiceRow
              key={choice.key}
              choice={choice}
              chosen={choice.outcome === draft.outcome}
              onChoose={() => onDraft({ outcome: choice.outcome })}
            />
          ))}
        </fieldset>
      )}
      {draft.outcome === 'restrict_market' && <Markets detail={detail} draft={draft} onDraft={onDraft} />}
      {!decided && (
        <>
          <div className="row noteline">
            <span id="policy-pick">
              <Pick
                label={say.t('review.policy')}
                value={draft.policy}
                options={detail.policies.map(({ id, title }) => ({
                  value: id,
                  label: say.text(title) || policyTitle(id),
                }))}
                onChange={(next) => onDraft({ policy: next })}
              />
            </span>
            <input
              id="note"
              className="input"
              aria-label={say.t('review.note')}
              placeholder={say.t('review.note')}
              value={draft.note}
              onChange={(event) => onDraft({ note: event.target.value })}
            />
          </div>
          <NoticePreview preview={preview} draft={draft} />
        </>
      )}
      {policy && <PolicyCard key={policy.id} policy={policy} />}
      {detail.verdict !== null && (
        <section>
          <h2 className="minor">{say.t('review.similar')}</h2>
          <Similar detail={detail} />
        </section>
      )}
    </div>
  )
}
