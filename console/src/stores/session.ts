/** Who sits here: the signed-in operator, what they may do, their presence. Talks to the gateway's session; other stores read it. */
import { defineStore } from 'pinia'
import { computed, ref, shallowRef } from 'vue'
import { session as api } from '@/api/client'
import { Refusal, useCsrf } from '@/api/http'
import type { Me, Permission, Presence, PresenceState } from '@/api/types'
import { isLocale, useLanguage } from '@/i18n'
import { taste } from '@/format'
import { usePreferences } from './preferences'

export const useSession = defineStore('session', () => {
  const me = shallowRef<Me | null>(null)
  const presence = ref<Presence | null>(null)
  /** The gateway did not answer when the page was opened: shown as a page of its own, not as "signed out". */
  const unreachable = ref(false)
  const id = computed(() => me.value?.operator.id ?? '')
  const name = computed(() => me.value?.operator.name ?? '')
  const may = (what: Permission): boolean => me.value?.permissions.includes(what) ?? false

  async function welcome(answer: Me): Promise<void> {
    useCsrf(answer.csrf)
    unreachable.value = false
    usePreferences().adopt(answer.operator.preferences)
    if (isLocale(answer.operator.locale)) {
      taste.locale = answer.operator.locale
      localStorage.setItem('console.locale', answer.operator.locale)
      await useLanguage(answer.operator.locale)
    }
    presence.value = answer.presence
    me.value = answer
  }
  async function resume(): Promise<void> {
    try {
      await welcome(await api.read())
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      unreachable.value = error.passing
    }
  }
  const signIn = async (email: string, password: string): Promise<void> => welcome(await api.signIn(email, password))
  const signInByLink = async (token: string): Promise<void> => welcome(await api.signInByLink(token))
  async function signOut(): Promise<void> {
    try {
      await api.signOut()
    } finally {
      me.value = null
      location.assign('/sign-in')
    }
  }
  async function setPresence(state: PresenceState, reason?: string): Promise<void> {
    presence.value = await api.presence(state, reason)
  }
  async function update(change: Parameters<typeof api.update>[0]): Promise<void> {
    await welcome(await api.update(change))
  }
  return { me, presence, unreachable, id, name, may, resume, welcome, signIn, signInByLink, signOut, setPresence, update }
})
