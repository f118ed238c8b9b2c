// Tabs as WAI-ARIA describes them: arrow keys move, the chosen one is in the tab order.

/** Makes a `role="tablist"` work; `chosen` hears of every change. Returns a function that chooses. */
export function tabs(list: HTMLElement, chosen: (name: string) => void = () => undefined): (name: string) => void {
  const all = [...list.querySelectorAll<HTMLElement>('[role=tab]')];
  const choose = (name: string) => {
    for (const tab of all) {
      const isChosen = tab.dataset.tab === name;
      tab.setAttribute('aria-selected', String(isChosen));
      tab.tabIndex = isChosen ? 0 : -1;
      for (const id of (tab.getAttribute('aria-controls') ?? '').split(' ')) panels.set(id, (panels.get(id) ?? false) || isChosen);
    }
    for (const [id, isShown] of panels) {
      const panel = document.getElementById(id);
      if (panel) panel.hidden = !isShown;
    }
    panels.clear();
    chosen(name);
  };
  const panels = new Map<string, boolean>();
  for (const tab of all) {
    tab.addEventListener('click', () => choose(tab.dataset.tab!));
    tab.addEventListener('keydown', (event) => {
      const to = target(event.key, all, all.indexOf(tab));
      if (!to) return;
      event.preventDefault();
      choose(to.dataset.tab!);
      to.focus();
    });
  }
  return choose;
}

function target(key: string, all: HTMLElement[], at: number): HTMLElement | undefined {
  if (key === 'ArrowRight' || key === 'ArrowDown') return all[(at + 1) % all.length];
  if (key === 'ArrowLeft' || key === 'ArrowUp') return all[(at - 1 + all.length) % all.length];
  if (key === 'Home') return all[0];
  return key === 'End' ? all[all.length - 1] : undefined;
}
