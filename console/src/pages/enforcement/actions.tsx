import { useRead, withQuery } from '../../api.ts'
import { useSay } from '../../i18n.ts'
import { useSearchState } from '../../paths.ts'
import type { ActionKindRow, SuggestionReply } from '../../types/enforcement.ts'
import type { Page } from '../../types.ts'
import { Card, Pick, Segment } from '../../ui/basics.tsx'
import { Mark } from '../../ui/marks.tsx'
import { PageFrame } from '../../ui/page.tsx'
import { Loaded } from '../../ui/states.tsx'
import { Table } from '../../ui/table.tsx'
import { useVocabulary } from '../../vocabulary.ts'

type Fit = 'suggested' | 'excessive'
const severities = ['S1', 'S2', 'S3', 'S4'] as const

/** "7 days, at most 90", or "until lifted". */
export function useDuration() {
  const { t } = useSay()
  return ({ usual_days: usual, most_days: most }: Times) =>
    usual === null
      ? t('actions.untilLifted')
      : [t('actions.days', { n: usual }), ...(most === null ? [] : [t('actions.most', { n: most })])].join(' · ')
}
type Times = { usual_days: number | null; most_days: number | null }

function Strength({ value }: { value: ActionKindRow['strength'] }) {
  const { t } = useSay()
  return (
    <span className="row nowrap">
      <span className="muted">{value}</span> {t(`actions.strength.${value}`)}
    </span>
  )
}

function Catalogue({ rows, marks }: { rows: readonly ActionKindRow[]; marks: ReadonlyMap<string, Fit> }) {
  const say = useSay()
  const { typeTitle } = useVocabulary()
  const duration = useDuration()
  return (
    <Table
      caption={say.t('nav.actions')}
      tall
      rows={rows}
      rowKey={(row) => row.kind}
      columns={[
        {
          id: 'title',
          title: say.t('col.penalty'),
          head: true,
          sort: (row) => say.text(row.title),
          cell: (row) => (
            <span className="stack">
              <strong className="nowrap">{say.text(row.title)}</strong>
              <code className="muted small">{row.kind}</code>
            </span>
          ),
        },
        {
          id: 'fit',
          title: say.t('actions.try'),
          cell: (row) =>
            marks.get(row.kind) === 'suggested' ? (
              <Mark shape="check" tone="accent">
                {say.t('actions.suggested')}
              </Mark>
            ) : marks.get(row.kind) === 'excessive' ? (
              <span className="muted">{say.t('actions.excessive')}</span>
            ) : null,
        },
        {
          id: 'strength',
          title: say.t('actions.strength'),
          sort: (row) => row.strength,
          cell: (row) => <Strength value={row.strength} />,
        },
        { id: 'time', title: say.t('actions.time'), cell: (row) => <span className="nowrap">{duration(row)}</span> },
        {
          id: 'scope',
          title: say.t('actions.scope'),
          cell: (row) => <span className="says">{say.list(row.scope.map(typeTitle))}</span>,
        },
        {
          id: 'inverse',
          title: say.t('actions.inverse'),
          cell: (row) => <span className="nowrap">{say.text(row.inverse_title)}</span>,
        },
        {
          id: 'call',
          title: say.t('actions.call'),
          cell: (row) => (
            <span className="stack">
              <code>{row.call}</code>
              <code className="muted">{row.call_back}</code>
            </span>
          ),
        },
      ]}
    />
  )
}

/** The catalogue of actions, and for a kind of subject and a severity the least restrictive that fits. */
export function ActionsPage() {
  const say = useSay()
  const { t } = say
  const { typeTitle } = useVocabulary()
  const [params, set] = useSearchState()
  const type = params.get('type') ?? ''
  const severity = params.get('severity') ?? 'S2'
  const query = useRead<Page<ActionKindRow>>(withQuery('/v1/action-kinds', { subject_type: type }), { keep: true })
  const suggestion = useRead<SuggestionReply>(
    withQuery('/v1/action-kinds/suggestion', { subject_type: type, severity }),
    { enabled: type !== '' },
  )
  const types = [...new Set((query.data?.items ?? []).flatMap((row) => row.scope).concat(type || []))].sort()
  const marks = new Map<string, Fit>()
  for (const row of type === '' ? [] : (suggestion.data?.items ?? []))
    if (row.suggested) marks.set(row.kind, 'suggested')
    else if (row.excessive) marks.set(row.kind, 'excessive')
  return (
    <PageFrame
      title={t('nav.actions')}
      sub={t('actions.about')}
      aside={
        <>
          <Pick
            label={t('actions.scope')}
            value={type}
            any={t('actions.all')}
            onChange={(next) => set({ type: next || null })}
            options={types.map((id) => ({ value: id, label: typeTitle(id) }))}
          />
          {type !== '' && (
            <Segment
              label={t('impose.severity')}
              value={severity}
              onChange={(next) => set({ severity: next })}
              options={severities.map((id) => ({ value: id, label: id }))}
            />
          )}
        </>
      }
    >
      <Card flush>
        <Loaded query={query}>{(page) => <Catalogue rows={page.items} marks={marks} />}</Loaded>
      </Card>
    </PageFrame>
  )
}
