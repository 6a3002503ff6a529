import { Fragment, type ReactNode } from 'react'
import { useSay } from '../i18n.ts'
import type { Data, Span } from '../types.ts'

interface Piece {
  start: number
  end: number
  spans: Span[]
}

/** Cuts a text at every span border; overlapping spans share a piece. Offsets are UTF-16 units of the original text. */
export function cutSpans(length: number, spans: readonly Span[]): Piece[] {
  const inside = spans.filter(({ start, end }) => start < end && start < length)
  const borders = new Set([0, length])
  for (const { start, end } of inside) {
    borders.add(start)
    borders.add(Math.min(end, length))
  }
  const sorted = [...borders].sort((a, b) => a - b)
  return sorted.slice(0, -1).map((start, index) => {
    const end = sorted[index + 1] ?? length
    return { start, end, spans: inside.filter((span) => span.start < end && span.end > start) }
  })
}

/** The original text with what the strategies matched underlined. */
export function Spans({ text, spans, active }: { text: string; spans: readonly Span[]; active?: string | null }) {
  const { t } = useSay()
  return (
    <span className="spans">
      {cutSpans(text.length, spans).map(({ start, end, spans: on }) =>
        on.length === 0 ? (
          <Fragment key={start}>{text.slice(start, end)}</Fragment>
        ) : (
          <mark
            key={start}
            data-active={on.some(({ strategy }) => strategy === active)}
            title={on
              .map(({ strategy, term, tag }) => [strategy, tag, term?.slice(0, 60)].filter(Boolean).join(' · '))
              .join('\n')}
          >
            {text.slice(start, end)}
            <span className="sr">{t('ui.matchedBy', { who: on.map(({ strategy }) => strategy).join(', ') })}</span>
          </mark>
        ),
      )}
    </span>
  )
}

export function asText(value: unknown): string {
  if (value === null || value === undefined) return ''
  if (typeof value === 'string') return value
  if (Array.isArray(value) && value.every((item) => typeof item !== 'object')) return value.join(', ')
  return JSON.stringify(value)
}

/** `data` flattened one level deep, as the conditions see it: `attributes.ce_mark`. */
export function flatten(data: Data, prefix = ''): [string, unknown][] {
  return Object.entries(data).flatMap(([key, value]): [string, unknown][] =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? flatten(value as Data, `${prefix}${key}.`)
      : [[prefix + key, value]],
  )
}

export function Facts({ rows }: { rows: readonly (readonly [ReactNode, ReactNode])[] }) {
  return (
    <dl className="facts">
      {rows.map(([name, value], index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: rows never move
        <Fragment key={index}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </Fragment>
      ))}
    </dl>
  )
}

const sqlParts =
  /(--[^\n]*)|('(?:[^']|'')*')|\b(SELECT|FROM|WHERE|AND|OR|NOT|IS|NULL|IN|LIKE|ILIKE|BETWEEN|GROUP|ORDER|BY|LIMIT|HAVING|WITH|AS|JOIN|LEFT|INNER|ON|CASE|WHEN|THEN|ELSE|END|COUNT|SUM|AVG|MIN|MAX|DISTINCT|OVER|PARTITION|RANGE|PRECEDING|CURRENT|ROW|INTERVAL|FILTER|UNION|ALL|TRUE|FALSE|DESC|ASC)\b/gi

/** SQL with keywords, texts and comments told apart. */
export function Sql({ text }: { text: string }) {
  const parts: ReactNode[] = []
  let done = 0
  for (const match of text.matchAll(sqlParts)) {
    parts.push(text.slice(done, match.index))
    const kind = match[1] ? 'rem' : match[2] ? 'str' : 'kw'
    parts.push(
      <span key={match.index} className={kind}>
        {match[0]}
      </span>,
    )
    done = match.index + match[0].length
  }
  parts.push(text.slice(done))
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: long lines scroll, so the keyboard must reach them
    <pre className="code" tabIndex={0}>
      <code>{parts}</code>
    </pre>
  )
}

export function Json({ value }: { value: unknown }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: long lines scroll, so the keyboard must reach them
    <pre className="code" tabIndex={0}>
      <code>{JSON.stringify(value, null, 2)}</code>
    </pre>
  )
}
