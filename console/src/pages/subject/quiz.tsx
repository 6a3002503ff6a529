import { useState } from 'react'
import { refresh, useRead } from '../../api.ts'
import { useSay } from '../../i18n.ts'
import type { QuizReply, QuizResult } from '../../types/enforcement.ts'
import { Button } from '../../ui/basics.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { Mark } from '../../ui/marks.tsx'
import { Loaded, ProblemNote } from '../../ui/states.tsx'
import { useWrite } from '../../use-write.ts'

/** The quiz about a violation: answers once, then what was right and why. */
export function QuizDialog({ path, onClose }: { path: string; onClose: () => void }) {
  const say = useSay()
  const { t } = say
  const query = useRead<QuizReply>(path)
  const [answers, setAnswers] = useState<Record<string, string>>({})
  const [result, setResult] = useState<QuizResult | null>(null)
  const { problem, busy, send } = useWrite()
  const submit = async () => {
    const reply = await send<QuizResult>('POST', path, { answers })
    if (!reply) return
    setResult(reply)
    await refresh('/v1/subjects', '/v1/standing', '/v1/my')
  }
  const complete = query.data?.questions.every((question) => answers[question.id] !== undefined) ?? false
  return (
    <Dialog
      title={say.text(query.data?.title) || t('standing.quiz')}
      open
      onClose={onClose}
      footer={
        !result && (
          <Button kind="primary" busy={busy} disabled={!complete} onPress={() => void submit()}>
            {t('quiz.submit')}
          </Button>
        )
      }
    >
      <Loaded query={query} lines={6}>
        {(quiz) => (
          <div className="stack wide">
            <p>
              {result
                ? t('quiz.result', { right: result.right, total: result.total, points: result.points_returned })
                : t('quiz.about', { points: quiz.points })}
            </p>
            {quiz.questions.map((question) => (
              <QuestionField
                key={question.id}
                question={question}
                chosen={answers[question.id] ?? null}
                onChoose={(option) => setAnswers({ ...answers, [question.id]: option })}
                marked={result?.questions.find((each) => each.id === question.id) ?? null}
              />
            ))}
            {problem && <ProblemNote problem={problem} />}
          </div>
        )}
      </Loaded>
    </Dialog>
  )
}

interface QuestionFieldProps {
  question: QuizReply['questions'][number]
  chosen: string | null
  onChoose: (option: string) => void
  marked: QuizResult['questions'][number] | null
}

function QuestionField({ question, chosen, onChoose, marked }: QuestionFieldProps) {
  const say = useSay()
  return (
    <fieldset className="choices" disabled={marked !== null}>
      <legend className="label">{say.text(question.text)}</legend>
      {question.options.map((option) => (
        <label key={option.id} className="choice" data-chosen={chosen === option.id}>
          <input type="radio" name={question.id} checked={chosen === option.id} onChange={() => onChoose(option.id)} />
          <span className="grow">{say.text(option.text)}</span>
        </label>
      ))}
      {marked && (
        <p className="row">
          <Mark shape={marked.right ? 'check' : 'cross'} tone={marked.right ? 'accent' : 'hurt'}>
            {say.t(marked.right ? 'quiz.right' : 'quiz.wrong')}
          </Mark>
          <span className="muted">{say.text(marked.why)}</span>
        </p>
      )}
    </fieldset>
  )
}
