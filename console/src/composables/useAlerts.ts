/** The number in the title of the tab: offers, calls and unread of mine. */
import { computed, watchEffect } from 'vue'
import { number } from '@/format'
import { t } from '@/i18n'
import { useCalls } from '@/stores/calls'
import { useInbox } from '@/stores/inbox'
import { useOffers } from '@/stores/offers'
import { useSession } from '@/stores/session'

export function useAlerts(): void {
  const [inbox, offers, calls, session] = [useInbox(), useOffers(), useCalls(), useSession()]
  const due = computed(() => inbox.mine.filter((row) => row.unread > 0).length + offers.open.length + calls.ringingNow.length)
  watchEffect(() => {
    const name = `${t('pages.inbox')} · ${session.me?.workspace.name ?? ''}`
    document.title = due.value ? `(${number(due.value)}) ${name}` : name
  })
}
