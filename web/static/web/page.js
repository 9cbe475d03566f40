// What pages do beyond htmx: tables that sort, code that can be copied, views that point to each other. Everything
// works without it.
'use strict';

const asNumber = (text) => (text === '' ? -Infinity : Number.parseFloat(text));

function sortBy(table, index, isNumber, direction) {
  const body = table.tBodies[0];
  const key = (row) => row.cells[index].textContent.trim();
  const compare = isNumber
    ? (a, b) => asNumber(key(a)) - asNumber(key(b))
    : (a, b) => key(a).localeCompare(key(b), 'en', { numeric: true });
  body.append(...[...body.rows].sort((a, b) => direction * compare(a, b)));
}

function makeSortable(table) {
  const heads = [...table.tHead.rows[0].cells];
  heads.forEach((head, index) => {
    const button = document.createElement('button');
    button.type = 'button';
    button.className = 'sort';
    button.append(...head.childNodes);
    head.append(button);
    button.addEventListener('click', () => {
      const ascending = head.getAttribute('aria-sort') !== 'ascending';
      heads.forEach((other) => other.removeAttribute('aria-sort'));
      head.setAttribute('aria-sort', ascending ? 'ascending' : 'descending');
      sortBy(table, index, head.classList.contains('number'), ascending ? 1 : -1);
    });
  });
}

document.querySelectorAll('table[data-sortable]').forEach(makeSortable);

document.addEventListener('click', async (event) => {
  const button = event.target.closest('[data-copy]');
  if (!button) return;
  const code = button.previousElementSibling;
  try {
    await navigator.clipboard.writeText(code.textContent);
    button.textContent = 'Copied';
  } catch {
    getSelection().selectAllChildren(code);
    button.textContent = 'Selected: press Ctrl+C';
  }
});

// --- Tables, drawings and the 3D view light up together where they show the same residue ---------------------------

const placesOf = (element) => (element.dataset.places ?? '').split(',').filter(Boolean);

function light(places) {
  document.querySelectorAll('[data-places]').forEach((element) => {
    element.classList.toggle('lit', placesOf(element).some((place) => places.includes(place)));
  });
}

for (const name of ['pointerover', 'focusin', 'pointerout', 'focusout']) {
  document.addEventListener(name, (event) => {
    const element = event.target.closest?.('[data-places]');
    if (element) light(name.endsWith('out') ? [] : placesOf(element));
  });
}

// The 3D view tells what the pointer is on.
document.addEventListener('viewer:places', (event) => light(event.detail));

document.addEventListener('keydown', (event) => {
  if (!['Enter', ' '].includes(event.key) || !event.target.closest?.('g[data-places]')) return;
  event.preventDefault();
  event.target.dispatchEvent(new MouseEvent('click', { bubbles: true }));
});
