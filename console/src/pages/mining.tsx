import { useState } from 'react'
import { useLocation } from 'wouter'
import { problemOf, useRead, write } from '../api.ts'
import { useSay } from '../i18n.ts'
import { toast } from '../live.ts'
import { paths, useSearchState } from '../paths.ts'
import { useMay } from '../session.ts'
import type { MinableLabel, MiningReply, Proposal } from '../types/mining.ts'
import type { Page, Problem } from '../types.ts'
import { Button, ButtonLink, Card, Pick, Segment } from '../ui/basics.tsx'
import { Share } from '../ui/marks.tsx'
import { PageFrame } from '../ui/page.tsx'
import { Empty, Loaded, ProblemNote } from '../ui/states.tsx'
import { Facts, Sql } from '../ui/text.tsx'
import { useVocabulary } from '../vocabulary.ts'
import { Impact, Lines } from './impact.tsx'
import { useEditorWords } from './rollout/condition.tsx'

/** Conditions that the labels of the past suggest, each proved on labels that it has not seen. */
export function MiningPage() {
  const { t } = useSay()
  const query = useRead<Page<MinableLabel>>('/v1/mining/labels')
  return (
    <PageFrame
      title={t('mining.title')}
      sub={t('mining.about')}
      crumb={{ label: t('nav.strategies'), to: paths.strategies }}
    >
      <Loaded query={query}>
        {(page) =>
          page.items.length === 0 ? (
            <Card>
              <Empty
                kind="first"
                title={t('mining.first')}
                hint={t('mining.first.hint')}
                action={<ButtonLink to={paths.imports}>{t('nav.imports')}</ButtonLink>}
              />
            </Card>
          ) : (
            <Miner labels={page.items} />
          )
        }
      </Loaded>
    </PageFrame>
  )
}

/** What can be looked for in events of a type: violations, their kinds, and what was fine. */
function useLabelOptions(labels: readonly MinableLabel[], type: string) {
  const say = useSay()
  const { policyTitle } = useVocabulary()
  const rows = labels.filter((row) => row.type === type)
  const count = (label: string) => rows.filter((row) => row.label === label).reduce((sum, row) => sum + row.n, 0)
  const option = (value: string, name: string, n: number) => ({ value, label: `${name} · ${say.number(n)}` })
  const kinds = rows.filter(({ label, policy }) => label === 'violation' && policy !== null)
  return [
    option('violation', say.t('mining.violation'), count('violation')),
    ...kinds.map(({ policy, n }) => option(policy ?? '', policyTitle(policy ?? ''), n)),
    option('ok', say.t('mining.ok'), count('ok')),
  ].filter(({ label }) => !label.endsWith(' · 0'))
}

function Miner({ labels }: { labels: readonly MinableLabel[] }) {
  const say = useSay()
  const { t } = say
  const [params, set] = useSearchState()
  const { eventTypes } = useVocabulary()
  const types = [...new Set(labels.map((row) => row.type))]
  const type = params.get('type') ?? types[0] ?? ''
  const options = useLabelOptions(labels, type)
  const label = params.get('label') ?? options[0]?.value ?? 'violation'
  const least = params.get('least') ?? '0.9'
  const known = params.get('known') ?? ''
  const [reply, setReply] = useState<MiningReply | null>(null)
  const [problem, setProblem] = useState<Problem | null>(null)
  const [busy, setBusy] = useState(false)
  const run = async () => {
    setBusy(true)
    setProblem(null)
    try {
      const body = { type, label, min_precision: Number(least), include_known: known === '1' }
      setReply(await write<MiningReply>('POST', '/v1/mining', body))
    } catch (error) {
      setReply(null)
      setProblem(problemOf(error))
    } finally {
      setBusy(false)
    }
  }
  return (
    <>
      <div className="filters">
        <Pick
          label={t('mining.type')}
          value={type}
          options={types.map((value) => eventTypes.find((found) => found.value === value) ?? { value, label: value })}
          onChange={(next) => set({ type: next, label: null })}
        />
        <Pick label={t('mining.label')} value={label} options={options} onChange={(next) => set({ label: next })} />
        <Segment
          label={t('mining.least')}
          value={least}
          options={['0.8', '0.9', '0.95'].map((value) => ({
            value,
            label: t('mining.least.of', { share: say.percent(Number(value), 0) }),
          }))}
          onChange={(next) => set({ least: next })}
        />
        <Segment
          label={t('mining.scope')}
          value={known}
          options={[
            { value: '', label: t('mining.scope.missed') },
            { value: '1', label: t('mining.scope.all') },
          ]}
          onChange={(next) => set({ known: next })}
        />
        <Button kind="primary" busy={busy} onPress={() => void run()}>
          {t('mining.run')}
        </Button>
      </div>
      {problem && (
        <Card>
          <ProblemNote problem={problem} />
        </Card>
      )}
      {reply ? (
        <Found reply={reply} />
      ) : (
        !problem && (
          <Card>
            <Empty kind="done" title={t('mining.ready')} hint={t('mining.ready.hint')} />
          </Card>
        )
      )}
    </>
  )
}

function Found({ reply }: { reply: MiningReply }) {
  const say = useSay()
  const { t } = say
  const { older, newer, tried } = reply
  return (
    <>
      <Card title={t('mining.how')}>
        <Facts
          rows={[
            [
              t('mining.older'),
              t('mining.part', { rows: say.number(older.rows), positives: say.number(older.positives) }),
            ],
            [t('mining.known'), say.number(reply.known)],
            [
              t('mining.newer'),
              t('mining.part', { rows: say.number(newer.rows), positives: say.number(newer.positives) }),
            ],
            [
              t('mining.tried'),
              t('mining.tried.counts', {
                conditions: say.number(tried.conditions),
                rules: say.number(tried.rules),
                proved: say.number(tried.proved),
                failed: say.number(reply.unproven),
              }),
            ],
          ]}
        />
      </Card>
      {reply.proposals.length === 0 && (
        <Card>
          <Empty kind="done" title={t('mining.nothing')} hint={say.text(reply.why)} />
        </Card>
      )}
      {reply.proposals.map((proposal, index) => (
        <ProposalCard key={proposal.when} proposal={proposal} number={index + 1} />
      ))}
    </>
  )
}

function ProposalCard({ proposal, number }: { proposal: Proposal; number: number }) {
  const say = useSay()
  const { t } = say
  const [shown, setShown] = useState<'draft' | 'impact' | null>(null)
  const toggle = (what: 'draft' | 'impact') => () => setShown(shown === what ? null : what)
  const { precision, trained, card } = proposal
  return (
    <Card
      title={t('mining.proposal', { n: number })}
      aside={
        <>
          <Button onPress={toggle('impact')}>{t(shown === 'impact' ? 'mining.hide' : 'mining.impact')}</Button>
          <Button kind="primary" onPress={toggle('draft')}>
            {t(shown === 'draft' ? 'mining.hide' : 'mining.draft')}
          </Button>
        </>
      }
    >
      <div className="stack wide">
        <Sql text={proposal.when} />
        <Facts
          rows={[
            [t('strategy.precision'), <Share key="p" of={precision} />],
            [
              t('mining.support'),
              t('mining.support.of', {
                n: say.number(proposal.support),
                share: say.percent(proposal.recall, 0),
              }),
            ],
            [t('mining.increment'), say.number(proposal.increment)],
            [t('mining.trained'), <Share key="t" of={trained.precision} />],
            [
              t('mining.history'),
              t('mining.history.of', {
                hits: say.number(card.hits),
                day: say.number(card.hits_per_day, { maximumSignificantDigits: 2 }),
              }),
            ],
          ]}
        />
        {shown === 'impact' ? (
          <Impact reply={card} />
        ) : (
          <Lines title={t('mining.sample')} rows={card.sample} most={4} />
        )}
        {shown === 'draft' && <Draft text={proposal.draft} policy={proposal.policy} />}
      </div>
    </Card>
  )
}

/** The text for a pack's strategies.yaml, and one press to have it as a draft in the pack of its policy. */
function Draft({ text, policy }: { text: string; policy: string }) {
  const { t } = useSay()
  const [, navigate] = useLocation()
  const may = useMay('strategy.draft')
  const [problem, setProblem] = useState<Problem | null>(null)
  const packs = useEditorWords()?.packs ?? []
  const home = packs.find(({ policies }) => policies.some(({ id }) => id === policy)) ?? packs[0]
  const open = async () => {
    try {
      const made = await write<{ draft_id: string }>('POST', '/v1/drafts', { pack: home?.pack, text })
      navigate(paths.draft(made.draft_id))
    } catch (error) {
      setProblem(problemOf(error))
    }
  }
  const copy = async () => {
    await navigator.clipboard.writeText(text)
    toast(t('mining.draft.copied'))
  }
  return (
    <section>
      <div className="row">
        <h3 className="minor grow">{t('mining.draft.title')}</h3>
        <Button onPress={() => void copy()}>{t('mining.draft.copy')}</Button>
        {may && home && (
          <Button kind="primary" onPress={() => void open()}>
            {t('mining.draft.open')}
          </Button>
        )}
      </div>
      <p className="muted">{t('mining.draft.hint')}</p>
      {problem && <ProblemNote problem={problem} />}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: long lines scroll, so the keyboard must reach them */}
      <pre className="code" tabIndex={0}>
        {text}
      </pre>
    </section>
  )
}
