/* The site in four languages, and the switch between them. The chat follows through Gateway('setLocale'). */
'use strict';
(() => {
  const CODES = ['en', 'ru', 'es', 'fa'];
  const WORDS = new Map(Object.entries({
    siteName: ["Larka Cycles", "Ларка", "Larka", "دوچرخه‌سازی لارکا"],
    nav1: ["Repairs", "Ремонт", "Taller", "تعمیر"],
    nav2: ["Bicycles", "Велосипеды", "Bicis", "دوچرخه‌ها"],
    nav3: ["Find us", "Как нас найти", "Dónde estamos", "نشانی ما"],
    h1: ["Bikes that keep going.", "Велосипеды, которые едут дальше.", "Bicis que siguen rodando.", "دوچرخه‌هایی که می‌مانند."],
    hp: ["A workshop and shop by the harbour. We mend every make, build wheels by hand and sell four bicycles that we ride ourselves.", "Мастерская и магазин у гавани. Чиним любые марки, собираем колёса вручную и продаём четыре модели, на которых ездим сами.", "Taller y tienda junto al puerto. Reparamos todas las marcas, montamos ruedas a mano y vendemos cuatro bicis que usamos cada día.", "تعمیرگاه و فروشگاهی کنار بندر. هر مارکی را تعمیر می‌کنیم، چرخ را با دست می‌بافیم و چهار دوچرخه می‌فروشیم که خودمان سوارشان می‌شویم."],
    cta1: ["Book a repair", "Записаться на ремонт", "Reservar taller", "نوبت تعمیر"],
    cta2: ["See the bikes", "Посмотреть модели", "Ver las bicis", "دیدن دوچرخه‌ها"],
    f1: ["Here by 11, ready by 6", "Привезли до 11, готово к 18", "Antes de las 11, lista a las 18", "تا ۱۱ بیاورید، ساعت ۱۸ ببرید"],
    f1s: ["Most repairs take one day.", "Обычно ремонт занимает день.", "Casi todo se arregla en un día.", "بیشتر تعمیرها یک‌روزه است."],
    f2: ["Ten-minute check, free", "Осмотр за 10 минут, бесплатно", "Revisión gratis en 10 minutos", "بازدید ده‌دقیقه‌ای رایگان"],
    f2s: ["You hear the price first.", "Сначала называем цену.", "Primero te decimos el precio.", "اول قیمت را می‌گوییم."],
    f3: ["A spare bike meanwhile", "Подменный велосипед", "Una bici mientras esperas", "دوچرخهٔ جایگزین"],
    f3s: ["Yours until we are done.", "Ваш, пока мы работаем.", "Tuya hasta que terminemos.", "تا پایان کار در اختیار شما."],
    b2: ["Four bikes, each for one thing", "Четыре модели, каждая для своего", "Cuatro bicis, cada una con su oficio", "چهار دوچرخه، هر یک برای کاری"],
    b2p: ["Test rides any day. We fit the bike to you, not the other way round.", "Пробная поездка в любой день. Настраиваем велосипед под вас.", "Pruébalas cualquier día. Ajustamos la bici a ti.", "هر روز می‌توانید امتحان کنید. دوچرخه را با شما تنظیم می‌کنیم."],
    k1: ["Touring", "Для путешествий", "Viaje", "سفری"],
    k2: ["City", "Городской", "Ciudad", "شهری"],
    k3: ["Cargo", "Грузовой", "Carga", "باری"],
    k4: ["Children, 20 in", "Детский, 20″", "Infantil, 20″", "کودک، ۲۰ اینچ"],
    p2: ["Repairs at a fixed price", "Ремонт по твёрдой цене", "Reparaciones a precio fijo", "تعمیر با قیمت مقطوع"],
    r1: ["Small service", "Малое обслуживание", "Revisión básica", "سرویس کوچک"],
    r1s: ["Brakes, gears, bolts, chain", "Тормоза, передачи, крепёж, цепь", "Frenos, cambio, tornillos, cadena", "ترمز، دنده، پیچ‌ها، زنجیر"],
    r2: ["Full overhaul", "Полная переборка", "Puesta a punto completa", "سرویس کامل"],
    r2s: ["Everything apart, cleaned, renewed", "Разбираем, чистим, обновляем", "Todo desmontado, limpio y renovado", "باز کردن، شستن و نو کردن همه‌چیز"],
    r3: ["A wheel built by hand", "Колесо ручной сборки", "Rueda montada a mano", "چرخ دست‌بافت"],
    r3s: ["Thirty-two spokes, trued for life", "32 спицы, правка навсегда", "32 radios, centrado de por vida", "۳۲ پره، تنظیم همیشگی"],
    v2: ["Find us", "Как нас найти", "Dónde estamos", "نشانی ما"],
    adr: ["12 Harbour Row, Bristol", "Бристоль, Харбор-Роу, 12", "12 Harbour Row, Bristol", "بریستول، هاربر رو، شمارهٔ ۱۲"],
    hrs: ["Monday to Saturday, 9:00 to 18:00", "Понедельник–суббота, 9:00–18:00", "De lunes a sábado, de 9:00 a 18:00", "دوشنبه تا شنبه، ۹ تا ۱۸"],
    foot: ["Larka Cycles is an invented firm for the demonstration.", "Фирма «Ларка» придумана для демонстрации.", "Larka es una empresa inventada para la demostración.", "لارکا شرکتی ساختگی برای نمایش است."],
    skip: ["Skip to content", "К содержанию", "Ir al contenido", "پرش به محتوا"],
    home: ["Home", "Главная", "Inicio", "خانه"],
    ask: ["Ask about a repair", "Спросить о ремонте", "Pregunta por una reparación", "پرسش دربارهٔ تعمیر"],
    askBike: ["Ask which one fits", "Какой подойдёт?", "¿Cuál me conviene?", "کدام برای من خوب است؟"],
    askText: ["Hello, I would like to book a repair.", "Здравствуйте, хочу записаться на ремонт.", "Hola, quisiera reservar una reparación.", "سلام، می‌خواهم نوبت تعمیر بگیرم."],
    askBikeText: ["Hello, which bike would fit me?", "Здравствуйте, какой велосипед мне подойдёт?", "Hola, ¿qué bici me conviene?", "سلام، کدام دوچرخه برای من مناسب است؟"],
    repT: ["Repairs", "Ремонт", "Taller", "تعمیر"],
    repP: ["Bring it before eleven and ride home the same day. You hear the price before we touch a bolt.", "Привезите до одиннадцати и уезжайте в тот же день. Цену называем до начала работы.", "Tráela antes de las once y vuelve a casa con ella el mismo día. Te decimos el precio antes de empezar.", "تا ساعت یازده بیاورید و همان روز با دوچرخه برگردید. پیش از شروع کار قیمت را می‌گوییم."],
    langs: ["Language", "Язык", "Idioma", "زبان"],
    menuL: ["Pages", "Разделы", "Páginas", "صفحه‌ها"],
  }));
  const { documentElement: html } = document;
  const asked = new URLSearchParams(location.search).get('lang');
  const chosen = () => {
    try { return asked ?? sessionStorage.getItem('larka-lang'); } catch { return asked; }
  };
  const speak = (code) => {
    const at = Math.max(0, CODES.indexOf(code));
    html.lang = CODES[at];
    html.dir = CODES[at] === 'fa' ? 'rtl' : 'ltr';
    for (const element of document.querySelectorAll('[data-t]')) element.textContent = WORDS.get(element.dataset.t)[at];
    for (const element of document.querySelectorAll('[data-l]')) element.setAttribute('aria-label', WORDS.get(element.dataset.l)[at]);
    for (const button of document.querySelectorAll('.langs button')) button.setAttribute('aria-pressed', String(button.lang === html.lang));
    document.title = WORDS.get('siteName')[at];
  };
  // The queue of the chat's API, so that it may be called before the script has come.
  window.Gateway = window.Gateway || function () { (window.Gateway.q = window.Gateway.q || []).push(arguments); };
  speak(chosen() ?? 'en');
  for (const button of document.querySelectorAll('.langs button')) {
    button.addEventListener('click', () => {
      try { sessionStorage.setItem('larka-lang', button.lang); } catch { /* this page only */ }
      speak(button.lang);
      window.Gateway('setLocale', button.lang);
    });
  }
  for (const button of document.querySelectorAll('[data-ask]')) {
    button.addEventListener('click', () => {
      window.Gateway('prefill', WORDS.get(button.dataset.ask)[CODES.indexOf(html.lang)]);
      window.Gateway('open');
    });
  }
})();
