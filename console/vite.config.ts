import { fileURLToPath } from 'node:url'
import ui from '@nuxt/ui/vite'
import vue from '@vitejs/plugin-vue'
import { defineConfig } from 'vite'
import { messages } from './scripts/messages'

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url))
const gateway = process.env['GATEWAY_URL'] ?? 'http://127.0.0.1:8080'

export default defineConfig({
  base: '/',
  plugins: [
    vue(),
    messages(here('./src/locales')),
    ui({
      // Components are imported by name where they are used, so that what a route weighs can be read in its file.
      autoImport: false,
      components: false,
      colorMode: false,
      // Every icon named in the source is packed in: nothing is fetched from an icon service at run time.
      icon: { clientBundle: { scan: { globInclude: ['src/**/*.{vue,ts}'], globExclude: ['node_modules', 'dist'] }, sizeLimitKb: 256 } },
      ui: {
        colors: { primary: 'iris', neutral: 'ink', secondary: 'iris', success: 'success', info: 'iris', warning: 'warning', error: 'error' },
      },
      theme: { colors: ['primary', 'secondary', 'success', 'info', 'warning', 'error', 'note', 'email', 'telegram', 'webchat', 'phone'] },
    }),
  ],
  resolve: { alias: { '@': here('./src'), 'vue-i18n': 'vue-i18n/dist/vue-i18n.runtime.mjs' } },
  define: { __VUE_OPTIONS_API__: 'true', __VUE_PROD_DEVTOOLS__: 'false', __VUE_I18N_FULL_INSTALL__: 'false', __VUE_I18N_LEGACY_API__: 'false', __INTLIFY_PROD_DEVTOOLS__: 'false', __INTLIFY_DROP_MESSAGE_COMPILER__: 'true' },
  build: { outDir: here('../gateway/web/assets/console'), emptyOutDir: true, target: 'es2022', manifest: true, assetsInlineLimit: 0, modulePreload: { polyfill: false } },
  server: { proxy: { '/api': gateway, '/socket.io': { target: gateway, ws: true } } },
})
