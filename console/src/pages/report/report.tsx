import { type FormEvent, type ReactNode, useEffect, useRef, useState } from 'react'
import { Link, Route, Switch } from 'wouter'
import { problemOf, useRead, write } from '../../api.ts'
import { useSay } from '../../i18n.ts'
import { paths } from '../../paths.ts'
import { setPreferences, usePreferences } from '../../preferences.ts'
import type { FileInfo } from '../../types/files.ts'
import type { NoticeForm, NoticeReceipt } from '../../types/inbound.ts'
import type { Problem } from '../../types.ts'
import { AttachFiles } from '../../ui/attach-files.tsx'
import { Button, CopyButton, Field } from '../../ui/basics.tsx'
import { InPage, Loaded, ProblemNote } from '../../ui/states.tsx'
import { FollowPage } from './follow.tsx'

/** The pages that anybody can use without an account: give notice, read the receipt, follow it. */
export function ReportPages() {
  return (
    <InPage.Provider value={true}>
      <Switch>
        <Route path={paths.reportStatus}>
          <FollowPage />
        </Route>
        <Route>
          <ReportPage />
        </Route>
      </Switch>
    </InPage.Provider>
  )
}

/** Title, language and the other public page, around every page for the public. */
export function PublicFrame({ title, about, children }: { title: string; about: string; children: ReactNode }) {
  const { t } = useSay()
  const { language } = usePreferences()
  useEffect(() => {
    document.title = `${title} · Aedile`
  }, [title])
  return (
    <main className="public">
      <header className="row wrap">
        <img src="/mark.svg" alt="" width="28" height="28" />
        <h1 className="grow">{title}</h1>
        <button
          type="button"
          className="button quiet"
          lang={language === 'zh' ? 'en' : 'zh-CN'}
          onClick={() => setPreferences({ language: language === 'zh' ? 'en' : 'zh' })}
        >
          {language === 'zh' ? 'English' : '中文'}
        </button>
      </header>
      <p className="lead">{about}</p>
      {children}
      <footer className="row wrap small">
        <Link href={paths.report}>{t('report.title')}</Link>
        <Link href={paths.reportStatus}>{t('report.follow')}</Link>
        <Link href={paths.home} className="end">
          {t('report.signIn')}
        </Link>
      </footer>
    </main>
  )
}

function ReportPage() {
  const { t } = useSay()
  const form = useRead<NoticeForm>('/v1/public/notice-form', { fresh: 300_000 })
  const [receipt, setReceipt] = useState<NoticeReceipt | null>(null)
  return (
    <PublicFrame title={t('report.title')} about={t('report.about')}>
      {receipt ? (
        <Receipt receipt={receipt} onAnother={() => setReceipt(null)} />
      ) : (
        <Loaded query={form}>{(data) => <Form form={data} onReceipt={setReceipt} />}</Loaded>
      )}
    </PublicFrame>
  )
}

function Receipt({ receipt, onAnother }: { receipt: NoticeReceipt; onAnother: () => void }) {
  const say = useSay()
  const { t } = say
  const title = useRef<HTMLHeadingElement>(null)
  useEffect(() => title.current?.focus(), [])
  return (
    <section className="card pad" aria-labelledby="receipt">
      <h2 id="receipt" ref={title} tabIndex={-1}>
        {t('report.receipt')}
      </h2>
      <p className="says">{say.text(receipt.text)}</p>
      <dl className="facts">
        <dt>{t('report.number')}</dt>
        <dd>
          <code data-notice="">{receipt.notice_id}</code> <CopyButton value={receipt.notice_id} />
        </dd>
        <dt>{t('report.code')}</dt>
        <dd>
          <code data-token="">{receipt.token}</code> <CopyButton value={receipt.token} />
        </dd>
      </dl>
      <p>
        <strong>{t('report.keep')}</strong>
      </p>
      <div className="row wrap">
        {/* After the #, so that the code is sent to no server and written in no log. */}
        <Link href={`${paths.reportStatus}#${receipt.notice_id}.${receipt.token}`} className="button primary">
          {t('report.followNow')}
        </Link>
        <Button onPress={onAnother}>{t('report.another')}</Button>
      </div>
    </section>
  )
}

const lines = (text: string) =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean)

/** What is typed, as the server takes it; empty fields are left out. */
function filingOf(data: FormData, extra: Record<string, unknown>) {
  const text = (name: string) => String(data.get(name) ?? '').trim()
  const names = ['kind', 'target_type', 'target_id', 'location', 'market', 'reason', 'text', 'name', 'email']
  const filled = [...names, 'right_owner', 'right_number'].flatMap((name) => (text(name) ? [[name, text(name)]] : []))
  const evidence = lines(text('evidence'))
  return {
    ...Object.fromEntries(filled),
    ...(evidence.length > 0 ? { evidence } : {}),
    ...(data.get('good_faith') === 'on' ? { good_faith: true } : {}),
    ...(data.get('perjury') === 'on' ? { perjury: true } : {}),
    ...extra,
  }
}

function useFile(language: string, files: readonly FileInfo[], onReceipt: (receipt: NoticeReceipt) => void) {
  const [problem, setProblem] = useState<Problem | null>(null)
  const [busy, setBusy] = useState(false)
  // The same attempt keeps its id: sending again after a lost answer files nothing twice.
  const id = useRef(crypto.randomUUID())
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const form = event.currentTarget
    setBusy(true)
    setProblem(null)
    try {
      const body = filingOf(new FormData(form), {
        language,
        external_id: id.current,
        ...(files.length > 0 ? { files: files.map(({ file_id }) => file_id) } : {}),
      })
      onReceipt(await write<NoticeReceipt>('POST', '/v1/public/notices', body))
    } catch (error) {
      const found = problemOf(error)
      id.current = crypto.randomUUID()
      setProblem(found)
      form.querySelector<HTMLElement>(`[name="${found.field ?? ''}"]`)?.focus()
    } finally {
      setBusy(false)
    }
  }
  return { problem, busy, submit }
}

/** Fields that the chosen kind needs in the chosen country. */
function neededIn(form: NoticeForm, kind: string, market: string): ReadonlySet<string> {
  const groups = new Set(['*', market, ...(form.markets.find(({ id }) => id === market)?.groups ?? [])])
  const rules = form.kinds.find((found) => found.kind === kind)?.requires ?? []
  return new Set(rules.filter((rule) => rule.markets.some((name) => groups.has(name))).flatMap((rule) => rule.fields))
}

function Form({ form, onReceipt }: { form: NoticeForm; onReceipt: (receipt: NoticeReceipt) => void }) {
  const say = useSay()
  const { t } = say
  const [kind, setKind] = useState('user_report')
  const [market, setMarket] = useState('')
  const [files, setFiles] = useState<FileInfo[]>([])
  const { problem, busy, submit } = useFile(say.language, files, onReceipt)
  const needed = neededIn(form, kind, market)
  const rights = kind === 'rights_notice'
  const label = (id: Parameters<typeof t>[0], field: string) =>
    needed.has(field) ? t(id) : `${t(id)} (${t('report.optional')})`
  const error = (field: string) => (problem?.field === field ? say.text(problem.fix ?? problem.detail) : undefined)
  const line = (field: string, id: Parameters<typeof t>[0], hint?: string) => (
    <Field label={label(id, field)} hint={hint} error={error(field)}>
      {(props) => (
        <input {...props} name={field} required={needed.has(field)} type={field === 'email' ? 'email' : 'text'} />
      )}
    </Field>
  )
  return (
    <form className="card pad stack wide" onSubmit={submit} aria-label={t('report.title')}>
      <Field label={t('report.kind')}>
        {(props) => (
          <select {...props} name="kind" value={kind} onChange={(event) => setKind(event.target.value)}>
            {form.kinds.map((found) => (
              <option key={found.kind} value={found.kind}>
                {say.text(found.title)}
              </option>
            ))}
          </select>
        )}
      </Field>
      <div className="pair">
        <Field label={t('report.targetType')}>
          {(props) => (
            <select {...props} name="target_type" defaultValue="listing">
              {form.targets.map(({ id, title }) => (
                <option key={id} value={id}>
                  {say.text(title)}
                </option>
              ))}
            </select>
          )}
        </Field>
        {line('target_id', 'report.target', t('report.target.hint'))}
      </div>
      <div className="pair">
        <Field label={t('report.market')}>
          {(props) => (
            <select {...props} name="market" value={market} onChange={(event) => setMarket(event.target.value)}>
              <option value="">{t('report.market.any')}</option>
              {form.markets.map(({ id, title }) => (
                <option key={id} value={id}>
                  {say.text(title)}
                </option>
              ))}
            </select>
          )}
        </Field>
        {line('location', 'report.location')}
      </div>
      <Field label={label('report.reason', 'reason')} error={error('reason')}>
        {(props) => (
          <select {...props} name="reason" defaultValue="" required>
            <option value="">{t('report.reason.any')}</option>
            {form.classes.map(({ id, title, reasons }) => (
              <option key={id} value={reasons[0]}>
                {say.text(title)}
              </option>
            ))}
          </select>
        )}
      </Field>
      <Field label={label('report.text', 'text')} hint={t('report.text.hint')} error={error('text')}>
        {(props) => <textarea {...props} name="text" rows={5} minLength={10} maxLength={10_000} required />}
      </Field>
      <Field label={label('report.evidence', 'evidence')} hint={t('report.evidence.hint')} error={error('evidence')}>
        {(props) => (
          <textarea {...props} name="evidence" rows={2} required={needed.has('evidence') && files.length === 0} />
        )}
      </Field>
      <AttachFiles files={files} onFiles={setFiles} open />
      {rights && (
        <fieldset className="pair">
          <legend className="label">{t('report.right')}</legend>
          {line('right_owner', 'report.rightOwner')}
          {line('right_number', 'report.rightNumber')}
        </fieldset>
      )}
      <fieldset className="pair">
        <legend className="label">{t('report.you')}</legend>
        {line('name', 'report.name')}
        {line('email', 'report.email')}
      </fieldset>
      <p className="muted small">{t('report.privacy')}</p>
      <Tick name="good_faith" label={t('report.goodFaith')} required={needed.has('good_faith')} />
      {rights && <Tick name="perjury" label={t('report.perjury')} required={needed.has('perjury')} />}
      {problem && <ProblemNote problem={problem} />}
      <div className="row">
        <Button kind="primary" type="submit" busy={busy}>
          {t('report.send')}
        </Button>
      </div>
    </form>
  )
}

function Tick({ name, label, required }: { name: string; label: string; required: boolean }) {
  return (
    <label className="check">
      <input type="checkbox" name={name} required={required} />
      {label}
    </label>
  )
}
