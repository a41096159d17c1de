'use strict';
(() => {
    const pageLength = 100;
    const collator = new Intl.Collator('en', { numeric: true });

    function make(tag, properties, ...children) {
        const element = Object.assign(document.createElement(tag), properties);
        element.append(...children);
        return element;
    }

    // What a cell is sorted by: its figure where it has one, else its text.
    function keyOf(row, column) {
        const cell = row.cells[column];
        const text = cell.getAttribute('data-v') ?? cell.textContent;
        return cell.className !== 'n' ? text : text === '' ? null : Number(text);
    }

    function compare(a, b) {
        return typeof a === 'string' ? collator.compare(a, b) : a < b ? -1 : a > b ? 1 : 0;
    }

    function activate(source) {
        const holder = document.createElement('template');
        holder.innerHTML = source.textContent;
        const table = holder.content.querySelector('table');
        const body = table.tBodies[0];
        const headings = Array.from(table.tHead.rows[0].cells);
        const all = Array.from(body.rows);
        let texts = null;
        let shown = all;
        let page = 0;
        let order = null;

        const search = make('input', { type: 'search', autocomplete: 'off', spellcheck: false });
        const status = make('output', {});
        status.setAttribute('role', 'status');
        const choices = [];
        const controls = make('div', { className: 'controls' }, make('label', {}, 'Filter by any text', search));
        controls.setAttribute('role', 'search');
        headings.forEach((heading, column) => {
            if (!heading.hasAttribute('data-choice')) {
                return;
            }

            const values = Array.from(new Set(all.map(row => row.cells[column].textContent))).sort(collator.compare);
            const select = make('select', {}, make('option', { value: '', textContent: 'All' }));
            select.append(...values.map(value => make('option', { value: '=' + value, textContent: value === '' ? 'none' : value })));
            choices.push({ column, select });
            controls.append(make('label', {}, heading.textContent, select));
        });
        const previous = make('button', { type: 'button', textContent: 'Previous' });
        const next = make('button', { type: 'button', textContent: 'Next' });
        controls.append(previous, next, status);

        function show() {
            const last = Math.max(0, Math.ceil(shown.length / pageLength) - 1);
            page = Math.min(Math.max(page, 0), last);
            const first = page * pageLength;
            const rows = shown.slice(first, first + pageLength);
            body.replaceChildren(...rows);
            previous.hidden = next.hidden = last === 0;
            previous.setAttribute('aria-disabled', page === 0);
            next.setAttribute('aria-disabled', page === last);
            const range = shown.length > pageLength ? `Rows ${first + 1} to ${first + rows.length} of ${shown.length}` : `${shown.length} rows`;
            status.textContent = range + (shown.length < all.length ? ` that match, of ${all.length}` : '') + (order ? `, by ${order.name}, ${order.direction}` : '');
        }

        function filter() {
            const words = search.value.toLowerCase().split(/\s+/).filter(word => word !== '');
            texts ??= new Map(all.map(row => [row, Array.from(row.cells, cell => cell.textContent).join('\n').toLowerCase()]));
            shown = all.filter(row => words.every(word => texts.get(row).includes(word))
                && choices.every(({ column, select }) => select.value === '' || row.cells[column].textContent === select.value.slice(1)));
            page = 0;
            show();
        }

        function sort(column) {
            const heading = headings[column];
            const isDescending = heading.getAttribute('aria-sort') === 'ascending';
            headings.forEach(other => other.removeAttribute('aria-sort'));
            order = { name: heading.textContent, direction: isDescending ? 'descending' : 'ascending' };
            heading.setAttribute('aria-sort', order.direction);
            const sign = isDescending ? -1 : 1;
            const keys = new Map(all.map(row => [row, keyOf(row, column)]));
            // What has no figure comes last either way.
            all.sort((a, b) => {
                const [left, right] = [keys.get(a), keys.get(b)];
                return left === null || right === null ? (left === null) - (right === null) : sign * compare(left, right);
            });
            filter();
        }

        headings.forEach((heading, column) => {
            const button = make('button', { type: 'button', textContent: heading.textContent });
            button.addEventListener('click', () => sort(column));
            heading.replaceChildren(button);
        });
        search.addEventListener('input', filter);
        choices.forEach(({ select }) => select.addEventListener('change', filter));
        previous.addEventListener('click', () => { page--; show(); });
        next.addEventListener('click', () => { page++; show(); });
        addEventListener('beforeprint', () => body.replaceChildren(...shown));
        addEventListener('afterprint', show);
        show();
        source.parentElement.before(controls);
        source.replaceWith(table);
    }

    document.querySelectorAll('noscript.rows').forEach(activate);
})();
