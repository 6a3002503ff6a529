import { Link, useLocation } from 'wouter'
import { ariaKeys, keycaps, keysOf, useOffer } from '../actions.ts'
import { useSay } from '../i18n.ts'
import { usePreferences } from '../preferences.ts'
import { routes } from '../routes.ts'
import { navigation, type Place, profilePlace } from './navigation.ts'

/** Which place of the navigation an address belongs to. */
function placeOf(location: string): string | undefined {
  if (location.startsWith('/cases')) return '/queue'
  if (location.startsWith('/trace')) return '/subjects'
  const all = navigation.flatMap(({ places }) => places.map(({ to }) => to))
  return all.find((to) => (to === '/' ? location === '/' : location === to || location.startsWith(`${to}/`)))
}

function Item({ place, current }: { place: Place; current: boolean }) {
  const { t } = useSay()
  const keys = keysOf({ id: `go.${place.id}`, keys: place.keys }, usePreferences())
  const Icon = place.icon
  const warm = () => void routes.find(({ path }) => path === place.to)?.load()
  return (
    <li>
      <Link
        href={place.to}
        aria-current={current ? 'page' : undefined}
        aria-keyshortcuts={keys ? ariaKeys(keys) : undefined}
        title={keys ? `${t(place.label)} (${keycaps(keys).join(' ')})` : t(place.label)}
        onMouseEnter={warm}
        onFocus={warm}
      >
        <Icon size={16} strokeWidth={1.7} aria-hidden="true" />
        <span>{t(place.label)}</span>
      </Link>
    </li>
  )
}

export function Sidebar() {
  const { t } = useSay()
  const [location, navigate] = useLocation()
  const here = placeOf(location)
  const places = [...navigation.flatMap((group) => group.places), profilePlace]
  useOffer(
    places.map((place) => ({
      id: `go.${place.id}`,
      label: place.label,
      group: 'go',
      keys: place.keys,
      run: () => navigate(place.to),
    })),
  )
  return (
    <nav className="sidebar" aria-label={t('nav.main')}>
      <Link href="/" className="brand" aria-label="Aedile">
        <img src="/mark.svg" alt="" width="22" height="22" />
        <span>Aedile</span>
      </Link>
      {navigation.map((group) => (
        <div key={group.label} className="group">
          <h2>{t(group.label)}</h2>
          <ul>
            {group.places.map((place) => (
              <Item key={place.id} place={place} current={place.to === here} />
            ))}
          </ul>
        </div>
      ))}
    </nav>
  )
}
