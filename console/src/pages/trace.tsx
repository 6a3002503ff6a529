import { useLayoutEffect, useMemo, useRef, useState } from 'react'
import { useOffer } from '../actions.ts'
import { at, useRead } from '../api.ts'
import { useSay } from '../i18n.ts'
import { announce } from '../live.ts'
import { paths } from '../paths.ts'
import { layers, type TimelineItem } from '../types/cases.ts'
import type { Trace } from '../types/subjects.ts'
import { useActor } from '../ui/actor.ts'
import { ButtonLink, Card, Id, Time } from '../ui/basics.tsx'
import { PageFrame } from '../ui/page.tsx'
import { asText, flatten } from '../ui/pieces.ts'
import { Empty, Loaded } from '../ui/states.tsx'
import { Facts } from '../ui/text.tsx'
import { useVocabulary } from '../vocabulary.ts'
import { connected, type Links, linksOf, uneventful } from './trace-links.ts'

interface Line {
  key: string
  d: string
  near: boolean
}

/** Curves from cause to effect, measured from where the cards stand. */
function useLines(links: Links, near: ReadonlySet<string>, items: readonly TimelineItem[]) {
  const board = useRef<HTMLDivElement>(null)
  const [lines, setLines] = useState<Line[]>([])
  // biome-ignore lint/correctness/useExhaustiveDependencies: the items decide where the cards stand
  useLayoutEffect(() => {
    const ground = board.current
    if (!ground) return
    const draw = () => {
      const base = ground.getBoundingClientRect()
      const box = (id: string) => document.getElementById(`item-${id}`)?.getBoundingClientRect()
      setLines(
        links.flatMap(({ from, to }) => {
          const a = box(from)
          const b = box(to)
          if (!a || !b) return []
          const same = Math.abs(a.left - b.left) < 4
          const back = same || b.left < a.left
          const x1 = (back ? a.left : a.right) - base.left
          const x2 = (same || !back ? b.left : b.right) - base.left
          const y1 = a.top + Math.min(a.height / 2, 20) - base.top
          const y2 = b.top + Math.min(b.height / 2, 20) - base.top
          const bend = same ? 14 : Math.max(14, Math.abs(x2 - x1) / 2)
          const d = `M${x1} ${y1}C${x1 + (back ? -bend : bend)} ${y1} ${x2 + (back && !same ? bend : -bend)} ${y2} ${x2} ${y2}`
          return [{ key: `${from} ${to}`, d, near: near.has(from) && near.has(to) }]
        }),
      )
    }
    draw()
    const observer = new ResizeObserver(draw)
    observer.observe(ground)
    return () => observer.disconnect()
  }, [links, near, items])
  return { board, lines }
}

interface ItemProps {
  item: TimelineItem
  state: 'chosen' | 'near' | 'plain' | 'far'
  onChoose: () => void
}

function Item({ item, state, onChoose }: ItemProps) {
  const say = useSay()
  const actor = useActor()
  return (
    <li>
      <button
        type="button"
        id={`item-${item.id}`}
        className="item"
        data-state={state}
        aria-pressed={state === 'chosen'}
        onClick={onChoose}
      >
        <strong>{say.text(item.title)}</strong>
        <span className="muted small">
          {item.actor ? actor(item.actor) : item.kind} · <Time at={item.at} />
        </span>
      </button>
    </li>
  )
}

function Inspector({ item, trace, onChoose }: { item: TimelineItem; trace: Trace; onChoose: (id: string) => void }) {
  const say = useSay()
  const actor = useActor()
  const all = layers.flatMap((layer) => trace.layers[layer] ?? [])
  const named = (id: string) => all.find((one) => one.id === id)
  const near = (ids: string[]) =>
    ids.map((id) => {
      const other = named(id)
      if (!other) return <Id key={id} value={id} />
      return (
        <button key={id} type="button" className="linkish" onClick={() => onChoose(id)}>
          {say.word('layer', other.layer)}: {say.text(other.title)}
        </button>
      )
    })
  const causes = trace.links.filter(({ to }) => to === item.id).map(({ from }) => from)
  const effects = trace.links.filter(({ from }) => from === item.id).map(({ to }) => to)
  return (
    <Card title={say.text(item.title)} aside={<Id value={item.id} />}>
      <div className="stack wide">
        <Facts
          rows={[
            [say.t('trace.layer'), say.word('layer', item.layer)],
            [say.t('col.at'), say.time(item.at, { dateStyle: 'medium', timeStyle: 'medium' })],
            [say.t('col.by'), actor(item.actor)],
            [
              say.t('trace.because'),
              causes.length ? (
                <span key="c" className="row wrap">
                  {near(causes)}
                </span>
              ) : (
                '–'
              ),
            ],
            [
              say.t('trace.ledTo'),
              effects.length ? (
                <span key="e" className="row wrap">
                  {near(effects)}
                </span>
              ) : (
                '–'
              ),
            ],
          ]}
        />
        {item.data && (
          <Facts
            rows={flatten(item.data).map(([field, value]) => [<code key={field}>{field}</code>, asText(value) || '–'])}
          />
        )}
      </div>
    </Card>
  )
}

function Board({ trace, about }: { trace: Trace; about: string }) {
  const say = useSay()
  const passed = useMemo(() => uneventful(trace), [trace])
  const [showAll, setShowAll] = useState(false)
  const shown = useMemo(() => {
    const keep = (item: TimelineItem) => showAll || !passed.has(item.id)
    return new Map(layers.map((layer) => [layer, (trace.layers[layer] ?? []).filter(keep)]))
  }, [trace, passed, showAll])
  const all = useMemo(() => layers.flatMap((layer) => shown.get(layer) ?? []), [shown])
  const [chosen, setChosen] = useState<string | null>(
    (all.find(({ id }) => id === about) ?? all.find(({ layer }) => layer === 'decided') ?? all[0])?.id ?? null,
  )
  const links = useMemo(() => linksOf(trace), [trace])
  const near = useMemo(() => {
    if (!chosen) return new Set<string>()
    const { causes, effects } = connected(chosen, links)
    return new Set([chosen, ...causes, ...effects])
  }, [chosen, links])
  const { board, lines } = useLines(links, near, all)
  const choose = (id: string) => {
    setChosen(id)
    document.getElementById(`item-${id}`)?.focus()
  }
  const step = (by: number) => {
    const index = all.findIndex(({ id }) => id === chosen)
    const next = all[(index + by + all.length) % all.length]
    if (next) {
      choose(next.id)
      announce(`${say.word('layer', next.layer)}: ${say.text(next.title)}`)
    }
  }
  useOffer([
    { id: 'trace.next', label: 'trace.next', group: 'list', keys: 'j', run: () => step(1) },
    { id: 'trace.last', label: 'trace.last', group: 'list', keys: 'k', run: () => step(-1) },
  ])
  const item = all.find(({ id }) => id === chosen)
  const linked = useMemo(() => ({ ...trace, links }), [trace, links])
  const stateOf = (id: string) => (id === chosen ? 'chosen' : near.has(id) ? 'near' : chosen ? 'far' : 'plain')
  if (all.length === 0) return <Empty kind="pending" title={say.t('trace.none')} hint={say.t('trace.none.hint')} />
  return (
    <>
      {passed.size > 0 && (
        <label className="check">
          <input type="checkbox" checked={showAll} onChange={(event) => setShowAll(event.target.checked)} />
          {say.t('trace.passed', { n: passed.size / 2 })}
        </label>
      )}
      <div className="traceboard" ref={board}>
        <svg className="links" aria-hidden="true">
          <marker id="arrow" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="6" markerHeight="6" orient="auto">
            <path d="M0 0 8 4 0 8Z" />
          </marker>
          {lines.map((line) => (
            <path key={line.key} d={line.d} data-near={line.near} markerEnd="url(#arrow)" />
          ))}
        </svg>
        {layers.map((layer, index) => (
          <section key={layer} aria-label={say.word('layer', layer)}>
            <h2>
              <span className="muted">{index + 1}</span> {say.word('layer', layer)}
            </h2>
            <ul>
              {(shown.get(layer) ?? []).map((one) => (
                <Item key={one.id} item={one} state={stateOf(one.id)} onChoose={() => choose(one.id)} />
              ))}
            </ul>
            {(shown.get(layer) ?? []).length === 0 && <p className="muted small">{say.t('trace.empty')}</p>}
          </section>
        ))}
      </div>
      {item && <Inspector item={item} trace={linked} onChoose={choose} />}
    </>
  )
}

export function TracePage({ params }: { params: { type?: string; id?: string } }) {
  const say = useSay()
  const { typeTitle } = useVocabulary()
  const type = params.type ?? ''
  const id = params.id ?? ''
  const query = useRead<Trace>(at('trace', type, id))
  return (
    <Loaded query={query}>
      {(trace) => (
        <PageFrame
          title={say.t('trace.title', { name: trace.subject.title || trace.subject.name || trace.subject.id })}
          crumb={{
            to: paths.subject(trace.subject.type, trace.subject.id),
            label: typeTitle(trace.subject.type),
          }}
          sub={say.t('trace.about')}
          aside={
            <>
              <Id value={id} />
              <ButtonLink to={paths.subject(trace.subject.type, trace.subject.id)}>{say.t('subject.open')}</ButtonLink>
            </>
          }
        >
          <Board key={id} trace={trace} about={id} />
        </PageFrame>
      )}
    </Loaded>
  )
}
