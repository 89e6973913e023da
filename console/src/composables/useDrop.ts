/** Files dragged over a place: whether they hover, and what was dropped. A file let go anywhere else must not replace the page. */
import { onMounted, onUnmounted, ref } from 'vue'

const hasFiles = (event: DragEvent): boolean => event.dataTransfer?.types.includes('Files') ?? false

/** Folders come as files too, and break when read: they are told apart here. */
function foldersOf(transfer: DataTransfer): Set<File> {
  const folders = new Set<File>()
  for (const item of transfer.items) {
    const file = item.kind === 'file' && item.webkitGetAsEntry?.()?.isDirectory ? item.getAsFile() : null
    const same = file ? [...transfer.files].find((one) => one.name === file.name && one.size === file.size) : null
    if (same) folders.add(same)
  }
  return folders
}

export function useDrop(dropped: (files: FileList, folders: Set<File>) => void) {
  const hovering = ref(false)
  function over(event: DragEvent): void {
    if (!hasFiles(event)) return
    event.preventDefault()
    hovering.value = true
  }
  function leave(event: DragEvent): void {
    const to = event.relatedTarget
    if (!(to instanceof Node && event.currentTarget instanceof Node && event.currentTarget.contains(to))) hovering.value = false
  }
  function drop(event: DragEvent): void {
    hovering.value = false
    if (!hasFiles(event) || !event.dataTransfer) return
    event.preventDefault()
    dropped(event.dataTransfer.files, foldersOf(event.dataTransfer))
  }
  const elsewhere = (event: DragEvent): void => {
    if (!hasFiles(event) || event.defaultPrevented) return
    event.preventDefault()
    if (event.type === 'dragover' && event.dataTransfer) event.dataTransfer.dropEffect = 'none'
  }
  onMounted(() => { window.addEventListener('dragover', elsewhere); window.addEventListener('drop', elsewhere) })
  onUnmounted(() => { window.removeEventListener('dragover', elsewhere); window.removeEventListener('drop', elsewhere) })
  return { hovering, over, leave, drop }
}
