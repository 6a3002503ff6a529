import {
  BadgeCheck,
  Ban,
  BookText,
  CalendarClock,
  ChartLine,
  ClipboardList,
  FileInput,
  FlaskConical,
  Gavel,
  House,
  Inbox,
  ListChecks,
  type LucideIcon,
  Megaphone,
  Package,
  ScrollText,
  Search,
  SquareTerminal,
  Stamp,
  Target,
  Users,
  Webhook,
} from 'lucide-react'
import type { MessageId } from '../i18n.ts'
import { paths } from '../paths.ts'

export interface Place {
  id: string
  label: MessageId
  to: string
  keys: string
  icon: LucideIcon
}

/** The left navigation, its groups and their keys. */
export const navigation: readonly { label: MessageId; places: readonly Place[] }[] = [
  {
    label: 'nav.work',
    places: [
      { id: 'home', label: 'nav.home', to: paths.home, keys: 'g h', icon: House },
      { id: 'queue', label: 'nav.queue', to: paths.queue, keys: 'g q', icon: ClipboardList },
      { id: 'inbound', label: 'nav.inbound', to: paths.inbound, keys: 'g n', icon: Inbox },
      { id: 'rights', label: 'nav.rights', to: paths.rights, keys: 'g b', icon: Stamp },
      { id: 'appeals', label: 'nav.appeals', to: paths.appeals, keys: 'g a', icon: Gavel },
      { id: 'complaints', label: 'nav.complaints', to: paths.complaints, keys: 'g x', icon: Megaphone },
      { id: 'subjects', label: 'nav.subjects', to: paths.subjects, keys: 'g c', icon: Search },
    ],
  },
  {
    label: 'nav.rules',
    places: [
      { id: 'strategies', label: 'nav.strategies', to: paths.strategies, keys: 'g r', icon: Target },
      { id: 'batch', label: 'nav.batch', to: paths.batch, keys: 'g j', icon: CalendarClock },
      { id: 'packs', label: 'nav.packs', to: paths.packs, keys: 'g p', icon: Package },
      { id: 'lists', label: 'nav.lists', to: paths.lists, keys: 'g l', icon: ListChecks },
      { id: 'actions', label: 'nav.actions', to: paths.actions, keys: 'g k', icon: Ban },
      { id: 'try', label: 'nav.try', to: paths.tryEvent, keys: 'g t', icon: FlaskConical },
    ],
  },
  {
    label: 'nav.understand',
    places: [
      { id: 'indicators', label: 'nav.indicators', to: paths.indicators, keys: 'g i', icon: ChartLine },
      { id: 'quality', label: 'nav.quality', to: paths.quality, keys: 'g y', icon: BadgeCheck },
      { id: 'sql', label: 'nav.sql', to: paths.sql, keys: 'g s', icon: SquareTerminal },
    ],
  },
  {
    label: 'nav.run',
    places: [
      { id: 'imports', label: 'nav.imports', to: paths.imports, keys: 'g m', icon: FileInput },
      { id: 'webhooks', label: 'nav.webhooks', to: paths.webhooks, keys: 'g w', icon: Webhook },
      { id: 'audit', label: 'nav.audit', to: paths.audit, keys: 'g u', icon: ScrollText },
      { id: 'people', label: 'nav.people', to: paths.people, keys: 'g e', icon: Users },
    ],
  },
]

export const profilePlace: Place = {
  id: 'profile',
  label: 'nav.profile',
  to: paths.profile,
  keys: 'g o',
  icon: BookText,
}
