/** Keys are physical: what counts is where the key lies, so that they work on Russian and Persian layouts too. */
export const MAC = /Mac|iPhone|iPad/.test(navigator.platform)
export const MOD = MAC ? '⌘' : 'Ctrl'

/** Somebody is writing here: single letters belong to the text. */
export function inField(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false
  return target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName) || target.closest('[role="dialog"], [role="menu"]') !== null
}
export const withMod = (event: KeyboardEvent): boolean => (MAC ? event.metaKey : event.ctrlKey)
