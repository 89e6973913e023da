/** Starts the console: language and theme first, so that the first paint is the right one. */
import './styles/main.css'
import ui from '@nuxt/ui/vue-plugin'
import { createPinia } from 'pinia'
import { createApp } from 'vue'
import App from './App.vue'
import { whenSignedOut } from './api/http'
import { taste } from './format'
import { i18n, isLocale, useLanguage, type Locale } from './i18n'
import { router } from './router'
import { usePreferences } from './stores/preferences'

function guess(): Locale {
  const wanted = [localStorage.getItem('console.locale'), ...navigator.languages.map((l) => l.split('-')[0])]
  return wanted.find(isLocale) ?? 'en'
}

const app = createApp(App)
app.use(createPinia())
usePreferences()
taste.locale = guess()
whenSignedOut(() => void router.push({ name: 'sign-in', query: { next: router.currentRoute.value.fullPath } }))
void useLanguage(guess()).then(() => {
  app.use(i18n).use(router).use(ui).mount('#app')
})
