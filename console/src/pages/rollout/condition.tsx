import type { Completion } from '@codemirror/autocomplete'
import { lazy, Suspense, useCallback, useMemo, useState } from 'react'
import { problemOf, useRead, write } from '../../api.ts'
import { useSay } from '../../i18n.ts'
import type { ConditionCheck, EditorWords } from '../../types/rollout.ts'
import { Card } from '../../ui/basics.tsx'
import { Mark } from '../../ui/marks.tsx'
import { Skeleton } from '../../ui/states.tsx'

const Editor = lazy(() => import('../sql/editor.tsx').then((module) => ({ default: module.SqlEditor })))

export const useEditorWords = () => useRead<EditorWords>('/v1/strategies/words', { fresh: 300_000 }).data

/** Columns, features, signals, lists and functions as completions, each saying what it is. */
function useCompletions(words: EditorWords | undefined): readonly Completion[] {
  const say = useSay()
  return useMemo(() => {
    const columns = (words?.columns ?? []).map(({ name, type, kind, title, list }) => ({
      label: name,
      type: 'property',
      detail: `${say.word('columnKind', kind)} · ${list ?? type}`,
      ...(title ? { info: say.text(title) } : {}),
      boost: kind === 'field' ? 1 : 2,
    }))
    const functions = (words?.functions ?? []).map(({ name, doc, example }) => ({
      label: name,
      type: 'function',
      detail: 'f()',
      apply: `${name}(`,
      info: `${say.text(doc)}\n${example}`,
    }))
    return [...columns, ...functions]
  }, [words, say])
}

const noTables: never[] = []

/** The condition in SQL: completion of every name, the first error with its caret as one types, then what it reads. */
export function ConditionCard({
  when,
  onChange,
  onRun,
}: {
  when: string
  onChange: (when: string) => void
  onRun: () => void
}) {
  const say = useSay()
  const { t } = say
  const words = useCompletions(useEditorWords())
  const [found, setFound] = useState<ConditionCheck | null>(null)
  const check = useCallback(
    async (text: string) => {
      try {
        const next = await write<ConditionCheck>('POST', '/v1/strategies/check', { when: text })
        setFound(next)
        if (!next.error) return null
        const fix = say.text(next.error.fix)
        return { position: next.error.position, message: `${say.text(next.error.detail)}${fix ? `\n→ ${fix}` : ''}` }
      } catch (error) {
        return { position: 0, message: say.text(problemOf(error).detail) || problemOf(error).code }
      }
    },
    [say],
  )
  return (
    <Card title={t('draft.condition')} aside={<span className="muted small">{t('draft.condition.hint')}</span>}>
      <div className="stack">
        <div className="conditionbox">
          <Suspense fallback={<Skeleton lines={4} />}>
            <Editor
              text={when}
              label={t('draft.condition')}
              tables={noTables}
              words={words}
              textOf={say.text}
              check={check}
              onChange={onChange}
              onRun={onRun}
            />
          </Suspense>
        </div>
        {when.trim() !== '' && found && <Found found={found} />}
      </div>
    </Card>
  )
}

function Found({ found }: { found: ConditionCheck }) {
  const say = useSay()
  const { t } = say
  if (found.error)
    return (
      <div className="problem" role="alert">
        <strong>{say.text(found.error.detail)}</strong>
        {found.error.caret && <pre className="code">{found.error.caret}</pre>}
        <p>{say.text(found.error.fix)}</p>
      </div>
    )
  return (
    <div className="row wrap" role="status">
      <Mark shape="check" tone="accent">
        {t('draft.check.ok')}
      </Mark>
      {found.columns.map((column) => (
        <span
          key={column.name}
          className={column.kind === 'field' ? 'tag' : 'tag accent'}
          title={say.word('columnKind', column.kind)}
        >
          <code>{column.name}</code> <span>{column.type}</span>
        </span>
      ))}
      {found.cost && (
        <span className="muted small end">
          {t('draft.check.cost', { own: found.cost.own, reads: found.cost.reads })}
        </span>
      )}
    </div>
  )
}
