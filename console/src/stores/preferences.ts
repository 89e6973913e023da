/** How this person likes the console: theme, calendar, keys, sounds, widths. Kept with the operator, and here for the first paint. */
import { defineStore } from 'pinia'
import { reactive, watch } from 'vue'
import { session } from '@/api/client'
import { taste, type Calendar } from '@/format'

export interface Preferences {
  theme: 'system' | 'light' | 'dark'
  calendar: Calendar
  single_keys: boolean
  enter_sends: boolean
  sounds: boolean
  volume: number
  desktop: boolean
  list_width: number
  panel_width: number
  panel_open: boolean
}
const DEFAULTS: Preferences = { theme: 'system', calendar: 'auto', single_keys: true, enter_sends: false, sounds: true, volume: 0.6, desktop: false, list_width: 336, panel_width: 316, panel_open: true }
const KEY = 'console.preferences'

function stored(): Partial<Preferences> {
  try {
    return JSON.parse(localStorage.getItem(KEY) ?? '{}') as Partial<Preferences>
  } catch {
    return {}
  }
}

export const usePreferences = defineStore('preferences', () => {
  const now = reactive<Preferences>({ ...DEFAULTS, ...stored() })
  const dark = window.matchMedia('(prefers-color-scheme: dark)')

  function paint(): void {
    const isDark = now.theme === 'dark' || (now.theme === 'system' && dark.matches)
    document.documentElement.classList.toggle('dark', isDark)
    document.documentElement.classList.toggle('light', !isDark)
    document.documentElement.style.setProperty('--list-width', `${now.list_width}px`)
    document.documentElement.style.setProperty('--panel-width', `${now.panel_width}px`)
    taste.calendar = now.calendar
  }
  dark.addEventListener('change', paint)
  watch(now, () => { paint(); localStorage.setItem(KEY, JSON.stringify(now)) }, { immediate: true, deep: true })

  function adopt(kept: Record<string, unknown>): void {
    for (const key of Object.keys(DEFAULTS) as (keyof Preferences)[]) {
      if (typeof kept[key] === typeof DEFAULTS[key]) Object.assign(now, { [key]: kept[key] })
    }
  }
  let saving: ReturnType<typeof setTimeout> | undefined
  /** Changes at once here, and with the operator a moment later. */
  function set(change: Partial<Preferences>): void {
    Object.assign(now, change)
    clearTimeout(saving)
    saving = setTimeout(() => void session.update({ preferences: { ...now } }).catch(() => undefined), 800)
  }
  return { now, adopt, set }
})
