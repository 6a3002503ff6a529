import { Fragment, type ReactNode } from 'react'
import { useSay } from '../i18n.ts'
import type { Span } from '../types/cases.ts'
import { cutSpans } from './pieces.ts'

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
