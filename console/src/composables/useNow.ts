/** One clock per rhythm for the whole page; it stops when nobody looks at it. */
import { onScopeDispose, ref, type Ref } from 'vue'

const clocks = new Map<number, { now: Ref<number>; readers: number; timer: ReturnType<typeof setInterval> | undefined }>()

export function useNow(every = 1000): Ref<number> {
  let clock = clocks.get(every)
  if (!clock) clocks.set(every, (clock = { now: ref(Date.now()), readers: 0, timer: undefined }))
  const mine = clock
  if (mine.readers++ === 0) {
    mine.now.value = Date.now()
    mine.timer = setInterval(() => (mine.now.value = Date.now()), every)
  }
  onScopeDispose(() => {
    if (--mine.readers === 0) clearInterval(mine.timer)
  })
  return mine.now
}
