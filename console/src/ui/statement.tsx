import { at, useRead } from '../api.ts'
import { useSay } from '../i18n.ts'
import type { Statement } from '../types/subjects.ts'
import { Id, Time } from './basics.tsx'
import { Dialog } from './dialog.tsx'
import { Mark } from './marks.tsx'
import { asText, flatten } from './pieces.ts'
import { Loaded } from './states.tsx'
import { Facts } from './text.tsx'

/** The statement of reasons of one restriction, as it goes to the DSA transparency database. */
export function StatementDrawer({ action, onClose }: { action: string; onClose: () => void }) {
  const { t } = useSay()
  const query = useRead<Statement>(at('statements', action))
  return (
    <Dialog title={t('statement.title')} open onClose={onClose} kind="drawer">
      <Loaded query={query} lines={8}>
        {(statement) => (
          <div className="stack wide">
            <Facts
              rows={[
                ['puid', <Id key="i" value={statement.puid} />],
                [t('col.since'), <Time key="t" at={statement.applies_from} />],
                [
                  t('statement.check'),
                  <Mark key="v" shape={statement.valid ? 'check' : 'cross'} tone={statement.valid ? 'muted' : 'hurt'}>
                    {t(statement.valid ? 'statement.valid' : 'statement.invalid')}
                  </Mark>,
                ],
                [t('statement.delivery'), statement.delivery ?? t('statement.notSent')],
              ]}
            />
            <h3>{t('statement.payload')}</h3>
            <Facts
              rows={flatten(statement.payload).map(([field, value]) => [
                <code key={field}>{field}</code>,
                asText(value) || '–',
              ])}
            />
          </div>
        )}
      </Loaded>
    </Dialog>
  )
}
