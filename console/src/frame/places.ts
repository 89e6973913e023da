/** The places of the console: one list for the rail, the bottom bar, the palette and the go-to keys. */
import type { Permission } from '@/api/types'

export interface Place { name: string; to: string; icon: string; key?: string; code?: string; may?: Permission }
export const PLACES: Place[] = [
  { name: 'inbox', to: '/inbox/mine', icon: 'i-lucide-inbox', key: 'G I', code: 'KeyI' },
  { name: 'leads', to: '/leads', icon: 'i-lucide-target', key: 'G L', code: 'KeyL' },
  { name: 'calls', to: '/calls', icon: 'i-lucide-phone', key: 'G C', code: 'KeyC' },
  { name: 'settings', to: '/settings', icon: 'i-lucide-sliders-horizontal', key: 'G S', code: 'KeyS' },
]
export const SETTINGS: Place[] = [
  { name: 'settings_lines', to: '/settings/lines', icon: 'i-lucide-git-fork', may: 'configure' },
  { name: 'settings_channels', to: '/settings/channels', icon: 'i-lucide-activity', may: 'configure' },
  { name: 'settings_operators', to: '/settings/operators', icon: 'i-lucide-users', may: 'configure' },
  { name: 'settings_canned', to: '/settings/canned', icon: 'i-lucide-square-slash' },
  { name: 'settings_quarantine', to: '/settings/quarantine', icon: 'i-lucide-shield-alert', may: 'configure' },
  { name: 'settings_profile', to: '/settings/profile', icon: 'i-lucide-user-round' },
]
