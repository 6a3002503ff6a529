import { useState } from 'react'
import { Link } from 'wouter'
import { at, refresh, useRead, withQuery } from '../../api.ts'
import { useSay } from '../../i18n.ts'
import { toast } from '../../live.ts'
import { paths } from '../../paths.ts'
import { useMay } from '../../session.ts'
import type { LinkRow } from '../../types/enforcement.ts'
import type { Page, Ref } from '../../types.ts'
import { Button, Card, Field, Pick } from '../../ui/basics.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { Loaded, ProblemNote } from '../../ui/states.tsx'
import { useWrite } from '../../use-write.ts'
import { useVocabulary } from '../../vocabulary.ts'

const kinds = ['sells-for', 'promotes', 'operates', 'same-owner', 'same-device'] as const
const kindTitles: Record<(typeof kinds)[number], { zh: string; en: string }> = {
  'sells-for': { zh: '为其带货', en: 'Sells for' },
  promotes: { zh: '推广合作', en: 'Promotes' },
  operates: { zh: '代运营', en: 'Operates' },
  'same-owner': { zh: '同一经营主体', en: 'Same owner' },
  'same-device': { zh: '同一设备或账户', en: 'Same device or account' },
}
/** Kinds of party that have links and a standing. */
export const partyTypes: readonly string[] = ['seller', 'creator', 'advertiser', 'account']

const again = () => refresh('/v1/links', '/v1/subjects', '/v1/standing')

/** Who belongs to this party, on what evidence; ends of links and mistakes. */
export function Links({ party }: { party: Ref }) {
  const say = useSay()
  const { t } = say
  const may = useMay('standing.write')
  const query = useRead<Page<LinkRow>>(withQuery('/v1/links', { type: party.type, id: party.id }))
  const [adding, setAdding] = useState(false)
  const [ending, setEnding] = useState<LinkRow | null>(null)
  return (
    <Card title={t('links.title')} aside={may && <Button onPress={() => setAdding(true)}>{t('links.add')}</Button>}>
      <Loaded query={query} lines={2}>
        {(page) =>
          page.items.length === 0 ? (
            <p className="muted">{t('links.none')}</p>
          ) : (
            <ul className="similar">
              {page.items.map((row) => (
                <li key={row.link_id} className="row wrap">
                  <span className="muted">{say.text(row.title)}</span>
                  <Link href={paths.subject(row.other.type, row.other.id)} className="grow">
                    {row.other.id}
                  </Link>
                  <span className="muted small" title={row.evidence}>
                    {row.mistaken
                      ? t('links.mistaken')
                      : row.ended_at
                        ? t('links.ended', { when: say.ago(row.ended_at) })
                        : t('links.since', { when: say.ago(row.since) })}
                  </span>
                  {may && !row.ended_at && (
                    <Button kind="quiet" onPress={() => setEnding(row)}>
                      {t('links.end')}
                    </Button>
                  )}
                </li>
              ))}
            </ul>
          )
        }
      </Loaded>
      {adding && <AddLink party={party} onClose={() => setAdding(false)} />}
      {ending && <EndLink link={ending} onClose={() => setEnding(null)} />}
    </Card>
  )
}

function AddLink({ party, onClose }: { party: Ref; onClose: () => void }) {
  const say = useSay()
  const { t } = say
  const { typeTitle } = useVocabulary()
  const { problem, busy, send } = useWrite()
  const [kind, setKind] = useState<string>(kinds[0])
  const [type, setType] = useState(party.type === 'seller' ? 'creator' : 'seller')
  const [id, setId] = useState('')
  const [evidence, setEvidence] = useState('')
  const add = async () => {
    if (!(await send('POST', '/v1/links', { kind, a: { type: party.type, id: party.id }, b: { type, id }, evidence })))
      return
    toast(t('links.added'))
    await again()
    onClose()
  }
  return (
    <Dialog
      title={t('links.add')}
      open
      onClose={onClose}
      footer={
        <Button kind="primary" busy={busy} disabled={id === '' || evidence === ''} onPress={() => void add()}>
          {t('links.add')}
        </Button>
      }
    >
      <div className="stack wide">
        <Field label={t('links.kind')}>
          {() => (
            <Pick
              label={t('links.kind')}
              value={kind}
              onChange={setKind}
              options={kinds.map((value) => ({ value, label: say.text(kindTitles[value]) }))}
            />
          )}
        </Field>
        <Field label={t('links.otherType')}>
          {() => (
            <Pick
              label={t('links.otherType')}
              value={type}
              onChange={setType}
              options={partyTypes.map((value) => ({ value, label: typeTitle(value) }))}
            />
          )}
        </Field>
        <Field label={t('links.other')}>
          {(props) => <input {...props} value={id} onChange={(event) => setId(event.target.value)} />}
        </Field>
        <Field label={t('links.evidence')}>
          {(props) => (
            <textarea {...props} rows={2} value={evidence} onChange={(event) => setEvidence(event.target.value)} />
          )}
        </Field>
        {problem && <ProblemNote problem={problem} />}
      </div>
    </Dialog>
  )
}

function EndLink({ link, onClose }: { link: LinkRow; onClose: () => void }) {
  const { t } = useSay()
  const { problem, busy, send } = useWrite()
  const [reason, setReason] = useState('')
  const [mistaken, setMistaken] = useState(false)
  const end = async () => {
    const reply = await send<{ points_returned: number }>('POST', at('links', link.link_id, 'end'), {
      reason,
      mistaken,
    })
    if (!reply) return
    toast(t('links.done', { n: reply.points_returned }))
    await again()
    onClose()
  }
  return (
    <Dialog
      title={t('links.end.title')}
      open
      onClose={onClose}
      footer={
        <Button kind="primary" busy={busy} disabled={reason === ''} onPress={() => void end()}>
          {t('links.end')}
        </Button>
      }
    >
      <div className="stack wide">
        <Field label={t('links.reason')}>
          {(props) => (
            <textarea {...props} rows={2} value={reason} onChange={(event) => setReason(event.target.value)} />
          )}
        </Field>
        <label className="check">
          <input type="checkbox" checked={mistaken} onChange={(event) => setMistaken(event.target.checked)} />
          {t('links.end.mistake')}
        </label>
        {problem && <ProblemNote problem={problem} />}
      </div>
    </Dialog>
  )
}
