import { EyeOff } from 'lucide-react'
import { Link } from 'wouter'
import { at, refresh } from '../../api.ts'
import { useSay } from '../../i18n.ts'
import { paths } from '../../paths.ts'
import { useMay } from '../../session.ts'
import type { CaseDetail } from '../../types/cases.ts'
import type { Data } from '../../types.ts'
import { AttachFiles, mostFiles } from '../../ui/attach-files.tsx'
import { Id, Segment, Time } from '../../ui/basics.tsx'
import { Markets } from '../../ui/marks.tsx'
import { asText, flatten } from '../../ui/pieces.ts'
import { Empty, ProblemNote } from '../../ui/states.tsx'
import { Facts, Spans } from '../../ui/text.tsx'
import { useWrite } from '../../use-write.ts'
import { useVocabulary } from '../../vocabulary.ts'
import { useCare } from './care.tsx'
import { changedFields, diffWords } from './diff.ts'
import { AttachedFiles, EventImages, useMarking } from './images.tsx'
import { Papers, papersOf } from './papers.tsx'
import { PersonalData } from './personal.tsx'

export type Instant = 'then' | 'now' | 'diff'

const longFields = ['title', 'headline', 'description', 'body', 'text', 'caption', 'transcript', 'message', 'comment']
const imageFields = ['images', 'evidence']
const videoFields = ['video', 'media_url']
const mediaFields = [...imageFields, ...videoFields]

function namesIn(all: [string, unknown][], fields: readonly string[]): string[] {
  return all
    .filter(([field]) => fields.includes(field))
    .flatMap(([, value]) => [value].flat())
    .filter((name): name is string => typeof name === 'string' && name !== '')
}

/** Texts that people wrote come first; the rest is a table of facts. */
function sortFields(data: Data, marked: ReadonlySet<string>) {
  const all = flatten(data)
  const isText = ([field, value]: [string, unknown]) =>
    typeof value === 'string' && (longFields.includes(field) || marked.has(field) || value.length > 90)
  const rank = ([field]: [string, unknown]) => (longFields.indexOf(field) + 100) % 100
  return {
    texts: all.filter(isText).sort((a, b) => rank(a) - rank(b)),
    facts: all.filter((entry) => !isText(entry) && !mediaFields.includes(entry[0]) && entry[1] !== null),
    images: namesIn(all, imageFields),
    videos: namesIn(all, videoFields),
  }
}

/** A moving picture of ours; others are named, never fetched from a stranger's server. */
function Videos({ items, revealed }: { items: string[]; revealed: boolean }) {
  const care = useCare()
  const look = `${care.blur && !revealed ? 'blurred' : ''} ${care.grey ? 'grey' : ''}`
  if (items.length === 0) return null
  return (
    <ul className="pictures">
      {items.map((name) => (
        <li key={name}>
          {name.startsWith('/') ? (
            // biome-ignore lint/a11y/useMediaCaption: what a seller sent has no captions; its transcript is among the texts
            <video src={name} className={look} controls preload="none" muted={care.mute} aria-label={name} />
          ) : (
            <span className="row muted">
              <EyeOff size={14} aria-hidden="true" />
              <code className="wrapped">{name}</code>
            </span>
          )}
        </li>
      ))}
    </ul>
  )
}

interface RecordProps {
  data: Data
  spans: CaseDetail['spans']
  active: string | null
  images: Omit<Parameters<typeof EventImages>[0], 'names'>
}

function RecordView({ data, spans, active, images: shown }: RecordProps) {
  const { texts, facts, images, videos } = sortFields(data, new Set(spans.map(({ field }) => field)))
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
      <EventImages names={images} {...shown} />
      <Videos items={videos} revealed={shown.revealed} />
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
  const open = useMay('case.decide') && detail.status !== 'decided'
  const marking = useMarking(open ? { on: 'cases', id: detail.case_id } : null)
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
        <RecordView
          data={shown.data}
          spans={shown === event ? detail.spans : []}
          active={active}
          images={{
            revealed,
            told: true,
            boxes: shown === event ? detail.boxes : [],
            marks: detail.marks,
            // What is marked is the evidence as it was decided.
            onMark: shown === event ? marking.mark : undefined,
            onUnmark: marking.unmark,
          }}
        />
      )}
      <Added detail={detail} revealed={revealed} open={open} />
      <Papers answers={papersOf(detail.timeline)} />
      <PersonalData caseId={detail.case_id} />
    </section>
  )
}

/** Files that reviewers added to the case, and the way to add one. */
function Added({ detail, revealed, open }: { detail: CaseDetail; revealed: boolean; open: boolean }) {
  const { t } = useSay()
  const marking = useMarking(open ? { on: 'cases', id: detail.case_id } : null)
  const { problem, send } = useWrite()
  if (!open && detail.files.length === 0) return null
  const path = at('cases', detail.case_id)
  return (
    <section className="textfield">
      <h2 className="minor">{t('files.case')}</h2>
      {detail.files.length === 0 && <p className="muted small">{t('files.case.none')}</p>}
      <AttachedFiles
        files={detail.files}
        revealed={revealed}
        told
        marks={detail.marks}
        onMark={marking.mark}
        onUnmark={marking.unmark}
      />
      {open && (
        <AttachFiles
          files={[]}
          most={mostFiles - detail.files.length}
          onFiles={(files) =>
            void send('POST', `${path}/files`, { files: files.map(({ file_id }) => file_id) }).then(() => refresh(path))
          }
        />
      )}
      {problem && <ProblemNote problem={problem} />}
    </section>
  )
}
