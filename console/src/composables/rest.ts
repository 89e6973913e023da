/** Where the focus goes when what had it is gone: to the list, or where there is none on the screen to the thread. */
const MENU_CLOSES_MS = 260

/** After a deed of one's own: the button that did it may have left with it. Nothing is taken from who stands elsewhere. */
export function restFocus(): void {
  setTimeout(() => {
    const at = document.activeElement
    if (at && at !== document.body) return
    for (const place of document.querySelectorAll<HTMLElement>('[data-rest]')) {
      if (place.checkVisibility()) return place.focus({ preventScroll: true })
    }
  }, MENU_CLOSES_MS)
}
