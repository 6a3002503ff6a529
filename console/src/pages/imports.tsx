import { type FormEvent, useState } from 'react'
import { problemOf, refresh, upload, usePages, useRead, withQuery } from '../api.ts'
import { useSay } from '../i18n.ts'
import { announce } from '../live.ts'
import { useSearchState } from '../paths.ts'
import type { ImportRow, QuarantineRow, Recipe } from '../types/imports.ts'
import type { Page, Problem } from '../types.ts'
import { useActor } from '../ui/actor.ts'
import { Button, Card, Field, TabPanel, Tabs, Time } from '../ui/basics.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { Mark, Status, Verdict } from '../ui/marks.tsx'
import { Paged } from '../ui/more.tsx'
import { PageFrame } from '../ui/page.tsx'
import { asText } from '../ui/pieces.ts'
import { Empty, Loaded, ProblemNote } from '../ui/states.tsx'
import { Table } from '../ui/table.tsx'
import { Facts, Json } from '../ui/text.tsx'

function useUpload() {
  const { t } = useSay()
  const [share, setShare] = useState<number | null>(null)
  const [problem, setProblem] = useState<Problem | null>(null)
  const send = async (recipe: string, file: File) => {
    setProblem(null)
    setShare(0)
    try {
      await upload({ path: withQuery('/v1/imports', { recipe, name: file.name }), file, onProgress: setShare })
      announce(t('imports.started', { file: file.name }))
      await refresh('/v1/imports')
    } catch (error) {
      setProblem(problemOf(error))
    } finally {
      setShare(null)
    }
  }
  return { share, problem, send }
}

const columnNames = ({ columns = [] }: Recipe): string[] =>
  columns.map((column) => (typeof column === 'string' ? column : column.name))

function UploadForm({ recipes }: { recipes: readonly Recipe[] }) {
  const say = useSay()
  const { t } = say
  const [recipe, setRecipe] = useState(recipes[0]?.recipe ?? '')
  const { share, problem, send } = useUpload()
  const chosen = recipes.find((one) => one.recipe === recipe)
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const file = new FormData(event.currentTarget).get('file')
    if (file instanceof File && file.size > 0) void send(recipe, file)
  }
  return (
    <form className="stack wide" onSubmit={submit}>
      <Field label={t('imports.recipe')}>
        {(props) => (
          <select {...props} value={recipe} onChange={(event) => setRecipe(event.target.value)}>
            {recipes.map((one) => (
              <option key={one.recipe} value={one.recipe}>
                {say.text(one.title)}
              </option>
            ))}
          </select>
        )}
      </Field>
      {chosen && (
        <Facts
          rows={[
            [t('imports.publication'), chosen.publication?.name ?? '–'],
            [t('imports.licence'), chosen.publication?.licence ?? '–'],
            [t('imports.types'), chosen.types?.join(', ') || '–'],
            [t('imports.columns'), columnNames(chosen).join(', ') || '–'],
          ]}
        />
      )}
      <Field label={t('imports.file')} hint={t('imports.file.hint')}>
        {(props) => <input {...props} name="file" type="file" required />}
      </Field>
      {share !== null && <progress aria-label={t('imports.sending')} value={share} max={1} />}
      {problem && <ProblemNote problem={problem} />}
      <div className="row">
        <span className="end" />
        <Button kind="primary" type="submit" busy={share !== null}>
          {t('imports.start')}
        </Button>
      </div>
    </form>
  )
}

function Summary({ row }: { row: ImportRow }) {
  const say = useSay()
  const actor = useActor()
  const { t } = say
  const quarantined = row.quarantined.reduce((sum, { count }) => sum + count, 0)
  return (
    <li className="importrow">
      <div className="row wrap">
        <strong className="clip">{row.file}</strong>
        <span className="muted">{row.recipe}</span>
        <Status value={row.status} />
        <span className="muted end">
          {actor(row.by)} · <Time at={row.started_at} />
        </span>
      </div>
      {row.status === 'running' && <progress aria-label={row.file} value={row.progress} max={1} />}
      {row.error && <p className="hurt">{say.text(row.error)}</p>}
      <dl className="totals small">
        {(
          [
            ['imports.read', row.rows_read],
            ['imports.accepted', row.accepted],
            ['imports.duplicates', row.duplicates],
            ['imports.quarantined', quarantined],
            ['imports.speed', row.events_per_second],
          ] as const
        ).map(([id, value]) => (
          <div key={id}>
            <dt>{t(id)}</dt>
            <dd>{say.number(value, { maximumFractionDigits: 0 })}</dd>
          </div>
        ))}
      </dl>
      {row.quarantined.map(({ reason, count }) => (
        <p key={reason.en} className="row small">
          <Mark shape="cross" tone="muted">
            {say.text(reason)}
          </Mark>
          <span className="muted">{say.number(count)}</span>
        </p>
      ))}
      <p className="row wrap small">
        {row.decisions.map(({ verdict, count }) => (
          <span key={verdict} className="row">
            <Verdict value={verdict} /> {say.number(count)}
          </span>
        ))}
      </p>
      {row.strategies.length > 0 && (
        <p className="muted small">
          {row.strategies
            .slice(0, 6)
            .map(({ strategy, count }) => `${strategy} ${say.number(count)}`)
            .join(' · ')}
        </p>
      )}
    </li>
  )
}

function History() {
  const { t } = useSay()
  const query = useRead<Page<ImportRow>>('/v1/imports', { every: 3000 })
  return (
    <Card title={t('imports.past')} flush>
      <Loaded query={query}>
        {(page) =>
          page.items.length === 0 ? (
            <Empty kind="first" title={t('imports.none')} hint={t('imports.none.hint')} />
          ) : (
            <ul>
              {page.items.map((row) => (
                <Summary key={row.import_id} row={row} />
              ))}
            </ul>
          )
        }
      </Loaded>
    </Card>
  )
}

function Quarantine() {
  const say = useSay()
  const { t } = say
  const [shown, setShown] = useState<QuarantineRow | null>(null)
  const pages = usePages<QuarantineRow>('/v1/quarantine?limit=50')
  return (
    <>
      <Paged {...pages} empty={<Empty kind="done" title={t('quarantine.none')} hint={t('quarantine.none.hint')} />}>
        {(rows) => (
          <Table
            caption={t('imports.quarantine')}
            tall
            rows={rows}
            rowKey={(row) => `${row.at} ${row.source} ${row.field} ${asText(row.value)} ${JSON.stringify(row.raw)}`}
            columns={[
              { id: 'reason', title: t('col.reason'), head: true, cell: (row) => say.text(row.reason) },
              { id: 'field', title: t('quarantine.field'), cell: (row) => <code>{row.field ?? '–'}</code> },
              {
                id: 'value',
                title: t('col.value'),
                cell: (row) => <code className="clip block narrow">{asText(row.value) || '–'}</code>,
              },
              {
                id: 'fix',
                title: t('quarantine.fix'),
                cell: (row) => <span className="clip block says">{say.text(row.fix) || '–'}</span>,
              },
              {
                id: 'source',
                title: t('col.source'),
                cell: (row) => <span className="clip block narrow">{row.source}</span>,
              },
              { id: 'at', title: t('col.at'), number: true, cell: (row) => <Time at={row.at} /> },
              {
                id: 'raw',
                title: t('ui.actions'),
                number: true,
                cell: (row) => (
                  <Button kind="quiet" onPress={() => setShown(row)}>
                    {t('quarantine.raw')}
                  </Button>
                ),
              },
            ]}
          />
        )}
      </Paged>
      <Dialog title={t('quarantine.raw')} open={shown !== null} onClose={() => setShown(null)} kind="drawer">
        <Json value={shown?.raw} />
      </Dialog>
    </>
  )
}

export function ImportsPage() {
  const { t } = useSay()
  const [params, set] = useSearchState()
  const tab = params.get('tab') === 'quarantine' ? 'quarantine' : 'imports'
  const recipes = useRead<Page<Recipe>>('/v1/recipes')
  return (
    <PageFrame title={t('nav.imports')} sub={t('imports.about')}>
      <Tabs
        label={t('nav.imports')}
        value={tab}
        onChange={(id) => set({ tab: id === 'imports' ? null : id })}
        tabs={[
          { id: 'imports', label: t('nav.imports') },
          { id: 'quarantine', label: t('imports.quarantine') },
        ]}
      />
      <TabPanel id={tab}>
        {tab === 'quarantine' ? (
          <Quarantine />
        ) : (
          <div className="columns narrow-left">
            <Card title={t('imports.new')}>
              <Loaded query={recipes}>{(page) => <UploadForm recipes={page.items} />}</Loaded>
            </Card>
            <History />
          </div>
        )}
      </TabPanel>
    </PageFrame>
  )
}
