/** Which files may go up at all: judged before a byte is sent. Pure. */
export type FileFault = 'too_large' | 'empty' | 'folder'

/** `most` is the gateway's limit in bytes; 0 = not known, then the gateway itself decides. */
export function faultOf(file: { size: number }, most: number, folder = false): FileFault | null {
  if (folder) return 'folder'
  if (file.size === 0) return 'empty'
  return most > 0 && file.size > most ? 'too_large' : null
}

/** What a paste brings: files, unless words come with them, as from a table that also offers its picture. */
export const pastesFiles = (types: readonly string[], files: number): boolean => files > 0 && !(types.includes('text/plain') && (types.includes('text/html') || types.includes('text/rtf')))
