import { HeartPulse } from 'lucide-react'
import { useState } from 'react'
import { refresh, useRead, write } from '../../api.ts'
import { useSay } from '../../i18n.ts'
import { useMay } from '../../session.ts'
import type { CareState } from '../../types/quality.ts'
import { Button } from '../../ui/basics.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { Mark } from '../../ui/marks.tsx'

/** How this person wants to see harm; until it is known, as gently as can be. */
export function useCare(): CareState['care'] {
  const may = useMay('case.decide')
  const query = useRead<CareState>('/v1/care', { every: 60_000, enabled: may })
  return query.data?.care ?? { blur: true, grey: true, mute: true }
}

/** In the head of the workspace: proposes a break, shows what was seen today, and how to see it. */
export function CareButton() {
  const say = useSay()
  const { t } = say
  const may = useMay('case.decide')
  const [open, setOpen] = useState(false)
  const query = useRead<CareState>('/v1/care', { every: 60_000, enabled: may })
  const state = query.data
  if (!state) return null
  const change = async (what: Partial<CareState['care']>) => {
    await write('PUT', '/v1/care', { ...state.care, ...what })
    await refresh('/v1/care')
  }
  return (
    <>
      {state.pause && (
        <span role="status">
          <Mark shape="clock" tone="hurt">
            {t('care.pause')}
          </Mark>
        </span>
      )}
      <Button
        kind="quiet"
        label={t('care.open')}
        icon={<HeartPulse size={15} aria-hidden="true" />}
        onPress={() => setOpen(true)}
      />
      <Dialog title={t('care.title')} open={open} onClose={() => setOpen(false)} kind="drawer">
        <div className="stack wide">
          {state.pause && <p>{say.text(state.pause)}</p>}
          <p className="muted">{t('care.minutes', { n: state.minutes })}</p>
          <h3 className="minor">{t('care.seen')}</h3>
          <ul className="stack">
            {state.exposures.map(({ harm, title, seen, budget }) => (
              <li key={harm} className="row">
                <span className="grow">{say.text(title)}</span>
                <meter
                  min={0}
                  max={Math.max(1, budget)}
                  high={budget * 0.8}
                  value={seen}
                  aria-label={say.text(title)}
                />
                <span className="muted nowrap">{t('care.of', { seen, budget })}</span>
              </li>
            ))}
          </ul>
          {(['blur', 'grey', 'mute'] as const).map((what) => (
            <label key={what} className="check">
              <input
                type="checkbox"
                checked={state.care[what]}
                onChange={(event) => void change({ [what]: event.target.checked })}
              />
              {t(`care.${what}`)}
            </label>
          ))}
        </div>
      </Dialog>
    </>
  )
}
