/** J and K walk the rows of a list, off where single letters are off; so do the arrows once one stands in it. Enter is the link's own. */
import { onMounted, onUnmounted } from 'vue'
import { inField } from '@/keys'
import { usePreferences } from '@/stores/preferences'
import { useUi } from '@/stores/ui'

const ARROWS: Record<string, number> = { ArrowDown: 1, ArrowUp: -1, Home: -Infinity, End: Infinity }

export function useRowKeys(selector = 'a.rowlink'): void {
  const [preferences, ui] = [usePreferences(), useUi()]
  function stepOf(event: KeyboardEvent): number {
    const here = document.activeElement
    if (event.key in ARROWS && (here?.matches(selector) || here === document.body)) return ARROWS[event.key]!
    if (event.key === 'ArrowDown' && here?.matches('input[type="search"]')) return 1
    if (!preferences.now.single_keys || inField(event.target)) return 0
    return event.code === 'KeyJ' ? 1 : event.code === 'KeyK' ? -1 : 0
  }
  function onKey(event: KeyboardEvent): void {
    if (ui.layer || event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return
    const by = stepOf(event)
    if (!by) return
    const rows = [...document.querySelectorAll<HTMLElement>(selector)]
    if (!rows.length) return
    const stood = rows.indexOf(document.activeElement as HTMLElement)
    const at = stood < 0 ? rows.findIndex((row) => row.getAttribute('aria-current')) : stood
    rows[Math.max(0, Math.min(rows.length - 1, at + by))]?.focus()
    event.preventDefault()
  }
  onMounted(() => addEventListener('keydown', onKey))
  onUnmounted(() => removeEventListener('keydown', onKey))
}
