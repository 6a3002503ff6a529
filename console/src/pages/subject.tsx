import { useState } from 'react'
import { Link } from 'wouter'
import { at, problemOf, refresh, useRead, write } from '../api.ts'
import { type Say, useSay } from '../i18n.ts'
import { toast } from '../live.ts'
import { paths, useSearchState } from '../paths.ts'
import { useMay } from '../session.ts'
import type { NoticeRow } from '../types/appeals.ts'
import type { FileInfo } from '../types/files.ts'
import type { SubjectDetail } from '../types/subjects.ts'
import type { Problem } from '../types.ts'
import { ActionTable } from '../ui/action-table.tsx'
import { AppealTable } from '../ui/appeal-table.tsx'
import { AttachFiles } from '../ui/attach-files.tsx'
import { Button, ButtonLink, Card, Field, Id, TabPanel, Tabs, Time } from '../ui/basics.tsx'
import { CaseTable } from '../ui/case-table.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { Invite } from '../ui/invite.tsx'
import { Verdict } from '../ui/marks.tsx'
import { Notice } from '../ui/notice.tsx'
import { PageFrame } from '../ui/page.tsx'
import { asText, flatten } from '../ui/pieces.ts'
import { Empty, Loaded, ProblemNote } from '../ui/states.tsx'
import { Table } from '../ui/table.tsx'
import { Facts } from '../ui/text.tsx'
import { Timeline } from '../ui/timeline.tsx'
import { useVocabulary } from '../vocabulary.ts'
import { Papers, papersOf } from './review/papers.tsx'
import { ImposeDialog } from './subject/impose.tsx'
import { Links, partyTypes } from './subject/links.tsx'
import { Entries, Ledger } from './subject/standing.tsx'

function Decisions({ rows }: { rows: SubjectDetail['decisions'] }) {
  const say = useSay()
  return (
    <Table
      caption={say.t('subject.decisions')}
      rows={rows}
      rowKey={(row) => row.decision_id}
      columns={[
        {
          id: 'id',
          title: say.t('col.id'),
          head: true,
          cell: (row) => <Id value={row.decision_id} to={paths.trace('decision', row.decision_id)} />,
        },
        { id: 'verdict', title: say.t('col.decision'), cell: (row) => <Verdict value={row.verdict} /> },
        { id: 'type', title: say.t('col.event'), cell: (row) => row.type },
        {
          id: 'strategies',
          title: say.t('nav.strategies'),
          cell: (row) => <span className="clip block policy">{row.strategies.join(', ') || '–'}</span>,
        },
        { id: 'at', title: say.t('col.at'), number: true, sort: (row) => row.at, cell: (row) => <Time at={row.at} /> },
      ]}
    />
  )
}

/** Files an appeal in the subject's name, as a seller who called or wrote would have it filed. */
function AppealDialog({ notice, onClose }: { notice: NoticeRow | null; onClose: () => void }) {
  const say = useSay()
  const { t } = say
  const [text, setText] = useState('')
  const [files, setFiles] = useState<FileInfo[]>([])
  const [problem, setProblem] = useState<Problem | null>(null)
  const file = async () => {
    try {
      await write('POST', '/v1/appeals', {
        notice_id: notice?.notice_id,
        text,
        by: notice?.to.id,
        evidence: files.map(({ file_id }) => ({ kind: 'file', value: file_id })),
        language: say.language,
      })
      toast(t('appeal.filedNow'))
      await refresh('/v1/subjects', '/v1/appeals', '/v1/overview')
      onClose()
    } catch (error) {
      setProblem(problemOf(error))
    }
  }
  return (
    <Dialog
      title={t('appeal.file')}
      open={notice !== null}
      onClose={onClose}
      footer={
        <Button kind="primary" disabled={text.trim() === ''} onPress={() => void file()}>
          {t('appeal.file')}
        </Button>
      }
    >
      <div className="stack">
        <Field label={t('appeal.says')} hint={t('appeal.file.hint')}>
          {(props) => <textarea {...props} rows={5} value={text} onChange={(event) => setText(event.target.value)} />}
        </Field>
        <AttachFiles files={files} onFiles={setFiles} />
        {problem && <ProblemNote problem={problem} />}
      </div>
    </Dialog>
  )
}

function Notices({ notices }: { notices: readonly NoticeRow[] }) {
  const { t } = useSay()
  const may = useMay('appeal.file')
  const [appealing, setAppealing] = useState<NoticeRow | null>(null)
  return (
    <div className="stack wide">
      {notices.map((notice) => (
        <Card key={notice.notice_id}>
          <div className="stack">
            <Notice notice={notice} />
            <div className="row">
              <Id value={notice.notice_id} />
              <span className="end">
                {notice.deadline && may && <Button onPress={() => setAppealing(notice)}>{t('appeal.file')}</Button>}
              </span>
            </div>
          </div>
        </Card>
      ))}
      <AppealDialog notice={appealing} onClose={() => setAppealing(null)} />
    </div>
  )
}

function tabsOf(subject: SubjectDetail, say: Say) {
  return [
    {
      id: 'timeline',
      count: subject.timeline.length,
      body: (
        <Card>
          <Timeline items={subject.timeline.toReversed()} traceTo={paths.trace(subject.type, subject.id)} />
        </Card>
      ),
    },
    {
      id: 'actions',
      count: subject.actions.length,
      body: (
        <Card flush>
          <ActionTable rows={subject.actions} />
        </Card>
      ),
    },
    {
      id: 'standing',
      count: subject.standing.reduce((sum, standing) => sum + standing.entries.length, 0),
      body: (
        <div className="stack wide">
          {subject.standing
            .filter((standing) => standing.entries.length > 0)
            .map((standing) => (
              <Card key={standing.ledger} title={`${say.text(standing.title)} · ${say.t('standing.entries')}`} flush>
                <Entries standing={standing} />
              </Card>
            ))}
        </div>
      ),
    },
    { id: 'notices', count: subject.notices.length, body: <Notices notices={subject.notices} /> },
    {
      id: 'cases',
      count: subject.cases.length,
      body: (
        <Card flush>
          <CaseTable rows={subject.cases} />
        </Card>
      ),
    },
    {
      id: 'appeals',
      count: subject.appeals.length,
      body: (
        <Card flush>
          <AppealTable rows={subject.appeals} />
        </Card>
      ),
    },
    {
      id: 'decisions',
      count: subject.decisions.length,
      body: (
        <Card flush>
          <Decisions rows={subject.decisions} />
        </Card>
      ),
    },
  ] as const
}

function PapersCard({ subject }: { subject: SubjectDetail }) {
  const answers = papersOf(subject.timeline)
  if (answers.length === 0) return null
  return (
    <Card>
      <Papers answers={answers} />
    </Card>
  )
}

function Related({ subject }: { subject: SubjectDetail }) {
  const say = useSay()
  if (subject.related.length === 0) return null
  return (
    <Card title={say.t('subject.related')}>
      <ul className="similar">
        {subject.related.map((other) => (
          <li key={`${other.type}/${other.id}`} className="row">
            <Link href={paths.subject(other.type, other.id)} className="clip grow">
              {other.title || other.id}
            </Link>
            <span className="muted">{say.text(other.why)}</span>
          </li>
        ))}
      </ul>
    </Card>
  )
}

function Detail({ subject }: { subject: SubjectDetail }) {
  const say = useSay()
  const { typeTitle } = useVocabulary()
  const [params, set] = useSearchState()
  const mayImpose = useMay('action.impose')
  const [imposing, setImposing] = useState(false)
  const tabs = tabsOf(subject, say)
  const facts = flatten(subject.facts)
  const tab = tabs.find(({ id }) => id === params.get('tab')) ?? tabs[0]
  return (
    <PageFrame
      title={subject.title || subject.id}
      crumb={{ to: paths.subjects, label: say.t('nav.subjects') }}
      mark={<span className="tag">{typeTitle(subject.type)}</span>}
      aside={
        <>
          <Id value={subject.id} />
          {subject.site && <span className="muted">{subject.site}</span>}
          {mayImpose && <Button onPress={() => setImposing(true)}>{say.t('impose.open')}</Button>}
          <ButtonLink to={paths.trace(subject.type, subject.id)}>{say.t('action.why')}</ButtonLink>
          <Invite party={{ type: subject.type, id: subject.id, title: subject.title || subject.id }} />
        </>
      }
    >
      <div className="columns wide-left">
        <div className="stack wide">
          <Tabs
            label={say.t('subject.parts')}
            value={tab.id}
            onChange={(id) => set({ tab: id === 'timeline' ? null : id })}
            tabs={tabs.map(({ id, count }) => ({ id, count, label: say.t(`subject.${id}`) }))}
          />
          <TabPanel id={tab.id}>
            {tab.count > 0 ? (
              tab.body
            ) : (
              <Empty kind="done" title={say.t('subject.nothing')} hint={say.t('subject.nothing.hint')} />
            )}
          </TabPanel>
        </div>
        <div className="stack wide">
          {subject.standing.map((standing) => (
            <Ledger key={standing.ledger} standing={standing} />
          ))}
          {facts.length > 0 && (
            <Card title={say.t('subject.facts')}>
              <Facts rows={facts.map(([field, value]) => [<code key={field}>{field}</code>, asText(value) || '–'])} />
            </Card>
          )}
          {partyTypes.includes(subject.type) && <Links party={subject} />}
          <PapersCard subject={subject} />
          <Related subject={subject} />
        </div>
      </div>
      {imposing && <ImposeDialog subject={subject} party={partyOf(subject)} onClose={() => setImposing(false)} />}
    </PageFrame>
  )
}

/** Who answers for the subject: the party of what was done to it before, or one that is related. */
function partyOf({ type, actions, related }: SubjectDetail): { type: string; id: string } | null {
  if (partyTypes.includes(type)) return null
  const known = actions.find((action) => action.party)?.party
  return known ?? related.find((other) => partyTypes.includes(other.type)) ?? null
}

export function SubjectPage({ params }: { params: { type?: string; id?: string } }) {
  const query = useRead<SubjectDetail>(at('subjects', params.type ?? '', params.id ?? ''))
  return <Loaded query={query}>{(subject) => <Detail subject={subject} />}</Loaded>
}
