import { EyeOff } from 'lucide-react'
import { at, refresh, write } from '../../api.ts'
import { useSay } from '../../i18n.ts'
import { useMe } from '../../session.ts'
import type { Box, FileInfo, FoundBox, RegionMark } from '../../types/files.ts'
import { useActor } from '../../ui/actor.ts'
import { FileFacts, PersonalFile, PlainFile, renditionOf } from '../../ui/files.tsx'
import { Picture, type Region } from '../../ui/picture.tsx'
import { useStrategyTitle, useVocabulary } from '../../vocabulary.ts'

/** What regions are marked on: a case or an appeal, while nobody has decided it. */
export interface Marking {
  on: 'cases' | 'appeals'
  id: string
}

/** Calls that mark a region, and take one of one's own back. */
export function useMarking(marking: Marking | null) {
  const read = marking ? at(marking.on, marking.id) : ''
  return {
    mark: marking
      ? async (image: string, box: Box, note: string) => {
          await write('POST', at(marking.on, marking.id, 'marks'), { image, box, note })
          await refresh(read)
        }
      : undefined,
    unmark: marking
      ? async (id: string) => {
          await write('DELETE', at('marks', id))
          await refresh(read)
        }
      : undefined,
  }
}

interface RegionsInput {
  boxes?: readonly FoundBox[] | undefined
  marks?: readonly RegionMark[] | undefined
  onUnmark?: ((id: string) => Promise<void>) | undefined
}

/** Regions of one image: what strategies found, then what people marked. */
export function useRegions({ boxes = [], marks = [], onUnmark }: RegionsInput): (image: string) => Region[] {
  const say = useSay()
  const actor = useActor()
  const me = useMe()
  const strategyTitle = useStrategyTitle()
  return (image) => [
    ...boxes
      .filter((found) => found.image === image)
      .map((found, index) => ({
        key: `found ${index}`,
        box: found.box,
        what: found.label ?? say.t('picture.region.plain'),
        by: [
          say.t('picture.region.found', { strategy: strategyTitle(found.strategy) }),
          ...(found.score === null ? [] : [say.t('picture.score', { n: found.score })]),
        ].join(' · '),
        found: true,
      })),
    ...marks
      .filter((mark) => mark.image === image)
      .map((mark) => ({
        key: mark.mark_id,
        box: mark.box,
        what: mark.note || say.t('picture.region.plain'),
        by: say.t('picture.region.marked', { who: actor(mark.by) }),
        found: false,
        ...(onUnmark && mark.actor_id === me?.user.id ? { onRemove: () => void onUnmark(mark.mark_id) } : {}),
      })),
  ]
}

interface EventImagesProps extends RegionsInput {
  names: readonly string[]
  revealed: boolean
  onMark?: ((image: string, box: Box, note: string) => Promise<void>) | undefined
  /** What is marked goes into the notice that the party reads. */
  told?: boolean
}

const fileOf = (name: string): string | null => (name.startsWith('file:') ? name.slice('file:'.length) : null)

/** Where an image of an event is loaded from: our own store, or a host that the operator allows; null = nowhere. */
function sourceOf(name: string, hosts: readonly string[]): string | null {
  const file = fileOf(name)
  if (file !== null) return renditionOf(file)
  if (!URL.canParse(name)) return null
  return hosts.includes(new URL(name).origin) ? name : null
}

/** Images that an event names, numbered as evidence and notices number them. What lies elsewhere is named and not loaded. */
export function EventImages({ names, revealed, onMark, told, ...regions }: EventImagesProps) {
  const { t } = useSay()
  const { vocabulary } = useVocabulary()
  const regionsOf = useRegions(regions)
  if (names.length === 0) return null
  return (
    <ul className="pictures">
      {names.map((name, index) => {
        const src = sourceOf(name, vocabulary?.image_hosts ?? [])
        const title = t('picture.number', { n: index + 1 })
        return (
          <li key={name}>
            {src === null ? (
              <OutsideImage name={name} title={title} />
            ) : (
              <Picture
                src={src}
                name={title}
                revealed={revealed}
                regions={regionsOf(name)}
                told={told}
                onMark={onMark && ((box, note) => onMark(name, box, note))}
              />
            )}
          </li>
        )
      })}
    </ul>
  )
}

function OutsideImage({ name, title }: { name: string; title: string }) {
  const { t } = useSay()
  const host = URL.canParse(name) ? new URL(name).host : ''
  return (
    <div className="outside">
      <span className="row">
        <EyeOff size={14} aria-hidden="true" />
        <span>{title}</span>
      </span>
      <code className="wrapped">{name}</code>
      {host !== '' && <span className="muted small">{t('picture.outside', { host })}</span>}
    </div>
  )
}

interface AttachedProps extends RegionsInput {
  files: readonly FileInfo[]
  revealed?: boolean
  /** They hold personal data: each is locked until a reason is given. */
  personal?: boolean
  onMark?: ((image: string, box: Box, note: string) => Promise<void>) | undefined
  /** What is marked goes into the notice that the party reads. */
  told?: boolean
}

/** Files that were attached: images to be looked at, others to be downloaded. */
export function AttachedFiles({ files, revealed = false, personal = false, onMark, told, ...regions }: AttachedProps) {
  const regionsOf = useRegions(regions)
  const shown = (file: FileInfo) => {
    if (!file.image || file.gone !== null) return <PlainFile file={file} />
    const image = `file:${file.file_id}`
    return (
      <Picture
        src={renditionOf(file.file_id)}
        name={file.name}
        revealed={revealed}
        regions={regionsOf(image)}
        told={told}
        onMark={onMark && ((box, note) => onMark(image, box, note))}
      >
        <FileFacts file={file} />
      </Picture>
    )
  }
  return (
    <ul className="pictures">
      {files.map((file) => (
        <li key={file.file_id} className={file.image && file.gone === null ? '' : 'wide'}>
          {personal ? <PersonalFile file={file}>{shown(file)}</PersonalFile> : shown(file)}
        </li>
      ))}
    </ul>
  )
}
