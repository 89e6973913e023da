/** Everything the palette can do: deeds on the open conversation, people, conversations, canned replies, places. */
import { useRouter } from 'vue-router'
import type { Conversation } from '@/api/types'
import { useDeeds } from '@/composables/useDeeds'
import { dot } from '@/format'
import { t, tOr } from '@/i18n'
import { lastWord, named } from '@/said'
import { isEnded } from '@/state/rows'
import { useDirectory } from '@/stores/directory'
import { useDrafts } from '@/stores/drafts'
import { useInbox } from '@/stores/inbox'
import { usePreferences } from '@/stores/preferences'
import { useSession } from '@/stores/session'
import { useThreads } from '@/stores/threads'
import { useUi } from '@/stores/ui'
import { PLACES, SETTINGS } from './places'

export interface Command { key: string; group: 'conversation' | 'conversations' | 'canned' | 'me' | 'go'; label: string; hint?: string; icon: string; warn?: boolean; caps?: string; run: () => void }

export function useCommands(): () => Command[] {
  const [router, directory, drafts, inbox, preferences, session, threads, ui] = [useRouter(), useDirectory(), useDrafts(), useInbox(), usePreferences(), useSession(), useThreads(), useUi()]
  const deeds = useDeeds()

  function about(c: Conversation): Command[] {
    const one = (key: string, icon: string, run: () => void, caps?: string): Command => ({ key, group: 'conversation', label: t(`deeds.${key}`), icon, run, ...(caps ? { caps } : {}) })
    if (isEnded(c)) return [one('reopen', 'i-lucide-rotate-ccw', () => void deeds.reopen(c))]
    const people = directory.operators.filter((o) => o.active && o.id !== c.operator_id && o.id !== session.id)
    return [
      one('transfer', 'i-lucide-arrow-right-left', () => ui.open('transfer'), 'A'),
      ...people.map((o): Command => {
        const away = o.presence?.state !== 'online'
        return { key: `to-${o.id}`, group: 'conversation', label: t('deeds.transfer_to', { name: o.name }), icon: 'i-lucide-user-round', hint: away ? tOr(`presence.reasons.${o.presence?.reason ?? ''}`, t(`presence.${o.presence?.state ?? 'offline'}`)) : t('presence.online'), warn: away, run: () => void deeds.assign(c, o.id) }
      }),
      { ...one('queue', 'i-lucide-undo-2', () => void deeds.assign(c, null)) },
      ...(c.operator_id !== session.id ? [one('take', 'i-lucide-hand', () => void deeds.take(c), 'M')] : []),
      ...(c.state === 'active' ? [one('snooze', 'i-lucide-moon', () => ui.open('snooze'), 'S')] : c.state === 'snoozed' ? [one('wake', 'i-lucide-sun', () => void deeds.wake(c))] : []),
      one('close', 'i-lucide-check', () => void deeds.close(c), 'E'), one('unread', 'i-lucide-mail-open', () => void deeds.unread(c), 'U'), one('spam', 'i-lucide-ban', () => void deeds.spam(c)),
      ...(session.may('steer') ? [one('why', 'i-lucide-scale', () => ui.open('decisions'))] : []),
      ...(c.lead ? [{ key: 'lead', group: 'conversation' as const, label: t('deeds.open_lead', { name: c.lead.title }), icon: 'i-lucide-target', run: () => void router.push(`/leads/${c.lead!.id}`) }] : []),
    ]
  }
  return () => {
    const id = router.currentRoute.value.params['id']
    const open = router.currentRoute.value.name === 'inbox' && typeof id === 'string' ? threads.details[id] : undefined
    const rows = Object.values(inbox.rows).sort((a, b) => (b.last_at ?? '').localeCompare(a.last_at ?? ''))
    return [
      ...(open ? about(open) : []),
      ...rows.map((row): Command => ({ key: row.id, group: 'conversations', label: [named(row.contact_name), row.subject || lastWord(row)].filter(Boolean).join(dot()), hint: directory.lineName(row.line_id), icon: 'i-lucide-message-square', run: () => void router.push(`/inbox/${row.operator_id === session.id ? 'mine' : 'all'}/${row.id}`) })),
      ...(open ? directory.canned.map((c): Command => ({ key: c.id, group: 'canned', label: `/${c.shortcut.replace(/^\//, '')}${dot()}${c.text}`, hint: c.line_id ? directory.lineName(c.line_id) : '', icon: 'i-lucide-square-slash', run: () => { const d = drafts.of(open.id); d.reply = d.reply ? `${d.reply.trimEnd()} ${c.text}` : c.text; d.mode = 'reply' } })) : []),
      ...(['online', 'away', 'offline'] as const).map((state): Command => ({ key: `be-${state}`, group: 'me', label: t(`deeds.be_${state}`), icon: 'i-lucide-circle-user-round', run: () => void session.setPresence(state, state === 'away' ? 'other' : undefined) })),
      ...(['light', 'dark', 'system'] as const).map((theme): Command => ({ key: `theme-${theme}`, group: 'me', label: `${t('theme.title')}: ${t(`theme.${theme}`)}`, icon: theme === 'dark' ? 'i-lucide-moon' : theme === 'light' ? 'i-lucide-sun' : 'i-lucide-monitor', run: () => preferences.set({ theme }) })),
      ...[...PLACES, ...SETTINGS.filter((p) => !p.may || session.may(p.may))].map((p): Command => ({ key: p.name, group: 'go', label: t(`pages.${p.name}`), icon: p.icon, ...(p.key ? { caps: p.key } : {}), run: () => void router.push(p.to) })),
      { key: 'keys', group: 'go', label: t('frame.keys'), icon: 'i-lucide-keyboard', caps: '?', run: () => ui.open('keys') },
    ]
  }
}
