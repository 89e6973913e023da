/** What is unread, told outside the panel: on the launcher, and in the tab's title beside what the page writes there. */
import type { Stage } from '../shared/stage';
import type { State } from './state';
import type { Tongue } from './tongue';

export const short = (unread: number, number: (n: number) => string = String): string => (unread > 99 ? '99+' : number(unread));

export function titleBadge(): (unread: number) => void {
  let mark = '';
  return (unread) => {
    const plain = document.title.startsWith(mark) ? document.title.slice(mark.length) : document.title;
    mark = unread ? `(${short(unread)}) ` : '';
    if (document.title !== mark + plain) document.title = mark + plain;
  };
}

/** Badge and words on the launcher; the panel, once open, stands in its place. */
export function launcherNews({ button, frame, show }: Stage): (state: State, tongue: Tongue) => void {
  const badge = document.createElement('span');
  badge.className = 'n';
  button.querySelector('i')?.append(badge);
  let said: string | undefined;
  return ({ unread, open }, { t, number }) => {
    const news = unread ? t('newN', { n: unread }) : '';
    badge.hidden = !unread;
    badge.textContent = short(unread, number);
    if (unread) delete frame.dataset.fold;
    frame.toggleAttribute('data-open', open);
    button.hidden = open;
    button.ariaExpanded = `${open}`;
    if (news !== said) show({ news });
    said = news;
  };
}
