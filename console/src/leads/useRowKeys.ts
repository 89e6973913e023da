/** J and K walk the rows of a list, Enter is the link's own. Physical keys, off where single letters are off. */
import { onMounted, onUnmounted } from 'vue'
import { inField } from '@/keys'
import { usePreferences } from '@/stores/preferences'
import { useUi } from '@/stores/ui'

export function useRowKeys(selector = 'a.rowlink'): void {
  const [preferences, ui] = [usePreferences(), useUi()]
  function onKey(event: KeyboardEvent): void {
    if (!preferences.now.single_keys || ui.layer || event.ctrlKey || event.metaKey || event.altKey || inField(event.target)) return
    const by = event.code === 'KeyJ' ? 1 : event.code === 'KeyK' ? -1 : 0
    if (!by) return
    const rows = [...document.querySelectorAll<HTMLElement>(selector)]
    const at = rows.indexOf(document.activeElement as HTMLElement)
    rows[Math.max(0, Math.min(rows.length - 1, at + by))]?.focus()
    event.preventDefault()
  }
  onMounted(() => addEventListener('keydown', onKey))
  onUnmounted(() => removeEventListener('keydown', onKey))
}
