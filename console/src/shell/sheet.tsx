import { Link } from 'wouter'
import { type Action, type ActionGroup, keysOf, useActions } from '../actions.ts'
import { write } from '../api.ts'
import { useSay } from '../i18n.ts'
import { paths } from '../paths.ts'
import { setPreferences, usePreferences } from '../preferences.ts'
import { Keys } from '../ui/basics.tsx'
import { Dialog } from '../ui/dialog.tsx'

export const groups: readonly ActionGroup[] = ['case', 'page', 'list', 'go', 'look']

/** One record per action id, newest first served. */
export const unique = (actions: readonly Action[]): Action[] => [
  ...new Map(actions.map((one) => [one.id, one])).values(),
]

export function SingleKeysSwitch() {
  const { t } = useSay()
  const { singleKeys } = usePreferences()
  const change = (on: boolean) => {
    setPreferences({ singleKeys: on })
    write('PUT', '/v1/session/preferences', { single_keys: on }).catch(() => undefined)
  }
  return (
    <label className="check">
      <input type="checkbox" checked={singleKeys} onChange={(event) => change(event.target.checked)} />
      {t('keys.single')}
    </label>
  )
}

/** The `?` sheet: what the keys do here, read from the registry. */
export function Sheet({ open, onClose }: { open: boolean; onClose: () => void }) {
  const { t } = useSay()
  const preference = usePreferences()
  const actions = unique(useActions()).filter((action) => keysOf(action, preference) !== '')
  return (
    <Dialog title={t('action.sheet')} open={open} onClose={onClose} kind="modal wide">
      <div className="stack wide">
        <div className="row wrap">
          <SingleKeysSwitch />
          <Link href={paths.profile} className="end" onClick={onClose}>
            {t('keys.change')}
          </Link>
        </div>
        <div className="sheet">
          {groups.map((group) => {
            const mine = actions.filter((action) => action.group === group)
            if (mine.length === 0) return null
            return (
              <section key={group}>
                <h3>{t(`keys.group.${group}`)}</h3>
                <ul>
                  {mine.map((action) => (
                    <li key={action.id}>
                      <span>{action.name ?? t(action.label)}</span>
                      <Keys of={action} />
                    </li>
                  ))}
                </ul>
              </section>
            )
          })}
        </div>
      </div>
    </Dialog>
  )
}
