import { useEffect, useState } from 'react'
import { useLocation, useSearch } from 'wouter'
import { useOffer } from '../../actions.ts'
import { at, problemOf, refresh, useRead, write } from '../../api.ts'
import { useSay } from '../../i18n.ts'
import { announce, toast } from '../../live.ts'
import { useOwnAddress } from '../../page-key.ts'
import { paths } from '../../paths.ts'
import type { BacktestReply } from '../../types/mining.ts'
import type { Draft, DraftCase, DraftTest, StrategyFields, Versions } from '../../types/rollout.ts'
import type { Problem } from '../../types.ts'
import { Button, Card } from '../../ui/basics.tsx'
import { Mode } from '../../ui/marks.tsx'
import { PageFrame } from '../../ui/page.tsx'
import { Loaded, ProblemNote, Skeleton } from '../../ui/states.tsx'
import { Impact } from '../impact.tsx'
import { Summary } from '../strategy-backtest.tsx'
import { CasesCard } from './cases.tsx'
import { ConditionCard, useEditorWords } from './condition.tsx'
import { FieldsCard } from './fields.tsx'
import { FindingsCard, PublishCard, RevisionsCard } from './publish.tsx'

const blank: StrategyFields = {
  id: '',
  version: 1,
  title: { zh: '', en: '' },
  policy: '',
  on: ['listing.submitted'],
  markets: ['*'],
  when: '',
  verdict: 'review',
  owner: '',
}

interface Words {
  readonly pack: string
  readonly fields: StrategyFields
  readonly cases: DraftCase[]
}

const wordsOf = (draft: Draft): Words => ({
  pack: draft.pack,
  fields: { ...blank, ...draft.strategy, title: { ...blank.title, ...draft.strategy?.title } },
  cases: draft.case_list ?? [],
})

/** The revision that the words on screen were last saved as. */
interface Kept {
  readonly draft_id: string
  readonly revision: number
}

/** Keeps a draft: a new one becomes an address of its own with its first save, on the same page. It goes into the first pack unless one is chosen. */
function useDraft(first: Draft | null, start: Words, firstPack: string) {
  const { t } = useSay()
  const giveAddress = useOwnAddress()
  const [words, setWords] = useState(start)
  const [saved, setSaved] = useState(() => (first ? JSON.stringify(start) : ''))
  const [kept, setKept] = useState<Kept | null>(first)
  const query = useRead<Draft>(at('drafts', kept?.draft_id ?? ''), { enabled: kept !== null })
  const [problem, setProblem] = useState<Problem | null>(null)
  const [busy, setBusy] = useState<string | null>(null)
  const dirty = JSON.stringify(words) !== saved
  const pack = words.pack || firstPack
  const keep = async (): Promise<string> => {
    const body = {
      strategy: { ...words.fields, mode: 'shadow', canary: undefined },
      cases: words.cases.length > 0 ? JSON.stringify(words.cases, null, 2) : '',
    }
    if (kept && !dirty) return kept.draft_id
    const reply = kept
      ? await write<Kept>('PUT', at('drafts', kept.draft_id), { ...body, revision: kept.revision })
      : await write<Kept>('POST', '/v1/drafts', { ...body, pack })
    setSaved(JSON.stringify(words))
    setKept(reply)
    if (!kept) giveAddress(paths.draft(reply.draft_id))
    toast(t('draft.saved', { n: reply.revision }))
    await refresh('/v1/drafts')
    return reply.draft_id
  }
  /** Saves, then does the step with the draft as it is kept. */
  const during = async (name: string, step: (id: string) => Promise<void>) => {
    if (busy) return
    setBusy(name)
    setProblem(null)
    try {
      await step(await keep())
    } catch (error) {
      setProblem(problemOf(error))
    } finally {
      setBusy(null)
    }
  }
  const unread = query.isError && !query.data ? problemOf(query.error) : null
  return { draft: query.data ?? first, pack, words, setWords, dirty, problem: problem ?? unread, busy, during }
}

export interface DraftRun {
  test: DraftTest | null
  card: BacktestReply | null
}

function DraftForm({ first, start }: { first: Draft | null; start: Words }) {
  const say = useSay()
  const { t } = say
  const [, navigate] = useLocation()
  const packs = useEditorWords()?.packs ?? []
  const { draft, pack, words, setWords, dirty, problem, busy, during } = useDraft(first, start, packs[0]?.pack ?? '')
  const [run, setRun] = useState<DraftRun>({ test: null, card: null })
  const { fields, cases } = words
  const change = (part: Partial<StrategyFields>) =>
    setWords((now) => ({ ...now, pack, fields: { ...now.fields, ...part } }))
  const save = () => during('save', async () => undefined)
  const test = () =>
    during('test', async (id) => {
      const result = await write<DraftTest>('POST', at('drafts', id, 'test'))
      setRun((now) => ({ ...now, test: result }))
      announce(t('pack.result', { passed: result.passed, failed: result.failed }))
    })
  const look = () =>
    during('backtest', async (id) => {
      const card = await write<BacktestReply>('POST', at('drafts', id, 'backtest'), { days: 60 })
      setRun((now) => ({ ...now, card }))
      await refresh('/v1/drafts')
    })
  const close = () =>
    during('close', async (id) => {
      await write('DELETE', at('drafts', id))
      toast(t('draft.closed'))
      await refresh('/v1/drafts')
      navigate(paths.strategies)
    })
  useOffer([
    { id: 'draft.save', label: 'draft.save', group: 'page', keys: 'mod+s', inFields: true, run: () => void save() },
  ])
  return (
    <PageFrame
      title={say.text(fields.title) || fields.id || t('draft.new')}
      crumb={{ to: paths.strategies, label: t('nav.strategies') }}
      mark={<Mode value="draft" />}
      sub={t('draft.about')}
      aside={
        <>
          <span className="muted">{dirty ? t('draft.unsaved') : t('draft.revision', { n: draft?.revision ?? 1 })}</span>
          {draft && (
            <Button busy={busy === 'close'} onPress={() => window.confirm(t('draft.close.sure')) && void close()}>
              {t('draft.close')}
            </Button>
          )}
          <Button
            kind="primary"
            busy={busy === 'save'}
            disabled={!dirty}
            shortcut={{ id: 'draft.save', keys: 'mod+s' }}
            onPress={() => void save()}
          >
            {t('draft.save')}
          </Button>
        </>
      }
    >
      {problem && <ProblemNote problem={problem} />}
      <div className="columns wide-left">
        <div className="stack wide">
          <ConditionCard when={fields.when} onChange={(when) => change({ when })} onRun={() => void look()} />
          <FieldsCard
            fields={fields}
            pack={pack}
            packs={packs}
            onPack={draft ? null : (next) => setWords((now) => ({ ...now, pack: next }))}
            onChange={change}
          />
          {draft && draft.case_list === null ? (
            <Card title={t('draft.cases')}>
              <p className="muted">{t('draft.cases.raw')}</p>
              <pre className="code">{draft.cases}</pre>
            </Card>
          ) : (
            <CasesCard
              cases={cases}
              id={fields.id}
              type={fields.on[0] ?? 'listing.submitted'}
              verdict={fields.verdict}
              result={run.test}
              busy={busy === 'test'}
              onChange={(next) => setWords((now) => ({ ...now, pack, cases: next }))}
              onRun={() => void test()}
            />
          )}
        </div>
        <div className="stack wide">
          <PublishCard
            draft={draft}
            dirty={dirty}
            looking={busy === 'backtest'}
            ready={fields.when.trim() !== '' && fields.id !== ''}
            onLook={() => void look()}
          />
          {run.card && (
            <Card title={t('draft.impact')} aside={<Summary reply={run.card} />}>
              <Impact reply={run.card} />
            </Card>
          )}
          {draft && <FindingsCard findings={[...draft.check.problems, ...draft.check.warnings]} />}
          {draft && <RevisionsCard draft={draft} />}
        </div>
      </div>
    </PageFrame>
  )
}

/** A new draft: blank, or the next version of a strategy that runs. */
function NewDraft({ asked }: { asked: URLSearchParams }) {
  const from = asked.get('from')
  const query = useRead<Versions>(
    from ? `/v1/strategies/${from.split('/').map(encodeURIComponent).join('/')}/versions` : '',
    {
      enabled: from !== null,
    },
  )
  if (from === null)
    return <DraftForm first={null} start={{ pack: asked.get('pack') ?? '', fields: blank, cases: [] }} />
  return (
    <Loaded query={query}>
      {({ versions }) => {
        const base = versions.find((one) => one.standing === 'live') ?? versions.find((one) => one.strategy)
        const next = Math.max(0, ...versions.map((one) => one.version)) + 1
        const fields = { ...blank, ...base?.strategy, version: next, canary: undefined }
        return <DraftForm first={null} start={{ pack: from.split('/')[0] ?? '', fields, cases: [] }} />
      }}
    </Loaded>
  )
}

/** The form starts once, from what is kept now and not from what was read earlier. */
function KeptDraft({ id }: { id: string }) {
  const query = useRead<Draft>(at('drafts', id), { fresh: 0 })
  const [start, setStart] = useState<Draft | null>(null)
  useEffect(() => {
    if (query.data && query.isFetchedAfterMount && !start) setStart(query.data)
  }, [query.data, query.isFetchedAfterMount, start])
  return (
    <Loaded query={query}>{() => (start ? <DraftForm first={start} start={wordsOf(start)} /> : <Skeleton />)}</Loaded>
  )
}

export function DraftPage({ params }: { params: { draft?: string } }) {
  const id = params.draft ?? 'new'
  const search = useSearch()
  // What a new draft was asked for with stays when the draft has an address of its own.
  const [asked, setAsked] = useState(id === 'new' ? search : null)
  if (id === 'new' && asked !== search) setAsked(search)
  return asked === null ? <KeptDraft id={id} /> : <NewDraft key={asked} asked={new URLSearchParams(asked)} />
}
