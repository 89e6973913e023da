declare module 'virtual:messages/*' {
  const messages: Record<string, unknown>
  export default messages
}
declare module '*.vue' {
  import type { DefineComponent } from 'vue'
  const component: DefineComponent<object, object, unknown>
  export default component
}
