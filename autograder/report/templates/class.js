const plain = text => text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();
const tools = document.querySelector('.tools'), table = document.querySelector('.class table');
const rows = [...table.tBodies[0].rows].map((row, at) => {
  const texts = [...row.cells].map(cell => cell.textContent);
  return {row, at, text: plain(texts.join(' ')),
    keys: texts.map((text, n) => n ? parseFloat((text.match(/[\d.e+-]+(?=\/)/) || ['-1'])[0]) : at)};
});
const find = tools.querySelector('input'), count = tools.querySelector('output');
const look = () => {
  const words = plain(find.value).split(/\s+/).filter(Boolean);
  let shown = 0;
  for (const {row, text} of rows) {
    row.hidden = !words.every(word => text.includes(word));
    shown += !row.hidden;
  }
  count.textContent = words.length ? `${shown} of ${rows.length}` : '';
};
find.addEventListener('input', look);
[...table.tHead.rows[0].cells].forEach((cell, n, cells) => {
  const button = document.createElement('button');
  button.append(...cell.childNodes);
  cell.append(button);
  button.addEventListener('click', () => {
    const up = cell.getAttribute('aria-sort') ? cell.getAttribute('aria-sort') === 'descending' : true;
    cells.forEach(other => other.removeAttribute('aria-sort'));
    cell.setAttribute('aria-sort', up ? 'ascending' : 'descending');
    rows.sort((a, b) => (up ? 1 : -1) * (a.keys[n] - b.keys[n]) || a.at - b.at);
    table.tBodies[0].append(...rows.map(one => one.row));
  });
});
tools.hidden = false;
look();
