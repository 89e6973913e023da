/** The one honest line: what is true now, in one sentence. Pure. */
import type { Line } from '../wire';
import type { State } from './state';
import type { Tongue } from './tongue';

/** Rounded up: better early than late. */
export const minutesOf = (minutes: Line['answer_minutes']): number | null => (minutes ? Math.ceil((minutes[0] + minutes[1]) / 2) : null);

export function honestLine(state: State, { t, moment }: Tongue): string {
  const { session: { line }, conversation, link, pending } = state;
  const n = minutesOf(line.answer_minutes);
  if (link.state === 'lost' && pending.length) return t('waitN', { n: pending.length });
  if (conversation.state === 'active') return n && line.open ? t('hereIn', { n }) : t('here');
  if (!line.open) return line.opens_at ? t('closedUntil', { when: moment(line.opens_at) }) : t('closed');
  if (conversation.state === 'queued') return t('busy');
  return n ? t('teamIn', { n }) : t('team');
}

/** "Olga or Ivan answers in about 2 min." */
export function peopleLine({ people, answer_minutes }: Line, { t, list }: Tongue): string {
  const who = list(people.slice(0, 3).map((person) => person.name));
  const n = minutesOf(answer_minutes);
  if (who) return n ? t('people', { who, n }) : t('peopleNo', { who });
  return n ? t('teamIn', { n }) : t('team');
}

const QUARTER = 15 * 60_000;

/** Until when a closed line has answered, to the next quarter of an hour. */
export function answerBy({ opens_at, answer_minutes }: Line): Date | null {
  if (!opens_at || !answer_minutes) return null;
  return new Date(Math.ceil((Date.parse(opens_at) + answer_minutes[1] * 60_000) / QUARTER) * QUARTER);
}
