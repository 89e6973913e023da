/** Every place has an address. Pages other than the inbox are fetched when they are first opened. */
import { createRouter, createWebHistory, type RouteRecordRaw } from 'vue-router'
import { needLaterWords } from './i18n'
import { useSession } from './stores/session'

const routes: RouteRecordRaw[] = [
  { path: '/', redirect: '/inbox/mine' },
  { path: '/inbox', redirect: '/inbox/mine' },
  { path: '/inbox/:tab(mine|waiting|all|closed)/:id?', name: 'inbox', component: () => import('./pages/Inbox.vue') },
  { path: '/leads/:id?', name: 'leads', component: () => import('./pages/leads/Leads.vue') },
  { path: '/calls/:id?', name: 'calls', component: () => import('./pages/calls/Calls.vue') },
  {
    path: '/settings',
    component: () => import('./pages/settings/Settings.vue'),
    children: [
      { path: '', redirect: '/settings/lines' },
      { path: 'lines/:id?/:section(general|hours|routing|texts)?', name: 'lines', component: () => import('./pages/settings/Lines.vue') },
      { path: 'channels/:id?', name: 'channels', component: () => import('./pages/settings/Channels.vue') },
      { path: 'operators/:id?', name: 'operators', component: () => import('./pages/settings/Operators.vue') },
      { path: 'canned', name: 'canned', component: () => import('./pages/settings/Canned.vue') },
      { path: 'quarantine', name: 'quarantine', component: () => import('./pages/settings/Quarantine.vue') },
      { path: 'profile', name: 'profile', component: () => import('./pages/settings/Profile.vue') },
    ],
  },
  { path: '/sign-in', name: 'sign-in', component: () => import('./pages/SignIn.vue'), meta: { open: true } },
  { path: '/:anything(.*)*', name: 'lost', component: () => import('./pages/Lost.vue') },
]

export const router = createRouter({ history: createWebHistory(), routes })

router.beforeEach(async (to) => {
  const session = useSession()
  if (to.meta['open']) return true
  if (!session.me) await session.resume()
  return session.me || session.unreachable ? true : { name: 'sign-in', query: to.fullPath === '/inbox/mine' ? {} : { next: to.fullPath } }
})
router.beforeResolve(async (to) => {
  if (to.name !== 'inbox' && to.name !== 'lost') await needLaterWords()
})
