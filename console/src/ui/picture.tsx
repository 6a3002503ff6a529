import { Eye, EyeOff, SquareDashed, X } from 'lucide-react'
import { type ReactNode, useRef, useState } from 'react'
import { useSay } from '../i18n.ts'
import { useCare } from '../pages/review/care.tsx'
import type { Box } from '../types/files.ts'
import { Button } from './basics.tsx'
import { DrawSurface, firstBox, SaveRegion } from './draw-region.tsx'

/** A region that is shown on an image. */
export interface Region {
  key: string
  box: Box
  /** What is there. */
  what: string
  /** Who says so. */
  by: string
  found: boolean
  onRemove?: (() => void) | undefined
}

interface PictureProps {
  src: string
  name: string
  regions?: readonly Region[]
  /** Shown plainly by somebody's wish for all images of the page. */
  revealed?: boolean
  onMark?: ((box: Box, note: string) => Promise<void>) | undefined
  /** What is marked goes into the notice that the party reads. */
  told?: boolean | undefined
  children?: ReactNode
}

const percent = (share: number): string => `${(share * 100).toFixed(3)}%`

/** An image as gently as its reader wants to see it, with the regions that somebody pointed at. */
export function Picture({ src, name, regions = [], revealed = false, onMark, told = false, children }: PictureProps) {
  const { t } = useSay()
  const care = useCare()
  const [own, setOwn] = useState(false)
  const [draft, setDraft] = useState<Box | null>(null)
  const note = useRef<HTMLInputElement>(null)
  const [failed, setFailed] = useState(false)
  const plain = !care.blur || revealed || own
  const look = `${plain ? '' : 'blurred'} ${care.grey ? 'grey' : ''}`
  if (failed) return <p className="muted">{t('picture.failed')}</p>
  return (
    <figure className="picture">
      <div className="frame">
        <img src={src} alt={name} className={look} onError={() => setFailed(true)} draggable={false} />
        {regions.map((region, index) => (
          <span
            key={region.key}
            className="region"
            data-found={region.found}
            title={`${region.what} · ${region.by}`}
            style={{
              left: percent(region.box.x),
              top: percent(region.box.y),
              width: percent(region.box.width),
              height: percent(region.box.height),
            }}
          >
            <span aria-hidden="true">{index + 1}</span>
          </span>
        ))}
        {draft && (
          <DrawSurface
            box={draft}
            onBox={setDraft}
            onEnter={() => note.current?.focus()}
            onCancel={() => setDraft(null)}
          />
        )}
      </div>
      {draft && onMark && (
        <SaveRegion
          told={told}
          field={note}
          onCancel={() => setDraft(null)}
          onSave={async (words) => {
            await onMark(draft, words)
            setDraft(null)
          }}
        />
      )}
      <figcaption>
        <span className="row wrap">
          <span className="grow clip" title={name}>
            {name}
          </span>
          {onMark && !draft && (
            <Button
              kind="quiet"
              icon={<SquareDashed size={14} aria-hidden="true" />}
              onPress={() => {
                setOwn(true)
                setDraft(firstBox)
              }}
            >
              {t('picture.mark')}
            </Button>
          )}
          {care.blur && !revealed && (
            <Button
              kind="quiet"
              label={t(own ? 'picture.hide' : 'picture.reveal', { name })}
              icon={own ? <EyeOff size={15} aria-hidden="true" /> : <Eye size={15} aria-hidden="true" />}
              onPress={() => setOwn(!own)}
            />
          )}
        </span>
        <RegionList name={name} regions={regions} />
        {children}
      </figcaption>
    </figure>
  )
}

/** The regions in words, by their numbers. */
function RegionList({ name, regions }: { name: string; regions: readonly Region[] }) {
  const { t } = useSay()
  if (regions.length === 0) return null
  return (
    <ol className="regions" aria-label={t('picture.regions', { name })}>
      {regions.map((region) => (
        <li key={region.key}>
          <span>{region.what}</span> <span className="muted">{region.by}</span>
          {region.onRemove && (
            <Button
              kind="quiet"
              label={t('picture.unmark', { what: region.what })}
              icon={<X size={13} aria-hidden="true" />}
              onPress={region.onRemove}
            />
          )}
        </li>
      ))}
    </ol>
  )
}
