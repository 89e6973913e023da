/** How a channel kind, or the kind of an identity, looks: its glyph and its colour name. */
const ICONS: Record<string, string> = { email: 'i-lucide-mail', telegram: 'i-lucide-send', webchat: 'i-lucide-message-square', phone: 'i-lucide-phone' }

export function channelClass(kind: string): 'email' | 'telegram' | 'webchat' | 'phone' {
  if (kind === 'email') return 'email'
  if (kind.startsWith('telegram')) return 'telegram'
  return kind === 'pbx' || kind === 'phone' ? 'phone' : 'webchat'
}
export const channelIcon = (kind: string): string => ICONS[channelClass(kind)]!
