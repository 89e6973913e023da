/** The wait, told honestly: a band, a range, where the range comes from, and ways that do not need waiting here. */
import { safeUrl } from '../log';
import { answerBy } from '../promise';
import type { Key } from '../tongue';
import { useScene } from './context';
import { Row } from './parts';

export { default as css } from './screens.css?inline';

/** From far to near, as the bar is read. */
const BANDS = [4, 3, 2, 1];

export function QueueCard() {
  const { chat, state, tongue: { t } } = useScene();
  const { conversation: { queue }, session } = state;
  const minutes = queue?.minutes;
  const wait = minutes && (minutes[0] === minutes[1] ? t('wait1', { a: minutes[0] }) : t('wait', { a: minutes[0], b: minutes[1] }));
  const telegram = safeUrl(session.telegram ?? null, 'https://t.me');
  return (
    <>
      <div class="card" role="status">
        <p class="big">{wait || t('queued')}</p>
        {queue && <p>{t(`band${queue.band}` as Key)}</p>}
        {queue && (
          <ol class="bd" aria-label={t('bands')}>
            {BANDS.map((band) => <li key={band} aria-current={band === queue.band ? 'step' : undefined}>{t(`b${band}` as Key)}</li>)}
          </ol>
        )}
        <p class="mu">{t(wait ? 'source' : 'place')}</p>
      </div>
      <h3 class="lb">{t('rather')}</h3>
      <div class="st">
        <Row icon="tel" title={t('call')} below={t('callS')} onClick={() => chat.show('callback')} />
        {telegram && <Row icon="plane" title={t('tg')} below={t('tgS')} onClick={() => window.open(telegram, '_blank', 'noopener')} />}
      </div>
    </>
  );
}

export function AnswerBy() {
  const { state: { session: { line }, view }, tongue: { t, dated } } = useScene();
  const by = answerBy(line);
  if (!line.opens_at) return null;
  return (
    <div class="card" role="status">
      <p>{t(by ? 'ansBy' : 'opens')}</p>
      <p class="big">{dated(by ?? line.opens_at)}</p>
      <p class="mu">{t('yourTime')} {view === 'chat' && t('kept')}</p>
    </div>
  );
}
