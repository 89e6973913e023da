/** When a conversation may come back: times that a person would name. In the operator's own zone. Pure. */
export interface SnoozeChoice { key: 'hour' | 'afternoon' | 'evening' | 'tomorrow' | 'monday'; at: Date }

const set = (from: Date, days: number, hour: number): Date => new Date(from.getFullYear(), from.getMonth(), from.getDate() + days, hour)

export function snoozeChoices(now: Date): SnoozeChoice[] {
  const choices: SnoozeChoice[] = [{ key: 'hour', at: new Date(Math.ceil((now.getTime() + 3_600_000) / 300_000) * 300_000) }]
  if (now.getHours() < 12) choices.push({ key: 'afternoon', at: set(now, 0, 14) })
  else if (now.getHours() < 16) choices.push({ key: 'evening', at: set(now, 0, 17) })
  choices.push({ key: 'tomorrow', at: set(now, 1, 9) })
  const toMonday = (8 - now.getDay()) % 7 || 7
  if (toMonday > 1) choices.push({ key: 'monday', at: set(now, toMonday, 9) })
  return choices
}
