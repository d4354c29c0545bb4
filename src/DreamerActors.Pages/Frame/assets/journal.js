// What pages do beside what their markup does by itself. Without this file everything still works, only by hand.
(() => {
  const typing = element => element instanceof HTMLElement && (element.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(element.tagName));
  const rows = () => [...document.querySelectorAll('[data-row] > a')];

  const move = step => {
    const all = rows();
    const next = all[all.indexOf(document.activeElement) + step];
    if (next) next.focus();
  };

  const press = key => {
    const target = [...document.querySelectorAll('[data-key]')].find(each => each.dataset.key === key);
    if (!target) return false;
    if (typing(target)) target.focus(); else target.click();
    return true;
  };

  document.addEventListener('keydown', event => {
    if (event.key === 'Escape' && typing(event.target)) event.target.blur();
    if (document.body.dataset.keys !== 'on' || event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
    if (event.key === 'j') move(1);
    else if (event.key === 'k') move(-1);
    else if (!press(event.key)) return;
    event.preventDefault();
  });

  // A part that follows what happens: the server renders it again and again while somebody looks.
  for (const live of document.querySelectorAll('[data-live]')) {
    const follow = async () => {
      try {
        if (document.visibilityState === 'visible' && !live.contains(document.activeElement)) {
          const answer = await fetch(live.dataset.live, { headers: { Accept: 'text/html' } });
          if (answer.ok && !answer.redirected) {
            const part = new DOMParser().parseFromString(await answer.text(), 'text/html').querySelector('[data-part]');
            if (part && part.outerHTML !== live.innerHTML.trim()) live.replaceChildren(part);
          }
        }
      } finally {
        setTimeout(follow, 1000);
      }
    };
    setTimeout(follow, 1000);
  }
})();
