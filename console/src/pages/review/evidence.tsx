import { EyeOff } from 'lucide-react'
import { Link } from 'wouter'
import { useSay } from '../../i18n.ts'
import { paths } from '../../paths.ts'
import type { CaseDetail } from '../../types/cases.ts'
import type { Data } from '../../types.ts'
import { Id, Segment, Time } from '../../ui/basics.tsx'
import { Markets } from '../../ui/marks.tsx'
import { asText, flatten } from '../../ui/pieces.ts'
import { Empty } from '../../ui/states.tsx'
import { Facts, Spans } from '../../ui/text.tsx'
import { useVocabulary } from '../../vocabulary.ts'
import { useCare } from './care.tsx'
import { changedFields, diffWords } from './diff.ts'
import { PersonalData } from './personal.tsx'

export type Instant = 'then' | 'now' | 'diff'

const longFields = ['title', 'headline', 'description', 'body', 'text', 'caption', 'transcript', 'message', 'comment']
const mediaFields = ['images', 'video', 'media_url', 'evidence']

/** Texts that people wrote come first; the rest is a table of facts. */
function sortFields(data: Data, marked: ReadonlySet<string>) {
  const all = flatten(data)
  const isText = ([field, value]: [string, unknown]) =>
    typeof value === 'string' && (longFields.includes(field) || marked.has(field) || value.length > 90)
  const rank = ([field]: [string, unknown]) => (longFields.indexOf(field) + 100) % 100
  return {
    texts: all.filter(isText).sort((a, b) => rank(a) - rank(b)),
    facts: all.filter((entry) => !isText(entry) && !mediaFields.includes(entry[0]) && entry[1] !== null),
    media: all.filter(([field, value]) => mediaFields.includes(field) && value).flatMap(([, value]) => [value].flat()),
  }
}

/** A picture of ours, blurred until asked for; others are named, never fetched from a stranger's server. */
function Media({ items, revealed }: { items: unknown[]; revealed: boolean }) {
  const { t } = useSay()
  const care = useCare()
  const look = `${care.blur && !revealed ? 'blurred' : ''} ${care.grey ? 'grey' : ''}`
  const names = items.filter((item): item is string => typeof item === 'string')
  if (names.length === 0) return null
  return (
    <ul className="media">
      {names.map((name) =>
        name.startsWith('/') ? (
          <li key={name}>
            {/\.(mp4|webm)$/.test(name) ? (
              // biome-ignore lint/a11y/useMediaCaption: what a seller sent has no captions; its transcript is among the texts
              <video src={name} className={look} controls preload="none" muted={care.mute} aria-label={name} />
            ) : (
              <img src={name} alt={name} className={look} />
            )}
          </li>
        ) : (
          <li key={name} className="named" title={name}>
            <EyeOff size={14} aria-hidden="true" />
            <span className="clip">{name.split('/').at(-1)}</span>
            <span className="sr">{t('review.mediaOutside')}</span>
          </li>
        ),
      )}
    </ul>
  )
}

interface RecordProps {
  data: Data
  spans: CaseDetail['spans']
  active: string | null
  revealed: boolean
}

function RecordView({ data, spans, active, revealed }: RecordProps) {
  const { texts, facts, media } = sortFields(data, new Set(spans.map(({ field }) => field)))
  const spansOf = (field: string) => spans.filter((span) => span.field === field)
  return (
    <div className="stack wide">
      {texts.map(([field, value]) => (
        <section key={field} className="textfield">
          <h2 className="minor">{field}</h2>
          <p className={field === 'title' || field === 'headline' ? 'lead' : ''}>
            <Spans text={String(value)} spans={spansOf(field)} active={active} />
          </p>
        </section>
      ))}
      <Media items={media} revealed={revealed} />
      <Facts
        rows={facts.map(([field, value]) => [
          <code key="f">{field}</code>,
          spansOf(field).length > 0 ? (
            <Spans key="v" text={asText(value)} spans={spansOf(field)} active={active} />
          ) : (
            asText(value) || <span className="muted">–</span>
          ),
        ])}
      />
    </div>
  )
}

function DiffView({ before, after }: { before: Data; after: Data }) {
  const { t } = useSay()
  const changes = changedFields(before, after)
  if (changes.length === 0)
    return <Empty kind="done" title={t('review.noChange')} hint={t('review.noChange.hint')} small />
  return (
    <div className="stack wide">
      {changes.map(({ field, before: old, after: next }) => (
        <section key={field} className="textfield">
          <h2 className="minor">{field}</h2>
          <p className="spans">
            {diffWords(old, next).map((part, index) => {
              const Tag = part.kind === 'added' ? 'ins' : part.kind === 'removed' ? 'del' : 'span'
              // biome-ignore lint/suspicious/noArrayIndexKey: parts never move
              return <Tag key={index}>{part.text}</Tag>
            })}
          </p>
        </section>
      ))}
    </div>
  )
}

/** The newest event of the subject, when there is one after the event that was decided. */
export const newerOf = ({ now, event }: CaseDetail) => (now && now.id !== event.id ? now : null)

interface EvidenceProps {
  detail: CaseDetail
  instant: Instant
  onInstant: (instant: Instant) => void
  active: string | null
  revealed: boolean
}

/** Left half: what was said, as it was when it was decided, as it is now, and the difference. */
export function EvidencePane({ detail, instant, onInstant, active, revealed }: EvidenceProps) {
  const say = useSay()
  const { typeTitle } = useVocabulary()
  const { event, party } = detail
  const now = newerOf(detail)
  const shown = instant === 'now' && now ? now : event
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard
    <section className="pane evidence" aria-label={say.t('review.evidence')} tabIndex={0}>
      <div className="row wrap meta">
        <span>{typeTitle(detail.subject.type)}</span>
        <Id value={detail.subject.id} to={paths.subject(detail.subject.type, detail.subject.id)} />
        {party && <Link href={paths.subject(party.type, party.id)}>{party.name ?? party.id}</Link>}
        <Markets ids={detail.markets} />
        <span className="muted">
          <Time at={event.time} />
        </span>
        {now && (
          <span className="end">
            <Segment
              label={say.t('review.instant')}
              value={instant}
              onChange={(next) => onInstant(next === 'now' || next === 'diff' ? next : 'then')}
              options={(['then', 'now', 'diff'] as const).map((id) => ({
                value: id,
                label: say.t(`review.${id}`),
              }))}
            />
          </span>
        )}
      </div>
      {instant === 'diff' && now ? (
        <DiffView before={event.data} after={now.data} />
      ) : (
        <RecordView data={shown.data} spans={shown === event ? detail.spans : []} active={active} revealed={revealed} />
      )}
      <PersonalData caseId={detail.case_id} />
    </section>
  )
}
