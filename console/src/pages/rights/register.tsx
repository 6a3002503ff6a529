import { useSay } from '../../i18n.ts'
import { useMay } from '../../session.ts'
import type { RightRow } from '../../types/rights.ts'
import { Button, Field, Time } from '../../ui/basics.tsx'
import { Markets } from '../../ui/marks.tsx'
import { Empty } from '../../ui/states.tsx'
import { FormDialog, Line, optional, useForm, words } from './form.tsx'
import { List } from './list.tsx'

const types = ['trademark', 'copyright', 'design', 'patent', 'geographical_indication'] as const

export function Register() {
  const say = useSay()
  const { t } = say
  const may = useMay('inbound.manage')
  const form = useForm('/v1/rights', '/v1/rights', (text) => ({
    type: text('type'),
    office: text('office'),
    number: text('number'),
    owner: text('owner'),
    brand: text('brand'),
    aliases: words(text('aliases')),
    classes: words(text('classes')),
    territory: words(text('territory')),
    ...optional('valid_to', text('valid_to')),
    documents: words(text('documents')),
  }))
  return (
    <div className="stack wide">
      {may && (
        <div className="row">
          <Button kind="primary" onPress={form.show}>
            {t('rights.register.add')}
          </Button>
        </div>
      )}
      <List<RightRow>
        path="/v1/rights"
        caption={t('rights.tab.register')}
        rowKey={(row) => row.right_id}
        empty={<Empty kind="first" title={t('rights.register.none')} hint={t('rights.register.none.hint')} />}
        columns={[
          {
            id: 'brand',
            title: t('rights.brand'),
            head: true,
            sort: (row) => row.brand,
            cell: (row) => <span className="clip block title">{[row.brand, ...row.aliases].join(' · ')}</span>,
          },
          { id: 'type', title: t('inbound.kind'), sort: (row) => row.type, cell: (row) => say.text(row.type_title) },
          { id: 'number', title: t('rights.number'), cell: (row) => <code>{`${row.office} ${row.number}`}</code> },
          {
            id: 'owner',
            title: t('report.rightOwner'),
            sort: (row) => row.owner,
            cell: (row) => <span className="clip block narrow">{row.owner}</span>,
          },
          { id: 'classes', title: t('rights.classes'), cell: (row) => row.classes.join(' ') },
          { id: 'territory', title: t('col.markets'), cell: (row) => <Markets ids={row.territory} /> },
          {
            id: 'valid',
            title: t('rights.validTo'),
            number: true,
            sort: (row) => row.valid_to,
            cell: (row) => <Time at={row.valid_to} />,
          },
        ]}
      />
      <FormDialog title={t('rights.register.add')} form={form}>
        <Field label={t('inbound.kind')}>
          {(props) => (
            <select {...props} name="type">
              {types.map((type) => (
                <option key={type} value={type}>
                  {t(`rights.type.${type}`)}
                </option>
              ))}
            </select>
          )}
        </Field>
        <div className="pair">
          <Line name="brand" label={t('rights.brand')} required />
          <Line name="owner" label={t('report.rightOwner')} required />
          <Line name="office" label={t('rights.office')} hint="EUIPO, CNIPA, USPTO" required />
          <Line name="number" label={t('rights.number')} required />
          <Line name="classes" label={t('rights.classes')} hint={t('rights.all.hint')} initial="*" required />
          <Line name="territory" label={t('col.markets')} hint={t('rights.all.hint')} required />
          <Line name="valid_to" label={t('rights.validTo')} type="date" />
          <Line name="aliases" label={t('rights.aliases')} hint={t('rights.aliases.hint')} />
        </div>
        <Line name="documents" label={t('rights.documents')} />
      </FormDialog>
    </div>
  )
}
