/** What lies over the page right now, and where the focus goes back to when it is gone. */
import { defineStore } from 'pinia'
import { ref } from 'vue'

export type Layer = 'palette' | 'keys' | 'transfer' | 'snooze' | 'panel' | 'decisions' | null

export const useUi = defineStore('ui', () => {
  const layer = ref<Layer>(null)
  let before: HTMLElement | null = null

  function open(next: Exclude<Layer, null>): void {
    if (!layer.value) before = document.activeElement instanceof HTMLElement ? document.activeElement : null
    layer.value = next
  }
  function close(): void {
    layer.value = null
    const back = before
    before = null
    requestAnimationFrame(() => back?.isConnected && back.focus())
  }
  return { layer, open, close }
})
